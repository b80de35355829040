#include "probes.h"
GPL;
/* bpf_res_spin_lock and task work: new on the newest kernel. */
struct guarded { struct bpf_res_spin_lock lock; __u32 n; };
ARRAY(guarded, struct guarded, 1);
ARRAY(second, struct guarded, 1);
ARRAY(arr, struct bytes48, 1);
#define FIND(v) __u32 k = 0; struct guarded *v = bpf_map_lookup_elem(&guarded, &k); if (!v) return 0

/* Taken, checked, released. */
SEC("tc") int queued(struct __sk_buff *s) { FIND(v); if (bpf_res_spin_lock(&v->lock)) return 0; v->n++; bpf_res_spin_unlock(&v->lock); return 0; }
/* Released without looking whether it was taken. */
SEC("tc") int queued_unchecked(struct __sk_buff *s) { FIND(v); bpf_res_spin_lock(&v->lock); bpf_res_spin_unlock(&v->lock); return 0; }
/* Not released. */
SEC("tc") int queued_leak(struct __sk_buff *s) { FIND(v); if (bpf_res_spin_lock(&v->lock)) return 0; return 1; }
/* Taken again. */
SEC("tc") int queued_twice(struct __sk_buff *s) { FIND(v); if (bpf_res_spin_lock(&v->lock)) return 0; if (bpf_res_spin_lock(&v->lock)) { bpf_res_spin_unlock(&v->lock); return 0; } bpf_res_spin_unlock(&v->lock); bpf_res_spin_unlock(&v->lock); return 0; }
/* Two locks in order. */
SEC("tc") int queued_two(struct __sk_buff *s) { FIND(v); struct guarded *w = bpf_map_lookup_elem(&second, &k); if (!w) return 0; if (bpf_res_spin_lock(&v->lock)) return 0; if (bpf_res_spin_lock(&w->lock)) { bpf_res_spin_unlock(&v->lock); return 0; } bpf_res_spin_unlock(&w->lock); bpf_res_spin_unlock(&v->lock); return 0; }
/* Two locks out of order. */
SEC("tc") int queued_two_crossed(struct __sk_buff *s) { FIND(v); struct guarded *w = bpf_map_lookup_elem(&second, &k); if (!w) return 0; if (bpf_res_spin_lock(&v->lock)) return 0; if (bpf_res_spin_lock(&w->lock)) { bpf_res_spin_unlock(&v->lock); return 0; } bpf_res_spin_unlock(&v->lock); bpf_res_spin_unlock(&w->lock); return 0; }
/* On the stack. */
SEC("tc") int queued_on_stack(struct __sk_buff *s) { struct bpf_res_spin_lock l = {}; if (bpf_res_spin_lock(&l)) return 0; bpf_res_spin_unlock(&l); return 0; }
/* In a value without one. */
SEC("tc") int queued_in_plain(struct __sk_buff *s) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; if (bpf_res_spin_lock(v)) return 0; bpf_res_spin_unlock(v); return 0; }
/* The plain helper on this lock. */
SEC("tc") int plain_helper(struct __sk_buff *s) { FIND(v); bpf_spin_lock((void *)&v->lock); bpf_spin_unlock((void *)&v->lock); return 0; }
/* With interrupts. */
SEC("tc") int queued_irq(struct __sk_buff *s) { FIND(v); unsigned long f; if (bpf_res_spin_lock_irqsave(&v->lock, &f)) return 0; bpf_res_spin_unlock_irqrestore(&v->lock, &f); return 0; }
/* Its flags restored by the other function. */
SEC("tc") int queued_irq_other_restore(struct __sk_buff *s) { FIND(v); unsigned long f; if (bpf_res_spin_lock_irqsave(&v->lock, &f)) return 0; bpf_local_irq_restore(&f); bpf_res_spin_unlock(&v->lock); return 0; }
/* Saved by the other function. */
SEC("tc") int queued_irq_other_save(struct __sk_buff *s) { FIND(v); unsigned long f; bpf_local_irq_save(&f); if (bpf_res_spin_lock(&v->lock)) { bpf_local_irq_restore(&f); return 0; } bpf_res_spin_unlock_irqrestore(&v->lock, &f); return 0; }
/* The flags of one function are given to the other. */
SEC("tc") int queued_irq_flags_swapped(struct __sk_buff *s) { FIND(v); unsigned long f, g; bpf_local_irq_save(&f); if (bpf_res_spin_lock_irqsave(&v->lock, &g)) { bpf_local_irq_restore(&f); return 0; } bpf_res_spin_unlock_irqrestore(&v->lock, &f); bpf_local_irq_restore(&g); return 0; }
/* The flags are in a map value. */
SEC("tc") int queued_irq_flags_in_value(struct __sk_buff *s) { FIND(v); struct bytes48 *w = bpf_map_lookup_elem(&arr, &k); if (!w) return 0; bpf_local_irq_save((void *)w); return 0; }
/* A helper under the lock. */
SEC("tc") int queued_helper(struct __sk_buff *s) { FIND(v); if (bpf_res_spin_lock(&v->lock)) return 0; bpf_ktime_get_ns(); bpf_res_spin_unlock(&v->lock); return 0; }
/* In a kprobe, where the plain lock is refused. */
SEC("kprobe") int queued_in_kprobe(void *c) { FIND(v); if (bpf_res_spin_lock(&v->lock)) return 0; bpf_res_spin_unlock(&v->lock); return 0; }
/* The lock's bytes are read. */
SEC("tc") int queued_read(struct __sk_buff *s) { FIND(v); return *(volatile __u32 *)&v->lock & 1; }
