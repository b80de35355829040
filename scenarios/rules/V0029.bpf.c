#include "rules.h"

/* broken: no number has a 64th bit. */
SEC("tc")
__attribute__((naked)) int broken(void)
{
	asm volatile("r0 = 1; .8byte 0x0000004000000067; exit"); /* r0 <<= 64 */
}

/* sound */
SEC("tc")
__attribute__((naked)) int sound(void)
{
	asm volatile("r0 = 1; r0 <<= 3; exit");
}
