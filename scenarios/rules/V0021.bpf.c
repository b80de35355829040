#include "rules.h"

/* broken: a signed size may be negative. */
SEC("kprobe")
int broken(struct pt_regs *ctx)
{
	char buffer[64];
	int size = ctx->si;
	if (size > (int)sizeof(buffer))
		return 0;
	bpf_probe_read_kernel(buffer, size, (void *)ctx->di);
	return 0;
}

/* sound: 0 to 64. 5.10 and 6.1 also want the buffer initialised. */
SEC("kprobe")
int sound(struct pt_regs *ctx)
{
	char buffer[64];
	__u32 size = ctx->si;
	if (size > sizeof(buffer))
		return 0;
	bpf_probe_read_kernel(buffer, size, (void *)ctx->di);
	return 0;
}
