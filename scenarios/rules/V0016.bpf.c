#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} prefixes SEC(".maps");

/* broken: sleepable programs cannot use this type of map before 7.2. */
SEC("lsm.s/bprm_committed_creds")
int broken(void *ctx)
{
	__u64 key = 32;
	bpf_map_lookup_elem(&prefixes, &key);
	return 0;
}

/* sound: programs that do not sleep can. */
SEC("lsm/bprm_committed_creds")
int sound(void *ctx)
{
	__u64 key = 32;
	bpf_map_lookup_elem(&prefixes, &key);
	return 0;
}
