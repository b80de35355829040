//! Map compatibility and instruction encoding, one pass over all instructions whether reached or not
//! (verifier.c:resolve_pseudo_ldimm64, check_map_prog_compatibility; 7.2: check_and_resolve_insns).

use sim::errno::Errno;

use super::fields;
use super::input::{GateInput, GateMap, Rejection, Stage};
use crate::isa::Insn;
use crate::object::number_behind;
use crate::profile::map_type::{MapType, SleepableUse};
use crate::profile::{KernelVersion, Profile, ProgType, has_message, message};

/// `MAX_USED_MAPS`.
pub const MAX_USED_MAPS: usize = 64;
/// `BPF_MAX_VAR_OFF`.
const MAX_OFFSET: u32 = 1 << 29;
/// `BPF_F_NO_PREALLOC`.
pub const BPF_F_NO_PREALLOC: u32 = 1;

/// Sources of `ld_imm64`, `include/uapi/linux/bpf.h`.
mod pseudo {
    pub const MAP_FD: u8 = 1;
    pub const MAP_VALUE: u8 = 2;
    pub const BTF_ID: u8 = 3;
    pub const FUNC: u8 = 4;
    pub const MAP_IDX: u8 = 5;
    pub const MAP_IDX_VALUE: u8 = 6;
}

pub(super) fn check(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let mut used: Vec<i32> = Vec::new();
    let mut at = 0;
    while at < input.insns.len() {
        let insn = &input.insns[at];
        encoding(profile, insn).map_err(|rejection| rejection.at(at))?;
        if !insn.is_load_imm64() {
            at += 1;
            continue;
        }
        let loaded = load_imm64(profile, input, at, &mut used);
        loaded.map_err(|rejection| rejection.at(at))?;
        at += 2;
    }
    Ok(())
}

fn refuse(text: String) -> Result<(), Rejection> {
    Err(Rejection::new(Stage::Maps, Errno::EINVAL, text))
}

/// Checks of single instructions that belong to this pass: all of them in 7.2, a few before.
fn encoding(profile: &Profile, insn: &Insn) -> Result<(), Rejection> {
    let version = profile.version;
    if version == KernelVersion::V7_2
        && let Some(register) = fields::missing_register(insn)
    {
        return refuse(format!("R{register} is invalid"));
    }
    if version != KernelVersion::V7_2
        && let Some(text) = fields::early(version, insn)
    {
        return refuse(text);
    }
    if insn.is_load_imm64() {
        return Ok(());
    }
    if !fields::opcode_known(version, insn.code) {
        return refuse(message(version, "unknown_opcode", &[&format!("{:02x}", insn.code)]));
    }
    match fields::in_advance(version, insn) {
        Some(text) if version == KernelVersion::V7_2 => refuse(text),
        _ => Ok(()),
    }
}

fn load_imm64(profile: &Profile, input: &GateInput, at: usize, used: &mut Vec<i32>) -> Result<(), Rejection> {
    let insn = &input.insns[at];
    let second = input.insns.get(at + 1);
    let whole = second.is_some_and(|i| i.code == 0 && i.dst == 0 && i.src == 0 && i.off == 0);
    if !whole {
        return refuse(message(profile.version, "invalid_ld_imm64", &[]));
    }
    let late = profile.version != KernelVersion::V5_10;
    match insn.src {
        0 | pseudo::BTF_ID => Ok(()),
        pseudo::FUNC if late => Ok(()),
        pseudo::MAP_FD | pseudo::MAP_VALUE => {
            let upper = second.map_or(0, |second| second.imm);
            if insn.src == pseudo::MAP_FD && upper != 0 {
                return refuse("unrecognized bpf_ld_imm64 insn".into());
            }
            let Some(map) = usize::try_from(insn.imm).ok().and_then(|index| input.maps.get(index)) else {
                return Err(no_map(number_behind(insn.imm)));
            };
            // 6.12 and 6.13 look at the offset first.
            let offset_first = profile.version == KernelVersion::V6_12;
            let offset =
                || if insn.src == pseudo::MAP_VALUE { inside(profile, map, upper as u32) } else { Ok(()) };
            if offset_first {
                offset()?;
            }
            compatible(profile, &input.kind, map)?;
            if !offset_first {
                offset()?;
            }
            one_cgroup_storage(input, used, insn.imm)?;
            if !used.contains(&insn.imm) {
                used.push(insn.imm);
            }
            if used.len() > MAX_USED_MAPS {
                let text = message(profile.version, "too_big", &[]);
                return Err(Rejection::new(Stage::Maps, Errno::E2BIG, text));
            }
            Ok(())
        }
        pseudo::MAP_IDX | pseudo::MAP_IDX_VALUE if late => {
            let text = "fd_idx without fd_array is invalid";
            Err(Rejection::new(Stage::Maps, Errno::EPROTO, text.into()))
        }
        _ => refuse("unrecognized bpf_ld_imm64 insn".into()),
    }
}

