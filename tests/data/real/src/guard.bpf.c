#include "real.h"
GPL;
/* A sleepable LSM policy: who may run which program, open which file, connect where, load modules or use bpf(2). It walks
   files, dentries and credentials, asks for full paths, reads the new program's arguments, and keeps labels on inodes. */
struct qstr { __u32 len; const unsigned char *name; } KOBJ;
struct super_block___guard { unsigned long s_magic; unsigned int s_dev; } KOBJ;
struct inode___guard { unsigned short i_mode; unsigned int i_flags; unsigned long i_ino; struct super_block___guard *i_sb; } KOBJ;
struct dentry___guard { struct dentry___guard *d_parent; struct qstr d_name; struct inode___guard *d_inode; } KOBJ;
struct path___guard { struct vfsmount *mnt; struct dentry___guard *dentry; } KOBJ;
struct kuid { unsigned int val; } KOBJ;
struct cred___guard { struct kuid uid, euid, fsuid; unsigned int securebits; struct user_namespace *user_ns; } KOBJ;
struct file___guard { struct path___guard f_path; struct inode___guard *f_inode; unsigned int f_flags; const struct cred___guard *f_cred; } KOBJ;
struct mm_struct___guard { unsigned long arg_start, arg_end, env_start; struct file___guard *exe_file; } KOBJ;
struct task_struct___guard { int pid, tgid; struct task_struct___guard *real_parent; struct mm_struct___guard *mm; const struct cred___guard *cred; char comm[16]; } KOBJ;
struct linux_binprm___guard { struct mm_struct___guard *mm; struct file___guard *file; struct cred___guard *cred; int argc, envc; unsigned long p; const char *filename, *interp; } KOBJ;
struct sockaddr { unsigned short sa_family; char sa_data[14]; } KOBJ;
struct sockaddr_in___guard { unsigned short sin_family; __be16 sin_port; struct { __be32 s_addr; } sin_addr; };

#define EPERM 1
#define PATH_BYTES 256
#define ARGS_BYTES 128
#define PARENTS 8
enum { DENY_EXEC, DENY_OPEN, DENY_CONNECT, DENY_BPF, DENY_MODULE, DENY_KILL, ASKED, LABELLED, COUNTERS };
enum { MAY_EXEC = 1, MAY_READ = 2, MAY_WRITE = 4, AUDIT = 8, STICKY = 16 };

struct label { __u32 allow, owner; __u64 seen; };
struct decision { __u32 allow, uid; };
struct path_key { char text[64]; };
struct file_key { __u64 inode; __u32 device, pad; };
struct user_key { __u32 uid, what; };
struct event { __u32 kind, pid, uid, verdict; __u64 inode; __u32 path_len, args_len, depth, flags; char comm[16]; char path[PATH_BYTES]; char args[ARGS_BYTES]; };
struct scratch { char path[PATH_BYTES]; char part[64]; struct path_key key; };

struct { __uint(type, BPF_MAP_TYPE_INODE_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct label); } labels SEC(".maps");
HASH(by_path, struct path_key, struct decision, 4096);
HASH(by_file, struct file_key, struct decision, 4096);
HASH(by_user, struct user_key, struct decision, 1024);
HASH(by_address, __u64, struct decision, 1024);
HASH(directories, struct path_key, __u32, 256);
ARRAY(scratches, struct scratch, 64);
ARRAY(counters, __u64, COUNTERS);
ARRAY(enforcing, __u32, 1);
RING(events, 1 << 17);

INLINE void count(__u32 what) { __u64 *n = bpf_map_lookup_elem(&counters, &what); if (n) __sync_fetch_and_add(n, 1); }
INLINE __u32 uid_now(void) { return (__u32)bpf_get_current_uid_gid(); }
INLINE struct scratch *room(void) { __u32 slot = bpf_get_prandom_u32() & 63; return bpf_map_lookup_elem(&scratches, &slot); }

/* What is forbidden is only counted until the policy is switched on. */
static __noinline int refuse(__u32 what)
{
	__u32 zero = 0, *on = bpf_map_lookup_elem(&enforcing, &zero);

	count(what);
	return on && *on ? -EPERM : 0;
}

