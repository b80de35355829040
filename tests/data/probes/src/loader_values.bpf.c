#include "probes.h"
GPL;
/* What the loader fills in, what an iterator's own list of helpers adds, and locks that a callback cannot name. */
extern int LINUX_KERNEL_VERSION __kconfig;
#define VERSION(a, b) (((a) << 16) + ((b) << 8))
struct guarded { struct bpf_spin_lock lock; __u32 n; struct bpf_timer timer; };
ARRAY(guarded, struct guarded, 1);
struct counted { struct bpf_spin_lock lock; __u32 n; };
HASH(counted, __u32, struct counted, 4);
struct bpf_iter__tcp { struct bpf_iter_meta *meta; struct sock_common *sk_common; };
struct bpf_iter__udp { struct bpf_iter_meta *meta; struct sock_common *udp_sk; };
#define FIND(v) __u32 k = 0; struct guarded *v = bpf_map_lookup_elem(&guarded, &k); if (!v) return 0
static int locks(void *map, int *key, struct guarded *v) { bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
static int keeps(void *map, int *key, struct guarded *v) { bpf_spin_lock(&v->lock); v->n++; return 0; }
static int finds(void *map, int *key, struct guarded *old) { FIND(v); bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
static long each(void *map, __u32 *key, struct counted *v, void *ctx) { bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }

/* The branch for older kernels reads through a number; the loader's value makes it dead. */
SEC("tc") int version_newer(struct __sk_buff *s) { if (LINUX_KERNEL_VERSION < VERSION(5, 0)) return *(volatile int *)(long)s->mark; return 0; }
/* The branch for this kernel and newer ones reads through a number. */
SEC("tc") int version_older(struct __sk_buff *s) { if (LINUX_KERNEL_VERSION >= VERSION(5, 0)) return *(volatile int *)(long)s->mark; return 0; }
/* Dead from 6.12 on. */
SEC("tc") int version_between(struct __sk_buff *s) { if (LINUX_KERNEL_VERSION < VERSION(6, 12)) return *(volatile int *)(long)s->mark; return 0; }
/* An iterator over TCP sockets reads an option. */
SEC("iter/tcp") int option_of_tcp(struct bpf_iter__tcp *ctx) { char name[16] = {}; if (!ctx->sk_common) return 0; bpf_getsockopt(ctx->sk_common, 6, 13, name, sizeof(name)); return 0; }
/* And sets it. */
SEC("iter/tcp") int sets_option_of_tcp(struct bpf_iter__tcp *ctx) { char name[16] = "cubic"; if (!ctx->sk_common) return 0; bpf_setsockopt(ctx->sk_common, 6, 13, name, sizeof(name)); return 0; }
/* An iterator over UDP sockets has no such helper. */
SEC("iter/udp") int option_of_udp(struct bpf_iter__udp *ctx) { char name[16] = {}; if (!ctx->udp_sk) return 0; bpf_getsockopt(ctx->udp_sk, 6, 13, name, sizeof(name)); return 0; }
/* A timer's callback takes and releases the lock of its value. */
SEC("tc") int callback_locks(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, locks); return 0; }
/* It ends with the lock. */
SEC("tc") int callback_keeps(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, keeps); return 0; }
/* It looks the value up before it takes the lock. */
SEC("tc") int callback_finds(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, finds); return 0; }
/* The callback for each element takes and releases its lock. */
SEC("tc") int each_locks(struct __sk_buff *s) { bpf_for_each_map_elem(&counted, each, 0, 0); return 0; }
