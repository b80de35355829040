#include "struct_ops.h"
SEC("struct_ops/test_1") int BPF_PROG(d_oob, struct bpf_dummy_ops_state *s) { if(s) SHOW(*(unsigned long*)((void*)s+8)); return 0; }
SEC(".struct_ops") struct bpf_dummy_ops o={.test_1=(void*)d_oob};
