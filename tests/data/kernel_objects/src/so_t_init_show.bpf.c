#include "struct_ops.h"
SEC("struct_ops/init") void BPF_PROG(t_init_show, struct sock*sk) { SHOW(sk); return; }
SEC(".struct_ops") struct tcp_congestion_ops o={.init=(void*)t_init_show,.name="x"};
