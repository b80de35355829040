#include "probes.h"
GPL;
/* A map that no kernel makes: its inner map has no entries. */
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 4); __type(key, __u32); __array(values, struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u32); }); } broken SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
