//! The lessons of `sleepable explain`: a program that breaks each rule and one that keeps it, judged, and compared with what booted
//! kernels said (`scenarios/rules/verdicts.tsv`).

use scenarios::check::family::code_of;
use scenarios::check::{Report, Verdict};
use scenarios::diag::catalogue::lesson::{Lesson, codes, lesson};
use scenarios::diag::catalogue::rules::RULES;
use scenarios::file::Kernel;

/// What has no rule teaches none.
const WITHOUT: [&str; 1] = ["V0000"];

fn of(code: &str) -> Lesson {
    lesson(code).unwrap_or_else(|| panic!("{code} has no lesson"))
}

fn judged(code: &str) -> Report {
    super::report(&format!("scenarios/rules/obj/{code}.bpf.o"))
}

#[test]
fn every_rule_has_a_lesson() {
    for rule in RULES {
        let code = rule.entry.code;
        assert_eq!(lesson(code).is_some(), !WITHOUT.contains(&code), "{code}");
    }
}

/// Booted kernels refuse the broken program by the rule that the lesson is about, and load the sound one.
#[test]
fn kernels_say_what_the_lessons_teach() {
    for code in codes() {
        let lesson = of(code);
        let refused: Vec<_> =
            lesson.verdicts.iter().filter(|row| row.program == "broken" && row.errno.is_some()).collect();
        assert!(refused.iter().any(|row| code_of(row.message) == code), "{code}: {refused:?}");
        let sound: Vec<_> = lesson.verdicts.iter().filter(|row| row.program == "sound").collect();
        assert!(sound.iter().any(|row| row.errno.is_none()), "{code}: {sound:?}");
        let mut circumstances: Vec<_> = lesson.verdicts.iter().map(|row| row.circumstance).collect();
        circumstances.dedup();
        assert_eq!(circumstances[0], None, "{code}: root, and switches as they are, come first");
        assert_eq!(lesson.verdicts.len(), circumstances.len() * 2 * Kernel::ALL.len(), "{code}");
    }
}

/// What stands in the C file is what the object was made of: the lines that BTF carries are those of the source.
#[test]
fn objects_belong_to_their_sources() {
    for code in codes() {
        let path = super::workspace().join(format!("scenarios/rules/{code}.bpf.c"));
        let source = std::fs::read_to_string(path).expect("source").replace("\r\n", "\n");
        let lines: Vec<&str> = source.lines().collect();
        let object = super::object(&format!("scenarios/rules/obj/{code}.bpf.o"));
        let names: Vec<&str> = object.programs.iter().map(|program| program.name.as_str()).collect();
        assert_eq!(
            names.iter().filter(|name| ["broken", "sound"].contains(name)).count(),
            2,
            "{code}: {names:?}"
        );
        for line in object.programs.iter().flat_map(|program| &program.lines).filter(|line| line.line > 0) {
            if line.file.ends_with(&format!("{code}.bpf.c")) {
                assert_eq!(lines[line.line as usize - 1], &*line.text, "{code}: line {}", line.line);
            }
        }
    }
}

/// This tool's verdicts on the lessons: the same error number and words as the kernel's, or no opinion.
#[test]
fn the_judge_agrees_with_the_kernels() {
    let mut wrong = Vec::new();
    for code in codes() {
        let report = judged(code);
        for recorded in of(code).verdicts.into_iter().filter(|row| row.circumstance.is_none()) {
            let row = report
                .rows
                .iter()
                .find(|row| row.program == recorded.program && row.kernel == recorded.kernel);
            let row = row.unwrap_or_else(|| panic!("{code} {} {}", recorded.program, recorded.kernel.name()));
            let said = match (&row.verdict, recorded.errno) {
                (Verdict::Reject(refusal), Some(errno))
                    if refusal.errno == errno && refusal.message == recorded.message =>
                {
                    continue;
                }
                // A loader's refusal: the number is the loader's business.
                (Verdict::Reject(refusal), Some(_))
                    if recorded.message.starts_with("extern (") && refusal.message == recorded.message =>
                {
                    continue;
                }
                (Verdict::Accept, None) => continue,
                // Left to the verifier by a judge that does not follow registers.
                (Verdict::Accept, Some(_)) if row.work.is_none() => continue,
                (Verdict::Reject(refusal), _) => format!("{} {}", refusal.errno, refusal.message),
                (Verdict::Accept, _) => "accepted".to_owned(),
                (Verdict::Unknown { reason }, _) => format!("unknown: {reason}"),
            };
            wrong.push(format!(
                "{code} {} {}: {said}; the kernel: {:?} {}",
                recorded.program,
                recorded.kernel.name(),
                recorded.errno,
                recorded.message
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the lesson about the stack says of bytes that were not written, and of pointers written over, is what booted kernels did.
#[test]
fn the_stack_is_as_its_lesson_says() {
    let recorded =
        std::fs::read_to_string(super::workspace().join("tests/data/probes/verdicts.csv")).expect("verdicts");
    for (program, refusing) in [
        ("stack.bpf.o,load_unwritten,tc", "5.10 6.1"),
        ("stack.bpf.o,load_half_written,tc", ""),
        ("helper_mem.bpf.o,read_partly_init,tc", ""),
        ("stack.bpf.o,helper_reads_unwritten,tc", "5.10 6.1"),
        ("stack.bpf.o,pointer_spill_32,tc", "5.10 6.1 6.12 7.2"),
        ("stack.bpf.o,pointer_spill_partial_read,tc", "5.10 6.1 6.12 7.2"),
        ("stack.bpf.o,pointer_spill_half_overwritten,tc", "5.10 6.1 6.12 7.2"),
    ] {
        for kernel in Kernel::ALL {
            let name = kernel.name();
            let verdict = if refusing.split(' ').any(|other| other == name) { "reject" } else { "accept" };
            let row = format!("\n{program},{name},{verdict},");
            assert!(recorded.contains(&row), "no {row:?}");
        }
    }
}
