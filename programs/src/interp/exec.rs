//! The main loop: runs predecoded instructions until something is needed from outside.
//!
//! One flat match on the dense opcode; its arms are generated from the rows in `code`, their bodies are in `alu`,
//! `atomic` and the arena. It neither allocates nor calls anything that could wait.

use sim::arena::{Arena, MemFault};

use super::code::{Code, Dense, with_rows};
use super::fault::FaultKind;
use super::program::LoadPolicy;
use super::state::{Index, NoFrame, Regs, Return, State, get, set};
use super::{Program, alu, atomic};

/// Why the loop stopped. `State::pc` is where it goes on, or for a fault the slot after the culprit.
pub(super) enum Stop {
    /// The budget is used up.
    Slice,
    /// The program returned; r0 has the value.
    Done,
    /// A callback returned to its helper.
    CallbackReturned,
    /// A function returned to a caller in another program.
    Switch(std::rc::Rc<Program>),
    /// The frame that the call at `pc` wants has no stack yet; run it again with one.
    NeedStack,
    Helper(i32),
    Kfunc {
        id: i32,
        module: i16,
    },
    /// Legacy packet load.
    Skb {
        size: u8,
        offset: i64,
    },
    Fault(FaultKind),
}

#[inline(always)]
fn address(regs: &Regs, base: Index, d: &Dense) -> u64 {
    get(regs, base).wrapping_add(d.off as u64)
}

#[inline(always)]
fn alu32(regs: &mut Regs, d: &Dense, b: u64, f: impl Fn(u32, u32) -> u32) {
    let value = f(get(regs, d.dst) as u32, b as u32);
    set(regs, d.dst, u64::from(value));
}

#[inline(always)]
fn alu64(regs: &mut Regs, d: &Dense, b: u64, f: impl Fn(u64, u64) -> u64) {
    set(regs, d.dst, f(get(regs, d.dst), b));
}

#[cold]
fn faulting_load(policy: LoadPolicy, fault: MemFault) -> Result<u64, FaultKind> {
    match policy {
        LoadPolicy::Probe if FaultKind::is_outside(&fault) => Ok(0),
        _ => Err(FaultKind::Memory(fault)),
    }
}

/// Runs at most `budget` instructions. Returns why it stopped and how many were executed.
pub(super) fn execute(program: &Program, state: &mut State, mem: &mut Arena, budget: u64) -> (Stop, u64) {
    let mut executed = 0;
    if budget >= program.code.len() as u64 {
        let (stop, count) = run::<false>(program, state, mem, budget);
        if !matches!(stop, Stop::Slice) {
            return (stop, count);
        }
        executed = count;
    }
    let (stop, count) = run::<true>(program, state, mem, budget - executed);
    (stop, executed + count)
}

