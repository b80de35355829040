/* Two functions of one structure, of which kernels refuse one: neither is loaded. The other structure came with 6.16. */
#include "vmlinux_min.h"
GPL;

struct bpf_dummy_ops_state { int val; } KOBJ;
struct bpf_dummy_ops { int (*test_1)(struct bpf_dummy_ops_state *cb); int (*test_sleepable)(struct bpf_dummy_ops_state *cb); };
struct Qdisc;
struct Qdisc_ops { void (*reset)(struct Qdisc *sch); };

SEC("struct_ops/test_1") int BPF_PROG(endless, struct bpf_dummy_ops_state *state) { for (;;) asm volatile(""); return 0; }
SEC("struct_ops.s/test_sleepable") int BPF_PROG(sound, struct bpf_dummy_ops_state *state) { return 0; }
SEC(".struct_ops") struct bpf_dummy_ops dummy = { .test_1 = (void *)endless, .test_sleepable = (void *)sound };

SEC("struct_ops/reset") void BPF_PROG(reset, struct Qdisc *sch) { }
SEC(".struct_ops") struct Qdisc_ops queue = { .reset = (void *)reset };
