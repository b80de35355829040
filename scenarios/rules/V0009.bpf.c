#include "rules.h"

/* broken: a probe may not wait for the page. */
SEC("uprobe")
int broken(struct pt_regs *ctx)
{
	int value = 0;
	bpf_copy_from_user(&value, sizeof(value), (void *)ctx->di);
	return 0;
}

/* sound: a sleepable one may (6.1 and later). */
SEC("uprobe.s")
int sound(struct pt_regs *ctx)
{
	int value = 0;
	bpf_copy_from_user(&value, sizeof(value), (void *)ctx->di);
	return 0;
}
