//! Following the program to its calls, in the order in which the verifier would meet them.
//!
//! A path is a program counter, a few known register bits and the frames of static calls. At a branch the fall-through
//! goes first and the jump is put on a stack, as in verifier.c:do_check. Registers of pointers, ranges and memory are
//! not followed, so a program may pass here and still be refused by the verifier; calls behind branches that known
//! bits decide are not reached.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::{self, SleepContext};
use super::fields;
use super::functions::{callee, is_call, is_exit, jump_target};
use super::input::{GateInput, Rejection, Stage};
use super::summary::sleeping_functions;
use super::values::{Value, alu, branch};
use crate::isa::Insn;
use crate::isa::table::{class, mode, special};
use crate::profile::{KernelVersion, Profile, ProgType, message};
use sim::errno::Errno;

/// Visits of one instruction before its registers are forgotten, so that loops end.
const VISITS_BEFORE_WIDENING: usize = 8;

/// Steps after which the walk gives up; the verifier's own limit of processed instructions.
const MAX_STEPS: usize = 1_000_000;

/// Paths kept for comparison before the walk gives up: each call stack makes its own, and stacks multiply.
const MAX_KEPT: usize = 100_000;

/// Why the walk ended early.
pub(super) enum Stop {
    /// The kernel refuses the program.
    Refused(Rejection),
    /// More than [`MAX_STEPS`] or [`MAX_KEPT`]: no answer.
    TooLong,
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Stop {
        Stop::Refused(rejection)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Frame {
    return_to: usize,
    saved: [Value; 4],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    at: usize,
    regs: [Value; 11],
    frames: Vec<Frame>,
    context: SleepContext,
}

impl Path {
    fn start(at: usize, context: SleepContext) -> Path {
        Path { at, regs: [Value::UNKNOWN; 11], frames: Vec::new(), context }
    }
}

/// What follows an instruction on a path.
enum Step {
    Continue,
    End,
}

pub(super) struct Walk<'a> {
    profile: &'a Profile,
    input: &'a GateInput,
    /// Global functions by first instruction: verified on their own.
    globals: BTreeMap<usize, Global<'a>>,
    /// Where paths can meet or come around again: jump and call targets, and what follows a call.
    joins: BTreeSet<usize>,
    visited: BTreeMap<usize, BTreeSet<Path>>,
    pending: Vec<Path>,
    steps: usize,
    kept: usize,
}

struct Global<'a> {
    name: &'a str,
    might_sleep: bool,
    called: bool,
    verified: bool,
}

/// Walks main and its global functions, in the version's order.
pub(super) fn check(profile: &Profile, input: &GateInput) -> Result<(), Stop> {
    let sleeping = sleeping_functions(profile, input);
    let globals = input.functions.iter().skip(1).filter(|f| f.global && input.has_func_info);
    let global = |f| {
        let f: &super::input::GateFunction = f;
        let might_sleep = sleeping.contains(&f.start);
        (f.start, Global { name: f.name.as_str(), might_sleep, called: false, verified: false })
    };
    let globals = globals.map(global).collect();
    let joins = joins(input);
    let mut walk = Walk {
        profile,
        input,
        globals,
        joins,
        visited: BTreeMap::new(),
        pending: Vec::new(),
        steps: 0,
        kept: 0,
    };
    if profile.version <= KernelVersion::V6_1 {
        let starts: Vec<usize> = walk.globals.keys().copied().collect();
        starts.into_iter().try_for_each(|start| walk.function(start))?;
        return walk.function(0);
    }
    walk.function(0)?;
    walk.called_globals()
}

impl<'a> Walk<'a> {
    /// 6.12 on: only global functions that something reached calls, until no new one turns up.
    fn called_globals(&mut self) -> Result<(), Stop> {
        loop {
            let due = |global: &Global| global.called && !global.verified;
            let Some(start) = self.globals.iter().find(|(_, global)| due(global)).map(|(start, _)| *start)
            else {
                return Ok(());
            };
            self.function(start)?;
            if let Some(global) = self.globals.get_mut(&start) {
                global.verified = true;
            }
        }
    }

    fn function(&mut self, start: usize) -> Result<(), Stop> {
        let sleepable = self.input.kind.sleepable;
        let context = if sleepable { SleepContext::Sleepable } else { SleepContext::NonSleepable };
        self.visited.clear();
        self.kept = 0;
        self.pending = vec![Path::start(start, context)];
        while let Some(mut path) = self.pending.pop() {
            while path.at < self.input.insns.len() && !self.seen(&mut path) {
                let at = path.at;
                self.steps += 1;
                if self.steps > MAX_STEPS || self.kept > MAX_KEPT {
                    return Err(Stop::TooLong);
                }
                match self.step(&mut path).map_err(|rejection| rejection.at(at))? {
                    Step::Continue => {}
                    Step::End => break,
                }
            }
        }
        Ok(())
    }

