//! A kernel function with everything attached to it: kprobe, fentry, fmod_ret, the function, fexit, kretprobe.
//!
//! The order is that of arch/x86/net/bpf_jit_comp.c (`__arch_prepare_bpf_trampoline`): all fentry programs; then the fmod_ret
//! programs, of which the first non-zero return value skips the rest and the function; then all fexit programs, which see the
//! value. A kprobe with `bpf_override_return` skips the function too, and then no trampoline runs.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use programs::runtime::{Frame, Invocation, ProbeFrame, TrampolineFrame};

use crate::event::HookEvent;
use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};
use crate::registry::{FunctionLinks, Link, Links};
use crate::regs::{PtRegs, offset};

impl Kernel {
    /// Calls a kernel function: `original` is its body. Returns what the caller gets, which attached programs may have changed.
    pub async fn call_function(
        &self,
        function: &str,
        args: &[u64],
        original: impl Future<Output = i64> + 'static,
    ) -> i64 {
        let _in_function = self.bpf().enter_function(|| self.function_address(function));
        let attached = if self.registry().is_empty() { None } else { self.registry().function(function) };
        let Some(attached) = attached else { return original.await };
        let (kernel, args, hook) = (self.clone(), Rc::from(args), attached.name.clone());
        self.fire(&hook, Box::pin(async move { kernel.run_attached(&attached, args, original).await })).await
    }

    async fn run_attached(
        &self,
        on: &FunctionLinks,
        args: Rc<[u64]>,
        original: impl Future<Output = i64>,
    ) -> i64 {
        let overridden = if on.kprobe.is_empty() { None } else { self.run_kprobes(on, &args).await };
        let ret = match overridden {
            Some(ret) => ret,
            None => self.run_trampoline(on, &args, original).await,
        };
        if !on.kretprobe.is_empty() {
            self.run_kretprobes(&on.kretprobe, &args, ret).await;
        }
        ret
    }

    async fn run_trampoline(
        &self,
        on: &FunctionLinks,
        args: &Rc<[u64]>,
        original: impl Future<Output = i64>,
    ) -> i64 {
        if on.fentry.is_empty() && on.fmod_ret.is_empty() && on.fexit.is_empty() {
            return original.await;
        }
        let call = TrampolineCall::new(self, on.name.clone(), args.clone());
        call.run_all(self, &on.fentry).await;
        let ret = match call.run_fmod_ret(self, &on.fmod_ret).await {
            Some(ret) => ret,
            None => original.await,
        };
        call.set_ret(self, ret);
        call.run_all(self, &on.fexit).await;
        call.free(self);
        ret
    }

    /// Runs the kprobes of a function; `Some` is the value that `bpf_override_return` put in its place.
    async fn run_kprobes(&self, on: &FunctionLinks, args: &[u64]) -> Option<i64> {
        let (pid, mut result) = (self.machine().current_pid(), None);
        for link in on.kprobe.iter().filter(|link| link.fires_in(pid)) {
            let inv = self.probe_invocation(&PtRegs::kernel_function(args), &on.name, link);
            run_program(self, &link.program, &inv, Door::PerfArray).await;
            if let Frame::Probe(probe) = &*inv.frame
                && let Some(ret) = probe.overridden.get()
            {
                let (function, by) = (on.name.to_string(), link.program.name.to_string());
                self.machine().emit_with(|| HookEvent::Overridden { function, ret: ret as i64, by });
                result = Some(ret as i64);
            }
            self.free_context(inv.ctx);
        }
        result
    }

    async fn run_kretprobes(&self, links: &Links, args: &[u64], ret: i64) {
        let pid = self.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            let mut regs = PtRegs::kernel_function(args);
            regs.set(offset::AX, ret as u64);
            let inv = self.probe_invocation(&regs, "", link);
            run_program(self, &link.program, &inv, Door::PerfArray).await;
            self.free_context(inv.ctx);
        }
    }

    /// What a probe's program is given. `entry_of`: the function at whose entry the probe sits; empty elsewhere.
    pub(crate) fn probe_invocation(&self, regs: &PtRegs, entry_of: &str, link: &Link) -> Invocation {
        let ctx = self.alloc_context("pt_regs", regs.bytes());
        let ip = if entry_of.is_empty() { 0 } else { self.function_address(entry_of) };
        let probe = ProbeFrame { func: entry_of.into(), ip, overridden: Cell::new(None) };
        Invocation { ctx, cookie: link.cookie, frame: Rc::new(Frame::Probe(probe)) }
    }
}

/// The memory a trampoline keeps for one call: the arguments as 8-byte words and, behind them, the return value.
pub(crate) struct TrampolineCall {
    ctx: u64,
    function: Rc<str>,
    args: Rc<[u64]>,
    ret: Cell<Option<u64>>,
}

impl TrampolineCall {
    pub(crate) fn new(kernel: &Kernel, function: Rc<str>, args: Rc<[u64]>) -> TrampolineCall {
        let mut words = [0_u8; 8 * MAX_WORDS];
        let used = 8 * (args.len().min(MAX_WORDS - 1) + 1);
        words
            .chunks_exact_mut(8)
            .zip(args.iter())
            .for_each(|(to, arg)| to.copy_from_slice(&arg.to_le_bytes()));
        let ctx = kernel.alloc_context("bpf_tramp_args", &words[..used]);
        TrampolineCall { ctx, function, args, ret: Cell::new(None) }
    }

    /// Runs one program on this call; `None`: it was skipped.
    async fn run(&self, kernel: &Kernel, link: &Link) -> Option<u64> {
        let ip = kernel.function_address(&self.function);
        let frame =
            TrampolineFrame { func: self.function.clone(), ip, args: self.args.clone(), ret: self.ret.get() };
        let inv = Invocation { ctx: self.ctx, cookie: link.cookie, frame: Rc::new(Frame::Trampoline(frame)) };
        run_program(kernel, &link.program, &inv, Door::Trampoline).await
    }

    /// Runs all of them.
    pub(crate) async fn run_all(&self, kernel: &Kernel, links: &Links) {
        let pid = kernel.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            self.run(kernel, link).await;
        }
    }

    /// Runs fmod_ret programs until one returns non-zero: that value.
    pub(crate) async fn run_fmod_ret(&self, kernel: &Kernel, links: &Links) -> Option<i64> {
        let pid = kernel.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            self.set_ret(kernel, 0);
            let ret = self.run(kernel, link).await.map_or(0, |r0| i64::from(r0 as i32));
            if ret != 0 {
                let (function, by) = (self.function.to_string(), link.program.name.to_string());
                kernel.machine().emit_with(|| HookEvent::Overridden { function, ret, by });
                return Some(ret);
            }
        }
        None
    }

    /// Stores the return value where fmod_ret and fexit programs look for it.
    pub(crate) fn set_ret(&self, kernel: &Kernel, ret: i64) {
        self.ret.set(Some(ret as u64));
        let at = self.ctx + 8 * self.args.len() as u64;
        kernel.machine().arena_mut().store(at, 8, ret as u64).expect("the trampoline owns this memory");
    }

    pub(crate) fn free(&self, kernel: &Kernel) {
        kernel.free_context(self.ctx);
    }
}

/// Arguments that a trampoline can pass (`MAX_BPF_FUNC_ARGS`, include/linux/bpf.h), and the return value.
const MAX_WORDS: usize = 13;
