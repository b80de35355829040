#include "probes.h"
GPL;
/* A map that no kernel makes: an array with keys of eight bytes. */
ARRAY(good, __u32, 1);
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u64); __type(value, __u32); } broken SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
