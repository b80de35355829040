/* A global variable with a lock that user space does not see. */
#include "vmlinux_min.h"
GPL;

struct bpf_spin_lock lock SEC(".data.hidden") __attribute__((visibility("hidden")));

SEC("tc") int locks_hidden(struct __sk_buff *s) { bpf_spin_lock(&lock); bpf_spin_unlock(&lock); return 0; }
