#include "kernel_objects.h"
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a_fentry_vfs_read_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a4_fentry_vfs_read_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a4_fentry_vfs_read_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int a4_fentry_vfs_read_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int aw_fentry_vfs_read(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int am_fentry_vfs_read(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a_fexit_vfs_read_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a4_fexit_vfs_read_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a4_fexit_vfs_read_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int a4_fexit_vfs_read_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int aw_fexit_vfs_read(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int am_fexit_vfs_read(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a_fsession_vfs_read_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a4_fsession_vfs_read_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a4_fsession_vfs_read_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int a4_fsession_vfs_read_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int aw_fsession_vfs_read(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int am_fsession_vfs_read(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a_fentry_bpf_fentry_test1_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a4_fentry_bpf_fentry_test1_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a4_fentry_bpf_fentry_test1_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int a4_fentry_bpf_fentry_test1_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int aw_fentry_bpf_fentry_test1(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test1") __attribute__((naked)) int am_fentry_bpf_fentry_test1(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a_fexit_bpf_fentry_test1_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a4_fexit_bpf_fentry_test1_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a4_fexit_bpf_fentry_test1_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int a4_fexit_bpf_fentry_test1_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int aw_fexit_bpf_fentry_test1(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test1") __attribute__((naked)) int am_fexit_bpf_fentry_test1(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a_fentry_bpf_fentry_test4_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a4_fentry_bpf_fentry_test4_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a4_fentry_bpf_fentry_test4_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int a4_fentry_bpf_fentry_test4_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int aw_fentry_bpf_fentry_test4(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/bpf_fentry_test4") __attribute__((naked)) int am_fentry_bpf_fentry_test4(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a_fexit_bpf_fentry_test7_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a4_fexit_bpf_fentry_test7_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a4_fexit_bpf_fentry_test7_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int a4_fexit_bpf_fentry_test7_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int aw_fexit_bpf_fentry_test7(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test7") __attribute__((naked)) int am_fexit_bpf_fentry_test7(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a_fexit_bpf_fentry_test8_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a4_fexit_bpf_fentry_test8_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a4_fexit_bpf_fentry_test8_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int a4_fexit_bpf_fentry_test8_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int aw_fexit_bpf_fentry_test8(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/bpf_fentry_test8") __attribute__((naked)) int am_fexit_bpf_fentry_test8(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a_fexit_do_exit_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a4_fexit_do_exit_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a4_fexit_do_exit_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int a4_fexit_do_exit_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int aw_fexit_do_exit(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/do_exit") __attribute__((naked)) int am_fexit_do_exit(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a_fentry_tcp_sendmsg_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a4_fentry_tcp_sendmsg_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a4_fentry_tcp_sendmsg_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int a4_fentry_tcp_sendmsg_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int aw_fentry_tcp_sendmsg(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/tcp_sendmsg") __attribute__((naked)) int am_fentry_tcp_sendmsg(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a_fexit_vfs_open_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a4_fexit_vfs_open_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a4_fexit_vfs_open_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int a4_fexit_vfs_open_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int aw_fexit_vfs_open(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_open") __attribute__((naked)) int am_fexit_vfs_open(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a_fexit_dentry_open_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a4_fexit_dentry_open_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a4_fexit_dentry_open_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int a4_fexit_dentry_open_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int aw_fexit_dentry_open(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/dentry_open") __attribute__((naked)) int am_fexit_dentry_open(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a_fexit_kmem_cache_free_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a4_fexit_kmem_cache_free_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a4_fexit_kmem_cache_free_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int a4_fexit_kmem_cache_free_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int aw_fexit_kmem_cache_free(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/kmem_cache_free") __attribute__((naked)) int am_fexit_kmem_cache_free(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a_fentry_kfree_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a4_fentry_kfree_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a4_fentry_kfree_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int a4_fentry_kfree_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int aw_fentry_kfree(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry/kfree") __attribute__((naked)) int am_fentry_kfree(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a_fexit___alloc_skb_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a4_fexit___alloc_skb_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a4_fexit___alloc_skb_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int a4_fexit___alloc_skb_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int aw_fexit___alloc_skb(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fexit/__alloc_skb") __attribute__((naked)) int am_fexit___alloc_skb(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a_fentry_multi_vfs_read_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a4_fentry_multi_vfs_read_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a4_fentry_multi_vfs_read_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int a4_fentry_multi_vfs_read_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int aw_fentry_multi_vfs_read(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int am_fentry_multi_vfs_read(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a_tp_btf_sched_switch_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a4_tp_btf_sched_switch_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a4_tp_btf_sched_switch_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int a4_tp_btf_sched_switch_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int aw_tp_btf_sched_switch(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int am_tp_btf_sched_switch(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a_tp_btf_kfree_skb_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a4_tp_btf_kfree_skb_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a4_tp_btf_kfree_skb_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int a4_tp_btf_kfree_skb_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int aw_tp_btf_kfree_skb(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/kfree_skb") __attribute__((naked)) int am_tp_btf_kfree_skb(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a_tp_btf_tcp_send_reset_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a4_tp_btf_tcp_send_reset_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a4_tp_btf_tcp_send_reset_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int a4_tp_btf_tcp_send_reset_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int aw_tp_btf_tcp_send_reset(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_send_reset") __attribute__((naked)) int am_tp_btf_tcp_send_reset(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a_tp_btf_sched_process_exec_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a4_tp_btf_sched_process_exec_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a4_tp_btf_sched_process_exec_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int a4_tp_btf_sched_process_exec_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int aw_tp_btf_sched_process_exec(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_exec") __attribute__((naked)) int am_tp_btf_sched_process_exec(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a_tp_btf_signal_generate_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a4_tp_btf_signal_generate_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a4_tp_btf_signal_generate_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int a4_tp_btf_signal_generate_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int aw_tp_btf_signal_generate(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_generate") __attribute__((naked)) int am_tp_btf_signal_generate(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a_tp_btf_sys_enter_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a4_tp_btf_sys_enter_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a4_tp_btf_sys_enter_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int a4_tp_btf_sys_enter_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int aw_tp_btf_sys_enter(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sys_enter") __attribute__((naked)) int am_tp_btf_sys_enter(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a_tp_btf_sched_pi_setprio_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a4_tp_btf_sched_pi_setprio_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a4_tp_btf_sched_pi_setprio_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int a4_tp_btf_sched_pi_setprio_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int aw_tp_btf_sched_pi_setprio(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_pi_setprio") __attribute__((naked)) int am_tp_btf_sched_pi_setprio(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a_tp_btf_mm_page_alloc_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a4_tp_btf_mm_page_alloc_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a4_tp_btf_mm_page_alloc_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int a4_tp_btf_mm_page_alloc_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int aw_tp_btf_mm_page_alloc(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/mm_page_alloc") __attribute__((naked)) int am_tp_btf_mm_page_alloc(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a_tp_btf_sched_process_wait_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a4_tp_btf_sched_process_wait_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a4_tp_btf_sched_process_wait_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int a4_tp_btf_sched_process_wait_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int aw_tp_btf_sched_process_wait(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_process_wait") __attribute__((naked)) int am_tp_btf_sched_process_wait(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a_tp_btf_signal_deliver_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a4_tp_btf_signal_deliver_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a4_tp_btf_signal_deliver_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int a4_tp_btf_signal_deliver_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int aw_tp_btf_signal_deliver(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/signal_deliver") __attribute__((naked)) int am_tp_btf_signal_deliver(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a_tp_btf_block_rq_issue_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a4_tp_btf_block_rq_issue_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a4_tp_btf_block_rq_issue_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int a4_tp_btf_block_rq_issue_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int aw_tp_btf_block_rq_issue(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/block_rq_issue") __attribute__((naked)) int am_tp_btf_block_rq_issue(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a_tp_btf_net_dev_xmit_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a4_tp_btf_net_dev_xmit_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a4_tp_btf_net_dev_xmit_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int a4_tp_btf_net_dev_xmit_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int aw_tp_btf_net_dev_xmit(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/net_dev_xmit") __attribute__((naked)) int am_tp_btf_net_dev_xmit(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a_tp_btf_inet_sock_set_state_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a4_tp_btf_inet_sock_set_state_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a4_tp_btf_inet_sock_set_state_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int a4_tp_btf_inet_sock_set_state_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int aw_tp_btf_inet_sock_set_state(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/inet_sock_set_state") __attribute__((naked)) int am_tp_btf_inet_sock_set_state(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a_tp_btf_task_newtask_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a4_tp_btf_task_newtask_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a4_tp_btf_task_newtask_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int a4_tp_btf_task_newtask_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int aw_tp_btf_task_newtask(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/task_newtask") __attribute__((naked)) int am_tp_btf_task_newtask(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a_tp_btf_tcp_probe_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a4_tp_btf_tcp_probe_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a4_tp_btf_tcp_probe_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int a4_tp_btf_tcp_probe_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int aw_tp_btf_tcp_probe(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/tcp_probe") __attribute__((naked)) int am_tp_btf_tcp_probe(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a_tp_btf_cgroup_mkdir_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a4_tp_btf_cgroup_mkdir_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a4_tp_btf_cgroup_mkdir_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int a4_tp_btf_cgroup_mkdir_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int aw_tp_btf_cgroup_mkdir(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/cgroup_mkdir") __attribute__((naked)) int am_tp_btf_cgroup_mkdir(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a_tp_btf_sched_stick_numa_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a4_tp_btf_sched_stick_numa_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a4_tp_btf_sched_stick_numa_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int a4_tp_btf_sched_stick_numa_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int aw_tp_btf_sched_stick_numa(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_stick_numa") __attribute__((naked)) int am_tp_btf_sched_stick_numa(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a_lsm_file_open_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a4_lsm_file_open_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a4_lsm_file_open_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int a4_lsm_file_open_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int aw_lsm_file_open(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int am_lsm_file_open(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a_lsm_mmap_file_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a4_lsm_mmap_file_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a4_lsm_mmap_file_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int a4_lsm_mmap_file_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int aw_lsm_mmap_file(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/mmap_file") __attribute__((naked)) int am_lsm_mmap_file(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a_lsm_sb_mount_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a4_lsm_sb_mount_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a4_lsm_sb_mount_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int a4_lsm_sb_mount_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int aw_lsm_sb_mount(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_mount") __attribute__((naked)) int am_lsm_sb_mount(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a_lsm_inode_setattr_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a4_lsm_inode_setattr_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a4_lsm_inode_setattr_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int a4_lsm_inode_setattr_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int aw_lsm_inode_setattr(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_setattr") __attribute__((naked)) int am_lsm_inode_setattr(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a_lsm_task_prctl_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a4_lsm_task_prctl_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a4_lsm_task_prctl_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int a4_lsm_task_prctl_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int aw_lsm_task_prctl(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int am_lsm_task_prctl(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a_lsm_cred_prepare_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a4_lsm_cred_prepare_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a4_lsm_cred_prepare_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int a4_lsm_cred_prepare_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int aw_lsm_cred_prepare(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/cred_prepare") __attribute__((naked)) int am_lsm_cred_prepare(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a_lsm_bprm_committed_creds_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a4_lsm_bprm_committed_creds_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a4_lsm_bprm_committed_creds_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int a4_lsm_bprm_committed_creds_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int aw_lsm_bprm_committed_creds(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int am_lsm_bprm_committed_creds(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a_lsm_capget_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a4_lsm_capget_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a4_lsm_capget_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int a4_lsm_capget_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int aw_lsm_capget(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/capget") __attribute__((naked)) int am_lsm_capget(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a_lsm_sk_alloc_security_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a4_lsm_sk_alloc_security_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a4_lsm_sk_alloc_security_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int a4_lsm_sk_alloc_security_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int aw_lsm_sk_alloc_security(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sk_alloc_security") __attribute__((naked)) int am_lsm_sk_alloc_security(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a_lsm_file_free_security_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a4_lsm_file_free_security_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a4_lsm_file_free_security_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int a4_lsm_file_free_security_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int aw_lsm_file_free_security(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_free_security") __attribute__((naked)) int am_lsm_file_free_security(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a_lsm_task_free_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a4_lsm_task_free_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a4_lsm_task_free_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int a4_lsm_task_free_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int aw_lsm_task_free(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_free") __attribute__((naked)) int am_lsm_task_free(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a_lsm_inode_free_security_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a4_lsm_inode_free_security_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a4_lsm_inode_free_security_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int a4_lsm_inode_free_security_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int aw_lsm_inode_free_security(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_free_security") __attribute__((naked)) int am_lsm_inode_free_security(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a_lsm_inode_rename_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a4_lsm_inode_rename_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a4_lsm_inode_rename_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int a4_lsm_inode_rename_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int aw_lsm_inode_rename(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_rename") __attribute__((naked)) int am_lsm_inode_rename(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a_lsm_path_rename_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a4_lsm_path_rename_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a4_lsm_path_rename_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int a4_lsm_path_rename_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int aw_lsm_path_rename(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/path_rename") __attribute__((naked)) int am_lsm_path_rename(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a_lsm_socket_sendmsg_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a4_lsm_socket_sendmsg_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a4_lsm_socket_sendmsg_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int a4_lsm_socket_sendmsg_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int aw_lsm_socket_sendmsg(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/socket_sendmsg") __attribute__((naked)) int am_lsm_socket_sendmsg(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a_lsm_ptrace_access_check_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a4_lsm_ptrace_access_check_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a4_lsm_ptrace_access_check_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int a4_lsm_ptrace_access_check_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int aw_lsm_ptrace_access_check(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/ptrace_access_check") __attribute__((naked)) int am_lsm_ptrace_access_check(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a_lsm_key_alloc_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a4_lsm_key_alloc_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a4_lsm_key_alloc_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int a4_lsm_key_alloc_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int aw_lsm_key_alloc(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/key_alloc") __attribute__((naked)) int am_lsm_key_alloc(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a_lsm_bpf_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a4_lsm_bpf_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a4_lsm_bpf_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int a4_lsm_bpf_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int aw_lsm_bpf(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/bpf") __attribute__((naked)) int am_lsm_bpf(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a_lsm_perf_event_open_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a4_lsm_perf_event_open_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a4_lsm_perf_event_open_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int a4_lsm_perf_event_open_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int aw_lsm_perf_event_open(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/perf_event_open") __attribute__((naked)) int am_lsm_perf_event_open(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a_lsm_inet_conn_established_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a4_lsm_inet_conn_established_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a4_lsm_inet_conn_established_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int a4_lsm_inet_conn_established_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int aw_lsm_inet_conn_established(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inet_conn_established") __attribute__((naked)) int am_lsm_inet_conn_established(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a_lsm_file_alloc_security_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a4_lsm_file_alloc_security_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a4_lsm_file_alloc_security_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int a4_lsm_file_alloc_security_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int aw_lsm_file_alloc_security(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_alloc_security") __attribute__((naked)) int am_lsm_file_alloc_security(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a_lsm_inode_xattr_skipcap_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a4_lsm_inode_xattr_skipcap_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a4_lsm_inode_xattr_skipcap_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int a4_lsm_inode_xattr_skipcap_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int aw_lsm_inode_xattr_skipcap(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int am_lsm_inode_xattr_skipcap(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a_lsm_getselfattr_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a4_lsm_getselfattr_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a4_lsm_getselfattr_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int a4_lsm_getselfattr_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int aw_lsm_getselfattr(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/getselfattr") __attribute__((naked)) int am_lsm_getselfattr(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a_lsm_inode_getxattr_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a4_lsm_inode_getxattr_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a4_lsm_inode_getxattr_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int a4_lsm_inode_getxattr_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int aw_lsm_inode_getxattr(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_getxattr") __attribute__((naked)) int am_lsm_inode_getxattr(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a_lsm_cgroup_socket_bind_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a4_lsm_cgroup_socket_bind_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a4_lsm_cgroup_socket_bind_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int a4_lsm_cgroup_socket_bind_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int aw_lsm_cgroup_socket_bind(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int am_lsm_cgroup_socket_bind(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a_lsm_cgroup_sk_alloc_security_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a4_lsm_cgroup_sk_alloc_security_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a4_lsm_cgroup_sk_alloc_security_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int a4_lsm_cgroup_sk_alloc_security_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int aw_lsm_cgroup_sk_alloc_security(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_alloc_security") __attribute__((naked)) int am_lsm_cgroup_sk_alloc_security(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a_lsm_cgroup_inet_csk_clone_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a4_lsm_cgroup_inet_csk_clone_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a4_lsm_cgroup_inet_csk_clone_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int a4_lsm_cgroup_inet_csk_clone_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int aw_lsm_cgroup_inet_csk_clone(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/inet_csk_clone") __attribute__((naked)) int am_lsm_cgroup_inet_csk_clone(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a_lsm_netlink_send_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a4_lsm_netlink_send_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a4_lsm_netlink_send_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int a4_lsm_netlink_send_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int aw_lsm_netlink_send(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/netlink_send") __attribute__((naked)) int am_lsm_netlink_send(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a_lsm_task_kill_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a4_lsm_task_kill_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a4_lsm_task_kill_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int a4_lsm_task_kill_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int aw_lsm_task_kill(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_kill") __attribute__((naked)) int am_lsm_task_kill(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a_lsm_sb_statfs_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a4_lsm_sb_statfs_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a4_lsm_sb_statfs_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int a4_lsm_sb_statfs_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int aw_lsm_sb_statfs(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/sb_statfs") __attribute__((naked)) int am_lsm_sb_statfs(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_0(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_8(void) { asm volatile("r1 = *(u64 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_16(void) { asm volatile("r1 = *(u64 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_24(void) { asm volatile("r1 = *(u64 *)(r1 + 24); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_32(void) { asm volatile("r1 = *(u64 *)(r1 + 32); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_40(void) { asm volatile("r1 = *(u64 *)(r1 + 40); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a_lsm_d_instantiate_48(void) { asm volatile("r1 = *(u64 *)(r1 + 48); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a4_lsm_d_instantiate_0(void) { asm volatile("r1 = *(u32 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a4_lsm_d_instantiate_8(void) { asm volatile("r1 = *(u32 *)(r1 + 8); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int a4_lsm_d_instantiate_16(void) { asm volatile("r1 = *(u32 *)(r1 + 16); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int aw_lsm_d_instantiate(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit" ::: "r0","r1","r2"); }
SEC("lsm/d_instantiate") __attribute__((naked)) int am_lsm_d_instantiate(void) { asm volatile("r1 += 8; r1 = *(u64 *)(r1 + 0); r2 = 0; call 1; r0 = 0; exit" ::: "r0","r1","r2"); }
