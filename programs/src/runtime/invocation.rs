//! One firing of a program: what it is given and what comes back.
//!
//! Key types: [`Invocation`] (context address and [`Frame`]), [`RunResult`]. Hooks make the former and act on the latter; helpers that
//! talk to the hook (`bpf_get_func_arg`, `bpf_override_return`, `bpf_redirect`, `bpf_seq_printf`) go through the frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use maps::map::Map;

use super::packet::PacketFrame;
use super::program::{Body, LoadedProgram};
use crate::interp::ProgramFault;

/// What a run is given.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Arena address of the context: r1.
    pub ctx: u64,
    /// What `bpf_get_attach_cookie` returns.
    pub cookie: u64,
    pub frame: Rc<Frame>,
}

impl Invocation {
    /// An invocation with cookie 0.
    pub fn new(ctx: u64, frame: Frame) -> Invocation {
        Invocation { ctx, cookie: 0, frame: Rc::new(frame) }
    }
}

/// A function of a program that the kernel calls later.
#[derive(Clone)]
pub(crate) struct Callee {
    pub prog: Rc<LoadedProgram>,
    /// Its address, as the program gave it.
    pub func: u64,
    /// The value it is given.
    pub holds: Option<(Rc<dyn Map>, u64)>,
}

impl Callee {
    /// `program:function`.
    pub fn name(&self) -> Rc<str> {
        let function = match &self.prog.body {
            Body::Bytecode(code) => code.function_slot(self.func).and_then(|s| self.prog.source.function(s)),
            _ => None,
        };
        function.map_or_else(|| self.prog.name.clone(), |f| format!("{}:{}", self.prog.name, f.name).into())
    }
}

/// What stands behind the context, by kind of hook.
#[derive(Debug, Default)]
pub enum Frame {
    /// Nothing that helpers ask for.
    #[default]
    Plain,
    /// fentry, fexit, fmod_ret, LSM: a trampoline around a function.
    Trampoline(TrampolineFrame),
    /// kprobe, kretprobe, uprobe: registers of a probed function.
    Probe(ProbeFrame),
    /// XDP, tc, socket filter, cgroup: a packet.
    Packet(PacketFrame),
    /// An iterator's output.
    Iter(SeqBuffer),
}

/// A traced function call.
#[derive(Clone, Debug, Default)]
pub struct TrampolineFrame {
    pub func: Rc<str>,
    /// Address of the function, for `bpf_get_func_ip`.
    pub ip: u64,
    pub args: Rc<[u64]>,
    /// The return value, where the program may ask for it (fexit, fmod_ret).
    pub ret: Option<u64>,
}

/// A probed function.
#[derive(Debug, Default)]
pub struct ProbeFrame {
    pub func: Rc<str>,
    /// Address of the function's entry; what `bpf_get_func_ip` returns. 0 when the probe is not at an entry.
    pub ip: u64,
    /// `bpf_override_return` of this kprobe: what the function shall return instead of running.
    pub overridden: Cell<Option<u64>>,
}

/// What an iterator's programs wrote (`struct seq_file`).
#[derive(Debug, Default)]
pub struct SeqBuffer {
    pub text: RefCell<Vec<u8>>,
    /// Bytes that fit; 0 means no limit.
    pub limit: usize,
    pub overflowed: Cell<bool>,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunResult {
    /// r0; 0 after a fault.
    pub ret: u64,
    /// Instructions executed.
    pub insns: u64,
    /// Virtual time it was blocked in helpers.
    pub slept_ns: u64,
    /// Why it ended early. The finding has been recorded.
    pub fault: Option<ProgramFault>,
}
