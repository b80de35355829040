/* What every probe shares: a cut-down view of the kernel and the pieces of assembly that many programs begin with. */
#ifndef PROBES_H
#define PROBES_H
#include "vmlinux_min.h"

struct bytes48 { char b[48]; };
#define MAP(m) [m] "i"(&m)
#define ARRAY(name, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, n); __type(key, __u32); __type(value, val); } name SEC(".maps")
#define HASH(name, k, val, n) \
	struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, n); __type(key, k); __type(value, val); } name SEC(".maps")
#define RINGBUF(name) struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } name SEC(".maps")
/* r0 = bpf_map_lookup_elem(&map, &0), not yet compared with null; r1-r5 are gone, r10-4 is used. */
#define LOOKUP_IN(map) "r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[" map "] ll; call 1;"
#define LOOKUP_ARR LOOKUP_IN("arr")
/* Helper calls in assembly, by what they do. */
#define CALL_LOOKUP "call 1;"
#define CALL_UPDATE "call 2;"
#define CALL_KTIME "call 5;"
#define CALL_RANDOM "call 7;"
#define CAN_LOOP(out) asm volatile goto("1: .byte 0xe5; .byte 0; .long ((%l[" #out "] - 1b - 8) / 8) & 0xffff; .short 0" :::: out)
KF int bpf_iter_task_vma_new(struct bpf_iter_task_vma *it, struct task_struct *task, u64 addr);
KF struct vm_area_struct *bpf_iter_task_vma_next(struct bpf_iter_task_vma *it);
KF void bpf_iter_task_vma_destroy(struct bpf_iter_task_vma *it);
#endif
