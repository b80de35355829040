#include "rules.h"

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

/* broken: one path leaves the section open. */
SEC("lsm.s/bprm_committed_creds")
int broken(void *ctx)
{
	bpf_rcu_read_lock();
	if (bpf_get_smp_processor_id() == 0)
		return 0;
	bpf_rcu_read_unlock();
	return 0;
}

/* sound */
SEC("lsm.s/bprm_committed_creds")
int sound(void *ctx)
{
	bpf_rcu_read_lock();
	bpf_get_smp_processor_id();
	bpf_rcu_read_unlock();
	return 0;
}
