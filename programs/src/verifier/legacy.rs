//! `BPF_LD_ABS` and `BPF_LD_IND`: packet loads of classic BPF.
//!
//! Modelled after kernel/bpf/verifier.c:check_ld_abs. Neighbours: `refs` says what may not be held; `exit` follows the hidden exit.

use super::refs::LeakAt;
use super::reg::{Kind, Reg};
use super::state::Role;
use super::stop::{Checked, invalid};
use super::verify::{Next, Verifier};
use crate::isa::Op;
use crate::profile::{KernelVersion, ProgType};

const CONTEXT: u8 = 6;

impl Verifier<'_> {
    pub(super) fn legacy_packet_load(&mut self, insn: usize, op: Op) -> Checked<Next> {
        let allowed = [ProgType::SOCKET_FILTER, ProgType::SCHED_CLS, ProgType::SCHED_ACT];
        if !allowed.contains(&self.input.kind.prog_type) {
            return invalid("BPF_LD_[ABS|IND] instructions not allowed for this program type");
        }
        let version = self.version();
        let in_callback = self.path.state.frames.iter().skip(1).any(|frame| frame.role == Role::Callback);
        if version == KernelVersion::V7_2 && in_callback {
            return invalid("cannot use BPF_LD_[ABS|IND] within callback");
        }
        self.read_reg(CONTEXT)?;
        self.check_resource_leak(LeakAt::LegacyLoad, true)?;
        if self.reg(CONTEXT).kind != Kind::Ctx {
            return invalid("at the time of BPF_LD_ABS|IND R6 != pointer to skb");
        }
        if let Op::SkbInd { src, .. } = op {
            self.read_reg(src.0)?;
        }
        self.check_pointer_offset(CONTEXT)?;
        self.clear_caller_saved();
        self.set_unknown(0);
        if version < KernelVersion::V6_12 || self.path.state.frames.len() == 1 {
            return Ok(Next::At(insn + 1));
        }
        // A load beyond the packet ends the function with r0 = 0.
        let other = self.fork_to(insn + 1);
        self.push(other)?;
        self.set_reg(0, Reg::constant(0, self.numbers));
        self.leave()
    }
}
