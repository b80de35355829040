#include "probes.h"
GPL;
/* Dynptrs: made of memory, ring buffer records and packets; read, written, sliced, cloned, given back. */
ARRAY(arr, struct bytes48, 1);
RINGBUF(ring);
KF int bpf_dynptr_adjust(const struct bpf_dynptr *p, u64 start, u64 end);
KF u64 bpf_dynptr_size(const struct bpf_dynptr *p);
KF int bpf_dynptr_clone(const struct bpf_dynptr *p, struct bpf_dynptr *clone);
KF bool bpf_dynptr_is_rdonly(const struct bpf_dynptr *p);
#define OVER_VALUE(d) struct bpf_dynptr d; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_dynptr_from_mem(v, sizeof(*v), 0, &d)

/* Over a map value, read. */
SEC("tc") int mem_read(struct __sk_buff *s) { char b[8]; OVER_VALUE(d); bpf_dynptr_read(b, 8, &d, 0, 0); return b[0] & 1; }
/* Over a map value, written. */
SEC("tc") int mem_write(struct __sk_buff *s) { char b[8] = {}; OVER_VALUE(d); bpf_dynptr_write(&d, 0, b, 8, 0); return 0; }
/* A piece of constant length. */
SEC("tc") int mem_data(struct __sk_buff *s) { OVER_VALUE(d); char *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; return p[7] & 1; }
/* The piece is not checked for null. */
SEC("tc") int mem_data_unchecked(struct __sk_buff *s) { OVER_VALUE(d); char *p = bpf_dynptr_data(&d, 0, 8); return p[7] & 1; }
/* Past the piece. */
SEC("tc") int mem_data_past(struct __sk_buff *s) { OVER_VALUE(d); char *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; return p[8] & 1; }
/* A piece of unknown length. */
SEC("tc") int mem_data_variable(struct __sk_buff *s) { OVER_VALUE(d); __u32 n = s->mark & 7; OPAQUE(n); char *p = bpf_dynptr_data(&d, 0, n); return p ? 1 : 0; }
/* Over stack memory: not allowed. */
SEC("tc") int mem_on_stack(struct __sk_buff *s) { struct bpf_dynptr d; char b[16] = {}; bpf_dynptr_from_mem(b, 16, 0, &d); return 0; }
/* Longer than the value. */
SEC("tc") int mem_too_long(struct __sk_buff *s) { struct bpf_dynptr d; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_dynptr_from_mem(v, 49, 0, &d); return 0; }
/* Never made. */
SEC("tc") int never_made(struct __sk_buff *s) { struct bpf_dynptr d = {}; char b[8]; bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* Made on one path only. */
SEC("tc") int made_on_one_path(struct __sk_buff *s) { struct bpf_dynptr d; char b[8]; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; if (s->mark) bpf_dynptr_from_mem(v, 48, 0, &d); bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* Made twice in the same place. */
SEC("tc") int made_twice(struct __sk_buff *s) { char b[8]; OVER_VALUE(d); bpf_dynptr_from_mem(v, 8, 0, &d); bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* Its stack is overwritten. */
SEC("tc") int overwritten(struct __sk_buff *s) { char b[8]; OVER_VALUE(d); *(volatile __u64 *)&d = 0; bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* Its stack is read. */
SEC("tc") int peeked(struct __sk_buff *s) { OVER_VALUE(d); return *(volatile __u64 *)&d & 1; }
/* A helper writes over it. */
SEC("tc") int overwritten_by_helper(struct __sk_buff *s) { char b[8]; OVER_VALUE(d); bpf_skb_load_bytes(s, 0, &d, 16); bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* The address is off by eight. */
SEC("tc") int moved(struct __sk_buff *s) { struct bpf_dynptr d[2]; char b[8]; __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_dynptr_from_mem(v, 48, 0, &d[0]); bpf_dynptr_read(b, 8, (void *)&d[0] + 8, 0, 0); return 0; }
/* A static function reads it. */
static __noinline int read_first(struct bpf_dynptr *d) { char b[8]; return bpf_dynptr_read(b, 8, d, 0, 0) ? 0 : b[0]; }
SEC("tc") int in_static(struct __sk_buff *s) { OVER_VALUE(d); return read_first(&d) & 1; }
/* A global function gets it. */
__noinline int read_first_global(struct bpf_dynptr *d) { char b[8]; return bpf_dynptr_read(b, 8, d, 0, 0) ? 0 : b[0]; }
SEC("tc") int in_global(struct __sk_buff *s) { OVER_VALUE(d); return read_first_global(&d) & 1; }
/* A record: reserve, write, submit. */
SEC("tc") int ring_submit(struct __sk_buff *s) { struct bpf_dynptr d; char b[8] = {}; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_dynptr_write(&d, 0, b, 8, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* Also when the reservation failed the dynptr must be given back. */
SEC("tc") int ring_not_submitted_on_error(struct __sk_buff *s) { struct bpf_dynptr d; if (bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d)) return 0; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* Not given back at all. */
SEC("tc") int ring_leak(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); return 0; }
/* Given back twice. */
SEC("tc") int ring_submit_twice(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* Written after it was given back. */
SEC("tc") int ring_write_after_submit(struct __sk_buff *s) { struct bpf_dynptr d; char b[8] = {}; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); bpf_dynptr_write(&d, 0, b, 8, 0); return 0; }
/* A piece of it is used after it was given back. */
SEC("tc") int ring_data_after_submit(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); char *p = bpf_dynptr_data(&d, 0, 8); bpf_ringbuf_submit_dynptr(&d, 0); return p ? p[0] & 1 : 0; }
/* The record is overwritten before it was given back. */
SEC("tc") int ring_overwritten(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); *(volatile __u64 *)&d = 0; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* A dynptr over memory is not submitted. */
SEC("tc") int ring_submit_of_memory(struct __sk_buff *s) { OVER_VALUE(d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* Over the packet. */
SEC("tc") int skb_slice(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 0; return p[13] & 1; }
/* The slice is not checked for null. */
SEC("tc") int skb_slice_unchecked(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); return p[13] & 1; }
/* Past the slice. */
SEC("tc") int skb_slice_past(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 0; return p[14] & 1; }
/* A read-only slice is written. */
SEC("tc") int skb_slice_written(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 0; p[0] = 1; return 0; }
/* A writable slice is written. */
SEC("tc") int skb_slice_rdwr(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice_rdwr(&d, 0, b, 14); if (!p) return 0; p[0] = 1; return 0; }
/* A writable slice where packets are read only. */
SEC("cgroup_skb/egress") int skb_slice_rdwr_cgroup(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 1; p = bpf_dynptr_slice_rdwr(&d, 0, b, 14); if (!p) return 1; p[0] = 1; return 1; }
/* The slice's length is longer than the buffer. */
SEC("tc") int skb_slice_short_buffer(struct __sk_buff *s) { struct bpf_dynptr d; char b[8], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 600); return p ? 1 : 0; }
/* The slice's length is unknown. */
SEC("tc") int skb_slice_variable(struct __sk_buff *s) { struct bpf_dynptr d; char b[16], *p; __u32 n = s->mark & 15; OPAQUE(n); if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, n); return p ? 1 : 0; }
/* No buffer at all. */
SEC("tc") int skb_slice_no_buffer(struct __sk_buff *s) { struct bpf_dynptr d; char *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, 0, 14); if (!p) return 0; return p[0] & 1; }
/* The slice is used after the packet was moved. */
SEC("tc") int skb_slice_after_pull(struct __sk_buff *s) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 0; bpf_skb_pull_data(s, 20); return p[0] & 1; }
/* The slice is used after a write through the dynptr. */
SEC("tc") int skb_slice_after_write(struct __sk_buff *s) { struct bpf_dynptr d; char b[14] = {}, *p; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 0; bpf_dynptr_write(&d, 0, "x", 1, 0); return p[0] & 1; }
/* bpf_dynptr_data on a packet. */
SEC("tc") int skb_data(struct __sk_buff *s) { struct bpf_dynptr d; if (bpf_dynptr_from_skb(s, 0, &d)) return 0; return bpf_dynptr_data(&d, 0, 8) ? 1 : 0; }
/* XDP's own. */
SEC("xdp") int xdp_slice(struct xdp_md *x) { struct bpf_dynptr d; char b[14], *p; if (bpf_dynptr_from_xdp(x, 0, &d)) return 1; p = bpf_dynptr_slice(&d, 0, b, 14); if (!p) return 1; return p[13] & 1 ? 2 : 1; }
/* The wrong constructor. */
SEC("xdp") int xdp_from_skb(struct __sk_buff *x) { struct bpf_dynptr d; return bpf_dynptr_from_skb(x, 0, &d) ? 1 : 2; }
/* Size, adjust and clone. */
SEC("tc") int clone_and_adjust(struct __sk_buff *s) { struct bpf_dynptr c; char b[8]; OVER_VALUE(d); bpf_dynptr_clone(&d, &c); bpf_dynptr_adjust(&c, 4, 12); bpf_dynptr_read(b, 8, &c, 0, 0); return bpf_dynptr_size(&d) & 1; }
/* A clone of a record dies with it. */
SEC("tc") int clone_after_submit(struct __sk_buff *s) { struct bpf_dynptr d, c; char b[8]; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_dynptr_clone(&d, &c); bpf_ringbuf_submit_dynptr(&d, 0); bpf_dynptr_read(b, 8, &c, 0, 0); return 0; }
/* The clone may be submitted for the record. */
SEC("tc") int clone_submitted(struct __sk_buff *s) { struct bpf_dynptr d, c; bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_dynptr_clone(&d, &c); bpf_ringbuf_submit_dynptr(&c, 0); return 0; }
/* A clone of nothing. */
SEC("tc") int clone_of_nothing(struct __sk_buff *s) { struct bpf_dynptr d = {}, c; bpf_dynptr_clone(&d, &c); return 0; }
/* A dynptr in a loop, each record given back. */
SEC("tc") int ring_in_loop(struct __sk_buff *s) { for (int i = 0; i < 4; i++) { struct bpf_dynptr d; OPAQUE(i); bpf_ringbuf_reserve_dynptr(&ring, 64, 0, &d); bpf_ringbuf_discard_dynptr(&d, 0); } return 0; }
