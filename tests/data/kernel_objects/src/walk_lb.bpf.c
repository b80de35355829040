#include "kernel_objects.h"
SEC("lsm/bprm_check_security") int BPF_PROG(lb_arg, struct linux_binprm *p) {  SHOW(p); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_file, struct linux_binprm *p) {  SHOW(p->file); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_mm, struct linux_binprm *p) {  SHOW(p->mm); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_cred, struct linux_binprm *p) {  SHOW(p->cred); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_interp, struct linux_binprm *p) {  SHOW(p->interp); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_executable, struct linux_binprm *p) {  SHOW(p->executable); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_file_f_inode, struct linux_binprm *p) {  SHOW(p->file->f_inode); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_file_f_path_dentry, struct linux_binprm *p) {  SHOW(p->file->f_path.dentry); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_mm_owner, struct linux_binprm *p) {  SHOW(p->mm->owner); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_mm_exe_file, struct linux_binprm *p) {  SHOW(p->mm->exe_file); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_mm_binfmt, struct linux_binprm *p) {  SHOW(p->mm->binfmt); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_file_f_path_dentry_d_inode, struct linux_binprm *p) {  SHOW(p->file->f_path.dentry->d_inode); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_cred_user_ns, struct linux_binprm *p) {  SHOW(p->cred->user_ns); return 0; }
SEC("lsm/bprm_check_security") int BPF_PROG(lb_executable_f_inode, struct linux_binprm *p) {  SHOW(p->executable->f_inode); return 0; }
