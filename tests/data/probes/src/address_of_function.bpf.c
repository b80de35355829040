#include "probes.h"
GPL;
/* bpf_get_func_ip and bpf_get_attach_cookie by program type: which types a helper is listed for is one thing, what its check allows another. */
#define ASK(kind, name) SEC(kind) int name##_ip(void *c) { return bpf_get_func_ip(c) & 0; } SEC(kind) int name##_cookie(void *c) { return bpf_get_attach_cookie(c) & 0; }
ASK("raw_tp/sched_switch", raw)
ASK("raw_tp.w/nbd_send_request", writable)
ASK("tp/sched/sched_switch", tracepoint)
ASK("perf_event", event)
ASK("syscall", call)
ASK("lsm/file_open", hook)
ASK("lsm.s/file_open", sleeping)
ASK("lsm_cgroup/socket_create", cgroup)
ASK("tp_btf/sched_switch", typed)
ASK("iter/task", iterator)
ASK("fentry/do_nanosleep", entry)
ASK("fexit/do_nanosleep", leaving)
ASK("kprobe/do_nanosleep", probe)
ASK("uprobe", user)
ASK("tc", packet)
