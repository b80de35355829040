/* A global variable with a lock: user space may not see it. */
#include "vmlinux_min.h"
GPL;

struct bpf_spin_lock lock SEC(".data.seen");

SEC("tc") int locks_seen(struct __sk_buff *s) { bpf_spin_lock(&lock); bpf_spin_unlock(&lock); return 0; }
