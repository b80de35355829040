/* Parts of kernel types, relocated to each kernel's own; SHOW(p) passes p to bpf_map_lookup_elem, whose refusal names its type. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char _license[] SEC("license")="GPL";
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct kernfs_node{int x;}; struct cgroup{struct kernfs_node*kn;}; struct cgroup_subsys_state{struct cgroup*cgroup;}; struct css_set{struct cgroup*dfl_cgrp;};
struct super_block; struct vfsmount{struct super_block*mnt_sb; struct dentry*mnt_root;}; struct file_system_type{const char*name;};
struct super_block{struct dentry*s_root; struct file_system_type*s_type; void*s_fs_info;};
struct user_namespace{struct user_namespace*parent;}; struct group_info{int ngroups;};
struct cred{struct user_namespace*user_ns; struct group_info*group_info; void*security;};
struct inode{struct super_block*i_sb; const void*i_op; void*i_private; unsigned long i_ino;};
struct qstr{const unsigned char*name;};
struct dentry{struct inode*d_inode; struct dentry*d_parent; struct super_block*d_sb; struct qstr d_name; void*d_fsdata;};
struct path{struct vfsmount*mnt; struct dentry*dentry;};
struct file_operations{int x;};
struct file{struct inode*f_inode; struct path f_path; const struct cred*f_cred; const struct file_operations*f_op; void*private_data; unsigned int f_flags;};
struct task_struct;
struct mm_struct{struct file*exe_file; struct task_struct*owner; unsigned long total_vm; void*binfmt;};
struct linux_binprm{struct file*file; struct mm_struct*mm; struct cred*cred; const char*interp; struct file*executable; };
struct uts_namespace{int x;}; struct nsproxy{struct uts_namespace*uts_ns;}; struct tty_struct{int x;};
struct signal_struct{struct tty_struct*tty;}; struct pid{int x;}; struct files_struct; struct fs_struct; struct sighand_struct; struct cpumask; struct sched_class; struct cfs_rq;
struct sched_entity{struct cfs_rq*cfs_rq;};
struct task_struct{const struct cpumask*cpus_ptr; struct css_set*cgroups; struct task_struct*real_parent,*parent,*group_leader; struct mm_struct*mm; const struct cred*cred,*real_cred; struct files_struct*files; struct signal_struct*signal; struct sighand_struct*sighand; struct nsproxy*nsproxy; struct fs_struct*fs; struct pid*thread_pid; void*stack; struct sched_entity se; const struct sched_class*sched_class; int pid; char comm[16]; void*security;};
struct net; struct proto; struct possible{int x;}; typedef struct{struct net*net;} possible_net_t;
struct sock_common{possible_net_t skc_net; struct proto*skc_prot; unsigned short skc_family;};
struct socket; struct sock{struct sock_common __sk_common; struct socket*sk_socket; void*sk_user_data; };
struct proto_ops; struct socket{struct sock*sk; struct file*file; const struct proto_ops*ops;};
struct net_device{char name[16]; struct net_device_ops*netdev_ops; };
struct sk_buff{struct sock*sk; struct net_device*dev; unsigned char*head; struct sk_buff*next; unsigned int len;};
struct vm_area_struct{struct mm_struct*vm_mm; struct file*vm_file; unsigned long vm_start;};
struct seq_file; struct bpf_iter_meta{struct seq_file*seq; unsigned long long session_id;};
struct bpf_iter__task{struct bpf_iter_meta*meta; struct task_struct*task;};
struct bpf_iter__task_file{struct bpf_iter_meta*meta; struct task_struct*task; unsigned fd; struct file*file;};
struct bpf_iter__task_vma{struct bpf_iter_meta*meta; struct task_struct*task; struct vm_area_struct*vma;};
struct request_sock{struct sock*sk;};
#pragma clang attribute pop
#define SHOW(p) asm volatile("r1 = %0; r2 = 0; call 1" :: "r"((unsigned long)(p)) : "r0","r1","r2","r3","r4","r5")
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;
