//! Files built to cost too much: little bytes that name a lot of names, types, code or paths.
//!
//! Each was minutes, hours or gigabytes before its limit; the time allowed here is generous for a loaded machine.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use programs::btf::ext::BtfExt;
use programs::btf::writer::BtfWriter;
use programs::btf::{Btf, BtfError, Kind, MAX_NAME_BYTES, TypeId};
use programs::gate::{GateFunction, GateInput, Verdict, check};
use programs::isa::{Insn, assemble};
use programs::object::{ErrorKind, load_object};
use programs::profile::{KernelVersion, Profile, Section};

use programs::verifier::verify;
use tests::lockstep::generate::Sample;

use super::elf::{ElfWriter, STT_FUNC, STT_NOTYPE};

/// One at a time: the peak is the process's.
static TURN: Mutex<()> = Mutex::new(());

/// Runs what must not hang, and tells how long it may take.
fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = super::forget_peak();
    let begin = Instant::now();
    let answer = run();
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(60), "{what} took {took:?}");
    super::assert_peak_is_capped(before);
    answer
}

/// Half a million names that end at the same far byte: hashing them all would be 10^13 steps.
#[test]
fn overlapping_names() {
    const TYPES: usize = 1 << 19;
    let mut writer = BtfWriter::new();
    let text = "x".repeat(1 << 20);
    let first = writer.string(&text);
    for _ in 0..TYPES {
        writer.push("", Kind::Fwd, false, 0, 0, &[]);
    }
    let mut blob = writer.finish();
    for nr in 0..TYPES {
        let name = first + nr as u32;
        blob[24 + nr * 12..24 + nr * 12 + 4].copy_from_slice(&name.to_le_bytes());
    }
    match timed("overlapping names", || Btf::parse(&blob)) {
        Err(BtfError::TooLarge { what, limit, .. }) => {
            assert_eq!((what, limit), ("a name", MAX_NAME_BYTES as u64))
        }
        other => panic!("{:?}", other.map(|btf| btf.type_count())),
    }
}

/// Anonymous structs that hold the next one twice, 32 levels deep: 2^32 members by walking.
#[test]
fn anonymous_members_unfold() {
    let mut writer = BtfWriter::new();
    let mut inner = writer.int("int", 4, true);
    for _ in 0..32 {
        inner = writer.composite("", Kind::Struct, 8, &[("", inner, 0, 0), ("", inner, 32, 0)]);
    }
    let btf = Btf::parse(&writer.finish()).expect("well-formed");
    let found = timed("anonymous members", || btf.field(inner, &["missing"]).is_some());
    assert!(!found);
}

#[test]
fn empty_blocks_of_records_are_refused() {
    let table = |blocks: usize| {
        let mut bytes = Vec::new();
        let len = 4 + 8 * blocks as u32;
        for word in [0x0001_eb9f_u32, 24, 0, len, len, 0, 8] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.resize(24 + len as usize, 0);
        bytes
    };
    assert!(BtfExt::parse(&table(0)).is_ok());
    assert!(matches!(BtfExt::parse(&table(3)), Err(BtfError::EmptyBlock { what: "func_info", .. })));
}

const EXIT: [u8; 16] = [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];

