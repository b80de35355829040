#include "probes.h"
GPL;
/* Storage that belongs to a task: which tasks it takes, and what it gives. */
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } per_task SEC(".maps");

/* Storage of the current task. */
SEC("lsm/file_open") int BPF_PROG(storage_current, struct file *f) { __u64 *v = bpf_task_storage_get(&per_task, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE); if (v) *v += 1; return 0; }
/* Its result is not checked. */
SEC("lsm/file_open") int BPF_PROG(storage_unchecked, struct file *f) { __u64 *v = bpf_task_storage_get(&per_task, bpf_get_current_task_btf(), 0, 0); *v += 1; return 0; }
/* Storage of a task that was loaded from another. */
SEC("lsm/file_open") int BPF_PROG(storage_of_parent, struct file *f) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&per_task, t->real_parent, 0, 0); if (v) *v += 1; return 0; }
/* Storage of the group leader. */
SEC("lsm/file_open") int BPF_PROG(storage_of_leader, struct file *f) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&per_task, t->group_leader, 0, 0); if (v) *v += 1; return 0; }
/* Storage of something that is no task. */
SEC("lsm/file_open") int BPF_PROG(storage_of_file, struct file *f) { __u64 *v = bpf_task_storage_get(&per_task, (void *)f, 0, 0); if (v) *v += 1; return 0; }
