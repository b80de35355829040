//! How far a pointer to a kernel object may be trusted, and what that makes of pointers read through it.
//!
//! Neighbours: `btf_access` asks for pointers that it loads, helpers and kfuncs for their arguments. Modelled after
//! kernel/bpf/verifier.c:is_trusted_reg, type_is_rcu and its neighbours, and kernel/bpf/btf.c:btf_nested_type_is_trusted.

use super::reg::{BtfSource, Flags, Kind, Reg};
use super::verify::Verifier;
use crate::btf::{Btf, Kind as BtfKind, TypeId};
use crate::profile::KernelVersion;

/// Modifiers that make a pointer trusted as long as no other stands beside them.
const TRUSTED: Flags = Flags::ALLOC.with(Flags::TRUSTED).with(Flags::NON_OWN_REF);

impl Verifier<'_> {
    /// Readers of RCU data are safe here (`in_rcu_cs`).
    pub(super) fn in_rcu_section(&self) -> bool {
        let regions = &self.path.state.regions;
        regions.rcu > 0 || regions.locks > 0 || !regions.sleepable
    }

    /// The register holds a reference: in 7.2 by its id, before by `ref_obj_id`, which here may also be a dynptr's own id.
    pub(super) fn is_referenced(&self, reg: &Reg) -> bool {
        let id = if self.version() < KernelVersion::V7_2 { reg.ref_id } else { reg.id };
        id != 0 && self.path.state.find_ref(id).is_some()
    }

    /// `is_trusted_reg`.
    pub(super) fn is_trusted(&self, reg: &Reg) -> bool {
        if self.is_referenced(reg) {
            return true;
        }
        let unsafe_flags = reg.flags.without(TRUSTED) != Flags::NONE;
        let always =
            matches!(reg.kind, Kind::Socket | Kind::SockCommon | Kind::TcpSock | Kind::MapPtr { .. });
        !unsafe_flags && (always || reg.flags.any(TRUSTED))
    }

    /// Modifiers of a pointer that was loaded from `field` of the object that `reg` points to.
    pub(super) fn inherited(&self, reg: &Reg, target: TypeId, found: Flags, field: &str) -> Flags {
        let untrusted = reg.flags.has(Flags::UNTRUSTED);
        match self.version() {
            KernelVersion::V5_10 => return Flags::NONE,
            KernelVersion::V6_1 if untrusted => return found.with(Flags::UNTRUSTED),
            KernelVersion::V6_1 => return found,
            _ if untrusted => return Flags::UNTRUSTED,
            _ => {}
        }
        let plain = found.without(TRUSTED).without(Flags::RCU);
        if !self.is_trusted(reg) && !reg.flags.has(Flags::RCU) {
            return plain;
        }
        let listed = |suffix| self.is_listed(reg, target, field, suffix);
        if listed("__safe_trusted") {
            return found.with(Flags::TRUSTED);
        }
        if listed("__safe_trusted_or_null") {
            return found.with(Flags::TRUSTED).with(Flags::MAYBE_NULL);
        }
        if !self.in_rcu_section() || reg.may_be_null() {
            return Flags::UNTRUSTED;
        }
        if listed("__safe_rcu") {
            return found.with(Flags::RCU);
        }
        let or_null = listed("__safe_rcu_or_null");
        if or_null || found.has(Flags::RCU) {
            let flags = found.with(Flags::RCU).with(Flags::MAYBE_NULL);
            return if or_null { flags.without(Flags::UNTRUSTED) } else { flags };
        }
        if found.any(Flags::PERCPU.with(Flags::USER)) { found } else { plain }
    }

    /// The kernel keeps its lists of trusted members as structs in its own types: `file__safe_trusted` and so on.
    fn is_listed(&self, reg: &Reg, target: TypeId, field: &str, suffix: &str) -> bool {
        let Kind::Btf { btf, id } = reg.kind else { return false };
        let Some(btf) = self.btf(btf) else { return false };
        let Some(walked) = btf.type_by_id(TypeId(id)) else { return false };
        let Some(safe) = btf.find_by_name_kind(&format!("{}{suffix}", walked.name()), walked.kind()) else {
            return false;
        };
        safe.members().any(|member| {
            let pointer = btf.type_by_id(member.ty).filter(|ty| ty.kind() == BtfKind::Ptr);
            let to = pointer.and_then(|pointer| btf.resolve(pointer.target()));
            member.name == field && to.is_some_and(|to| to.id() == target)
        })
    }

    /// Name of the struct that a pointer leads to, as in `ptr_task_struct`; empty for other registers.
    pub(super) fn pointed_name(&self, reg: &Reg) -> String {
        match reg.kind {
            Kind::Btf { btf, id } => self.btf(btf).map_or("", |btf| btf.name_of(TypeId(id))).to_string(),
            _ => String::new(),
        }
    }
}

impl<'a> Verifier<'a> {
    /// The type information that an id counts in.
    pub(super) fn btf(&self, source: BtfSource) -> Option<&'a Btf> {
        match source {
            BtfSource::Kernel => Some(self.facts.kernel),
            BtfSource::Program => self.facts.btf,
        }
    }
}
