#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char _license[] SEC("license")="GPL";
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_map_ops{int x;};
struct bpf_map{const struct bpf_map_ops*ops; struct bpf_map*inner_map_meta; unsigned key_size,value_size,max_entries,id;};
struct bpf_array{struct bpf_map map; unsigned elem_size;};
struct bpf_htab{struct bpf_map map; void*buckets; unsigned n_buckets;};
struct bpf_ringbuf_map{struct bpf_map map; struct bpf_ringbuf*rb;};
struct bpf_stab{struct bpf_map map; struct sock**sks;};
struct bpf_local_storage_map{struct bpf_map map; void*buckets;};
#pragma clang attribute pop
#define SHOW(p) asm volatile("r1 = %0; r2 = 0; call 1" :: "r"((unsigned long)(p)) : "r0","r1","r2","r3","r4","r5")
#define M(n,t,ks,vs,me,fl) struct{__uint(type,t);__uint(key_size,ks);__uint(value_size,vs);__uint(max_entries,me);__uint(map_flags,fl);} n SEC(".maps");
M(arr,BPF_MAP_TYPE_ARRAY,4,4,4,0) M(hash,BPF_MAP_TYPE_HASH,4,4,4,0) M(rb,BPF_MAP_TYPE_RINGBUF,0,0,4096,0) M(q,BPF_MAP_TYPE_QUEUE,0,4,4,0) M(lpm,BPF_MAP_TYPE_LPM_TRIE,8,4,4,1) M(dev,BPF_MAP_TYPE_DEVMAP,4,4,4,0) M(cpu,BPF_MAP_TYPE_CPUMAP,4,4,4,0) M(xsk,BPF_MAP_TYPE_XSKMAP,4,4,4,0) M(stab,BPF_MAP_TYPE_SOCKMAP,4,4,4,0) M(stk,BPF_MAP_TYPE_STACK_TRACE,4,8,4,0)
#define P(n) SEC("tc") int m_##n##_me(void*c){ struct bpf_map*m=(void*)&n; return m->max_entries==7;} SEC("tc") int m_##n##_ops(void*c){ struct bpf_map*m=(void*)&n; SHOW(m->ops); return 0;} SEC("tc") int m_##n##_w(void*c){ struct bpf_map*m=(void*)&n; m->max_entries=7; return 0;} SEC("tc") int m_##n##_oob(void*c){ SHOW(*(unsigned long*)((void*)&n+4096)); return 0;} SEC("tc") int m_##n##_inner(void*c){ struct bpf_map*m=(void*)&n; SHOW(m->inner_map_meta); return 0;}
P(arr) P(hash) P(rb) P(q) P(lpm) P(dev) P(cpu) P(xsk) P(stab) P(stk)
SEC("tc") int m_elem(void*c){ struct bpf_array*a=(void*)&arr; return a->elem_size;}
SEC("tc") int m_nb(void*c){ struct bpf_htab*a=(void*)&hash; return a->n_buckets;}
SEC("tc") int m_bk(void*c){ struct bpf_htab*a=(void*)&hash; SHOW(a->buckets); return 0;}
SEC("tc") int m_rb(void*c){ struct bpf_ringbuf_map*a=(void*)&rb; SHOW(a->rb); return 0;}
SEC("tc") int m_sks(void*c){ struct bpf_stab*a=(void*)&stab; SHOW(a->sks); return 0;}
SEC("tc") int m_neg(void*c){ asm volatile("r1 = %0; r1 = *(u64*)(r1 - 8)"::"r"(&arr):"r1"); return 0;}
SEC("tc") int m_flex(void*c){ SHOW(*(unsigned long*)((void*)&arr+320)); return 0;}
