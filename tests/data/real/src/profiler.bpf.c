#include "real.h"
GPL;
/* A profiler: samples stacks by perf events, measures how long tasks wait for a processor and how long they are off it,
   keeps its notes in task storage, has histograms per cgroup, and a timer that hands finished windows to user space. */
#define BPF_F_USER_STACK 256
#define BPF_F_REUSE_STACKID 1024
#define BUCKETS 32
#define FRAMES 64
#define WINDOW_NS 1000000000ULL
struct perf_sample { struct pt_regs regs; __u64 period, address; };
struct css_id { struct cgroup *cgroup; int id; } KOBJ;

enum { ON_CPU, WAITING, OFF_CPU, KINDS };
struct note { __u64 woken, left, ran; __u32 kind, samples; __u64 faults, reads, read_ns, reading; };
struct histogram { __u64 slots[BUCKETS]; __u64 sum, n, largest; };
struct hist_key { __u64 cgroup; __u32 kind, pad; };
struct sample_key { __u32 pid; __s32 kernel, user; __u32 cpu; char comm[16]; };
struct sample { __u64 hits, period, first, last; };
struct window { struct bpf_timer timer; struct bpf_spin_lock lock; __u32 armed; __u64 begun, samples, switches, lost, windows; };
struct summary { __u32 kind, cpu; __u64 begun, ended, samples, switches, lost; __u64 slots[BUCKETS]; };
struct stack_event { __u32 pid, tgid; __u64 time, off; __s32 user_len, kernel_len; __u64 user[FRAMES]; __u64 kernel[FRAMES]; char comm[16]; };
struct settings { __u64 threshold; __u32 only_tgid, sample_idle, with_stacks, window; };

struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct note); } notes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 4096); __uint(key_size, 4); __uint(value_size, FRAMES * 8); } stacks SEC(".maps");
HASH(samples, struct sample_key, struct sample, 16384);
HASH(histograms, struct hist_key, struct histogram, 1024);
ARRAY(windows, struct window, 1);
ARRAY(configured, struct settings, 1);
PERCPU(blank, struct histogram, 1);
RING(out, 1 << 18);

INLINE struct settings *settings(void) { __u32 zero = 0; return bpf_map_lookup_elem(&configured, &zero); }
INLINE struct window *window(void) { __u32 zero = 0; return bpf_map_lookup_elem(&windows, &zero); }

/* The position of the highest bit, by halves. */
static __noinline __u32 log2(__u64 v)
{
	__u32 r = 0;
	if (v >> 32) { v >>= 32; r += 32; }
	if (v >> 16) { v >>= 16; r += 16; }
	if (v >> 8) { v >>= 8; r += 8; }
	if (v >> 4) { v >>= 4; r += 4; }
	if (v >> 2) { v >>= 2; r += 2; }
	if (v >> 1) r += 1;
	return r;
}

static __noinline int account(__u64 cgroup, __u32 kind, __u64 ns)
{
	struct hist_key key = { cgroup, kind };
	struct histogram *h = bpf_map_lookup_elem(&histograms, &key), *none;
	__u32 slot = log2(ns / 1000), zero = 0;

	if (!h) {
		none = bpf_map_lookup_elem(&blank, &zero);
		if (!none)
			return -1;
		bpf_map_update_elem(&histograms, &key, none, 1);
		h = bpf_map_lookup_elem(&histograms, &key);
		if (!h)
			return -1;
	}
	if (slot >= BUCKETS)
		slot = BUCKETS - 1;
	__sync_fetch_and_add(&h->slots[slot], 1);
	__sync_fetch_and_add(&h->sum, ns);
	__sync_fetch_and_add(&h->n, 1);
	if (ns > h->largest)
		h->largest = ns;
	return slot;
}

struct each { struct summary *to; __u32 seen; };
static long add_up(struct bpf_map *map, const struct hist_key *key, struct histogram *h, struct each *each)
{
	int i;

	if (!each->to || key->kind != each->to->kind)
		return 0;
	for (i = 0; i < BUCKETS; i++)
		each->to->slots[i] += h->slots[i];
	each->seen++;
	return 0;
}

/* Runs from the timer: closes the window, sends the sums of every kind, and arms the timer again. */
static int close_window(void *map, __u32 *key, struct window *w)
{
	struct settings *set = settings();
	struct summary s = {};
	struct each each = {};
	__u64 now = bpf_ktime_get_ns();
	int kind;

	bpf_spin_lock(&w->lock);
	s.begun = w->begun;
	s.samples = w->samples;
	s.switches = w->switches;
	s.lost = w->lost;
	w->begun = now;
	w->samples = 0;
	w->switches = 0;
	w->windows += 1;
	bpf_spin_unlock(&w->lock);
	s.ended = now;
	s.cpu = bpf_get_smp_processor_id();
	for (kind = 0; kind < KINDS; kind++) {
		__builtin_memset(s.slots, 0, sizeof(s.slots));
		s.kind = kind;
		each.to = 0;
		each.seen = 0;
		bpf_ringbuf_output(&out, &s, sizeof(s), 0);
	}
	if (set && set->window)
		bpf_timer_start(&w->timer, (__u64)set->window * 1000000, 0);
	return 0;
}

SEC("tc") int start_windows(struct __sk_buff *skb)
{
	struct window *w = window();
	long r;

	if (!w || w->armed)
		return 0;
	r = bpf_timer_init(&w->timer, &windows, 1);
	if (r && r != -16)
		return 0;
	bpf_timer_set_callback(&w->timer, close_window);
	w->armed = 1;
	w->begun = bpf_ktime_get_ns();
	bpf_timer_start(&w->timer, WINDOW_NS, 0);
	return 0;
}

