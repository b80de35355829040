//! How much of the stack a call reads or writes through an argument, as 7.2 estimates it before it follows the program.
//!
//! Key items: [`Uses`], [`Bytes`]. Neighbours: `constants` knows sizes and maps; `stack_life` keeps account. Modelled after
//! kernel/bpf/verifier.c:bpf_helper_stack_access_bytes and bpf_kfunc_stack_access_bytes (7.2).

use std::collections::BTreeMap;

use super::constants::{Registers, What, constants};
use super::facts::{Facts, MapFacts};
use super::kfunc::class::has_suffix;
use super::kfunc::types::{is_struct_kind, pointee};
use super::program::Program;
use super::stop::Checked;
use crate::btf::{Kind, Param};
use crate::gate::GateInput;
use crate::isa::{Callee, Imm64, Op};
use crate::profile::Profile;
use crate::profile::argument::ArgBase;
use crate::profile::helper::{Availability, Helper, HelperProto};
use crate::profile::kfunc::{Kfunc, KfuncAccess};

const DYNPTR_BYTES: i64 = 16;
const STACK_BYTES: i64 = 512;

/// An access through a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    Nothing,
    Reads(i64),
    /// Writes all of it, without reading it.
    Writes(i64),
    /// Reads, nobody knows how much.
    Unknown,
}

/// What calls do.
pub struct Uses<'a> {
    profile: &'a Profile,
    input: &'a GateInput,
    facts: &'a Facts<'a>,
    pub constants: BTreeMap<usize, Registers>,
    /// Largest key and value of the maps that the program uses.
    largest: (u32, u32),
}

enum Called<'a> {
    Helper(&'static HelperProto),
    Kfunc(&'static Kfunc, Vec<Param<'a>>),
}

