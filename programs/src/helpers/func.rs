//! The traced function: arguments, return value, address, cookie, override. Source: `kernel/trace/bpf_trace.c`.

use sim::errno::Errno;

use super::Row;
use crate::runtime::{CallFault, Frame, HelperCx, ProgEvent, Reply, TrampolineFrame, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_get_func_arg", body: func_arg },
    Row { name: "bpf_get_func_ret", body: func_ret },
    Row { name: "bpf_get_func_arg_cnt", body: func_arg_cnt },
    Row { name: "bpf_get_func_ip", body: func_ip },
    Row { name: "bpf_get_attach_cookie", body: attach_cookie },
    Row { name: "bpf_override_return", body: override_return },
];

fn trampoline<'a>(cx: &'a HelperCx<'_>, what: &str) -> Result<&'a TrampolineFrame, CallFault> {
    match cx.frame() {
        Frame::Trampoline(frame) => Ok(frame),
        _ => Err(CallFault::not_modelled(format!("{what} without a trampoline"))),
    }
}

/// On error the value is left alone (6.x) and `EINVAL` returned.
fn func_arg(cx: &HelperCx<'_>, [_, n, value, ..]: [u64; 5]) -> Reply {
    let frame = trampoline(cx, "bpf_get_func_arg")?;
    // The number is a u32 in the kernel.
    let Some(arg) = frame.args.get(n as u32 as usize) else { return errno(Errno::EINVAL) };
    cx.store(value, 8, *arg)?;
    ret(0)
}

fn func_ret(cx: &HelperCx<'_>, [_, value, ..]: [u64; 5]) -> Reply {
    let Some(returned) = trampoline(cx, "bpf_get_func_ret")?.ret else { return errno(Errno::EOPNOTSUPP) };
    cx.store(value, 8, returned)?;
    ret(0)
}

fn func_arg_cnt(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(trampoline(cx, "bpf_get_func_arg_cnt")?.args.len() as u64)
}

fn func_ip(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    match cx.frame() {
        Frame::Trampoline(frame) => ret(frame.ip),
        Frame::Probe(frame) => ret(frame.ip),
        _ => Err(CallFault::not_modelled("bpf_get_func_ip without a function")),
    }
}

fn attach_cookie(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(cx.inv.cookie)
}

/// Only reached in kprobes of functions that allow error injection: attaching checks that.
fn override_return(cx: &HelperCx<'_>, [_, value, ..]: [u64; 5]) -> Reply {
    let Frame::Probe(frame) = cx.frame() else {
        return Err(CallFault::not_modelled("bpf_override_return outside a kprobe"));
    };
    frame.overridden.set(Some(value));
    let function = frame.func.clone();
    cx.machine().emit_with(|| ProgEvent::Override { function, ret: value });
    ret(0)
}
