#include "probes.h"
GPL;
/* Tail calls: from functions, callbacks, with things held, behind which the packet may have moved. */
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct inner { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } in1 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { &in1 } };
ARRAY(arr, struct bytes48, 1);
RINGBUF(ring);
static __noinline int goes(struct __sk_buff *s) { bpf_tail_call(s, &progs, 1); return 3; }
static __noinline int goes_deep(struct __sk_buff *s) { char b[200] = {}; asm volatile("" :: "r"(b) : "memory"); return goes(s) + b[3]; }
__noinline int goes_global(struct __sk_buff *s) { bpf_tail_call(s, &progs, 1); return 3; }
SEC("tc") int plain(struct __sk_buff *s) { bpf_tail_call(s, &progs, 0); return 0; }
SEC("tc") int in_static(struct __sk_buff *s) { return goes(s); }
SEC("tc") int in_global(struct __sk_buff *s) { return goes_global(s); }
/* 256 bytes of stack at most when functions and tail calls mix. */
SEC("tc") int in_static_deep(struct __sk_buff *s) { char b[100] = {}; asm volatile("" :: "r"(b) : "memory"); return goes_deep(s) + b[3]; }
SEC("tc") int in_static_less_deep(struct __sk_buff *s) { return goes_deep(s); }
/* In a callback; with a callback in the program. */
static long c_goes(__u32 i, struct __sk_buff *s) { bpf_tail_call(s, &progs, 1); return 0; }
SEC("tc") int in_callback(struct __sk_buff *s) { bpf_loop(2, c_goes, s, 0); return 0; }
static long c_calm(__u32 i, void *c) { return 0; }
SEC("tc") int beside_callback(struct __sk_buff *s) { bpf_loop(2, c_calm, 0, 0); bpf_tail_call(s, &progs, 0); return 0; }
/* Things held. */
SEC("tc") int with_record(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_tail_call(s, &progs, 0); bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int with_dynptr(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &d); bpf_tail_call(s, &progs, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int with_iterator(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 4); bpf_tail_call(s, &progs, 0); bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int with_irq(struct __sk_buff *s) { unsigned long f; bpf_local_irq_save(&f); bpf_tail_call(s, &progs, 0); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int with_object(struct __sk_buff *s) { void *p = bpf_obj_new_impl(__builtin_btf_type_id(*(struct bytes48 *)0, 0), 0); if (!p) return 0; bpf_tail_call(s, &progs, 0); bpf_obj_drop_impl(p, 0); return 0; }
static __noinline int goes_holding(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; goes(s); bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int with_record_above(struct __sk_buff *s) { return goes_holding(s); }
SEC("tc") int in_section_above(struct __sk_buff *s) { bpf_rcu_read_lock(); goes(s); bpf_rcu_read_unlock(); return 0; }
/* Packet pointers behind it: in the program, and behind a function that may go. */
SEC("tc") int packet_behind(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_tail_call(s, &progs, 0); return p[0] & 1; }
SEC("tc") int packet_behind_static(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; goes(s); return p[0] & 1; }
SEC("tc") int packet_behind_global(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; goes_global(s); return p[0] & 1; }
/* Its arguments: an unknown index, no context, a moved context, an inner map, another kind of map, an index that is a pointer. */
SEC("tc") int index_unknown(struct __sk_buff *s) { bpf_tail_call(s, &progs, s->mark); return 0; }
SEC("tc") int index_big(struct __sk_buff *s) { bpf_tail_call(s, &progs, 4); return 0; }
SEC("tc") int of_outer(struct __sk_buff *s) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer, &k); if (m) bpf_tail_call(s, m, 0); return 0; }
SEC("tc") int of_two_maps(struct __sk_buff *s) { void *m = s->mark ? (void *)&progs : (void *)&in1; OPAQUE(m); bpf_tail_call(s, m, 0); return 0; }
SEC("tc") int of_array(struct __sk_buff *s) { bpf_tail_call(s, &arr, 0); return 0; }
SEC("tc") int of_stack(struct __sk_buff *s) { __u64 x = 0; bpf_tail_call(&x, &progs, 0); return 0; }
SEC("tc") int of_moved(struct __sk_buff *s) { bpf_tail_call((void *)s + 8, &progs, 0); return 0; }
SEC("tc") int index_pointer(struct __sk_buff *s) { bpf_tail_call(s, &progs, (long)s); return 0; }
/* A program in the way of a map operation. */
SEC("tc") int looked_up(struct __sk_buff *s) { __u32 k = 0; return bpf_map_lookup_elem(&progs, &k) ? 1 : 0; }
SEC("tc") int deleted(struct __sk_buff *s) { __u32 k = 0; return bpf_map_delete_elem(&progs, &k) & 1; }
/* What it returns is nothing. */
SEC("tc") ASMPROG int result_used(void) { asm volatile("r6 = r1; r2 = %[progs] ll; r3 = 0; call 12; exit;" :: MAP(progs)); }
/* Sleepable programs, programs with the result's range, exceptions beside. */
SEC("lsm.s/file_open") int in_sleepable(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC("lsm/file_open") int in_lsm(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC("fentry/vfs_read") int in_fentry(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC("syscall") int in_syscall(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC("iter/task") int in_iter(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC("tc") int beside_throw(struct __sk_buff *s) { if (s->mark) bpf_throw(1); bpf_tail_call(s, &progs, 0); return 0; }
static __noinline int throws(int x) { OPAQUE(x); if (x == 5) bpf_throw(1); return x; }
SEC("tc") int beside_throw_in_static(struct __sk_buff *s) { throws(s->mark); bpf_tail_call(s, &progs, 0); return 0; }
SEC("tc") int throw_and_goes(struct __sk_buff *s) { throws(s->mark); return goes(s); }
