#include "probes.h"
GPL;
/* References: what a program acquires it must give back, once, on every path, and only what it acquired. */
RINGBUF(ring);
ARRAY(arr, struct bytes48, 1);
struct record { __u64 a, b; };
struct tuple { __be32 saddr, daddr; __be16 sport, dport; };
#define SK(s) ({ struct bpf_sock_tuple t = {}; bpf_sk_lookup_tcp(s, &t, sizeof(t.ipv4), (__u64)-1, 0); })

/* Reserve and submit. */
SEC("tc") int ring_submit(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; r->a = 1; bpf_ringbuf_submit(r, 0); return 0; }
/* Reserve and discard. */
SEC("tc") int ring_discard(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_ringbuf_discard(r, 0); return 0; }
/* Not given back. */
SEC("tc") int ring_leak(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; r->a = 1; return 0; }
/* Not given back on one path. */
SEC("tc") int ring_leak_on_error(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; if (s->mark == 3) return 1; bpf_ringbuf_submit(r, 0); return 0; }
/* Written before the null check. */
SEC("tc") int ring_unchecked(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); r->a = 1; bpf_ringbuf_submit(r, 0); return 0; }
/* Submitted before the null check. */
SEC("tc") int ring_submit_unchecked(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); bpf_ringbuf_submit(r, 0); return 0; }
/* Submitted twice. */
SEC("tc") int ring_submit_twice(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_ringbuf_submit(r, 0); bpf_ringbuf_submit(r, 0); return 0; }
/* Written after submit. */
SEC("tc") int ring_write_after_submit(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_ringbuf_submit(r, 0); r->a = 1; return 0; }
/* The last byte of the record. */
SEC("tc") ASMPROG int ring_last_byte(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 8f; r2 = 1; *(u8 *)(r0 + 15) = r2; r1 = r0; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* Past the record. */
SEC("tc") ASMPROG int ring_past_end(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 8f; r2 = 1; *(u8 *)(r0 + 16) = r2; r1 = r0; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* The record's size must be a constant. */
SEC("tc") ASMPROG int ring_variable_size(void) { asm volatile("r2 = *(u32 *)(r1 + 8); r2 &= 15; r1 = %[ring] ll; r3 = 0; call 131; if r0 == 0 goto 8f; r1 = r0; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* The record is moved before it is submitted. */
SEC("tc") ASMPROG int ring_submit_moved(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 8f; r1 = r0; r1 += 8; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* The record is moved away and back. */
SEC("tc") ASMPROG int ring_submit_moved_back(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 8f; r1 = r0; r1 += 8; r1 += -8; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* Something else is submitted. */
SEC("tc") ASMPROG int ring_submit_stack(void) { asm volatile("r1 = r10; r1 += -16; r2 = 0; call 132; r0 = 0; exit;"); }
/* A map value is submitted. */
SEC("tc") ASMPROG int ring_submit_value(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r1 = r0; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(arr)); }
/* The record's address is spilled, and submitted from there. */
SEC("tc") ASMPROG int ring_submit_spilled(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; *(u64 *)(r10 - 8) = r0; if r0 == 0 goto 8f; r1 = *(u64 *)(r10 - 8); r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* The only copy is overwritten. */
SEC("tc") ASMPROG int ring_copy_lost(void) { asm volatile("r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; r0 = 0; exit;" :: MAP(ring)); }
/* A static subprogram submits for its caller. */
static __noinline int give(struct record *r) { bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int ring_submit_in_subprogram(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; give(r); return 0; }
/* A static subprogram reserves and returns the record. */
static __noinline struct record *take(void) { return bpf_ringbuf_reserve(&ring, sizeof(struct record), 0); }
SEC("tc") int ring_reserve_in_subprogram(struct __sk_buff *s) { struct record *r = take(); if (!r) return 0; bpf_ringbuf_submit(r, 0); return 0; }
/* A static subprogram reserves and keeps it. */
static __noinline int take_and_lose(void) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(struct record), 0); return r ? 1 : 0; }
SEC("tc") int ring_leak_in_subprogram(struct __sk_buff *s) { return take_and_lose(); }
/* Two records, given back in the other order. */
SEC("tc") int ring_two_records(struct __sk_buff *s) { struct record *a = bpf_ringbuf_reserve(&ring, 16, 0); if (!a) return 0; struct record *b = bpf_ringbuf_reserve(&ring, 16, 0); if (!b) { bpf_ringbuf_discard(a, 0); return 0; } bpf_ringbuf_submit(a, 0); bpf_ringbuf_submit(b, 0); return 0; }
/* The second reservation fails and the first is forgotten. */
SEC("tc") int ring_two_records_leak(struct __sk_buff *s) { struct record *a = bpf_ringbuf_reserve(&ring, 16, 0); if (!a) return 0; struct record *b = bpf_ringbuf_reserve(&ring, 16, 0); if (!b) return 0; bpf_ringbuf_submit(a, 0); bpf_ringbuf_submit(b, 0); return 0; }
/* A tail call with a record open. */
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
SEC("tc") int ring_open_at_tail_call(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_tail_call(s, &progs, 0); bpf_ringbuf_submit(r, 0); return 0; }
/* A legacy packet load with a record open. */
SEC("tc") ASMPROG int ring_open_at_legacy_load(void) { asm volatile("r6 = r1; r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 8f; r7 = r0; r0 = *(u8 *)skb[0]; r1 = r7; r2 = 0; call 132; 8: r0 = 0; exit;" :: MAP(ring)); }
/* Records in a loop, each given back. */
SEC("tc") int ring_in_loop(struct __sk_buff *s) { for (int i = 0; i < 5; i++) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) break; r->a = i; bpf_ringbuf_submit(r, 0); } return 0; }
/* A record as destination of another helper. */
SEC("tc") int ring_record_as_buffer(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_skb_load_bytes(s, 0, r, sizeof(*r)); bpf_ringbuf_submit(r, 0); return 0; }
/* One byte more than the record has. */
SEC("tc") int ring_record_as_buffer_past(struct __sk_buff *s) { struct record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0); if (!r) return 0; bpf_skb_load_bytes(s, 0, r, sizeof(*r) + 1); bpf_ringbuf_submit(r, 0); return 0; }
/* A socket is looked up and released. */
SEC("tc") int socket_released(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; int f = k->family; bpf_sk_release(k); return f & 1; }
/* It is kept. */
SEC("tc") int socket_leak(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; return k->family & 1; }
/* It is released without the null check. */
SEC("tc") int socket_release_unchecked(struct __sk_buff *s) { struct bpf_sock *k = SK(s); bpf_sk_release(k); return 0; }
/* It is read after the release. */
SEC("tc") int socket_read_after_release(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; bpf_sk_release(k); return k->family & 1; }
/* The packet's own socket was never acquired. */
SEC("tc") int socket_release_unacquired(struct __sk_buff *s) { struct bpf_sock *k = s->sk; if (!k) return 0; k = bpf_sk_fullsock(k); if (!k) return 0; bpf_sk_release(k); return 0; }
/* A tcp_sock made from an acquired socket dies with it. */
SEC("tc") int socket_derived_after_release(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; struct bpf_tcp_sock *t = bpf_tcp_sock(k); if (!t) { bpf_sk_release(k); return 0; } bpf_sk_release(k); return t->snd_cwnd & 1; }
/* The derived pointer may stand for the reference at release. */
SEC("tc") int socket_release_derived(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; struct bpf_sock *f = bpf_sk_fullsock(k); if (!f) { bpf_sk_release(k); return 0; } bpf_sk_release(f); return 0; }
/* bpf_get_listener_sock gives a socket without reference. */
SEC("tc") int listener_not_referenced(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; struct bpf_sock *l = bpf_get_listener_sock(k); if (l) bpf_sk_release(l); bpf_sk_release(k); return 0; }
/* A packet-changing helper keeps references. */
SEC("tc") int socket_kept_over_pull(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; bpf_skb_pull_data(s, 0); int f = k->family; bpf_sk_release(k); return f & 1; }
/* A field of the socket that may not be written. */
SEC("tc") int socket_write(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; k->mark = 1; bpf_sk_release(k); return 0; }
/* A socket's two-byte port. */
SEC("tc") int socket_narrow(struct __sk_buff *s) { struct bpf_sock *k = SK(s); if (!k) return 0; int p = k->dst_port; bpf_sk_release(k); return p & 1; }
/* Past struct bpf_sock. */
SEC("tc") ASMPROG int socket_past_end(void) { asm volatile("r1 = *(u64 *)(r1 + 168); if r1 == 0 goto 8f; call 95; if r0 == 0 goto 8f; r0 = *(u32 *)(r0 + 80); 8: r0 = 0; exit;"); }
