#include "probes.h"
GPL;
/* Arrays of list heads and tree roots, and roots whose content is not there or not a node. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct item { struct bpf_list_node node; u64 key; };
/* Keeps the type in the BTF. */
struct item *unused;
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head heads[2] __contains(item, node);
private(B) struct bpf_spin_lock lock_b;
private(B) struct bpf_list_head nowhere __contains(missing, node);
private(C) struct bpf_spin_lock lock_c;
private(C) struct bpf_rb_root of_list_nodes __contains(item, node);
KF struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head);
KF void bpf_obj_drop_impl(void *kptr, void *meta);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
static __always_inline int drain(struct bpf_spin_lock *lock, struct bpf_list_head *head) { struct bpf_list_node *n; bpf_spin_lock(lock); n = bpf_list_pop_front(head); bpf_spin_unlock(lock); if (n) bpf_obj_drop_impl((void *)n, 0); return 0; }
SEC("tc") int array_first(struct __sk_buff *s) { return drain(&lock_a, &heads[0]); }
SEC("tc") int array_second(struct __sk_buff *s) { return drain(&lock_a, &heads[1]); }
SEC("tc") int content_missing(struct __sk_buff *s) { return drain(&lock_b, &nowhere); }
SEC("tc") int content_no_tree_node(struct __sk_buff *s) { bpf_spin_lock(&lock_c); bpf_rbtree_first(&of_list_nodes); bpf_spin_unlock(&lock_c); return 0; }
