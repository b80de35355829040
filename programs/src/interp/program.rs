//! Predecoding: raw slots to the dense form that `exec` runs, once per load.
//!
//! Slot numbers stay the kernel's: a 64-bit immediate keeps its second slot as a hole. Addresses that only the host
//! knows (maps, kernel variables) come from its resolver.

use std::rc::Rc;

use thiserror::Error;

use super::code::{Code, Dense, alu_code, jmp_code};
use super::state::Index;
use crate::isa::{self, Callee, DecodeError, End, Imm64, Insn, Op, Reg, Size, Src, Width, table};

/// Addresses of subprograms begin here, where kernel text of modules and JITed programs is on x86-64. A slot's
/// function is at `FUNCTION_BASE + 8 * slot`; only [`super::Outcome::Callback`] understands it.
pub const FUNCTION_BASE: u64 = 0xffff_ffff_c000_0000;
const FUNCTION_STRIDE: u64 = 8;

/// What a faulting load does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadPolicy {
    /// Every bad access is a fault: pointers are checked (XDP, tc, sockets).
    #[default]
    Checked,
    /// Loads through BTF pointers are probed: an address that is no kernel memory (NULL, user) reads as 0, as the
    /// exception table of the JIT makes it (`arch/x86/net/bpf_jit_comp.c`, BPF_PROBE_MEM). Freed or never allocated
    /// kernel memory still faults: the real load would return whatever is there. Stores are not probed.
    Probe,
}

/// How to predecode.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub loads: LoadPolicy,
    /// Frames including the program's own (`include/linux/bpf_verifier.h:MAX_CALL_FRAMES`): 8, and 16 on 7.2.
    pub max_frames: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { loads: LoadPolicy::Checked, max_frames: 8 }
    }
}

/// Why a program cannot be predecoded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgramError {
    /// The kernel refuses it too, in these words.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// Valid, but the simulator cannot run it.
    #[error("instruction {pc}: {what} is not modelled")]
    NotModelled { pc: usize, what: &'static str },
    /// The resolver does not know the map or variable.
    #[error("instruction {pc}: cannot resolve {imm:?}")]
    Unresolved { pc: usize, imm: Imm64 },
}

/// A program ready to run. Shared by all its runs.
#[derive(Debug)]
pub struct Program {
    name: Rc<str>,
    pub(super) code: Box<[Dense]>,
    pub(super) options: Options,
}

/// Gives the address that a 64-bit immediate load of a map or kernel variable loads.
pub type Resolver<'a> = dyn FnMut(usize, Imm64) -> Option<u64> + 'a;

impl Program {
    /// Predecodes a program. `resolve` is asked for every immediate that is neither a number nor a subprogram.
    pub fn new(
        name: &str,
        insns: &[Insn],
        options: Options,
        resolve: &mut Resolver<'_>,
    ) -> Result<Rc<Program>, ProgramError> {
        let hole = Dense { code: Code::Hole, dst: Index::R0, src: Index::R0, off: 0, imm: 0 };
        let mut code = vec![hole; insns.len()].into_boxed_slice();
        for (pc, op) in isa::decode(insns)? {
            check_frame_pointer(pc, &op)?;
            code[pc] = dense(pc, op, resolve)?;
        }
        check_jumps(&code)?;
        Ok(Rc::new(Program { name: name.into(), code, options }))
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.code.len()
    }

    /// The address of the subprogram that starts at a slot, as the program sees it.
    pub fn function_address(slot: usize) -> u64 {
        FUNCTION_BASE + FUNCTION_STRIDE * slot as u64
    }

    /// The slot of a subprogram address, if it is one of this program.
    pub fn function_slot(&self, addr: u64) -> Option<usize> {
        let distance = addr.checked_sub(FUNCTION_BASE)?;
        let slot = (distance / FUNCTION_STRIDE) as usize;
        let valid = distance.is_multiple_of(FUNCTION_STRIDE) && self.code.get(slot)?.code != Code::Hole;
        valid.then_some(slot)
    }
}

fn malformed(pc: usize, message: String) -> ProgramError {
    ProgramError::Malformed(DecodeError { pc, message })
}

