/* Built without -g: no BTF. */
#include "kernel.h"

SEC("xdp")
int pass(void *ctx)
{
	return 2;
}
