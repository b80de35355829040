#include "real.h"
GPL;
/* An exec and open auditor: follows processes from fork to exit, reports each execution with its arguments and each
   opened file with its path, filters by user, name and path prefix, limits the rate, and counts what it dropped. */
struct qstr { __u32 len; const unsigned char *name; } KOBJ;
struct dentry___name { struct dentry___name *d_parent; struct qstr d_name; struct inode *d_inode; } KOBJ;
struct kuid { unsigned int val; } KOBJ;
struct cred___ids { struct kuid uid; struct kuid euid; struct kuid fsuid; __u64 pad; } KOBJ;
struct mm_struct___args { unsigned long arg_start, arg_end; struct file *exe_file; } KOBJ;
struct task_struct___audit { int pid, tgid; struct task_struct___audit *real_parent; struct mm_struct___args *mm; const struct cred___ids *cred; __u64 start_time; char comm[16]; unsigned int flags; } KOBJ;

enum { EVENT_EXEC = 1, EVENT_OPEN, EVENT_EXIT, EVENT_FORK, EVENT_UNLINK };
enum { STAT_EVENTS, STAT_FULL, STAT_LIMITED, STAT_FILTERED, STAT_UNKNOWN, STAT_ERRORS, STATS };
#define ARGS_BYTES 512
#define PATH_BYTES 512
#define PATH_PARTS 12

struct process { __u32 pid, parent, uid, flags; __u64 started, opened, denied; char comm[16]; };
struct exec_event { __u32 kind, pid, parent, uid; __u64 time, cgroup; __u32 args_len, path_len; char comm[16]; char args[ARGS_BYTES]; char path[PATH_BYTES]; };
struct open_event { __u32 kind, pid, uid, flags; __u64 time; __s64 result; __u32 path_len, parts; char comm[16]; char path[PATH_BYTES]; };
struct small_event { __u32 kind, pid, other, code; __u64 time, lifetime, opened; char comm[16]; };
struct pending_open { __u64 name; __u32 flags, mode; __u64 since; };
struct bucket { __u64 tokens, last; };
struct prefix { __u32 bits; char text[32]; };
struct scratch { char name[PATH_BYTES]; struct prefix prefix; struct process fresh; };
struct settings { __u64 rate, burst; __u32 min_uid, trace_children, report_exit, report_open; };

HASH(processes, __u32, struct process, 8192);
HASH(pending, __u64, struct pending_open, 4096);
LRU(buckets, __u32, struct bucket, 4096);
HASH(quiet_names, char[16], __u32, 256);
HASH(watched_users, __u32, __u32, 256);
TRIE(watched_paths, struct prefix, __u32, 256);
PERCPU(scratch, struct scratch, 1);
PERCPU(stats, __u64, STATS);
ARRAY(configured, struct settings, 1);
RING(events, 1 << 18);

INLINE void count(__u32 what) { __u64 *n = bpf_map_lookup_elem(&stats, &what); if (n) *n += 1; }
INLINE struct scratch *room(void) { __u32 zero = 0; return bpf_map_lookup_elem(&scratch, &zero); }
INLINE struct settings *settings(void) { __u32 zero = 0; return bpf_map_lookup_elem(&configured, &zero); }

/* A token bucket per process: true when another event may go out. */
static __noinline int allowed(__u32 pid)
{
	struct settings *set = settings();
	struct bucket *have, fresh = {};
	__u64 now = bpf_ktime_get_ns(), grown;

	if (!set || !set->rate)
		return 1;
	have = bpf_map_lookup_elem(&buckets, &pid);
	if (!have) {
		fresh.tokens = set->burst;
		fresh.last = now;
		bpf_map_update_elem(&buckets, &pid, &fresh, BPF_ANY);
		return 1;
	}
	grown = (now - have->last) * set->rate / 1000000000ULL;
	if (grown) {
		have->tokens += grown;
		if (have->tokens > set->burst)
			have->tokens = set->burst;
		have->last = now;
	}
	if (!have->tokens) {
		count(STAT_LIMITED);
		return 0;
	}
	have->tokens -= 1;
	return 1;
}

/* Whether the user and the program's name are of interest. */
static __noinline int interesting(__u32 uid)
{
	struct settings *set = settings();
	char comm[16] = {};

	if (set && uid < set->min_uid && !bpf_map_lookup_elem(&watched_users, &uid)) {
		count(STAT_FILTERED);
		return 0;
	}
	bpf_get_current_comm(comm, sizeof(comm));
	if (bpf_map_lookup_elem(&quiet_names, comm)) {
		count(STAT_FILTERED);
		return 0;
	}
	return 1;
}

