#include "struct_ops.h"
SEC("struct_ops/test_1") int BPF_PROG(d_read, struct bpf_dummy_ops_state *s) { SHOW(s->val); return 0; }
SEC(".struct_ops") struct bpf_dummy_ops o={.test_1=(void*)d_read};