/// Symbols are 24 bytes; a program that shares its code with a million others costs a thousand.
#[test]
fn many_programs_share_their_code() {
    let mut elf = ElfWriter::new();
    let code = elf.code("xdp", &EXIT);
    for _ in 0..100_000 {
        elf.symbol("main", STT_FUNC, code, 0, 16);
    }
    let error = timed("many programs", || load_object(&elf.finish(), "bomb")).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

/// A text of a page for each of many symbols with one name: 4 KiB for 24 bytes.
#[test]
fn many_configuration_values() {
    let mut types = BtfWriter::new();
    let char = types.int("char", 1, true);
    let text = types.array(char, char, 4096);
    let var = types.push("CONFIG_X", Kind::Var, false, 0, text.0, &[2]);
    types.push(".kconfig", Kind::Datasec, false, 1, 0, &[var.0, 0, 4096]);
    let mut elf = ElfWriter::new();
    elf.data(".BTF", &types.finish());
    for _ in 0..1_000_000 {
        elf.symbol("CONFIG_X", STT_NOTYPE, 0, 0, 0);
    }
    let error = timed("configuration values", || load_object(&elf.finish(), "bomb")).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

/// Line records of which each begins its text one byte later: 10^6 texts of up to a megabyte.
#[test]
fn overlapping_lines() {
    const LINES: usize = 400_000;
    let mut types = BtfWriter::new();
    let section = types.string("xdp");
    let text = types.string(&"y".repeat(1 << 20));
    let mut ext = Vec::new();
    let len = 4 + 8 + 16 * LINES as u32;
    for word in [0x0001_eb9f_u32, 24, 0, 0, 0, len, 16, section, LINES as u32] {
        ext.extend(word.to_le_bytes());
    }
    for nr in 0..LINES as u32 {
        for word in [nr * 8, text + nr, text + nr, nr << 10] {
            ext.extend(word.to_le_bytes());
        }
    }
    let mut elf = ElfWriter::new();
    let code = elf.code("xdp", &EXIT.repeat(LINES / 2));
    elf.symbol("main", STT_FUNC, code, 0, 8 * LINES as u64);
    elf.data(".BTF", &types.finish());
    elf.data(".BTF.ext", &ext);
    let answer = timed("overlapping lines", || load_object(&elf.finish(), "bomb"));
    assert_eq!(answer.expect_err("too much text").kind(), ErrorKind::TooLarge);
}

/// Each function calls the next one four times: 4^8 call stacks, which the gate's walk would all keep.
#[test]
fn call_stacks_multiply() {
    let mut text = String::new();
    for level in 0..9 {
        text += &format!("f{level}:\n");
        if level < 8 {
            text += &format!("call f{}\n", level + 1).repeat(4);
        }
        text += "r0 = 0\nexit\n";
    }
    let assembly = assemble(&text, &[]).expect("assembles");
    let functions = assembly.functions.iter().map(|f| GateFunction {
        name: f.name.clone(),
        start: f.start,
        len: f.len,
        global: false,
    });
    let input = GateInput {
        name: "f0".into(),
        kind: Section::resolve("xdp").expect("a section").kind(),
        xdp_frags: false,
        gpl: true,
        functions: functions.collect(),
        insns: assembly.insns.clone(),
        maps: Vec::new(),
        kfuncs: Vec::new(),
        exception_callback: Default::default(),
        has_func_info: false,
    };
    let verdict = timed("call stacks", || check(&Profile::new(KernelVersion::V6_12), &input, None));
    assert!(matches!(verdict, Verdict::Unknown { .. } | Verdict::Accept { .. }), "{verdict:?}");
}

/// The largest file that is read: two million instructions, each with a line.
#[test]
fn the_largest_file() {
    const INSNS: usize = 2 << 20;
    let mut types = BtfWriter::new();
    let section = types.string("xdp");
    let mut ext = Vec::new();
    let len = 4 + 8 + 16 * INSNS as u32;
    for word in [0x0001_eb9f_u32, 24, 0, 0, 0, len, 16, section, INSNS as u32] {
        ext.extend(word.to_le_bytes());
    }
    for nr in 0..INSNS as u32 {
        for word in [nr * 8, 0, 1, nr << 10] {
            ext.extend(word.to_le_bytes());
        }
    }
    let code: Vec<u8> = [0xb7, 0, 0, 0, 0, 0, 0, 0].repeat(INSNS);
    let mut elf = ElfWriter::new();
    let nr = elf.code("xdp", &code);
    elf.symbol("main", STT_FUNC, nr, 0, 8 * INSNS as u64);
    elf.data(".BTF", &types.finish());
    elf.data(".BTF.ext", &ext);
    let file = elf.finish();
    let object = timed("the largest file", || load_object(&file, "large")).expect("loads");
    assert_eq!(object.programs[0].lines.len(), INSNS);
}

/// Kernel functions by the ten thousand, each called once: finding each one's number must not look at all others.
#[test]
fn many_kernel_functions() {
    const COUNT: usize = 40_000;
    let mut types = BtfWriter::new();
    let proto = types.func_proto(TypeId(0), &[]);
    let mut vars = Vec::new();
    for nr in 0..COUNT {
        let func = types.push(&format!("bpf_kfunc_{nr}"), Kind::Func, false, 2, proto.0, &[]);
        vars.extend([func.0, 0, 0]);
    }
    types.push(".ksyms", Kind::Datasec, false, COUNT as u32, 0, &vars);
    let mut elf = ElfWriter::new();
    let call = [0x85, 0x10, 0, 0, 0xff, 0xff, 0xff, 0xff];
    let nr = elf.code("xdp", &[&call.repeat(COUNT)[..], &EXIT].concat());
    elf.symbol("main", STT_FUNC, nr, 0, 8 * (COUNT as u64 + 2));
    let externs: Vec<usize> =
        (0..COUNT).map(|nr| elf.symbol(&format!("bpf_kfunc_{nr}"), STT_NOTYPE, 0, 0, 0)).collect();
    elf.relocations(nr, externs.iter().enumerate().map(|(at, symbol)| (8 * at as u64, *symbol)));
    elf.data(".BTF", &types.finish());
    let file = elf.finish();
    let object = timed("kernel functions", || load_object(&file, "kfuncs")).expect("loads");
    assert_eq!(object.programs[0].kfuncs.len(), COUNT);
    assert_eq!(
        object.programs[0].insns[COUNT - 1],
        Insn { imm: COUNT as i32 - 1, src: 2, ..object.programs[0].insns[0] }
    );
}

/// Eight functions with full stacks call each other, and the innermost goes through a long loop in which no state is like another.
/// `in_loop` is what it does there; it has the frame pointers of its callers in r1 to r5, or nothing there.
fn deep_and_long(pointers: bool, in_loop: &str) -> String {
    let mut text = String::new();
    for level in 0..8 {
        text += &format!("f{level}:\nr7 = {level}\n");
        (1..=63).for_each(|slot| text += &format!("*(u64 *)(r10 -{}) = r7\n", 8 * slot));
        match (level, pointers) {
            (7, _) => {}
            (_, false) => text += &format!("call f{}\n", level + 1),
            (_, true) => {
                let moves: String =
                    (1..=level.min(4)).rev().map(|r| format!("r{} = r{r}\n", r + 1)).collect();
                text += &format!("{moves}r1 = r10\ncall f{}\n", level + 1);
            }
        }
        if level == 7 {
            text += &format!(
                "r6 = 0\nloop:\nr6 += 1\n*(u64 *)(r10 -8) = r6\n{in_loop}r7 = r6\nr8 = r6\n\
                 if r6 > 2000000 goto out\nif r6 == 3000000 goto out\ngoto loop\nout:\n"
            );
        }
        text += "r0 = 1\nexit\n";
    }
    text
}

fn verdict(version: KernelVersion, text: &str) -> Verdict {
    let sample = Sample { version, section: "xdp", lines: text.lines().map(String::from).collect() };
    let object = tests::lockstep::object_of(&sample).expect("assembles");
    timed("full stacks", || verify(&Profile::new(version), &object, &object.programs[0])).verdict
}

/// The kernel's own limit comes first: its message has these words.
fn refused(version: KernelVersion, text: &str, words: &str) {
    match verdict(version, text) {
        Verdict::Reject(rejection) => assert!(rejection.message.contains(words), "{rejection:?}"),
        other => panic!("{version}: {other:?}"),
    }
}

/// A limit of ours comes first: what is not modelled has these words.
fn unknown(version: KernelVersion, text: &str, words: &str) {
    match verdict(version, text) {
        Verdict::Unknown { what } => assert!(what.contains(words), "{what}"),
        other => panic!("{version}: {other:?}"),
    }
}

/// A hundred thousand states of eight frames: what is the same in all is kept once, and the kernel's limit comes first.
#[test]
fn states_with_full_stacks() {
    let text = deep_and_long(false, "");
    KernelVersion::ALL.into_iter().for_each(|version| refused(version, &text, "too large"));
}

/// The same with six frames that differ in each state: nothing can be shared, memory is at its limit first.
#[test]
fn states_with_nothing_to_share() {
    let writes: String = (1..=5).map(|reg| format!("*(u64 *)(r{reg} -8) = r6\n")).collect();
    let text = deep_and_long(true, &writes);
    KernelVersion::ALL.into_iter().for_each(|version| unknown(version, &text, "512 MiB"));
}

/// On 5.10 and 6.1 only what leaves the loop keeps states, so each branch that waits has all of the past: they share it.
#[test]
fn branches_that_wait_share_their_past() {
    let filler = "r7 = r6\n".repeat(200);
    let text = format!(
        "r6 = 0\nloop:\ncall bpf_get_prandom_u32\nr6 += 1\n{filler}if r0 == 7 goto out\nif r0 > 1 goto loop\n\
         if r0 == 0 goto side\nr1 = 1\nside:\nif r6 == 3000000 goto out\nr0 = 1\nexit\nout:\nr0 = 1\nexit\n"
    );
    KernelVersion::ALL.into_iter().for_each(|version| refused(version, &text, "too"));
}

/// Each of them may hold thousands of references, too: memory is at its limit first.
#[test]
fn branches_that_wait_with_references() {
    let text = "r6 = 0\nloop:\nr1 = map[ring]\nr2 = 16\nr3 = 0\ncall bpf_ringbuf_reserve\nif r0 == 0 goto out\nr6 += 1\n\
                call bpf_get_prandom_u32\nif r0 == 7 goto out\ngoto loop\nout:\nr0 = 1\nexit\n";
    KernelVersion::ALL.into_iter().for_each(|version| unknown(version, text, "512 MiB"));
}

/// What 7.2 works out beforehand is kept wherever ways meet: here at every instruction, for a stack full of frame pointers.
#[test]
fn stack_pointers_at_every_branch() {
    let mut text = String::from("call bpf_ktime_get_ns\nr6 = r0\n");
    (1..=64).for_each(|slot| text += &format!("*(u64 *)(r10 -{}) = r10\n", 8 * slot));
    (0..400_000).for_each(|nr| text += &format!("if r6 == {nr} goto b{nr}\nb{nr}:\n"));
    text += "r0 = 1\nexit\n";
    unknown(KernelVersion::V7_2, &text, "so many stack pointers");
}

/// A ladder of loops: what is known at the top goes down one rung for each look at the whole program.
#[test]
fn facts_that_climb_down() {
    let mut text = String::from("call bpf_ktime_get_ns\nr6 = r0\nr7 = 1\nb0:\n");
    (1..200_000).for_each(|nr| text += &format!("b{nr}:\nif r6 == {nr} goto b{}\n", nr - 1));
    text += "r7 = 2\nif r6 == 1 goto b199999\nr0 = 1\nexit\n";
    unknown(KernelVersion::V7_2, &text, "so many ways back");
}