/// A file descriptor that the object itself holds. The first three are open in every loader, but not maps.
fn no_map(fd: i32) -> Rejection {
    let errno = if (0..3).contains(&fd) { Errno::EINVAL } else { Errno::EBADF };
    Rejection::new(Stage::Maps, errno, format!("fd {fd} is not pointing to valid bpf_map"))
}

/// The address of a byte of the only element of an array (arraymap.c:array_map_direct_value_addr). Arenas have their own limits.
fn inside(profile: &Profile, map: &GateMap, offset: u32) -> Result<(), Rejection> {
    if profile.version < KernelVersion::V7_2 && offset >= MAX_OFFSET {
        return refuse(format!("direct value offset of {offset} is not allowed"));
    }
    let outside = |errno| {
        let text = format!("invalid access to map value pointer, value_size={} off={offset}", map.value_size);
        Err(Rejection::new(Stage::Maps, errno, text))
    };
    match MapType::from_number(map.map_type).map_or("", |row| row.name) {
        "ARRAY" if map.max_entries != 1 => outside(Errno::ENOTSUPP),
        "ARRAY" if offset >= map.value_size => outside(Errno::EINVAL),
        "ARRAY" | "ARENA" | "INSN_ARRAY" => Ok(()),
        _ => refuse("no direct value access support for this map type".into()),
    }
}

/// `BPF_MAP_TYPE_CGROUP_STORAGE` and its per-CPU relative.
const CGROUP_STORAGES: [u32; 2] = [19, 21];

/// A program may use one map of each type of the older cgroup storages (cgroup.c:bpf_cgroup_storage_assign).
fn one_cgroup_storage(input: &GateInput, used: &[i32], index: i32) -> Result<(), Rejection> {
    let type_of = |index: &i32| input.maps.get(*index as usize).map(|map| map.map_type);
    let mine = type_of(&index).filter(|number| CGROUP_STORAGES.contains(number));
    let other = used.iter().any(|other| *other != index && type_of(other) == mine);
    if mine.is_some() && other {
        let text = "only one cgroup storage of each type is allowed";
        return Err(Rejection::new(Stage::Maps, Errno::EBUSY, text.into()));
    }
    Ok(())
}

/// May a program of this kind use this map (verifier.c:check_map_prog_compatibility)? Also for maps that a program
/// gets by other ways than an instruction (7.2's fd array).
///
/// # Errors
/// The refusal, `EINVAL`, in the words of the version.
pub fn compatible(
    profile: &Profile,
    kind: &crate::profile::ProgramKind,
    map: &GateMap,
) -> Result<(), Rejection> {
    let version = profile.version;
    let tracing = kind.prog_type.is_tracing_context(version);
    let refuse_when = |wrong: bool, key: &str| {
        if wrong && has_message(version, key) { refuse(message(version, key, &[])) } else { Ok(()) }
    };
    let perf_event = kind.prog_type == ProgType::PERF_EVENT;
    refuse_when(perf_event && !is_preallocated(map), "maps_perf_event_prealloc")?;
    let lock = map.fields.spin_lock || map.fields.res_spin_lock;
    refuse_when(tracing && map.fields.list_or_tree, "maps_tracing_list")?;
    refuse_when(lock && kind.prog_type == ProgType::SOCKET_FILTER, "maps_socket_spin_lock")?;
    refuse_when(lock && tracing, "maps_tracing_spin_lock")?;
    refuse_when(lock && kind.sleepable, "maps_sleepable_spin_lock")?;
    refuse_when(tracing && map.fields.timer, "maps_tracing_timer")?;
    refuse_when(tracing && map.fields.wq, "maps_tracing_wq")?;
    let row = MapType::from_number(map.map_type);
    refuse_when(row.is_some_and(|row| row.name == "STRUCT_OPS"), "maps_struct_ops")?;
    if !kind.sleepable {
        return Ok(());
    }
    match row.map_or(SleepableUse::Refused, |row| row.sleepable_use(version)) {
        SleepableUse::Allowed => refuse_when(!is_preallocated(map), "maps_sleepable_prealloc"),
        SleepableUse::Preallocated => refuse_when(!is_preallocated(map), "maps_sleepable_prealloc"),
        SleepableUse::Refused | SleepableUse::NoSuchType => refuse_when(true, "maps_sleepable"),
    }
}

/// verifier.c:is_preallocated_map, which also asks the template of a map of maps.
fn is_preallocated(map: &GateMap) -> bool {
    let hash = |number: u32| {
        let name = MapType::from_number(number).map_or("", |row| row.name);
        ["HASH", "PERCPU_HASH", "HASH_OF_MAPS"].contains(&name)
    };
    let prealloc = |number: u32, flags: u32| !hash(number) || flags & BPF_F_NO_PREALLOC == 0;
    prealloc(map.map_type, map.map_flags) && map.inner.is_none_or(|(number, flags)| prealloc(number, flags))
}
