#include "rules.h"

/* broken: this hook is called where sleeping is forbidden. */
SEC("lsm.s/task_free")
int broken(void *ctx)
{
	return 0;
}

/* sound: this one may sleep in all four kernels. */
SEC("lsm.s/bprm_committed_creds")
int sound(void *ctx)
{
	return 0;
}
