#include "struct_ops.h"
SEC("struct_ops/test_1") int BPF_PROG(d_ret5, struct bpf_dummy_ops_state *s) { ; return 5; }
SEC(".struct_ops") struct bpf_dummy_ops o={.test_1=(void*)d_ret5};
