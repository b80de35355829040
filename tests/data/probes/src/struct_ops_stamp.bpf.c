#include "probes.h"
GPL;
/* A congestion control algorithm may note when it changed the window, since 6.12 at the latest. */
struct tcp_sock { unsigned int snd_cwnd_stamp; } KOBJ;
struct tcp_congestion_ops { unsigned int (*min_tso_segs)(void *sk); };
SEC("struct_ops") int segments(__u64 *ctx) { struct tcp_sock *tp = (void *)ctx[0]; tp->snd_cwnd_stamp = 5; return 2; }
SEC(".struct_ops") struct tcp_congestion_ops control = { .min_tso_segs = (void *)segments };
