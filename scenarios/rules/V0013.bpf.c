#include "rules.h"

/* broken: a cgroup hook allows (1) or refuses (0). */
SEC("cgroup/sock_create")
int broken(struct bpf_sock *sk)
{
	return 2;
}

/* sound */
SEC("cgroup/sock_create")
int sound(struct bpf_sock *sk)
{
	return 1;
}