SEC("perf_event") int sampled(struct perf_sample *ctx)
{
	__u64 id = bpf_get_current_pid_tgid(), now;
	struct settings *set = settings();
	struct sample_key key = {};
	struct sample *known, fresh = {};
	__u64 ip = ctx->regs.ip;

	if (!set)
		return 0;
	if (set->only_tgid && set->only_tgid != id >> 32)
		return 0;
	if (!set->sample_idle && !(__u32)id)
		return 0;
	now = bpf_ktime_get_ns();
	key.pid = id >> 32;
	key.cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	key.kernel = -1;
	key.user = -1;
	if (set->with_stacks) {
		key.kernel = bpf_get_stackid(ctx, &stacks, BPF_F_REUSE_STACKID);
		/* A sample in the kernel's half has a user stack only when there is a user. */
		if (ip < 0xffff800000000000ULL || key.pid)
			key.user = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK | BPF_F_REUSE_STACKID);
	}
	known = bpf_map_lookup_elem(&samples, &key);
	if (known) {
		known->hits += 1;
		known->period += ctx->period;
		known->last = now;
		return 0;
	}
	fresh.hits = 1;
	fresh.period = ctx->period;
	fresh.first = now;
	fresh.last = now;
	bpf_map_update_elem(&samples, &key, &fresh, 1);
	return 0;
}

SEC("tp_btf/sched_wakeup") int BPF_PROG(woken, struct task_struct *task)
{
	struct note *n = bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (n) {
		n->woken = bpf_ktime_get_ns();
		n->kind = WAITING;
	}
	return 0;
}

INLINE void send_stack(void *ctx, struct task_struct *task, __u64 off)
{
	struct stack_event *e = bpf_ringbuf_reserve(&out, sizeof(*e), 0);
	long n;

	if (!e)
		return;
	e->pid = task->pid;
	e->tgid = task->tgid;
	e->time = bpf_ktime_get_ns();
	e->off = off;
	e->user_len = 0;
	n = bpf_get_stack(ctx, e->kernel, sizeof(e->kernel), 0);
	e->kernel_len = n < 0 ? 0 : n;
	bpf_probe_read_kernel_str(e->comm, sizeof(e->comm), task->comm);
	bpf_ringbuf_submit(e, 0);
}

SEC("tp_btf/sched_switch") int BPF_PROG(switched, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct settings *set = settings();
	struct window *w = window();
	__u64 now = bpf_ktime_get_ns(), took, cgroup = bpf_get_current_cgroup_id();
	struct note *n;

	if (!set)
		return 0;
	if (w)
		__sync_fetch_and_add(&w->switches, 1);
	n = bpf_task_storage_get(&notes, prev, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (n) {
		if (n->ran && now > n->ran)
			account(cgroup, ON_CPU, now - n->ran);
		n->left = now;
		n->kind = preempt ? WAITING : OFF_CPU;
		if (preempt)
			n->woken = now;
	}
	if (!next->pid)
		return 0;
	n = bpf_task_storage_get(&notes, next, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!n)
		return 0;
	if (n->woken && now > n->woken)
		account(cgroup, WAITING, now - n->woken);
	if (n->left && now > n->left) {
		took = now - n->left;
		account(cgroup, OFF_CPU, took);
		if (took > set->threshold && set->with_stacks)
			send_stack(ctx, next, took);
	}
	n->ran = now;
	n->woken = 0;
	n->kind = ON_CPU;
	return 0;
}

SEC("fentry/vfs_read") int BPF_PROG(read_begins, struct file *file, void *buffer, unsigned long len)
{
	struct note *n = bpf_task_storage_get(&notes, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (n && len > 1)
		n->reading = bpf_ktime_get_ns();
	return 0;
}

SEC("fexit/vfs_read") int BPF_PROG(read_ends, struct file *file, void *buffer, unsigned long len, void *pos, long result)
{
	struct note *n = bpf_task_storage_get(&notes, bpf_get_current_task_btf(), 0, 0);

	if (!n || !n->reading)
		return 0;
	n->read_ns += bpf_ktime_get_ns() - n->reading;
	n->reading = 0;
	if (result > 0)
		n->reads += 1;
	return 0;
}

SEC("tp/exceptions/page_fault_user") int faulted(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct note *n = bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (n)
		n->faults += 1;
	return 0;
}

/* Lists every task with its notes. */
SEC("iter/task") int list(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct seq_file *seq = ctx->meta->seq;
	static const char head[] = "pid faults reads read_ns\n", line[] = "%d %llu %llu %llu\n";
	__u64 values[4];
	struct note *n;

	if (!task)
		return 0;
	if (ctx->meta->seq_num == 0)
		bpf_seq_printf(seq, head, sizeof(head), 0, 0);
	n = bpf_task_storage_get(&notes, task, 0, 0);
	if (!n)
		return 0;
	values[0] = task->pid;
	values[1] = n->faults;
	values[2] = n->reads;
	values[3] = n->read_ns;
	bpf_seq_printf(seq, line, sizeof(line), values, sizeof(values));
	return 0;
}

/* The sums of a kind, asked for by hand. */
struct ask { __u32 kind; __u32 seen; __u64 slots[BUCKETS]; };
SEC("syscall") int sum_up(struct ask *ask)
{
	struct summary s = {};
	struct each each = {};
	int i;

	s.kind = ask->kind;
	each.to = &s;
	bpf_for_each_map_elem(&histograms, add_up, &each, 0);
	ask->seen = each.seen;
	for (i = 0; i < BUCKETS; i++)
		ask->slots[i] = s.slots[i];
	return 0;
}
