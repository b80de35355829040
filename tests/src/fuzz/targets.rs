//! The bodies of the fuzz targets. Each uses everything that can be used of what it read.

use programs::btf::ext::BtfExt;
use programs::btf::prune::{Root, prune};
use programs::btf::{Btf, Kind};
use programs::core_reloc::relocate;
use programs::gate::{self, GateInput};
use programs::isa::{self, Insn, NoNames, Style};
use programs::kernel_types::builtin;
use programs::object::{MapSpec, Object, ProgramSpec, Subprog, load_object};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::state::State;
use programs::verifier::{Observer, verify_with};
use scenarios::check::read_object;
use scenarios::file::Kernel;

/// A BPF object file: loaded, adapted to every kernel's types, judged by every kernel's gate.
pub(super) fn object(bytes: &[u8]) {
    let object = match load_object(bytes, "fuzz") {
        Ok(object) => object,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.help().is_empty());
            return;
        }
    };
    let _ = object.kconfig_value(|_| Some("1".to_string()));
    for program in &object.programs {
        for slot in 0..program.insns.len() {
            let _ = (program.line_of(slot), program.function_of(slot));
        }
        if let Some(btf) = &object.btf {
            for version in KernelVersion::ALL {
                let _ = relocate(program, btf, builtin(version)).map_err(|error| error.to_string());
            }
        }
        judge(&object, program, KernelVersion::ALL[bytes.len() % 4]);
    }
}

