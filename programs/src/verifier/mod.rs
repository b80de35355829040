//! The verifier: follows every path of a program and decides as the kernel of the profile does.
//!
//! [`verify`] judges a program of an object and gives a [`Judgement`]; [`verify_with`] lets an [`Observer`] see each instruction with the
//! state before it.
//!
//! Map: `tnum` and `scalar` (what is known about numbers); `reg`, `state` (one register, one path); `program`, `info` (the program and its
//! functions); `blocks`, `constants`, `liveness`, `stack_track`, `stack_use`, `stack_life` (what 7.2 works out beforehand); `search`,
//! `prune`, `precision` (which paths are followed and when states are alike); `verify` (the loop over instructions), `alu`, `jump`, `memory`, `pointer_use`, `stack`, `context`, `btf_access`, `arguments` (instructions); `call`, `exit`, `refs`,
//! `function_args`, `call_args`, `helper`, `kfunc`, `dynptr`, `iter`, `graph`, `regions`, `kptr` (calls); `return_range`, `stack_depth` (the end);
//! `facts`, `names`, `stop` (around it).

mod alu;
mod arguments;
mod attach_proto;
mod blocks;
mod btf_access;
mod btf_walk;
mod btf_write;
mod call;
mod call_args;
mod constants;
mod context;
#[cfg(test)]
mod context_tests;
mod context_types;
mod dynptr;
mod exit;
mod facts;
mod fastcall;
mod function_args;
mod graph;
mod helper;
mod history;
mod info;
mod iter;
mod jump;
mod kfunc;
mod kptr;
mod legacy;
mod liveness;
mod loops;
mod memory;
mod names;
mod pointer_use;
mod precision;
pub mod print;
mod print_old;
mod program;
mod prune;
mod refs;
pub mod reg;
mod regions;
mod return_range;
pub mod scalar;
mod search;
mod stack;
mod stack_depth;
mod stack_life;
mod stack_objects;
mod stack_track;
mod stack_use;
pub mod state;
mod stop;
mod tally;
pub mod tnum;
mod trust;
mod verify;

pub use context::{ContextField, context_fields};

use crate::btf::Btf;
use crate::core_reloc::{self, Poisoned};
use crate::gate::{self, GateInput, KernelNames, Rejection, Scope, Verdict};
use crate::kernel_types;
use crate::object::{ExceptionCallback, Object, ProgramSpec};
use crate::profile::{KernelVersion, Profile, ProgType};
use facts::Facts;
use program::Program;
use search::Path;
use state::{RefKind, State};
use stop::Stop;
use verify::Verifier;

/// How much work a verification was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Instructions followed, over all paths.
    pub processed: usize,
    /// States that were kept, in all.
    pub total_states: usize,
    /// States that were kept at once, at most (7.2); all but those that were freed (before).
    pub peak_states: usize,
    /// Most states that were kept for one instruction, with those that share its place in the kernel's table.
    pub max_states_per_insn: usize,
    /// Most states that a read was marked in, on its way back; 0 in 7.2, which has no such marks.
    pub mark_read: usize,
    /// Bytes of stack of main and of each function.
    pub stack_depth: usize,
}

/// Something that was held when the program was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub what: RefKind,
    /// Instruction that took it.
    pub insn: usize,
}

/// The verdict, and how it came about.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub verdict: Verdict,
    pub stats: Stats,
    /// Instructions of the refused path from its beginning to the refusal.
    pub path: Vec<usize>,
    /// What the path held at the refusal.
    pub held: Vec<Held>,
}

/// Sees every instruction before it is followed.
pub trait Observer {
    /// The path is at `insn` with `state`.
    fn before(&mut self, insn: usize, state: &State);

    /// Called ahead of [`Observer::before`]: how many instructions the path followed to come there, its place in [`Judgement::path`].
    fn taken(&mut self, _steps: usize) {}

    /// Paths are only joined when every register and slot of the newer state lies within the older one's, read or not, precise or not. Then
    /// what was seen before an instruction covers all that can be there; the verdict is the same unless a limit is reached.
    fn thorough(&self) -> bool {
        false
    }

    /// Instructions that may be followed, if fewer than the kernel's million: for those who have many programs to look at.
    fn limit(&self) -> Option<usize> {
        None
    }
}

/// Judges a program of an object on a kernel with the built-in types.
pub fn verify(profile: &Profile, object: &Object, program: &ProgramSpec) -> Judgement {
    decide(profile, object, program).1
}

