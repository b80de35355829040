#include "kernel_objects.h"
SEC("iter/task") int it_meta(struct bpf_iter__task *ctx) {  SHOW(ctx->meta); return 0; }
SEC("iter/task") int it_task(struct bpf_iter__task *ctx) {  SHOW(ctx->task); return 0; }
SEC("iter/task") int it_seq(struct bpf_iter__task *ctx) {  SHOW(ctx->meta->seq); return 0; }
SEC("iter/task") int it_mm(struct bpf_iter__task *ctx) { struct task_struct*t=ctx->task; if(!t) return 0; SHOW(t->mm); return 0; }
SEC("iter/task") int it_rp(struct bpf_iter__task *ctx) { struct task_struct*t=ctx->task; if(!t) return 0; SHOW(t->real_parent); return 0; }
SEC("iter.s/task") int its_rp(struct bpf_iter__task *ctx) { struct task_struct*t=ctx->task; if(!t) return 0; SHOW(t->real_parent); return 0; }
SEC("iter/task_file") int itf_task(struct bpf_iter__task_file *ctx) {  SHOW(ctx->task); return 0; }
SEC("iter/task_file") int itf_file(struct bpf_iter__task_file *ctx) {  SHOW(ctx->file); return 0; }
SEC("iter/task_file") int itf_fd(struct bpf_iter__task_file *ctx) {  SHOW(ctx->fd); return 0; }
SEC("iter/task_file") int itf_ino(struct bpf_iter__task_file *ctx) { struct file*f=ctx->file; if(!f) return 0; SHOW(f->f_inode); return 0; }
SEC("iter/task_vma") int itv_vma(struct bpf_iter__task_vma *ctx) {  SHOW(ctx->vma); return 0; }
SEC("iter/task_vma") int itv_vm_mm(struct bpf_iter__task_vma *ctx) { struct vm_area_struct*v=ctx->vma; if(!v) return 0; SHOW(v->vm_mm); return 0; }
SEC("iter/task_vma") int itv_vm_file(struct bpf_iter__task_vma *ctx) { struct vm_area_struct*v=ctx->vma; if(!v) return 0; SHOW(v->vm_file); return 0; }
SEC("iter/task_vma") int itv_vm_start(struct bpf_iter__task_vma *ctx) { struct vm_area_struct*v=ctx->vma; if(!v) return 0; SHOW(v->vm_start); return 0; }
SEC("iter/bpf_map") int it_bpf_map_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/bpf_map") int it_bpf_map_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/bpf_map") int it_bpf_map_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/bpf_map_elem") int it_bpf_map_elem_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/bpf_map_elem") int it_bpf_map_elem_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/bpf_map_elem") int it_bpf_map_elem_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/bpf_prog") int it_bpf_prog_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/bpf_prog") int it_bpf_prog_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/bpf_prog") int it_bpf_prog_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/bpf_link") int it_bpf_link_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/bpf_link") int it_bpf_link_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/bpf_link") int it_bpf_link_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/bpf_sk_storage_map") int it_bpf_sk_storage_map_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/bpf_sk_storage_map") int it_bpf_sk_storage_map_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/bpf_sk_storage_map") int it_bpf_sk_storage_map_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/cgroup") int it_cgroup_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/cgroup") int it_cgroup_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/cgroup") int it_cgroup_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/dmabuf") int it_dmabuf_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/dmabuf") int it_dmabuf_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/dmabuf") int it_dmabuf_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/kmem_cache") int it_kmem_cache_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/kmem_cache") int it_kmem_cache_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/kmem_cache") int it_kmem_cache_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/ksym") int it_ksym_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/ksym") int it_ksym_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/ksym") int it_ksym_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/sockmap") int it_sockmap_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/sockmap") int it_sockmap_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/sockmap") int it_sockmap_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/tcp") int it_tcp_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/tcp") int it_tcp_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/tcp") int it_tcp_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/udp") int it_udp_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/udp") int it_udp_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/udp") int it_udp_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/unix") int it_unix_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/unix") int it_unix_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/unix") int it_unix_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/netlink") int it_netlink_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/netlink") int it_netlink_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/netlink") int it_netlink_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/ipv6_route") int it_ipv6_route_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/ipv6_route") int it_ipv6_route_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/ipv6_route") int it_ipv6_route_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/task") int it_task_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/task") int it_task_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/task") int it_task_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/task_file") int it_task_file_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/task_file") int it_task_file_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/task_file") int it_task_file_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
SEC("iter/task_vma") int it_task_vma_8(unsigned long long *ctx) { SHOW(ctx[1]); return 0; }
SEC("iter/task_vma") int it_task_vma_16(unsigned long long *ctx) { SHOW(ctx[2]); return 0; }
SEC("iter/task_vma") int it_task_vma_24(unsigned long long *ctx) { SHOW(ctx[3]); return 0; }
