#include "struct_ops.h"
SEC("struct_ops/cong_avoid") void BPF_PROG(t_cong_avoid_w_cw8, struct sock*sk, unsigned ack, unsigned acked) { struct tcp_sock*tp=(void*)sk; struct inet_connection_sock*ic=(void*)sk;*(unsigned long*)&tp->snd_cwnd=3; return; }
SEC(".struct_ops") struct tcp_congestion_ops o={.cong_avoid=(void*)t_cong_avoid_w_cw8,.name="x"};
