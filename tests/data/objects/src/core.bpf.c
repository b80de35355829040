/* One function per question that CO-RE can answer. The types are not the kernel's: a test gives others. */
#include "kernel.h"

enum level { LOW = 1, HIGH = 5 };
struct inner { int a[4]; } KOBJ;
struct subject {
	__u64 first;
	struct inner in;
	union { int x; __u8 y; };
	unsigned int flag : 3;
	int signed_flag : 5;
	__u32 narrow;
	struct subject *next;
	enum level level;
	__s32 shrunk;
} KOBJ;
struct subject___old { int gone; } KOBJ;
struct absent { int x; } KOBJ;
typedef int (*callback_t)(struct subject *, int);

#define ASK(name, expression) SEC("tc") __u64 name(struct subject *s) { return (expression); }

ASK(load_member, s->in.a[2])
ASK(load_anonymous, s->y)
ASK(load_wider, s->narrow)
ASK(load_pointer, (__u64)s->next)
ASK(load_signed, s->shrunk)
ASK(byte_offset, __builtin_preserve_field_info(s->narrow, BPF_FIELD_BYTE_OFFSET))
ASK(byte_size, bpf_core_field_size(s->in))
ASK(exists, bpf_core_field_exists(s->narrow))
ASK(old_exists, bpf_core_field_exists(((struct subject___old *)s)->gone))
ASK(old_load, ((struct subject___old *)s)->gone)
ASK(guarded_load, bpf_core_field_exists(((struct subject___old *)s)->gone) ? ((struct subject___old *)s)->gone : 42)
ASK(is_signed, __builtin_preserve_field_info(s->signed_flag, BPF_FIELD_SIGNED))
ASK(lshift, __builtin_preserve_field_info(s->flag, BPF_FIELD_LSHIFT_U64))
ASK(rshift, __builtin_preserve_field_info(s->flag, BPF_FIELD_RSHIFT_U64))
ASK(bitfield, BPF_CORE_READ_BITFIELD(s, flag))
ASK(local_id, bpf_core_type_id_local(struct subject))
ASK(target_id, bpf_core_type_id_kernel(struct subject))
ASK(type_exists, bpf_core_type_exists(struct subject))
ASK(absent_exists, bpf_core_type_exists(struct absent))
ASK(type_size, bpf_core_type_size(struct subject))
ASK(type_matches, bpf_core_type_matches(struct inner))
ASK(type_differs, bpf_core_type_matches(struct subject))
ASK(callback_exists, bpf_core_type_exists(callback_t))
ASK(value_exists, bpf_core_enum_value_exists(enum level, HIGH))
ASK(value, bpf_core_enum_value(enum level, HIGH))