/* Whether the path in the scratch room begins with a watched prefix. */
INLINE int watched(struct scratch *s)
{
	s->prefix.bits = 8 * sizeof(s->prefix.text);
	__builtin_memcpy(s->prefix.text, s->name, sizeof(s->prefix.text));
	return bpf_map_lookup_elem(&watched_paths, &s->prefix) != 0;
}

INLINE __u32 current_uid(void) { return (__u32)bpf_get_current_uid_gid(); }

INLINE void remember(__u32 pid, __u32 parent, __u64 started)
{
	struct scratch *s = room();
	if (!s)
		return;
	__builtin_memset(&s->fresh, 0, sizeof(s->fresh));
	s->fresh.pid = pid;
	s->fresh.parent = parent;
	s->fresh.uid = current_uid();
	s->fresh.started = started;
	bpf_get_current_comm(s->fresh.comm, sizeof(s->fresh.comm));
	bpf_map_update_elem(&processes, &pid, &s->fresh, BPF_ANY);
}

/* Writes the names from the file up to the root, each ended by a zero; gives the bytes used. */
static __noinline int walk_up(struct dentry___name *dentry, struct open_event *out)
{
	struct dentry___name *parent;
	const unsigned char *name;
	__u32 used = 0, parts = 0;
	long n;
	int i;

	if (!out)
		return 0;
	for (i = 0; i < PATH_PARTS; i++) {
		name = BPF_CORE_READ(dentry, d_name.name);
		if (used > PATH_BYTES - 64)
			break;
		n = bpf_probe_read_kernel_str(out->path + (used & (PATH_BYTES - 1) & ~63), 64, name);
		if (n <= 0)
			break;
		used += 64;
		parts++;
		parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry)
			break;
		dentry = parent;
	}
	out->parts = parts;
	return used;
}

/* Copies the argument block of the new program, in pieces that end at the block's end. */
INLINE __u32 copy_arguments(struct exec_event *e, struct mm_struct___args *mm)
{
	unsigned long start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	__u64 len = end - start;

	if (end <= start)
		return 0;
	if (len > ARGS_BYTES)
		len = ARGS_BYTES;
	OPAQUE(len);
	if (len > ARGS_BYTES)
		return 0;
	if (bpf_probe_read_user(e->args, len, (void *)start)) {
		count(STAT_ERRORS);
		return 0;
	}
	return len;
}

SEC("tp/sched/sched_process_fork") int forked(void *ctx)
{
	struct task_struct___audit *task = (void *)bpf_get_current_task();
	__u32 child = 0, parent = bpf_get_current_pid_tgid() >> 32;
	struct settings *set = settings();
	struct small_event *e;

	bpf_probe_read_kernel(&child, sizeof(child), ctx + 44);
	if (!child)
		return 0;
	remember(child, parent, bpf_ktime_get_ns());
	if (!set || !set->trace_children)
		return 0;
	if (!interesting(current_uid()) || !allowed(parent))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(STAT_FULL);
		return 0;
	}
	e->kind = EVENT_FORK;
	e->pid = parent;
	e->other = child;
	e->code = BPF_CORE_READ(task, flags);
	e->time = bpf_ktime_get_ns();
	e->lifetime = e->time - BPF_CORE_READ(task, start_time);
	e->opened = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	count(STAT_EVENTS);
	return 0;
}

SEC("tp/sched/sched_process_exec") int executed(void *ctx)
{
	struct task_struct___audit *task = (void *)bpf_get_current_task();
	__u32 pid = bpf_get_current_pid_tgid() >> 32, uid = current_uid(), where = 0;
	struct process *known;
	struct exec_event *e;
	struct mm_struct___args *mm;
	long n;

	known = bpf_map_lookup_elem(&processes, &pid);
	if (!known) {
		count(STAT_UNKNOWN);
		remember(pid, BPF_CORE_READ(task, real_parent, tgid), BPF_CORE_READ(task, start_time));
	} else {
		bpf_get_current_comm(known->comm, sizeof(known->comm));
		known->uid = uid;
		known->flags |= 1;
	}
	if (!interesting(uid) || !allowed(pid))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(STAT_FULL);
		return 0;
	}
	e->kind = EVENT_EXEC;
	e->pid = pid;
	e->parent = BPF_CORE_READ(task, real_parent, tgid);
	e->uid = BPF_CORE_READ(task, cred, uid.val);
	e->time = bpf_ktime_get_ns();
	e->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	/* The record names its file by an offset in the lower half. */
	bpf_probe_read_kernel(&where, sizeof(where), ctx + 8);
	n = bpf_probe_read_kernel_str(e->path, sizeof(e->path), ctx + (where & 0xffff));
	e->path_len = n > 0 ? n : 0;
	mm = BPF_CORE_READ(task, mm);
	e->args_len = mm ? copy_arguments(e, mm) : 0;
	if (e->args_len == 0 && e->path_len == 0) {
		count(STAT_ERRORS);
		bpf_ringbuf_discard(e, 0);
		return 0;
	}
	bpf_ringbuf_submit(e, 0);
	count(STAT_EVENTS);
	return 0;
}

