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
use crate::registry::{Link, Target};
use crate::regs::{PtRegs, offset};

type Links = Option<Rc<[Rc<Link>]>>;

/// The links of one function, by kind; all `None` for a function that nobody watches.
struct Attached {
    kprobe: Links,
    fentry: Links,
    fmod_ret: Links,
    fexit: Links,
    kretprobe: Links,
}

impl Attached {
    fn of(kernel: &Kernel, function: &str) -> Option<Attached> {
        let links = |target: fn(String) -> Target| kernel.registry().links(&target(function.to_string()));
        let attached = Attached {
            kprobe: links(Target::Kprobe),
            fentry: links(Target::Fentry),
            fmod_ret: links(Target::FmodRet),
            fexit: links(Target::Fexit),
            kretprobe: links(Target::Kretprobe),
        };
        let all =
            [&attached.kprobe, &attached.fentry, &attached.fmod_ret, &attached.fexit, &attached.kretprobe];
        all.iter().any(|links| links.is_some()).then_some(attached)
    }
}

impl Kernel {
    /// Calls a kernel function: `original` is its body. Returns what the caller gets, which attached programs may have changed.
    pub async fn call_function(
        &self,
        function: &str,
        args: &[u64],
        original: impl Future<Output = i64> + 'static,
    ) -> i64 {
        if self.registry().is_empty() {
            return original.await;
        }
        let Some(attached) = Attached::of(self, function) else { return original.await };
        let (kernel, function, args) = (self.clone(), function.to_string(), args.to_vec());
        self.fire(
            function.clone(),
            async move { kernel.run_attached(&attached, &function, args, original).await },
        )
        .await
    }

    async fn run_attached(
        &self,
        attached: &Attached,
        function: &str,
        args: Vec<u64>,
        original: impl Future<Output = i64>,
    ) -> i64 {
        if let Some(ret) = self.run_kprobes(&attached.kprobe, function, &args).await {
            return self.run_kretprobes(&attached.kretprobe, &args, ret).await;
        }
        let call = TrampolineCall::new(self, function, &args);
        for link in attached.fentry.iter().flat_map(|links| links.iter()) {
            call.run(self, link).await;
        }
        let replaced = call.run_fmod_ret(self, attached.fmod_ret.iter().flat_map(|links| links.iter())).await;
        let ret = match replaced {
            Some(ret) => ret,
            None => original.await,
        };
        call.set_ret(self, ret);
        for link in attached.fexit.iter().flat_map(|links| links.iter()) {
            call.run(self, link).await;
        }
        call.free(self);
        self.run_kretprobes(&attached.kretprobe, &args, ret).await
    }

    /// Runs the kprobes of a function; `Some` is the value that `bpf_override_return` put in its place.
    async fn run_kprobes(&self, links: &Links, function: &str, args: &[u64]) -> Option<i64> {
        let links = links.as_ref()?;
        let mut result = None;
        let pid = self.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            let inv = self.probe_invocation(&PtRegs::kernel_function(args), function, link);
            run_program(self, &link.program, &inv, Door::PerfArray).await;
            if let Frame::Probe(probe) = &*inv.frame
                && let Some(ret) = probe.overridden.get()
            {
                let (function, by) = (function.to_string(), link.program.name.to_string());
                self.machine().emit_with(|| HookEvent::Overridden { function, ret: ret as i64, by });
                result = Some(ret as i64);
            }
            self.free_context(inv.ctx);
        }
        result
    }

    async fn run_kretprobes(&self, links: &Links, args: &[u64], ret: i64) -> i64 {
        let pid = self.machine().current_pid();
        for link in links.iter().flat_map(|links| links.iter()).filter(|link| link.fires_in(pid)) {
            let mut regs = PtRegs::kernel_function(args);
            regs.set(offset::AX, ret as u64);
            let inv = self.probe_invocation(&regs, "", link);
            run_program(self, &link.program, &inv, Door::PerfArray).await;
            self.free_context(inv.ctx);
        }
        ret
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
    function: String,
    args: Vec<u64>,
    ret: Cell<Option<u64>>,
}

impl TrampolineCall {
    pub(crate) fn new(kernel: &Kernel, function: &str, args: &[u64]) -> TrampolineCall {
        let mut bytes: Vec<u8> = args.iter().flat_map(|arg| arg.to_le_bytes()).collect();
        bytes.extend_from_slice(&[0; 8]);
        let ctx = kernel.alloc_context("bpf_tramp_args", &bytes);
        TrampolineCall { ctx, function: function.to_string(), args: args.to_vec(), ret: Cell::new(None) }
    }

    /// Runs one program on this call; `None`: it was skipped.
    pub(crate) async fn run(&self, kernel: &Kernel, link: &Link) -> Option<u64> {
        let frame = TrampolineFrame {
            func: self.function.as_str().into(),
            ip: kernel.function_address(&self.function),
            args: self.args.clone(),
            ret: self.ret.get(),
        };
        let inv = Invocation { ctx: self.ctx, cookie: link.cookie, frame: Rc::new(Frame::Trampoline(frame)) };
        run_program(kernel, &link.program, &inv, Door::Trampoline).await
    }

    /// Runs fmod_ret programs until one returns non-zero: that value.
    pub(crate) async fn run_fmod_ret<'a>(
        &self,
        kernel: &Kernel,
        links: impl Iterator<Item = &'a Rc<Link>>,
    ) -> Option<i64> {
        for link in links {
            self.set_ret(kernel, 0);
            let ret = self.run(kernel, link).await.map_or(0, |r0| i64::from(r0 as i32));
            if ret != 0 {
                let (function, by) = (self.function.clone(), link.program.name.to_string());
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
