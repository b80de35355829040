#include "probes.h"
#include <bpf/bpf_core_read.h>
GPL;
/* A kept pointer to a structure of the kernel that nothing could take back, in a structure of no map: from 6.12 on the kernel refuses the types of the
 * whole object, and the loader goes on without them. */
struct inode_of_mine { u64 a; };
struct holder { struct bpf_spin_lock guard; struct file __kptr *kept; };
struct holder *unused_holder;
struct file *known(struct file *f) { return f->f_flags ? f : 0; }
struct locked { struct bpf_spin_lock lock; u32 n; };
struct timed { struct bpf_timer timer; u64 n; };
ARRAY(locks, struct locked, 1);
ARRAY(timers, struct timed, 1);
ARRAY(plain, u64, 1);
KF void *bpf_obj_new_impl(u64 id, void *meta);
KF void bpf_obj_drop_impl(void *kptr, void *meta);
SEC("tc") int takes_lock(struct __sk_buff *s) { u32 k = 0; struct locked *v = bpf_map_lookup_elem(&locks, &k); if (!v) return 0; bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int writes_lock(struct __sk_buff *s) { u32 k = 0; struct locked *v = bpf_map_lookup_elem(&locks, &k); if (v) *(volatile u32 *)&v->lock = 1; return 0; }
SEC("tc") int starts_timer(struct __sk_buff *s) { u32 k = 0; struct timed *v = bpf_map_lookup_elem(&timers, &k); if (v) bpf_timer_init(&v->timer, &timers, 1); return 0; }
SEC("tc") int allocates(struct __sk_buff *s) { void *p = bpf_obj_new_impl(bpf_core_type_id_local(struct timed), 0); if (p) bpf_obj_drop_impl(p, 0); return 0; }
static long each(struct bpf_map *m, u32 *k, u64 *v, void *c) { return 0; }
SEC("tc") int has_callback(struct __sk_buff *s) { bpf_for_each_map_elem(&plain, each, 0, 0); return 0; }
/* Without types there are no global functions: the caller's value is known inside. */
__noinline int divide(u32 by) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[by] : 0; }
SEC("tc") int calls_global(struct __sk_buff *s) { return divide(3); }
SEC("tc") int calls_global_out_of_bounds(struct __sk_buff *s) { return divide(8); }
SEC("tc") int plain_lookup(struct __sk_buff *s) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? *v & 1 : 0; }
