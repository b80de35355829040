//! Loads and stores through pointers to kernel and program types, loads of `struct bpf_map`, and addresses of kernel symbols.
//!
//! Neighbours: `btf_walk` finds what lies at an offset, `trust` what a loaded pointer may be used for, `btf_write` which members some
//! program types may store to. Modelled after kernel/bpf/verifier.c:check_ptr_to_btf_access, check_ptr_to_map_access and
//! check_pseudo_btf_id.

use sim::errno::Errno;

use super::btf_walk::{Found, Walk, walk};
use super::memory::{Access, field_name};
use super::reg::{BtfSource, Flags, Kind, MapRef, Reg};
use super::stop::{Checked, invalid, no_access, not_modelled, refuse};
use super::verify::Verifier;
use crate::btf::{Kind as BtfKind, Type, TypeId, essential_name};
use crate::object::number_behind;
use crate::object::{KsymKind, SpecialKind, fields};
use crate::profile::{KernelVersion, has_kernel_variable};

/// The kernel's struct of a map of a type (`map_btf_id` of its operations).
const MAP_STRUCTS: [(&[&str], &str); 19] = [
    (
        &["ARRAY", "PERCPU_ARRAY", "PROG_ARRAY", "PERF_EVENT_ARRAY", "CGROUP_ARRAY", "ARRAY_OF_MAPS"],
        "bpf_array",
    ),
    (&["HASH", "PERCPU_HASH", "LRU_HASH", "LRU_PERCPU_HASH", "HASH_OF_MAPS"], "bpf_htab"),
    (&["STACK_TRACE"], "bpf_stack_map"),
    (&["QUEUE", "STACK"], "bpf_queue_stack"),
    (&["DEVMAP", "DEVMAP_HASH"], "bpf_dtab"),
    (&["CPUMAP"], "bpf_cpu_map"),
    (&["XSKMAP"], "xsk_map"),
    (&["SOCKMAP"], "bpf_stab"),
    (&["SOCKHASH"], "bpf_shtab"),
    (&["REUSEPORT_SOCKARRAY"], "reuseport_array"),
    (&["LPM_TRIE"], "lpm_trie"),
    (&["CGROUP_STORAGE", "PERCPU_CGROUP_STORAGE"], "bpf_cgroup_storage_map"),
    (&["SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"], "bpf_local_storage_map"),
    (&["STRUCT_OPS"], "bpf_struct_ops_map"),
    (&["RINGBUF", "USER_RINGBUF"], "bpf_ringbuf_map"),
    (&["BLOOM_FILTER"], "bpf_bloom_filter"),
    (&["ARENA"], "bpf_arena"),
    (&["INSN_ARRAY"], "bpf_insn_array"),
    (&["RHASH"], "bpf_rhtab"),
];

