#include "rules.h"

/* broken: far behind the end of the structure. */
SEC("lsm/file_open")
int BPF_PROG(broken, struct file *file)
{
	return *(volatile int *)((char *)file + 8192) & 0;
}

/* sound: a field, by name. */
struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

SEC("lsm/file_open")
int BPF_PROG(sound, struct file *file)
{
	return file->f_flags & 0;
}
