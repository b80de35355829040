//! Loading real clang objects: what libbpf makes of them, CO-RE against several kernels, and damaged files.
//!
//! The objects and their sources are in `tests/data/objects`, with the command that builds them.

mod bad_input;
mod core;
mod linking;
mod maps;

use programs::isa::Insn;
use programs::object::{Object, ProgramSpec, load_object};

/// Every object of the fixtures, by name.
const FIXTURES: &[(&str, &[u8])] = &[
    ("core", include_bytes!("../data/objects/core.bpf.o")),
    ("kernel_core", include_bytes!("../data/objects/kernel_core.bpf.o")),
    ("leftovers", include_bytes!("../data/objects/leftovers.bpf.o")),
    ("linking", include_bytes!("../data/objects/linking.bpf.o")),
    ("maps", include_bytes!("../data/objects/maps.bpf.o")),
    ("plain", include_bytes!("../data/objects/plain.bpf.o")),
    ("plain_map", include_bytes!("../data/objects/plain_map.bpf.o")),
];

fn bytes(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|(fixture, _)| *fixture == name).expect("a fixture").1
}

fn object(name: &str) -> Object {
    load_object(bytes(name), name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn program<'o>(object: &'o Object, name: &str) -> &'o ProgramSpec {
    object.program(name).unwrap_or_else(|| panic!("no program {name}"))
}

/// Calls and function addresses, as (slot of the instruction, slot it leads to).
fn calls(program: &ProgramSpec) -> Vec<(usize, usize)> {
    let refers = |insn: &Insn| (insn.code == 0x85 && insn.src == 1) || (insn.code == 0x18 && insn.src == 4);
    let leads = |(slot, insn): (usize, &Insn)| (slot, (slot as i64 + 1 + i64::from(insn.imm)) as usize);
    program.insns.iter().enumerate().filter(|(_, insn)| refers(insn)).map(leads).collect()
}
