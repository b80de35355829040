// SPDX-License-Identifier: MIT OR Apache-2.0
// A sleepable program that holds an element of map `m` while it waits for a page of user memory. Built once per kind of map: -DKIND_hash and so on
// `u` runs on a sleepable uprobe. 5.10 has none, and the only LSM hook that Debian's 5.10 lets sleep runs in execve, where no page is left
// that could be waited for: there `l` is loaded, to see whether the map is allowed, and not run. The guest says in `io` which task and which
// key are meant, and reads from it what the program saw.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

// As the kernels number it; older headers lack some.
enum { LRU_HASH = 9, LRU_PERCPU_HASH = 10, LPM_TRIE = 11, TASK_STORAGE = 29, RHASH = 35 };

struct {
	__u64 page;	// address that is not there yet
	__u32 pid;	// thread that may run this
	__u32 key;
	__u32 found;	// 1: the element was there before the wait
	__u32 again;	// 1: it is there after the wait
	__u64 before;	// value before the wait
	__u64 held;	// the same memory after the wait
	__u64 second;	// value of a second lookup
	__u64 got;	// what was read from the page
	__s64 ret;	// of the read
	__u32 runs;
	__u32 pad;
} io;

#define STRING(x) #x
#define HOLDS(type_, entries, flags)            \
	struct {                                \
		__uint(type, type_);            \
		__uint(max_entries, entries);   \
		__uint(map_flags, flags);       \
		__type(key, __u32);             \
		__type(value, __u64);           \
	} m SEC(".maps")

#if defined(KIND_array)
HOLDS(BPF_MAP_TYPE_ARRAY, 4, 0);
#elif defined(KIND_hash)
HOLDS(BPF_MAP_TYPE_HASH, 4, 0);
#elif defined(KIND_hash_np)
HOLDS(BPF_MAP_TYPE_HASH, 4, BPF_F_NO_PREALLOC);
#elif defined(KIND_lru)
HOLDS(LRU_HASH, 4, 0);
#elif defined(KIND_lru_local)
HOLDS(LRU_HASH, 8, BPF_F_NO_COMMON_LRU);
#elif defined(KIND_percpu_array)
HOLDS(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 0);
#elif defined(KIND_percpu_hash)
HOLDS(BPF_MAP_TYPE_PERCPU_HASH, 4, 0);
#elif defined(KIND_percpu_hash_np)
HOLDS(BPF_MAP_TYPE_PERCPU_HASH, 4, BPF_F_NO_PREALLOC);
#elif defined(KIND_lru_percpu)
HOLDS(LRU_PERCPU_HASH, 4, 0);
#elif defined(KIND_rhash)
HOLDS(RHASH, 4, BPF_F_NO_PREALLOC);
#elif defined(KIND_task_storage)
struct {
	__uint(type, TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} m SEC(".maps");
#elif defined(KIND_lpm)
struct lpm_key { __u32 bits, data; };
struct {
	__uint(type, LPM_TRIE);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm_key);
	__type(value, __u64);
} m SEC(".maps");
#elif defined(KIND_queue) || defined(KIND_stack)
struct {
#ifdef KIND_queue
	__uint(type, BPF_MAP_TYPE_QUEUE);
#else
	__uint(type, BPF_MAP_TYPE_STACK);
#endif
	__uint(max_entries, 4);
	__type(value, __u64);
} m SEC(".maps");
#elif defined(KIND_ringbuf)
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} m SEC(".maps");
#elif defined(KIND_array_of_maps) || defined(KIND_hash_of_maps)
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} i SEC(".maps");
struct {
#ifdef KIND_array_of_maps
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
#else
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
#endif
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} m SEC(".maps") = { .values = { [3] = &i } };
#endif

static __always_inline void wait_for_page(void)
{
	io.ret = bpf_copy_from_user(&io.got, sizeof(io.got), (void *)io.page);
}

#if defined(KIND_queue) || defined(KIND_stack)
static __always_inline void hold(void)
{
	__u64 v = 0;

	io.found = bpf_map_peek_elem(&m, &v) == 0;
	io.before = io.held = v;
	wait_for_page();
	v = 0;
	io.again = bpf_map_peek_elem(&m, &v) == 0;
	io.second = v;
}
#elif defined(KIND_ringbuf)
static __always_inline void hold(void)
{
	__u64 *v = bpf_ringbuf_reserve(&m, sizeof(*v), 0);

	if (!v)
		return;
	io.found = 1;
	*v = io.key;
	io.before = *v;
	wait_for_page();
	io.held = *v;
	bpf_ringbuf_submit(v, 0);
}
#elif defined(KIND_array_of_maps) || defined(KIND_hash_of_maps)
// Holds the inner map and the value in it.
static __always_inline void hold(void)
{
	__u32 zero = 0, key = io.key;
	void *inner = bpf_map_lookup_elem(&m, &key);
	__u64 *v;

	if (!inner)
		return;
	v = bpf_map_lookup_elem(inner, &zero);
	if (!v)
		return;
	io.found = 1;
	io.before = *v;
	wait_for_page();
	v = bpf_map_lookup_elem(inner, &zero);
	if (v)
		io.held = *v;
	inner = bpf_map_lookup_elem(&m, &key);
	if (!inner)
		return;
	v = bpf_map_lookup_elem(inner, &zero);
	if (!v)
		return;
	io.again = 1;
	io.second = *v;
}
#else
#if defined(KIND_task_storage)
#define LOOKUP() bpf_task_storage_get(&m, bpf_get_current_task_btf(), 0, 0)
#elif defined(KIND_lpm)
#define LOOKUP() ({ struct lpm_key k = { 32, io.key }; bpf_map_lookup_elem(&m, &k); })
#else
#define LOOKUP() ({ __u32 k = io.key; bpf_map_lookup_elem(&m, &k); })
#endif
static __always_inline void hold(void)
{
	__u64 *v = LOOKUP();

	if (!v)
		return;
	io.found = 1;
	io.before = *v;
	wait_for_page();
	io.held = *v;
	v = LOOKUP();
	if (!v)
		return;
	io.again = 1;
	io.second = *v;
}
#endif

static __always_inline int run(void)
{
	if ((__u32)bpf_get_current_pid_tgid() != io.pid)
		return 0;
	io.runs++;
	hold();
	return 0;
}

SEC("uprobe.s") int u(void *ctx)
{
	return run();
}

SEC("lsm.s/bprm_committed_creds") int l(void *ctx)
{
	return run();
}
