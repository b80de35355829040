#include "probes.h"
GPL;
/* A ring whose size the loader rounds up to a whole page. */
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1000); } rounded SEC(".maps");
SEC("tc") int uses(struct __sk_buff *s) { return s->len & 1; }
