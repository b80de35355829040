#include "probes.h"
GPL;
/* bpf_spin_lock: where it may lie, what may happen while it is held, how it is given back. */
struct locked { __u32 n; struct bpf_spin_lock lock; __u64 data; };
ARRAY(arr, struct locked, 2);
HASH(hash, __u32, struct locked, 4);
ARRAY(plain, struct bytes48, 1);
RINGBUF(ring);
#define FIND(v) __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");

/* Lock, change, unlock. */
SEC("tc") int lock_unlock(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); v->data++; bpf_spin_unlock(&v->lock); return 0; }
/* Unlock is missing. */
SEC("tc") int lock_only(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); v->data++; return 0; }
/* Unlock without lock. */
SEC("tc") int unlock_only(struct __sk_buff *s) { FIND(v); bpf_spin_unlock(&v->lock); return 0; }
/* Locked twice. */
SEC("tc") int lock_twice(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 0; }
/* Unlocked on one path only. */
SEC("tc") int unlock_on_one_path(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); if (s->mark) return 0; bpf_spin_unlock(&v->lock); return 0; }
/* The lock of another element is opened. */
SEC("tc") int unlock_other_element(struct __sk_buff *s) { FIND(v); __u32 l = s->mark & 1; struct locked *w = bpf_map_lookup_elem(&arr, &l); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
/* The same element found twice is another pointer. */
SEC("tc") int unlock_same_element_found_again(struct __sk_buff *s) { FIND(v); struct locked *w = bpf_map_lookup_elem(&arr, &k); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
/* A lock in another map. */
SEC("tc") int unlock_other_map(struct __sk_buff *s) { FIND(v); struct locked *w = bpf_map_lookup_elem(&hash, &k); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
/* A second lock while one is held. */
SEC("tc") int second_lock(struct __sk_buff *s) { FIND(v); struct locked *w = bpf_map_lookup_elem(&hash, &k); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_lock(&w->lock); bpf_spin_unlock(&w->lock); bpf_spin_unlock(&v->lock); return 0; }
/* The lock's own bytes are read. */
SEC("tc") int read_lock(struct __sk_buff *s) { FIND(v); return *(volatile __u32 *)&v->lock & 1; }
/* The lock's own bytes are written. */
SEC("tc") int write_lock(struct __sk_buff *s) { FIND(v); *(volatile __u32 *)&v->lock = 0; return 0; }
/* A load that covers the lock and what is before it. */
SEC("tc") int read_over_lock(struct __sk_buff *s) { FIND(v); return *(volatile __u64 *)v & 1; }
/* A helper copies into the whole value. */
SEC("tc") int helper_over_lock(struct __sk_buff *s) { FIND(v); bpf_skb_load_bytes(s, 0, v, sizeof(*v)); return 0; }
/* A helper copies beside the lock. */
SEC("tc") int helper_beside_lock(struct __sk_buff *s) { FIND(v); bpf_skb_load_bytes(s, 0, &v->data, 8); return 0; }
/* A copy with an unknown length that may reach the lock. */
SEC("tc") ASMPROG int helper_up_to_lock(void) { asm volatile("r6 = r1;" LOOKUP_ARR "if r0 == 0 goto 8f; r4 = *(u32 *)(r6 + 8); r4 &= 7; r4 += 1; r1 = r6; r2 = 0; r3 = r0; call 26; 8: r0 = 0; exit;" :: MAP(arr)); }
/* A helper call while the lock is held. */
SEC("tc") int helper_under_lock(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); v->data = bpf_ktime_get_ns(); bpf_spin_unlock(&v->lock); return 0; }
/* A static function while the lock is held. */
static __noinline int calm(int x) { OPAQUE(x); return x; }
SEC("tc") int static_under_lock(struct __sk_buff *s) { FIND(v); int x; bpf_spin_lock(&v->lock); x = calm(1); bpf_spin_unlock(&v->lock); return x & 1; }
/* A global function while the lock is held. */
__noinline int calm_global(int x) { OPAQUE(x); return x; }
SEC("tc") int global_under_lock(struct __sk_buff *s) { FIND(v); int x; bpf_spin_lock(&v->lock); x = calm_global(1); bpf_spin_unlock(&v->lock); return x & 1; }
/* A static function unlocks for its caller. */
static __noinline void open_it(struct locked *v) { bpf_spin_unlock(&v->lock); }
SEC("tc") int unlock_in_static(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); open_it(v); return 0; }
/* A loop while the lock is held. */
SEC("tc") int loop_under_lock(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); for (int i = 0; i < 10; i++) { OPAQUE(i); v->data += i; } bpf_spin_unlock(&v->lock); return 0; }
/* A lock taken in every round of a loop. */
SEC("tc") int lock_in_loop(struct __sk_buff *s) { FIND(v); for (int i = 0; i < 10; i++) { bpf_spin_lock(&v->lock); v->data += i; bpf_spin_unlock(&v->lock); } return 0; }
/* The address of the lock is wrong by four. */
SEC("tc") int lock_wrong_offset(struct __sk_buff *s) { FIND(v); struct bpf_spin_lock *l = (void *)v; bpf_spin_lock(l); bpf_spin_unlock(l); return 0; }
/* The address of the lock is unknown. */
SEC("tc") ASMPROG int lock_variable_offset(void) { asm volatile("r6 = *(u32 *)(r1 + 8);" LOOKUP_ARR "if r0 == 0 goto 8f; r6 &= 4; r1 = r0; r1 += r6; call 93; 8: r0 = 0; exit;" :: MAP(arr)); }
/* A map value without a lock. */
SEC("tc") int lock_in_plain_map(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&plain, &k); if (!v) return 0; bpf_spin_lock((void *)v); bpf_spin_unlock((void *)v); return 0; }
/* A lock on the stack. */
SEC("tc") int lock_on_stack(struct __sk_buff *s) { struct bpf_spin_lock l = {}; bpf_spin_lock(&l); bpf_spin_unlock(&l); return 0; }
/* A lock that may be null. */
SEC("tc") ASMPROG int lock_unchecked(void) { asm volatile("r1 = 1; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[arr] ll; call 1; r1 = r0; call 93; r0 = 0; exit;" :: MAP(arr)); }
/* A tail call while the lock is held. */
SEC("tc") int tail_call_under_lock(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); bpf_tail_call(s, &progs, 0); bpf_spin_unlock(&v->lock); return 0; }
/* A legacy packet load while the lock is held. */
SEC("tc") ASMPROG int legacy_load_under_lock(void) { asm volatile("r6 = r1;" LOOKUP_ARR "if r0 == 0 goto 8f; r7 = r0; r7 += 4; r1 = r7; call 93; r0 = *(u8 *)skb[0]; r1 = r7; call 94; 8: r0 = 0; exit;" :: MAP(arr)); }
/* A socket filter may not lock. */
SEC("socket") int lock_in_socket(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 0; }
/* A kprobe may not lock. */
SEC("kprobe") int lock_in_kprobe(void *c) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 0; }
/* XDP may. */
SEC("xdp") int lock_in_xdp(void *c) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 2; }
/* A cgroup program may. */
SEC("cgroup_skb/ingress") int lock_in_cgroup(void *c) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 1; }
/* Update with BPF_F_LOCK. */
SEC("tc") int update_locked(struct __sk_buff *s) { __u32 k = 0; struct locked n = {}; bpf_map_update_elem(&arr, &k, &n, 4); return 0; }
/* The value found is used after the unlock. */
SEC("tc") int value_after_unlock(struct __sk_buff *s) { FIND(v); bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return v->data & 1; }