impl Verifier<'_> {
    /// `check_ptr_to_btf_access`; `off` holds the fixed part of the register's offset.
    pub(super) fn btf_access(&mut self, a: &Access, reg: &Reg, off: i64) -> Checked<Option<Reg>> {
        let Kind::Btf { btf: source, id } = reg.kind else { unreachable!("only BTF pointers come here") };
        let off = self.btf_place(a, reg, off)?;
        let untrusted = reg.flags.has(Flags::UNTRUSTED);
        let late = self.version() == KernelVersion::V7_2;
        if a.write && late && untrusted {
            return no_access("only read is supported");
        }
        let allocated = reg.flags.has(Flags::ALLOC);
        if a.write && !allocated && self.has_write_hook() {
            self.hooked_store(a, reg, off)?;
            return Ok(None);
        }
        if a.write && !allocated {
            return no_access("only read is supported");
        }
        if allocated {
            self.owned_somehow(reg)?;
            self.protected_fields(id, off, a.size)?;
        }
        let Some(btf) = self.btf(source) else { return not_modelled("a program type without BTF") };
        let how = Walk { btf, version: self.version(), flexible: !(late && allocated) };
        let found = walk(how, TypeId(id), off, a.size)?;
        if a.write {
            return Ok(None);
        }
        Ok(self.loaded(reg, source, found))
    }

    /// What is checked before the type is looked at; the whole offset.
    fn btf_place(&self, a: &Access, reg: &Reg, off: i64) -> Checked<i64> {
        let Kind::Btf { btf, .. } = reg.kind else { unreachable!("only BTF pointers come here") };
        let (base, name) = (a.base, self.pointed_name(reg));
        if self.version() >= KernelVersion::V6_12 && !self.input.gpl && btf == BtfSource::Kernel {
            return invalid(format!("Cannot access kernel 'struct {name}' from non-GPL compatible program"));
        }
        let variable = || {
            let number = self.print_number(reg.num.var_off());
            no_access(format!("R{base} is ptr_{name} invalid variable offset: off={off}, var_off={number}"))
        };
        let whole = match (reg.num.known(), self.version()) {
            (Some(known), KernelVersion::V7_2) => off + known as i64,
            (None, KernelVersion::V7_2) => return variable(),
            _ => off,
        };
        if whole < 0 {
            return no_access(format!("R{base} is ptr_{name} invalid negative access: off={whole}"));
        }
        if self.version() < KernelVersion::V7_2 && reg.num.known() != Some(0) {
            return variable();
        }
        for (flag, what) in [(Flags::USER, "user"), (Flags::PERCPU, "percpu")] {
            if reg.flags.has(flag) && self.version() >= KernelVersion::V6_1 {
                return no_access(format!("R{base} is ptr_{name} access {what} memory: off={whole}"));
            }
        }
        Ok(whole)
    }

    /// An object of the program is owned, borrowed from a list or protected by an RCU section. What a section protected is none of these
    /// behind it, which the kernel takes for a fault of its own.
    fn owned_somehow(&self, reg: &Reg) -> Checked {
        let version = self.version();
        if version < KernelVersion::V6_12 || reg.flags.any(Flags::NON_OWN_REF.with(Flags::RCU)) {
            return Ok(());
        }
        match version {
            KernelVersion::V7_2 if !self.is_referenced(reg) => {
                refuse(Errno::EFAULT, "verifier bug: allocated object must have a referenced id")
            }
            KernelVersion::V6_12 if reg.ref_id == 0 => {
                let what = "verifier internal error: ref_obj_id for allocated object must be non-zero";
                refuse(Errno::EFAULT, what)
            }
            _ => Ok(()),
        }
    }

    /// Locks, list and tree fields of an allocated object are for kfuncs.
    fn protected_fields(&self, id: u32, off: i64, size: i64) -> Checked {
        let Some(btf) = self.facts.btf else { return Ok(()) };
        let found = fields::special(btf, TypeId(id));
        let of_object = found.iter().filter(|field| is_object_field(field.kind, self.version()));
        for field in of_object {
            let (start, end) = (i64::from(field.offset), i64::from(field.offset) + i64::from(field.size));
            if off < end && start < off + size {
                return no_access(format!("direct access to {} is disallowed", field_name(field.kind)));
            }
        }
        Ok(())
    }

    /// The register that a load gives.
    fn loaded(&mut self, reg: &Reg, source: BtfSource, found: Found<'_>) -> Option<Reg> {
        let numbers = self.numbers;
        match found {
            Found::Pointer { target, flags, field } if !reg.flags.has(Flags::ALLOC) => {
                let flags = self.inherited(reg, target, flags, field);
                let mut loaded = Reg::pointer(Kind::Btf { btf: source, id: target.0 }, flags, numbers);
                if flags.has(Flags::MAYBE_NULL) {
                    loaded.id = self.new_id();
                }
                Some(loaded)
            }
            Found::Untyped => {
                let flags = Flags::RDONLY.with(Flags::UNTRUSTED);
                Some(Reg::pointer(Kind::Mem { size: 0 }, flags, numbers))
            }
            _ => None,
        }
    }

    /// `check_ptr_to_map_access`: a load of the map's own struct.
    pub(super) fn map_object(&mut self, a: &Access, map: MapRef, off: i64) -> Checked<Option<Reg>> {
        let facts = self.facts.map(map);
        let row = MAP_STRUCTS.iter().find(|row| row.0.contains(&facts.type_name()));
        let Some((_, name)) = row else {
            let text = format!("map_ptr access not supported for map type {}", facts.map_type);
            return refuse(Errno::ENOTSUPP, text);
        };
        if off < 0 {
            return no_access(format!("R{} is {name} invalid negative access: off={off}", a.base));
        }
        if a.write {
            return no_access(format!("only read from {name} is supported"));
        }
        let btf = self.facts.kernel;
        let Some(ty) = btf.find_by_name_kind(name, BtfKind::Struct) else {
            return not_modelled(format!("struct {name}, which the kernel's types lack"));
        };
        let found = walk(Walk { btf, version: self.version(), flexible: true }, ty.id(), off, a.size)?;
        let numbers = self.numbers;
        Ok(match found {
            Found::Pointer { target, flags, .. } => {
                let kind = Kind::Btf { btf: BtfSource::Kernel, id: target.0 };
                let flags = if self.version() == KernelVersion::V5_10 { Flags::NONE } else { flags };
                Some(Reg::pointer(kind, flags, numbers))
            }
            found => self.loaded(&Reg::unknown(numbers), BtfSource::Kernel, found),
        })
    }

    /// `ld_imm64` of a kernel symbol's address.
    pub(super) fn kernel_symbol(&mut self, dst: u8, id: i32) -> Checked {
        let symbol = usize::try_from(id).ok().and_then(|id| self.facts.program.ksyms.get(id));
        let Some(symbol) = symbol else {
            return refuse(
                Errno::ENOENT,
                format!("ldimm64 insn specifies invalid btf_id {}.", number_behind(id)),
            );
        };
        let numbers = self.numbers;
        let reg = match symbol.kind {
            KsymKind::Func(_) if self.profile.kfunc(essential_name(&symbol.name)).is_some() => {
                Reg::pointer(Kind::Mem { size: 0 }, Flags::RDONLY, numbers)
            }
            KsymKind::Func(_) if symbol.weak => Reg::constant(0, numbers),
            KsymKind::Func(_) => return not_modelled(format!("kernel function {}", symbol.name)),
            // The loader writes the address that kallsyms gives: a number that nobody knows here.
            KsymKind::Untyped if !symbol.weak => Reg::unknown(numbers),
            // Its address if there is such a symbol, else 0: what holds for any number holds for both.
            KsymKind::Untyped => {
                let what = || format!("whether the kernel has a symbol {}", symbol.name);
                self.open_value.get_or_insert_with(what);
                Reg::unknown(numbers)
            }
            KsymKind::Var(_) => {
                let var = self.facts.kernel.find_by_name_kind(&symbol.name, BtfKind::Var);
                match var {
                    Some(var) => self.variable(var)?,
                    None if self.facts.is_cut() && has_kernel_variable(self.version(), &symbol.name) => {
                        return not_modelled(format!("kernel variable {}", symbol.name));
                    }
                    None if symbol.weak && self.has_address_only(&symbol.name) => {
                        return invalid("pseudo btf_id 0 in ldimm64 isn't KIND_VAR.");
                    }
                    None if symbol.weak => Reg::constant(0, numbers),
                    None => {
                        let text = format!("extern (var ksym) '{}': not found in kernel BTF", symbol.name);
                        return refuse(Errno::ESRCH, text);
                    }
                }
            }
        };
        self.set_reg(dst, reg);
        Ok(())
    }

    /// A variable that 5.10 has and does not describe: if the loader reads addresses for the sake of another symbol, it finds this one's and
    /// takes it for described, too.
    fn has_address_only(&self, name: &str) -> bool {
        self.version() == KernelVersion::V5_10
            && has_kernel_variable(KernelVersion::V6_1, name)
            && self.facts.reads_addresses
    }

    /// `check_pseudo_btf_id` of a variable.
    fn variable(&self, var: Type<'_>) -> Checked<Reg> {
        let (btf, numbers) = (self.facts.kernel, self.numbers);
        let section = btf.find_by_name_kind(".data..percpu", BtfKind::Datasec);
        let percpu = section.is_some_and(|section| section.section_vars().any(|entry| entry.var == var.id()));
        let kind = Kind::Btf { btf: BtfSource::Kernel, id: var.target().0 };
        if percpu {
            return Ok(Reg::pointer(kind, Flags::PERCPU, numbers));
        }
        if btf.resolve(var.target()).is_some_and(|ty| ty.kind().is_composite()) {
            return Ok(Reg::pointer(kind, Flags::NONE, numbers));
        }
        let Some(size) = btf.size_of(var.target()).and_then(|size| u32::try_from(size).ok()) else {
            let name = btf.resolve(var.target()).map_or("", |ty| ty.name());
            return invalid(format!("ldimm64 unable to resolve the size of type '{name}': -22"));
        };
        let old = self.version() == KernelVersion::V5_10;
        let flags = if old { Flags::NONE } else { Flags::RDONLY };
        Ok(Reg::pointer(Kind::Mem { size }, flags, numbers))
    }
}

/// Fields that make an allocated object's record (`btf_parse_struct_metas`).
fn is_object_field(kind: SpecialKind, version: KernelVersion) -> bool {
    use SpecialKind as S;
    match kind {
        S::SpinLock | S::ListHead | S::ListNode | S::RbRoot | S::RbNode | S::Refcount => true,
        S::Kptr | S::KptrRef | S::KptrUntrusted | S::PercpuKptr => true,
        S::ResSpinLock => version == KernelVersion::V7_2,
        S::Timer | S::Wq | S::TaskWork | S::Uptr | S::OtherTag => false,
    }
}