    /// Whether this state was followed before. Registers are forgotten at instructions visited too often.
    fn seen(&mut self, path: &mut Path) -> bool {
        if !self.joins.contains(&path.at) {
            return false;
        }
        let before = self.visited.entry(path.at).or_default();
        if before.len() >= VISITS_BEFORE_WIDENING {
            path.regs = [Value::UNKNOWN; 11];
            path.frames.iter_mut().for_each(|frame| frame.saved = [Value::UNKNOWN; 4]);
        }
        let new = before.insert(path.clone());
        self.kept += usize::from(new);
        !new
    }

    fn step(&mut self, path: &mut Path) -> Result<Step, Rejection> {
        let insn = self.input.insns[path.at];
        let wrong = match self.profile.version {
            KernelVersion::V7_2 => fields::when_followed(KernelVersion::V7_2, &insn),
            version => fields::check(version, &insn),
        };
        if let Some(text) = wrong {
            return Err(Rejection::new(Stage::Instructions, Errno::EINVAL, text));
        }
        match insn.code & 7 {
            class::ALU | class::ALU64 => {
                let source = operand(&insn, path);
                write(path, insn.dst, alu(&insn, read(path, insn.dst), source));
            }
            class::LDX => write(path, insn.dst, Value::UNKNOWN),
            class::LD => return self.load(&insn, path),
            class::STX => atomic_results(&insn, path),
            class::JMP | class::JMP32 => return self.jump(&insn, path),
            _ => {}
        }
        path.at += 1;
        Ok(Step::Continue)
    }

    fn load(&mut self, insn: &Insn, path: &mut Path) -> Result<Step, Rejection> {
        if insn.is_load_imm64() {
            let high = self.input.insns.get(path.at + 1).map_or(0, |second| second.imm);
            let immediate = u64::from(insn.imm as u32) | u64::from(high as u32) << 32;
            let value = match (insn.src, callee(&self.input.insns, path.at)) {
                (_, Some(function)) => Value::Function(function),
                (0, _) => Value::known(immediate),
                _ => Value::UNKNOWN,
            };
            write(path, insn.dst, value);
            path.at += 2;
            return Ok(Step::Continue);
        }
        let packet = [mode::ABS, mode::IND].contains(&(insn.code & 0xe0));
        let skb = [ProgType::SOCKET_FILTER, ProgType::SCHED_CLS, ProgType::SCHED_ACT];
        if packet && !skb.contains(&self.input.kind.prog_type) {
            let text = message(self.profile.version, "ld_abs_prog_type", &[]);
            return Err(Rejection::new(Stage::Instructions, Errno::EINVAL, text));
        }
        clobber(path);
        path.at += 1;
        Ok(Step::Continue)
    }

    fn jump(&mut self, insn: &Insn, path: &mut Path) -> Result<Step, Rejection> {
        if is_exit(insn) {
            return Ok(leave(path));
        }
        if is_call(insn) {
            return self.call(insn, path);
        }
        let Some(target) = jump_target(&self.input.insns, path.at) else { return Ok(Step::End) };
        let target = target as usize;
        if insn.code & 0xf0 == special::JA {
            path.at = target;
            return Ok(Step::Continue);
        }
        let undecided = insn.code & 0xf0 == special::JCOND;
        let way = if undecided { None } else { branch(insn, read(path, insn.dst), operand(insn, path)) };
        match way {
            Some(true) => path.at = target,
            Some(false) => path.at += 1,
            None => {
                self.pending.push(Path { at: target, ..path.clone() });
                path.at += 1;
            }
        }
        Ok(Step::Continue)
    }

    fn call(&mut self, insn: &Insn, path: &mut Path) -> Result<Step, Rejection> {
        if let Some(start) = callee(&self.input.insns, path.at) {
            return self.call_function(start, path);
        }
        let name = match insn.src {
            0 => {
                calls::check_helper(self.profile, &self.input.kind, self.input.gpl, path.context, insn.imm)?;
                crate::profile::helper::helper_print_name(self.profile.version, insn.imm as u32)
            }
            _ => match calls::resolve_kfunc(self.profile, self.input, insn.imm)? {
                Some(kfunc) => {
                    calls::check_kfunc(self.profile, &self.input.kind, path.context, kfunc)?;
                    kfunc.name
                }
                None => "",
            },
        };
        if name == "bpf_throw" {
            return Ok(Step::End);
        }
        self.enter_callbacks(name, path);
        Ok(Step::Continue)
    }

