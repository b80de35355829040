//! CO-RE: all kinds of relocations against a made-up kernel whose types moved, and against the built-in kernels.

use programs::btf::writer::BtfWriter;
use programs::btf::{Btf, Kind, TypeId};
use programs::core_reloc::{CoreKind, POISON_IMM, Relocated, relocate};
use programs::kernel_types::builtin;
use programs::profile::KernelVersion;

use super::{object, program};

/// The types of `core.bpf.c` on another kernel: members moved, `narrow` is wider, `shrunk` is narrower, `y` is one
/// anonymous level deeper, `HIGH` has another value.
fn other_kernel() -> Btf {
    let mut w = BtfWriter::new();
    let int = w.int("int", 4, true);
    let short = w.int("short", 2, true);
    let byte = w.int("unsigned char", 1, false);
    let wide = w.int("unsigned long", 8, false);
    let word = w.int("unsigned int", 4, false);
    let four = w.array(int, int, 4);
    let inner = w.composite("inner", Kind::Struct, 24, &[("added", wide, 0, 0), ("a", four, 64, 0)]);
    let choice = w.composite("", Kind::Union, 4, &[("x", int, 0, 0), ("y", byte, 0, 0)]);
    let holder = w.composite("", Kind::Struct, 8, &[("pad", word, 0, 0), ("", choice, 32, 0)]);
    let level = w.enumeration("level", &[("LOW", 1), ("MIDDLE", 3), ("HIGH", 9)]);
    let pointer = TypeId(w.next_id().0 + 1);
    let members = [
        ("next", pointer, 0, 0),
        ("", holder, 64, 0),
        ("in", inner, 128, 0),
        ("first", wide, 320, 0),
        ("flag", word, 384 + 13, 3),
        ("signed_flag", int, 384 + 16, 5),
        ("narrow", wide, 448, 0),
        ("level", level, 512, 0),
        ("shrunk", short, 544, 0),
    ];
    let subject = w.composite("subject", Kind::Struct, 72, &members);
    assert_eq!(w.reference("", Kind::Ptr, subject), pointer);
    let proto = w.func_proto(int, &[("", pointer), ("", int)]);
    let callback = w.reference("", Kind::Ptr, proto);
    w.reference("callback_t", Kind::Typedef, callback);
    Btf::parse(&w.finish()).expect("what the writer writes is read")
}

/// The program on the other kernel, and the slot of its first relocation.
fn on_other_kernel(name: &str) -> (Relocated, usize) {
    let object = object("core");
    let spec = program(&object, name);
    let relocated = relocate(spec, object.btf.as_ref().expect("BTF"), &other_kernel());
    (relocated.unwrap_or_else(|error| panic!("{name}: {error}")), spec.core[0].insn)
}

/// Offset and opcode of each load: members are followed by name, unsigned numbers and pointers change their width.
#[test]
fn loads_follow_members_that_moved() {
    const LDXB: u8 = 0x71;
    const LDXW: u8 = 0x61;
    const LDXDW: u8 = 0x79;
    let rows = [
        ("load_member", 16 + 8 + 2 * 4, LDXW),
        ("load_anonymous", 12, LDXB),
        ("load_wider", 56, LDXDW),
        ("load_pointer", 0, LDXDW),
    ];
    for (name, offset, code) in rows {
        let (relocated, at) = on_other_kernel(name);
        assert!(relocated.poisoned.is_empty(), "{name}: {:?}", relocated.poisoned);
        assert_eq!((relocated.insns[at].off, relocated.insns[at].code), (offset, code), "{name}");
    }
}

/// What is asked, and what the immediate holds afterwards.
#[test]
fn questions_are_answered_with_the_other_kernels_numbers() {
    let rows = [
        ("byte_offset", 56),
        ("byte_size", 24),
        ("exists", 1),
        ("old_exists", 0),
        ("is_signed", 1),
        // Bits 13 to 15 of the word at byte 48: up by 64 - 16, then down by 64 - 3.
        ("lshift", 48),
        ("rshift", 61),
        ("type_exists", 1),
        ("absent_exists", 0),
        ("type_size", 72),
        ("type_matches", 1),
        // `narrow` has another size there.
        ("type_differs", 0),
        ("callback_exists", 1),
        ("value_exists", 1),
        ("value", 9),
    ];
    for (name, expected) in rows {
        let (relocated, at) = on_other_kernel(name);
        assert_eq!(relocated.insns[at].imm, expected, "{name}: {:?}", relocated.insns);
    }
    let (target, at) = on_other_kernel("target_id");
    let kernel = other_kernel();
    let subject = kernel.find_by_name_kind("subject", Kind::Struct).expect("subject");
    assert_eq!(target.insns[at].imm as u32, subject.id().0);
}

#[test]
fn the_object_uses_every_kind() {
    let object = object("core");
    let mut seen: Vec<CoreKind> =
        object.programs.iter().flat_map(|p| p.core.iter().map(|c| c.kind)).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen, CoreKind::ALL);
}

/// A field that is not there poisons its instruction, and says so in libbpf's words.
#[test]
fn missing_fields_poison() {
    let (relocated, at) = on_other_kernel("old_load");
    assert_eq!((relocated.insns[at].code, relocated.insns[at].imm), (0x85, POISON_IMM));
    let message = relocated.message_at(at).expect("a message");
    assert!(message.starts_with("failed to resolve CO-RE relocation <byte_off> ["), "{message}");
    assert!(message.ends_with("] struct subject___old.gone (0:0 @ offset 0)"), "{message}");
    assert_eq!(relocated.message_at(at + 1), None);
}

/// A signed number must not be read with another width: its sign would be lost.
#[test]
fn signed_loads_of_another_width_poison() {
    let (relocated, at) = on_other_kernel("load_signed");
    assert_eq!(relocated.insns[at].imm, POISON_IMM);
}

/// `real_parent` and `pid` of `task_struct` lie elsewhere in each kernel; `state` was renamed in 5.14.
#[test]
fn built_in_kernels_have_their_own_offsets() {
    let object = object("kernel_core");
    let local = object.btf.as_ref().expect("BTF");
    for version in KernelVersion::ALL {
        let kernel = builtin(version);
        let task = kernel.find_by_name_kind("task_struct", Kind::Struct).expect("task_struct").id();
        let offset = |name| (kernel.field(task, &[name]).expect("a member").bit_offset / 8) as i16;
        let pids = relocate(program(&object, "pid_of_parent"), local, kernel).expect("pids");
        let found = [pids.insns[0].off, pids.insns[1].off];
        assert_eq!(found, [offset("real_parent"), offset("pid")], "{version}");
        let state = relocate(program(&object, "state"), local, kernel).expect("state");
        let old = version == KernelVersion::V5_10;
        let missing = if old { "task_struct___new.__state" } else { "task_struct___old.state" };
        assert_eq!(state.poisoned.len(), 1, "{version}");
        assert!(state.poisoned[0].access.contains(missing), "{version}: {:?}", state.poisoned);
    }
}
