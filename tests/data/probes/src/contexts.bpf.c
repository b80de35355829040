#include "probes.h"
GPL;
/* Contexts of the program types (which offset, which size, read or write) and the values a type may return. */
#define P(sec, name, body) SEC(sec) ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }
#define P_ALL(sec, name, body) SEC(sec) ASMPROG int name(void) { asm volatile(body ::); }

/* The first field. */
P("tc", skb_len, "r0 = *(u32 *)(r1 + 0);")
/* Two bytes of a 32-bit field are allowed at its start. */
P("tc", skb_narrow_start, "r0 = *(u16 *)(r1 + 0);")
/* Two bytes in its middle: allowed where narrow loads are shifted. */
P("tc", skb_narrow_middle, "r0 = *(u16 *)(r1 + 2);")
/* One byte at an odd offset. */
P("tc", skb_narrow_odd, "r0 = *(u8 *)(r1 + 3);")
/* Two bytes across two fields. */
P("tc", skb_narrow_across, "r0 = *(u16 *)(r1 + 3);")
/* A field read with eight bytes. */
P("tc", skb_wide, "r0 = *(u64 *)(r1 + 0);")
/* mark may be written by tc. */
P("tc", skb_write_mark, "r2 = 1; *(u32 *)(r1 + 8) = r2;")
/* len may not. */
P("tc", skb_write_len, "r2 = 1; *(u32 *)(r1 + 0) = r2;")
/* mark may not be written by a socket filter. */
P("socket", socket_write_mark, "r2 = 1; *(u32 *)(r1 + 8) = r2;")
/* cb[] may be written by a socket filter. */
P("socket", socket_write_cb, "r2 = 1; *(u32 *)(r1 + 48) = r2;")
/* cb[] with eight bytes over two words. */
P("socket", socket_write_cb_wide, "r2 = 1; *(u64 *)(r1 + 48) = r2;")
/* cb[4] with eight bytes goes past the array. */
P("socket", socket_cb_wide_past, "r2 = 1; *(u64 *)(r1 + 64) = r2;")
/* tc_classid is tc's own. */
P("socket", socket_classid, "r0 = *(u32 *)(r1 + 72);")
/* tc_classid in tc. */
P("tc", tc_classid, "r2 = *(u32 *)(r1 + 72); *(u32 *)(r1 + 72) = r2;")
/* tstamp needs eight bytes. */
P("tc", tc_tstamp, "r2 = *(u64 *)(r1 + 152); *(u64 *)(r1 + 152) = r2;")
/* tstamp with four. */
P("tc", tc_tstamp_narrow, "r2 = *(u32 *)(r1 + 152);")
/* Past the end of the context. */
P("tc", skb_past_end, "r0 = *(u32 *)(r1 + 192);")
/* A negative offset. */
P("tc", skb_negative, "r0 = *(u32 *)(r1 - 4);")
/* A pointer stored in cb. */
P("tc", skb_store_pointer, "*(u64 *)(r1 + 48) = r10;")
/* A number with eight bytes in cb through BPF_ST. */
P("tc", skb_store_constant, "*(u32 *)(r1 + 48) = 5;")
/* The socket of the packet may be null. */
P("tc", skb_sk_unchecked, "r2 = *(u64 *)(r1 + 168); r0 = *(u32 *)(r2 + 4);")
/* The socket after a null check. */
P("tc", skb_sk_checked, "r2 = *(u64 *)(r1 + 168); if r2 == 0 goto 8f; r0 = *(u32 *)(r2 + 4);")
/* A field of the common part only: src_ip4 needs a full socket. */
P("tc", skb_sk_common_only, "r2 = *(u64 *)(r1 + 168); if r2 == 0 goto 8f; r0 = *(u32 *)(r2 + 24);")
/* After bpf_sk_fullsock every field may be read. */
P("tc", skb_sk_full, "r1 = *(u64 *)(r1 + 168); if r1 == 0 goto 8f; call 95; if r0 == 0 goto 8f; r0 = *(u32 *)(r0 + 24);")
/* flow_keys is for flow dissectors. */
P("tc", skb_flow_keys, "r0 = *(u64 *)(r1 + 144);")
/* The XDP context. */
P("xdp", xdp_queue, "r0 = *(u32 *)(r1 + 16);")
/* egress_ifindex needs a devmap program. */
P("xdp", xdp_egress, "r0 = *(u32 *)(r1 + 20);")
/* Past the end of struct xdp_md. */
P("xdp", xdp_past_end, "r0 = *(u32 *)(r1 + 24);")
/* XDP fields are four bytes, never fewer. */
P("xdp", xdp_narrow, "r0 = *(u16 *)(r1 + 16);")
/* A kprobe reads registers. */
P("kprobe", kprobe_register, "r0 = *(u64 *)(r1 + 112);")
/* A kprobe reads half a register. */
P("kprobe", kprobe_register_half, "r0 = *(u32 *)(r1 + 112);")
/* Past struct pt_regs. */
P("kprobe", kprobe_past_end, "r0 = *(u64 *)(r1 + 168);")
/* A kprobe writes a register. */
P("kprobe", kprobe_write, "r2 = 0; *(u64 *)(r1 + 80) = r2;")
/* A kprobe reads at an odd offset. */
P("kprobe", kprobe_odd, "r0 = *(u32 *)(r1 + 2);")
/* A tracepoint may not read the first eight bytes. */
P("tp/sched/sched_switch", tracepoint_header, "r0 = *(u64 *)(r1 + 0);")
/* Its fields start after them. */
P("tp/sched/sched_switch", tracepoint_field, "r0 = *(u64 *)(r1 + 8);")
/* Past the largest record. */
P("tp/sched/sched_switch", tracepoint_past_end, "r0 = *(u64 *)(r1 + 8192);")
/* A raw tracepoint reads its first argument. */
P("raw_tp/sched_switch", raw_tracepoint_argument, "r0 = *(u64 *)(r1 + 0);")
/* A raw tracepoint has at most twelve arguments. */
P("raw_tp/sched_switch", raw_tracepoint_thirteenth, "r0 = *(u64 *)(r1 + 96);")
/* A raw tracepoint's arguments are read only. */
P("raw_tp/sched_switch", raw_tracepoint_write, "r2 = 0; *(u64 *)(r1 + 0) = r2;")
/* Arguments have eight bytes. */
P("raw_tp/sched_switch", raw_tracepoint_half, "r0 = *(u32 *)(r1 + 0);")
/* perf_event: the registers come first. */
P("perf_event", perf_registers, "r0 = *(u64 *)(r1 + 0);")
/* perf_event: the sample period. */
P("perf_event", perf_period, "r0 = *(u64 *)(r1 + 168);")
/* perf_event: the address behind it. */
P("perf_event", perf_address, "r0 = *(u64 *)(r1 + 176);")
/* perf_event: past the end. */
P("perf_event", perf_past_end, "r0 = *(u64 *)(r1 + 184);")
/* cgroup/connect4 reads the address. */
P_ALL("cgroup/connect4", connect4_address, "r2 = *(u32 *)(r1 + 4); *(u32 *)(r1 + 4) = r2; r0 = 1; exit;")
/* cgroup/connect4 has no IPv6 address. */
P_ALL("cgroup/connect4", connect4_address6, "r0 = *(u32 *)(r1 + 8); r0 = 1; exit;")
/* cgroup/connect6 has one. */
P_ALL("cgroup/connect6", connect6_address6, "r0 = *(u32 *)(r1 + 8); r0 = 1; exit;")
/* A cgroup address hook returns 0 or 1. */
P_ALL("cgroup/connect4", connect4_returns_2, "r0 = 2; exit;")
/* cgroup/recvmsg4 returns 1 only. */
P_ALL("cgroup/recvmsg4", recvmsg4_returns_0, "r0 = 0; exit;")
/* cgroup_skb/ingress returns 0 or 1. */
P_ALL("cgroup_skb/ingress", ingress_returns_2, "r0 = 2; exit;")
/* cgroup_skb/egress may return up to 3. */
P_ALL("cgroup_skb/egress", egress_returns_3, "r0 = 3; exit;")
/* cgroup_skb/egress may not return 4. */
P_ALL("cgroup_skb/egress", egress_returns_4, "r0 = 4; exit;")
/* The return value is any number. */
P_ALL("cgroup_skb/ingress", ingress_returns_unknown, "r0 = *(u32 *)(r1 + 8); exit;")
/* The return value is masked. */
P_ALL("cgroup_skb/ingress", ingress_returns_masked, "r0 = *(u32 *)(r1 + 8); r0 &= 1; exit;")
/* The return value is compared. */
P_ALL("cgroup_skb/ingress", ingress_returns_compared, "r0 = *(u32 *)(r1 + 8); if r0 < 2 goto 1f; r0 = 1; 1: exit;")
/* cgroup/dev. */
P_ALL("cgroup/dev", device_major, "r0 = *(u32 *)(r1 + 4); r0 = 1; exit;")
/* cgroup/dev's access type may be read with two bytes. */
P_ALL("cgroup/dev", device_narrow, "r0 = *(u16 *)(r1 + 0); r0 = 1; exit;")
/* cgroup/dev is read only. */
P_ALL("cgroup/dev", device_write, "r2 = 0; *(u32 *)(r1 + 4) = r2; r0 = 1; exit;")
/* cgroup/sysctl may set file_pos. */
P_ALL("cgroup/sysctl", sysctl_position, "r2 = 0; *(u32 *)(r1 + 4) = r2; r0 = 1; exit;")
/* but not write. */
P_ALL("cgroup/sysctl", sysctl_write_write, "r2 = 0; *(u32 *)(r1 + 0) = r2; r0 = 1; exit;")
/* cgroup/getsockopt: optval and its end are packet-like. */
P_ALL("cgroup/getsockopt", getsockopt_value, "r2 = *(u64 *)(r1 + 8); r3 = *(u64 *)(r1 + 16); r4 = r2; r4 += 4; if r4 > r3 goto 1f; r0 = *(u32 *)(r2 + 0); 1: r0 = 1; exit;")
/* cgroup/getsockopt: optval without a check. */
P_ALL("cgroup/getsockopt", getsockopt_unchecked, "r2 = *(u64 *)(r1 + 8); r0 = *(u32 *)(r2 + 0); r0 = 1; exit;")
/* cgroup/setsockopt has no return value field. */
P_ALL("cgroup/setsockopt", setsockopt_retval, "r0 = *(u32 *)(r1 + 36); r0 = 1; exit;")
/* cgroup/sock_create may write bound_dev_if. */
P_ALL("cgroup/sock_create", sock_create_device, "r2 = 1; *(u32 *)(r1 + 0) = r2; r0 = 1; exit;")
/* cgroup/sock_create may not write the family. */
P_ALL("cgroup/sock_create", sock_create_family, "r2 = 1; *(u32 *)(r1 + 4) = r2; r0 = 1; exit;")
/* cgroup/sock_create has no addresses yet. */
P_ALL("cgroup/sock_create", sock_create_address, "r0 = *(u32 *)(r1 + 24); r0 = 1; exit;")
/* sock_ops: the operation. */
P_ALL("sockops", sockops_operation, "r0 = *(u32 *)(r1 + 0); r0 = 1; exit;")
/* sock_ops: the reply may be written. */
P_ALL("sockops", sockops_reply, "r2 = 1; *(u32 *)(r1 + 4) = r2; r0 = 1; exit;")
/* sock_ops: the family may not. */
P_ALL("sockops", sockops_family, "r2 = 1; *(u32 *)(r1 + 20) = r2; r0 = 1; exit;")
/* sk_lookup returns 0 or 1. */
P_ALL("sk_lookup", lookup_returns_2, "r0 = 2; exit;")
/* sk_lookup reads a port with two bytes. */
P_ALL("sk_lookup", lookup_port, "r0 = *(u16 *)(r1 + 36); r0 = 1; exit;")
/* flow_dissector may read the keys. */
P("flow_dissector", dissector_keys, "r2 = *(u64 *)(r1 + 144); r0 = *(u16 *)(r2 + 0);")
/* flow_dissector: one byte past struct bpf_flow_keys (56 bytes). */
P("flow_dissector", dissector_keys_past, "r2 = *(u64 *)(r1 + 144); r0 = *(u8 *)(r2 + 56);")
/* flow_dissector cannot read the mark. */
P("flow_dissector", dissector_mark, "r0 = *(u32 *)(r1 + 8);")
/* sk_reuseport: the hash. */
P_ALL("sk_reuseport", reuseport_hash, "r0 = *(u32 *)(r1 + 32); r0 = 1; exit;")
/* sk_msg: the packet pointers have eight bytes. */
P("sk_msg", message_data, "r2 = *(u64 *)(r1 + 0); r3 = *(u64 *)(r1 + 8); r4 = r2; r4 += 4; if r4 > r3 goto 8f; r0 = *(u32 *)(r2 + 0);")
/* lwt_in may write the mark. */
P("lwt_in", lwt_mark, "r2 = 1; *(u32 *)(r1 + 8) = r2;")
/* lwt_in may not write packets; lwt_xmit may. */
P("lwt_in", lwt_in_packet, "r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = 1; *(u32 *)(r2 + 0) = r5;")
P("lwt_xmit", lwt_xmit_packet, "r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 4; if r4 > r3 goto 8f; r5 = 1; *(u32 *)(r2 + 0) = r5;")
/* A raw_tp.w may write its buffer: nbd_send_request's has one. */
P("raw_tp.w/nbd_send_request", writable_tracepoint, "r2 = *(u64 *)(r1 + 0); r3 = 1; *(u32 *)(r2 + 0) = r3;")
/* The buffer at a negative offset. */
P("raw_tp.w/nbd_send_request", writable_tracepoint_negative, "r2 = *(u64 *)(r1 + 0); r3 = 1; *(u32 *)(r2 - 4) = r3;")
/* The buffer with an unknown offset. */
P("raw_tp.w/nbd_send_request", writable_tracepoint_variable, "r6 = *(u64 *)(r1 + 8); r2 = *(u64 *)(r1 + 0); r6 &= 4; r2 += r6; r3 = 1; *(u32 *)(r2 + 0) = r3;")
/* syscall: the context is memory of any size. */
P("syscall", syscall_context, "r0 = *(u32 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + 4) = r2;")
/* syscall: a negative offset. */
P("syscall", syscall_negative, "r0 = *(u32 *)(r1 - 4);")
/* syscall: past 64 KiB. */
P("syscall", syscall_past_limit, "r1 += 65535; r0 = *(u32 *)(r1 + 0);")
/* lsm returns 0 or a negative errno. */
P_ALL("lsm/file_open", lsm_returns_1, "r0 = 1; exit;")
P_ALL("lsm/file_open", lsm_returns_minus_4095, "r0 = -4095; exit;")
P_ALL("lsm/file_open", lsm_returns_minus_4096, "r0 = -4096; exit;")
/* A void hook's value is ignored. */
P_ALL("lsm/bprm_committed_creds", lsm_void_returns_5, "r0 = 5; exit;")
/* A bool hook returns 0 or 1. */
P_ALL("lsm/inode_xattr_skipcap", lsm_bool_returns_2, "r0 = 2; exit;")
/* fentry returns 0. */
P_ALL("fentry/vfs_read", fentry_returns_1, "r0 = 1; exit;")
/* tp_btf returns 0. */
P_ALL("tp_btf/sched_switch", tp_btf_returns_1, "r0 = 1; exit;")
/* An iterator returns 0 or 1. */
P_ALL("iter/task", iter_returns_2, "r0 = 2; exit;")
/* A kprobe returns what it likes. */
P_ALL("kprobe", kprobe_returns_100, "r0 = 100; exit;")
/* xdp and tc return what they like. */
P_ALL("xdp", xdp_returns_100, "r0 = 100; exit;")
