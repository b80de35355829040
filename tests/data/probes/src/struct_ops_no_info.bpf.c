#include "probes.h"
GPL;
/* A member of a kernel structure that no program may stand for. Alone in its object: the loader loads all programs of a structure. */
struct tcp_congestion_ops { unsigned long (*get_info)(void *sk, unsigned int ext, int *attr, void *info); };
SEC("struct_ops") long info(__u64 *ctx) { return 0; }
SEC(".struct_ops") struct tcp_congestion_ops control = { .get_info = (void *)info };
