//! Atomic read-modify-write instructions (RFC 9669, section 5.3).
//!
//! One thread runs the machine and a run can only be interrupted between instructions, so plain load and store are
//! atomic. 32-bit forms zero-extend the old value they return.

use sim::arena::{Arena, MemFault};

use super::code::Dense;
use super::state::{Index, Regs, get, set};

const ADD: u64 = 0x00;
const OR: u64 = 0x40;
const AND: u64 = 0x50;
const XOR: u64 = 0xa0;
const FETCH: u64 = 0x01;
const XCHG: u64 = 0xe1;
const CMPXCHG: u64 = 0xf1;

macro_rules! width {
    ($name:ident, $load:ident, $store:ident, $int:ty) => {
        pub(super) fn $name(regs: &mut Regs, d: &Dense, mem: &mut Arena) -> Result<(), MemFault> {
            let addr = get(regs, d.dst).wrapping_add(d.off as u64);
            let operand = get(regs, d.src) as $int;
            let old = mem.$load(addr)?;
            let new = match d.imm & !FETCH {
                ADD => old.wrapping_add(operand),
                OR => old | operand,
                AND => old & operand,
                XOR => old ^ operand,
                _ if d.imm == XCHG => operand,
                // A failed exchange stores the old value, so a read-only target faults either way.
                _ if get(regs, Index::R0) as $int == old => operand,
                _ => old,
            };
            mem.$store(addr, new)?;
            match d.imm {
                CMPXCHG => set(regs, Index::R0, u64::from(old)),
                imm if imm & FETCH != 0 => set(regs, d.src, u64::from(old)),
                _ => {}
            }
            Ok(())
        }
    };
}

width!(rmw32, load_u32, store_u32, u32);
width!(rmw64, load_u64, store_u64, u64);