SEC("tp/sched/sched_process_exit") int exited(void *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 pid = id >> 32;
	struct settings *set = settings();
	struct process *known;
	struct small_event *e;

	if ((__u32)id != pid)
		return 0;
	known = bpf_map_lookup_elem(&processes, &pid);
	if (!known) {
		count(STAT_UNKNOWN);
		return 0;
	}
	if (set && set->report_exit && allowed(pid)) {
		e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
		if (e) {
			e->kind = EVENT_EXIT;
			e->pid = pid;
			e->other = known->parent;
			e->code = known->flags;
			e->time = bpf_ktime_get_ns();
			e->lifetime = e->time - known->started;
			e->opened = known->opened;
			__builtin_memcpy(e->comm, known->comm, sizeof(e->comm));
			bpf_ringbuf_submit(e, 0);
			count(STAT_EVENTS);
		} else {
			count(STAT_FULL);
		}
	}
	bpf_map_delete_elem(&processes, &pid);
	bpf_map_delete_elem(&buckets, &pid);
	return 0;
}

struct enter_openat { __u64 common; long number, directory; const char *name; long flags, mode; };
SEC("tp/syscalls/sys_enter_openat") int open_begins(struct enter_openat *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct pending_open p = {};
	struct settings *set = settings();

	if (!set || !set->report_open || !interesting(current_uid()))
		return 0;
	p.name = (__u64)ctx->name;
	p.flags = ctx->flags;
	p.mode = ctx->mode;
	p.since = bpf_ktime_get_ns();
	bpf_map_update_elem(&pending, &id, &p, BPF_ANY);
	return 0;
}

struct exit_syscall { __u64 common; long number, result; };
SEC("tp/syscalls/sys_exit_openat") int open_ends(struct exit_syscall *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 pid = id >> 32;
	struct pending_open *p = bpf_map_lookup_elem(&pending, &id);
	struct scratch *s = room();
	struct process *known;
	struct open_event *e;
	long n;

	if (!p)
		return 0;
	if (!s)
		goto forget;
	known = bpf_map_lookup_elem(&processes, &pid);
	if (known) {
		known->opened += 1;
		if (ctx->result < 0)
			known->denied += 1;
	}
	__builtin_memset(s->name, 0, 64);
	n = bpf_probe_read_user_str(s->name, sizeof(s->name), (void *)p->name);
	if (n <= 0) {
		count(STAT_ERRORS);
		goto forget;
	}
	if (!watched(s) || !allowed(pid))
		goto forget;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(STAT_FULL);
		goto forget;
	}
	e->kind = EVENT_OPEN;
	e->pid = pid;
	e->uid = current_uid();
	e->flags = p->flags;
	e->time = bpf_ktime_get_ns() - p->since;
	e->result = ctx->result;
	e->parts = 1;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	n &= PATH_BYTES - 1;
	bpf_probe_read_kernel(e->path, n, s->name);
	e->path_len = n;
	bpf_ringbuf_submit(e, 0);
	count(STAT_EVENTS);
forget:
	bpf_map_delete_elem(&pending, &id);
	return 0;
}

SEC("kprobe/vfs_unlink") int BPF_KPROBE(unlinked, void *first, void *second, struct dentry___name *third)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct open_event *e;

	if (!interesting(current_uid()) || !allowed(pid))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(STAT_FULL);
		return 0;
	}
	e->kind = EVENT_UNLINK;
	e->pid = pid;
	e->uid = current_uid();
	e->flags = 0;
	e->time = bpf_ktime_get_ns();
	e->result = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->path_len = walk_up(third, e);
	bpf_ringbuf_submit(e, 0);
	count(STAT_EVENTS);
	return 0;
}

SEC("raw_tp/sys_enter") int every_call(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (void *)ctx->args[0];
	long number = ctx->args[1];
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct process *known;
	__u64 second = 0;

	/* ptrace, init_module, bpf, finit_module, kexec_load: rare and always worth a mark. */
	if (number != 101 && number != 175 && number != 321 && number != 313 && number != 246)
		return 0;
	bpf_probe_read_kernel(&second, sizeof(second), &regs->si);
	known = bpf_map_lookup_elem(&processes, &pid);
	if (known) {
		known->flags |= 1 << (number & 15);
		if (second > 4096)
			known->flags |= 1 << 31;
	}
	return 0;
}
