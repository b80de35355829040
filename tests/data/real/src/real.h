/* What the real-size programs share: a cut-down kernel view on top of the corpus' one, and map shorthands. */
#ifndef REAL_H
#define REAL_H
#include "vmlinux_min.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define ARRAY(name, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, n); __type(key, __u32); __type(value, val); } name SEC(".maps")
#define PERCPU(name, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, n); __type(key, __u32); __type(value, val); } name SEC(".maps")
#define HASH(name, k, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, n); __type(key, k); __type(value, val); } name SEC(".maps")
#define LRU(name, k, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, n); __type(key, k); __type(value, val); } name SEC(".maps")
#define TRIE(name, k, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, n); __type(key, k); __type(value, val); } name SEC(".maps")
#define PROGRAMS(name, n) \
	struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, n); __uint(key_size, 4); __uint(value_size, 4); } name SEC(".maps")
#define RING(name, bytes) struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, bytes); } name SEC(".maps")
#define INLINE static __always_inline
#endif
