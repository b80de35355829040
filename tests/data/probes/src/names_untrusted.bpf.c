#include "probes.h"
GPL;
/* As names_of_kernel, with a pointer that nothing has to take back. */
KF void *bpf_obj_new_impl(u64 id, void *meta);
KF void bpf_obj_drop_impl(void *p, void *meta);
#define NEW(t) ((t *)bpf_obj_new_impl(__builtin_btf_type_id(*(t *)0, 0), 0))
#define DROP(p) bpf_obj_drop_impl(p, 0)
struct node { int a; };
struct page_pool { int size; };
struct seen { struct page_pool __attribute__((btf_type_tag("kptr_untrusted"))) *p; };
ARRAY(watched, struct seen, 4);
ARRAY(plain, struct node, 4);
#define VALUE(m) __u32 k = 0; typeof(*m.value) *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0
SEC("tc") int made_and_dropped(void *c) { struct node *n = NEW(struct node); if (n) DROP(n); return 0; }
SEC("tc") int untrusted_in_place(void *c) { VALUE(watched); struct page_pool *p = v->p; return p ? 1 : 0; }
SEC("tc") int plain_value(void *c) { VALUE(plain); return v->a & 1; }
