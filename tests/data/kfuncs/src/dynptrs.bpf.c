#include "kfuncs.h"
GPL;
/* Dynptrs: where they lie, overwriting, clones, slices, callbacks, packets. */
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
struct dv { struct bpf_dynptr d; };
char gbuf[16];
const char cbuf[16] = "hello";
#define RES(d) struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&rb, 8, 0, &d);
#define MEM(d) struct bpf_dynptr d; bpf_dynptr_from_mem(gbuf, 16, 0, &d);
SEC("tc") int d_mem_overwrite(void *c) { MEM(d) *(V u64 *)&d = 0; bpf_dynptr_from_mem(gbuf, 16, 0, &d); return 0; }
SEC("tc") int d_mem_again(void *c) { MEM(d) bpf_dynptr_from_mem(gbuf, 8, 0, &d); return 0; }
SEC("tc") int d_rb_again(void *c) { RES(d) bpf_ringbuf_reserve_dynptr(&rb, 8, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_rb_overwrite(void *c) { RES(d) *(V u64 *)&d = 0; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_rb_overwrite_byte(void *c) { RES(d) *((V char *)&d + 9) = 0; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_rb_read_state(void *c) { RES(d) u64 x = *(V u64 *)&d; bpf_ringbuf_submit_dynptr(&d, 0); return x; }
SEC("tc") int d_rb_pass_as_mem(void *c) { RES(d) bpf_trace_printk((void *)&d, 8); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_submit_mem(void *c) { MEM(d) bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_submit_none(void *c) { struct bpf_dynptr d; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_submit_twice(void *c) { RES(d) bpf_ringbuf_submit_dynptr(&d, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_submit_second_slot(void *c) { RES(d) bpf_ringbuf_submit_dynptr((void *)&d + 8, 0); return 0; }
SEC("tc") int d_misaligned(void *c) { struct { struct bpf_dynptr d, e; } s; bpf_dynptr_from_mem(gbuf, 16, 0, (void *)&s + 4); return 0; }
SEC("tc") int d_at_top(void *c) { asm volatile("r1 = %0 ll\nr2 = 16\nr3 = 0\nr4 = r10\nr4 += -8\ncall 197\n" : : "i"(gbuf) : "r0","r1","r2","r3","r4","r5"); return 0; }
SEC("tc") int d_variable(void *c) { struct bpf_dynptr d[4]; u64 i = bpf_get_prandom_u32() & 16; bpf_dynptr_from_mem(gbuf, 16, 0, (void *)d + i); return 0; }
SEC("tc") int d_map_value(void *c) { bpf_dynptr_from_mem(gbuf, 16, 0, (void *)gbuf); return 0; }
SEC("tc") int d_from_stack(void *c) { char b[16]; struct bpf_dynptr d; bpf_dynptr_from_mem(b, 16, 0, &d); return 0; }
SEC("tc") int d_from_rdonly(void *c) { struct bpf_dynptr d; bpf_dynptr_from_mem((void *)cbuf, 16, 0, &d); return 0; }
SEC("tc") int d_from_too_big(void *c) { struct bpf_dynptr d; bpf_dynptr_from_mem(gbuf, 17, 0, &d); return 0; }
SEC("tc") int d_res_var(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&rb, bpf_get_prandom_u32() & 15, 0, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC("tc") int d_data_mem(void *c) { MEM(d) u64 *p = bpf_dynptr_data(&d, 0, 8); return p ? *p : 0; }
SEC("tc") int d_data_after_overwrite(void *c) { MEM(d) V u64 *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; *(V u64 *)&d = 0; return *p; }
SEC("tc") int d_data_after_remake(void *c) { MEM(d) V u64 *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; bpf_dynptr_from_mem(gbuf, 8, 0, &d); return *p; }
SEC("tc") int d_data_var(void *c) { MEM(d) V u64 *p = bpf_dynptr_data(&d, 0, bpf_get_prandom_u32()); return p ? *p : 0; }
SEC("tc") int d_data_null_branch(void *c) { RES(d) V u64 *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; *p = 1; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_clone_mem(void *c) { struct bpf_dynptr e; MEM(d) bpf_dynptr_clone(&d, &e); return bpf_dynptr_size(&e); }
SEC("tc") int d_clone_rb(void *c) { struct bpf_dynptr e; RES(d) bpf_dynptr_clone(&d, &e); bpf_ringbuf_submit_dynptr(&e, 0); return 0; }
SEC("tc") int d_clone_rb_both(void *c) { struct bpf_dynptr e; RES(d) bpf_dynptr_clone(&d, &e); bpf_ringbuf_submit_dynptr(&e, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_clone_rb_use(void *c) { struct bpf_dynptr e; RES(d) bpf_dynptr_clone(&d, &e); bpf_ringbuf_submit_dynptr(&d, 0); return bpf_dynptr_size(&e); }
SEC("tc") int d_clone_rb_overwrite(void *c) { struct bpf_dynptr e; RES(d) bpf_dynptr_clone(&d, &e); *(V u64 *)&e = 0; bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_clone_self(void *c) { MEM(d) bpf_dynptr_clone(&d, &d); return bpf_dynptr_size(&d); }
SEC("tc") int d_clone_none(void *c) { struct bpf_dynptr d, e; bpf_dynptr_clone(&d, &e); return 0; }
SEC("tc") int d_clone_data(void *c) { struct bpf_dynptr e; RES(d) bpf_dynptr_clone(&d, &e); V u64 *p = bpf_dynptr_data(&e, 0, 8); bpf_ringbuf_submit_dynptr(&d, 0); return p ? *p : 0; }
SEC("tc") int d_adjust(void *c) { MEM(d) bpf_dynptr_adjust(&d, 1, 3); return bpf_dynptr_size(&d); }
SEC("tc") int d_is_null(void *c) { RES(d) int r = bpf_dynptr_is_null(&d); bpf_ringbuf_discard_dynptr(&d, 0); return r; }
SEC("tc") int d_slice_mem(void *c) { char b[8]; MEM(d) char *p = bpf_dynptr_slice(&d, 0, b, 8); return p ? *p : 0; }
SEC("tc") int d_slice_null_buf(void *c) { MEM(d) char *p = bpf_dynptr_slice(&d, 0, NULL, 8); return p ? *p : 0; }
SEC("tc") int d_slice_short_buf(void *c) { char b[4]; MEM(d) char *p = bpf_dynptr_slice(&d, 0, b, 8); return p ? *p : 0; }
SEC("tc") int d_slice_var(void *c) { char b[8]; MEM(d) char *p = bpf_dynptr_slice(&d, 0, b, bpf_get_prandom_u32() & 7); return p ? *p : 0; }
SEC("tc") int d_slice_nonull(void *c) { char b[8]; MEM(d) V char *p = bpf_dynptr_slice(&d, 0, b, 8); return *p; }
SEC("tc") int d_slice_rdwr(void *c) { char b[8]; MEM(d) V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) *p = 1; return 0; }
SEC("tc") int d_slice_after_overwrite(void *c) { char b[8]; MEM(d) V char *p = bpf_dynptr_slice(&d, 0, b, 8); if (!p) return 0; *(V u64 *)&d = 0; return *p; }
SEC("tc") int d_slice_rb(void *c) { char b[8]; RES(d) V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) *p = 1; bpf_ringbuf_submit_dynptr(&d, 0); return p ? *p : 0; }
SEC("kprobe") int d_kprobe_slice_rdwr(void *c) { char b[8]; MEM(d) V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) *p = 1; return 0; }
SEC("tc") int d_skb_pull(struct __sk_buff *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_slice(&d, 0, b, 8); if (!p) return 0; bpf_skb_pull_data(c, 8); return *p; }
SEC("tc") int d_skb_write_slice(struct __sk_buff *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_slice(&d, 0, b, 8); if (!p) return 0; bpf_dynptr_write(&d, 0, "ab", 2, 0); return *p; }
SEC("tc") int d_skb_data(struct __sk_buff *c) { struct bpf_dynptr d; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_data(&d, 0, 8); return p ? *p : 0; }
SEC("tc") int d_skb_ctx_off(struct __sk_buff *c) { struct bpf_dynptr d; bpf_dynptr_from_skb((void *)c + 8, 0, &d); return 0; }
SEC("tc") int d_skb_not_ctx(struct __sk_buff *c) { struct bpf_dynptr d; bpf_dynptr_from_skb((void *)gbuf, 0, &d); return 0; }
SEC("tc") int d_skb_slice_rdwr(struct __sk_buff *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) p[7] = 1; return 0; }
SEC("socket") int d_socket_slice(struct __sk_buff *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_slice(&d, 0, b, 8); return p ? *p : 0; }
SEC("socket") int d_socket_slice_rdwr(struct __sk_buff *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_skb(c, 0, &d); V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); return p ? *p : 0; }
SEC("xdp") int d_xdp_slice(struct xdp_md *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_xdp(c, 0, &d); V char *p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) *p = 1; return 2; }
SEC("xdp") int d_xdp_adjust(struct xdp_md *c) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_xdp(c, 0, &d); V char *p = bpf_dynptr_slice(&d, 0, b, 8); if (!p) return 0; bpf_xdp_adjust_head(c, 4); return *p; }
static __attribute__((noinline)) int sub(struct bpf_dynptr *d) { return bpf_dynptr_size(d); }
SEC("tc") int d_sub(void *c) { MEM(d) return sub(&d); }
static __attribute__((noinline)) int sub_submit(struct bpf_dynptr *d) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
SEC("tc") int d_sub_submit(void *c) { RES(d) return sub_submit(&d); }
static int cb(u32 i, struct bpf_dynptr *d) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
SEC("tc") int d_loop_submit(void *c) { RES(d) bpf_loop(2, cb, &d, 0); return 0; }
static int cb2(u32 i, void *x) { RES(d) bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int d_loop_reserve(void *c) { bpf_loop(2, cb2, 0, 0); return 0; }
static int cb3(u32 i, void *x) { RES(d) return 0; }
SEC("tc") int d_loop_leak(void *c) { bpf_loop(2, cb3, 0, 0); return 0; }
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } urb SEC(".maps");
static long ucb(struct bpf_dynptr *d, void *x) { char b[4]; bpf_dynptr_read(b, 4, d, 0, 0); return 0; }
SEC("tc") int d_user(void *c) { return bpf_user_ringbuf_drain(&urb, ucb, 0, 0); }
static long ucb2(struct bpf_dynptr *d, void *x) { bpf_dynptr_adjust(d, 0, 1); return 0; }
SEC("tc") int d_user_adjust(void *c) { return bpf_user_ringbuf_drain(&urb, ucb2, 0, 0); }
static long ucb3(struct bpf_dynptr *d, void *x) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
SEC("tc") int d_user_submit(void *c) { return bpf_user_ringbuf_drain(&urb, ucb3, 0, 0); }
static long ucb4(struct bpf_dynptr *d, void *x) { bpf_dynptr_from_mem(gbuf, 8, 0, d); return 0; }
SEC("tc") int d_user_make(void *c) { return bpf_user_ringbuf_drain(&urb, ucb4, 0, 0); }
static long ucb5(struct bpf_dynptr *d, void *x) { u64 *p = bpf_dynptr_data(d, 0, 8); return p ? 0 : 1; }
SEC("tc") int d_user_data(void *c) { return bpf_user_ringbuf_drain(&urb, ucb5, 0, 0); }
static long ucb6(struct bpf_dynptr *d, void *x) { return *(V u64 *)d; }
SEC("tc") int d_user_read(void *c) { return bpf_user_ringbuf_drain(&urb, ucb6, 0, 0); }
static long ucb7(struct bpf_dynptr *d, void *x) { char b[8]; char *p = bpf_dynptr_slice(d, 0, b, 8); return p ? 0 : 1; }
SEC("tc") int d_user_slice(void *c) { return bpf_user_ringbuf_drain(&urb, ucb7, 0, 0); }
static long ucb8(struct bpf_dynptr *d, void *x) { return 5; }
SEC("tc") int d_user_ret(void *c) { return bpf_user_ringbuf_drain(&urb, ucb8, 0, 0); }
SEC("tc") int d_loop_from_mem(void *c) { struct bpf_dynptr d; for (int i = 0; i < 3; i++) bpf_dynptr_from_mem(gbuf, 8, 0, &d); return 0; }
SEC("tc") int d_two_overlap(void *c) { struct { u64 a[3]; } s; bpf_dynptr_from_mem(gbuf, 8, 0, (void *)&s); bpf_dynptr_from_mem(gbuf, 8, 0, (void *)&s + 8); return bpf_dynptr_size((void *)&s); }
SEC("tc") int d_branch(void *c) { struct bpf_dynptr d; if (bpf_get_prandom_u32()) bpf_dynptr_from_mem(gbuf, 8, 0, &d); return bpf_dynptr_size(&d); }
SEC("tc") int d_branch_rb(void *c) { struct bpf_dynptr d; if (bpf_get_prandom_u32()) bpf_ringbuf_reserve_dynptr(&rb, 8, 0, &d); else bpf_ringbuf_reserve_dynptr(&rb, 16, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
