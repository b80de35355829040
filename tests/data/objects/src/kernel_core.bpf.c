/* Fields of a real kernel type, for the built-in kernel types. */
#include "kernel.h"

struct task_struct___new { unsigned int __state; } KOBJ;
struct task_struct___old { long state; } KOBJ;

SEC("tc")
int pid_of_parent(struct task_struct *task)
{
	return task->real_parent->pid;
}

SEC("tc")
long state(void *task)
{
	struct task_struct___new *now = task;
	struct task_struct___old *then = task;

	return bpf_core_field_exists(now->__state) ? now->__state : then->state;
}