/* The rule for a user, or for everybody. */
static __noinline int user_may(__u32 uid, __u32 what)
{
	struct user_key key = { uid, what };
	struct decision *d = bpf_map_lookup_elem(&by_user, &key);

	if (!d) {
		key.uid = ~0u;
		d = bpf_map_lookup_elem(&by_user, &key);
	}
	return d ? d->allow & what : what;
}

/* How deep below a listed directory the file lies: 0 when it does not. */
INLINE int below_listed(struct dentry___guard *dentry, struct scratch *s)
{
	struct dentry___guard *parent;
	__u32 *mark;
	int i;

	for (i = 0; i < PARENTS; i++) {
		parent = dentry->d_parent;
		__builtin_memset(&s->key, 0, sizeof(s->key));
		if (bpf_probe_read_kernel_str(s->key.text, sizeof(s->key.text), parent->d_name.name) < 0)
			return 0;
		mark = bpf_map_lookup_elem(&directories, &s->key);
		if (mark)
			return i + 1;
		dentry = parent;
	}
	return 0;
}

INLINE struct decision *decide_file(struct file___guard *file, struct scratch *s)
{
	struct file_key key = {};
	struct decision *d;
	struct inode___guard *inode = file->f_inode;

	key.inode = inode->i_ino;
	key.device = inode->i_sb->s_dev;
	d = bpf_map_lookup_elem(&by_file, &key);
	if (d)
		return d;
	__builtin_memcpy(s->key.text, s->path, sizeof(s->key.text));
	return bpf_map_lookup_elem(&by_path, &s->key);
}

INLINE void tell(__u32 kind, struct file___guard *file, struct scratch *s, int verdict, int depth)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return;
	e->kind = kind;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = uid_now();
	e->verdict = verdict;
	e->inode = file->f_inode->i_ino;
	e->flags = file->f_flags;
	e->depth = depth;
	e->args_len = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	__builtin_memcpy(e->path, s->path, PATH_BYTES);
	e->path_len = PATH_BYTES;
	bpf_ringbuf_submit(e, 0);
}

