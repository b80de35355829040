#include "probes.h"
GPL;
/* Which maps a kernel makes with their types, and where it finds fields in them. */
#define M(kind, name, k, v, more) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, 4); __type(key, k); __type(value, v); more } name SEC(".maps")
enum number { ONE, TWO };
typedef struct bpf_spin_lock lock_t;
struct locked { u32 n; struct bpf_spin_lock lock; };
struct by_name { lock_t lock; u32 n; };
struct in_union { union { struct bpf_spin_lock lock; u32 raw; }; u32 n; };
struct volatile_lock { volatile struct bpf_spin_lock lock; u32 n; };
struct inner { struct bpf_spin_lock lock; u32 n; };
struct nested { u64 a; struct inner in; };
struct two_levels { struct bpf_spin_lock lock; u32 n; struct inner in; };
struct locks2 { struct bpf_spin_lock lock[2]; u32 n; };
struct timed { struct bpf_timer timer; u64 n; };
struct timer_and_lock { struct bpf_timer timer; struct bpf_spin_lock lock; u32 n; };
M(ARRAY, of_enum, enum number, struct locked, );
M(ARRAY, of_int, int, struct locked, );
M(ARRAY, read_only, u32, struct locked, __uint(map_flags, BPF_F_RDONLY_PROG););
M(ARRAY, write_only, u32, struct locked, __uint(map_flags, BPF_F_WRONLY_PROG););
M(PERCPU_ARRAY, per_cpu, u32, struct locked, );
M(LRU_HASH, lru, u32, struct locked, );
M(HASH, hash, u64, struct locked, );
M(ARRAY, names, u32, struct by_name, );
M(ARRAY, unions, u32, struct in_union, );
M(ARRAY, volatiles, u32, struct volatile_lock, );
M(ARRAY, nests, u32, struct nested, );
M(ARRAY, levels, u32, struct two_levels, );
M(ARRAY, doubles, u32, struct locks2, );
M(LRU_HASH, lru_timer, u32, struct timed, );
M(PERCPU_HASH, per_cpu_timer, u32, struct timed, );
M(LRU_HASH, lru_both, u32, struct timer_and_lock, );
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __type(value, struct locked); } keyless SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __uint(key_size, 4); __type(value, struct locked); } keyless_hash SEC(".maps");
#define LOCKS(prog, map, ty, field) SEC("tc") int prog(struct __sk_buff *s) { u64 k = 0; struct ty *v = bpf_map_lookup_elem(&map, &k); if (!v) return 0; bpf_spin_lock((void *)&v->field); bpf_spin_unlock((void *)&v->field); return 0; }
LOCKS(key_enum, of_enum, locked, lock)
LOCKS(key_int, of_int, locked, lock)
LOCKS(map_read_only, read_only, locked, lock)
LOCKS(map_write_only, write_only, locked, lock)
LOCKS(map_per_cpu, per_cpu, locked, lock)
LOCKS(map_lru, lru, locked, lock)
LOCKS(map_hash, hash, locked, lock)
LOCKS(lock_by_name, names, by_name, lock)
LOCKS(lock_in_union, unions, in_union, lock)
LOCKS(lock_volatile, volatiles, volatile_lock, lock)
LOCKS(lock_nested, nests, nested, in.lock)
LOCKS(lock_outer_of_two, levels, two_levels, lock)
LOCKS(lock_inner_of_two, levels, two_levels, in.lock)
LOCKS(lock_of_array, doubles, locks2, lock[1])
LOCKS(key_by_size, keyless, locked, lock)
LOCKS(key_by_size_hash, keyless_hash, locked, lock)
LOCKS(lock_beside_timer, lru_both, timer_and_lock, lock)
SEC("tc") int timer_in_lru(struct __sk_buff *s) { u32 k = 0; struct timed *v = bpf_map_lookup_elem(&lru_timer, &k); if (v) bpf_timer_init(&v->timer, &lru_timer, 1); return 0; }
SEC("tc") int timer_per_cpu(struct __sk_buff *s) { u32 k = 0; struct timed *v = bpf_map_lookup_elem(&per_cpu_timer, &k); if (v) bpf_timer_init(&v->timer, &per_cpu_timer, 1); return 0; }
SEC("tc") int timer_beside_lock(struct __sk_buff *s) { u32 k = 0; struct timer_and_lock *v = bpf_map_lookup_elem(&lru_both, &k); if (v) bpf_timer_init(&v->timer, &lru_both, 1); return 0; }
SEC("tc") int writes_lock_by_name(struct __sk_buff *s) { u32 k = 0; struct by_name *v = bpf_map_lookup_elem(&names, &k); if (v) *(volatile u32 *)&v->lock = 1; return 0; }
SEC("tc") int writes_lock_in_union(struct __sk_buff *s) { u32 k = 0; struct in_union *v = bpf_map_lookup_elem(&unions, &k); if (v) *(volatile u32 *)&v->raw = 1; return 0; }
SEC("tc") int writes_lock_per_cpu(struct __sk_buff *s) { u32 k = 0; struct locked *v = bpf_map_lookup_elem(&per_cpu, &k); if (v) *(volatile u32 *)&v->lock = 1; return 0; }
