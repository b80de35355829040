#include "rules.h"

/* broken: the index may lie behind the 16 bytes. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	volatile char name[16] = {};
	__u32 index = skb->len;
	if (index > 16)
		return 0;
	return name[index];
}

/* sound: inside. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	volatile char name[16] = {};
	__u32 index = skb->len;
	if (index > 15)
		return 0;
	return name[index];
}
