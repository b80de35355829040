#include "struct_ops.h"
SEC("struct_ops/ssthresh") unsigned BPF_PROG(t_ssthresh_ret, struct sock*sk) { ; return 100; }
SEC(".struct_ops") struct tcp_congestion_ops o={.ssthresh=(void*)t_ssthresh_ret,.name="x"};
