#include "rules.h"

/* broken: to the kernel the register holds a number. */
SEC("kprobe")
int broken(struct pt_regs *ctx)
{
	int *value = (int *)ctx->di;
	return *(volatile int *)value;
}

/* sound: read through a helper that checks the address. */
SEC("kprobe")
int sound(struct pt_regs *ctx)
{
	int value = 0;
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx->di);
	return value;
}
