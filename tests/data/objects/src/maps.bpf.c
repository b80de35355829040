/* Every attribute of a map definition, and every kind of data section. */
#include "kernel.h"

struct value {
	__u64 count;
	struct bpf_spin_lock lock;
	struct bpf_timer timer;
	struct task_struct __attribute__((btf_type_tag("kptr"))) *task;
	struct { struct bpf_timer inner[2]; } nested;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct value);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 64);
	__uint(key_size, 0);
	__uint(value_size, 4);
	__ulong(map_extra, 5);
} filter SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [1] = &first, [3] = &second } };

int target(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__array(values, int(void *));
} jumps SEC(".maps") = { .values = { [1] = (void *)&target } };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

extern __u32 LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig __weak;
extern bool CONFIG_BPF __kconfig __weak;
extern char CONFIG_CC_VERSION_TEXT[16] __kconfig __weak;

const volatile int limit = 7;
int counter = 3;
static int hidden_counter;
int zeroed[4];
int hot SEC(".data.hot") = 9;

SEC("tc")
int target(void *ctx)
{
	return 1;
}

SEC("tc")
int uses(void *ctx)
{
	__u32 key = 2;
	struct value *value = bpf_map_lookup_elem(&table, &key);

	counter += limit;
	zeroed[2]++;
	__sync_fetch_and_add(&hidden_counter, 1);
	hot++;
	if (value)
		value->count++;
	if (LINUX_KERNEL_VERSION > 0x50a00 && CONFIG_BPF)
		zeroed[1] += CONFIG_HZ + CONFIG_CC_VERSION_TEXT[0];
	bpf_tail_call(ctx, &jumps, 1);
	return bpf_map_lookup_elem(&outer, &key) != 0;
}