/// A BTF blob: every type is looked at in every way, then cut down and read again.
pub(super) fn btf(bytes: &[u8]) {
    let btf = match Btf::parse(bytes) {
        Ok(btf) => btf,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for ty in btf.types() {
        let _ = (btf.resolve(ty.id()), btf.size_of(ty.id()), btf.func_proto(ty.id()), btf.name_of(ty.id()));
        let _ = (ty.params().count(), ty.section_vars().count(), ty.array(), ty.int(), ty.linkage());
        let _ = (ty.tagged_component(), ty.enumerators().last(), ty.member(ty.vlen()));
        assert!(ty.enumerator(ty.vlen()).is_none() && format!("{ty:?}").len() < 10_000);
    }
    // Looking for a member visits many others: not for each of a million types.
    for ty in btf.types().filter(|ty| ty.kind().is_composite()).take(20) {
        let named = ty.members().find(|member| !member.name.is_empty());
        let _ = named.map(|member| btf.field(ty.id(), &[member.name, "x"]));
        let _ = btf.field(ty.id(), &["no such member"]);
        assert!(btf.find_by_name(ty.name()).next().is_some() || ty.name().is_empty());
    }
    let root = |kind| Root { kind, pattern: "*".to_string(), depth: 1 };
    let pruned = prune(&btf, &[root(Kind::Struct), root(Kind::Func)]);
    Btf::parse(&pruned.bytes).expect("what is written can be read");
}

/// A `.BTF.ext` section.
pub(super) fn btf_ext(bytes: &[u8]) {
    match BtfExt::parse(bytes) {
        Ok(ext) => {
            let records: usize = ext.lines.iter().map(|section| section.records.len()).sum();
            assert!(records * 16 <= bytes.len() * 2, "each record has its bytes, which two tables may share");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Sections whose programs differ most in what they may do.
const SECTIONS: [&str; 8] = [
    "xdp",
    "tc",
    "socket",
    "kprobe/x",
    "lsm.s/file_open",
    "fentry.s/bpf_fentry_test1",
    "syscall",
    "uprobe.s",
];

/// Instructions behind three bytes that choose the program's type, the kernel and the licence.
pub(super) fn insns(bytes: &[u8]) {
    let Some(([section, kernel, license], code)) = bytes.split_first_chunk::<3>() else { return };
    let insns: Vec<Insn> = code.as_chunks::<8>().0.iter().map(|bytes| Insn::from_bytes(*bytes)).collect();
    for pc in 0..insns.len() {
        match isa::decode_at(&insns, pc) {
            Ok(op) => assert!(!isa::disassemble(&op, Style::Kernel, &NoNames).is_empty()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let license = if license % 2 == 0 { "GPL" } else { "" };
    let object = object_of(insns, SECTIONS[usize::from(*section) % SECTIONS.len()], license);
    let version = KernelVersion::ALL[usize::from(*kernel) % KernelVersion::ALL.len()];
    judge(&object, &object.programs[0], version);
}

/// A program with a few maps, its functions cut where calls lead.
fn object_of(insns: Vec<Insn>, section: &str, license: &str) -> Object {
    let callee = |(at, insn): (usize, &Insn)| {
        let refers = (insn.code == 0x85 && insn.src == 1) || (insn.is_load_imm64() && insn.src == 4);
        usize::try_from(at as i64 + 1 + i64::from(insn.imm)).ok().filter(|_| refers)
    };
    let called = insns.iter().enumerate().filter_map(callee).filter(|start| *start < insns.len());
    let mut starts: Vec<usize> = std::iter::once(0).chain(called).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([insns.len()]);
    let subprog = |(start, end): (&usize, usize)| Subprog {
        name: format!("f{start}"),
        start: *start,
        len: end - start,
        global: start % 2 == 1,
        func: None,
    };
    let program = ProgramSpec {
        name: "fuzz".into(),
        section: section.into(),
        subprogs: starts.iter().zip(ends).map(subprog).collect(),
        insns,
        exception_callback: Default::default(),
        kfuncs: Vec::new(),
        ksyms: Vec::new(),
        core: Vec::new(),
        lines: Vec::new(),
    };
    programs::runtime::inline_object("fuzz", license, vec![program], maps())
}

/// Hash, array, ring buffer, program array, and a map of a type that no kernel has.
fn maps() -> Vec<MapSpec> {
    let rows = [(1, 4, 16), (2, 4, 64), (27, 0, 0), (3, 4, 4), (99, 4, 4)];
    let map = |(nr, (map_type, key, value)): (usize, &(u32, u32, u32))| {
        programs::runtime::inline_map(&format!("m{nr}"), *map_type, *key, *value, 4096)
    };
    rows.iter().enumerate().map(map).collect()
}

/// Instructions that the verifier may follow in a fuzzed program: a million would be a second for each input.
const MAX_FOLLOWED: usize = 20_000;

/// Watches nothing, and stops early.
struct Hurry;

impl Observer for Hurry {
    fn before(&mut self, _insn: usize, _state: &State) {}

    fn limit(&self) -> Option<usize> {
        Some(MAX_FOLLOWED)
    }
}

/// Gate and verifier: a refusal says why and where.
fn judge(object: &Object, program: &ProgramSpec, version: KernelVersion) {
    let profile = Profile::new(version);
    let Some(input) = GateInput::from_object(&profile, object, program) else { return };
    let judged = verify_with(&profile, object, program, builtin(version), Some(&mut Hurry));
    assert!(judged.stats.processed <= MAX_FOLLOWED + 1);
    for verdict in [gate::check(&profile, &input, None), judged.verdict] {
        if let gate::Verdict::Reject(rejection) = verdict {
            assert!(!rejection.message.is_empty(), "a refusal says why");
            assert!(rejection.insn.is_none_or(|insn| insn <= input.insns.len()));
        }
    }
}

/// `sleepable check`, from the bytes of the file to the report.
pub(super) fn check(bytes: &[u8]) {
    match read_object(bytes, "fuzz.bpf.o") {
        Ok(object) => {
            let report = scenarios::check::judge::judge("fuzz.bpf.o", &object, &Kernel::ALL, &[]);
            assert_eq!(report.rows.len(), object.programs.len() * Kernel::ALL.len());
        }
        Err(diagnostic) => assert!(diagnostic.is_error()),
    }
}