impl<'a> Uses<'a> {
    pub fn new(
        profile: &'a Profile,
        facts: &'a Facts<'a>,
        program: &Program<'a>,
        blocks: &super::blocks::Blocks,
    ) -> Checked<Uses<'a>> {
        let constants = constants(program, blocks, facts)?;
        let largest = largest(program, facts);
        Ok(Uses { profile, input: program.input, facts, constants, largest })
    }

    fn called(&self, callee: Callee) -> Option<Called<'a>> {
        match callee {
            Callee::Helper(id) => {
                let helper = u32::try_from(id).ok().and_then(Helper::from_id)?;
                match helper.availability(self.profile, &self.input.kind) {
                    Availability::Proto(proto) => Some(Called::Helper(proto)),
                    _ => None,
                }
            }
            Callee::Kfunc { id, .. } => {
                let named = usize::try_from(id).ok().and_then(|id| self.input.kfuncs.get(id))?;
                let kfunc = self.profile.kfunc(&named.name)?;
                if kfunc.access(self.profile.version, &self.input.kind) == KfuncAccess::Denied {
                    return None;
                }
                let function = self.facts.kernel.find_by_name_kind(kfunc.name, Kind::Func)?;
                let proto = self.facts.kernel.func_proto(function.id())?;
                Some(Called::Kfunc(kfunc, proto.params().collect()))
            }
            Callee::Subprog(_) => None,
        }
    }

    /// Number of arguments, if the function is known (`bpf_get_call_summary`).
    pub fn params(&self, callee: Callee) -> Option<u8> {
        match self.called(callee)? {
            Called::Helper(proto) => Some(proto.arguments.len() as u8),
            Called::Kfunc(kfunc, params) => {
                let added = u8::from(kfunc.has_flag("IMPLICIT_ARGS"));
                Some((params.len() as u8 + added).min(5))
            }
        }
    }

    /// What the call at `at` does through its argument `index`, which points into the stack.
    pub fn bytes(&self, at: usize, callee: Callee, index: usize) -> Bytes {
        match self.called(callee) {
            Some(Called::Helper(proto)) => self.helper(at, proto, index),
            Some(Called::Kfunc(kfunc, params)) => self.kfunc(at, kfunc, &params, index),
            None => Bytes::Unknown,
        }
    }

    fn constant(&self, at: usize, register: usize) -> Option<i64> {
        self.constants.get(&at)?.get(register)?.short().map(i64::from)
    }

    fn helper(&self, at: usize, proto: &HelperProto, index: usize) -> Bytes {
        let Some(argument) = proto.arguments.get(index) else { return Bytes::Unknown };
        let size = match argument.base {
            ArgBase::MapKey | ArgBase::MapValue => {
                match self.element(at, proto, index, argument.base == ArgBase::MapKey) {
                    0 => return Bytes::Unknown,
                    size => size.into(),
                }
            }
            ArgBase::Mem | ArgBase::IntPtr if argument.size > 0 => argument.size.into(),
            ArgBase::Mem if proto.arguments.get(index + 1).is_some_and(|next| next.is_size()) => {
                match self.constant(at, index + 2) {
                    Some(size) => size,
                    None if argument.uninit => return Bytes::Nothing,
                    None => return Bytes::Reads(STACK_BYTES),
                }
            }
            ArgBase::Dynptr => DYNPTR_BYTES,
            ArgBase::Stack => return Bytes::Nothing,
            _ => return Bytes::Unknown,
        };
        access(size, argument.uninit)
    }

    /// Bytes of the key or value; if the map is not known, of the largest one.
    fn element(&self, at: usize, proto: &HelperProto, index: usize, key: bool) -> u32 {
        let map = proto.arguments[..index].iter().position(|argument| argument.base == ArgBase::ConstMapPtr);
        let known = map.and_then(|map| self.constants.get(&at).map(|regs| regs[map + 1]));
        let facts =
            known.filter(|known| known.what == What::Map).and_then(|known| self.facts.maps.get(known.map));
        match (facts, key) {
            (Some(map), true) => map.key_size,
            (Some(map), false) => map.value_size,
            (None, true) => self.largest.0,
            (None, false) => self.largest.1,
        }
    }

    fn kfunc(&self, at: usize, kfunc: &Kfunc, params: &[Param<'_>], index: usize) -> Bytes {
        let kernel = self.facts.kernel;
        let Some(param) = params.get(index) else { return Bytes::Nothing };
        if kernel.resolve(param.ty).is_none_or(|ty| ty.kind() != Kind::Ptr) {
            return Bytes::Nothing;
        }
        let to = pointee(kernel, param.ty);
        let dynptr = to
            .is_some_and(|to| is_struct_kind(to.kind) && matches!(to.name, "bpf_dynptr" | "bpf_dynptr_kern"));
        let sized =
            params.get(index + 1).is_some_and(|next| has_suffix(next, "__sz") || has_suffix(next, "__szk"));
        let size = if dynptr {
            DYNPTR_BYTES
        } else if sized {
            match self.constant(at, index + 2) {
                Some(size) => size,
                None => return Bytes::Reads(STACK_BYTES),
            }
        } else {
            match to.and_then(|to| kernel.size_of(to.id)) {
                Some(size) => size as i64,
                None => return Bytes::Unknown,
            }
        };
        access(size, (index == 0 && kfunc.has_flag("ITER_NEW")) || has_suffix(param, "__uninit"))
    }
}

fn access(size: i64, writes: bool) -> Bytes {
    match (size, writes) {
        (0, _) => Bytes::Nothing,
        (size, true) => Bytes::Writes(size),
        (size, false) => Bytes::Reads(size),
    }
}

fn largest(program: &Program, facts: &Facts) -> (u32, u32) {
    let used = program.ops.iter().flatten().filter_map(|op| match op {
        Op::LoadImm64 { imm: Imm64::Map(map) | Imm64::MapValue { map, .. }, .. } => {
            facts.maps.get(usize::try_from(*map).ok()?)
        }
        _ => None,
    });
    let both = used.flat_map(|map| [Some(map), map.inner.as_deref()]).flatten();
    both.fold((0, 0), |(key, value), map: &MapFacts| (key.max(map.key_size), value.max(map.value_size)))
}
