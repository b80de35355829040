/* Sections that are not loaded but do no harm. */
#include "kernel.h"

struct tcp_congestion_ops { void (*ssthresh)(void *); char name[16]; };

SEC("struct_ops/ssthresh")
int ssthresh(void *ctx)
{
	return 2;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops ops = { .ssthresh = (void *)ssthresh, .name = "left" };

int note SEC("my_notes") = 1;
__u32 required SEC("version") = 0x060c00;
