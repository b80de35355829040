#include "probes.h"
GPL;
/* Iterators handed to functions and callbacks, one after the other in one place, of every kind, and what they need around them. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
ARRAY(arr, struct bytes48, 1);
struct bpf_iter_css { __u64 __opaque[3]; } __attribute__((aligned(8)));
struct bpf_iter_css_task { __u64 __opaque[1]; } __attribute__((aligned(8)));
KF int bpf_iter_css_new(struct bpf_iter_css *it, struct cgroup_subsys_state *start, unsigned int flags);
KF struct cgroup_subsys_state *bpf_iter_css_next(struct bpf_iter_css *it);
KF void bpf_iter_css_destroy(struct bpf_iter_css *it);
KF int bpf_iter_css_task_new(struct bpf_iter_css_task *it, struct cgroup_subsys_state *css, unsigned int flags);
KF struct task_struct *bpf_iter_css_task_next(struct bpf_iter_css_task *it);
KF void bpf_iter_css_task_destroy(struct bpf_iter_css_task *it);

/* A static function makes it for its caller. */
static __noinline int start(struct bpf_iter_num *it) { return bpf_iter_num_new(it, 0, 5); }
SEC("tc") int made_by_static(struct __sk_buff *s) { struct bpf_iter_num it; int n = 0; start(&it); while (bpf_iter_num_next(&it)) n++; bpf_iter_num_destroy(&it); return n & 1; }
/* A static function destroys it. */
static __noinline void finish(struct bpf_iter_num *it) { bpf_iter_num_destroy(it); }
SEC("tc") int destroyed_by_static(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); while (bpf_iter_num_next(&it)) { } finish(&it); return 0; }
/* A static function runs the whole loop in its own frame, called in a loop. */
static __noinline int whole(int n) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, n); while ((v = bpf_iter_num_next(&it))) sum += *v; bpf_iter_num_destroy(&it); return sum; }
SEC("tc") int loop_of_calls(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 5); while ((v = bpf_iter_num_next(&it))) sum += whole(*v); bpf_iter_num_destroy(&it); return sum & 1; }
/* A static function leaves one open in its own frame. */
static __noinline int open_one(int n) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, n); return n; }
SEC("tc") int leaked_in_static(struct __sk_buff *s) { return open_one(s->mark) & 1; }
/* A global function gets an iterator. */
__noinline int next_global(struct bpf_iter_num *it) { return bpf_iter_num_next(it) ? 1 : 0; }
SEC("tc") int handed_to_global(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); int r = next_global(&it); bpf_iter_num_destroy(&it); return r; }
/* A global function with a loop of its own. */
__noinline int whole_global(int n) { return whole(n); }
SEC("tc") int global_loops(struct __sk_buff *s) { return whole_global(s->mark) & 1; }
/* A callback advances its caller's iterator. */
static long c_next(__u32 i, struct bpf_iter_num *it) { return bpf_iter_num_next(it) ? 0 : 1; }
SEC("tc") int advanced_in_callback(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); bpf_loop(9, c_next, &it, 0); bpf_iter_num_destroy(&it); return 0; }
/* A callback has one of its own. */
static long c_whole(__u32 i, void *c) { return whole(i) & 1; }
SEC("tc") int own_in_callback(struct __sk_buff *s) { bpf_loop(9, c_whole, 0, 0); return 0; }
/* A callback leaves one open. */
static long c_leaks(__u32 i, void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); return 0; }
SEC("tc") int leaked_in_callback(struct __sk_buff *s) { bpf_loop(9, c_leaks, 0, 0); return 0; }
/* A callback destroys its caller's. */
static long c_destroys(__u32 i, struct bpf_iter_num *it) { bpf_iter_num_destroy(it); return 1; }
SEC("tc") int destroyed_in_callback(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); bpf_loop(1, c_destroys, &it, 0); return 0; }
/* bpf_loop inside an iterator's loop. */
static long c_adds(__u32 i, int *sum) { *sum += i; return 0; }
SEC("tc") int callback_in_loop(struct __sk_buff *s) { struct bpf_iter_num it; int sum = 0; bpf_iter_num_new(&it, 0, 5); while (bpf_iter_num_next(&it)) bpf_loop(3, c_adds, &sum, 0); bpf_iter_num_destroy(&it); return sum & 1; }
/* Two kinds in one place, one after the other. */
SEC("tc") int place_used_again(struct __sk_buff *s) { union { struct bpf_iter_num n; struct bpf_iter_bits b; } it; __u64 w = 5; int n = 0; bpf_iter_num_new(&it.n, 0, 5); while (bpf_iter_num_next(&it.n)) n++; bpf_iter_num_destroy(&it.n); bpf_iter_bits_new(&it.b, &w, 1); while (bpf_iter_bits_next(&it.b)) n++; bpf_iter_bits_destroy(&it.b); return n & 1; }
/* One kind's next on the other. */
SEC("tc") int next_of_other_kind(struct __sk_buff *s) { union { struct bpf_iter_num n; struct bpf_iter_bits b; } it; bpf_iter_num_new(&it.n, 0, 5); bpf_iter_bits_next(&it.b); bpf_iter_num_destroy(&it.n); return 0; }
/* One kind's destroy on the other. */
SEC("tc") int destroy_of_other_kind(struct __sk_buff *s) { union { struct bpf_iter_task n; struct bpf_iter_bits b; } it; __u64 w = 5; bpf_iter_bits_new(&it.b, &w, 1); bpf_iter_task_destroy(&it.n); return 0; }
/* Made anew in each round, destroyed in each. */
SEC("tc") int made_each_round(struct __sk_buff *s) { for (int i = 0; i < 20; i++) { struct bpf_iter_num it; OPAQUE(i); bpf_iter_num_new(&it, 0, i); bpf_iter_num_next(&it); bpf_iter_num_destroy(&it); } return 0; }
/* The pointer to the last number is used after the next one was asked for. */
SEC("tc") int old_element(struct __sk_buff *s) { struct bpf_iter_num it; int *v, *w, r = 0; bpf_iter_num_new(&it, 0, 5); v = bpf_iter_num_next(&it); w = bpf_iter_num_next(&it); if (v && w) r = *v; bpf_iter_num_destroy(&it); return r & 1; }
/* The number is written; it is used after destroy. */
SEC("tc") int element_written(struct __sk_buff *s) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 5); v = bpf_iter_num_next(&it); if (v) *v = 1; bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int element_after_destroy(struct __sk_buff *s) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 5); v = bpf_iter_num_next(&it); bpf_iter_num_destroy(&it); return v ? *v & 1 : 0; }
/* Past the number. */
SEC("tc") int element_past(struct __sk_buff *s) { struct bpf_iter_num it; int *v, r = 0; bpf_iter_num_new(&it, 0, 5); v = bpf_iter_num_next(&it); if (v) r = v[1]; bpf_iter_num_destroy(&it); return r & 1; }
/* The iterator is copied. */
SEC("tc") int copied(struct __sk_buff *s) { struct bpf_iter_num it; volatile __u64 c; bpf_iter_num_new(&it, 0, 5); c = *(volatile __u64 *)&it; bpf_iter_num_destroy(&it); return 0; }
/* A helper writes over it. */
SEC("tc") int overwritten_by_helper(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); bpf_skb_load_bytes(s, 0, &it, 8); bpf_iter_num_destroy(&it); return 0; }
/* A helper reads it. */
SEC("tc") int read_by_helper(struct __sk_buff *s) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); bpf_skb_store_bytes(s, 0, &it, 8, 0); bpf_iter_num_destroy(&it); return 0; }
/* At an unknown address; not aligned. */
SEC("tc") int variable_place(struct __sk_buff *s) { struct bpf_iter_num it[2]; __u64 i = s->mark & 1; OPAQUE(i); i &= 1; bpf_iter_num_new(&it[i], 0, 5); bpf_iter_num_destroy(&it[i]); return 0; }
SEC("tc") int unaligned(struct __sk_buff *s) { char b[24]; bpf_iter_num_new((void *)b + 4, 0, 5); bpf_iter_num_destroy((void *)b + 4); return 0; }
/* On one path only. */
SEC("tc") int made_on_one_path(struct __sk_buff *s) { struct bpf_iter_num it; if (s->mark) bpf_iter_num_new(&it, 0, 5); bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int made_on_both_paths(struct __sk_buff *s) { struct bpf_iter_num it; if (s->mark) bpf_iter_num_new(&it, 0, 5); else bpf_iter_num_new(&it, 0, 6); bpf_iter_num_destroy(&it); return 0; }
/* Three loops in one another, with a break from the innermost to the end. */
SEC("tc") int three_deep(struct __sk_buff *s) { struct bpf_iter_num a, b, c; int n = 0, stop = 0; bpf_iter_num_new(&a, 0, 9); while (bpf_iter_num_next(&a)) { bpf_iter_num_new(&b, 0, 9); while (bpf_iter_num_next(&b)) { bpf_iter_num_new(&c, 0, 9); while (bpf_iter_num_next(&c)) { if (++n > 100) { stop = 1; break; } } bpf_iter_num_destroy(&c); if (stop) break; } bpf_iter_num_destroy(&b); if (stop) break; } bpf_iter_num_destroy(&a); return n & 1; }
/* A goto past the inner destroy. */
SEC("tc") int goto_past_destroy(struct __sk_buff *s) { struct bpf_iter_num a, b; int n = 0; bpf_iter_num_new(&a, 0, 9); while (bpf_iter_num_next(&a)) { bpf_iter_num_new(&b, 0, 9); while (bpf_iter_num_next(&b)) if (++n > 100) goto out; bpf_iter_num_destroy(&b); } out: bpf_iter_num_destroy(&a); return n & 1; }
/* Bits: no words, many words, unwritten stack, a map value, a number for the address. */
SEC("tc") int bits_none(struct __sk_buff *s) { struct bpf_iter_bits it; __u64 w = 1; bpf_iter_bits_new(&it, &w, 0); bpf_iter_bits_next(&it); bpf_iter_bits_destroy(&it); return 0; }
SEC("tc") int bits_many(struct __sk_buff *s) { struct bpf_iter_bits it; __u64 w = 1; bpf_iter_bits_new(&it, &w, 1000); bpf_iter_bits_next(&it); bpf_iter_bits_destroy(&it); return 0; }
SEC("tc") int bits_number(struct __sk_buff *s) { struct bpf_iter_bits it; bpf_iter_bits_new(&it, (void *)5, 1); while (bpf_iter_bits_next(&it)) { } bpf_iter_bits_destroy(&it); return 0; }
SEC("tc") int bits_value(struct __sk_buff *s) { struct bpf_iter_bits it; __u32 k = 0; int *v, n = 0; struct bytes48 *a = bpf_map_lookup_elem(&arr, &k); if (!a) return 0; bpf_iter_bits_new(&it, (void *)a, 6); while ((v = bpf_iter_bits_next(&it))) n += *v; bpf_iter_bits_destroy(&it); return n & 1; }
SEC("tc") int bits_pointer_count(struct __sk_buff *s) { struct bpf_iter_bits it; __u64 w = 1; bpf_iter_bits_new(&it, &w, (long)&w); bpf_iter_bits_destroy(&it); return 0; }
/* Tasks: of all, of one task's threads, with flags out of range; nested; held over the loop. */
SEC(A) int tasks_atomic(void *c) { struct bpf_iter_task it; struct task_struct *t; int n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) n += t->pid; bpf_iter_task_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int tasks_of_null(void *c) { struct bpf_iter_task it; bpf_iter_task_new(&it, 0, 1); bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return 0; }
SEC(A) int tasks_nested(void *c) { struct bpf_iter_task i, j; struct task_struct *t, *u; int n = 0; bpf_iter_task_new(&i, 0, 0); while ((t = bpf_iter_task_next(&i))) { bpf_iter_task_new(&j, t, 1); while ((u = bpf_iter_task_next(&j))) n += u->pid; bpf_iter_task_destroy(&j); } bpf_iter_task_destroy(&i); return n == 3 ? -1 : 0; }
SEC(A) int task_kept(void *c) { struct bpf_iter_task it; struct task_struct *t, *k = 0; int r = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) { if (t->pid == 1) { k = bpf_task_acquire(t); break; } } bpf_iter_task_destroy(&it); if (k) { r = k->pid; bpf_task_release(k); } return r == 3 ? -1 : 0; }
SEC(A) int task_kept_each_round(void *c) { struct bpf_iter_task it; struct task_struct *t, *k; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) { k = bpf_task_acquire(t); } bpf_iter_task_destroy(&it); return 0; }
SEC(A) int task_released_each_round(void *c) { struct bpf_iter_task it; struct task_struct *t, *k; int n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) { k = bpf_task_acquire(t); if (!k) continue; n += k->pid; bpf_task_release(k); } bpf_iter_task_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int task_walked(void *c) { struct bpf_iter_task it; struct task_struct *t; int n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) n += t->real_parent->pid; bpf_iter_task_destroy(&it); return n == 3 ? -1 : 0; }
SEC(S) int tasks_section_inside(void *c) { struct bpf_iter_task it; bpf_iter_task_new(&it, 0, 0); bpf_rcu_read_lock(); bpf_iter_task_next(&it); bpf_rcu_read_unlock(); bpf_iter_task_destroy(&it); return 0; }
SEC(S) int tasks_destroyed_outside(void *c) { struct bpf_iter_task it; bpf_rcu_read_lock(); bpf_iter_task_new(&it, 0, 0); bpf_iter_task_next(&it); bpf_rcu_read_unlock(); bpf_iter_task_destroy(&it); return 0; }
SEC(S) int tasks_sleep_inside(void *c) { struct bpf_iter_task it; struct task_struct *t; char b[8]; bpf_rcu_read_lock(); bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) { bpf_rcu_read_unlock(); bpf_copy_from_user(b, 8, (void *)4096); bpf_rcu_read_lock(); } bpf_iter_task_destroy(&it); bpf_rcu_read_unlock(); return 0; }
SEC(S) int tasks_preempt_for_section(void *c) { struct bpf_iter_task it; bpf_preempt_disable(); bpf_iter_task_new(&it, 0, 0); bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); bpf_preempt_enable(); return 0; }
SEC("tc") int tasks_in_tc(struct __sk_buff *s) { struct bpf_iter_task it; struct task_struct *t; int n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) n += t->pid; bpf_iter_task_destroy(&it); return n & 1; }
SEC("kprobe") int tasks_in_kprobe(void *c) { struct bpf_iter_task it; struct task_struct *t; int n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) n += t->pid; bpf_iter_task_destroy(&it); return n & 1; }
/* Memory areas: in a program that does not sleep, of a task found, of a task not held; kept over the loop. */
SEC(A) int vmas_atomic(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; long n = 0; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); while ((m = bpf_iter_task_vma_next(&it))) n += m->vm_flags; bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int vmas_of_parent(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; struct task_struct *t = bpf_get_current_task_btf(); long n = 0; bpf_iter_task_vma_new(&it, t->real_parent, 0); while ((m = bpf_iter_task_vma_next(&it))) n += m->vm_flags; bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
SEC(S) int vmas_of_parent_sleepable(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; struct task_struct *t = bpf_get_current_task_btf(); long n = 0; bpf_iter_task_vma_new(&it, t->real_parent, 0); while ((m = bpf_iter_task_vma_next(&it))) n += m->vm_flags; bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int vmas_of_number(void *c) { struct bpf_iter_task_vma it; struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_iter_task_vma_new(&it, t, 0); bpf_task_release(t); bpf_iter_task_vma_next(&it); bpf_iter_task_vma_destroy(&it); return 0; }
SEC(A) int vmas_of_each_task(void *c) { struct bpf_iter_task it; struct bpf_iter_task_vma iv; struct task_struct *t; struct vm_area_struct *m; long n = 0; bpf_iter_task_new(&it, 0, 0); while ((t = bpf_iter_task_next(&it))) { bpf_iter_task_vma_new(&iv, t, 0); while ((m = bpf_iter_task_vma_next(&iv))) n += m->vm_start; bpf_iter_task_vma_destroy(&iv); } bpf_iter_task_destroy(&it); return n == 3 ? -1 : 0; }
SEC(A) int vma_after_destroy(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); m = bpf_iter_task_vma_next(&it); bpf_iter_task_vma_destroy(&it); return m ? (m->vm_start == 3 ? -1 : 0) : 0; }
SEC(A) int vma_old(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m, *o; long n = 0; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); m = bpf_iter_task_vma_next(&it); o = bpf_iter_task_vma_next(&it); if (m && o) n = m->vm_start; bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
SEC(S) int vmas_in_section(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; long n = 0; bpf_rcu_read_lock(); bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); while ((m = bpf_iter_task_vma_next(&it))) n += m->vm_flags; bpf_rcu_read_unlock(); bpf_iter_task_vma_destroy(&it); return n == 3 ? -1 : 0; }
SEC(S) int vmas_sleep_inside(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *m; char b[8]; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); while ((m = bpf_iter_task_vma_next(&it))) bpf_copy_from_user(b, 8, (void *)m->vm_start); bpf_iter_task_vma_destroy(&it); return 0; }
/* Groups: of a held group, of a walked one, without a section; tasks of a group. */
SEC(S) int groups(void *c) { struct bpf_iter_css it; struct cgroup_subsys_state *p; struct cgroup *g = bpf_cgroup_from_id(1); int n = 0; if (!g) return 0; bpf_rcu_read_lock(); bpf_iter_css_new(&it, (void *)g, 0); while ((p = bpf_iter_css_next(&it))) n += p->cgroup->level; bpf_iter_css_destroy(&it); bpf_rcu_read_unlock(); bpf_cgroup_release(g); return n == 3 ? -1 : 0; }
SEC(S) int groups_no_section(void *c) { struct bpf_iter_css it; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_new(&it, (void *)g, 0); bpf_iter_css_next(&it); bpf_iter_css_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC(A) int groups_atomic(void *c) { struct bpf_iter_css it; struct cgroup_subsys_state *p; struct cgroup *g = bpf_cgroup_from_id(1); int n = 0; if (!g) return 0; bpf_iter_css_new(&it, (void *)g, 0); while ((p = bpf_iter_css_next(&it))) n++; bpf_iter_css_destroy(&it); bpf_cgroup_release(g); return n == 3 ? -1 : 0; }
SEC(A) int groups_released(void *c) { struct bpf_iter_css it; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_new(&it, (void *)g, 0); bpf_cgroup_release(g); bpf_iter_css_next(&it); bpf_iter_css_destroy(&it); return 0; }
SEC(S) int group_tasks(void *c) { struct bpf_iter_css_task it; struct task_struct *t; struct cgroup *g = bpf_cgroup_from_id(1); int n = 0; if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); while ((t = bpf_iter_css_task_next(&it))) n += t->pid; bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return n == 3 ? -1 : 0; }
SEC(A) int group_tasks_atomic(void *c) { struct bpf_iter_css_task it; struct task_struct *t; struct cgroup *g = bpf_cgroup_from_id(1); int n = 0; if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); while ((t = bpf_iter_css_task_next(&it))) n += t->pid; bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return n == 3 ? -1 : 0; }
SEC("fentry.s/__x64_sys_getpgid") int group_tasks_fentry(void *c) { struct bpf_iter_css_task it; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); bpf_iter_css_task_next(&it); bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC("iter.s/task") int group_tasks_iter(void *c) { struct bpf_iter_css_task it; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); bpf_iter_css_task_next(&it); bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return 0; }
