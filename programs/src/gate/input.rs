//! What the gate looks at, and what it answers.

use sim::errno::Errno;

use crate::isa::Insn;
use crate::object::ExceptionCallback;
use crate::profile::kfunc::Kfunc;
use crate::profile::{Profile, ProgramKind};

/// A program as the loader hands it to the kernel.
#[derive(Clone, Debug)]
pub struct GateInput {
    /// Name, for the loader's own messages.
    pub name: String,
    /// Type, attach type, flag and target.
    pub kind: ProgramKind,
    /// `BPF_F_XDP_HAS_FRAGS` was given.
    pub xdp_frags: bool,
    /// The licence is compatible with the GPL.
    pub gpl: bool,
    /// Main function, then its subprograms. `ld_imm64` with `src` 1 or 2 names an index into `maps`, `src` 4 is a
    /// distance to a subprogram as in calls; `call` with `src` 2 names an index into `kfuncs`.
    pub insns: Vec<Insn>,
    /// Functions in the order of their instructions; the first is the main one.
    pub functions: Vec<GateFunction>,
    /// Maps of the object.
    pub maps: Vec<GateMap>,
    /// Kernel functions the program may call.
    pub kfuncs: Vec<GateKfunc>,
    /// What runs when the program throws (6.12 on).
    pub exception_callback: ExceptionCallback,
    /// The object has BTF, so the kernel gets `func_info` and knows which functions are global.
    pub has_func_info: bool,
}

/// A function of the program.
#[derive(Clone, Debug)]
pub struct GateFunction {
    /// C name.
    pub name: String,
    /// Index of its first instruction.
    pub start: usize,
    /// Number of instruction slots.
    pub len: usize,
    /// Verified on its own, for any arguments.
    pub global: bool,
}

/// A map, as far as program types may or may not use it.
#[derive(Clone, Debug, Default)]
pub struct GateMap {
    /// Name.
    pub name: String,
    /// `enum bpf_map_type`.
    pub map_type: u32,
    /// `BPF_F_*` of creation.
    pub map_flags: u32,
    /// Bytes of a value.
    pub value_size: u32,
    pub max_entries: u32,
    /// Creation flags of the inner map's template, for maps of maps, with its type.
    pub inner: Option<(u32, u32)>,
    /// Special fields of the value.
    pub fields: MapFields,
    /// What the kernel answers if it does not make the map.
    pub refused: Option<Errno>,
}

/// Special fields in a map's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapFields {
    /// `struct bpf_spin_lock`.
    pub spin_lock: bool,
    /// `struct bpf_res_spin_lock` (7.2).
    pub res_spin_lock: bool,
    /// `struct bpf_timer`.
    pub timer: bool,
    /// `struct bpf_wq`.
    pub wq: bool,
    /// `struct bpf_list_head` or `struct bpf_rb_root`.
    pub list_or_tree: bool,
}

/// A kernel function a program refers to.
#[derive(Clone, Debug)]
pub struct GateKfunc {
    /// Name, without a `___flavour` suffix.
    pub name: String,
    /// A missing one is left out instead of failing the object.
    pub weak: bool,
    /// Index of the extern in its object, which a loader puts into the call it poisons.
    pub extern_index: usize,
    /// The program declares it with the kernel's own prototype, as far as that is known.
    pub fits: bool,
}

impl GateKfunc {
    /// What a loader finds in this kernel; it looks for the name and the prototype.
    pub fn found(&self, profile: &Profile) -> Option<&'static Kfunc> {
        profile.kfunc(&self.name).filter(|_| self.fits)
    }
}

/// What is known about the kernel's BTF; without one the tables decide what exists.
pub trait KernelNames {
    /// BTF id of a function, if the kernel has it.
    fn function(&self, name: &str) -> Option<u32>;
    /// Whether the tracepoint exists.
    fn tracepoint(&self, name: &str) -> bool;
}

/// Where in loading a program was refused, in no order common to all versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// By the loader library, before the kernel saw it.
    Loader,
    /// By the system call, before verification.
    Syscall,
    /// Function boundaries and kfunc descriptors.
    Functions,
    /// Attach target.
    Target,
    /// Maps and instruction encoding.
    Maps,
    /// Control flow.
    Flow,
    /// At an instruction, while following the program.
    Instructions,
}

/// A refusal: what the system call returns and what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Error number.
    pub errno: Errno,
    /// The decisive line of the log, or `(no message) ...` when the kernel writes none.
    pub message: String,
    /// Instruction at which it was noticed.
    pub insn: Option<usize>,
    /// Where.
    pub stage: Stage,
}

impl Rejection {
    pub(crate) fn new(stage: Stage, errno: Errno, message: String) -> Rejection {
        Rejection { errno, message, insn: None, stage }
    }

    pub(crate) fn at(self, insn: usize) -> Rejection {
        Rejection { insn: Some(insn), ..self }
    }
}

/// How much of the kernel's judgement stands behind an acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The gate only: registers, memory, references and regions were not checked.
    Gate,
    /// Everything the verifier checks.
    Full,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing in scope speaks against it.
    Accept {
        /// What was in scope.
        scope: Scope,
    },
    /// The kernel refuses it.
    Reject(Rejection),
    /// The answer depends on something that is not modelled.
    Unknown {
        /// What that is.
        what: String,
    },
}