fn check_frame_pointer(pc: usize, op: &Op) -> Result<(), ProgramError> {
    let written = match *op {
        Op::Alu { dst, .. }
        | Op::Neg { dst, .. }
        | Op::MovSx { dst, .. }
        | Op::End { dst, .. }
        | Op::LoadImm64 { dst, .. }
        | Op::Load { dst, .. }
        | Op::LoadAcquire { dst, .. } => dst,
        Op::Atomic { src, op, .. } => match op.fetched(src) {
            Some(fetched) => fetched,
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    if written == Reg::R10 { Err(malformed(pc, "frame pointer is read only".to_owned())) } else { Ok(()) }
}

fn check_jumps(code: &[Dense]) -> Result<(), ProgramError> {
    for (pc, dense) in code.iter().enumerate().filter(|(_, dense)| is_jump(dense.code)) {
        match usize::try_from(dense.off).ok().and_then(|target| code.get(target)) {
            None => return Err(malformed(pc, format!("jump out of range from insn {pc} to {}", dense.off))),
            Some(Dense { code: Code::Hole, .. }) => {
                return Err(malformed(pc, format!("jump into the middle of ldimm64 insn {}", dense.off)));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn is_jump(code: Code) -> bool {
    let branches = Code::Eq64R as u8..=Code::SLe32I as u8;
    matches!(code, Code::Goto | Code::MayGoto | Code::CallSub) || branches.contains(&(code as u8))
}

fn dense(pc: usize, op: Op, resolve: &mut Resolver<'_>) -> Result<Dense, ProgramError> {
    let new = |code, dst: Reg, src: Reg, off, imm| Dense { code, dst: dst.into(), src: src.into(), off, imm };
    let target = |delta: i32| (pc as i32).wrapping_add(1).wrapping_add(delta);
    let none = Reg::R0;
    Ok(match op {
        Op::Alu { width, op, dst, src } => {
            let (immediate, src, imm) = operand(src);
            new(alu_code(op, width, immediate), dst, src, 0, imm)
        }
        Op::Branch { width, op, dst, src, delta } => {
            let (immediate, src, imm) = operand(src);
            new(jmp_code(op, width, immediate), dst, src, target(i32::from(delta)), imm)
        }
        Op::Neg { width: Width::W64, dst } => new(Code::Neg64, dst, dst, 0, 0),
        Op::Neg { width: Width::W32, dst } => new(Code::Neg32, dst, dst, 0, 0),
        Op::MovSx { width, bits, dst, src } => new(sign_extend(width, bits), dst, src, 0, 0),
        Op::End { kind, bits, dst } => new(byte_order(kind, bits), dst, dst, 0, 0),
        Op::LoadImm64 { dst, imm } => new(Code::Imm64, dst, none, 0, imm64(pc, imm, resolve)?),
        Op::Load { size, signed, dst, base, off } => new(load(size, signed), dst, base, i32::from(off), 0),
        // One thread runs the machine, so every access is sequentially consistent already.
        Op::LoadAcquire { size, dst, base, off } => new(load(size, false), dst, base, i32::from(off), 0),
        Op::StoreRelease { size, base, off, src } => new(store(size).0, base, src, i32::from(off), 0),
        Op::Store { size, base, off, src } => {
            let (immediate, src, imm) = operand(src);
            let (by_register, by_immediate) = store(size);
            new(if immediate { by_immediate } else { by_register }, base, src, i32::from(off), imm)
        }
        Op::Atomic { size, op, base, off, src } => {
            let code = if size == Size::Dw { Code::Atomic64 } else { Code::Atomic32 };
            new(code, base, src, i32::from(off), table::atomic_row(op).1 as u64)
        }
        Op::SkbAbs { size, imm } => new(Code::SkbAbs, none, none, i32::from(size.bytes()), imm as u64),
        Op::SkbInd { size, src, imm } => new(Code::SkbInd, none, src, i32::from(size.bytes()), imm as u64),
        Op::Jump { delta, .. } => new(Code::Goto, none, none, target(delta), 0),
        Op::MayGoto { delta } => new(Code::MayGoto, none, none, target(i32::from(delta)), 0),
        Op::Call(Callee::Helper(id)) => new(Code::CallHelper, none, none, 0, id as u64),
        Op::Call(Callee::Subprog(delta)) => new(Code::CallSub, none, none, target(delta), 0),
        Op::Call(Callee::Kfunc { id, module }) => {
            new(Code::CallKfunc, none, none, i32::from(module), id as u64)
        }
        Op::Exit => new(Code::Exit, none, none, 0, 0),
        Op::AddrSpaceCast { .. } => {
            return Err(ProgramError::NotModelled { pc, what: "addr_space_cast (arena maps)" });
        }
        Op::JumpReg { .. } => return Err(ProgramError::NotModelled { pc, what: "gotox (indirect jump)" }),
    })
}

fn operand(src: Src) -> (bool, Reg, u64) {
    match src {
        Src::Reg(reg) => (false, reg, 0),
        Src::Imm(imm) => (true, Reg::R0, imm as u64),
    }
}

fn imm64(pc: usize, imm: Imm64, resolve: &mut Resolver<'_>) -> Result<u64, ProgramError> {
    match imm {
        Imm64::Value(value) => Ok(value),
        Imm64::Func(delta) => Ok(Program::function_address((pc as i64 + 1 + i64::from(delta)) as usize)),
        other => resolve(pc, other).ok_or(ProgramError::Unresolved { pc, imm: other }),
    }
}

fn sign_extend(width: Width, bits: u8) -> Code {
    match (width, bits) {
        (Width::W32, 8) => Code::Sx8To32,
        (Width::W32, _) => Code::Sx16To32,
        (Width::W64, 8) => Code::Sx8To64,
        (Width::W64, 16) => Code::Sx16To64,
        (Width::W64, _) => Code::Sx32To64,
    }
}

fn byte_order(kind: End, bits: u8) -> Code {
    match (kind, bits) {
        (End::Le, 16) => Code::Low16,
        (End::Le, 32) => Code::Low32,
        (End::Le, _) => Code::Low64,
        (_, 16) => Code::Swap16,
        (_, 32) => Code::Swap32,
        (_, _) => Code::Swap64,
    }
}

fn load(size: Size, signed: bool) -> Code {
    match (size, signed) {
        (Size::B, false) => Code::Load8,
        (Size::H, false) => Code::Load16,
        (Size::W, false) => Code::Load32,
        (Size::Dw, _) => Code::Load64,
        (Size::B, true) => Code::LoadS8,
        (Size::H, true) => Code::LoadS16,
        (Size::W, true) => Code::LoadS32,
    }
}

fn store(size: Size) -> (Code, Code) {
    match size {
        Size::B => (Code::Store8R, Code::Store8I),
        Size::H => (Code::Store16R, Code::Store16I),
        Size::W => (Code::Store32R, Code::Store32I),
        Size::Dw => (Code::Store64R, Code::Store64I),
    }
}
