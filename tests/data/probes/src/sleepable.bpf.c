#include "probes.h"
GPL;
/* Programs that may sleep: what their maps, callbacks, subprograms and helpers may be, near the edge. */
#define S "lsm.s/bprm_committed_creds"
#define A "lsm/bprm_committed_creds"
HASH(hash, __u32, __u64, 4);
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } on_demand SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } lru SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } percpu_hash SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } percpu_array SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 8); __uint(key_size, 8); __uint(value_size, 8); } trie SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 8); __type(value, __u64); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 8); __uint(key_size, 4); __uint(value_size, 80); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } inner1 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { &inner1 } };
RINGBUF(ring);
#define USE(m) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&m, &k); if (v) KEEP(*v); return 0; }
#define COPY { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); KEEP(b); }

/* Maps by their type. */
SEC(S) int hash_map(void *c) USE(hash)
SEC(S) int hash_on_demand(void *c) USE(on_demand)
SEC(S) int lru_map(void *c) USE(lru)
SEC(S) int percpu_hash_map(void *c) USE(percpu_hash)
SEC(S) int percpu_array_map(void *c) USE(percpu_array)
SEC(S) int trie_map(void *c) { __u64 k = 8; KEEP(bpf_map_lookup_elem(&trie, &k)); return 0; }
SEC(S) int queue_map(void *c) { __u64 v = 8; bpf_map_push_elem(&queue, &v, 0); return 0; }
SEC(S) int stack_map(void *c) { bpf_get_stackid(c, &stacks, 0); return 0; }
SEC(S) int event_map(void *c) { __u64 v = 1; bpf_perf_event_output(c, &events, BPF_F_CURRENT_CPU, &v, 8); return 0; }
SEC(S) int program_map(void *c) { bpf_tail_call(c, &progs, 0); return 0; }
SEC(S) int map_in_map(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer, &k); if (m) KEEP(bpf_map_lookup_elem(m, &k)); return 0; }
SEC(S) int ring_map(void *c) { __u64 v = 1; bpf_ringbuf_output(&ring, &v, 8, 0); return 0; }
/* An atomic program has all of them. */
SEC(A) int all_atomic(void *c) { __u32 k = 0; __u64 l = 8; KEEP(bpf_map_lookup_elem(&on_demand, &k)); KEEP(bpf_map_lookup_elem(&lru, &k)); KEEP(bpf_map_lookup_elem(&trie, &l)); return 0; }
/* Sleeps in a static function. */
static __noinline int copies(int x) { COPY OPAQUE(x); return x; }
SEC(S) int static_sleeps(void *c) { return copies(1) & 0; }
SEC(A) int static_sleeps_atomic(void *c) { return copies(1) & 0; }
/* Sleeps in a global function. */
__noinline int copies_global(int x) { COPY OPAQUE(x); return x; }
SEC(S) int global_sleeps(void *c) { return copies_global(1) & 0; }
SEC(A) int global_sleeps_atomic(void *c) { return copies_global(1) & 0; }
/* Sleeps in a callback that runs at once. */
static long c_copies(__u32 i, void *c) { COPY return 0; }
SEC(S) int callback_sleeps(void *c) { bpf_loop(2, c_copies, 0, 0); return 0; }
static long c_each(void *m, void *k, void *v, void *c) { COPY return 0; }
SEC(S) int element_callback_sleeps(void *c) { bpf_for_each_map_elem(&hash, c_each, 0, 0); return 0; }
/* Sleeps in bpf_find_vma's callback, which runs under a lock. */
static long c_vma(struct task_struct *t, struct vm_area_struct *v, void *c) { COPY return 0; }
SEC(S) int find_vma_sleeps(void *c) { bpf_find_vma(bpf_get_current_task_btf(), 4096, c_vma, 0, 0); return 0; }
static long c_vma_reads(struct task_struct *t, struct vm_area_struct *v, __u64 *c) { *c = v->vm_start; return 0; }
SEC(S) int find_vma_reads(void *c) { __u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 4096, c_vma_reads, &x, 0); return x == 5 ? 0 : 0; }
/* Sleeps between reserve and submit. */
SEC(S) int sleeps_with_record(void *c) { char *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_copy_from_user(r, 8, (void *)4096); bpf_ringbuf_submit(r, 0); return 0; }
/* Copies into a map value. */
SEC(S) int copies_into_value(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (v) bpf_copy_from_user(v, 8, (void *)4096); return 0; }
/* One byte more than the value has. */
SEC(S) int copies_past_value(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (v) bpf_copy_from_user(v, 9, (void *)4096); return 0; }
/* Copies from another task. */
SEC(S) int copies_from_task(void *c) { char b[8]; bpf_copy_from_user_task(b, 8, (void *)4096, bpf_get_current_task_btf(), 0); return b[0] & 0; }
/* Without the length check the size is any number. */
SEC("lsm.s/bprm_check_security") int BPF_PROG(copies_unbounded, struct linux_binprm *p) { char b[64]; __u64 n = p->argc; bpf_copy_from_user(b, n, (void *)p->p); return 0; }
SEC("lsm.s/bprm_check_security") int BPF_PROG(copies_bounded, struct linux_binprm *p) { char b[64]; __u64 n = p->argc; if (n > 64) n = 64; OPAQUE(n); if (n > 64) return 0; bpf_copy_from_user(b, n, (void *)p->p); return 0; }
/* uprobe.s, iter.s and fmod_ret.s. */
SEC("uprobe.s") int user_probe(void *c) { COPY return 0; }
SEC("uprobe") int user_probe_atomic(void *c) { COPY return 0; }
SEC("iter.s/task") int iterator(struct bpf_iter__task *c) { COPY return 0; }
SEC("iter/task") int iterator_atomic(struct bpf_iter__task *c) { COPY return 0; }
SEC("syscall") int call(void *c) { COPY return 0; }
SEC("fentry.s/bpf_fentry_test1") int entry(void *c) { COPY return 0; }
SEC("fmod_ret.s/bpf_modify_return_test") int modify(void *c) { COPY return 0; }
/* bpf_sys_bpf and bpf_sys_close are for syscall programs. */
SEC("syscall") int system_close(void *c) { bpf_sys_close(100); return 0; }
SEC(S) int system_close_hook(void *c) { bpf_sys_close(100); return 0; }
SEC("syscall") int find_type(void *c) { static char n[] = "task_struct"; return bpf_btf_find_by_name_kind(n, sizeof(n), 4, 0) & 1; }
SEC("syscall") int find_symbol(void *c) { static char n[] = "schedule"; __u64 a = 0; bpf_kallsyms_lookup_name(n, sizeof(n), 0, &a); return a & 1; }
