#include "probes.h"
GPL;
/* A timer and a work queue among the variables. */
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
private(A) struct bpf_timer timer_a;
private(A) __u64 counter_a;
ARRAY(plain, __u64, 1);
static int tick(void *m, __u32 *k, void *v) { return 0; }
SEC("tc") int set(void *c) { return bpf_timer_set_callback(&timer_a, tick) & 1; }
SEC("tc") int cancelled(void *c) { return bpf_timer_cancel(&timer_a) & 1; }
SEC("tc") int init_other(void *c) { return bpf_timer_init(&timer_a, &plain, 1) & 1; }
SEC("tc") int is_written(void *c) { *(volatile __u64 *)&timer_a = 1; return 0; }
SEC("tc") int beside(void *c) { counter_a++; return 0; }
