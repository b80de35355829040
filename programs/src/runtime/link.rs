//! Linking a program: numbers that mean something only in its object become addresses and numbers of this machine, then it is
//! predecoded. Neighbour: `load`.

use std::rc::Rc;

use sim::errno::Errno;

use super::error::LoadError;
use super::load::LoadedObject;
use super::maps::MapHandle;
use super::{Bpf, ctx_access};
use crate::gate::{GateInput, Stage};
use crate::interp::{LoadPolicy, Options, Program, ProgramError};
use crate::isa::{Imm64, Insn};
use crate::object::{KsymKind, Object, ProgramSpec, SlotTarget};
use crate::profile::{KernelVersion, ProgType};

const BPF_CALL: u8 = 0x85;
const PSEUDO_KFUNC_CALL: u8 = 2;
/// Where kernel functions seem to be: the usual start of kernel text on x86-64 without KASLR.
const KERNEL_TEXT: u64 = 0xffff_ffff_8100_0000;
const FUNCTION_STRIDE: u64 = 16;

/// Predecodes a program that passed the gate.
pub(super) fn link(
    bpf: &Bpf,
    spec: &ProgramSpec,
    input: &GateInput,
    maps: &Rc<[MapHandle]>,
) -> Result<Rc<Program>, LoadError> {
    let mut insns = input.insns.clone();
    number_kfuncs(bpf, spec, &mut insns);
    ctx_access::rewrite(input.kind.prog_type, &mut insns);
    let options = options(bpf, input.kind.prog_type);
    let mut resolve = |_: usize, imm: Imm64| address(bpf, spec, maps, imm);
    Program::new(&spec.name, &insns, options, &mut resolve).map_err(|error| load_error(spec, &error))
}

fn options(bpf: &Bpf, prog_type: ProgType) -> Options {
    let max_frames = if bpf.profile().version == KernelVersion::V7_2 { 16 } else { 8 };
    let probed = [
        ProgType::TRACING,
        ProgType::LSM,
        ProgType::STRUCT_OPS,
        ProgType::RAW_TRACEPOINT,
        ProgType::KPROBE,
        ProgType::TRACEPOINT,
        ProgType::PERF_EVENT,
        ProgType::SYSCALL,
    ];
    let loads = if probed.contains(&prog_type) { LoadPolicy::Probe } else { LoadPolicy::Checked };
    Options { loads, max_frames }
}

/// Kfunc calls carry the number of the machine's kfunc list instead of the program's: tail calls change the program, not the meaning.
fn number_kfuncs(bpf: &Bpf, spec: &ProgramSpec, insns: &mut [Insn]) {
    for insn in insns.iter_mut().filter(|insn| insn.code == BPF_CALL && insn.src == PSEUDO_KFUNC_CALL) {
        let known = usize::try_from(insn.imm).ok().and_then(|index| spec.kfuncs.get(index));
        if let Some(kfunc) = known {
            insn.imm = bpf.kfunc_id(&kfunc.name);
        }
    }
}

fn address(bpf: &Bpf, spec: &ProgramSpec, maps: &[MapHandle], imm: Imm64) -> Option<u64> {
    let map = |index: i32| maps.get(usize::try_from(index).ok()?);
    match imm {
        Imm64::Map(index) => Some(map(index)?.addr()),
        Imm64::MapValue { map: index, offset } => {
            Some(map(index)?.map.direct_value().ok()?.wrapping_add(offset as u64))
        }
        Imm64::BtfVar { id, .. } => kernel_symbol(bpf, spec, id),
        _ => None,
    }
}

/// Address of a kernel symbol; 0 for a weak one that this kernel lacks. Variables are not modelled.
fn kernel_symbol(bpf: &Bpf, spec: &ProgramSpec, index: i32) -> Option<u64> {
    let symbol = spec.ksyms.get(usize::try_from(index).ok()?)?;
    let KsymKind::Func(_) = symbol.kind else { return symbol.weak.then_some(0) };
    match bpf.profile().kfunc(&symbol.name) {
        Some(_) => Some(KERNEL_TEXT + FUNCTION_STRIDE * bpf.kfunc_id(&symbol.name) as u64),
        None => symbol.weak.then_some(0),
    }
}

fn load_error(spec: &ProgramSpec, error: &ProgramError) -> LoadError {
    let (insn, base) = match error {
        ProgramError::Malformed(bad) => (
            bad.pc,
            LoadError::refused("program", &spec.name, Stage::Instructions, Errno::EINVAL, &*bad.message),
        ),
        ProgramError::NotModelled { pc, what } => {
            (*pc, LoadError::not_modelled("program", &spec.name, *what))
        }
        ProgramError::Unresolved { pc, .. } => (
            *pc,
            LoadError::not_modelled("program", &spec.name, "address of this map value or kernel symbol"),
        ),
    };
    LoadError { insn: Some(insn), line: spec.line_of(insn).cloned().map(Box::new), ..base }
}

fn slot_refused(map: &str, index: u32, errno: Errno) -> LoadError {
    LoadError::refused("map", map, Stage::Loader, errno, format!("failed to initialize slot [{index}]"))
}

/// Fills the elements of program arrays that the object declares (`.values`).
pub(super) fn fill_slots(bpf: &Bpf, object: &Object, loaded: &LoadedObject) -> Result<(), LoadError> {
    for (spec, handle) in object.maps.iter().zip(loaded.maps.iter()) {
        for slot in &spec.slots {
            let SlotTarget::Program(name) = &slot.target else { continue };
            let Some(program) = loaded.program(name) else { continue };
            bpf.set_program(&*handle.map, slot.index, Some(program))
                .map_err(|errno| slot_refused(&spec.name, slot.index, errno))?;
        }
    }
    Ok(())
}

/// The same for maps of maps; libbpf does it before any program is loaded.
pub(super) fn fill_map_slots(bpf: &Bpf, object: &Object, maps: &[MapHandle]) -> Result<(), LoadError> {
    for (spec, handle) in object.maps.iter().zip(maps) {
        for slot in &spec.slots {
            let SlotTarget::Map(inner) = &slot.target else { continue };
            let inner = maps::object::Object::Map(maps[*inner].map.clone());
            let put = bpf.set_element(&*handle.map, &slot.index.to_le_bytes(), inner, 0);
            put.map_err(|errno| slot_refused(&spec.name, slot.index, errno))?;
        }
    }
    Ok(())
}
