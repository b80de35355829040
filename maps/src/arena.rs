//! `BPF_MAP_TYPE_ARENA`: memory that programs and user space share. Only the refusal of bad definitions is modelled.
//!
//! Pages, `bpf_arena_alloc_pages` and address space casts are not: a good definition ends in "not modelled", and a program with a cast is
//! not loaded. Source: `kernel/bpf/arena.c:arena_map_alloc`. Neighbour: `create` asks before it gives up.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{Check, refuse};
use crate::consts::{BPF_F_MMAPABLE, PAGE_SIZE};
use crate::create::CreateError;
use crate::map::Map;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// `BPF_F_SEGV_ON_FAULT`: a fault of user space on a page that is not there is a signal.
const BPF_F_SEGV_ON_FAULT: u32 = 1 << 17;
/// `BPF_F_NO_USER_CONV`: pointers are not converted to user addresses.
const BPF_F_NO_USER_CONV: u32 = 1 << 18;
const SZ_4G: u64 = 1 << 32;

/// `arena_map_alloc`: all pages within 4 GiB, which user space maps at one place.
pub(crate) fn check(def: &MapDef, _rules: &MapRules) -> Check {
    let bad = def.key_size != 0
        || def.value_size != 0
        || def.max_entries == 0
        || !def.has(BPF_F_MMAPABLE)
        || def.flags & !(BPF_F_SEGV_ON_FAULT | BPF_F_MMAPABLE | BPF_F_NO_USER_CONV) != 0
        || !def.extra.is_multiple_of(PAGE_SIZE);
    refuse(bad, Errno::EINVAL)?;
    let bytes = u64::from(def.max_entries) * PAGE_SIZE;
    refuse(bytes > SZ_4G, Errno::E2BIG)?;
    refuse(def.extra >> 32 != def.extra.wrapping_add(bytes - 1) >> 32, Errno::ERANGE)
}

/// A good definition, of which there is no model.
pub(crate) fn create(_: &MapDef, _: &MapRules, _: &Machine) -> Result<Rc<dyn Map>, CreateError> {
    Err(CreateError::NotModelled("BPF_MAP_TYPE_ARENA".into()))
}
