#include "rules.h"

/* broken: nothing leads to the second exit. */
SEC("tc")
__attribute__((naked)) int broken(void)
{
	asm volatile("r0 = 0; exit; r0 = 1; exit");
}

/* sound */
SEC("tc")
__attribute__((naked)) int sound(void)
{
	asm volatile("r0 = 0; if r1 == 0 goto 1f; r0 = 1; 1: exit");
}