    fn call_function(&mut self, start: usize, path: &mut Path) -> Result<Step, Rejection> {
        if let Some(global) = self.globals.get_mut(&start) {
            let late = self.profile.version == KernelVersion::V7_2;
            if late && global.might_sleep && path.context == SleepContext::NonSleepable {
                let text = message(self.profile.version, "subprog_might_sleep", &[global.name]);
                return Err(Rejection::new(Stage::Instructions, Errno::EINVAL, text));
            }
            global.called = true;
            clobber(path);
            path.at += 1;
            return Ok(Step::Continue);
        }
        if path.frames.len() >= 15 || path.frames.iter().any(|frame| frame.return_to == path.at + 1) {
            // Deeper than any kernel allows, or recursion: the verifier refuses it by its own rules.
            return Ok(Step::End);
        }
        let saved = std::array::from_fn(|i| path.regs[6 + i]);
        path.frames.push(Frame { return_to: path.at + 1, saved });
        path.regs[6..10].fill(Value::UNKNOWN);
        path.regs[0] = Value::UNKNOWN;
        path.at = start;
        Ok(Step::Continue)
    }

    /// Functions given to a helper or kfunc run in a context of their own.
    fn enter_callbacks(&mut self, name: &str, path: &mut Path) {
        let given: Vec<usize> = path.regs[1..6]
            .iter()
            .filter_map(|value| match value {
                Value::Function(start) => Some(*start),
                Value::Bits { .. } => None,
            })
            .collect();
        clobber(path);
        path.at += 1;
        let contexts = given.into_iter().map(|start| {
            let context =
                callback_context(self.profile.version, name, path.context, self.input.kind.sleepable);
            Path::start(start, context)
        });
        let callbacks: Vec<Path> = contexts.collect();
        if callbacks.is_empty() {
            return;
        }
        let asynchronous = is_async(name);
        if self.profile.version <= KernelVersion::V6_1 && !asynchronous {
            // The callback is entered at the call; what follows the call comes after it.
            self.pending.push(path.clone());
            self.pending.extend(callbacks);
            path.at = self.input.insns.len();
        } else {
            self.pending.extend(callbacks);
        }
    }
}

/// Instructions at which a path may meet an earlier one.
fn joins(input: &GateInput) -> BTreeSet<usize> {
    let mut joins = BTreeSet::from([0]);
    for at in 0..input.insns.len() {
        joins.extend(jump_target(&input.insns, at).and_then(|to| usize::try_from(to).ok()));
        joins.extend(callee(&input.insns, at));
        if is_call(&input.insns[at]) {
            joins.insert(at + 1);
        }
    }
    joins
}

fn is_async(name: &str) -> bool {
    name == "bpf_timer_set_callback" || runs_in_task(name)
}

/// Work queue and task work callbacks run in a task.
fn runs_in_task(name: &str) -> bool {
    name.starts_with("bpf_wq_set_callback") || name.starts_with("bpf_task_work_schedule")
}

/// May a callback sleep? Work queues and task work always; timers as the program before 7.2 (a hole), never in 7.2;
/// synchronous ones as their caller.
fn callback_context(
    version: KernelVersion,
    name: &str,
    caller: SleepContext,
    program_sleepable: bool,
) -> SleepContext {
    if runs_in_task(name) {
        return SleepContext::Sleepable;
    }
    if !is_async(name) {
        return caller;
    }
    match version != KernelVersion::V7_2 && program_sleepable {
        true => SleepContext::Sleepable,
        false => SleepContext::NonSleepable,
    }
}

fn read(path: &Path, register: u8) -> Value {
    path.regs.get(usize::from(register)).copied().unwrap_or(Value::UNKNOWN)
}

fn write(path: &mut Path, register: u8, value: Value) {
    if let Some(slot) = path.regs.get_mut(usize::from(register)) {
        *slot = value;
    }
}

fn operand(insn: &Insn, path: &Path) -> Value {
    if insn.code & special::X != 0 { read(path, insn.src) } else { Value::known(i64::from(insn.imm) as u64) }
}

/// Forgets what a call may change: R0 to R5.
fn clobber(path: &mut Path) {
    path.regs[..6].fill(Value::UNKNOWN);
}

/// Atomic operations that fetch write a register.
fn atomic_results(insn: &Insn, path: &mut Path) {
    const CMPXCHG: i32 = 0xf1;
    if insn.code & 0xe0 != mode::ATOMIC || insn.imm & 1 == 0 && insn.imm != 0x100 {
        return;
    }
    let written = match insn.imm {
        CMPXCHG => 0,
        0x100 => insn.dst,
        _ => insn.src,
    };
    write(path, written, Value::UNKNOWN);
}

/// `exit`: back to the caller, or the end of the path.
fn leave(path: &mut Path) -> Step {
    let Some(frame) = path.frames.pop() else { return Step::End };
    path.regs[1..6].fill(Value::UNKNOWN);
    path.regs[6..10].copy_from_slice(&frame.saved);
    path.at = frame.return_to;
    Step::Continue
}
