#include "probes.h"
GPL;
/* A map that no kernel makes: a hash without entries. */
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u32); } broken SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
