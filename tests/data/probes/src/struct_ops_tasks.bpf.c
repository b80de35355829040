#include "probes.h"
GPL;
/* The second form of a task scheduler has the same rules for stores as the first. */
struct sched_ext_entity { unsigned long long slice; unsigned int weight; } KOBJ;
struct task_struct___scx { struct sched_ext_entity scx; } KOBJ;
struct sched_ext_ops_cid { void (*tick)(void *p); };
SEC("struct_ops") int ticks(__u64 *ctx) { struct task_struct___scx *p = (void *)ctx[0]; p->scx.slice = 5; return 0; }
SEC(".struct_ops") struct sched_ext_ops_cid tasks = { .tick = (void *)ticks };