SEC("lsm.s/file_open") int BPF_PROG(open_file, struct file___guard *file)
{
	struct inode___guard *inode = file->f_inode;
	struct scratch *s = room();
	struct label *label;
	struct decision *d;
	__u32 want, uid = uid_now();
	int depth, verdict = 0;
	long n;

	if (!s)
		return 0;
	/* Only regular files. */
	if ((inode->i_mode & 0170000) != 0100000)
		return 0;
	want = file->f_flags & 3 ? MAY_WRITE : MAY_READ;
	label = bpf_inode_storage_get(&labels, inode, 0, 0);
	if (label && label->allow & STICKY) {
		label->seen += 1;
		if (label->allow & want || label->owner == uid)
			return 0;
		return refuse(DENY_OPEN);
	}
	count(ASKED);
	n = bpf_d_path((struct path *)&file->f_path, s->path, PATH_BYTES);
	if (n < 0)
		return 0;
	depth = below_listed(file->f_path.dentry, s);
	d = decide_file(file, s);
	if (!d && !depth)
		return 0;
	if (d && d->uid != ~0u && d->uid != uid)
		return 0;
	if (d && d->allow & AUDIT)
		tell(ASKED, file, s, 0, depth);
	if (d && !(d->allow & want))
		verdict = refuse(DENY_OPEN);
	else if (!d && depth && !user_may(uid, want))
		verdict = refuse(DENY_OPEN);
	if (verdict)
		tell(DENY_OPEN, file, s, verdict, depth);
	label = bpf_inode_storage_get(&labels, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (label) {
		label->allow = d ? d->allow : want;
		label->owner = uid;
		count(LABELLED);
	}
	return verdict;
}

SEC("lsm.s/bprm_check_security") int BPF_PROG(check_program, struct linux_binprm___guard *bprm)
{
	struct file___guard *file = bprm->file;
	struct scratch *s = room();
	const struct cred___guard *cred = bprm->cred;
	struct decision *d;
	__u32 uid, euid;
	int depth, verdict = 0;

	if (!s || !file || !cred)
		return 0;
	uid = cred->uid.val;
	euid = cred->euid.val;
	if (bpf_probe_read_kernel_str(s->path, PATH_BYTES, bprm->filename) < 0)
		return 0;
	depth = below_listed(file->f_path.dentry, s);
	d = decide_file(file, s);
	if (d && !(d->allow & MAY_EXEC))
		verdict = refuse(DENY_EXEC);
	else if (!d && !user_may(uid, MAY_EXEC))
		verdict = refuse(DENY_EXEC);
	else if (uid != euid && cred->user_ns->level > 0)
		verdict = refuse(DENY_EXEC);
	else if (bprm->argc > 512)
		verdict = refuse(DENY_EXEC);
	/* From memory only: no directory has it. */
	else if (file->f_inode->i_sb->s_magic == 0x01021994 && !depth)
		verdict = refuse(DENY_EXEC);
	if (verdict || (d && d->allow & AUDIT))
		tell(DENY_EXEC, file, s, verdict, depth);
	return verdict;
}

SEC("lsm.s/bprm_committed_creds") int BPF_PROG(program_started, struct linux_binprm___guard *bprm)
{
	struct mm_struct___guard *mm = bprm->mm;
	unsigned long start, end;
	struct event *e;
	__u64 len;

	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 0;
	e->kind = ASKED;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = uid_now();
	e->verdict = 0;
	e->inode = 0;
	e->flags = 0;
	e->depth = bprm->argc;
	e->path_len = 0;
	e->args_len = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	if (mm) {
		start = mm->arg_start;
		end = bprm->p;
		len = end > start ? end - start : ARGS_BYTES;
		if (len > ARGS_BYTES)
			len = ARGS_BYTES;
		OPAQUE(len);
		if (len && len <= ARGS_BYTES && !bpf_copy_from_user(e->args, len, (void *)bprm->p))
			e->args_len = len;
	}
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("lsm.s/socket_connect") int BPF_PROG(connect_to, struct socket *sock, struct sockaddr *address, int len)
{
	struct sockaddr_in___guard to = {};
	struct decision *d;
	__u32 uid = uid_now();
	__u64 key;

	if (len < (int)sizeof(to) || address->sa_family != 2)
		return 0;
	bpf_probe_read_kernel(&to, sizeof(to), address);
	key = ((__u64)to.sin_addr.s_addr << 16) | to.sin_port;
	d = bpf_map_lookup_elem(&by_address, &key);
	if (!d) {
		key &= ~0xffffULL;
		d = bpf_map_lookup_elem(&by_address, &key);
	}
	if (!d)
		return 0;
	if (d->uid != ~0u && d->uid != uid)
		return 0;
	return d->allow ? 0 : refuse(DENY_CONNECT);
}

SEC("lsm.s/bpf") int BPF_PROG(use_bpf, int command, void *attributes, unsigned int size)
{
	struct task_struct___guard *task = (void *)bpf_get_current_task_btf(), *parent;
	char comm[16] = {};
	int i;

	if (user_may(uid_now(), 64))
		return 0;
	bpf_get_current_comm(comm, sizeof(comm));
	/* The agent itself, or a child of it. */
	for (i = 0; i < 4; i++) {
		if (task->comm[0] == 'g' && task->comm[1] == 'u')
			return 0;
		parent = task->real_parent;
		task = parent;
	}
	return refuse(DENY_BPF);
}

SEC("lsm.s/kernel_read_file") int BPF_PROG(read_for_kernel, struct file___guard *file, int id, bool whole)
{
	struct scratch *s = room();
	struct decision *d;

	if (!s)
		return 0;
	/* 2: a module. */
	if (id != 2)
		return 0;
	if (!file)
		return refuse(DENY_MODULE);
	__builtin_memset(s->path, 0, 64);
	if (bpf_probe_read_kernel_str(s->path, 64, file->f_path.dentry->d_name.name) < 0)
		return 0;
	d = decide_file(file, s);
	if (d && d->allow & MAY_EXEC)
		return 0;
	return refuse(DENY_MODULE);
}

SEC("lsm/task_kill") int BPF_PROG(send_signal, struct task_struct___guard *target, void *info, int signal, const struct cred___guard *cred)
{
	struct task_struct___guard *task = target;
	int i;

	if (signal != 9 && signal != 15)
		return 0;
	if (target->comm[0] != 'g' || target->comm[1] != 'u')
		return 0;
	if (uid_now() == 0)
		return 0;
	for (i = 0; i < 4; i++) {
		if (task->tgid == 1)
			return refuse(DENY_KILL);
		task = task->real_parent;
	}
	return 0;
}
