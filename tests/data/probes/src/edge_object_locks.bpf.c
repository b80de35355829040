#include "probes.h"
GPL;
/* Objects with locks, lists and kept pointers of their own; fields in arrays. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct item { __u64 key; struct bpf_list_node node; };
struct cell { __u64 a; };
struct owner { struct bpf_spin_lock lock; __u32 n; struct bpf_list_head head __contains(item, node); };
struct locked { struct bpf_spin_lock lock; __u32 n; };
struct keeper { __u64 n; struct cell __kptr *cell; struct cell __kptr *more[3]; };
struct counted { struct bpf_refcount ref; struct bpf_spin_lock lock; __u64 n; };
struct kept { struct owner __kptr *owner; struct keeper __kptr *keeper; struct locked __kptr *locked; struct cell __kptr *cells[4]; };
ARRAY(kept, struct kept, 1);
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
KF void *bpf_refcount_acquire_impl(void *kptr, void *meta);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
#define NEW(t) bpf_obj_new_impl(TYPE_OF(t), 0)
#define DROP(p) bpf_obj_drop_impl(p, 0)
#define PUSH(h, n) bpf_list_push_front_impl(h, n, 0, 0)
#define VALUE(v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct owner)); KEEP(TYPE_OF(struct keeper)); KEEP(TYPE_OF(struct locked)); KEEP(TYPE_OF(struct cell)); return 0; }

/* The object's own lock. */
SEC("tc") int own_lock(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock(&p->lock); p->n = 1; bpf_spin_unlock(&p->lock); DROP(p); return 0; }
SEC("tc") int own_lock_left(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock(&p->lock); DROP(p); return 0; }
SEC("tc") int own_lock_dropped_inside(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock(&p->lock); DROP(p); bpf_spin_unlock(&p->lock); return 0; }
SEC("tc") int own_lock_of_other(void *c) { struct locked *p = NEW(struct locked), *q; if (!p) return 0; q = NEW(struct locked); if (!q) { DROP(p); return 0; } bpf_spin_lock(&p->lock); bpf_spin_unlock(&q->lock); DROP(p); DROP(q); return 0; }
SEC("tc") int own_lock_wrong_offset(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock((void *)&p->n); bpf_spin_unlock((void *)&p->n); DROP(p); return 0; }
SEC("tc") int own_lock_written(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; *(volatile __u32 *)&p->lock = 1; DROP(p); return 0; }
SEC("tc") int no_lock_in_cell(void *c) { struct cell *p = NEW(struct cell); if (!p) return 0; bpf_spin_lock((void *)p); bpf_spin_unlock((void *)p); DROP(p); return 0; }
/* A list in the object, under the object's lock, and under another. */
SEC("tc") int own_list(void *c) { struct owner *p = NEW(struct owner); struct item *i; if (!p) return 0; i = NEW(struct item); if (!i) { DROP(p); return 0; } bpf_spin_lock(&p->lock); PUSH(&p->head, &i->node); bpf_spin_unlock(&p->lock); DROP(p); return 0; }
SEC("tc") int own_list_pop(void *c) { struct owner *p = NEW(struct owner); struct bpf_list_node *n; if (!p) return 0; bpf_spin_lock(&p->lock); n = bpf_list_pop_front(&p->head); bpf_spin_unlock(&p->lock); if (n) DROP((void *)n - 8); DROP(p); return 0; }
SEC("tc") int own_list_unlocked(void *c) { struct owner *p = NEW(struct owner); struct item *i; if (!p) return 0; i = NEW(struct item); if (!i) { DROP(p); return 0; } PUSH(&p->head, &i->node); DROP(p); return 0; }
SEC("tc") int own_list_other_lock(void *c) { struct owner *p = NEW(struct owner); struct item *i; if (!p) return 0; i = NEW(struct item); if (!i) { DROP(p); return 0; } bpf_spin_lock(&lock_a); PUSH(&p->head, &i->node); bpf_spin_unlock(&lock_a); DROP(p); return 0; }
SEC("tc") int own_list_lock_of_other_owner(void *c) { struct owner *p = NEW(struct owner), *q; struct item *i; if (!p) return 0; q = NEW(struct owner); if (!q) { DROP(p); return 0; } i = NEW(struct item); if (!i) { DROP(p); DROP(q); return 0; } bpf_spin_lock(&q->lock); PUSH(&p->head, &i->node); bpf_spin_unlock(&q->lock); DROP(p); DROP(q); return 0; }
SEC("tc") int global_list_own_lock(void *c) { struct owner *p = NEW(struct owner); struct item *i; if (!p) return 0; i = NEW(struct item); if (!i) { DROP(p); return 0; } bpf_spin_lock(&p->lock); PUSH(&head_a, &i->node); bpf_spin_unlock(&p->lock); DROP(p); return 0; }
/* Kept pointers in an object. */
SEC("tc") int kept_inside(void *c) { struct keeper *p = NEW(struct keeper); struct cell *q; if (!p) return 0; q = NEW(struct cell); if (!q) { DROP(p); return 0; } q = bpf_kptr_xchg(&p->cell, q); if (q) DROP(q); DROP(p); return 0; }
SEC("tc") int kept_inside_taken(void *c) { struct keeper *p = NEW(struct keeper); struct cell *q; if (!p) return 0; q = bpf_kptr_xchg(&p->cell, 0); if (q) DROP(q); DROP(p); return 0; }
SEC("tc") int kept_inside_leak(void *c) { struct keeper *p = NEW(struct keeper); if (!p) return 0; bpf_kptr_xchg(&p->cell, 0); DROP(p); return 0; }
SEC("tc") int kept_inside_array(void *c) { struct keeper *p = NEW(struct keeper); struct cell *q; if (!p) return 0; q = bpf_kptr_xchg(&p->more[2], 0); if (q) DROP(q); DROP(p); return 0; }
SEC("tc") int kept_inside_loaded(void *c) { struct keeper *p = NEW(struct keeper); struct cell *q; __u64 x = 0; if (!p) return 0; q = p->cell; if (q) x = q->a; DROP(p); return x & 1; }
SEC("tc") int kept_inside_written(void *c) { struct keeper *p = NEW(struct keeper); if (!p) return 0; p->cell = 0; DROP(p); return 0; }
SEC("tc") int kept_inside_wrong(void *c) { struct keeper *p = NEW(struct keeper); struct locked *q; if (!p) return 0; q = NEW(struct locked); if (!q) { DROP(p); return 0; } q = bpf_kptr_xchg(&p->cell, (void *)q); if (q) DROP(q); DROP(p); return 0; }
SEC("tc") int kept_inside_no_field(void *c) { struct keeper *p = NEW(struct keeper); struct cell *q; if (!p) return 0; q = bpf_kptr_xchg(&p->n, 0); if (q) DROP(q); DROP(p); return 0; }
/* An object with objects, in a map. */
SEC("tc") int keeper_put(void *c) { VALUE(v); struct keeper *p = NEW(struct keeper); if (!p) return 0; p = bpf_kptr_xchg(&v->keeper, p); if (p) DROP(p); return 0; }
SEC("tc") int keeper_in_place(void *c) { VALUE(v); struct keeper *p = v->keeper; struct cell *q; if (!p) return 0; q = bpf_kptr_xchg(&p->cell, 0); if (q) DROP(q); return 0; }
SEC("tc") int keeper_in_place_read(void *c) { VALUE(v); struct keeper *p = v->keeper; return p ? p->n & 1 : 0; }
SEC("tc") int keeper_in_place_walk(void *c) { VALUE(v); struct keeper *p = v->keeper; struct cell *q; if (!p) return 0; q = p->cell; return q ? q->a & 1 : 0; }
SEC("tc") int lock_in_place(void *c) { VALUE(v); struct locked *p = v->locked; if (!p) return 0; bpf_spin_lock(&p->lock); bpf_spin_unlock(&p->lock); return 0; }
SEC("tc") int owner_put(void *c) { VALUE(v); struct owner *p = NEW(struct owner); if (!p) return 0; p = bpf_kptr_xchg(&v->owner, p); if (p) DROP(p); return 0; }
SEC("tc") int owner_list_in_place(void *c) { VALUE(v); struct owner *p = v->owner; struct bpf_list_node *n; if (!p) return 0; bpf_spin_lock(&p->lock); n = bpf_list_pop_front(&p->head); bpf_spin_unlock(&p->lock); if (n) DROP((void *)n - 8); return 0; }
/* Arrays of kept pointers. */
SEC("tc") int array_first(void *c) { VALUE(v); struct cell *p = bpf_kptr_xchg(&v->cells[0], 0); if (p) DROP(p); return 0; }
SEC("tc") int array_last(void *c) { VALUE(v); struct cell *p = bpf_kptr_xchg(&v->cells[3], 0); if (p) DROP(p); return 0; }
SEC("tc") int array_past(void *c) { VALUE(v); struct cell *p = bpf_kptr_xchg(&v->cells[4], 0); if (p) DROP(p); return 0; }
SEC("tc") int array_unknown(struct __sk_buff *s) { VALUE(v); __u64 i = s->mark & 3; OPAQUE(i); i &= 3; struct cell *p = bpf_kptr_xchg(&v->cells[i], 0); if (p) DROP(p); return 0; }
SEC("tc") int array_unknown_read(struct __sk_buff *s) { VALUE(v); __u64 i = s->mark & 3; OPAQUE(i); i &= 3; return v->cells[i] ? 1 : 0; }
/* Two locks at once: the object's and the global one. */
SEC("tc") int two_locks(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_spin_lock(&p->lock); bpf_spin_unlock(&p->lock); bpf_spin_unlock(&lock_a); DROP(p); return 0; }
SEC("tc") int drop_inside_global_lock(void *c) { struct locked *p = NEW(struct locked); if (!p) return 0; bpf_spin_lock(&lock_a); DROP(p); bpf_spin_unlock(&lock_a); return 0; }
/* Counted, with a lock. */
SEC("tc") int counted_lock(void *c) { struct counted *p = NEW(struct counted), *q; if (!p) return 0; q = bpf_refcount_acquire_impl(p, 0); if (!q) { DROP(p); return 0; } bpf_spin_lock(&p->lock); q->n = 1; bpf_spin_unlock(&p->lock); DROP(p); DROP(q); return 0; }
SEC("tc") int counted_lock_other_name(void *c) { struct counted *p = NEW(struct counted), *q; if (!p) return 0; q = bpf_refcount_acquire_impl(p, 0); if (!q) { DROP(p); return 0; } bpf_spin_lock(&p->lock); bpf_spin_unlock(&q->lock); DROP(p); DROP(q); return 0; }
