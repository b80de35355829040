#include "probes.h"
GPL;
/* A state kept inside a function is no candidate where the function was called from elsewhere, and no miss of that visit either:
   else it is given up too early, and the program takes more than a million instructions. */
static __attribute__((noinline)) unsigned int stir(const unsigned char *at, unsigned int seed)
{
	unsigned int a = *(volatile unsigned int *)at, b = *(volatile unsigned int *)(at + 4);
#define STIR a ^= seed; b += a; a -= b; b ^= a << 3; a += b >> 5; b -= a; a ^= b << 7; b += a >> 11; a -= b; a ^= b >> 13;
	STIR STIR STIR STIR STIR STIR STIR STIR
	return a + b;
}
#define ROUND do { at = data + i; if (at + 32 > end) break; ctx->tc_index = stir(at, ctx->cb[0] + i++); } while (0);
#define TEN ROUND ROUND ROUND ROUND ROUND ROUND ROUND ROUND ROUND ROUND
#define BEGIN void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data, *at; int i = 0;
SEC("tc") int rounds(struct __sk_buff *ctx) { BEGIN TEN TEN TEN TEN TEN TEN TEN TEN TEN return 0; }
