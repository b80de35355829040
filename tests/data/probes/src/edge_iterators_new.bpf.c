#include "probes.h"
GPL;
/* Iterators of caches and of shared buffers: only sleepable programs may use them. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct bpf_iter_kmem_cache { __u64 __opaque[1]; } __attribute__((aligned(8)));
struct bpf_iter_dmabuf { __u64 __opaque[1]; } __attribute__((aligned(8)));
struct kmem_cache { unsigned int size; const char *name; } KOBJ;
struct dma_buf { unsigned long size; const char *name; } KOBJ;
KF int bpf_iter_kmem_cache_new(struct bpf_iter_kmem_cache *it);
KF struct kmem_cache *bpf_iter_kmem_cache_next(struct bpf_iter_kmem_cache *it);
KF void bpf_iter_kmem_cache_destroy(struct bpf_iter_kmem_cache *it);
KF struct kmem_cache *bpf_get_kmem_cache(u64 addr);
KF int bpf_iter_dmabuf_new(struct bpf_iter_dmabuf *it);
KF struct dma_buf *bpf_iter_dmabuf_next(struct bpf_iter_dmabuf *it);
KF void bpf_iter_dmabuf_destroy(struct bpf_iter_dmabuf *it);
#define CACHES(body) struct bpf_iter_kmem_cache it; struct kmem_cache *m; long n = 0; bpf_iter_kmem_cache_new(&it); while ((m = bpf_iter_kmem_cache_next(&it))) { body } bpf_iter_kmem_cache_destroy(&it); return n == 3 ? -1 : 0

SEC(S) int caches(void *c) { CACHES(n += m->size;); }
SEC(A) int caches_atomic(void *c) { CACHES(n += m->size;); }
SEC("syscall") int caches_syscall(void *c) { CACHES(n += m->size;); }
SEC("kprobe") int caches_kprobe(void *c) { CACHES(n += m->size;); }
/* In a section; in a callback; in a function that is called in a section. */
SEC(S) int caches_section(void *c) { bpf_rcu_read_lock(); struct bpf_iter_kmem_cache it; bpf_iter_kmem_cache_new(&it); bpf_rcu_read_unlock(); bpf_iter_kmem_cache_destroy(&it); return 0; }
SEC(S) int caches_destroyed_in_section(void *c) { struct bpf_iter_kmem_cache it; bpf_iter_kmem_cache_new(&it); bpf_rcu_read_lock(); bpf_iter_kmem_cache_destroy(&it); bpf_rcu_read_unlock(); return 0; }
static long c_caches(__u32 i, void *c) { CACHES(n += m->size;); }
SEC(S) int caches_callback(void *c) { bpf_loop(2, c_caches, 0, 0); return 0; }
SEC(A) int caches_callback_atomic(void *c) { bpf_loop(2, c_caches, 0, 0); return 0; }
__noinline int g_caches(int x) { OPAQUE(x); CACHES(n += m->size;); }
SEC(S) int caches_global(void *c) { return g_caches(1) & 0; }
SEC(S) int caches_global_section(void *c) { bpf_rcu_read_lock(); g_caches(1); bpf_rcu_read_unlock(); return 0; }
SEC("tc") int caches_global_tc(void *c) { return g_caches(1) & 1; }
/* The cache is used behind the loop; its name is read; it is written. */
SEC(S) int cache_after_destroy(void *c) { struct bpf_iter_kmem_cache it; struct kmem_cache *m; bpf_iter_kmem_cache_new(&it); m = bpf_iter_kmem_cache_next(&it); bpf_iter_kmem_cache_destroy(&it); return m ? (m->size == 3 ? -1 : 0) : 0; }
SEC(S) int cache_old(void *c) { struct bpf_iter_kmem_cache it; struct kmem_cache *m, *o; long n = 0; bpf_iter_kmem_cache_new(&it); m = bpf_iter_kmem_cache_next(&it); o = bpf_iter_kmem_cache_next(&it); if (m && o) n = m->size; bpf_iter_kmem_cache_destroy(&it); return n == 3 ? -1 : 0; }
SEC(S) int cache_name(void *c) { CACHES(n += m->name[0];); }
SEC(S) int cache_written(void *c) { CACHES(m->size = 0;); }
/* The cache of an address. */
SEC(A) int cache_of_address(void *c) { struct kmem_cache *m = bpf_get_kmem_cache((u64)bpf_get_current_task_btf()); return m ? (m->size == 3 ? -1 : 0) : 0; }
SEC(A) int cache_of_address_unchecked(void *c) { struct kmem_cache *m = bpf_get_kmem_cache(4096); return m->size == 3 ? -1 : 0; }
SEC("tc") int cache_of_address_tc(void *c) { struct kmem_cache *m = bpf_get_kmem_cache(4096); return m ? m->size & 1 : 0; }
/* Shared buffers. */
SEC(S) int buffers(void *c) { struct bpf_iter_dmabuf it; struct dma_buf *m; long n = 0; bpf_iter_dmabuf_new(&it); while ((m = bpf_iter_dmabuf_next(&it))) n += m->size; bpf_iter_dmabuf_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int buffers_atomic(void *c) { struct bpf_iter_dmabuf it; bpf_iter_dmabuf_new(&it); bpf_iter_dmabuf_next(&it); bpf_iter_dmabuf_destroy(&it); return 0; }
SEC(S) int buffers_leak(void *c) { struct bpf_iter_dmabuf it; bpf_iter_dmabuf_new(&it); bpf_iter_dmabuf_next(&it); return 0; }
