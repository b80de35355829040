#include "probes.h"
GPL;
/* Arguments of helpers: memory and its size, numbers, pointers to objects, null, what a program type may call. */
ARRAY(arr, struct bytes48, 1);
#define P(sec, name, body) SEC(sec) ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }
#define V(sec, name, body) SEC(sec) ASMPROG int name(void) { asm volatile("r6 = r1;" LOOKUP_ARR "if r0 == 0 goto 8f; r7 = r0;" body "8: r0 = 0; exit;" :: MAP(arr)); }


/* A map value as destination, the whole of it. */
V("kprobe", fill_whole_value, "r1 = r7; r2 = 48; call 16;")
/* One byte more. */
V("kprobe", fill_past_value, "r1 = r7; r2 = 49; call 16;")
/* From the middle. */
V("kprobe", fill_rest_of_value, "r1 = r7; r1 += 40; r2 = 8; call 16;")
/* From the middle, too much. */
V("kprobe", fill_past_rest, "r1 = r7; r1 += 41; r2 = 8; call 16;")
/* An unknown offset and an unknown size that fit together. */
V("kprobe", fill_variable_fits, "r8 = *(u32 *)(r7 + 0); r8 &= 31; r1 = r7; r1 += r8; r2 = *(u32 *)(r7 + 4); r2 &= 15; r2 += 1; call 16;")
/* An unknown offset and an unknown size whose sum does not fit: ranges are not related. */
V("kprobe", fill_variable_sum, "r8 = *(u32 *)(r7 + 0); r8 &= 31; r1 = r7; r1 += r8; r2 = 48; r2 -= r8; call 16;")
/* A signed size below the limit. */
V("kprobe", size_may_be_negative, "r2 = *(u64 *)(r7 + 0); if r2 s> 48 goto 8f; r1 = r7; call 16;")
/* A signed size with both checks. */
V("kprobe", size_signed_checked, "r2 = *(u64 *)(r7 + 0); if r2 s> 48 goto 8f; if r2 s< 1 goto 8f; r1 = r7; call 16;")
/* A size that was compared in 32 bits and is passed in 64. */
V("kprobe", size_compared_32, "r2 = *(u64 *)(r7 + 0); if w2 > 48 goto 8f; if w2 == 0 goto 8f; r1 = r7; call 16;")
/* Size zero where zero is not allowed. */
V("kprobe", size_zero_refused, "r1 = r7; r2 = 0; call 16;")
/* Size zero where zero is allowed. */
V("kprobe", size_zero_allowed, "r1 = r7; r2 = 0; r3 = r7; call 113;")
/* Size zero with null memory where both are allowed: bpf_csum_diff. */
P("tc", null_with_size_zero, "r1 = 0; r2 = 0; r3 = 0; r4 = 0; r5 = 0; call 28;")
/* Null memory with another size. */
P("tc", null_with_size_four, "r1 = 0; r2 = 4; r3 = 0; r4 = 0; r5 = 0; call 28;")
/* An unknown size with null memory. */
P("tc", null_with_unknown_size, "r2 = *(u32 *)(r1 + 8); r2 &= 4; r1 = 0; r3 = 0; r4 = 0; r5 = 0; call 28;")
/* Null where memory is needed. */
P("kprobe", null_destination, "r1 = 0; r2 = 4; call 16;")
/* Memory that is a number. */
P("kprobe", number_as_destination, "r1 = 4096; r2 = 4; call 16;")
/* The context as destination. */
P("kprobe", context_as_destination, "r2 = 4; call 16;")
/* A pointer where a number is wanted. */
P("tc", pointer_as_size, "r2 = r10; r1 = r10; r1 += -16; call 113;")
/* A pointer where any value will do: root may. */
P("kprobe", pointer_as_anything, "r3 = r10; r1 = r10; r1 += -16; r2 = 16; call 113;")
/* An argument that was never set. */
P("kprobe", argument_missing, "r1 = r10; r1 += -16; r2 = 16; call 113;")
/* The context is needed first. */
P("tc", not_the_context, "r1 = r10; r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26;")
/* A context that was moved. */
P("tc", moved_context, "r1 += 8; r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26;")
/* A context that was moved and moved back. */
P("tc", moved_back_context, "r1 += 8; r1 += -8; r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26;")
/* bpf_probe_read_kernel needs a type that traces. */
P("tc", probe_read_in_tc, "r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 113;")
/* bpf_probe_read_kernel in a tracing program. */
P("kprobe", probe_read_in_kprobe, "r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 113; r2 = *(u64 *)(r10 - 8);")
/* bpf_skb_load_bytes has no place in XDP. */
P("xdp", load_bytes_in_xdp, "r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26;")
/* bpf_redirect in tc. */
P("tc", redirect_in_tc, "r1 = 1; r2 = 0; call 23;")
/* bpf_redirect in a socket filter. */
P("socket", redirect_in_socket, "r1 = 1; r2 = 0; call 23;")
/* bpf_get_current_task in a socket filter: only where performance monitoring is allowed. */
P("socket", current_task_in_socket, "call 35;")
/* bpf_get_current_pid_tgid in tc. */
P("tc", current_pid_in_tc, "call 14;")
/* bpf_get_current_uid_gid in XDP. */
P("xdp", current_uid_in_xdp, "call 15;")
/* bpf_override_return in a kprobe: its kernel option is off in these kernels. */
P("kprobe", override_return, "r2 = 0; call 58;")
/* bpf_send_signal. */
P("kprobe", send_signal, "r1 = 9; call 109;")
/* bpf_d_path on a hook that is not listed. */
SEC("fentry/vfs_read") int BPF_PROG(path_not_allowed, struct file *f) { char b[16]; return bpf_d_path(&f->f_path, b, 16) < 0 ? 0 : 0; }
/* bpf_d_path where it is listed. */
SEC("fentry/filp_close") int BPF_PROG(path_allowed, struct file *f) { char b[16]; bpf_d_path(&f->f_path, b, 16); return 0; }
/* bpf_snprintf's format must be a constant string. */
SEC("tc") int format_on_stack(struct __sk_buff *s) { char f[8] = "%d", o[16]; __u64 a = 1; OPAQUE(s); bpf_snprintf(o, 16, f, &a, 8); return 0; }
/* A constant format. */
SEC("tc") int format_constant(struct __sk_buff *s) { static const char f[] = "%d"; char o[16]; __u64 a = 1; bpf_snprintf(o, 16, f, &a, 8); return 0; }
/* A format the helper does not know. */
SEC("tc") int format_unknown(struct __sk_buff *s) { static const char f[] = "%y"; char o[16]; __u64 a = 1; bpf_snprintf(o, 16, f, &a, 8); return 0; }
/* More conversions than arguments. */
SEC("tc") int format_too_many(struct __sk_buff *s) { static const char f[] = "%d %d"; char o[16]; __u64 a = 1; bpf_snprintf(o, 16, f, &a, 8); return 0; }
/* A string argument without its end. */
SEC("tc") int format_without_end(struct __sk_buff *s) { static const char f[4] = {'%', 'd', 'a', 'b'}; char o[16]; __u64 a = 1; bpf_snprintf(o, 16, f, &a, 8); return 0; }
/* bpf_strtol writes its result at an aligned place. */
SEC("cgroup/sysctl") int number_from_text(void *c) { char t[8] = "12"; long r = 0; bpf_strtol(t, 8, 0, &r); return r & 1; }
/* The result has four bytes only. */
SEC("cgroup/sysctl") ASMPROG int number_into_half(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = r10; r4 += -4; call 105; r0 = 1; exit;"); }
/* The result at an address that is no multiple of eight. */
SEC("cgroup/sysctl") ASMPROG int number_unaligned(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = r10; r4 += -20; call 105; r0 = 1; exit;"); }
/* The result register has the helper's range: bpf_get_stack never gives more than was asked. */
V("kprobe", result_range_used, "r1 = r6; r2 = r7; r3 = 40; r4 = 0; call 67; if r0 s< 0 goto 8f; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* The same with the negative answer not excluded. */
V("kprobe", result_range_negative, "r1 = r6; r2 = r7; r3 = 40; r4 = 0; call 67; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* bpf_probe_read_str has a range, too. */
V("kprobe", string_length_used, "r1 = r7; r2 = 47; r3 = 0; call 115; if r0 s< 0 goto 8f; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* One more than the size may be. */
V("kprobe", string_length_past, "r1 = r7; r2 = 48; r3 = 0; call 115; if r0 s< 0 goto 8f; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* The processor's number has no range on older kernels. */
V("kprobe", processor_as_index, "call 8; if r0 > 47 goto 8f; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* bpf_get_current_task returns a number: it cannot be read through. */
P("kprobe", task_number_read, "call 35; r0 = *(u64 *)(r0 + 0);")
/* bpf_get_current_task_btf returns a pointer with a type. */
SEC("kprobe") int task_pointer_read(void *c) { struct task_struct *t = bpf_get_current_task_btf(); return t->pid & 1; }
/* bpf_get_local_storage needs a cgroup storage map. */
V("cgroup_skb/ingress", local_storage_wrong_map, "r1 = %[arr] ll; r2 = 0; call 81;")
/* bpf_spin_lock on memory without a lock. */
V("tc", lock_without_lock, "r1 = r7; call 93;")
/* bpf_csum_diff with a size of three is refused only at run time. */
P("tc", checksum_size_three, "r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 3; r3 = 0; r4 = 0; r5 = 0; call 28;")
/* bpf_skb_store_bytes from a map value. */
V("tc", store_from_value, "r1 = r6; r2 = 0; r3 = r7; r4 = 48; r5 = 0; call 9;")
/* bpf_skb_store_bytes from unwritten stack. */
P("tc", store_from_unwritten, "r2 = 0; r3 = r10; r3 += -16; r4 = 16; r5 = 0; call 9;")
/* bpf_fib_lookup with its structure on the stack. */
P("xdp", fib_lookup_unwritten, "r2 = r10; r2 += -64; r3 = 64; r4 = 0; call 69;")
/* bpf_setsockopt in sockops. */
P("sockops", setsockopt_ok, "r2 = 1; r3 = 7; r4 = 4; *(u64 *)(r10 - 8) = r4; r4 = r10; r4 += -8; r5 = 4; call 49;")
/* bpf_setsockopt with an option's size of zero. */
P("sockops", setsockopt_empty, "r2 = 1; r3 = 7; r4 = 4; *(u64 *)(r10 - 8) = r4; r4 = r10; r4 += -8; r5 = 0; call 49;")
/* bpf_get_socket_cookie takes the context of its type. */
P("tc", socket_cookie, "call 46;")
/* bpf_perf_prog_read_value in perf_event. */
P("perf_event", perf_value, "r2 = r10; r2 += -24; r3 = 24; call 56;")
/* bpf_perf_prog_read_value in a kprobe. */
P("kprobe", perf_value_in_kprobe, "r2 = r10; r2 += -24; r3 = 24; call 56;")
/* A helper that only GPL programs may use is checked by license: this file is GPL. */
P("kprobe", printk_ok, "r1 = 0x6425; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 3; r3 = 1; call 6;")
/* Six arguments do not exist: r6 is nothing to a helper. */
P("kprobe", printk_size_zero, "r1 = r10; r1 += -8; r2 = 0; call 6;")
/* bpf_get_func_ip in a kprobe. */
P("kprobe", function_address, "call 173;")
/* bpf_get_attach_cookie in tc. */
P("tc", attach_cookie_in_tc, "call 174;")
/* bpf_get_func_arg in a kprobe. */
P("kprobe", function_argument_in_kprobe, "r2 = 0; r3 = r10; r3 += -8; call 183;")
/* bpf_get_func_arg in fentry. */
P("fentry/vfs_read", function_argument, "r2 = 0; r3 = r10; r3 += -8; call 183;")
/* bpf_get_func_ret is for the way out. */
P("fentry/vfs_read", function_result_at_entry, "r2 = r10; r2 += -8; call 184;")
P("fexit/vfs_read", function_result_at_exit, "r2 = r10; r2 += -8; call 184;")
/* bpf_jiffies64 everywhere. */
P("xdp", jiffies, "call 118;")
/* bpf_ktime_get_coarse_ns. */
P("xdp", coarse_time, "call 160;")
/* bpf_strncmp's second string must be constant. */
P("kprobe", compare_with_stack, "r1 = 0; *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; r1 = r10; r1 += -8; r2 = 8; r3 = r10; r3 += -16; call 182;")
/* bpf_strncmp with a constant. */
SEC("kprobe") int compare_with_constant(void *c) { static const char k[] = "bash"; char comm[16]; bpf_get_current_comm(comm, 16); return bpf_strncmp(comm, 16, k); }
/* bpf_copy_from_user in a sleepable program, size unknown but bounded. */
SEC("lsm.s/bprm_committed_creds") int user_copy_bounded(__u64 *ctx) { char b[64]; __u32 n = bpf_get_prandom_u32() & 63; bpf_copy_from_user(b, n, (void *)4096); return 0; }
/* One byte too much. */
SEC("lsm.s/bprm_committed_creds") int user_copy_past(__u64 *ctx) { char b[64]; __u32 n = bpf_get_prandom_u32() & 127; bpf_copy_from_user(b, n, (void *)4096); return 0; }
