#include "probes.h"
GPL;
/* The pointer in the structure says which member a program is, whatever the program and its section are called. */
struct bpf_dummy_ops_state { int val; } KOBJ;
struct bpf_dummy_ops { int (*test_1)(struct bpf_dummy_ops_state *cb); int (*test_2)(struct bpf_dummy_ops_state *cb, int a1, unsigned short a2, char a3, unsigned long a4); };
/* A section without a member, and a name that is none. */
SEC("struct_ops") int counts(__u64 *ctx) { struct bpf_dummy_ops_state *state = (void *)ctx[0]; return state ? state->val : 0; }
/* Named like another member: five arguments are read, which only the member in the structure has. */
SEC("struct_ops/test_1") int test_1(__u64 *ctx) { return ctx[1] + ctx[4]; }
SEC(".struct_ops") struct bpf_dummy_ops ops = { .test_1 = (void *)counts, .test_2 = (void *)test_1 };
