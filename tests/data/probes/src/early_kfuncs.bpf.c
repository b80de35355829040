#include "probes.h"
GPL;
/* Kfuncs that only 6.1 has in its own image: what a refusal says of a reference that is not the callback's, and of a value that may be NULL. */
struct prog_test_ref_kfunc { int a, b; } KOBJ;
struct prog_test_ref_kfunc *bpf_kfunc_call_test_acquire(unsigned long *at) __ksym;
struct prog_test_ref_kfunc *bpf_kfunc_call_test_kptr_get(struct prog_test_ref_kfunc **from, int a, int b) __ksym;
void bpf_kfunc_call_test_release(struct prog_test_ref_kfunc *object) __ksym;
struct slot { struct prog_test_ref_kfunc __attribute__((btf_type_tag("kptr_ref"))) *object; };
ARRAY(slots, struct slot, 1);
struct passed { struct prog_test_ref_kfunc *object; };
static int gives_up(unsigned int n, struct passed *passed) { bpf_kfunc_call_test_release(passed->object); return 0; }
SEC("tc") int released_in_callback(struct __sk_buff *ctx)
{
	unsigned long at = 0;
	struct passed passed = { bpf_kfunc_call_test_acquire(&at) };
	if (!passed.object) return 0;
	bpf_loop(1, gives_up, &passed, 0);
	bpf_kfunc_call_test_release(passed.object);
	return 0;
}
SEC("tc") int value_may_be_null(struct __sk_buff *ctx)
{
	unsigned int zero = 0;
	struct slot *slot = bpf_map_lookup_elem(&slots, &zero);
	struct prog_test_ref_kfunc *object = bpf_kfunc_call_test_kptr_get(&slot->object, 0, 0);
	if (object) bpf_kfunc_call_test_release(object);
	return 0;
}
