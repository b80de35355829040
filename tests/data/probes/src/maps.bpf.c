#include "probes.h"
GPL;
/* Maps: keys and values of the right size, memory the helpers may read or write, read-only maps, global variables,
   maps inside maps, maps of the wrong type for a helper. */
ARRAY(arr, struct bytes48, 4);
HASH(hash, __u64, struct bytes48, 16);
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(map_flags, BPF_F_RDONLY_PROG); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } readonly SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(map_flags, BPF_F_WRONLY_PROG); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } writeonly SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u64); } percpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 8); __uint(key_size, 4); __uint(value_size, 80); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 8); __type(value, __u64); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 8); __uint(key_size, 8); __uint(value_size, 8); } trie SEC(".maps");
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } inner1 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { &inner1 } };
RINGBUF(ring);
const volatile int limit = 20;
int counter;
static const char greeting[] = "sleepable";
char shared[32];

/* The key on the stack is written in full. */
SEC("tc") int hash_key_written(struct __sk_buff *s) { __u64 k = s->mark; struct bytes48 *v = bpf_map_lookup_elem(&hash, &k); return v ? v->b[0] & 1 : 0; }
/* A 4-byte key for a map with 8-byte keys. */
SEC("tc") ASMPROG int hash_key_half_written(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[hash] ll; call 1; r0 = 0; exit;" :: MAP(hash)); }
/* A 4-byte key at the top of the stack. */
SEC("tc") ASMPROG int hash_key_past_stack(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[hash] ll; call 1; r0 = 0; exit;" :: MAP(hash)); }
/* The key is a number and not a pointer. */
SEC("tc") ASMPROG int key_is_number(void) { asm volatile("r2 = 1; r1 = %[hash] ll; call 1; r0 = 0; exit;" :: MAP(hash)); }
/* The key is the context. */
SEC("tc") ASMPROG int key_is_context(void) { asm volatile("r2 = r1; r1 = %[hash] ll; call 1; r0 = 0; exit;" :: MAP(hash)); }
/* The key lies in another map's value. */
SEC("tc") int key_in_map_value(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return bpf_map_lookup_elem(&hash, v->b + 40) ? 1 : 0; }
/* The key lies at the end of another map's value. */
SEC("tc") int key_past_map_value(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return bpf_map_lookup_elem(&hash, v->b + 41) ? 1 : 0; }
/* The map argument is a value. */
SEC("tc") ASMPROG int map_is_value(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r1 = r0; r2 = r10; r2 += -4; call 1; 8: r0 = 0; exit;" :: MAP(arr)); }
/* The map argument is null. */
SEC("tc") ASMPROG int map_is_null(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; call 1; r0 = 0; exit;"); }
/* The value is used without the null check. */
SEC("tc") int value_unchecked(struct __sk_buff *s) { __u64 k = 1; struct bytes48 *v = bpf_map_lookup_elem(&hash, &k); return v->b[0]; }
/* The value is written without the null check. */
SEC("tc") int value_written_unchecked(struct __sk_buff *s) { __u64 k = 1; struct bytes48 *v = bpf_map_lookup_elem(&hash, &k); v->b[0] = 1; return 0; }
/* An array lookup with a constant key inside. */
SEC("tc") int array_constant_key(struct __sk_buff *s) { __u32 k = 3; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v->b[0] & 1; }
/* The same with the key in a slot of its own, which newer kernels remember. */
SEC("tc") ASMPROG int array_constant_key_slot(void) { asm volatile("r1 = 3; *(u32 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[arr] ll; call 1; r0 = *(u8 *)(r0 + 0); r0 = 0; exit;" :: MAP(arr)); }
/* The key in a slot of its own is one past the last. */
SEC("tc") ASMPROG int array_constant_key_slot_outside(void) { asm volatile("r1 = 4; *(u32 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[arr] ll; call 1; r0 = *(u8 *)(r0 + 0); r0 = 0; exit;" :: MAP(arr)); }
/* The key zero is remembered anywhere. */
SEC("tc") ASMPROG int array_constant_key_zero(void) { asm volatile(LOOKUP_ARR "r0 = *(u8 *)(r0 + 0); r0 = 0; exit;" :: MAP(arr)); }
/* The constant key is outside. */
SEC("tc") int array_constant_key_outside(struct __sk_buff *s) { __u32 k = 4; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v->b[0] & 1; }
/* The same for a per-CPU array. */
SEC("tc") int percpu_constant_key(struct __sk_buff *s) { __u32 k = 1; __u64 *v = bpf_map_lookup_elem(&percpu, &k); return *v & 1; }
/* The key is not constant. */
SEC("tc") int array_variable_key(struct __sk_buff *s) { __u32 k = s->mark & 3; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v->b[0] & 1; }
/* The last byte of the value. */
SEC("tc") ASMPROG int value_last_byte(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r0 = *(u8 *)(r0 + 47); 8: r0 = 0; exit;" :: MAP(arr)); }
/* One past the last byte. */
SEC("tc") ASMPROG int value_past_end(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r0 = *(u8 *)(r0 + 48); 8: r0 = 0; exit;" :: MAP(arr)); }
/* One before the first byte. */
SEC("tc") ASMPROG int value_before_start(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r0 = *(u8 *)(r0 - 1); 8: r0 = 0; exit;" :: MAP(arr)); }
/* A pointer is stored in the value: root may. */
SEC("tc") ASMPROG int pointer_in_value(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; *(u64 *)(r0 + 0) = r10; 8: r0 = 0; exit;" :: MAP(arr)); }
/* The value argument of an update is only half written. */
SEC("tc") ASMPROG int update_value_half_written(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; *(u64 *)(r10 - 56) = r1; r2 = r10; r2 += -4; r3 = r10; r3 += -56; r1 = %[arr] ll; r4 = 0; call 2; r0 = 0; exit;" :: MAP(arr)); }
/* The value argument is null. */
SEC("tc") ASMPROG int update_value_null(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r3 = 0; r1 = %[arr] ll; r4 = 0; call 2; r0 = 0; exit;" :: MAP(arr)); }
/* r4 of an update is missing. */
SEC("tc") ASMPROG int update_flags_missing(void) { asm volatile("r6 = 0; *(u32 *)(r10 - 4) = r6; *(u64 *)(r10 - 16) = r6; r2 = r10; r2 += -4; r3 = r10; r3 += -16; r1 = %[percpu] ll; call 2; r0 = 0; exit;" :: MAP(percpu)); }
/* r4 of an update is a pointer. */
SEC("tc") ASMPROG int update_flags_pointer(void) { asm volatile("r6 = 0; *(u32 *)(r10 - 4) = r6; *(u64 *)(r10 - 16) = r6; r2 = r10; r2 += -4; r3 = r10; r3 += -16; r4 = r10; r1 = %[percpu] ll; call 2; r0 = 0; exit;" :: MAP(percpu)); }
/* The key argument may be the value that was found. */
SEC("tc") int update_from_value(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; __u64 h = 2; return bpf_map_update_elem(&hash, &h, v, BPF_ANY) ? 1 : 0; }
/* A read-only map is read. */
SEC("tc") int readonly_read(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&readonly, &k); return v ? *v & 1 : 0; }
/* A read-only map is written through the pointer. */
SEC("tc") int readonly_write(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&readonly, &k); if (v) *v = 1; return 0; }
/* A read-only map is updated. */
SEC("tc") int readonly_update(struct __sk_buff *s) { __u32 k = 0; __u64 v = 1; bpf_map_update_elem(&readonly, &k, &v, 0); return 0; }
/* A read-only map is the destination of a helper. */
SEC("tc") int readonly_as_buffer(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&readonly, &k); if (v) bpf_skb_load_bytes(s, 0, v, 8); return 0; }
/* A write-only map is written. */
SEC("tc") int writeonly_write(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&writeonly, &k); if (v) *v = 1; return 0; }
/* A write-only map is looked up and read. */
SEC("tc") int writeonly_read(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&writeonly, &k); return v ? *v & 1 : 0; }
/* Global data: a read-only variable. */
SEC("tc") int global_readonly(struct __sk_buff *s) { return s->mark > limit; }
/* A read-only variable is written. */
SEC("tc") int global_readonly_write(struct __sk_buff *s) { *(volatile int *)&limit = 3; return 0; }
/* A read-only constant decides: the branch is dead since the value is known. */
SEC("tc") int global_readonly_decides(struct __sk_buff *s) { int x; if (limit == 20) x = 1; else asm volatile("%0 = r9" : "=r"(x)); return x & 1; }
/* A writable variable. */
SEC("tc") int global_write(struct __sk_buff *s) { counter++; return 0; }
/* A global array with a bounded index. */
SEC("tc") int global_array_bounded(struct __sk_buff *s) { __u32 i = s->mark; if (i >= 32) return 0; OPAQUE(i); if (i >= 32) return 0; shared[i] = 1; return 0; }
/* A global array with an unbounded index. */
SEC("tc") int global_array_unbounded(struct __sk_buff *s) { __u32 i = s->mark; shared[i] = 1; return 0; }
/* A constant string for bpf_trace_printk. */
SEC("tc") int print_constant(struct __sk_buff *s) { static const char f[] = "n %d"; bpf_trace_printk(f, sizeof(f), 1); return 0; }
/* A per-CPU value by the plain helper. */
SEC("tc") int percpu_lookup(struct __sk_buff *s) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&percpu, &k); if (v) (*v)++; return 0; }
/* A program array cannot be looked up. */
SEC("tc") ASMPROG int lookup_in_program_array(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[progs] ll; call 1; r0 = 0; exit;" :: MAP(progs)); }
/* A perf event array cannot be updated. */
SEC("tc") ASMPROG int update_event_array(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r3 = r2; r4 = 0; r1 = %[events] ll; call 2; r0 = 0; exit;" :: MAP(events)); }
/* A tail call through a map that is no program array. */
SEC("tc") ASMPROG int tail_call_wrong_map(void) { asm volatile("r2 = %[arr] ll; r3 = 0; call 12; r0 = 0; exit;" :: MAP(arr)); }
/* A tail call. */
SEC("tc") int tail_call_ok(struct __sk_buff *s) { bpf_tail_call(s, &progs, 1); return 0; }
/* A tail call with an unknown index. */
SEC("tc") int tail_call_variable(struct __sk_buff *s) { bpf_tail_call(s, &progs, s->mark); return 0; }
/* A tail call whose first argument is not the context. */
SEC("tc") ASMPROG int tail_call_not_context(void) { asm volatile("r1 = 0; r2 = %[progs] ll; r3 = 0; call 12; r0 = 0; exit;" :: MAP(progs)); }
/* Events go out with the context. */
SEC("tc") int event_output(struct __sk_buff *s) { __u64 x = 1; bpf_perf_event_output(s, &events, BPF_F_CURRENT_CPU, &x, 8); return 0; }
/* Events into a hash. */
SEC("tc") ASMPROG int event_output_wrong_map(void) { asm volatile("r6 = 0; *(u64 *)(r10 - 8) = r6; r2 = %[hash] ll; r3 = 0; r4 = r10; r4 += -8; r5 = 8; call 25; r0 = 0; exit;" :: MAP(hash)); }
/* A stack trace into a perf event array. */
SEC("kprobe") ASMPROG int stack_id_wrong_map(void) { asm volatile("r2 = %[events] ll; r3 = 0; call 27; r0 = 0; exit;" :: MAP(events)); }
/* A stack trace. */
SEC("kprobe") int stack_id_ok(void *ctx) { bpf_get_stackid(ctx, &stacks, 0); return 0; }
/* A stack trace map read by the program: never allowed. */
SEC("kprobe") ASMPROG int stack_map_lookup(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[stacks] ll; call 1; r0 = 0; exit;" :: MAP(stacks)); }
/* Push and pop. */
SEC("tc") int queue_ok(struct __sk_buff *s) { __u64 x = 1; bpf_map_push_elem(&queue, &x, 0); return bpf_map_pop_elem(&queue, &x) ? 1 : 0; }
/* A queue cannot be looked up. */
SEC("tc") ASMPROG int queue_lookup(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[queue] ll; call 1; r0 = 0; exit;" :: MAP(queue)); }
/* Pop fills the destination. */
SEC("tc") ASMPROG int queue_pop_fills(void) { asm volatile("r2 = r10; r2 += -8; r1 = %[queue] ll; call 88; r0 = *(u64 *)(r10 - 8); exit;" :: MAP(queue)); }
/* A push to an array. */
SEC("tc") ASMPROG int push_to_array(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r3 = 0; r1 = %[arr] ll; call 87; r0 = 0; exit;" :: MAP(arr)); }
/* An inner map is found and used. */
SEC("tc") int inner_ok(struct __sk_buff *s) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer, &k); if (!m) return 0; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
/* The inner map is not checked for null. */
SEC("tc") int inner_unchecked(struct __sk_buff *s) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer, &k); __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
/* The inner map is read like a value. */
SEC("tc") int inner_read(struct __sk_buff *s) { __u32 k = 0; __u64 *m = bpf_map_lookup_elem(&outer, &k); return m ? *m & 1 : 0; }
/* The outer map cannot be updated. */
SEC("tc") ASMPROG int outer_update(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r3 = r2; r4 = 0; r1 = %[outer] ll; call 2; r0 = 0; exit;" :: MAP(outer)); }
/* Two inner maps by two lookups are two maps: each with its own value. */
SEC("tc") int inner_twice(struct __sk_buff *s) { __u32 k = 0, l = 1; void *m = bpf_map_lookup_elem(&outer, &k), *n = bpf_map_lookup_elem(&outer, &l); if (!m || !n) return 0; __u64 *v = bpf_map_lookup_elem(m, &k), *w = bpf_map_lookup_elem(n, &k); return v && w ? *v == *w : 0; }
/* One of two maps, by a condition: since both are arrays with one layout the value may be used. */
SEC("tc") int one_of_two_maps(struct __sk_buff *s) { __u32 k = 0; void *m = s->mark ? (void *)&readonly : (void *)&inner1; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
/* A trie with its key of eight bytes. */
SEC("tc") int trie_ok(struct __sk_buff *s) { __u64 k = 32; __u64 *v = bpf_map_lookup_elem(&trie, &k); return v ? *v & 1 : 0; }
/* A ring buffer takes a copy. */
SEC("tc") int ring_output(struct __sk_buff *s) { __u64 x = 1; bpf_ringbuf_output(&ring, &x, 8, 0); return 0; }
/* Lookup in a ring buffer. */
SEC("tc") ASMPROG int ring_lookup(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[ring] ll; call 1; r0 = 0; exit;" :: MAP(ring)); }
/* A map pointer as memory: struct bpf_map may be read but not written. */
SEC("tc") ASMPROG int map_read(void) { asm volatile("r1 = %[arr] ll; r0 = *(u32 *)(r1 + 24); r0 = 0; exit;" :: MAP(arr)); }
/* struct bpf_map cannot be written. */
SEC("tc") ASMPROG int map_write(void) { asm volatile("r1 = %[arr] ll; r2 = 0; *(u32 *)(r1 + 24) = r2; r0 = 0; exit;" :: MAP(arr)); }
/* struct bpf_map at a negative offset. */
SEC("tc") ASMPROG int map_read_negative(void) { asm volatile("r1 = %[arr] ll; r0 = *(u32 *)(r1 - 4); r0 = 0; exit;" :: MAP(arr)); }
