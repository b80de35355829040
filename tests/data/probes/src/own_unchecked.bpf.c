#include "probes.h"
GPL;
/* Objects of the program that may be NULL, given to what takes objects; iterators at the frame pointer itself. */
#include <bpf/bpf_core_read.h>
#define LOCAL_ID(t) bpf_core_type_id_local(t)
KF void *bpf_obj_new_impl(u64 id, void *meta);
KF void bpf_obj_drop_impl(void *p, void *meta);
KF int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end);
KF void bpf_iter_num_destroy(struct bpf_iter_num *it);
#define NEW(t) ((t *)bpf_obj_new_impl(LOCAL_ID(t), 0))
#define DROP(p) bpf_obj_drop_impl(p, 0)
struct own_cell { int a; struct bpf_spin_lock lock; };
struct held { struct own_cell __kptr *n; };
HASH(kept, __u32, struct held, 4);
#define VALUE(v) __u32 k = 0; struct held *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0
SEC("tc") int given_unchecked(void *c) { VALUE(v); struct own_cell *n = NEW(struct own_cell); n = bpf_kptr_xchg(&v->n, n); if (n) DROP(n); return 0; }
SEC("tc") int given_checked(void *c) { VALUE(v); struct own_cell *n = NEW(struct own_cell); if (!n) return 0; n = bpf_kptr_xchg(&v->n, n); if (n) DROP(n); return 0; }
SEC("tc") int taken_and_given_back_unchecked(void *c) { VALUE(v); struct own_cell *n = bpf_kptr_xchg(&v->n, 0); n = bpf_kptr_xchg(&v->n, n); if (n) DROP(n); return 0; }
SEC("tc") int dropped_unchecked(void *c) { struct own_cell *n = NEW(struct own_cell); DROP(n); return 0; }
SEC("tc") int locked_unchecked(void *c) { struct own_cell *n = NEW(struct own_cell); bpf_spin_lock(&n->lock); bpf_spin_unlock(&n->lock); if (n) DROP(n); return 0; }
SEC("tc") int read_unchecked(void *c) { struct own_cell *n = NEW(struct own_cell); int a = n->a; if (n) DROP(n); return a & 1; }
SEC("tc") int own_to_another_helper(void *c) { struct own_cell *n = NEW(struct own_cell); long r; if (!n) return 0; r = (long)bpf_get_socket_cookie((void *)n); DROP(n); return r & 1; }
SEC("fentry/do_nanosleep") int own_to_a_task_helper(void *c) { struct own_cell *n = NEW(struct own_cell); if (!n) return 0; bpf_task_pt_regs((void *)n); DROP(n); return 0; }

SEC("tc") int iter_plain(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); bpf_iter_num_destroy(&it); return 0; }
#define I(name, text) SEC("tc") __attribute__((naked)) int name(void) { asm volatile(text "r0 = 0; exit;" :: [new] "i"(bpf_iter_num_new), [done] "i"(bpf_iter_num_destroy)); }
#define NEW_AT(at) "r1 = r10; r1 += " at "; w2 = 0; w3 = 5; call %[new];"
#define DONE_AT(at) "r1 = r10; r1 += " at "; call %[done];"
I(iter_at_frame_pointer, NEW_AT("0"))
I(iter_at_frame_pointer_after_another, NEW_AT("-8") NEW_AT("0") DONE_AT("-8"))
I(iter_at_frame_pointer_after_a_store, "r1 = 0; *(u64 *)(r10 - 8) = r1;" NEW_AT("0"))
I(iter_above_frame_pointer, NEW_AT("8"))
I(iter_ended_at_frame_pointer, NEW_AT("-8") DONE_AT("0"))
I(iter_ended_twice_at_frame_pointer, NEW_AT("-8") DONE_AT("0") DONE_AT("-8"))
I(iter_below_ended_at_frame_pointer, NEW_AT("-16") DONE_AT("0") DONE_AT("-16"))
I(iter_ended_above_frame_pointer, NEW_AT("-8") DONE_AT("8") DONE_AT("-8"))
