#include "struct_ops.h"
SEC("struct_ops/ssthresh") unsigned BPF_PROG(t_ssthresh_show, struct sock*sk) { SHOW(sk); return 0; }
SEC(".struct_ops") struct tcp_congestion_ops o={.ssthresh=(void*)t_ssthresh_show,.name="x"};
