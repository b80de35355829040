#include "probes.h"
GPL;
/* A map that no kernel makes: task storage with a number of entries. */
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, 1); __uint(max_entries, 4); __type(key, int); __type(value, __u32); } broken SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
