/* What the lessons share: the user interface of BPF, a few kernel types, and the licence that most programs declare. */
#ifndef RULES_H
#define RULES_H
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifndef NO_LICENSE
char LICENSE[] SEC("license") = "GPL";
#endif

#define TYPE __attribute__((preserve_access_index))
struct task_struct { int pid; int tgid; } TYPE;
struct file;
struct pt_regs { unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss; };
struct ethhdr { unsigned char dest[6], source[6]; unsigned short proto; };
#endif
