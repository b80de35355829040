#define NO_LICENSE
#include "rules.h"

char LICENSE[] SEC("license") = "Proprietary";

/* broken: only for programs with a GPL-compatible licence. */
SEC("kprobe")
int broken(struct pt_regs *ctx)
{
	int value = 0;
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx->di);
	return 0;
}

/* sound: for everybody. */
SEC("kprobe")
int sound(struct pt_regs *ctx)
{
	return bpf_get_smp_processor_id() & 0;
}
