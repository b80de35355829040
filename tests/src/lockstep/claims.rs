//! What the verifier says about each instruction: the states it saw before it, and whether real values lie in one.

use programs::verifier::Observer;
use programs::verifier::reg::{Kind, Reg};
use programs::verifier::state::{Byte, SLOT_BYTES, Slot, State};

/// States kept per instruction; beyond that the claims are given up.
const MAX_STATES: usize = 3000;

/// Bytes of all states kept; beyond that, too.
const MAX_BYTES: usize = 256 << 20;

/// Instructions that a thorough search may follow.
const MAX_FOLLOWED: usize = 200_000;

/// The frame that runs, as the verifier saw it once.
#[derive(Clone, Debug, PartialEq)]
struct Claim {
    /// Depth of the frame in its call chain.
    frame: u8,
    regs: [Reg; 11],
    stack: Vec<Slot>,
}

/// All claims, by instruction.
#[derive(Clone, Debug)]
pub struct Claims {
    /// Without any when they are given up.
    by_insn: Vec<Vec<Claim>>,
    bytes: usize,
    /// The last state seen has a number without values: no run gets there.
    impossible: bool,
}

/// Real values: registers, and a way to read memory.
pub(super) struct Real<'a> {
    pub regs: [u64; 11],
    pub load: &'a dyn Fn(u64) -> Option<u64>,
}

impl Observer for Claims {
    fn before(&mut self, insn: usize, state: &State) {
        let frame = state.current();
        self.impossible = frame.regs.iter().any(|reg| reg.kind == Kind::Scalar && reg.num.is_empty());
        let Some(claims) = self.by_insn.get_mut(insn) else { return };
        let claim =
            Claim { frame: state.frames.len() as u8 - 1, regs: frame.regs, stack: frame.stack.clone() };
        if claims.contains(&claim) {
            return;
        }
        self.bytes += claim.bytes();
        claims.push(claim);
        if claims.len() > MAX_STATES || self.bytes > MAX_BYTES {
            self.forget();
        }
    }

    fn thorough(&self) -> bool {
        true
    }

    fn limit(&self) -> Option<usize> {
        Some(MAX_FOLLOWED)
    }
}

impl Claims {
    /// None yet, for a program of this many slots.
    pub fn of(insns: usize) -> Claims {
        Claims { by_insn: vec![Vec::new(); insns], bytes: 0, impossible: false }
    }

    /// Nothing is compared any more; accesses are still watched.
    pub fn forget(&mut self) {
        self.by_insn = Vec::new();
    }

    /// Whether the search stopped where no run gets: kernels before 7.2 follow a branch although its ranges contradict each other, and may
    /// refuse what stands there.
    pub(super) fn stopped_at_the_impossible(&self) -> bool {
        self.impossible
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.by_insn.is_empty()
    }

    /// States in all.
    pub fn count(&self) -> usize {
        self.by_insn.iter().map(Vec::len).sum()
    }

    /// Makes every claim about a register with an unknown number wrong: the number is said to be `value`. How many.
    pub fn spoil(&mut self, value: u64, numbers: programs::verifier::scalar::Numbers) -> usize {
        let mut spoiled = 0;
        for reg in self.by_insn.iter_mut().flatten().flat_map(|claim| &mut claim.regs) {
            if reg.kind == Kind::Scalar && reg.num.known().is_none() {
                reg.num = programs::verifier::scalar::Scalar::constant(value, numbers);
                spoiled += 1;
            }
        }
        spoiled
    }

    /// Whether what is real at `insn` lies in one of the states seen there; else what is wrong.
    pub(super) fn check(&self, insn: usize, real: &Real<'_>) -> Result<(), String> {
        let claims = &self.by_insn[insn];
        let mut nearest: Option<(usize, String)> = None;
        for claim in claims {
            let wrong = claim.differences(real);
            if wrong.is_empty() {
                return Ok(());
            }
            if nearest.as_ref().is_none_or(|(count, _)| wrong.len() < *count) {
                nearest = Some((wrong.len(), wrong.join("; ")));
            }
        }
        Err(match nearest {
            None => format!("instruction {insn} was never reached by the verifier"),
            Some((_, text)) => {
                format!(
                    "instruction {insn}: in none of {} states; the nearest differs in {text}",
                    claims.len()
                )
            }
        })
    }
}

impl Claim {
    fn bytes(&self) -> usize {
        size_of::<Claim>() + self.stack.len() * size_of::<Slot>()
    }

    fn differences(&self, real: &Real<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (number, reg) in self.regs[..10].iter().enumerate() {
            let value = real.regs[number];
            if !self.holds(reg, value, real.regs[10]) {
                wrong.push(format!("r{number} = {value:#x}, said to be {}", shown(reg)));
            }
        }
        for (index, slot) in self.stack.iter().enumerate() {
            let address = real.regs[10] - 8 * (index as u64 + 1);
            let Some(value) = (real.load)(address) else { continue };
            if !self.slot_holds(slot, value, real.regs[10]) {
                let text = format!("{:?} {}", slot.bytes, shown(&slot.reg));
                wrong.push(format!("stack at {} = {value:#x}, said to be {text}", -8 * (index as i64 + 1)));
            }
        }
        wrong
    }

    fn holds(&self, reg: &Reg, value: u64, frame_pointer: u64) -> bool {
        if reg.may_be_null() && value == 0 {
            return true;
        }
        match reg.kind {
            Kind::NotInit => true,
            Kind::Scalar => reg.num.contains(value),
            Kind::Stack { frame } if frame == self.frame => {
                reg.num.contains(value.wrapping_sub(frame_pointer).wrapping_sub(i64::from(reg.off) as u64))
            }
            _ => value != 0,
        }
    }

    fn slot_holds(&self, slot: &Slot, value: u64, frame_pointer: u64) -> bool {
        if slot.is_full_spill() {
            return self.holds(&slot.reg, value, frame_pointer);
        }
        let bytes = value.to_le_bytes();
        (0..SLOT_BYTES).all(|nr| slot.bytes[nr] != Byte::Zero || bytes[nr] == 0)
    }
}

fn shown(reg: &Reg) -> String {
    let num = &reg.num;
    let (umin, umax, smin, smax) = num.low();
    format!(
        "{:?} off {} u {:#x}..={:#x} s {}..={} tnum {:x?} low u {umin:#x}..={umax:#x} s {smin}..={smax}",
        reg.kind,
        reg.off,
        num.umin(),
        num.umax(),
        num.smin(),
        num.smax(),
        num.var_off()
    )
}
