#include "probes.h"
GPL;
/* As struct_ops_no_info, in a structure that only 7.2 lets programs fill. */
struct Qdisc_ops { void *(*peek)(void *sch); };
SEC("struct_ops") __u64 peeks(__u64 *ctx) { return 0; }
SEC(".struct_ops") struct Qdisc_ops queue = { .peek = (void *)peeks };
