#include "rules.h"

/* broken on 5.10: uprobes may sleep in 6.1 and later. */
SEC("uprobe.s")
int broken(struct pt_regs *ctx)
{
	return 0;
}

/* sound */
SEC("uprobe")
int sound(struct pt_regs *ctx)
{
	return 0;
}
