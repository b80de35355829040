#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char _license[] SEC("license")="GPL";
struct{__uint(type,BPF_MAP_TYPE_XSKMAP);__uint(key_size,4);__uint(value_size,4);__uint(max_entries,4);} xsk SEC(".maps");
struct{__uint(type,BPF_MAP_TYPE_SOCKMAP);__uint(key_size,4);__uint(value_size,4);__uint(max_entries,4);} smap SEC(".maps");
SEC("tc") int com_r4_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 1)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_5(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 5)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_9(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 9)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_13(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 13)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_17(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 17)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_21(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 21)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_25(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 25)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_29(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 29)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_33(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 33)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_37(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 37)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_41(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 41)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_45(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 45)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_49(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 49)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_53(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 53)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_57(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 57)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_61(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 61)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_65(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 65)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_69(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 69)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_73(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 73)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_77(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 77)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r4_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r1_81(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 81)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r2_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_r8_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_x0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = 0; *(u32*)(%0 + 4) = r1"::"r"(s):"r1"); return 0; }
SEC("tc") int com_x1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = %0; r1 += 4; r1 = *(u32*)(r1 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_x2(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = %0; r1 += -4; r1 = *(u32*)(r1 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int com_x3(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; asm volatile("r1 = *(u32*)(%0 - 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 1)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_5(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 5)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_9(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 9)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_13(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 13)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_17(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 17)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_21(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 21)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_25(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 25)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_29(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 29)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_33(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 33)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_37(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 37)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_41(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 41)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_45(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 45)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_49(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 49)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_53(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 53)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_57(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 57)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_61(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 61)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_65(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 65)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_69(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 69)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_73(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 73)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_77(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 77)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r4_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r1_81(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 81)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r2_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_r8_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_x0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = 0; *(u32*)(%0 + 4) = r1"::"r"(s):"r1"); return 0; }
SEC("tc") int full_x1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = %0; r1 += 4; r1 = *(u32*)(r1 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_x2(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = %0; r1 += -4; r1 = *(u32*)(r1 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int full_x3(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 - 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 1)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_5(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 5)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_4(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_9(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 9)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_8(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_13(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 13)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_12(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 12)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_17(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 17)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_16(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 16)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_21(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 21)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_20(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 20)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_25(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 25)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_24(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 24)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_29(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 29)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_28(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 28)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_33(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 33)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_32(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 32)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_37(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 37)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_36(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 36)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_41(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 41)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_40(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 40)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_45(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 45)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_44(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 44)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_49(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 49)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_48(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 48)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_53(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 53)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_52(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 52)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_57(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 57)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_56(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 56)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_61(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 61)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_60(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 60)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_65(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 65)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_64(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 64)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_69(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 69)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_68(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 68)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_73(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 73)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_72(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 72)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_77(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 77)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_76(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 76)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_81(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 81)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_80(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 80)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_84(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 84)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_85(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 85)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_84(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 84)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_88(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 88)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_89(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 89)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_88(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 88)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_88(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 88)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_92(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 92)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_93(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 93)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_92(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 92)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_96(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 96)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_97(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 97)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_96(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 96)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_96(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 96)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_100(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 100)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_101(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 101)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_100(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 100)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_104(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 104)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_105(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 105)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_104(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 104)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_104(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 104)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_108(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 108)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_109(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 109)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_108(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 108)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r4_112(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 112)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r1_113(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u8*)(%0 + 113)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r2_112(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 112)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_r8_112(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 112)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_x0(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = 0; *(u32*)(%0 + 4) = r1"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_x1(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = %0; r1 += 4; r1 = *(u32*)(r1 + 0)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_x2(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = %0; r1 += -4; r1 = *(u32*)(r1 + 8)"::"r"(s):"r1"); return 0; }
SEC("tc") int tcp_x3(struct __sk_buff*c){ struct bpf_sock*s=c->sk; if(!s) return 0; s=bpf_sk_fullsock(s); if(!s) return 0; s=(void*)bpf_tcp_sock(s); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 - 4)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xs_0(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xsn_0(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); asm volatile("r1 = *(u32*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xs_1(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); if(!s) return 0; asm volatile("r1 = *(u16*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xsn_1(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); asm volatile("r1 = *(u16*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xs_2(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); if(!s) return 0; asm volatile("r1 = *(u32*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xsn_2(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); asm volatile("r1 = *(u32*)(%0 + 4)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xs_3(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); if(!s) return 0; asm volatile("r1 = *(u64*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("xdp") int xsn_3(void*c){ int k=0; void*s=bpf_map_lookup_elem(&xsk,&k); asm volatile("r1 = *(u64*)(%0 + 0)"::"r"(s):"r1"); return 0; }
SEC("flow_dissector") __attribute__((naked)) int fk_0(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = *(u64*)(r2 + 48); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_1(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = *(u64*)(r2 + 52); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_2(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = 0; *(u64*)(r2 + 0) = r1; r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_3(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = *(u8*)(r2 + 55); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_4(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = *(u8*)(r2 + 56); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_5(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = *(u8*)(r2 - 1); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_6(void){ asm volatile("r2 = *(u64*)(r1 + 144); r2 += 8; r1 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int fk_7(void){ asm volatile("r2 = *(u64*)(r1 + 144); r1 = 1; lock *(u32*)(r2 + 0) += r1; r0 = 0; exit":::"r1","r2"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_k_r(void){ asm volatile("r2 = *(u64*)(r1 + 16); if r2 == 0 goto 1f; r3 = *(u64*)(r2 + 0); 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_k_r(void){ asm volatile("r2 = *(u64*)(r1 + 16); r3 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_k_r_neg(void){ asm volatile("r2 = *(u64*)(r1 + 16); if r2 == 0 goto 1f; r3 = *(u64*)(r2 - 8); 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_k_r_neg(void){ asm volatile("r2 = *(u64*)(r1 + 16); r3 = *(u64*)(r2 - 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_k_w(void){ asm volatile("r2 = *(u64*)(r1 + 16); if r2 == 0 goto 1f; r3 = 0; *(u64*)(r2 + 0) = r3; 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_k_w(void){ asm volatile("r2 = *(u64*)(r1 + 16); r3 = 0; *(u64*)(r2 + 0) = r3; r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_v_r(void){ asm volatile("r2 = *(u64*)(r1 + 24); if r2 == 0 goto 1f; r3 = *(u64*)(r2 + 4096); 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_v_r(void){ asm volatile("r2 = *(u64*)(r1 + 24); r3 = *(u64*)(r2 + 4096); r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_v_w(void){ asm volatile("r2 = *(u64*)(r1 + 24); if r2 == 0 goto 1f; r3 = 0; *(u64*)(r2 + 8) = r3; 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_v_w(void){ asm volatile("r2 = *(u64*)(r1 + 24); r3 = 0; *(u64*)(r2 + 8) = r3; r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_v_wn(void){ asm volatile("r2 = *(u64*)(r1 + 24); if r2 == 0 goto 1f; r3 = 0; *(u64*)(r2 - 8) = r3; 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_v_wn(void){ asm volatile("r2 = *(u64*)(r1 + 24); r3 = 0; *(u64*)(r2 - 8) = r3; r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_v_add(void){ asm volatile("r2 = *(u64*)(r1 + 24); if r2 == 0 goto 1f; r2 += 8; r3 = *(u64*)(r2 + 0); 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_v_add(void){ asm volatile("r2 = *(u64*)(r1 + 24); r2 += 8; r3 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_v_at(void){ asm volatile("r2 = *(u64*)(r1 + 24); if r2 == 0 goto 1f; r3 = 1; lock *(u64*)(r2 + 0) += r3; 1: r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ibn_v_at(void){ asm volatile("r2 = *(u64*)(r1 + 24); r3 = 1; lock *(u64*)(r2 + 0) += r3; r0 = 0; exit":::"r1","r2","r3"); }
SEC("iter/bpf_map_elem") __attribute__((naked)) int ib_var(void){ asm volatile("r6 = *(u64*)(r1 + 24); if r6 == 0 goto 1f; call 7; r0 &= 7; r6 += r0; r3 = *(u64*)(r6 + 0); 1: r0 = 0; exit":::"r1","r2","r3","r6"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_0(void){ asm volatile("r2 = *(u64*)(r1 + 0); r3 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_1(void){ asm volatile("r2 = *(u64*)(r1 + 0); r3 = 0; *(u64*)(r2 + 8) = r3; r0 = 0; exit":::"r1","r2","r3"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_2(void){ asm volatile("r2 = *(u64*)(r1 + 0); r3 = *(u64*)(r2 - 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_3(void){ asm volatile("r2 = *(u32*)(r1 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_4(void){ asm volatile("r2 = *(u64*)(r1 + 8); r3 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("raw_tp.w/bpf_testmod") __attribute__((naked)) int rw_5(void){ asm volatile("r2 = *(u64*)(r1 + 0); r2 += 8; r3 = *(u64*)(r2 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_0(void){ asm volatile("r2 = 0; *(u64*)(r1 + 8) = r2; r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_1(void){ asm volatile("r2 = 0; *(u32*)(r1 + 8) = r2; r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_2(void){ asm volatile("r2 = *(u32*)(r1 + 164); r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_3(void){ asm volatile("r2 = *(u64*)(r1 + 164); r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_4(void){ asm volatile("r2 = *(u64*)(r1 + 168); r0 = 0; exit":::"r1","r2","r3"); }
SEC("kprobe") __attribute__((naked)) int mx_5(void){ asm volatile("*(u64*)(r1 + 8) = 0; r0 = 0; exit":::"r1","r2","r3"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int mx_6(void){ asm volatile("r2 = *(u64*)(r1 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int mx_7(void){ asm volatile("r2 = *(u64*)(r1 + 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int mx_8(void){ asm volatile("r2 = *(u64*)(r1 + 8184); r0 = 0; exit":::"r1","r2","r3"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int mx_9(void){ asm volatile("r2 = *(u64*)(r1 + 8192); r0 = 0; exit":::"r1","r2","r3"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int mx_10(void){ asm volatile("r2 = 0; *(u64*)(r1 + 8) = r2; r0 = 0; exit":::"r1","r2","r3"); }
SEC("syscall") __attribute__((naked)) int mx_11(void){ asm volatile("r2 = *(u64*)(r1 + 32760); r0 = 0; exit":::"r1","r2","r3"); }
SEC("syscall") __attribute__((naked)) int mx_12(void){ asm volatile("r2 = 0; *(u64*)(r1 + 0) = r2; r0 = 0; exit":::"r1","r2","r3"); }
SEC("syscall") __attribute__((naked)) int mx_13(void){ asm volatile("r1 += 16; r2 = *(u64*)(r1 + 0); r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_14(void){ asm volatile("r2 = 0; *(u64*)(r1 + 8) = r2; r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_15(void){ asm volatile("*(u64*)(r1 + 0) = 0; r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_16(void){ asm volatile("r2 = *(u32*)(r1 + 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_17(void){ asm volatile("r2 = *(u8*)(r1 + 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_18(void){ asm volatile("r2 = *(u8*)(r1 + 9); r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_19(void){ asm volatile("r2 = *(u64*)(r1 - 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("lsm/file_open") __attribute__((naked)) int mx_20(void){ asm volatile("r1 += 8; r2 = *(u64*)(r1 - 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("fentry/vfs_read") __attribute__((naked)) int mx_21(void){ asm volatile("r2 = *(u64*)(r1 - 8); r0 = 0; exit":::"r1","r2","r3"); }
SEC("perf_event") __attribute__((naked)) int mx_22(void){ asm volatile("r1 += 8; r2 = *(u64*)(r1 + 0); r0 = 0; exit":::"r1","r2","r3"); }
