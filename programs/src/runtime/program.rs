//! A loaded program. Key types: [`LoadedProgram`], [`Body`], [`Source`] (what findings print). Neighbours: `load` makes it, `run` runs it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::fields::ObjectType;
use super::maps::MapHandle;
use crate::interp::Program;
use crate::isa::{self, Insn, Names, NoNames};
use crate::native::{AtomicProgram, SleepableProgram};
use crate::object::{LineInfo, Subprog};
use crate::profile::{ProgType, ProgramKind};

/// What runs when the program is entered.
pub enum Body {
    Bytecode(Rc<Program>),
    NativeSleepable(Rc<dyn SleepableProgram>),
    NativeAtomic(Rc<dyn AtomicProgram>),
}

/// The program as text: for findings and listings.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub insns: Vec<Insn>,
    pub subprogs: Vec<Subprog>,
    pub lines: Vec<LineInfo>,
    pub kfuncs: Vec<String>,
    /// Structures that the program can make, by their number in the object's BTF; empty when it makes none.
    pub objects: BTreeMap<u32, Rc<ObjectType>>,
}

impl Names for Source {
    fn kfunc(&self, id: i32, _module: i16) -> Option<&str> {
        self.kfuncs.get(usize::try_from(id).ok()?).map(String::as_str)
    }
}

impl Source {
    /// The instruction at a slot as the verifier log prints it, e.g. `5: (bf) r1 = r10`.
    pub fn instruction(&self, pc: usize) -> Option<String> {
        self.insns.get(pc)?;
        let op = isa::decode_at(&self.insns, pc).ok()?;
        Some(isa::log_line(
            pc,
            self.insns[pc].code,
            &op,
            if self.kfuncs.is_empty() { &NoNames } else { self },
        ))
    }

    /// The source line of a slot.
    pub fn line(&self, pc: usize) -> Option<&LineInfo> {
        let start = self.function(pc).map_or(0, |function| function.start);
        let after = self.lines.partition_point(|line| line.insn <= pc);
        self.lines[..after].last().filter(|line| line.insn >= start)
    }

    /// The function that a slot belongs to.
    pub fn function(&self, pc: usize) -> Option<&Subprog> {
        self.subprogs.iter().find(|sub| (sub.start..sub.start + sub.len).contains(&pc))
    }
}

/// A program that the simulated kernel accepted.
pub struct LoadedProgram {
    /// `bpf_prog_aux.id`, from 1.
    pub id: u32,
    pub name: Rc<str>,
    /// ELF section, e.g. `lsm.s/file_open`.
    pub section: Rc<str>,
    /// Type, expected attach type, sleepable flag, target.
    pub kind: ProgramKind,
    pub body: Body,
    pub maps: Rc<[MapHandle]>,
    pub gpl: bool,
    pub source: Source,
    /// `prog->active`, per CPU: how many entries are not left yet. Kept by the hooks' enter and exit.
    pub active: Vec<Cell<u32>>,
    /// Entries that the recursion check refused (`bpf_prog_info.recursion_misses`).
    pub recursion_misses: Cell<u64>,
    pub run_cnt: Cell<u64>,
    /// Virtual time spent in the program, blocked time included.
    pub run_time_ns: Cell<u64>,
}

impl LoadedProgram {
    /// `BPF_F_SLEEPABLE` was given and accepted.
    pub fn sleepable(&self) -> bool {
        self.kind.sleepable
    }

    pub fn prog_type(&self) -> ProgType {
        self.kind.prog_type
    }

    /// What it attaches to: the section name behind the slash.
    pub fn target(&self) -> Option<&str> {
        self.kind.target.as_deref()
    }

    /// The map of this name among those of its object.
    pub fn map(&self, name: &str) -> Option<&MapHandle> {
        self.maps.iter().find(|map| &*map.name == name)
    }
}

impl std::fmt::Debug for LoadedProgram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LoadedProgram({} {} {})", self.id, self.name, self.section)
    }
}
