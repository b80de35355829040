#include "probes.h"
GPL;
/* Structures of 7.2: members with a stub, and one of a task scheduler's that may sleep. */
struct Qdisc_ops { void (*reset)(void *sch); };
struct sched_ext_ops_cid { void (*cid_online)(int cid); void (*tick)(void *p); };
SEC("struct_ops") int resets(__u64 *ctx) { return 0; }
SEC("struct_ops.s") int online(__u64 *ctx) { return 0; }
SEC("struct_ops") int ticks(__u64 *ctx) { return 0; }
SEC(".struct_ops") struct Qdisc_ops queue = { .reset = (void *)resets };
SEC(".struct_ops") struct sched_ext_ops_cid tasks = { .cid_online = (void *)online, .tick = (void *)ticks };
