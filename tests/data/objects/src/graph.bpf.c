/* Objects made by the program, in a list, in a tree and in a map value. */
#include "kernel.h"

struct bpf_list_head { __u64 __opaque[2]; } __attribute__((aligned(8)));
struct bpf_list_node { __u64 __opaque[3]; } __attribute__((aligned(8)));
struct bpf_rb_root { __u64 __opaque[2]; } __attribute__((aligned(8)));
struct bpf_rb_node { __u64 __opaque[4]; } __attribute__((aligned(8)));
struct bpf_refcount { __u32 __opaque[1]; } __attribute__((aligned(4)));

#define contains(name, node) __attribute__((btf_decl_tag("contains:" #name ":" #node)))
#define local_id(type) __builtin_btf_type_id(*(type *)0, 0)
#define of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))

struct item {
	__u64 key;
	struct bpf_list_node link;
	struct bpf_rb_node branch;
	struct bpf_refcount count;
};

struct plain { __u64 number; };

struct box {
	struct bpf_spin_lock lock;
	struct bpf_list_head list contains(item, link);
	struct bpf_rb_root tree contains(item, branch);
	struct plain __attribute__((btf_type_tag("kptr"))) *kept;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct box);
} boxes SEC(".maps");

extern void *bpf_obj_new_impl(__u64 type_id, void *meta) __attribute__((section(".ksyms")));
extern void bpf_obj_drop_impl(void *object, void *meta) __attribute__((section(".ksyms")));
extern void *bpf_refcount_acquire_impl(void *object, void *meta) __attribute__((section(".ksyms")));
extern int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, __u64 off) __attribute__((section(".ksyms")));
extern struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head) __attribute__((section(".ksyms")));
extern int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, _Bool (*less)(struct bpf_rb_node *, const struct bpf_rb_node *), void *meta, __u64 off) __attribute__((section(".ksyms")));
extern struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root) __attribute__((section(".ksyms")));
extern struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node) __attribute__((section(".ksyms")));

static struct box *the_box(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&boxes, &zero);
}

static _Bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b)
{
	return of(a, struct item, branch)->key < of(b, struct item, branch)->key;
}

/* Adds one item with this key to both. */
static int add(struct box *box, __u64 key)
{
	struct item *item = bpf_obj_new_impl(local_id(struct item), 0), *again;
	if (!item)
		return -12;
	item->key = key;
	again = bpf_refcount_acquire_impl(item, 0);
	bpf_spin_lock(&box->lock);
	bpf_list_push_back_impl(&box->list, &item->link, 0, 0);
	bpf_spin_unlock(&box->lock);
	if (!again)
		return -11;
	bpf_spin_lock(&box->lock);
	bpf_rbtree_add_impl(&box->tree, &again->branch, less, 0, 0);
	bpf_spin_unlock(&box->lock);
	return 0;
}

SEC("tc")
int fill(void *ctx)
{
	struct box *box = the_box();
	if (!box)
		return -1;
	return add(box, 30) | add(box, 10) | add(box, 20);
}

/* The keys in the order of the list and then of the tree, as decimal digits of tens. */
SEC("tc")
int drain(void *ctx)
{
	struct box *box = the_box();
	int seen = 0;
	if (!box)
		return -1;
	for (int i = 0; i < 3; i++) {
		bpf_spin_lock(&box->lock);
		struct bpf_list_node *node = bpf_list_pop_front(&box->list);
		bpf_spin_unlock(&box->lock);
		if (!node)
			return seen;
		struct item *item = of(node, struct item, link);
		seen = seen * 10 + item->key / 10;
		bpf_obj_drop_impl(item, 0);
	}
	for (int i = 0; i < 3; i++) {
		bpf_spin_lock(&box->lock);
		struct bpf_rb_node *first = bpf_rbtree_first(&box->tree);
		if (first)
			first = bpf_rbtree_remove(&box->tree, first);
		bpf_spin_unlock(&box->lock);
		if (!first)
			return seen;
		struct item *item = of(first, struct item, branch);
		seen = seen * 10 + item->key / 10;
		bpf_obj_drop_impl(item, 0);
	}
	return seen;
}

/* Puts a new object into the value; the old one's number comes back. */
SEC("tc")
int keep(void *ctx)
{
	struct box *box = the_box();
	if (!box)
		return -1;
	struct plain *made = bpf_obj_new_impl(local_id(struct plain), 0), *old;
	if (!made)
		return -12;
	made->number = 7;
	old = bpf_kptr_xchg(&box->kept, made);
	if (!old)
		return 0;
	int number = old->number;
	bpf_obj_drop_impl(old, 0);
	return number;
}

/* A reference that is lost. */
SEC("tc")
int leak(void *ctx)
{
	return bpf_obj_new_impl(local_id(struct plain), 0) != 0;
}

