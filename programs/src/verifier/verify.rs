//! The verifier's own state, and the loop over instructions and paths.
//!
//! Key types: [`Verifier`], [`Next`]. Neighbours: `search` decides which path is next; `alu`, `jump`, `memory` and `calls` say what an
//! instruction does; `facts` is what is known about maps and types. Modelled after kernel/bpf/verifier.c:do_check_common.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use sim::errno::Errno;

use super::Observer;
use super::facts::Facts;
use super::fastcall::Fastcalls;
use super::history::{SlotRef, Step};
use super::info::{Info, infos};
use super::liveness::Ahead;
use super::pointer_use::PointerUses;
use super::precision::{Wanted, mark_chain};
use super::program::Program;
use super::prune::Rules;
use super::reg::{Id, Kind, MapRef, Reg};
use super::scalar::Numbers;
use super::search::{MAX_PROCESSED, Path, Place, Search, Visit};
use super::state::{Frame, State, Touched};
use super::stop::{Checked, Stop, invalid, no_access, not_modelled, refuse};
use crate::gate::{GateInput, is_stack_arg};
use crate::isa::table::{class, special};
use crate::isa::{Insn, Op, Src};
use crate::profile::{KernelVersion, Profile};

/// Steps of its own after which a history remembers what was walked back through it.
const LONG_WALK: usize = 32;

/// A program in the verifier.
pub struct Verifier<'a> {
    pub profile: &'a Profile,
    pub numbers: Numbers,
    pub input: &'a GateInput,
    pub facts: &'a Facts<'a>,
    pub program: Program<'a>,
    pub search: Search,
    /// What 7.2 works out beforehand.
    pub ahead: Option<Ahead>,
    pub path: Path,
    /// A line of the log that its writer did not end: the next one follows on it.
    pub unfinished: String,
    /// The instruction that is followed, for the history.
    pub step: Step,
    /// One entry per function of the program.
    pub info: Vec<Info>,
    /// Spills around calls that the kernel takes away.
    pub fastcalls: Fastcalls,
    /// Global functions that some path calls.
    pub called_globals: BTreeSet<usize>,
    /// Arguments that the program owns from its start, by number, with their references.
    pub context_refs: Vec<(usize, Id)>,
    /// A callback that begins as soon as the call is dealt with (6.1).
    pub entering: Option<Frame>,
    pub observer: Option<&'a mut dyn Observer>,
    /// Types of the pointers that each instruction was used with.
    pub pointer_uses: PointerUses,
    /// A call of no kfunc at all that some path came to.
    pub nameless_kfunc: Option<usize>,
    /// The first instruction with an access that is allowed, and that the kernel does not know how to translate in the end.
    pub untranslated: Cell<Option<usize>>,
    /// The map that each call of bpf_for_each_map_elem went over first.
    pub walked_maps: BTreeMap<usize, MapRef>,
    /// What some path reads and nobody knows of kernels of this version: the address or absence of a symbol, an option of the configuration.
    pub open_value: Option<String>,
    next_id: Id,
}

/// Where a path goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    At(usize),
    /// The path is at its end.
    End,
}

fn blank_step(insn: usize) -> Step {
    Step { insn, access: None, stack_operands: (false, false), linked: Vec::new() }
}

impl<'a> Verifier<'a> {
    pub fn new(
        profile: &'a Profile,
        input: &'a GateInput,
        facts: &'a Facts<'a>,
        program: Program<'a>,
    ) -> Self {
        let numbers = Numbers::of(profile.version);
        let info = infos(profile, &program);
        let fastcalls = Fastcalls::of(profile.version, &program, input);
        let search = Search::default();
        let first = State::new(Frame::new(0, None, 0, (numbers, &search.tally)), input.kind.sleepable);
        Verifier {
            profile,
            numbers,
            input,
            facts,
            program,
            search,
            ahead: None,
            path: Path::new(first, 0),
            unfinished: String::new(),
            step: blank_step(0),
            info,
            fastcalls,
            called_globals: BTreeSet::new(),
            context_refs: Vec::new(),
            entering: None,
            observer: None,
            pointer_uses: PointerUses::default(),
            nameless_kfunc: None,
            untranslated: Cell::new(None),
            walked_maps: BTreeMap::new(),
            open_value: None,
            next_id: 0,
        }
    }

    pub fn version(&self) -> KernelVersion {
        self.profile.version
    }

    /// An id that nothing has yet (`++env->id_gen`).
    pub fn new_id(&mut self) -> Id {
        self.next_id += 1;
        self.next_id
    }

    pub fn reg(&self, number: u8) -> &Reg {
        self.path.state.reg(number.into())
    }

