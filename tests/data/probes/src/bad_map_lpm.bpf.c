#include "probes.h"
GPL;
/* A map that no kernel makes: a trie of prefixes without BPF_F_NO_PREALLOC. */
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4); } broken SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
