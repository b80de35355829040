//! Single accesses to contexts, compared with what booted kernels said: `tests/data/contexts.tsv`.

use super::verify;
use crate::gate::Verdict;
use crate::isa::Insn;
use crate::object::{Object, ProgramSpec, Subprog};
use crate::profile::{KernelVersion, Profile, Versions};

const DATA: &str = include_str!("../../../tests/data/contexts.tsv");

/// `r2 = 0; access; r0 = 0; exit`.
fn program(section: &str, access: &str, off: i16) -> ProgramSpec {
    let size = match &access[1..] {
        "1" => 0x10,
        "2" => 0x08,
        "4" => 0x00,
        _ => 0x18,
    };
    let code = |class: u8| class | 0x60 | size;
    let zero = |dst: u8| Insn { code: 0xb7, dst, src: 0, off: 0, imm: 0 };
    let access = match access.starts_with('r') {
        true => Insn { code: code(1), dst: 2, src: 1, off, imm: 0 },
        false => Insn { code: code(3), dst: 1, src: 2, off, imm: 0 },
    };
    let insns = vec![zero(2), access, zero(0), Insn { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 }];
    let main = Subprog { name: "main".into(), start: 0, len: insns.len(), global: true, func: None };
    ProgramSpec {
        name: "main".into(),
        section: section.into(),
        insns,
        subprogs: vec![main],
        exception_callback: Default::default(),
        kfuncs: Vec::new(),
        ksyms: Vec::new(),
        core: Vec::new(),
        lines: Vec::new(),
    }
}

fn object() -> Object {
    Object {
        name: "contexts".into(),
        license: "GPL".into(),
        version: None,
        programs: Vec::new(),
        maps: Vec::new(),
        kconfig: Vec::new(),
        btf: None,
        struct_ops: Vec::new(),
        skipped: Vec::new(),
    }
}

#[test]
fn every_access_is_judged_as_by_the_kernel() {
    let object = object();
    let mut wrong = Vec::new();
    for line in DATA.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [section, versions, access, first, step, bits] = columns[..] else { panic!("{line}") };
        let (first, step): (i16, i16) = (first.parse().unwrap(), step.parse().unwrap());
        let versions = Versions::parse(versions);
        for version in KernelVersion::ALL.into_iter().filter(|version| versions.contains(*version)) {
            let profile = Profile::new(version);
            for (nr, bit) in bits.chars().enumerate() {
                let off = first + step * nr as i16;
                let judged = verify(&profile, &object, &program(section, access, off));
                let accepted = matches!(judged.verdict, Verdict::Accept { .. });
                let refused = matches!(judged.verdict, Verdict::Reject(_));
                if (accepted, refused) != (bit == '1', bit == '.') {
                    wrong.push(format!("{version} {section} {access} at {off}: {:?}", judged.verdict));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ, first {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
}
