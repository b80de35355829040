#include "probes.h"
GPL;
/* Arenas in functions, in C, with atomics, and pages in programs that sleep or do not. */
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 100); __ulong(map_extra, 0x1ull << 44); } arena SEC(".maps");
#define AS __attribute__((address_space(1)))
#define S "lsm.s/file_open"
#define A "lsm/file_open"
ARRAY(arr, struct bytes48, 1);
struct node { struct node AS *next; __u64 n; };
struct node AS *head;
KF int bpf_arena_reserve_pages(void *map, void *addr, u32 page_cnt);
KF void bpf_iter_num_dummy(void);
#define CAST(p) ((struct node AS *)bpf_arena_alloc_pages(&arena, 0, 1, -1, 0))

/* A list in it, walked. */
SEC("syscall") int walked(void *c) { struct node AS *p = head; __u64 n = 0; for (int i = 0; i < 5 && p; i++) { OPAQUE(i); n += p->n; p = p->next; } KEEP(&arena); return n & 1; }
/* Pages, written, linked, freed. */
SEC("syscall") int linked(void *c) { struct node AS *p = CAST(p); if (!p) return 0; p->n = 3; p->next = head; head = p; return 0; }
SEC("syscall") int freed(void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, 2, -1, 0); if (p) bpf_arena_free_pages(&arena, p, 2); return 0; }
/* Not checked for null; used after it was freed: nothing is known about it. */
SEC("syscall") int unchecked(void *c) { struct node AS *p = CAST(p); p->n = 3; return 0; }
SEC("syscall") int used_after_free(void *c) { struct node AS *p = CAST(p); bpf_arena_free_pages(&arena, (void *)p, 1); p->n = 3; return 0; }
/* In programs that do not sleep, in sections, under locks. */
SEC("tc") int pages_tc(void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); return p ? 1 : 0; }
SEC(A) int pages_lsm(void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); return p ? -1 : 0; }
SEC(S) int pages_section(void *c) { bpf_rcu_read_lock(); void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); bpf_rcu_read_unlock(); return p ? -1 : 0; }
SEC(S) int pages_preempt(void *c) { bpf_preempt_disable(); void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); bpf_preempt_enable(); return p ? -1 : 0; }
SEC(S) int free_section(void *c) { bpf_rcu_read_lock(); bpf_arena_free_pages(&arena, (void *)4096, 1); bpf_rcu_read_unlock(); return 0; }
SEC("tc") int free_tc(void *c) { bpf_arena_free_pages(&arena, (void *)4096, 1); return 0; }
static long c_pages(__u32 i, void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); return p ? 0 : 1; }
SEC("syscall") int pages_callback(void *c) { bpf_loop(4, c_pages, 0, 0); return 0; }
SEC("tc") int pages_callback_tc(void *c) { bpf_loop(4, c_pages, 0, 0); return 0; }
SEC("syscall") int reserved(void *c) { return bpf_arena_reserve_pages(&arena, (void *)4096, 1) & 1; }
SEC("tc") int reserved_tc(void *c) { return bpf_arena_reserve_pages(&arena, (void *)4096, 1) & 1; }
/* The page count and the node are pointers; the address is an arena pointer; the map is null. */
SEC("syscall") int count_pointer(void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, (long)c, -1, 0); return p ? 1 : 0; }
SEC("syscall") int address_pointer(void *c) { void *p = bpf_arena_alloc_pages(&arena, c, 1, -1, 0); return p ? 1 : 0; }
SEC("syscall") int map_null(void *c) { void *p = bpf_arena_alloc_pages(0, 0, 1, -1, 0); return p ? 1 : 0; }
SEC("syscall") int map_stack(void *c) { __u64 m[8] = {}; void *p = bpf_arena_alloc_pages(m, 0, 1, -1, 0); return p ? 1 : 0; }
/* Arguments of functions: static, global with and without the tag. */
static __noinline __u64 read_static(struct node AS *p) { return p->n; }
SEC("syscall") int to_static(void *c) { KEEP(&arena); return read_static(head) & 1; }
__noinline __u64 read_tagged(struct node __attribute__((btf_decl_tag("arg:arena"))) *p) { return ((struct node AS *)p)->n; }
SEC("syscall") int to_tagged(void *c) { KEEP(&arena); return read_tagged((void *)head) & 1; }
SEC("syscall") int to_tagged_number(void *c) { KEEP(&arena); return read_tagged((void *)64) & 1; }
SEC("syscall") int to_tagged_stack(void *c) { struct node n = {}; KEEP(&arena); return read_tagged(&n) & 1; }
SEC("syscall") int to_tagged_context(void *c) { KEEP(&arena); return read_tagged(c) & 1; }
SEC("syscall") int to_tagged_without_arena(void *c) { return read_tagged((void *)64) & 1; }
__noinline __u64 read_untagged(struct node *p) { return p ? p->n : 0; }
SEC("syscall") int to_untagged(void *c) { KEEP(&arena); return read_untagged((void *)head) & 1; }
__noinline struct node AS *give_back(int x) { OPAQUE(x); KEEP(&arena); return head; }
SEC("syscall") int from_global(void *c) { KEEP(&arena); return give_back(1)->n & 1; }
static __noinline struct node AS *give_static(int x) { OPAQUE(x); return head; }
SEC("syscall") int from_static(void *c) { KEEP(&arena); struct node AS *p = give_static(1); return p ? p->n & 1 : 0; }
/* In a callback's context. */
static long c_walk(__u32 i, struct node AS **p) { if (!*p) return 1; *p = (*p)->next; return 0; }
SEC("syscall") int in_callback(void *c) { struct node AS *p = head; KEEP(&arena); bpf_loop(4, c_walk, &p, 0); return p ? 1 : 0; }
/* Atomics of each kind. */
SEC("syscall") int added(void *c) { struct node AS *p = head; KEEP(&arena); if (p) __sync_fetch_and_add(&p->n, 1); return 0; }
SEC("syscall") int fetched(void *c) { struct node AS *p = head; KEEP(&arena); return p ? __sync_fetch_and_add(&p->n, 1) & 1 : 0; }
SEC("syscall") int swapped(void *c) { struct node AS *p = head; KEEP(&arena); return p ? __sync_lock_test_and_set(&p->n, 1) & 1 : 0; }
SEC("syscall") int compared(void *c) { struct node AS *p = head; KEEP(&arena); return p ? __sync_val_compare_and_swap(&p->n, 1, 2) & 1 : 0; }
/* Handed to helpers and kernel functions: as memory, as a string, as a task. */
SEC("syscall") int to_probe_read(void *c) { __u64 x; KEEP(&arena); bpf_probe_read_kernel(&x, 8, (void *)head); return x & 1; }
SEC("syscall") int to_strlen(void *c) { KEEP(&arena); return bpf_strlen((void *)head) & 1; }
SEC("syscall") int to_ringless_map(void *c) { __u32 k = 0; KEEP(&arena); return bpf_map_update_elem(&arr, &k, (void *)head, 0) & 1; }
SEC("syscall") int to_release(void *c) { KEEP(&arena); bpf_task_release((void *)head); return 0; }
/* The difference of two; one plus the other; compared with each other; shifted. */
SEC("syscall") int difference(void *c) { struct node AS *p = head, *q; KEEP(&arena); q = (struct node AS *)bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); return ((char AS *)p - (char AS *)q) & 1; }
SEC("syscall") int compared_two(void *c) { struct node AS *p = head, *q; KEEP(&arena); q = (struct node AS *)bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); return p < q; }
/* A loop that only an arena's load ends. */
SEC("syscall") int until_null(void *c) { struct node AS *p = head; int n = 0; KEEP(&arena); while (p) { CAN_LOOP(out); n++; p = p->next; } out: return n & 1; }
SEC("tc") int read_in_tc(void *c) { struct node AS *p = head; KEEP(&arena); return p ? p->n & 1 : 0; }
SEC("kprobe") int read_in_kprobe(void *c) { struct node AS *p = head; KEEP(&arena); return p ? p->n & 1 : 0; }
SEC("socket") int read_in_socket(void *c) { struct node AS *p = head; KEEP(&arena); return p ? p->n & 1 : 0; }
/* Two sizes of load, beyond the page, a negative offset. */
SEC("syscall") int far_away(void *c) { struct node AS *p = head; KEEP(&arena); return p ? (p[1 << 20].n + ((char AS *)p)[-70000]) & 1 : 0; }
