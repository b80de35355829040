// A sleepable program that holds an element while the script goes on: `load`, `hold`, `resume`.
//
// The script runs in a thread, because storage of a task by its pidfd means the first thread: that one runs the program.
#define _GNU_SOURCE
#include "guest.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

// What a libbpf built against a newer C library asks for.
unsigned long __isoc23_strtoul(const char *s, char **e, int b) { return strtoul(s, e, b); }
unsigned long long __isoc23_strtoull(const char *s, char **e, int b) { return strtoull(s, e, b); }
long __isoc23_strtol(const char *s, char **e, int b) { return strtol(s, e, b); }
long long __isoc23_strtoll(const char *s, char **e, int b) { return strtoll(s, e, b); }
int __isoc23_sscanf(const char *s, const char *f, ...) { va_list a; va_start(a, f); int r = vsscanf(s, f, a); va_end(a); return r; }
int __isoc23_fscanf(FILE *s, const char *f, ...) { va_list a; va_start(a, f); int r = vfscanf(s, f, a); va_end(a); return r; }

// As in sleeper.bpf.c.
struct io {
	uint64_t page;
	uint32_t pid, key, found, again;
	uint64_t before, held, second, got;
	int64_t ret;
	uint32_t runs, pad;
};

static struct bpf_object *object;
static struct bpf_link *attached;
static int io_fd, uffd = -1;
static void *page;
static char messages[1 << 16];
static char log_text[1 << 20];
static volatile int go, done;

__attribute__((noinline)) void trigger(void)
{
	asm volatile("" ::: "memory");
}

static int print(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t length = strlen(messages);

	if (level <= LIBBPF_WARN)
		vsnprintf(messages + length, sizeof(messages) - length, format, args);
	return 0;
}

static int old_kernel(void)
{
	struct utsname u;

	uname(&u);
	return !strncmp(u.release, "5.", 2);
}

// The verifier's last words before its statistics, without characters that the CSV needs.
static void last_message(char *out, size_t size)
{
	char *end = strstr(log_text, "processed "), *start;

	if (!end)
		end = log_text + strlen(log_text);
	while (end > log_text && end[-1] == '\n')
		end--;
	*end = 0;
	start = strrchr(log_text, '\n');
	snprintf(out, size, "%s", start ? start + 1 : log_text);
	for (char *c = out; *c; c++)
		if (*c == ',')
			*c = ';';
}

void sleeper_unload(void)
{
	bpf_link__destroy(attached);
	attached = NULL;
	bpf_object__close(object);
	object = NULL;
	if (page)
		munmap(page, 4096);
	page = NULL;
	if (uffd >= 0)
		close(uffd);
	uffd = -1;
}

static int attach(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "trigger");

	attached = bpf_program__attach_uprobe_opts(program, -1, "/init", 0, &opts);
	return attached ? 0 : -errno;
}

// Loads /sleeper/KIND.bpf.o and attaches its program (5.10: only loads it); 0, or the error and the verifier's message. The map is `m`.
int sleeper_load(const char *kind, char *message, size_t size)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/sleeper/%s.bpf.o", kind);
	libbpf_set_print(print);
	messages[0] = log_text[0] = message[0] = 0;
	object = bpf_object__open_file(path, NULL);
	if (!object)
		return -errno;
	const char *wanted = old_kernel() ? "l" : "u";
	struct bpf_program *p, *program = bpf_object__find_program_by_name(object, wanted);
	bpf_object__for_each_program(p, object)
		bpf_program__set_autoload(p, p == program);
	bpf_program__set_log_buf(program, log_text, sizeof(log_text));
	bpf_program__set_log_level(program, 1);
	ret = bpf_object__load(object);
	if (ret) {
		if (log_text[0])
			last_message(message, size);
		else
			snprintf(message, size, "%s", strstr(messages, "map 'm'") ? "no map" : "no log");
		sleeper_unload();
		return ret;
	}
	io_fd = bpf_object__find_map_fd_by_name(object, ".bss");
	struct bpf_map *m;
	bpf_object__for_each_map(m, object)
		if (strstr(bpf_map__name(m), ".bss"))
			io_fd = bpf_map__fd(m);
	return old_kernel() ? 0 : attach(program);
}

int sleeper_runs(void)
{
	return attached != NULL;
}

int sleeper_map(const char *name)
{
	return fcntl(bpf_object__find_map_fd_by_name(object, name), F_DUPFD_CLOEXEC, 3);
}

static struct io io_get(void)
{
	struct io io;
	uint32_t zero = 0;

	bpf_map_lookup_elem(io_fd, &zero, &io);
	return io;
}

static int new_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };

	if (page)
		munmap(page, 4096);
	if (uffd >= 0)
		close(uffd);
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		return -errno;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register r = { .range = { (uintptr_t)page, 4096 }, .mode = UFFDIO_REGISTER_MODE_MISSING };
	return ioctl(uffd, UFFDIO_REGISTER, &r) ? -errno : 0;
}

// The first thread runs the program for KEY and waits in it for the page. 1: it waits; 0: it ended at once.
int sleeper_hold(uint32_t key)
{
	struct io io = { .pid = getpid(), .key = key };
	uint32_t zero = 0;
	int ret = new_page();

	if (ret)
		return ret;
	io.page = (uintptr_t)page;
	bpf_map_update_elem(io_fd, &zero, &io, 0);
	done = 0;
	go = 1;
	struct pollfd p = { .fd = uffd, .events = POLLIN };
	while (!done)
		if (poll(&p, 1, 20) > 0)
			return 1;
	return 0;
}

// Gives the page, waits until the program is done, and says what it saw.
void sleeper_resume(char *out, size_t size)
{
	static char contents[4096] __attribute__((aligned(4096)));
	struct uffd_msg message;

	if (!done) {
		while (read(uffd, &message, sizeof(message)) != sizeof(message) && !done)
			usleep(1000);
		memset(contents, 0x5a, sizeof(contents));
		struct uffdio_copy copy = { .dst = (uintptr_t)page, .src = (uintptr_t)contents, .len = 4096 };
		ioctl(uffd, UFFDIO_COPY, &copy);
	}
	while (!done)
		usleep(1000);
	struct io io = io_get();
	snprintf(out, size, "found=%u before=%lu held=%lu again=%u second=%lu ret=%ld", io.found, io.before, io.held, io.again, io.second,
		 io.ret);
}

// The first thread, for ever.
void sleeper_serve(void)
{
	mkdir("/sys/kernel/tracing", 0755);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, "");
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, "");
	for (;;) {
		while (!go)
			usleep(200);
		go = 0;
		trigger();
		done = 1;
	}
}

// Positions of a ring buffer and the header of its first record: producer, consumer, header, first bytes.
void sleeper_ring(int fd, char *out, size_t size)
{
	uint64_t *consumer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint64_t *producer = mmap(NULL, 4096 * 3, PROT_READ, MAP_SHARED, fd, 4096);

	if (consumer == MAP_FAILED || producer == MAP_FAILED) {
		snprintf(out, size, "%d", -errno);
		return;
	}
	uint32_t *record = (uint32_t *)((char *)producer + 4096);
	snprintf(out, size, "producer=%lu consumer=%lu header=%#x value=%lu", *producer, *consumer, record[0], *(uint64_t *)(record + 2));
	munmap(consumer, 4096);
	munmap(producer, 4096 * 3);
}
