//! Runs every text vector in one piece and one instruction at a time, and against rbpf where that knows the
//! instructions.

use std::collections::BTreeSet;
use std::path::Path;

use programs::interp::{Host, Options, Program, Progress, Run};
use programs::isa::{self, Callee, Op, assemble};
use sim::arena::Stamp;

use crate::host::TestHost;
use crate::vector::{Expect, Vector, load_all};

const LIMIT: u64 = 60_000_000;

fn vectors() -> Vec<Vector> {
    load_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("isa/data"))
}

/// r0 and the memory at the end, or the message.
fn run(vector: &Vector, slice: u64) -> Result<(u64, Vec<u8>), String> {
    let asm = assemble(&vector.asm, &[]).map_err(|errors| errors[0].to_string())?;
    let program = Program::new(&vector.name, &asm.insns, Options::default(), &mut |_, _| None)
        .map_err(|e| e.to_string())?;
    let mut host = TestHost::new();
    host.packet.clone_from(&vector.mem);
    let ctx = host.arena().alloc_zeroed(vector.mem.len(), "vector memory", Stamp::default()).unwrap();
    if !vector.mem.is_empty() {
        host.arena().write(ctx, &vector.mem).unwrap();
    }
    let mut run = Run::new();
    run.set_limit(Some(LIMIT));
    run.start(&program, ctx);
    let r0 = loop {
        match run.advance(&mut host, slice) {
            Progress::Done(r0) => break r0,
            Progress::Fault(fault) => return Err(fault.to_string()),
            Progress::Slice => {}
            Progress::Wait(_) => panic!("no vector sleeps"),
        }
    };
    assert_eq!(host.charged, run.executed(), "{}", vector.name);
    let after = if vector.mem.is_empty() {
        Vec::new()
    } else {
        host.arena().read(ctx, vector.mem.len()).unwrap().to_vec()
    };
    Ok((r0, after))
}

fn check(vector: &Vector, slice: u64) -> Result<(), String> {
    let name = &vector.name;
    match (&vector.expect, run(vector, slice)) {
        (Expect::Result(want), Ok((got, _))) if *want != got => {
            Err(format!("{name}: r0 is {got:#x}, not {want:#x}"))
        }
        (Expect::Result(_), Ok((_, after))) => match &vector.after {
            Some(want) if *want != after => Err(format!("{name}: memory is {after:02x?}, not {want:02x?}")),
            _ => Ok(()),
        },
        (Expect::Error(part), Err(message)) if message.contains(part) => Ok(()),
        (expect, got) => Err(format!("{name}: expected {expect:x?}, got {got:x?}")),
    }
}

