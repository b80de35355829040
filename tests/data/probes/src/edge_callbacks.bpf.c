#include "probes.h"
GPL;
/* Callbacks of helpers: contexts of every kind, results, nesting, and the loops they make. */
ARRAY(arr, struct bytes48, 4);
HASH(hash, __u64, __u64, 4);
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } percpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, __u64); } queue SEC(".maps");
RINGBUF(ring);
#define S "lsm.s/file_open"
static long c_nothing(__u32 i, void *c) { return 0; }
static long c_sum(__u32 i, __u64 *sum) { *sum += i; return 0; }

/* The context: null, a number, the program's context, a map value, a pointer that may be null, a record, a task. */
SEC("tc") int context_number(struct __sk_buff *s) { return bpf_loop(4, c_nothing, (void *)5, 0) & 1; }
SEC("tc") int context_number_read(struct __sk_buff *s) { return bpf_loop(4, c_sum, (void *)5, 0) & 1; }
static long c_skb(__u32 i, struct __sk_buff *s) { return s->len == i; }
SEC("tc") int context_context(struct __sk_buff *s) { return bpf_loop(4, c_skb, s, 0) & 1; }
SEC("tc") int context_maybe_null(struct __sk_buff *s) { __u64 k = 0; return bpf_loop(4, c_sum, bpf_map_lookup_elem(&hash, &k), 0) & 1; }
static long c_sum_checked(__u32 i, __u64 *sum) { if (sum) *sum += i; return 0; }
SEC("tc") int context_maybe_null_checked(struct __sk_buff *s) { __u64 k = 0; return bpf_loop(4, c_sum_checked, bpf_map_lookup_elem(&hash, &k), 0) & 1; }
SEC("tc") int context_record(struct __sk_buff *s) { __u64 *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; *r = 0; bpf_loop(4, c_sum, r, 0); bpf_ringbuf_submit(r, 0); return 0; }
static long c_submits(__u32 i, __u64 *r) { bpf_ringbuf_submit(r, 0); return 1; }
SEC("tc") int context_record_submitted(struct __sk_buff *s) { __u64 *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_loop(1, c_submits, r, 0); return 0; }
static long c_reserves(__u32 i, void *c) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int reserves_inside(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_loop(2, c_reserves, 0, 0); bpf_ringbuf_submit(r, 0); return 0; }
static long c_task(__u32 i, struct task_struct *t) { return t->pid == 3; }
SEC("lsm/file_open") int context_task(void *c) { bpf_loop(2, c_task, bpf_get_current_task_btf(), 0); return 0; }
SEC("lsm/file_open") int context_held_task(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_loop(2, c_task, t, 0); bpf_task_release(t); return 0; }
SEC("lsm/file_open") int context_released_task(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_task_release(t); bpf_loop(2, c_task, t, 0); return 0; }
/* A packet pointer; the callback moves the packet. */
static long c_byte(__u32 i, char *p) { return p[0] == 3; }
SEC("tc") int context_packet(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_loop(2, c_byte, p, 0); return p[0] & 1; }
static long c_pulls(__u32 i, struct __sk_buff *s) { bpf_skb_pull_data(s, 0); return 0; }
SEC("tc") int packet_after_callback(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_loop(2, c_pulls, s, 0); return p[0] & 1; }
struct both { struct __sk_buff *s; char *p; };
static long c_pulls_and_reads(__u32 i, struct both *b) { bpf_skb_pull_data(b->s, 0); return b->p[0] & 1; }
SEC("tc") int packet_in_frame(struct __sk_buff *s) { struct both b; char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; b.s = s; b.p = p; bpf_loop(2, c_pulls_and_reads, &b, 0); return 0; }
/* Its result: 2, negative, unknown, a pointer. */
static long c_two(__u32 i, void *c) { return 2; }
SEC("tc") int result_two(struct __sk_buff *s) { return bpf_loop(4, c_two, 0, 0) & 1; }
static long c_negative(__u32 i, void *c) { return -1; }
SEC("tc") int result_negative(struct __sk_buff *s) { return bpf_loop(4, c_negative, 0, 0) & 1; }
static long c_unknown(__u32 i, void *c) { return bpf_get_prandom_u32(); }
SEC("tc") int result_unknown(struct __sk_buff *s) { return bpf_loop(4, c_unknown, 0, 0) & 1; }
ASMPROG static __attribute__((used)) long c_pointer(void) { asm volatile("r0 = r10; exit;"); }
SEC("tc") ASMPROG int result_pointer(void) { asm volatile("r1 = 4; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(c_pointer)); }
ASMPROG static __attribute__((used)) long c_unset(void) { asm volatile("exit;"); }
SEC("tc") ASMPROG int result_unset(void) { asm volatile("r1 = 4; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(c_unset)); }
/* The count and the flags: too many, unknown, pointers. */
SEC("tc") int count_too_many(struct __sk_buff *s) { return bpf_loop((8 << 20) + 1, c_nothing, 0, 0) & 1; }
SEC("tc") int count_unknown(struct __sk_buff *s) { return bpf_loop(s->len, c_nothing, 0, 0) & 1; }
SEC("tc") int flags_one(struct __sk_buff *s) { return bpf_loop(4, c_nothing, 0, 1) & 1; }
SEC("tc") int count_zero_bad_body(struct __sk_buff *s) { __u64 sum = 0; return bpf_loop(0, c_two, &sum, 0) & 1; }
SEC("tc") ASMPROG int count_pointer(void) { asm volatile("r1 = r10; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(c_unset)); }
/* Callee-saved registers do not come back changed. */
SEC("tc") int sum_as_index(struct __sk_buff *s) { __u64 sum = 0; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_loop(4, c_sum, &sum, 0); return v->b[sum] & 1; }
static long c_sum_bounded(__u32 i, __u64 *sum) { if (*sum < 40) *sum += 1; return 0; }
SEC("tc") int sum_bounded_as_index(struct __sk_buff *s) { __u64 sum = 0; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_loop(100, c_sum_bounded, &sum, 0); return v->b[sum] & 1; }
static long c_index(__u32 i, struct bytes48 *v) { return v->b[i] == 3; }
SEC("tc") int index_unbounded(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return bpf_loop(4, c_index, v, 0) & 1; }
static long c_index_bounded(__u32 i, struct bytes48 *v) { if (i >= 48) return 1; return v->b[i] == 3; }
SEC("tc") int index_bounded(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return bpf_loop(4, c_index_bounded, v, 0) & 1; }
/* Nested: callbacks in callbacks, too deep, of itself. */
static long c_inner(__u32 i, __u64 *sum) { *sum += 1; return 0; }
static long c_outer(__u32 i, __u64 *sum) { bpf_loop(3, c_inner, sum, 0); return 0; }
SEC("tc") int nested(struct __sk_buff *s) { __u64 sum = 0; bpf_loop(3, c_outer, &sum, 0); return sum & 1; }
static long c_itself(__u32 i, void *c) { bpf_loop(3, c_itself, 0, 0); return 0; }
SEC("tc") int itself(struct __sk_buff *s) { bpf_loop(3, c_itself, 0, 0); return 0; }
/* The callback is a global function; a program; also called. */
__noinline long g_callback(__u32 i, void *c) { return 0; }
SEC("tc") int global_callback(struct __sk_buff *s) { bpf_loop(3, g_callback, 0, 0); return 0; }
SEC("tc") int callback_is_called(struct __sk_buff *s) { __u64 sum = 0; c_sum(5, &sum); bpf_loop(3, c_sum, &sum, 0); return sum & 1; }
/* Maps walked: a hash with its key, an array, one of each CPU, a queue; the value written, the key written, the element deleted. */
static long e_sum(struct bpf_map *m, __u64 *k, __u64 *v, __u64 *sum) { *sum += *k + *v; return 0; }
SEC("tc") int each_hash(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&hash, e_sum, &sum, 0); return sum & 1; }
SEC("tc") int each_array(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&arr, e_sum, &sum, 0); return sum & 1; }
SEC("tc") int each_percpu(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&percpu, e_sum, &sum, 0); return sum & 1; }
static long e_u32(struct bpf_map *m, __u32 *k, __u64 *v, __u64 *sum) { *sum += *k + *v; return 0; }
SEC("tc") int each_percpu_u32(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&percpu, e_u32, &sum, 0); return sum & 1; }
SEC("tc") int each_queue(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&queue, e_sum, &sum, 0); return sum & 1; }
static long e_key(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { *k = 1; return 0; }
SEC("tc") int each_key_written(struct __sk_buff *s) { bpf_for_each_map_elem(&hash, e_key, 0, 0); return 0; }
static long e_value(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { *v = 1; return 0; }
SEC("tc") int each_value_written(struct __sk_buff *s) { bpf_for_each_map_elem(&hash, e_value, 0, 0); return 0; }
static long e_delete(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { bpf_map_delete_elem(m, k); return *v & 1; }
SEC("tc") int each_deleted(struct __sk_buff *s) { bpf_for_each_map_elem(&hash, e_delete, 0, 0); return 0; }
static long e_delete_name(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { bpf_map_delete_elem(&hash, k); return 0; }
SEC("tc") int each_deleted_name(struct __sk_buff *s) { bpf_for_each_map_elem(&hash, e_delete_name, 0, 0); return 0; }
static long e_keeps(struct bpf_map *m, __u64 *k, __u64 *v, __u64 **keep) { *keep = v; return 1; }
SEC("tc") int each_kept(struct __sk_buff *s) { __u64 *keep = 0; bpf_for_each_map_elem(&hash, e_keeps, &keep, 0); return keep ? *keep & 1 : 0; }
static long e_map_read(struct bpf_map *m, __u64 *k, __u64 *v, __u64 *sum) { *sum += m->id; return 0; }
SEC("tc") int each_map_read(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&hash, e_map_read, &sum, 0); return sum & 1; }
static long e_update(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { bpf_map_update_elem(m, k, v, 0); return 0; }
SEC("tc") int each_updated(struct __sk_buff *s) { bpf_for_each_map_elem(&hash, e_update, 0, 0); return 0; }
SEC("tc") int each_flags(struct __sk_buff *s) { return bpf_for_each_map_elem(&hash, e_value, 0, 5) & 1; }
SEC("tc") int each_context_uninit(struct __sk_buff *s) { __u64 sum; bpf_for_each_map_elem(&hash, e_sum, &sum, 0); return sum & 1; }
/* The area of an address. */
static long v_reads(struct task_struct *t, struct vm_area_struct *m, __u64 *x) { *x = m->vm_start + t->pid; return 0; }
SEC("kprobe") int found_area(void *c) { __u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, v_reads, &x, 0); return x & 1; }
static long v_writes(struct task_struct *t, struct vm_area_struct *m, void *x) { m->vm_flags = 0; return 0; }
SEC("kprobe") int found_area_written(void *c) { bpf_find_vma(bpf_get_current_task_btf(), 0, v_writes, 0, 0); return 0; }
static long v_keeps(struct task_struct *t, struct vm_area_struct *m, struct vm_area_struct **k) { *k = m; return 0; }
SEC("kprobe") int found_area_kept(void *c) { struct vm_area_struct *k = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, v_keeps, &k, 0); return k ? k->vm_start & 1 : 0; }
static long v_sleeps(struct task_struct *t, struct vm_area_struct *m, void *x) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
SEC(S) int found_area_sleeps(void *c) { bpf_find_vma(bpf_get_current_task_btf(), 0, v_sleeps, 0, 0); return 0; }
static long v_two(struct task_struct *t, struct vm_area_struct *m, void *x) { return 2; }
SEC(S) int found_area_two(void *c) { bpf_find_vma(bpf_get_current_task_btf(), 0, v_two, 0, 0); return 0; }
static long v_nested(struct task_struct *t, struct vm_area_struct *m, void *x) { bpf_find_vma(t, 0, v_two, 0, 0); return 0; }
SEC(S) int found_area_nested(void *c) { bpf_find_vma(bpf_get_current_task_btf(), 0, v_nested, 0, 0); return 0; }
SEC("tc") int found_area_tc(void *c) { return bpf_find_vma((void *)bpf_get_current_task_btf(), 0, v_two, 0, 0) & 1; }
SEC(S) int found_area_number(void *c) { return bpf_find_vma((void *)5, 0, v_two, 0, 0) & 0; }
static long e_sleeps(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); *v = 1; return 0; }
SEC(S) int each_sleeps(void *c) { bpf_for_each_map_elem(&hash, e_sleeps, 0, 0); return 0; }
