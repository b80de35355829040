//! Types of program contexts: what programs see and what the kernel has behind it (include/linux/bpf_types.h).
//!
//! Neighbours: `function_args` and `kfunc` tell by them which arguments are contexts. Types whose context is no named structure are not here.

use crate::profile::ProgType;

/// Program type, the type that programs see, the kernel's.
const CONTEXTS: [(ProgType, &str, &str); 27] = [
    (ProgType::SOCKET_FILTER, "__sk_buff", "sk_buff"),
    (ProgType::SCHED_CLS, "__sk_buff", "sk_buff"),
    (ProgType::SCHED_ACT, "__sk_buff", "sk_buff"),
    (ProgType::XDP, "xdp_md", "xdp_buff"),
    (ProgType::CGROUP_SKB, "__sk_buff", "sk_buff"),
    (ProgType::CGROUP_SOCK, "bpf_sock", "sock"),
    (ProgType::CGROUP_SOCK_ADDR, "bpf_sock_addr", "bpf_sock_addr_kern"),
    (ProgType::LWT_IN, "__sk_buff", "sk_buff"),
    (ProgType::LWT_OUT, "__sk_buff", "sk_buff"),
    (ProgType::LWT_XMIT, "__sk_buff", "sk_buff"),
    (ProgType::LWT_SEG6LOCAL, "__sk_buff", "sk_buff"),
    (ProgType::SOCK_OPS, "bpf_sock_ops", "bpf_sock_ops_kern"),
    (ProgType::SK_SKB, "__sk_buff", "sk_buff"),
    (ProgType::SK_MSG, "sk_msg_md", "sk_msg"),
    (ProgType::FLOW_DISSECTOR, "__sk_buff", "bpf_flow_dissector"),
    (ProgType::KPROBE, "bpf_user_pt_regs_t", "pt_regs"),
    (ProgType::TRACEPOINT, "__u64", "u64"),
    (ProgType::PERF_EVENT, "bpf_perf_event_data", "bpf_perf_event_data_kern"),
    (ProgType::CGROUP_DEVICE, "bpf_cgroup_dev_ctx", "bpf_cgroup_dev_ctx"),
    (ProgType::CGROUP_SYSCTL, "bpf_sysctl", "bpf_sysctl_kern"),
    (ProgType::CGROUP_SOCKOPT, "bpf_sockopt", "bpf_sockopt_kern"),
    (ProgType::SK_REUSEPORT, "sk_reuseport_md", "sk_reuseport_kern"),
    (ProgType::SK_LOOKUP, "bpf_sk_lookup", "bpf_sk_lookup_kern"),
    (ProgType::NETFILTER, "bpf_nf_ctx", "bpf_nf_ctx"),
    (ProgType::RAW_TRACEPOINT, "bpf_raw_tracepoint_args", "u64"),
    (ProgType::RAW_TRACEPOINT_WRITABLE, "bpf_raw_tracepoint_args", "u64"),
    (ProgType::LIRC_MODE2, "__u32", "u32"),
];

/// The type that programs of this type see.
pub(super) fn context_type(prog_type: ProgType) -> Option<&'static str> {
    CONTEXTS.iter().find(|row| row.0 == prog_type).map(|row| row.1)
}

/// The kernel's struct behind the context of this program type (`get_kern_ctx_btf_id`).
pub(super) fn kernel_context(prog_type: ProgType) -> Option<&'static str> {
    CONTEXTS
        .iter()
        .find(|row| row.0 == prog_type)
        .map(|row| row.2)
        .filter(|name| !["u64", "u32"].contains(name))
}
