//! Stacks: `bpf_get_stackid`, `bpf_get_stack`. Source: `kernel/bpf/stackmap.c`.
//!
//! A simulated kernel stack has the kernel functions that simulated code is in (`runtime::KernelStacks`), innermost first; a kernel's has the
//! functions between them and the program's own frames, too. A user stack is known only in a uprobe: the probed function.

use maps::stack_trace::{BPF_F_SKIP_FIELD_MASK, BPF_F_USER_STACK, MAX_STACK};
use sim::errno::Errno;

use super::Row;
use crate::profile::Section;
use crate::runtime::{CallFault, Frame, HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] =
    &[Row { name: "bpf_get_stackid", body: get_stackid }, Row { name: "bpf_get_stack", body: get_stack }];

const BPF_F_USER_BUILD_ID: u64 = 1 << 11;

/// The frames of the current task, innermost first.
fn frames(cx: &HelperCx<'_>, user: bool) -> Result<Vec<u64>, CallFault> {
    if !user {
        return Ok(cx.bpf.stacks().of(cx.machine().current()));
    }
    let is_uprobe = Section::resolve(&cx.prog.section).is_some() && cx.prog.section.contains("uprobe");
    match cx.frame() {
        Frame::Probe(probe) if is_uprobe && probe.ip != 0 => Ok(vec![probe.ip]),
        _ if cx.machine().current_task().mm.get().is_none() => Ok(Vec::new()),
        _ => Err(CallFault::not_modelled("the user stack outside uprobes")),
    }
}

fn get_stackid(cx: &HelperCx<'_>, [_, map, flags, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Some(stacks) = map.as_stack_trace() else {
        return Err(CallFault::not_modelled(format!("bpf_get_stackid with map {}", map.core().name)));
    };
    let ips = frames(cx, flags & BPF_F_USER_STACK != 0)?;
    match stacks.store(cx.machine(), &ips, flags) {
        Ok(id) => ret(u64::from(id)),
        Err(refused) => errno(refused),
    }
}

/// `__bpf_get_stack`: bytes written; whatever is not written is zeroed.
fn get_stack(cx: &HelperCx<'_>, [_, buffer, size, flags, _]: [u64; 5]) -> Reply {
    let size = u64::from(size as u32);
    let (user, build_id) = (flags & BPF_F_USER_STACK != 0, flags & BPF_F_USER_BUILD_ID != 0);
    let known = BPF_F_SKIP_FIELD_MASK | BPF_F_USER_STACK | BPF_F_USER_BUILD_ID;
    if build_id && user && flags & !known == 0 {
        return Err(CallFault::not_modelled("bpf_get_stack with BPF_F_USER_BUILD_ID"));
    }
    cx.fill(buffer, size, 0)?;
    if flags & !known != 0 || build_id || !size.is_multiple_of(8) {
        return errno(Errno::EINVAL);
    }
    let skip = (flags & BPF_F_SKIP_FIELD_MASK) as usize;
    let most = ((size / 8) as usize + skip).min(MAX_STACK as usize);
    let ips = frames(cx, user)?;
    let Some(ips) = ips[..ips.len().min(most)].get(skip..) else { return errno(Errno::EFAULT) };
    if ips.is_empty() && skip == 0 {
        return errno(Errno::EFAULT);
    }
    let bytes: Vec<u8> = ips.iter().flat_map(|ip| ip.to_le_bytes()).collect();
    cx.write(buffer, &bytes)?;
    ret(bytes.len() as u64)
}
