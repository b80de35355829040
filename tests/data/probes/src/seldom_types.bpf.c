#include "probes.h"
#include <bpf/bpf_core_read.h>
GPL;
/* Types and functions that few programs use: their members, arguments and relocations are known all the same. */
struct wakeup_source { const char *name; int id; } KOBJ;
struct no_such_structure { int member; } KOBJ;
struct unix_address { int len; } KOBJ;
SEC("fentry/wakeup_source_register") int registers(__u64 *ctx) { return ctx[0] != 0 && ctx[1] != 0; }
SEC("fentry/wakeup_source_register") int third(__u64 *ctx) { return ctx[2] != 0; }
SEC("fentry/wakeup_source_remove") int removes(__u64 *ctx) { struct wakeup_source *source = (void *)ctx[0]; return source->id; }
SEC("fexit/wakeup_source_remove") int nothing_returned(__u64 *ctx) { return ctx[1] != 0; }
SEC("raw_tp/sys_enter") int missing_type(__u64 *ctx) { return bpf_core_type_exists(struct no_such_structure); }
SEC("raw_tp/sys_enter") int present_type(__u64 *ctx) { return bpf_core_type_exists(struct unix_address) + __builtin_preserve_field_info(((struct unix_address *)0)->len, 0); }
SEC("raw_tp/sys_enter") int missing_member(__u64 *ctx) { struct no_such_structure *s = (void *)ctx[0]; int v = 0; bpf_probe_read_kernel(&v, 4, &s->member); return v; }
