#include "probes.h"
GPL;
/* Dynptrs handed to functions and callbacks, copied, made twice, and what a write through one does to the others. */
ARRAY(arr, struct bytes48, 1);
RINGBUF(ring);
KF int bpf_dynptr_adjust(const struct bpf_dynptr *p, u64 start, u64 end);
KF u64 bpf_dynptr_size(const struct bpf_dynptr *p);
KF int bpf_dynptr_clone(const struct bpf_dynptr *p, struct bpf_dynptr *clone);
KF bool bpf_dynptr_is_rdonly(const struct bpf_dynptr *p);
KF int bpf_dynptr_copy(struct bpf_dynptr *dst, u64 dst_off, struct bpf_dynptr *src, u64 src_off, u64 size);
KF int bpf_dynptr_memset(struct bpf_dynptr *p, u64 off, u64 size, u8 val);
#define VALUE(v) __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0
#define OVER_VALUE(d) struct bpf_dynptr d; VALUE(v); bpf_dynptr_from_mem(v, sizeof(*v), 0, &d)
#define SKB(s, d) struct bpf_dynptr d; if (bpf_dynptr_from_skb(s, 0, &d)) return 0

/* A static function makes it in its caller's frame. */
static __noinline int make_in(struct bytes48 *v, struct bpf_dynptr *d) { return bpf_dynptr_from_mem(v, 48, 0, d); }
SEC("tc") int made_by_static(struct __sk_buff *s) { struct bpf_dynptr d; char b[4]; VALUE(v); make_in(v, &d); return bpf_dynptr_read(b, 4, &d, 0, 0) ? 0 : b[0] & 1; }
/* A static function reserves for its caller, who gives it back. */
static __noinline int reserve_in(struct bpf_dynptr *d) { return bpf_ringbuf_reserve_dynptr(&ring, 16, 0, d); }
SEC("tc") int reserved_by_static(struct __sk_buff *s) { struct bpf_dynptr d; reserve_in(&d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* A static function leaves a reservation on its own stack. */
static __noinline int reserve_and_lose(int x) { struct bpf_dynptr d; OPAQUE(x); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); return x; }
SEC("tc") int lost_in_static(struct __sk_buff *s) { return reserve_and_lose(s->mark) & 1; }
/* A static function submits. */
static __noinline void submit_it(struct bpf_dynptr *d) { bpf_ringbuf_submit_dynptr(d, 0); }
SEC("tc") int submitted_by_static(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); submit_it(&d); return 0; }
/* A global function submits what it was given. */
__noinline int submit_global(struct bpf_dynptr *d) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
SEC("tc") int submitted_by_global(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); submit_global(&d); return 0; }
/* A global function writes through it, after which slices of it are gone. */
__noinline int write_global(struct bpf_dynptr *d) { char b[4] = {}; return bpf_dynptr_write(d, 0, b, 4, 0); }
SEC("tc") int global_keeps_data(struct __sk_buff *s) { OVER_VALUE(d); char *p = bpf_dynptr_data(&d, 0, 4); if (!p) return 0; write_global(&d); return p[0] & 1; }
SEC("tc") int global_moves_packet(struct __sk_buff *s) { SKB(s, d); char b[4], *p = bpf_dynptr_slice(&d, 0, b, 4); if (!p) return 0; write_global(&d); return p[0] & 1; }
/* A global function gets something that is no dynptr. */
SEC("tc") int global_gets_stack(struct __sk_buff *s) { __u64 raw[2] = {}; return write_global((void *)raw) & 1; }
SEC("tc") int global_gets_number(struct __sk_buff *s) { return write_global((void *)5) & 1; }
/* A global function adjusts it. */
__noinline int adjust_global(struct bpf_dynptr *d) { return bpf_dynptr_adjust(d, 1, 2); }
SEC("tc") int adjusted_by_global(struct __sk_buff *s) { OVER_VALUE(d); return adjust_global(&d) & 1; }
/* A global function hands it on. */
__noinline int hands_on(struct bpf_dynptr *d) { return write_global(d); }
SEC("tc") int handed_on(struct __sk_buff *s) { OVER_VALUE(d); return hands_on(&d) & 1; }
/* A global function clones it over itself, and to its own stack. */
__noinline int clone_self(struct bpf_dynptr *d) { return bpf_dynptr_clone(d, d); }
SEC("tc") int cloned_over_itself(struct __sk_buff *s) { OVER_VALUE(d); return clone_self(&d) & 1; }
__noinline int clone_local(struct bpf_dynptr *d) { struct bpf_dynptr c; bpf_dynptr_clone(d, &c); return bpf_dynptr_size(&c); }
SEC("tc") int cloned_in_global(struct __sk_buff *s) { OVER_VALUE(d); return clone_local(&d) & 1; }
/* The caller's dynptr cloned over itself. */
SEC("tc") int clone_in_place(struct __sk_buff *s) { OVER_VALUE(d); bpf_dynptr_clone(&d, &d); return bpf_dynptr_size(&d) & 1; }
/* A clone over a live reservation. */
SEC("tc") int clone_over_reservation(struct __sk_buff *s) { struct bpf_dynptr r; OVER_VALUE(d); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_dynptr_clone(&d, &r); return 0; }
/* A reservation made over a live one. */
SEC("tc") int reserve_over_reservation(struct __sk_buff *s) { struct bpf_dynptr r; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_ringbuf_submit_dynptr(&r, 0); return 0; }
/* A dynptr over memory made where a reservation lives. */
SEC("tc") int memory_over_reservation(struct __sk_buff *s) { struct bpf_dynptr r; VALUE(v); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_dynptr_from_mem(v, 8, 0, &r); return 0; }
/* A clone is overwritten while the record lives. */
SEC("tc") int clone_overwritten(struct __sk_buff *s) { struct bpf_dynptr r, c; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_dynptr_clone(&r, &c); *(volatile __u64 *)&c = 0; bpf_ringbuf_submit_dynptr(&r, 0); return 0; }
/* The record is overwritten while its clone lives. */
SEC("tc") int record_of_clone_overwritten(struct __sk_buff *s) { struct bpf_dynptr r, c; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_dynptr_clone(&r, &c); *(volatile __u64 *)&r = 0; bpf_ringbuf_submit_dynptr(&c, 0); return 0; }
/* A slice of a clone after the clone is overwritten. */
SEC("tc") int data_of_overwritten_clone(struct __sk_buff *s) { struct bpf_dynptr c; OVER_VALUE(d); bpf_dynptr_clone(&d, &c); char *p = bpf_dynptr_data(&c, 0, 4); if (!p) return 0; *(volatile __u64 *)&c = 0; return p[0] & 1; }
/* A slice of the first after the clone is overwritten. */
SEC("tc") int data_beside_overwritten_clone(struct __sk_buff *s) { struct bpf_dynptr c; OVER_VALUE(d); bpf_dynptr_clone(&d, &c); char *p = bpf_dynptr_data(&d, 0, 4); if (!p) return 0; *(volatile __u64 *)&c = 0; return p[0] & 1; }
/* A slice of the clone after the record was submitted. */
SEC("tc") int data_of_clone_after_submit(struct __sk_buff *s) { struct bpf_dynptr r, c; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &r); bpf_dynptr_clone(&r, &c); char *p = bpf_dynptr_data(&c, 0, 4); bpf_ringbuf_submit_dynptr(&r, 0); return p ? p[0] & 1 : 0; }
/* The second half is overwritten. */
SEC("tc") int second_half_overwritten(struct __sk_buff *s) { OVER_VALUE(d); char b[4]; ((volatile __u64 *)&d)[1] = 0; bpf_dynptr_read(b, 4, &d, 0, 0); return b[0] & 1; }
/* One byte is overwritten. */
SEC("tc") int byte_overwritten(struct __sk_buff *s) { OVER_VALUE(d); char b[4]; ((volatile char *)&d)[9] = 0; bpf_dynptr_read(b, 4, &d, 0, 0); return b[0] & 1; }
/* Overwritten through an unknown offset. */
SEC("tc") int overwritten_variable(struct __sk_buff *s) { struct bpf_dynptr d[2]; __u32 i = s->mark & 15; char b[4]; VALUE(v); bpf_dynptr_from_mem(v, 8, 0, &d[0]); OPAQUE(i); i &= 15; ((volatile char *)d)[i] = 1; return 0; }
/* Read through an unknown offset. */
SEC("tc") int peeked_variable(struct __sk_buff *s) { struct bpf_dynptr d[2]; __u32 i = s->mark & 15; VALUE(v); bpf_dynptr_from_mem(v, 8, 0, &d[0]); OPAQUE(i); i &= 15; return ((volatile char *)d)[i] & 1; }
/* A helper reads over it. */
SEC("tc") int read_by_helper(struct __sk_buff *s) { OVER_VALUE(d); bpf_skb_store_bytes(s, 0, &d, 16, 0); return 0; }
/* It is a map's key, and a map's value. */
SEC("tc") int is_key(struct __sk_buff *s) { OVER_VALUE(d); return bpf_map_lookup_elem(&arr, &d) ? 1 : 0; }
/* Reading into the dynptr itself. */
SEC("tc") int read_into_itself(struct __sk_buff *s) { OVER_VALUE(d); bpf_dynptr_read(&d, 16, &d, 0, 0); return 0; }
/* Writing from the dynptr itself. */
SEC("tc") int write_from_itself(struct __sk_buff *s) { OVER_VALUE(d); bpf_dynptr_write(&d, 0, &d, 16, 0); return 0; }
/* Flags for dynptr writes: memory takes none, packets some; the program may pass any. */
SEC("tc") int write_flags(struct __sk_buff *s) { OVER_VALUE(d); char b[4] = {}; return bpf_dynptr_write(&d, 0, b, 4, 7) & 1; }
/* Copied and set. */
SEC("tc") int copied(struct __sk_buff *s) { struct bpf_dynptr c; OVER_VALUE(d); SKB(s, p); bpf_dynptr_clone(&d, &c); bpf_dynptr_copy(&p, 0, &c, 0, 8); bpf_dynptr_memset(&d, 0, 8, 1); return 0; }
/* A slice of the packet after a copy into the packet. */
SEC("tc") int slice_after_copy(struct __sk_buff *s) { OVER_VALUE(d); SKB(s, p); char b[4], *q = bpf_dynptr_slice(&p, 0, b, 4); if (!q) return 0; bpf_dynptr_copy(&p, 0, &d, 0, 4); return q[0] & 1; }
/* A slice of the packet after the packet was set. */
SEC("tc") int slice_after_memset(struct __sk_buff *s) { SKB(s, p); char b[4], *q = bpf_dynptr_slice(&p, 0, b, 4); if (!q) return 0; bpf_dynptr_memset(&p, 0, 4, 0); return q[0] & 1; }
/* A packet pointer after a write to a dynptr over memory. */
SEC("tc") int packet_after_memory_write(struct __sk_buff *s) { char *p, *e; char b[4] = {}; OVER_VALUE(d); p = (void *)(long)s->data; e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return p[0] & 1; }
/* A packet pointer after a write to the packet's dynptr. */
SEC("tc") int packet_after_skb_write(struct __sk_buff *s) { char *p, *e; char b[4] = {}; SKB(s, d); p = (void *)(long)s->data; e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return p[0] & 1; }
SEC("xdp") int packet_after_xdp_write(struct xdp_md *s) { struct bpf_dynptr d; char *p, *e; char b[4] = {}; if (bpf_dynptr_from_xdp(s, 0, &d)) return 0; p = (void *)(long)s->data; e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return p[0] & 1; }
/* A packet pointer is good after a slice, which only reads. */
SEC("tc") int packet_after_slice(struct __sk_buff *s) { char *p, *e; char b[4]; SKB(s, d); p = (void *)(long)s->data; e = (void *)(long)s->data_end; if (p + 1 > e) return 0; bpf_dynptr_slice(&d, 0, b, 4); return p[0] & 1; }
/* The slice of a clone after a write through the first. */
SEC("tc") int clone_slice_after_write(struct __sk_buff *s) { struct bpf_dynptr c; char b[4] = {}, *p; SKB(s, d); bpf_dynptr_clone(&d, &c); p = bpf_dynptr_slice(&c, 0, 0, 4); if (!p) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return p[0] & 1; }
/* The dynptr itself is good after the packet moved. */
SEC("tc") int skb_dynptr_after_pull(struct __sk_buff *s) { char b[4] = {}; SKB(s, d); bpf_skb_pull_data(s, 0); return bpf_dynptr_read(b, 4, &d, 0, 0) ? 0 : b[0] & 1; }
/* A dynptr over a packet twice in one place. */
SEC("tc") int skb_made_twice(struct __sk_buff *s) { SKB(s, d); bpf_dynptr_from_skb(s, 0, &d); return 0; }
/* A writable slice of memory that is read only. */
SEC("cgroup_skb/ingress") int rdwr_after_clone(struct __sk_buff *s) { struct bpf_dynptr d, c; char *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 1; bpf_dynptr_clone(&d, &c); p = bpf_dynptr_slice_rdwr(&c, 0, 0, 4); if (p) p[0] = 1; return 1; }
/* A write through it is the kernel's to refuse while the program runs. */
SEC("cgroup_skb/ingress") int write_read_only(struct __sk_buff *s) { struct bpf_dynptr d; char b[4] = {}; if (bpf_dynptr_from_skb(s, 0, &d)) return 1; bpf_dynptr_write(&d, 0, b, 4, 0); return 1; }
/* The buffer of a slice is too small, unwritten, or on the packet. */
SEC("tc") int slice_buffer_small(struct __sk_buff *s) { char b[4], *p; SKB(s, d); p = bpf_dynptr_slice(&d, 0, b, 5); return p ? p[4] & 1 : 0; }
SEC("tc") int slice_buffer_value(struct __sk_buff *s) { char *p; VALUE(v); SKB(s, d); p = bpf_dynptr_slice(&d, 0, v, 48); return p ? p[47] & 1 : 0; }
SEC("tc") int slice_zero(struct __sk_buff *s) { char b[4], *p; SKB(s, d); p = bpf_dynptr_slice(&d, 0, b, 0); return p ? 1 : 0; }
SEC("tc") int slice_zero_read(struct __sk_buff *s) { char *p; SKB(s, d); p = bpf_dynptr_slice(&d, 0, 0, 0); return p ? p[0] & 1 : 0; }
SEC("tc") int slice_huge(struct __sk_buff *s) { char *p; SKB(s, d); p = bpf_dynptr_slice(&d, 0, 0, 0x7fffffff); return p ? p[0] & 1 : 0; }
/* The slice of a record dies with it. */
SEC("tc") int slice_of_record(struct __sk_buff *s) { struct bpf_dynptr d; char *p; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); p = bpf_dynptr_slice_rdwr(&d, 0, 0, 4); bpf_ringbuf_discard_dynptr(&d, 0); if (p) *p = 1; return 0; }
/* The slice is written under the record's life. */
SEC("tc") int slice_of_record_written(struct __sk_buff *s) { struct bpf_dynptr d; char *p; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); p = bpf_dynptr_slice_rdwr(&d, 0, 0, 4); if (p) *p = 1; bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
/* The record as a record. */
SEC("tc") int data_submitted(struct __sk_buff *s) { struct bpf_dynptr d; char *p; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); p = bpf_dynptr_data(&d, 0, 16); if (p) bpf_ringbuf_submit(p, 0); else bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
/* The size to reserve is not known. */
SEC("tc") int reserve_variable(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, s->len, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* Memory of unknown length within the value. */
SEC("tc") int memory_variable(struct __sk_buff *s) { struct bpf_dynptr d; __u32 n = s->len; VALUE(v); if (n > 48 || n < 1) return 0; bpf_dynptr_from_mem(v, n, 0, &d); return bpf_dynptr_size(&d) & 1; }
SEC("tc") int memory_maybe_zero(struct __sk_buff *s) { struct bpf_dynptr d; __u32 n = s->len; VALUE(v); if (n > 48) return 0; bpf_dynptr_from_mem(v, n, 0, &d); return bpf_dynptr_size(&d) & 1; }
/* Memory of a record. */
SEC("tc") int memory_of_record(struct __sk_buff *s) { struct bpf_dynptr d; char *r = bpf_ringbuf_reserve(&ring, 16, 0); if (!r) return 0; bpf_dynptr_from_mem(r, 16, 0, &d); bpf_ringbuf_submit(r, 0); return 0; }
/* Null memory. */
SEC("tc") int memory_null(struct __sk_buff *s) { struct bpf_dynptr d; bpf_dynptr_from_mem(0, 16, 0, &d); return 0; }
/* A dynptr in a callback's context. */
struct holder { struct bpf_dynptr d; int sum; };
static long c_uses(__u32 i, struct holder *h) { char b[4]; if (!bpf_dynptr_read(b, 4, &h->d, i, 0)) h->sum += b[0]; return 0; }
SEC("tc") int in_callback(struct __sk_buff *s) { struct holder h; h.sum = 0; VALUE(v); bpf_dynptr_from_mem(v, 48, 0, &h.d); bpf_loop(4, c_uses, &h, 0); return h.sum & 1; }
/* A callback submits the record of its caller. */
static long c_gives_back(__u32 i, struct bpf_dynptr *d) { bpf_ringbuf_submit_dynptr(d, 0); return 1; }
SEC("tc") int callback_submits(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_loop(1, c_gives_back, &d, 0); return 0; }
/* A callback reserves for its caller. */
static long c_reserves(__u32 i, struct bpf_dynptr *d) { bpf_ringbuf_reserve_dynptr(&ring, 16, 0, d); return 1; }
SEC("tc") int callback_reserves(struct __sk_buff *s) { struct bpf_dynptr d; bpf_loop(1, c_reserves, &d, 0); return 0; }
/* A callback makes one over memory in its caller's frame. */
static long c_makes(__u32 i, struct bpf_dynptr *d) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (v) bpf_dynptr_from_mem(v, 8, 0, d); return 0; }
SEC("tc") int callback_makes(struct __sk_buff *s) { struct bpf_dynptr d; char b[4]; bpf_loop(1, c_makes, &d, 0); return bpf_dynptr_read(b, 4, &d, 0, 0) & 1; }
/* A callback has one of its own. */
static long c_own(__u32 i, void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC("tc") int callback_owns(struct __sk_buff *s) { bpf_loop(3, c_own, 0, 0); return 0; }
/* The dynptr's address is 8 short, beyond the stack, unaligned. */
SEC("tc") ASMPROG int at_top_of_stack(void) { asm volatile("r1 = %[ring] ll; r2 = 8; r3 = 0; r4 = r10; r4 += -8; call 198; r0 = 0; exit;" :: MAP(ring)); }
SEC("tc") ASMPROG int unaligned(void) { asm volatile("r1 = %[ring] ll; r2 = 8; r3 = 0; r4 = r10; r4 += -20; call 198; r0 = 0; exit;" :: MAP(ring)); }
SEC("tc") ASMPROG int variable_address(void) { asm volatile("r6 = *(u32 *)(r1 + 8); r6 &= 8; r1 = %[ring] ll; r2 = 8; r3 = 0; r4 = r10; r4 += -32; r4 += r6; call 198; r0 = 0; exit;" :: MAP(ring)); }
/* is_null and is_rdonly on one that was given back. */
SEC("tc") int asked_after_submit(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return bpf_dynptr_is_null(&d) & 1; }
/* Made, invalidated and made again. */
SEC("tc") int made_again(struct __sk_buff *s) { struct bpf_dynptr d; char b[4]; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); VALUE(v); bpf_dynptr_from_mem(v, 8, 0, &d); return bpf_dynptr_read(b, 4, &d, 0, 0) & 1; }
/* Two adjacent dynptrs, a third one made over both halves. */
SEC("tc") int made_across_two(struct __sk_buff *s) { struct bpf_dynptr d[2]; char b[4]; VALUE(v); bpf_dynptr_from_mem(v, 8, 0, &d[0]); bpf_dynptr_from_mem(v, 8, 0, &d[1]); bpf_dynptr_from_mem(v, 8, 0, (void *)d + 8); return bpf_dynptr_read(b, 4, (void *)d + 8, 0, 0) & 1; }
/* One of the two afterwards. */
SEC("tc") int used_after_made_across(struct __sk_buff *s) { struct bpf_dynptr d[2]; char b[4]; VALUE(v); bpf_dynptr_from_mem(v, 8, 0, &d[0]); bpf_dynptr_from_mem(v, 8, 0, &d[1]); bpf_dynptr_from_mem(v, 8, 0, (void *)d + 8); return bpf_dynptr_read(b, 4, &d[1], 0, 0) & 1; }
/* Made on both paths, of different kinds. */
SEC("tc") int two_kinds_meet(struct __sk_buff *s) { struct bpf_dynptr d; char b[4]; VALUE(v); if (s->mark) bpf_dynptr_from_mem(v, 8, 0, &d); else bpf_dynptr_from_skb(s, 0, &d); return bpf_dynptr_read(b, 4, &d, 0, 0) & 1; }
/* Held in a loop around an iterator. */
SEC("tc") int around_iterator(struct __sk_buff *s) { struct bpf_iter_num it; int *i, sum = 0; char b[4]; OVER_VALUE(d); bpf_iter_num_new(&it, 0, 10); while ((i = bpf_iter_num_next(&it))) if (!bpf_dynptr_read(b, 4, &d, *i, 0)) sum += b[0]; bpf_iter_num_destroy(&it); return sum & 1; }
/* A slice held in the loop that writes. */
SEC("tc") int slice_in_writing_loop(struct __sk_buff *s) { struct bpf_iter_num it; int *i, sum = 0; char b[4] = {}, *p; SKB(s, d); p = bpf_dynptr_slice(&d, 0, 0, 4); if (!p) return 0; bpf_iter_num_new(&it, 0, 10); while ((i = bpf_iter_num_next(&it))) { sum += p[0]; bpf_dynptr_write(&d, 0, b, 4, 0); } bpf_iter_num_destroy(&it); return sum & 1; }
