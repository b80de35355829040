#include "probes.h"
GPL;
/* What programs may keep in their variables: locks with lists, kept pointers, read-only memory, and pointers to them. */
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
private(A) struct bpf_spin_lock lock_a;
private(A) __u64 counter_a;
private(B) struct task_struct __kptr *task_b;
private(B) __u64 counter_b;
private(C) struct task_struct __kptr *tasks_c[3];
const volatile __u32 index_r = 5;
const char text_r[8] = "abcdefg";
volatile char data_d[8] = { 1, 2, 3 };
volatile __u64 zero_z;
static volatile __u32 *const pointer_r = (void *)&data_d;
RINGBUF(ring);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct task_struct)); return 0; }
SEC("tc") int lock_variable(void *c) { bpf_spin_lock(&lock_a); counter_a++; bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int lock_beside(void *c) { bpf_spin_lock((void *)&counter_a); bpf_spin_unlock((void *)&counter_a); return 0; }
SEC("tc") int lock_read(void *c) { return *(volatile __u32 *)&lock_a & 1; }
SEC("tc") int lock_filled(struct __sk_buff *s) { bpf_skb_load_bytes(s, 0, &lock_a, 8); return 0; }
SEC("tc") int counter_filled(struct __sk_buff *s) { bpf_skb_load_bytes(s, 0, &counter_a, 8); return 0; }
SEC("lsm/file_open") int kept(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; t = bpf_kptr_xchg(&task_b, t); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_read(void *c) { struct task_struct *t = task_b; return t && t->pid == 3 ? -1 : 0; }
SEC("lsm/file_open") int kept_read_sleepless(void *c) { struct task_struct *t = task_b; if (!t) return 0; t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_written(void *c) { *(void *volatile *)&task_b = 0; return 0; }
SEC("lsm/file_open") int kept_beside(void *c) { counter_b = 3; return 0; }
SEC("lsm/file_open") int kept_array(void *c) { struct task_struct *t = bpf_kptr_xchg(&tasks_c[2], 0); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_array_unknown(void *c) { __u32 i = bpf_get_prandom_u32() & 1; OPAQUE(i); i &= 1; struct task_struct *t = bpf_kptr_xchg(&tasks_c[i], 0); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_leak(void *c) { bpf_kptr_xchg(&task_b, 0); return 0; }
/* Read-only memory: its value is known, it is not written, it is a string. */
SEC("tc") int constant_index(void *c) { return data_d[index_r] & 1; }
SEC("tc") int constant_written(void *c) { *(volatile __u32 *)&index_r = 1; return 0; }
SEC("tc") int constant_past(void *c) { return *(volatile char *)(text_r + 8) & 1; }
SEC("tc") int constant_filled(struct __sk_buff *s) { bpf_skb_load_bytes(s, 0, (void *)text_r, 4); return 0; }
SEC("tc") int constant_sent(struct __sk_buff *s) { return bpf_ringbuf_output(&ring, (void *)text_r, 8, 0) & 1; }
SEC("tc") int constant_as_dynptr(struct __sk_buff *s) { struct bpf_dynptr d; return bpf_dynptr_from_mem((void *)text_r, 8, 0, &d) & 1; }
SEC("tc") int constant_exchanged(struct __sk_buff *s) { return __sync_lock_test_and_set((__u32 *)&index_r, 1) & 1; }
SEC("tc") int constant_unknown(struct __sk_buff *s) { __u32 i = s->mark & 7; OPAQUE(i); i &= 7; return text_r[i] & 1; }
SEC("tc") int constant_unknown_past(struct __sk_buff *s) { __u32 i = s->mark & 15; OPAQUE(i); i &= 15; return text_r[i] & 1; }
static __noinline int first(const char *p) { return p[0]; }
SEC("tc") int constant_to_static(void *c) { return first(text_r) & 1; }
__noinline int first_global(const __u64 *p) { return p ? *p : 0; }
SEC("tc") int constant_to_global(void *c) { return first_global((void *)text_r) & 1; }
__noinline int writes_global(__u64 *p) { if (p) *p = 1; return 0; }
SEC("tc") int constant_to_writer(void *c) { return writes_global((void *)text_r) & 1; }
SEC("tc") int variable_to_writer(void *c) { return writes_global((void *)&zero_z) & 1; }
SEC("tc") int lock_to_writer(void *c) { return writes_global((void *)&lock_a) & 1; }
SEC("tc") int kept_to_writer(void *c) { return writes_global((void *)&task_b) & 1; }
SEC("tc") int beside_to_writer(void *c) { return writes_global(&counter_b) & 1; }
static long c_writes(__u32 i, __u64 *p) { *p = i; return 0; }
SEC("tc") int constant_in_callback(void *c) { bpf_loop(2, c_writes, (void *)text_r, 0); return 0; }
SEC("tc") int variable_in_callback(void *c) { bpf_loop(2, c_writes, (void *)&zero_z, 0); return 0; }
