#include "struct_ops.h"
SEC("struct_ops/cong_avoid") void BPF_PROG(t_cong_avoid_w_priv5, struct sock*sk, unsigned ack, unsigned acked) { struct tcp_sock*tp=(void*)sk; struct inet_connection_sock*ic=(void*)sk;*(unsigned*)((char*)&ic->icsk_ca_priv[5]+4)=3; return; }
SEC(".struct_ops") struct tcp_congestion_ops o={.cong_avoid=(void*)t_cong_avoid_w_priv5,.name="x"};
