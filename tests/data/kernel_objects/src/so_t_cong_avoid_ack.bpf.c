#include "struct_ops.h"
SEC("struct_ops/cong_avoid") void BPF_PROG(t_cong_avoid_ack, struct sock*sk, unsigned ack, unsigned acked) { SHOW(ack); return; }
SEC(".struct_ops") struct tcp_congestion_ops o={.cong_avoid=(void*)t_cong_avoid_ack,.name="x"};
