#include "probes.h"
GPL;
/* Locks that lie in an arena are no locks to the verifier; the kernel's own functions do not take them. */
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 10); __ulong(map_extra, 0x1ull << 44); } arena SEC(".maps");
#define AS __attribute__((address_space(1)))
struct in_arena { struct bpf_res_spin_lock lock; __u32 n; };
struct in_arena AS *where;
SEC("syscall") int taken(void *c) { KEEP(&arena); if (bpf_res_spin_lock((void *)&where->lock)) return 0; bpf_res_spin_unlock((void *)&where->lock); return 0; }
SEC("syscall") int plain_taken(void *c) { KEEP(&arena); bpf_spin_lock((void *)&where->lock); bpf_spin_unlock((void *)&where->lock); return 0; }
SEC("syscall") int timer_there(void *c) { KEEP(&arena); return bpf_timer_cancel((void *)where) & 1; }
SEC("syscall") int flags_there(void *c) { KEEP(&arena); bpf_local_irq_save((void *)where); return 0; }
SEC("syscall") int dynptr_there(void *c) { struct bpf_dynptr d; KEEP(&arena); return bpf_dynptr_from_mem((void *)where, 8, 0, &d) & 1; }
SEC("syscall") int iterator_there(void *c) { KEEP(&arena); return bpf_iter_num_new((void *)where, 0, 8) & 1; }
SEC("syscall") int xchg_there(void *c) { KEEP(&arena); return bpf_kptr_xchg((void *)where, 0) ? 1 : 0; }
SEC("syscall") int stored_object(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; KEEP(&arena); *(void * AS *)where = t; bpf_task_release(t); return 0; }
SEC("syscall") int stored_null_pointer(void *c) { struct task_struct *t = bpf_task_from_pid(1); KEEP(&arena); *(void * AS *)where = t; if (t) bpf_task_release(t); return 0; }
SEC("syscall") int stored_map_value(void *c) { KEEP(&arena); *(void * AS *)where = &where; return 0; }