fn check_all(slice: u64, take: impl Fn(&Vector) -> bool) {
    let vectors: Vec<Vector> = vectors().into_iter().filter(take).collect();
    let wrong: Vec<String> = vectors.iter().filter_map(|vector| check(vector, slice).err()).collect();
    assert!(wrong.is_empty(), "{} of {} vectors fail:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
    assert!(vectors.len() >= 250, "only {} vectors found", vectors.len());
}

#[test]
fn every_vector_has_its_result() {
    check_all(u64::MAX, |_| true);
}

#[test]
fn stopping_after_every_instruction_changes_nothing() {
    // Loops that only end by their own limit would take minutes here.
    check_all(1, |vector| {
        !vector.name.contains("allowance")
            && !vector.name.contains("8388608")
            && !vector.name.contains("endless")
    });
}

#[test]
fn slices_of_any_length_change_nothing() {
    // Around the programs' lengths, where counting switches from lines to single instructions.
    for slice in [2, 5, 9, 40] {
        check_all(slice, |vector| !vector.name.contains("allowance") && !vector.name.contains("8388608"));
    }
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeSet::new();
    let twice: Vec<String> =
        vectors().into_iter().map(|v| v.name).filter(|name| !seen.insert(name.clone())).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// What an instruction is, without its operands: what "every opcode is covered" counts.
fn shape(op: &Op) -> String {
    let text = format!("{op:?}");
    let text: String = text.split(|c: char| c.is_ascii_digit()).collect();
    let size = match op {
        Op::MovSx { bits, .. } | Op::End { bits, .. } => bits.to_string(),
        _ => String::new(),
    };
    // Operand values are gone with the digits; signs of offsets are not part of the shape.
    text.replace('-', "") + &size
}

#[test]
fn every_opcode_has_a_vector() {
    let covered: BTreeSet<String> = vectors()
        .iter()
        .filter_map(|vector| assemble(&vector.asm, &[]).ok())
        .flat_map(|asm| isa::decode(&asm.insns).unwrap())
        .map(|(_, op)| shape(&op))
        .collect();
    let all = all_ops();
    let missing: Vec<&String> = all.iter().filter(|shape| !covered.contains(*shape)).collect();
    assert!(missing.is_empty(), "{} of {} shapes have no vector:\n{missing:#?}", missing.len(), all.len());
}

/// The shapes of all instructions that run. Loader pseudo values and kernel variables are the object tests' business.
fn all_ops() -> BTreeSet<String> {
    let mut shapes = BTreeSet::new();
    let imms = [0, 16, 32, 64, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0x01, 0xe1, 0xf1, 0x100, 0x110];
    for code in 0..=255u8 {
        for (off, imm, src) in [0, 1, 8, 16, 32]
            .into_iter()
            .flat_map(|off| imms.into_iter().flat_map(move |imm| (0..3).map(move |src| (off, imm, src))))
        {
            let slots = [isa::Insn { code, dst: 0, src, off, imm }, isa::Insn::default()];
            let Ok(op) = isa::decode_at(&slots, 0) else { continue };
            let pseudo = matches!(op, Op::LoadImm64 { .. }) && src != 0;
            if !pseudo && !matches!(op, Op::Call(Callee::Kfunc { module: 1.., .. })) {
                shapes.insert(shape(&op));
            }
        }
    }
    shapes
}

#[test]
fn rbpf_agrees() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for vector in vectors() {
        let Expect::Result(want) = vector.expect else { continue };
        let insns = assemble(&vector.asm, &[]).unwrap().insns;
        if RBPF_DIFFERS.iter().any(|(part, _)| vector.name.contains(part)) {
            continue;
        }
        if !isa::decode(&insns).unwrap().iter().all(|(_, op)| rbpf_knows(op)) {
            continue;
        }
        let bytes: Vec<u8> = insns.iter().flat_map(|insn| insn.to_bytes()).collect();
        let mut mem = vector.mem.clone();
        let mut vm = rbpf::EbpfVmRaw::new(Some(&bytes)).unwrap_or_else(|e| panic!("{}: {e}", vector.name));
        for (id, helper) in [(1, inc as rbpf::ebpf::Helper), (2, args)] {
            vm.register_helper(id, helper).unwrap();
        }
        match vm.execute_program(&mut mem) {
            Ok(got) if got == want && vector.after.as_ref().is_none_or(|after| *after == mem) => {}
            got => wrong.push(format!("{}: rbpf says {got:x?} {mem:02x?}, the vector {want:x}", vector.name)),
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 150, "only {compared} vectors compared");
}

/// Where rbpf 0.4.1 departs from the RFC: part of the vector's name, and how.
const RBPF_DIFFERS: &[(&str, &str)] = &[
    ("mod32 register: by zero", "keeps the upper half of the dividend"),
    ("neg64 of 0x8000000000000000", "overflows in its own arithmetic"),
    ("call: recursion down", "overflows on a backward call"),
    ("call: a call back to an earlier", "overflows on a backward call"),
    ("call: a callback", "has no function addresses"),
    ("jump: eq64 immediate", "zero-extends the immediate of unsigned 64-bit comparisons"),
    ("jump: ne64 immediate", "the same"),
    ("jump: gt64 immediate", "the same"),
    ("jump: ge64 immediate", "the same"),
    ("jump: lt64 immediate", "the same"),
    ("jump: le64 immediate", "the same"),
];

fn inc(a: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    a + 1
}

fn args(a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    a + 10 * b + 100 * c + 1000 * d + 10_000 * e
}

/// Instructions rbpf 0.4 implements as the RFC says.
fn rbpf_knows(op: &Op) -> bool {
    !isa::is_v4(op)
        && !matches!(
            op,
            Op::Atomic { .. }
                | Op::LoadAcquire { .. }
                | Op::StoreRelease { .. }
                | Op::MayGoto { .. }
                | Op::JumpReg { .. }
                | Op::Call(Callee::Kfunc { .. })
                | Op::SkbAbs { .. }
                | Op::SkbInd { .. }
        )
}
