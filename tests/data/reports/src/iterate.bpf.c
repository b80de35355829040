/* Loops over numbers (6.12 and later): the way through an iterator, and one that is not given back. */
#include "vmlinux_min.h"

GPL;


SEC("tc")
int counts(struct __sk_buff *skb)
{
	__u64 room;
	struct bpf_iter_num *it = (void *)&room;
	int *number, sum = 0;

	bpf_iter_num_new(it, 0, 10);
	while ((number = bpf_iter_num_next(it)))
		sum += *number;
	bpf_iter_num_destroy(it);
	return sum;
}