/// As [`verify`], with the types that decided: the selection of the kernel's types, or all of them when those do not say enough.
pub fn decide(profile: &Profile, object: &Object, program: &ProgramSpec) -> (&'static Btf, Judgement) {
    let builtin = || kernel_types::builtin(profile.version);
    let kept = |btf| kernel_types::with_kept_structs(profile.version, btf);
    let selection = object.btf.as_ref().map_or_else(builtin, kept);
    if shows_target(profile, object, program, selection) {
        let judged = verify_with(profile, object, program, selection, None);
        if !judged.asks_for_types() {
            return (selection, judged);
        }
    }
    let whole = kernel_types::whole(profile.version);
    (whole, verify_with(profile, object, program, whole, None))
}

/// The function or tracepoint that the program attaches to is among these types, so that its arguments are known.
fn shows_target(profile: &Profile, object: &Object, program: &ProgramSpec, types: &Btf) -> bool {
    let Some(input) = GateInput::from_object(profile, object, program) else { return true };
    let named = input.kind.target.as_ref().filter(|target| !target.contains('*'));
    input.kind.prog_type != ProgType::TRACING
        || named.is_none_or(|target| gate::has_target(types, &input.kind, target))
}

/// As [`verify`], with the kernel's BTF and somebody to watch.
pub fn verify_with(
    profile: &Profile,
    object: &Object,
    program: &ProgramSpec,
    kernel: &Btf,
    observer: Option<&mut dyn Observer>,
) -> Judgement {
    if let Some((errno, message)) = object.kconfig_refusal(profile) {
        let refused = Rejection { errno, message, insn: None, stage: gate::Stage::Loader };
        return Judgement::early(Verdict::Reject(refused));
    }
    let (relocated, unseen) = match adapted(object, program, kernel) {
        Ok(adapted) => adapted,
        Err(refused) => return Judgement::early(Verdict::Reject(refused)),
    };
    let program = relocated.as_ref().unwrap_or(program);
    let Some(input) = GateInput::from_object(profile, object, program) else {
        let message = format!("missing BPF prog type, check ELF section name '{}'", program.section);
        let refused =
            Rejection { errno: sim::errno::Errno::EINVAL, message, insn: None, stage: gate::Stage::Loader };
        return Judgement::early(Verdict::Reject(refused));
    };
    if input.kind.prog_type == ProgType::EXT {
        let what = "freplace programs take their rules from the program they replace".into();
        return Judgement::early(Verdict::Unknown { what });
    }
    if gate::lacks_target(&input.kind) {
        let what =
            format!("`SEC(\"{}\")` names no target: its user sets one before loading", program.section);
        return Judgement::early(Verdict::Unknown { what });
    }
    let mut facts = Facts::new(profile, object, program, kernel);
    let names: Option<&dyn KernelNames> = if facts.is_cut() { None } else { Some(kernel) };
    let listed = if facts.is_cut() { gate::target_listed(profile, &input) } else { Ok(()) };
    if let Err(refused) = listed.and_then(|()| gate::before_verification(profile, &input, names)) {
        return Judgement::early(Verdict::Reject(refused));
    }
    if facts.is_cut() {
        facts.unseen = unseen;
    }
    let starts = match gate::function_starts(profile, &input) {
        Ok(starts) => starts,
        Err(refused) => return Judgement::early(Verdict::Reject(refused)),
    };
    let program = Program::new(profile, &input, &starts, |callee| info::call_traits(profile, &input, callee));
    let mut verifier = Verifier::new(profile, &input, &facts, program);
    if let Some(observer) = observer {
        (verifier.search.thorough, verifier.search.limit) = (observer.thorough(), observer.limit());
        verifier.observer = Some(observer);
    }
    let outcome = verifier.run();
    verifier.judgement(outcome)
}

/// The program with its CO-RE relocations applied, and those that a selection of the kernel's types cannot decide.
fn adapted(
    object: &Object,
    program: &ProgramSpec,
    kernel: &Btf,
) -> Result<(Option<ProgramSpec>, Vec<Poisoned>), Rejection> {
    let Some(local) = object.btf.as_ref().filter(|_| !program.core.is_empty()) else {
        return Ok((None, Vec::new()));
    };
    match core_reloc::relocate(program, local, kernel) {
        Ok(done) => Ok((Some(ProgramSpec { insns: done.insns, ..program.clone() }), done.unseen)),
        Err(error) => Err(Rejection {
            errno: sim::errno::Errno::EINVAL,
            message: error.to_string(),
            insn: Some(error.insn),
            stage: gate::Stage::Loader,
        }),
    }
}

