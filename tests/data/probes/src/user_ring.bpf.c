#include "probes.h"
GPL;
/* The ring buffer that user space fills: its callback gets a dynptr it may read and must not give back. */
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } from_user SEC(".maps");
RINGBUF(ring);

/* The callback reads. */
static long c_reads(struct bpf_dynptr *d, void *c) { __u64 x = 0; bpf_dynptr_read(&x, 8, d, 0, 0); return 0; }
SEC("tc") int drained(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_reads, 0, 0); return 0; }
/* The callback takes a piece and checks it. */
static long c_data(struct bpf_dynptr *d, int *sum) { int *p = bpf_dynptr_data(d, 0, 4); if (!p) return 0; *sum += *p; return 0; }
SEC("tc") int drained_data(struct __sk_buff *s) { int sum = 0; bpf_user_ringbuf_drain(&from_user, c_data, &sum, 0); return sum & 1; }
/* It does not check it. */
static long c_data_unchecked(struct bpf_dynptr *d, int *sum) { int *p = bpf_dynptr_data(d, 0, 4); *sum += *p; return 0; }
SEC("tc") int drained_unchecked(struct __sk_buff *s) { int sum = 0; bpf_user_ringbuf_drain(&from_user, c_data_unchecked, &sum, 0); return sum & 1; }
/* It reads past the piece. */
static long c_data_past(struct bpf_dynptr *d, int *sum) { int *p = bpf_dynptr_data(d, 0, 4); if (!p) return 0; *sum += p[1]; return 0; }
SEC("tc") int drained_past(struct __sk_buff *s) { int sum = 0; bpf_user_ringbuf_drain(&from_user, c_data_past, &sum, 0); return sum & 1; }
/* It reads the dynptr's own bytes. */
static long c_peeks(struct bpf_dynptr *d, int *sum) { *sum = *(volatile int *)d; return 0; }
SEC("tc") int drained_peeked(struct __sk_buff *s) { int sum = 0; bpf_user_ringbuf_drain(&from_user, c_peeks, &sum, 0); return sum & 1; }
/* It writes the dynptr's own bytes. */
static long c_pokes(struct bpf_dynptr *d, void *c) { *(volatile int *)d = 0; return 0; }
SEC("tc") int drained_poked(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_pokes, 0, 0); return 0; }
/* It moves the dynptr. */
static long c_moves(struct bpf_dynptr *d, void *c) { __u64 x; bpf_dynptr_read(&x, 8, (void *)d + 8, 0, 0); return 0; }
SEC("tc") int drained_moved(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_moves, 0, 0); return 0; }
/* It gives the record back. */
static long c_submits(struct bpf_dynptr *d, void *c) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
SEC("tc") int drained_submitted(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_submits, 0, 0); return 0; }
/* It makes another dynptr in the same place. */
static long c_makes(struct bpf_dynptr *d, void *c) { bpf_ringbuf_reserve_dynptr(&ring, 8, 0, d); return 0; }
SEC("tc") int drained_remade(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_makes, 0, 0); return 0; }
/* It writes through the dynptr. */
static long c_writes(struct bpf_dynptr *d, void *c) { __u64 x = 0; bpf_dynptr_write(d, 0, &x, 8, 0); return 0; }
SEC("tc") int drained_written(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_writes, 0, 0); return 0; }
/* It writes the piece. */
static long c_data_write(struct bpf_dynptr *d, void *c) { int *p = bpf_dynptr_data(d, 0, 4); if (p) *p = 0; return 0; }
SEC("tc") int drained_data_written(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_data_write, 0, 0); return 0; }
/* It returns 2. */
static long c_two(struct bpf_dynptr *d, void *c) { return 2; }
SEC("tc") int drained_two(struct __sk_buff *s) { bpf_user_ringbuf_drain(&from_user, c_two, 0, 0); return 0; }
/* It stores the dynptr in its context. */
static long c_keeps(struct bpf_dynptr *d, void **c) { *c = d; return 0; }
SEC("tc") int drained_kept(struct __sk_buff *s) { void *p = 0; bpf_user_ringbuf_drain(&from_user, c_keeps, &p, 0); return 0; }
/* The ring buffer of the kernel is no such buffer. */
SEC("tc") ASMPROG int drained_other(void) { asm volatile("r1 = %[ring] ll; r2 = %[cb] ll; r3 = 0; r4 = 0; call 209; r0 = 0; exit;" :: MAP(ring), [cb] "i"(c_two)); }
/* Nor is this one for records. */
SEC("tc") int reserved_in_user_ring(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&from_user, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