    /// Stack below what a frame has touched may be read (6.12 on). What lies within may be uninitialized on every kernel, for root.
    pub fn untouched_ok(&self) -> bool {
        self.version() >= KernelVersion::V6_12
    }

    /// Another path, that goes on at `target` after this instruction.
    pub(super) fn fork_to(&mut self, target: usize) -> Path {
        let mut other = self.path.fork();
        other.insn = target;
        other.history.push(self.step.clone());
        other
    }

    /// How states are compared.
    pub(super) fn rules(&self) -> Rules {
        let version = self.version();
        Rules {
            untouched_ok: self.untouched_ok(),
            dead_forgotten: version >= KernelVersion::V7_2,
            unknown: Reg::unknown(self.numbers),
        }
    }

    /// Follows a function from `start`, all paths.
    ///
    /// # Errors
    /// The first refusal, with its instruction.
    pub fn follow(&mut self, start: Path) -> Checked {
        self.search.begin(self.program.len());
        self.path = start;
        loop {
            let insn = self.path.insn;
            match self.one(insn).map_err(|stop| at(stop, insn, &self.unfinished))? {
                Next::At(next) => self.path.insn = next,
                Next::End => {
                    self.search.end_path(&self.path, &self.program);
                    match self.search.pop() {
                        Some(path) => self.path = path,
                        None => return self.search.check_walks(),
                    }
                }
            }
        }
    }

    fn one(&mut self, insn: usize) -> Checked<Next> {
        if insn >= self.program.len() {
            let text = format!("invalid insn idx {insn} insn_cnt {}", self.program.len());
            return refuse(Errno::EFAULT, text);
        }
        self.search.progress.processed += 1;
        if self.search.progress.processed > self.search.limit.unwrap_or(MAX_PROCESSED) {
            let text = format!("BPF program is too large. Processed {} insn", self.search.progress.processed);
            return refuse(Errno::E2BIG, text);
        }
        self.search.check_walks()?;
        if self.program.marks[insn].prune
            && let Visit::Covered { by, open } = self.visit(insn)?
        {
            self.join(by);
            if open {
                self.search.close_loop(&self.path, by);
            }
            return Ok(Next::End);
        }
        self.path.recorded += usize::from(self.program.marks[insn].jump);
        self.step = blank_step(insn);
        if let Some(observer) = &mut self.observer {
            observer.taken(self.search.taken(&self.path));
            observer.before(insn, &self.path.state);
        }
        let next = self.execute(insn)?;
        let step = mem::replace(&mut self.step, blank_step(insn));
        self.path.recorded += usize::from(step.access.is_some() && !self.program.marks[insn].jump);
        self.path.history.push(step);
        Ok(next)
    }

    fn visit(&mut self, insn: usize) -> Checked<Visit> {
        self.forget_dead(insn);
        let mark = self.program.marks[insn];
        let place = Place {
            force: mark.force,
            iter_next: mark.iter_next,
            may_goto: matches!(self.program.ops[insn], Some(Op::MayGoto { .. })),
            callback: mark.callback && mark.force,
            rules: self.rules(),
        };
        self.search.visit(&mut self.path, place)
    }

    /// The path ends in a state that was followed: what that one rests on, ours does too.
    fn join(&mut self, by: usize) {
        self.search.adopt_reads(&self.path, by);
        let frames = self.search.nodes[by].state.frames.clone();
        let current = self.path.state.frames.len() - 1;
        for (number, frame) in frames.iter().enumerate() {
            for reg in 0..10 {
                if frame.regs[reg].is_scalar() && frame.regs[reg].precise && frame.read.regs >> reg & 1 == 1 {
                    self.want(Wanted::reg_of(current, number, reg));
                }
            }
            for (slot, held) in frame.stack.iter().enumerate() {
                if held.is_scalar_spill() && held.reg.precise && frame.read.slots >> slot & 1 == 1 {
                    let at = SlotRef { frame: number as u8, slot: slot as u8 };
                    self.want(Wanted::slot(current, at));
                }
            }
        }
    }

    /// The exact value of a register mattered (`mark_chain_precision`).
    pub fn want_reg(&mut self, reg: u8) {
        if self.reg(reg).is_scalar() {
            let current = self.path.state.frames.len() - 1;
            self.want(Wanted::reg(current, reg.into()));
        }
    }

    pub fn want(&mut self, wanted: Wanted) {
        let mut history = mem::take(&mut self.path.history);
        history.close(LONG_WALK);
        let (parent, insn) = (self.path.parent, self.path.insn);
        let told = mark_chain(&self.program, &mut self.search, parent, &history, insn, wanted);
        self.path.history = history;
        if let Err(from) = told {
            self.search.all_precise(from);
        }
    }

