/* Functions in .text: shared, nested, recursive by pointer; kernel functions; kernel variables. */
#include "kernel.h"

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern int bpf_missing_everywhere(void) __ksym __weak;
extern const int bpf_prog_active __ksym;
extern const void __per_cpu_start __ksym __weak;

static __attribute__((noinline)) int leaf(int x)
{
	asm volatile("" : "+r"(x));
	return x + 1;
}

__attribute__((noinline)) int middle(int x)
{
	return leaf(x) + leaf(x + 2);
}

__hidden __attribute__((noinline)) int hidden(int x)
{
	return leaf(x) * 3;
}

static int each(__u32 index, void *ctx)
{
	*(int *)ctx += leaf(index);
	return 0;
}

SEC("tc")
int calls_nothing(void *ctx)
{
	return 0;
}

SEC("tc")
int calls_two(void *ctx)
{
	return hidden(2) + middle(1);
}

SEC("lsm.s/file_open")
int with_callback(void *ctx)
{
	int sum = 0;

	bpf_rcu_read_lock();
	bpf_loop(4, each, &sum, 0);
	bpf_rcu_read_unlock();
	if (bpf_ksym_exists(bpf_missing_everywhere))
		sum += bpf_missing_everywhere();
	bpf_rcu_read_lock();
	sum += middle(sum);
	bpf_rcu_read_unlock();
	return sum;
}

SEC("raw_tp/sys_enter")
int kernel_variables(void *ctx)
{
	const int *active = bpf_per_cpu_ptr(&bpf_prog_active, 0);

	return (active ? *active : 0) + (&__per_cpu_start != 0);
}
