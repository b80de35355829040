#include "probes.h"
GPL;
/* Packets: bounds from comparisons with data_end, the range a comparison proves, what helpers invalidate, metadata. */
#define DATA(p, c) void *p = (void *)(long)(c)->data
#define END_OF(p, c) void *p = (void *)(long)(c)->data_end
struct eth { __u8 dst[6], src[6]; __be16 proto; };
struct ip4 { __u8 ihl : 4, version : 4; __u8 tos; __be16 len, id, frag; __u8 ttl, proto; __u16 sum; __be32 src, dst; };
#define XDP(name, body) SEC("xdp") ASMPROG int name(void) { asm volatile("r6 = r1; r2 = *(u32 *)(r1 + 0); r3 = *(u32 *)(r1 + 4);" body "8: r0 = 2; exit;" ::); }
#define TC(name, body) SEC("tc") ASMPROG int name(void) { asm volatile("r6 = r1; r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80);" body "8: r0 = 0; exit;" ::); }
#define XDP_ALL(name, body) SEC("xdp") ASMPROG int name(void) { asm volatile("r2 = *(u32 *)(r1 + 0); r3 = *(u32 *)(r1 + 4);" body ::); }

/* The whole header is inside. */
SEC("xdp") int eth_checked(struct xdp_md *x) { DATA(d, x); END_OF(e, x); struct eth *h = d; if ((void *)(h + 1) > e) return 1; return h->proto == 8 ? 2 : 1; }
/* The beginner's error: no check. */
SEC("xdp") int eth_unchecked(struct xdp_md *x) { DATA(d, x); struct eth *h = d; return h->proto == 8 ? 2 : 1; }
/* The check is there, the branch is the wrong one. */
XDP(wrong_branch, "r4 = r2; r4 += 14; if r4 > r3 goto 1f; goto 8f; 1: r0 = *(u8 *)(r2 + 0);")
/* The last byte that was proved. */
XDP(last_proved_byte, "r4 = r2; r4 += 14; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 13);")
/* One byte more. */
XDP(one_past_proved, "r4 = r2; r4 += 14; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 14);")
/* data + 8 >= end leaves: nine bytes are proved. */
XDP(greater_equal_proves_one_more, "r4 = r2; r4 += 8; if r4 >= r3 goto 8f; r0 = *(u8 *)(r2 + 8);")
/* data_end on the left side of the comparison. */
XDP(end_on_the_left, "r4 = r2; r4 += 8; if r3 < r4 goto 8f; r0 = *(u64 *)(r2 + 0);")
/* data_end > data + 7 proves eight bytes. */
XDP(end_greater_proves_one_more, "r4 = r2; r4 += 7; if r3 > r4 goto 1f; goto 8f; 1: r0 = *(u64 *)(r2 + 0);")
/* data_end >= data + 7 does not. */
XDP(end_greater_equal_does_not, "r4 = r2; r4 += 7; if r3 >= r4 goto 1f; goto 8f; 1: r0 = *(u64 *)(r2 + 0);")
/* Comparing for equality proves nothing before newer kernels. */
XDP(equal_to_end, "r4 = r2; r4 += 8; if r4 == r3 goto 1f; goto 8f; 1: r0 = *(u64 *)(r2 + 0);")
/* A signed comparison of pointers proves nothing. */
XDP(signed_comparison, "r4 = r2; r4 += 8; if r4 s> r3 goto 8f; r0 = *(u64 *)(r2 + 0);")
/* A negative offset from data. */
XDP(before_data, "r4 = r2; r4 += 8; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 - 1);")
/* Nothing may be added to data_end. */
XDP(add_to_end, "r3 += -4; r0 = *(u8 *)(r3 + 0);")
/* data_end cannot be read through. */
XDP(read_through_end, "r0 = *(u8 *)(r3 + 0);")
/* data_end minus data is a number for root. */
XDP_ALL(length_by_subtraction, "r4 = r3; r4 -= r2; r0 = r4; exit;")
/* A length from the subtraction proves nothing about the packet. */
XDP(length_proves_nothing, "r4 = r3; r4 -= r2; if r4 < 14 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* A variable header length: checked again after it was added. */
SEC("xdp") int variable_header(struct xdp_md *x) { DATA(d, x); END_OF(e, x); struct eth *h = d; if ((void *)(h + 1) > e) return 1; struct ip4 *ip = (void *)(h + 1); if ((void *)(ip + 1) > e) return 1; __u32 n = ip->ihl * 4; if (n < 20) return 1; __u8 *l4 = (void *)ip + n; if ((void *)(l4 + 4) > e) return 1; return l4[3] & 1 ? 1 : 2; }
/* The variable header length is added but not checked again. */
SEC("xdp") int variable_header_unchecked(struct xdp_md *x) { DATA(d, x); END_OF(e, x); struct eth *h = d; if ((void *)(h + 1) > e) return 1; struct ip4 *ip = (void *)(h + 1); if ((void *)(ip + 1) > e) return 1; __u32 n = ip->ihl * 4; __u8 *l4 = (void *)ip + n; return l4[3] & 1 ? 1 : 2; }
/* An unknown 16-bit offset: the sum may reach 65,535 and the check is refused as proof past that. */
XDP(offset_16_bits, "r4 = r2; r4 += 2; if r4 > r3 goto 8f; r5 = *(u16 *)(r2 + 0); r2 += r5; r4 = r2; r4 += 1; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* An offset of 15 bits is below the limit. */
XDP(offset_15_bits, "r4 = r2; r4 += 2; if r4 > r3 goto 8f; r5 = *(u16 *)(r2 + 0); r5 &= 0x7fff; r2 += r5; r4 = r2; r4 += 1; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* An offset of 32 bits. */
XDP(offset_32_bits, "r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = *(u32 *)(r2 + 0); r2 += r5; r4 = r2; r4 += 1; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* A constant offset of exactly 65,535 and one byte. */
XDP(constant_65534, "r2 += 65534; r4 = r2; r4 += 1; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* A constant offset of 65,535 and one byte more. */
XDP(constant_65535, "r2 += 65535; r4 = r2; r4 += 1; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* The check on one copy counts for the other copy. */
XDP(check_on_copy, "r4 = r2; r4 += 4; r5 = r2; if r4 > r3 goto 8f; r0 = *(u32 *)(r5 + 0);")
/* Unknown but equal offsets: the same id shares the proof. */
XDP(check_on_copy_with_variable, "r4 = r2; r4 += 2; if r4 > r3 goto 8f; r5 = *(u8 *)(r2 + 0); r2 += r5; r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r0 = *(u32 *)(r7 + 0);")
/* The same number added twice gives two pointers with different ids. */
XDP(two_variable_sums, "r4 = r2; r4 += 2; if r4 > r3 goto 8f; r5 = *(u8 *)(r2 + 0); r7 = r2; r7 += r5; r2 += r5; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r0 = *(u32 *)(r7 + 0);")
/* The pointer is spilled and filled before the check. */
XDP(spilled_then_checked, "*(u64 *)(r10 - 8) = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r5 + 0);")
/* bpf_xdp_adjust_head moves the packet: old pointers are gone. */
XDP(stale_after_adjust_head, "r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r1 = r6; r2 = 4; call 44; r0 = *(u8 *)(r7 + 0);")
/* The same, with the spilled pointer. */
XDP(stale_spill_after_adjust_head, "*(u64 *)(r10 - 8) = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r1 = r6; r2 = 4; call 44; r7 = *(u64 *)(r10 - 8); r0 = *(u8 *)(r7 + 0);")
/* Loaded and checked again. */
XDP(reloaded_after_adjust_head, "r1 = r6; r2 = 4; call 44; r2 = *(u32 *)(r6 + 0); r3 = *(u32 *)(r6 + 4); r4 = r2; r4 += 4; if r4 > r3 goto 8f; r0 = *(u8 *)(r2 + 0);")
/* A helper that does not move the packet. */
XDP(kept_after_ktime, "r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; call 5; r0 = *(u8 *)(r7 + 0);")
/* A static subprogram that moves the packet. */
static __noinline int grow(struct xdp_md *x) { return bpf_xdp_adjust_head(x, 4); }
SEC("xdp") int stale_after_static(struct xdp_md *x) { DATA(d, x); END_OF(e, x); __u8 *b = d; if (b + 1 > (__u8 *)e) return 1; if (grow(x)) return 1; return b[0] & 1 ? 2 : 1; }
/* A global subprogram that moves the packet: only newer kernels notice. */
__noinline int grow_global(struct xdp_md *x) { return bpf_xdp_adjust_head(x, 4); }
SEC("xdp") int stale_after_global(struct xdp_md *x) { DATA(d, x); END_OF(e, x); __u8 *b = d; if (b + 1 > (__u8 *)e) return 1; if (grow_global(x)) return 1; return b[0] & 1 ? 2 : 1; }
/* A global subprogram that leaves the packet alone. */
__noinline int no_grow_global(struct xdp_md *x) { return x->rx_queue_index; }
SEC("xdp") int kept_after_global(struct xdp_md *x) { DATA(d, x); END_OF(e, x); __u8 *b = d; if (b + 1 > (__u8 *)e) return 1; if (no_grow_global(x)) return 1; return b[0] & 1 ? 2 : 1; }
/* xdp may write what it has proved. */
XDP(store_proved, "r4 = r2; r4 += 8; if r4 > r3 goto 8f; r5 = 0; *(u64 *)(r2 + 0) = r5;")
/* A pointer may not be written into a packet. */
XDP(store_pointer, "r4 = r2; r4 += 8; if r4 > r3 goto 8f; *(u64 *)(r2 + 0) = r10;")
/* Atomic operations on packets are refused. */
XDP(atomic_in_packet, "r4 = r2; r4 += 8; if r4 > r3 goto 8f; r5 = 1; lock *(u64 *)(r2 + 0) += r5;")
/* Metadata is proved with data as its end. */
XDP(metadata_checked, "r4 = *(u32 *)(r6 + 8); r5 = r4; r5 += 4; if r5 > r2 goto 8f; r0 = *(u32 *)(r4 + 0);")
/* data_end is the wrong end for metadata. */
XDP(metadata_wrong_end, "r4 = *(u32 *)(r6 + 8); r5 = r4; r5 += 4; if r5 > r3 goto 8f; r0 = *(u32 *)(r4 + 0);")
/* A packet pointer for a helper's memory argument. */
XDP(packet_as_memory, "r7 = r2; r4 = r2; r4 += 16; if r4 > r3 goto 8f; r1 = r7; r2 = 16; r3 = r10; r3 += -16; r5 = 0; *(u64 *)(r10 - 8) = r5; *(u64 *)(r10 - 16) = r5; r4 = 16; call 28;")
/* One byte more than was proved. */
XDP(packet_as_memory_one_past, "r7 = r2; r4 = r2; r4 += 16; if r4 > r3 goto 8f; r1 = r7; r2 = 20; r3 = r10; r3 += -16; r5 = 0; *(u64 *)(r10 - 8) = r5; *(u64 *)(r10 - 16) = r5; r4 = 16; call 28;")
/* tc may read. */
TC(tc_read, "r4 = r2; r4 += 4; if r4 > r3 goto 8f; r0 = *(u32 *)(r2 + 0);")
/* tc may write, too. */
TC(tc_write, "r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = 1; *(u32 *)(r2 + 0) = r5;")
/* A cgroup program may not write to packets. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_write(void) { asm volatile("r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = 1; *(u32 *)(r2 + 0) = r5; 8: r0 = 1; exit;"); }
/* A socket filter has no data pointer. */
SEC("socket") ASMPROG int socket_filter_data(void) { asm volatile("r2 = *(u32 *)(r1 + 76); r0 = 0; exit;"); }
/* bpf_skb_pull_data invalidates. */
TC(stale_after_pull, "r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r1 = r6; r2 = 64; call 39; r0 = *(u8 *)(r7 + 0);")
/* bpf_skb_load_bytes does not. */
TC(kept_after_load_bytes, "r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r1 = r6; r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26; r0 = *(u8 *)(r7 + 0);")
/* bpf_skb_store_bytes does. */
TC(stale_after_store_bytes, "r5 = 0; *(u64 *)(r10 - 8) = r5; r7 = r2; r4 = r2; r4 += 4; if r4 > r3 goto 8f; r1 = r6; r2 = 0; r3 = r10; r3 += -8; r4 = 8; r5 = 0; call 9; r0 = *(u8 *)(r7 + 0);")
/* The packet's end read with eight bytes. */
SEC("xdp") ASMPROG int data_end_wide_load(void) { asm volatile("r3 = *(u64 *)(r1 + 0); r0 = 2; exit;"); }
/* data cannot be written. */
SEC("xdp") ASMPROG int write_data_field(void) { asm volatile("r2 = 0; *(u32 *)(r1 + 0) = r2; r0 = 2; exit;"); }
/* A packet pointer is returned. */
XDP_ALL(return_packet_pointer, "r0 = r2; exit;")
/* A load at an address that is not a multiple of its size. */
XDP(unaligned_load, "r4 = r2; r4 += 16; if r4 > r3 goto 8f; r0 = *(u64 *)(r2 + 3);")
/* A packet pointer as key of a map lookup works where the size was proved. */
HASH(seen, __u32, __u64, 16);
SEC("xdp") int packet_as_key(struct xdp_md *x) { DATA(d, x); END_OF(e, x); if (d + 4 > e) return 1; return bpf_map_lookup_elem(&seen, d) ? 1 : 2; }
/* The key is longer than what was proved. */
SEC("xdp") int packet_as_key_short(struct xdp_md *x) { DATA(d, x); END_OF(e, x); if (d + 3 > e) return 1; return bpf_map_lookup_elem(&seen, d) ? 1 : 2; }
