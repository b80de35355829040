//! Instructions as text, in the syntax of the kernel's verifier log (`kernel/bpf/disasm.c:print_bpf_insn`).
//!
//! [`Style::Kernel`] prints what the log prints. [`Style::Source`] differs in the few places where that text would not
//! assemble to the same bytes again: 64-bit immediates carry `ll`, map and function addresses are symbolic.
//! [`Names`] supplies the names an instruction only has numbers for. Neighbour: `asm` reads this syntax.

use super::helper_names::helper_name;
use super::op::{AtomicOp, Callee, End, Imm64, Op, Reg, Size, Src, Width};
use super::table::{alu_row, atomic_row, jmp_row, size_row};

/// How to print what the kernel's text leaves ambiguous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As the verifier log.
    Kernel,
    /// As the assembler reads it back.
    Source,
}

/// Names for numbers in instructions. Every method may decline.
pub trait Names {
    /// A kernel function of a call.
    fn kfunc(&self, _id: i32, _module: i16) -> Option<&str> {
        None
    }
    /// A map by the number in a 64-bit immediate load.
    fn map(&self, _index: i32) -> Option<&str> {
        None
    }
}

/// Knows no names.
pub struct NoNames;

impl Names for NoNames {}

/// The text of one instruction, without its slot number.
pub fn disassemble(op: &Op, style: Style, names: &dyn Names) -> String {
    match *op {
        Op::Alu { width, op, dst, src } => {
            format!("{} {} {}", reg(width, dst), alu_row(op).spelling, source(width, src))
        }
        Op::Neg { width, dst } => format!("{0} = -{0}", reg(width, dst)),
        Op::MovSx { width, bits, dst, src } => format!("{} = (s{bits}){}", reg(width, dst), reg(width, src)),
        Op::End { kind, bits, dst } => format!("{dst} = {}{bits} {dst}", end(kind)),
        Op::AddrSpaceCast { dst, src, to, from } => format!("{dst} = addr_space_cast({src}, {to}, {from})"),
        Op::LoadImm64 { dst, imm } => format!("{dst} = {}", imm64(imm, style, names)),
        Op::SkbAbs { size, imm } => format!("r0 = *({} *)skb[{imm}]", unsigned(size)),
        Op::SkbInd { size, src, imm } => format!("r0 = *({} *)skb[{src} + {imm}]", unsigned(size)),
        Op::Load { size, signed, dst, base, off } => {
            let ty = if signed { size_row(size).3 } else { unsigned(size) };
            format!("{dst} = *({ty} *)({base} {off:+})")
        }
        Op::Store { size, base, off, src } => {
            format!("{} = {}", place(size, base, off), source(Width::W64, src))
        }
        Op::Atomic { size, op, base, off, src } => atomic(size, op, base, off, src),
        Op::LoadAcquire { size, dst, base, off } => {
            format!("{dst} = load_acquire(({} *)({base} {off:+}))", unsigned(size))
        }
        Op::StoreRelease { size, base, off, src } => {
            format!("store_release(({} *)({base} {off:+}), {src})", unsigned(size))
        }
        Op::Jump { long, delta } => format!("goto{} pc{delta:+}", if long { "l" } else { "" }),
        Op::JumpReg { dst } => format!("gotox {dst}"),
        Op::Branch { width, op, dst, src, delta } => {
            let right = match src {
                Src::Reg(src) => reg(width, src),
                Src::Imm(imm) => format!("{imm:#x}"),
            };
            format!("if {} {} {right} goto pc{delta:+}", reg(width, dst), jmp_row(op).2)
        }
        Op::MayGoto { delta } => format!("may_goto pc{delta:+}"),
        Op::Call(callee) => call(callee, names),
        Op::Exit => "exit".to_owned(),
    }
}

/// One line as in the verifier log: `5: (bf) r1 = r10`.
pub fn log_line(pc: usize, code: u8, op: &Op, names: &dyn Names) -> String {
    format!("{pc}: ({code:02x}) {}", disassemble(op, Style::Kernel, names))
}

fn reg(width: Width, reg: Reg) -> String {
    match width {
        Width::W64 => format!("r{}", reg.0),
        Width::W32 => format!("w{}", reg.0),
    }
}

fn source(width: Width, src: Src) -> String {
    match src {
        Src::Reg(src) => reg(width, src),
        Src::Imm(imm) => imm.to_string(),
    }
}

fn unsigned(size: Size) -> &'static str {
    size_row(size).2
}

fn place(size: Size, base: Reg, off: i16) -> String {
    format!("*({} *)({base} {off:+})", unsigned(size))
}

fn end(kind: End) -> &'static str {
    match kind {
        End::Le => "le",
        End::Be => "be",
        End::Swap => "bswap",
    }
}

fn atomic(size: Size, op: AtomicOp, base: Reg, off: i16, src: Reg) -> String {
    let (_, _, assignment, function) = atomic_row(op);
    let suffix = if size == Size::Dw { "64" } else { "" };
    let ty = unsigned(size);
    match op {
        AtomicOp::CmpXchg => format!("r0 = atomic{suffix}_{function}(({ty} *)({base} {off:+}), r0, {src})"),
        _ if assignment.is_empty() => {
            format!("{src} = atomic{suffix}_{function}(({ty} *)({base} {off:+}), {src})")
        }
        _ => format!("lock {} {assignment} {src}", place(size, base, off)),
    }
}

fn call(callee: Callee, names: &dyn Names) -> String {
    match callee {
        Callee::Helper(id) => format!("call {}#{id}", helper_name(id).unwrap_or("unknown")),
        Callee::Subprog(delta) => format!("call pc{delta:+}"),
        Callee::Kfunc { id, module } => {
            format!("call {}#{id}", names.kfunc(id, module).unwrap_or("kernel-function"))
        }
    }
}

fn imm64(imm: Imm64, style: Style, names: &dyn Names) -> String {
    let map = |index: i32| names.map(index).map_or_else(|| format!("#{index}"), str::to_owned);
    match (style, imm) {
        (Style::Kernel, Imm64::Value(value)) => format!("{value:#x}"),
        (Style::Kernel, Imm64::Func(delta)) => format!("{:#x}", delta as u32),
        (Style::Source, Imm64::Value(value)) => format!("{value:#x} ll"),
        (Style::Source, Imm64::Func(delta)) => format!("func[{delta:+}]"),
        (_, Imm64::Map(index)) => format!("map[{}]", map(index)),
        (_, Imm64::MapValue { map: index, offset }) => format!("map_value[{}] + {offset}", map(index)),
        (_, Imm64::MapIdx(index)) => format!("map_idx[#{index}]"),
        (_, Imm64::MapIdxValue { map: index, offset }) => format!("map_idx_value[#{index}] + {offset}"),
        (_, Imm64::BtfVar { id, module }) => format!("btf_var[#{id}] + {module}"),
    }
}
