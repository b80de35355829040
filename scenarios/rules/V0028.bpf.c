#include "rules.h"

/* broken: 8 bytes, one byte beside a multiple of 8. */
SEC("tc")
__attribute__((naked)) int broken(void)
{
	asm volatile("r1 = 0; *(u64 *)(r10 - 15) = r1; r0 = 0; exit");
}

/* sound */
SEC("tc")
__attribute__((naked)) int sound(void)
{
	asm volatile("r1 = 0; *(u64 *)(r10 - 16) = r1; r0 = 0; exit");
}