    /// The instruction reads a register (`check_reg_arg` with `SRC_OP`).
    pub fn read_reg(&mut self, reg: u8) -> Checked {
        if reg > 10 {
            return invalid(format!("R{reg} is invalid"));
        }
        if self.reg(reg).kind == Kind::NotInit {
            return no_access(format!("R{reg} !read_ok"));
        }
        let frame = self.path.state.frames.len() - 1;
        self.search.mark_read(&self.path, frame, Touched { regs: 1 << reg, slots: 0 });
        Ok(())
    }

    /// The instruction is about to write a register (`DST_OP`).
    pub fn write_reg(&mut self, reg: u8) -> Checked {
        if reg > 10 {
            return invalid(format!("R{reg} is invalid"));
        }
        if reg == 10 {
            return no_access("frame pointer is read only");
        }
        self.path.state.running().written.regs |= 1 << reg;
        Ok(())
    }

    pub fn set_reg(&mut self, number: u8, reg: Reg) {
        *self.path.state.reg_mut(number.into()) = reg;
    }

    pub fn set_unknown(&mut self, number: u8) {
        self.set_reg(number, Reg::unknown(self.numbers));
    }

    /// A second operand as a register: what it is, or the constant.
    pub fn operand(&self, src: Src) -> Reg {
        match src {
            Src::Reg(reg) => *self.reg(reg.0),
            Src::Imm(imm) => Reg::constant(i64::from(imm) as u64, self.numbers),
        }
    }

    fn execute(&mut self, insn: usize) -> Checked<Next> {
        if let Some(access) = self.facts.undecided(insn) {
            return not_modelled(format!("relocation {access}: the built-in kernel types lack the type"));
        }
        let Some(op) = self.program.ops[insn] else { return self.bad_code(insn) };
        if self.reserved_fields(insn).is_some() {
            return self.bad_code(insn);
        }
        let next = Next::At(self.program.next(insn));
        match op {
            Op::Alu { .. }
            | Op::Neg { .. }
            | Op::MovSx { .. }
            | Op::End { .. }
            | Op::AddrSpaceCast { .. } => {
                self.alu(op)?;
            }
            Op::LoadImm64 { dst, imm } => self.load_imm64(insn, dst.0, imm)?,
            Op::Load { .. } | Op::Store { .. } | Op::LoadAcquire { .. } | Op::StoreRelease { .. } => {
                self.access(insn, op)?;
            }
            Op::Atomic { .. } => self.atomic(insn, op)?,
            Op::SkbAbs { .. } | Op::SkbInd { .. } => return self.legacy_packet_load(insn, op),
            Op::Jump { .. } | Op::JumpReg { .. } | Op::Branch { .. } | Op::MayGoto { .. } => {
                return self.jump(insn, op);
            }
            Op::Call(callee) => return self.call(insn, callee),
            Op::Exit => return self.exit(insn),
        }
        Ok(next)
    }

    fn reserved_fields(&self, insn: usize) -> Option<String> {
        crate::gate::check_fields(self.version(), &self.input.insns[insn])
    }

    fn bad_code(&mut self, insn: usize) -> Checked<Next> {
        let raw = self.input.insns[insn];
        if let Some(text) = self.reserved_fields(insn) {
            // What an operator does with its constant comes after the register that it works on.
            let operand = matches!(raw.code & 7, class::ALU | class::ALU64)
                && crate::gate::check_operand(self.version(), &raw).as_ref() == Some(&text);
            if operand {
                self.read_reg(raw.dst)?;
            }
            return invalid(text);
        }
        match missing_register(&raw) {
            Some(_) if self.version() == KernelVersion::V7_2 && is_stack_arg(&raw) => {
                not_modelled("arguments on the stack (r11)")
            }
            Some(reg) => invalid(format!("R{reg} is invalid")),
            None => invalid(format!("unknown opcode {:02x}", raw.code)),
        }
    }
}

/// The refusal with its instruction, unless it has one.
fn at(stop: Stop, insn: usize, unfinished: &str) -> Stop {
    match stop {
        Stop::Refused(rejection) if rejection.insn.is_none() => {
            let message = format!("{unfinished}{}", rejection.message);
            Stop::Refused(crate::gate::Rejection { insn: Some(insn), message, ..rejection })
        }
        other => other,
    }
}

/// A register above r10, in the order in which operands are looked at: of ALU, loads and jumps the source first, of stores the base last.
fn missing_register(insn: &Insn) -> Option<u8> {
    let uses_src = match insn.code & 7 {
        class::ALU | class::ALU64 | class::JMP | class::JMP32 => insn.code & special::X != 0,
        class::LDX | class::STX => true,
        _ => false,
    };
    let src = Some(insn.src).filter(|_| uses_src);
    [src, Some(insn.dst)].into_iter().flatten().find(|reg| *reg > 10)
}
