#include "probes.h"
GPL;
/* Structs of the program that the kernel has by the same name: what a kept pointer points to is then the kernel's. */
KF void *bpf_obj_new_impl(u64 id, void *meta);
KF void bpf_obj_drop_impl(void *p, void *meta);
#define NEW(t) ((t *)bpf_obj_new_impl(__builtin_btf_type_id(*(t *)0, 0), 0))
#define DROP(p) bpf_obj_drop_impl(p, 0)
struct node { int a; };
struct page_pool { int size; };
struct held { struct node __kptr *n; };
struct seen { struct page_pool __attribute__((btf_type_tag("kptr_untrusted"))) *p; };
ARRAY(kept, struct held, 4);
ARRAY(watched, struct seen, 4);
ARRAY(plain, struct node, 4);
#define VALUE(m) __u32 k = 0; typeof(*m.value) *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0
SEC("tc") int kept_as_kernels(void *c) { VALUE(kept); struct node *n = NEW(struct node); if (!n) return 0; n = bpf_kptr_xchg(&v->n, n); if (n) DROP(n); return 0; }
SEC("tc") int taken_out(void *c) { VALUE(kept); struct node *n = bpf_kptr_xchg(&v->n, 0); if (n) DROP(n); return 0; }
SEC("tc") int read_in_place(void *c) { VALUE(kept); return v->n ? 1 : 0; }
SEC("tc") int made_and_dropped(void *c) { struct node *n = NEW(struct node); if (n) DROP(n); return 0; }
SEC("tc") int untrusted_in_place(void *c) { VALUE(watched); struct page_pool *p = v->p; return p ? 1 : 0; }
SEC("tc") int plain_value(void *c) { VALUE(plain); return v->a & 1; }