macro_rules! main_loop {
    (alu { $($alu:ident $ar64:ident $ai64:ident $ar32:ident $ai32:ident $af:ident;)* }
     jmp { $($jmp:ident $jr64:ident $ji64:ident $jr32:ident $ji32:ident $jf:ident;)* }
     unary { $($unary:ident $uf:ident;)* }
     load { $($load:ident $lf:ident $lt:ty;)* }
     store { $($sr:ident $si:ident $sf:ident $st:ty;)* }) => {
        /// The loop. `EXACT` counts and checks the budget at each instruction; else only where control leaves the
        /// straight line, which needs `budget` to be at least the program's length and may stop that much early.
        #[expect(clippy::too_many_lines, reason = "the one flat match: a line per class of instructions")]
        fn run<const EXACT: bool>(
            program: &Program,
            state: &mut State,
            mem: &mut Arena,
            budget: u64,
        ) -> (Stop, u64) {
            let (code, policy) = (&*program.code, program.options.loads);
            let (mut pc, mut left) = (state.pc, budget);
            // Where the straight line began whose instructions are not counted yet.
            let mut mark = pc;
            macro_rules! move_to {
                ($target:expr) => {{
                    if !EXACT {
                        left -= (pc - mark) as u64;
                        mark = $target;
                    }
                    pc = $target;
                }};
            }
            macro_rules! go_to {
                ($target:expr) => {{
                    move_to!($target);
                    if !EXACT && left < code.len() as u64 {
                        break Stop::Slice;
                    }
                }};
            }
            let stop = loop {
                if EXACT && left == 0 {
                    break Stop::Slice;
                }
                let Some(d) = code.get(pc) else { break Stop::Fault(FaultKind::EndOfProgram) };
                left -= u64::from(EXACT);
                pc += 1;
                let regs = &mut state.regs;
                match d.code {
                    $(Code::$ar64 => alu64(regs, d, get(regs, d.src), alu::w64::$af),
                    Code::$ai64 => alu64(regs, d, d.imm, alu::w64::$af),
                    Code::$ar32 => alu32(regs, d, get(regs, d.src), alu::w32::$af),
                    Code::$ai32 => alu32(regs, d, d.imm, alu::w32::$af),)*
                    $(Code::$jr64 => if alu::cond::w64::$jf((get(regs, d.dst), get(regs, d.src))) { go_to!(d.off as usize) },
                    Code::$ji64 => if alu::cond::w64::$jf((get(regs, d.dst), d.imm)) { go_to!(d.off as usize) },
                    Code::$jr32 => if alu::cond::w32::$jf((get(regs, d.dst) as u32, get(regs, d.src) as u32)) { go_to!(d.off as usize) },
                    Code::$ji32 => if alu::cond::w32::$jf((get(regs, d.dst) as u32, d.imm as u32)) { go_to!(d.off as usize) },)*
                    $(Code::$unary => set(regs, d.dst, alu::unary::$uf(get(regs, d.src))),)*
                    $(Code::$load => match mem.$lf(address(regs, d.src, d)) {
                        Ok(value) => set(regs, d.dst, value as $lt as i64 as u64),
                        Err(fault) => match faulting_load(policy, fault) {
                            Ok(value) => set(regs, d.dst, value),
                            Err(kind) => break Stop::Fault(kind),
                        },
                    },)*
                    $(Code::$sr => if let Err(fault) = mem.$sf(address(regs, d.dst, d), get(regs, d.src) as $st) {
                        break Stop::Fault(FaultKind::Memory(fault));
                    },
                    Code::$si => if let Err(fault) = mem.$sf(address(regs, d.dst, d), d.imm as $st) {
                        break Stop::Fault(FaultKind::Memory(fault));
                    },)*
                    Code::Imm64 => {
                        set(regs, d.dst, d.imm);
                        (pc, mark) = (pc + 1, mark + 1);
                    }
                    Code::Atomic32 => if let Err(fault) = atomic::rmw32(regs, d, mem) {
                        break Stop::Fault(FaultKind::Memory(fault));
                    },
                    Code::Atomic64 => if let Err(fault) = atomic::rmw64(regs, d, mem) {
                        break Stop::Fault(FaultKind::Memory(fault));
                    },
                    Code::Goto => go_to!(d.off as usize),
                    Code::MayGoto => match state.may_goto_left.checked_sub(1) {
                        Some(rest) => state.may_goto_left = rest,
                        None => go_to!(d.off as usize),
                    },
                    Code::CallSub => match state.push(d.off as usize, pc, false, program.options.max_frames) {
                        Ok(()) => go_to!(state.pc),
                        Err(NoFrame::Fault(kind)) => break Stop::Fault(kind),
                        Err(NoFrame::NeedStack) => {
                            (pc, left) = (pc - 1, left + u64::from(EXACT));
                            break Stop::NeedStack;
                        }
                    },
                    Code::CallHelper => break Stop::Helper(d.imm as i32),
                    Code::CallKfunc => break Stop::Kfunc { id: d.imm as i32, module: d.off as i16 },
                    Code::SkbAbs => break Stop::Skb { size: d.off as u8, offset: d.imm as i64 },
                    Code::SkbInd => {
                        let index = get(regs, d.src) as u32 as i32;
                        break Stop::Skb { size: d.off as u8, offset: i64::from(index.wrapping_add(d.imm as i32)) };
                    }
                    Code::Exit => {
                        match state.pop() {
                            Return::Caller => go_to!(state.pc),
                            Return::Done => break Stop::Done,
                            Return::Callback => {
                                move_to!(state.pc);
                                break Stop::CallbackReturned;
                            }
                            Return::Switch(program) => {
                                move_to!(state.pc);
                                break Stop::Switch(program);
                            }
                        }
                    }
                    Code::Hole => break Stop::Fault(FaultKind::EndOfProgram),
                }
            };
            state.pc = pc;
            left -= if EXACT { 0 } else { (pc - mark) as u64 };
            (stop, budget - left)
        }
    };
}

with_rows!(main_loop);
