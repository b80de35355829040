// BTF made by hand: a value with one special field, or plain integers.
#include "guest.h"
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

enum { INT = 1, PTR = 2, ARRAY = 3, STRUCT = 4, DECL_TAG = 17, TYPE_TAG = 18 };
enum { BPF_BTF_LOAD = 18 };

static struct { uint16_t magic; uint8_t version, flags; uint32_t hdr_len, type_off, type_len, str_off, str_len; uint8_t data[4096]; } blob;
static uint32_t words[512], used, last_id;
static char strings[1024];
static uint32_t string_bytes;

static uint32_t text(const char *s)
{
	uint32_t at = string_bytes;

	strcpy(strings + at, s);
	string_bytes += strlen(s) + 1;
	return at;
}

static uint32_t type(const char *name, int kind, int members, uint32_t size_or_type)
{
	words[used++] = name ? text(name) : 0;
	words[used++] = kind << 24 | members;
	words[used++] = size_or_type;
	return ++last_id;
}

static uint32_t integer(const char *name, uint32_t bytes)
{
	uint32_t id = type(name, INT, 0, bytes);

	words[used++] = bytes * 8;
	return id;
}

static void member(const char *name, uint32_t id, uint32_t byte)
{
	words[used++] = text(name);
	words[used++] = id;
	words[used++] = byte * 8;
}

static const struct { const char *name, *type; uint32_t bytes; } fields[] = {
	{ "spin_lock", "bpf_spin_lock", 4 },
	{ "res_spin_lock", "bpf_res_spin_lock", 4 },
	{ "timer", "bpf_timer", 16 },
	{ "wq", "bpf_wq", 16 },
	{ "task_work", "bpf_task_work", 8 },
	{ "list_head", "bpf_list_head", 16 },
	{ "rb_root", "bpf_rb_root", 16 },
	{ "refcount", "bpf_refcount", 4 },
	{ "list_node", "bpf_list_node", 24 },
	{ "rb_node", "bpf_rb_node", 32 },
};

// struct value { u64 a; FIELD field; padding to 40 bytes; }
static uint32_t value_with(uint32_t u64_id, uint32_t field, uint32_t count)
{
	uint32_t id = type("value", STRUCT, 1 + count, 40);

	member("a", u64_id, 0);
	member("field", field, 8);
	if (count > 1)
		member("second", field, 24);
	return id;
}

static uint32_t with_struct(const char *name, uint32_t u32_id, uint32_t u64_id, uint32_t count)
{
	for (unsigned i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(fields[i].name, name))
			continue;
		uint32_t parts = fields[i].bytes / (fields[i].bytes % 8 ? 4 : 8);
		uint32_t id = type(fields[i].type, STRUCT, parts, fields[i].bytes);

		for (uint32_t p = 0; p < parts; p++)
			member("w", fields[i].bytes % 8 ? u32_id : u64_id, p * (fields[i].bytes % 8 ? 4 : 8));
		return value_with(u64_id, id, count);
	}
	return 0;
}

// A list or tree of `struct node { u64 a; NODE link; }` in the value.
static uint32_t with_graph(const char *head, const char *node, uint32_t node_bytes, const char *tag, uint32_t u64_id)
{
	uint32_t n = type(node, STRUCT, node_bytes / 8, node_bytes);
	for (uint32_t p = 0; p < node_bytes / 8; p++)
		member("w", u64_id, p * 8);
	uint32_t outer = type("node", STRUCT, 2, 8 + node_bytes);
	member("a", u64_id, 0);
	member("link", n, 8);
	uint32_t h = type(head, STRUCT, 2, 16);
	member("w", u64_id, 0);
	member("w", u64_id, 8);
	uint32_t l = type("bpf_spin_lock", STRUCT, 1, 4);
	member("val", 1, 0);
	uint32_t id = type("value", STRUCT, 3, 40);
	member("a", u64_id, 0);
	member("field", h, 8);
	member("lock", l, 24);
	type(tag, DECL_TAG, 0, id);
	words[used++] = 1;
	(void)outer;
	return id;
}

static uint32_t with_kptr(const char *tag, const char *target, uint32_t u64_id)
{
	uint32_t s = type(target, STRUCT, 0, 0);
	uint32_t t = type(tag, TYPE_TAG, 0, s);
	return value_with(u64_id, type(NULL, PTR, 0, t), 1);
}

static uint32_t make_value(const char *name, uint32_t u32_id, uint32_t u64_id)
{
	if (!strcmp(name, "plain"))
		return u64_id;
	if (!strcmp(name, "list"))
		return with_graph("bpf_list_head", "bpf_list_node", 24, "contains:node:link", u64_id);
	if (!strcmp(name, "rbtree"))
		return with_graph("bpf_rb_root", "bpf_rb_node", 32, "contains:node:link", u64_id);
	if (!strcmp(name, "kptr_ref"))	// 6.1's name of a counted pointer
		return with_kptr("kptr_ref", "task_struct", u64_id);
	if (!strcmp(name, "kptr"))	// counted; in 6.1 not counted
		return with_kptr("kptr", "task_struct", u64_id);
	if (!strcmp(name, "kptr_untrusted"))
		return with_kptr("kptr_untrusted", "task_struct", u64_id);
	if (!strcmp(name, "uptr"))
		return with_kptr("uptr", "empty", u64_id);
	if (!strncmp(name, "two_", 4))
		return with_struct(name + 4, u32_id, u64_id, 2);
	return with_struct(name, u32_id, u64_id, 1);
}

int btf_load(const char *name, uint32_t *key, uint32_t *value)
{
	used = last_id = 0;
	string_bytes = 1;
	uint32_t u32_id = integer("unsigned int", 4), u64_id = integer("unsigned long", 8);
	*key = u32_id;
	*value = make_value(name, u32_id, u64_id);
	blob.magic = 0xeb9f;
	blob.version = 1;
	blob.hdr_len = 24;
	blob.type_off = 0;
	blob.type_len = blob.str_off = used * 4;
	blob.str_len = string_bytes;
	memcpy(blob.data, words, used * 4);
	memcpy(blob.data + used * 4, strings, string_bytes);

	struct { uint64_t btf, log; uint32_t size, log_size, log_level, pad; } attr = {
		(uintptr_t)&blob, 0, 24 + used * 4 + string_bytes, 0, 0, 0 };
	return sys_bpf(BPF_BTF_LOAD, &attr, 28);
}