impl Judgement {
    fn early(verdict: Verdict) -> Judgement {
        Judgement { verdict, stats: Stats::default(), path: Vec::new(), held: Vec::new() }
    }

    /// It ended where something is not known. Whether more types would help is not told apart: it ends at the same place then.
    fn asks_for_types(&self) -> bool {
        matches!(self.verdict, Verdict::Unknown { .. })
    }
}

impl Verifier<'_> {
    /// Main and its functions, in the version's order, then what is looked at afterwards.
    fn run(&mut self) -> Result<(), Stop> {
        self.check_functions_that_return()?;
        self.check_target()?;
        self.note_exception_callback();
        self.check_owned_arguments()?;
        self.look_ahead()?;
        if self.version() <= KernelVersion::V6_1 {
            for subprog in 1..self.program.subprogs.len() {
                if self.program.subprogs[subprog].global {
                    self.follow_function(subprog)?;
                }
            }
            self.follow_main()?;
        } else {
            self.follow_main()?;
            self.follow_called()?;
        }
        self.check_stack_depth()?;
        self.check_rewrites()?;
        self.check_translations()?;
        match self.nameless_kfunc {
            Some(_) => stop::invalid("invalid kernel function call not eliminated in verifier pass"),
            None => Ok(()),
        }
    }

    /// What runs when the program throws is called by nobody, and may be called at any time.
    fn note_exception_callback(&mut self) {
        let ExceptionCallback::At(start) = self.input.exception_callback else { return };
        if self.version() < KernelVersion::V6_12 {
            return;
        }
        if let Some(subprog) = self.program.subprog_at(start) {
            let info = &mut self.info[subprog];
            (info.is_callback, info.is_async_callback, info.is_exception_callback) = (true, true, true);
            self.called_globals.insert(subprog);
        }
    }

    /// 6.12 on: only global functions that are called, until no new one turns up.
    fn follow_called(&mut self) -> Result<(), Stop> {
        let mut done = vec![false; self.program.subprogs.len()];
        loop {
            let due = |at: &usize| self.called_globals.contains(at) && !done[*at];
            let round: Vec<usize> = (1..done.len()).filter(due).collect();
            if round.is_empty() {
                return Ok(());
            }
            // A function found in this round that comes later is verified in the same round.
            for (subprog, done) in done.iter_mut().enumerate().skip(round[0]) {
                let due = self.program.subprogs[subprog].global && self.called_globals.contains(&subprog);
                if due && !std::mem::replace(done, true) {
                    self.follow_function(subprog)?;
                }
            }
        }
    }

    fn follow_main(&mut self) -> Result<(), Stop> {
        let state = self.main_state()?;
        self.follow(Path::new(state, 0))
    }

    fn follow_function(&mut self, subprog: usize) -> Result<(), Stop> {
        let state = self.function_state(subprog)?;
        let start = self.program.subprogs[subprog].start;
        self.follow(Path::new(state, start))
    }

    /// A refusal without a line of its own has the last line before it.
    fn with_last_line(&self, rejection: Rejection) -> Rejection {
        let silent = rejection.insn.is_some() && rejection.message.starts_with("(no message)");
        match self.main_complaint().filter(|_| silent) {
            Some(message) => Rejection { message, ..rejection },
            None => rejection,
        }
    }

    fn judgement(self, outcome: Result<(), Stop>) -> Judgement {
        let progress = &self.search.progress;
        let marks = self.version() < KernelVersion::V7_2;
        let stats = Stats {
            processed: progress.processed,
            total_states: progress.states,
            peak_states: if marks { progress.states - progress.freed } else { progress.peak_states },
            max_states_per_insn: progress.max_states_per_insn,
            mark_read: if marks { progress.longest_read_walk } else { 0 },
            stack_depth: self.info.iter().map(|info| info.stack_depth).sum(),
        };
        let verdict = match outcome {
            Ok(()) => return Judgement { stats, ..Judgement::early(Verdict::Accept { scope: Scope::Full }) },
            Err(Stop::NotModelled(what)) => Verdict::Unknown { what },
            // A path that another value would not take may have led here.
            Err(Stop::Refused(rejection)) => match &self.open_value {
                Some(what) => Verdict::Unknown { what: what.clone() },
                None => Verdict::Reject(self.with_last_line(rejection)),
            },
        };
        let state = &self.path.state;
        let held = state.refs.iter().map(|held| Held { what: held.kind, insn: held.insn }).collect();
        Judgement { verdict, stats, path: self.search.trail(&self.path), held }
    }
}
