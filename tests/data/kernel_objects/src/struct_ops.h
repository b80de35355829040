/* Parts of kernel types for struct_ops programs, one program to an object: the library creates the whole structure. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char _license[] SEC("license")="GPL";
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_dummy_ops_state{int val;};
struct sock; struct inet_sock; 
struct rate_sample{int x;}; struct ack_sample{int x;};
struct inet_connection_sock{ struct {unsigned char pending;} icsk_ack; unsigned long long icsk_ca_priv[13];};
struct tcp_sock{ unsigned int snd_cwnd, snd_cwnd_cnt, snd_ssthresh, app_limited, rcv_nxt; unsigned char ecn_flags;};
#pragma clang attribute pop
struct bpf_dummy_ops { int (*test_1)(struct bpf_dummy_ops_state *cb); int (*test_2)(struct bpf_dummy_ops_state *cb, int a1, unsigned short a2, char a3, unsigned long a4);};
struct tcp_congestion_ops { unsigned (*ssthresh)(struct sock*sk); void (*cong_avoid)(struct sock *sk, unsigned ack, unsigned acked); unsigned (*undo_cwnd)(struct sock*sk); void (*init)(struct sock*sk); char name[16]; };
#define SHOW(p) asm volatile("r1 = %0; r2 = 0; call 1" :: "r"((unsigned long)(p)) : "r0","r1","r2","r3","r4","r5")
