#include "kernel_objects.h"
SEC("fentry/vfs_read") __attribute__((naked)) int r_fentry_vfs_read_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int r_fentry_vfs_read_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int r_fentry_vfs_read_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int r_fentry_vfs_read_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("fentry/vfs_read") __attribute__((naked)) int r_fentry_vfs_read_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int r_fexit_vfs_read_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int r_fexit_vfs_read_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int r_fexit_vfs_read_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int r_fexit_vfs_read_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("fexit/vfs_read") __attribute__((naked)) int r_fexit_vfs_read_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int r_tp_btf_sched_switch_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int r_tp_btf_sched_switch_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int r_tp_btf_sched_switch_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int r_tp_btf_sched_switch_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("tp_btf/sched_switch") __attribute__((naked)) int r_tp_btf_sched_switch_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int r_lsm_file_open_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int r_lsm_file_open_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int r_lsm_file_open_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int r_lsm_file_open_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm/file_open") __attribute__((naked)) int r_lsm_file_open_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int r_lsm_bprm_committed_creds_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int r_lsm_bprm_committed_creds_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int r_lsm_bprm_committed_creds_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int r_lsm_bprm_committed_creds_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm/bprm_committed_creds") __attribute__((naked)) int r_lsm_bprm_committed_creds_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int r_lsm_inode_xattr_skipcap_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int r_lsm_inode_xattr_skipcap_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int r_lsm_inode_xattr_skipcap_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int r_lsm_inode_xattr_skipcap_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm/inode_xattr_skipcap") __attribute__((naked)) int r_lsm_inode_xattr_skipcap_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int r_lsm_task_prctl_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int r_lsm_task_prctl_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int r_lsm_task_prctl_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int r_lsm_task_prctl_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm/task_prctl") __attribute__((naked)) int r_lsm_task_prctl_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int r_lsm_cgroup_socket_bind_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int r_lsm_cgroup_socket_bind_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int r_lsm_cgroup_socket_bind_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int r_lsm_cgroup_socket_bind_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/socket_bind") __attribute__((naked)) int r_lsm_cgroup_socket_bind_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_free_security") __attribute__((naked)) int r_lsm_cgroup_sk_free_security_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_free_security") __attribute__((naked)) int r_lsm_cgroup_sk_free_security_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_free_security") __attribute__((naked)) int r_lsm_cgroup_sk_free_security_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_free_security") __attribute__((naked)) int r_lsm_cgroup_sk_free_security_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm_cgroup/sk_free_security") __attribute__((naked)) int r_lsm_cgroup_sk_free_security_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lsm.s/file_open") __attribute__((naked)) int r_lsm_s_file_open_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lsm.s/file_open") __attribute__((naked)) int r_lsm_s_file_open_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lsm.s/file_open") __attribute__((naked)) int r_lsm_s_file_open_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lsm.s/file_open") __attribute__((naked)) int r_lsm_s_file_open_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lsm.s/file_open") __attribute__((naked)) int r_lsm_s_file_open_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("iter/task") __attribute__((naked)) int r_iter_task_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("iter/task") __attribute__((naked)) int r_iter_task_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("iter/task") __attribute__((naked)) int r_iter_task_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("iter/task") __attribute__((naked)) int r_iter_task_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("iter/task") __attribute__((naked)) int r_iter_task_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("raw_tp/sys_enter") __attribute__((naked)) int r_raw_tp_sys_enter_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("raw_tp/sys_enter") __attribute__((naked)) int r_raw_tp_sys_enter_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("raw_tp/sys_enter") __attribute__((naked)) int r_raw_tp_sys_enter_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("raw_tp/sys_enter") __attribute__((naked)) int r_raw_tp_sys_enter_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("raw_tp/sys_enter") __attribute__((naked)) int r_raw_tp_sys_enter_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("kprobe") __attribute__((naked)) int r_kprobe_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("kprobe") __attribute__((naked)) int r_kprobe_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("kprobe") __attribute__((naked)) int r_kprobe_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("kprobe") __attribute__((naked)) int r_kprobe_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("kprobe") __attribute__((naked)) int r_kprobe_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("kprobe.multi") __attribute__((naked)) int r_kprobe_multi_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("kprobe.multi") __attribute__((naked)) int r_kprobe_multi_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("kprobe.multi") __attribute__((naked)) int r_kprobe_multi_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("kprobe.multi") __attribute__((naked)) int r_kprobe_multi_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("kprobe.multi") __attribute__((naked)) int r_kprobe_multi_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("kprobe.session") __attribute__((naked)) int r_kprobe_session_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("kprobe.session") __attribute__((naked)) int r_kprobe_session_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("kprobe.session") __attribute__((naked)) int r_kprobe_session_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("kprobe.session") __attribute__((naked)) int r_kprobe_session_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("kprobe.session") __attribute__((naked)) int r_kprobe_session_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("uprobe.session") __attribute__((naked)) int r_uprobe_session_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("uprobe.session") __attribute__((naked)) int r_uprobe_session_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("uprobe.session") __attribute__((naked)) int r_uprobe_session_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("uprobe.session") __attribute__((naked)) int r_uprobe_session_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("uprobe.session") __attribute__((naked)) int r_uprobe_session_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int r_tp_syscalls_sys_enter_read_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int r_tp_syscalls_sys_enter_read_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int r_tp_syscalls_sys_enter_read_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int r_tp_syscalls_sys_enter_read_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("tp/syscalls/sys_enter_read") __attribute__((naked)) int r_tp_syscalls_sys_enter_read_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("xdp") __attribute__((naked)) int r_xdp_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("xdp") __attribute__((naked)) int r_xdp_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("xdp") __attribute__((naked)) int r_xdp_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("xdp") __attribute__((naked)) int r_xdp_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("xdp") __attribute__((naked)) int r_xdp_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("tc") __attribute__((naked)) int r_tc_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("tc") __attribute__((naked)) int r_tc_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("tc") __attribute__((naked)) int r_tc_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("tc") __attribute__((naked)) int r_tc_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("tc") __attribute__((naked)) int r_tc_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("socket") __attribute__((naked)) int r_socket_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("socket") __attribute__((naked)) int r_socket_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("socket") __attribute__((naked)) int r_socket_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("socket") __attribute__((naked)) int r_socket_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("socket") __attribute__((naked)) int r_socket_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/ingress") __attribute__((naked)) int r_cgroup_skb_ingress_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/ingress") __attribute__((naked)) int r_cgroup_skb_ingress_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/ingress") __attribute__((naked)) int r_cgroup_skb_ingress_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/ingress") __attribute__((naked)) int r_cgroup_skb_ingress_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/ingress") __attribute__((naked)) int r_cgroup_skb_ingress_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/egress") __attribute__((naked)) int r_cgroup_skb_egress_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/egress") __attribute__((naked)) int r_cgroup_skb_egress_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/egress") __attribute__((naked)) int r_cgroup_skb_egress_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/egress") __attribute__((naked)) int r_cgroup_skb_egress_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup_skb/egress") __attribute__((naked)) int r_cgroup_skb_egress_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/skb") __attribute__((naked)) int r_cgroup_skb_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/skb") __attribute__((naked)) int r_cgroup_skb_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/skb") __attribute__((naked)) int r_cgroup_skb_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/skb") __attribute__((naked)) int r_cgroup_skb_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/skb") __attribute__((naked)) int r_cgroup_skb_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_create") __attribute__((naked)) int r_cgroup_sock_create_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_create") __attribute__((naked)) int r_cgroup_sock_create_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_create") __attribute__((naked)) int r_cgroup_sock_create_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_create") __attribute__((naked)) int r_cgroup_sock_create_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_create") __attribute__((naked)) int r_cgroup_sock_create_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_release") __attribute__((naked)) int r_cgroup_sock_release_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_release") __attribute__((naked)) int r_cgroup_sock_release_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_release") __attribute__((naked)) int r_cgroup_sock_release_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_release") __attribute__((naked)) int r_cgroup_sock_release_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sock_release") __attribute__((naked)) int r_cgroup_sock_release_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/post_bind4") __attribute__((naked)) int r_cgroup_post_bind4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/post_bind4") __attribute__((naked)) int r_cgroup_post_bind4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/post_bind4") __attribute__((naked)) int r_cgroup_post_bind4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/post_bind4") __attribute__((naked)) int r_cgroup_post_bind4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/post_bind4") __attribute__((naked)) int r_cgroup_post_bind4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind4") __attribute__((naked)) int r_cgroup_bind4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind4") __attribute__((naked)) int r_cgroup_bind4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind4") __attribute__((naked)) int r_cgroup_bind4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind4") __attribute__((naked)) int r_cgroup_bind4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind4") __attribute__((naked)) int r_cgroup_bind4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind6") __attribute__((naked)) int r_cgroup_bind6_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind6") __attribute__((naked)) int r_cgroup_bind6_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind6") __attribute__((naked)) int r_cgroup_bind6_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind6") __attribute__((naked)) int r_cgroup_bind6_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/bind6") __attribute__((naked)) int r_cgroup_bind6_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect4") __attribute__((naked)) int r_cgroup_connect4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect4") __attribute__((naked)) int r_cgroup_connect4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect4") __attribute__((naked)) int r_cgroup_connect4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect4") __attribute__((naked)) int r_cgroup_connect4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect4") __attribute__((naked)) int r_cgroup_connect4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect_unix") __attribute__((naked)) int r_cgroup_connect_unix_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect_unix") __attribute__((naked)) int r_cgroup_connect_unix_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect_unix") __attribute__((naked)) int r_cgroup_connect_unix_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect_unix") __attribute__((naked)) int r_cgroup_connect_unix_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/connect_unix") __attribute__((naked)) int r_cgroup_connect_unix_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg4") __attribute__((naked)) int r_cgroup_sendmsg4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg4") __attribute__((naked)) int r_cgroup_sendmsg4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg4") __attribute__((naked)) int r_cgroup_sendmsg4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg4") __attribute__((naked)) int r_cgroup_sendmsg4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg4") __attribute__((naked)) int r_cgroup_sendmsg4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg6") __attribute__((naked)) int r_cgroup_sendmsg6_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg6") __attribute__((naked)) int r_cgroup_sendmsg6_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg6") __attribute__((naked)) int r_cgroup_sendmsg6_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg6") __attribute__((naked)) int r_cgroup_sendmsg6_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sendmsg6") __attribute__((naked)) int r_cgroup_sendmsg6_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg4") __attribute__((naked)) int r_cgroup_recvmsg4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg4") __attribute__((naked)) int r_cgroup_recvmsg4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg4") __attribute__((naked)) int r_cgroup_recvmsg4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg4") __attribute__((naked)) int r_cgroup_recvmsg4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg4") __attribute__((naked)) int r_cgroup_recvmsg4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg6") __attribute__((naked)) int r_cgroup_recvmsg6_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg6") __attribute__((naked)) int r_cgroup_recvmsg6_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg6") __attribute__((naked)) int r_cgroup_recvmsg6_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg6") __attribute__((naked)) int r_cgroup_recvmsg6_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg6") __attribute__((naked)) int r_cgroup_recvmsg6_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg_unix") __attribute__((naked)) int r_cgroup_recvmsg_unix_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg_unix") __attribute__((naked)) int r_cgroup_recvmsg_unix_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg_unix") __attribute__((naked)) int r_cgroup_recvmsg_unix_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg_unix") __attribute__((naked)) int r_cgroup_recvmsg_unix_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/recvmsg_unix") __attribute__((naked)) int r_cgroup_recvmsg_unix_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getpeername4") __attribute__((naked)) int r_cgroup_getpeername4_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getpeername4") __attribute__((naked)) int r_cgroup_getpeername4_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getpeername4") __attribute__((naked)) int r_cgroup_getpeername4_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getpeername4") __attribute__((naked)) int r_cgroup_getpeername4_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getpeername4") __attribute__((naked)) int r_cgroup_getpeername4_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname6") __attribute__((naked)) int r_cgroup_getsockname6_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname6") __attribute__((naked)) int r_cgroup_getsockname6_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname6") __attribute__((naked)) int r_cgroup_getsockname6_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname6") __attribute__((naked)) int r_cgroup_getsockname6_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname6") __attribute__((naked)) int r_cgroup_getsockname6_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname_unix") __attribute__((naked)) int r_cgroup_getsockname_unix_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname_unix") __attribute__((naked)) int r_cgroup_getsockname_unix_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname_unix") __attribute__((naked)) int r_cgroup_getsockname_unix_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname_unix") __attribute__((naked)) int r_cgroup_getsockname_unix_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockname_unix") __attribute__((naked)) int r_cgroup_getsockname_unix_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sysctl") __attribute__((naked)) int r_cgroup_sysctl_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sysctl") __attribute__((naked)) int r_cgroup_sysctl_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sysctl") __attribute__((naked)) int r_cgroup_sysctl_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sysctl") __attribute__((naked)) int r_cgroup_sysctl_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/sysctl") __attribute__((naked)) int r_cgroup_sysctl_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockopt") __attribute__((naked)) int r_cgroup_getsockopt_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockopt") __attribute__((naked)) int r_cgroup_getsockopt_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockopt") __attribute__((naked)) int r_cgroup_getsockopt_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockopt") __attribute__((naked)) int r_cgroup_getsockopt_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/getsockopt") __attribute__((naked)) int r_cgroup_getsockopt_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/setsockopt") __attribute__((naked)) int r_cgroup_setsockopt_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/setsockopt") __attribute__((naked)) int r_cgroup_setsockopt_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/setsockopt") __attribute__((naked)) int r_cgroup_setsockopt_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/setsockopt") __attribute__((naked)) int r_cgroup_setsockopt_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/setsockopt") __attribute__((naked)) int r_cgroup_setsockopt_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/dev") __attribute__((naked)) int r_cgroup_dev_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("cgroup/dev") __attribute__((naked)) int r_cgroup_dev_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("cgroup/dev") __attribute__((naked)) int r_cgroup_dev_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("cgroup/dev") __attribute__((naked)) int r_cgroup_dev_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("cgroup/dev") __attribute__((naked)) int r_cgroup_dev_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("sockops") __attribute__((naked)) int r_sockops_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("sockops") __attribute__((naked)) int r_sockops_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("sockops") __attribute__((naked)) int r_sockops_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("sockops") __attribute__((naked)) int r_sockops_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("sockops") __attribute__((naked)) int r_sockops_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("sk_skb/stream_verdict") __attribute__((naked)) int r_sk_skb_stream_verdict_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("sk_skb/stream_verdict") __attribute__((naked)) int r_sk_skb_stream_verdict_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("sk_skb/stream_verdict") __attribute__((naked)) int r_sk_skb_stream_verdict_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("sk_skb/stream_verdict") __attribute__((naked)) int r_sk_skb_stream_verdict_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("sk_skb/stream_verdict") __attribute__((naked)) int r_sk_skb_stream_verdict_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("sk_msg") __attribute__((naked)) int r_sk_msg_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("sk_msg") __attribute__((naked)) int r_sk_msg_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("sk_msg") __attribute__((naked)) int r_sk_msg_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("sk_msg") __attribute__((naked)) int r_sk_msg_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("sk_msg") __attribute__((naked)) int r_sk_msg_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("sk_lookup") __attribute__((naked)) int r_sk_lookup_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("sk_lookup") __attribute__((naked)) int r_sk_lookup_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("sk_lookup") __attribute__((naked)) int r_sk_lookup_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("sk_lookup") __attribute__((naked)) int r_sk_lookup_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("sk_lookup") __attribute__((naked)) int r_sk_lookup_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("sk_reuseport") __attribute__((naked)) int r_sk_reuseport_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("sk_reuseport") __attribute__((naked)) int r_sk_reuseport_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("sk_reuseport") __attribute__((naked)) int r_sk_reuseport_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("sk_reuseport") __attribute__((naked)) int r_sk_reuseport_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("sk_reuseport") __attribute__((naked)) int r_sk_reuseport_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int r_flow_dissector_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int r_flow_dissector_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int r_flow_dissector_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int r_flow_dissector_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("flow_dissector") __attribute__((naked)) int r_flow_dissector_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("netfilter") __attribute__((naked)) int r_netfilter_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("netfilter") __attribute__((naked)) int r_netfilter_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("netfilter") __attribute__((naked)) int r_netfilter_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("netfilter") __attribute__((naked)) int r_netfilter_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("netfilter") __attribute__((naked)) int r_netfilter_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("perf_event") __attribute__((naked)) int r_perf_event_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("perf_event") __attribute__((naked)) int r_perf_event_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("perf_event") __attribute__((naked)) int r_perf_event_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("perf_event") __attribute__((naked)) int r_perf_event_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("perf_event") __attribute__((naked)) int r_perf_event_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("lwt_xmit") __attribute__((naked)) int r_lwt_xmit_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("lwt_xmit") __attribute__((naked)) int r_lwt_xmit_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("lwt_xmit") __attribute__((naked)) int r_lwt_xmit_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("lwt_xmit") __attribute__((naked)) int r_lwt_xmit_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("lwt_xmit") __attribute__((naked)) int r_lwt_xmit_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("syscall") __attribute__((naked)) int r_syscall_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("syscall") __attribute__((naked)) int r_syscall_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("syscall") __attribute__((naked)) int r_syscall_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("syscall") __attribute__((naked)) int r_syscall_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("syscall") __attribute__((naked)) int r_syscall_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int r_fsession_vfs_read_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int r_fsession_vfs_read_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int r_fsession_vfs_read_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int r_fsession_vfs_read_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("fsession/vfs_read") __attribute__((naked)) int r_fsession_vfs_read_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int r_fentry_multi_vfs_read_2(void) { asm volatile("r0 = 2; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int r_fentry_multi_vfs_read_m1(void) { asm volatile("r0 = -1; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int r_fentry_multi_vfs_read_unk(void) { asm volatile("call 7; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int r_fentry_multi_vfs_read_m4096(void) { asm volatile("r0 = -4096; exit" ::: "r0","r1","r2"); }
SEC("fentry.multi/vfs_read") __attribute__((naked)) int r_fentry_multi_vfs_read_ctx(void) { asm volatile("r0 = r1; exit" ::: "r0","r1","r2"); }
