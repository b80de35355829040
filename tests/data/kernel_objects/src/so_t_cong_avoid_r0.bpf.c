#include "struct_ops.h"
SEC("struct_ops/cong_avoid") void BPF_PROG(t_cong_avoid_r0, struct sock*sk, unsigned ack, unsigned acked) { asm volatile("r0=r1":::"r0"); return; }
SEC(".struct_ops") struct tcp_congestion_ops o={.cong_avoid=(void*)t_cong_avoid_r0,.name="x"};
