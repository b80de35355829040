#include "probes.h"
GPL;
/* Open-coded iterators, may_goto and bounded loops over them. */
ARRAY(arr, struct bytes48, 1);
#define A "lsm/file_open"
struct bpf_iter_css { __u64 __opaque[3]; } __attribute__((aligned(8)));
#define BITS(w, n) struct bpf_iter_bits it; __u64 words[n] = {w}; bpf_iter_bits_new(&it, words, n)

/* New, next until null, destroy. */
SEC("tc") int num_loop(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 10); while ((v = bpf_iter_num_next(&it))) sum += *v; bpf_iter_num_destroy(&it); return sum & 1; }
/* Destroyed early. */
SEC("tc") int num_break(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 1000000); while ((v = bpf_iter_num_next(&it))) { sum += *v; if (sum > 100) break; } bpf_iter_num_destroy(&it); return sum & 1; }
/* Not destroyed. */
SEC("tc") int num_leak(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 10); while ((v = bpf_iter_num_next(&it))) sum += *v; return sum & 1; }
/* Returns out of the loop without destroy. */
SEC("tc") int num_leak_on_return(struct __sk_buff *s) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 10); while ((v = bpf_iter_num_next(&it))) if (*v == 5) return 1; bpf_iter_num_destroy(&it); return 0; }
/* The value is used before the null check. */
SEC("tc") int num_unchecked(struct __sk_buff *s) { struct bpf_iter_num it; int v; bpf_iter_num_new(&it, 0, 10); v = *bpf_iter_num_next(&it); bpf_iter_num_destroy(&it); return v & 1; }
/* next without new. */
SEC("tc") int num_next_without_new(struct __sk_buff *s) { struct bpf_iter_num it = {}; OPAQUE(s); return bpf_iter_num_next(&it) ? 1 : 0; }
/* destroy without new. */
SEC("tc") int num_destroy_without_new(struct __sk_buff *s) { struct bpf_iter_num it = {}; bpf_iter_num_destroy(&it); return 0; }
/* destroy twice. */
SEC("tc") int num_destroy_twice(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 10); bpf_iter_num_destroy(&it); bpf_iter_num_destroy(&it); return 0; }
/* next after destroy. */
SEC("tc") int num_next_after_destroy(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 10); bpf_iter_num_destroy(&it); return bpf_iter_num_next(&it) ? 1 : 0; }
/* new over a live iterator. */
SEC("tc") int num_new_twice(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 10); bpf_iter_num_new(&it, 0, 10); bpf_iter_num_destroy(&it); return 0; }
/* The iterator's stack is read. */
SEC("tc") int num_peek(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 10); __u64 x = *(volatile __u64 *)&it; bpf_iter_num_destroy(&it); return x & 1; }
/* The iterator's stack is overwritten. */
SEC("tc") int num_poke(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 10); *(volatile __u64 *)&it = 0; bpf_iter_num_destroy(&it); return 0; }
/* The value of next is an index without a check. */
SEC("tc") int num_index_unchecked(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 48); while ((v = bpf_iter_num_next(&it))) sum += a->b[*v]; bpf_iter_num_destroy(&it); return sum & 1; }
/* The value is checked. */
SEC("tc") int num_index_checked(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 48); while ((v = bpf_iter_num_next(&it))) { __u32 i = *v; if (i < 48) { OPAQUE(i); if (i < 48) sum += a->b[i]; } } bpf_iter_num_destroy(&it); return sum & 1; }
/* A counter grows in the loop without a bound and becomes an index. */
SEC("tc") int num_counter_index(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; struct bpf_iter_num it; __u64 n = 0; bpf_iter_num_new(&it, 0, 40); while (bpf_iter_num_next(&it)) n++; bpf_iter_num_destroy(&it); OPAQUE(n); return a->b[n] & 1; }
/* The counter is not used for addresses: the states meet. */
SEC("tc") int num_counter_unused(struct __sk_buff *s) { struct bpf_iter_num it; __u64 n = 0; bpf_iter_num_new(&it, 0, 4000000); while (bpf_iter_num_next(&it)) { n++; OPAQUE(n); } bpf_iter_num_destroy(&it); return 0; }
/* A loop within a loop. */
SEC("tc") int num_nested(struct __sk_buff *s) { struct bpf_iter_num i, j; int sum = 0; bpf_iter_num_new(&i, 0, 10); while (bpf_iter_num_next(&i)) { bpf_iter_num_new(&j, 0, 10); while (bpf_iter_num_next(&j)) sum++; bpf_iter_num_destroy(&j); } bpf_iter_num_destroy(&i); return sum & 1; }
/* The inner iterator is not destroyed. */
SEC("tc") int num_nested_leak(struct __sk_buff *s) { struct bpf_iter_num i, j; int sum = 0; bpf_iter_num_new(&i, 0, 10); while (bpf_iter_num_next(&i)) { bpf_iter_num_new(&j, 0, 10); while (bpf_iter_num_next(&j)) sum++; } bpf_iter_num_destroy(&i); return sum & 1; }
/* The iterator is advanced in a static function. */
static __noinline int *advance(struct bpf_iter_num *it) { return bpf_iter_num_next(it); }
SEC("tc") int num_in_static(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 10); while ((v = advance(&it))) sum += *v; bpf_iter_num_destroy(&it); return sum & 1; }
/* Fewer bytes than the iterator needs. */
SEC("tc") ASMPROG int num_past_stack(void) { asm volatile("r1 = r10; r1 += -4; r2 = 0; r3 = 3; call %[new]; r0 = 0; exit;" :: [new] "i"(bpf_iter_num_new)); }
/* Tasks need an RCU section in a sleepable program. */
SEC("lsm.s/file_open") int task_without_rcu(void *c) { struct bpf_iter_task it; bpf_iter_task_new(&it, 0, 0); bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return 0; }
/* With the section. */
SEC("lsm.s/file_open") int task_with_rcu(void *c) { struct bpf_iter_task it; struct task_struct *t; int n = 0; bpf_rcu_read_lock(); bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) n += t->pid; bpf_iter_task_destroy(&it); bpf_rcu_read_unlock(); return n == 3 ? -1 : 0; }
/* The section ends between two rounds. */
SEC("lsm.s/file_open") int task_section_broken(void *c) { struct bpf_iter_task it; bpf_rcu_read_lock(); bpf_iter_task_new(&it, 0, 0); bpf_iter_task_next(&it); bpf_rcu_read_unlock(); bpf_rcu_read_lock(); bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); bpf_rcu_read_unlock(); return 0; }
/* The task found is used behind the loop's end. */
SEC(A) int task_after_destroy(void *c) { struct bpf_iter_task it; struct task_struct *t; int n; bpf_iter_task_new(&it, 0, 0); t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); if (!t) return 0; return t->pid == 3 ? -1 : 0; }
/* Memory areas of a task. */
SEC("lsm.s/file_open") int vma_walk(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; struct task_struct *t = bpf_get_current_task_btf(); unsigned long n = 0; bpf_iter_task_vma_new(&it, t, 0); while ((m = bpf_iter_task_vma_next(&it))) n += m->vm_start; bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
/* Bits of two words. */
SEC("tc") int bits_walk(struct __sk_buff *s) { BITS(5, 2); int *v, n = 0; while ((v = bpf_iter_bits_next(&it))) n += *v; bpf_iter_bits_destroy(&it); return n & 1; }
/* may_goto bounds an endless loop. */
SEC("tc") ASMPROG int may_goto_endless(void) { asm volatile("r0 = 0; 1: .8byte 0x00000000000100e5; goto 2f; r0 = 0; exit; 2: goto 1b;"); }
/* can_loop in C. */
SEC("tc") int may_goto_sum(struct __sk_buff *s) { __u64 i = 0; l: CAN_LOOP(out); i++; OPAQUE(i); goto l; out: return 0; }
/* What counts inside a may_goto loop is not known behind it. */
SEC("tc") int may_goto_index(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; __u64 i = 0; l: CAN_LOOP(out); i++; OPAQUE(i); goto l; out: return a->b[i] & 1; }
/* An index that the loop's own condition bounds. */
SEC("tc") int may_goto_bounded(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; int sum = 0; for (__u64 i = 0; i < 48; i++) { CAN_LOOP(out); OPAQUE(i); if (i >= 48) break; sum += a->b[i]; } out: return sum & 1; }
