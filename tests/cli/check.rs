//! `sleepable check` as a user meets it: forms, options, exit codes, bad files.

use std::fs;

use programs::profile::KernelVersion;

use super::{here, run, scratch, sleepable, text};

const LEAK: &str = "scenarios/rules/obj/V0006.bpf.o";
const NULL: &str = "scenarios/rules/obj/V0002.bpf.o";

fn root() -> std::path::PathBuf {
    here().join("../..")
}

fn stdout(args: &[&str], code: i32) -> String {
    text(&run(&root(), args, code).stdout)
}

#[test]
fn a_refusal_points_to_the_line_says_why_and_what_to_do() {
    let report = stdout(&["check", NULL, "--kernel", "6.12"], 1);
    for part in [
        "error[V0002]: `broken`: a pointer that may be NULL is used",
        "V0002.bpf.c:16:9",
        "*count += 1;",
        "the result of `bpf_map_lookup_elem`",
        "= kernel: 6.12: R0 invalid mem access 'map_value_or_null' (-EACCES)",
        "= help: check for NULL first: `if (!count) return 0;`",
        "sound    tc       accept",
        "2 programs on 1 kernel: 1 accepted, 1 rejected",
    ] {
        assert!(report.contains(part), "no `{part}` in\n{report}");
    }
    assert!(!report.contains('\u{1b}'), "no colours where nobody looks");
    assert!(stdout(&["--color", "always", "check", NULL], 1).contains("\u{1b}[1;31mreject V0002"));
}

#[test]
fn programs_can_be_chosen_and_all_sound_is_success() {
    let report = stdout(&["check", NULL, "--program", "sound"], 0);
    assert!(report.contains("1 program on 4 kernels: 4 accepted, 0 rejected"), "{report}");
    let output = run(&root(), &["check", NULL, "--program", "nobody"], 4);
    let stderr = text(&output.stderr);
    assert!(stderr.contains("error[E0028]: there is no program `nobody`"), "{stderr}");
    assert!(stderr.contains("help: there is `broken`, `sound`"), "{stderr}");
    // A slip among several names is no success.
    let output = run(&root(), &["check", NULL, "--program", "sound,sond"], 4);
    assert!(text(&output.stderr).contains("did you mean `sound`?"));
    // One of several objects may have it.
    let other = "scenarios/rules/obj/V0030.bpf.o";
    assert!(
        stdout(&["check", NULL, other, "--program", "sound"], 0).contains("\n\nscenarios/rules/obj/V0030")
    );
}

#[test]
fn a_kernel_named_twice_is_asked_once() {
    for kernels in ["6.1,6.1", "6.1, 6.1"] {
        let report = stdout(&["check", NULL, "--kernel", kernels, "--program", "sound"], 0);
        assert!(report.contains("1 program on 1 kernel"), "{report}");
    }
    assert!(
        stdout(&["check", NULL, "--kernel", "7.2,all", "--program", "sound"], 0).contains("on 4 kernels")
    );
    let output = run(&root(), &["check", NULL, "--kernel", "6.11"], 2);
    assert!(text(&output.stderr).contains("the profiles are 5.10, 6.1, 6.12 and 7.2"));
}

#[test]
fn targets_that_a_kernel_lacks_are_told_from_cut_types() {
    let object = root().join("tests/data/corpus/obj/typegate.bpf.o").display().to_string();
    let program = "tp_btf_a_no_such_tracepoint";
    let report = stdout(&["check", &object, "--program", program], 1);
    let words = "failed to find kernel BTF type ID of 'no_such_tp_zz'";
    assert_eq!(report.matches(words).count(), 1, "once for four kernels: {report}");
}

#[test]
fn codes_are_found_as_people_write_them() {
    assert!(stdout(&["explain", "v0006"], 0).starts_with("V0006: "));
    for (code, meant) in [("v6", "V0006"), ("V034", "V0034"), ("V00006", "V0006")] {
        let output = run(&root(), &["explain", code], 2);
        let stderr = text(&output.stderr);
        assert!(stderr.contains(&format!("did you mean `{meant}`?")), "{stderr}");
    }
    let page = stdout(&["explain", "V0034"], 0).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        page.contains("broken as a user without capabilities, 5.10, 6.1, 6.12 and 7.2: R0 leaks addr"),
        "{page}"
    );
}

#[test]
fn the_log_has_the_shape_of_the_kernels() {
    let log = stdout(&["check", LEAK, "--program", "broken", "--kernel", "6.12", "--log"], 1);
    for part in [
        "0: R1=ctx() R10=fp0\n",
        "; __u32 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0); @ V0006.bpf.c:13\n",
        "(85) call bpf_ringbuf_reserve#131",
        "; R0_w=ringbuf_mem_or_null(id=",
        "\nfrom 9 to 15: R0=",
        "\nUnreleased reference id=2 alloc_insn=5\n",
        "processed 18 insns (limit 1000000) max_states_per_insn 0 total_states 2 peak_states 2 mark_read 2\n",
    ] {
        assert!(log.contains(part), "no `{part}` in\n{log}");
    }
}

#[test]
fn forms_for_machines() {
    let junit = stdout(&["check", LEAK, "--format", "junit"], 1);
    assert!(
        junit.contains("<testsuites name=\"sleepable check\" tests=\"8\" failures=\"4\" errors=\"0\">"),
        "{junit}"
    );
    assert!(junit.contains("type=\"V0006\""), "{junit}");
    let sarif: serde_json::Value =
        serde_json::from_str(&stdout(&["check", LEAK, "--format", "sarif"], 1)).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "V0006");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 21);
    let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a flow");
    assert_eq!(flow[0]["location"]["physicalLocation"]["region"]["startLine"], 13, "{flow:?}");
    let line = stdout(&["check", LEAK, "--format", "json", "--kernel", "7.2", "--program", "broken"], 1);
    let line: serde_json::Value = serde_json::from_str(&line).expect("one line of JSON");
    assert_eq!((&line["code"], &line["errno"]), (&"V0006".into(), &(-22).into()));
    assert_eq!(line["path"][0]["kind"], "held");
    assert!(line["work"]["processed"].as_u64().expect("a number") > 5);
}

#[test]
fn files_that_are_nothing_to_check() {
    let directory = scratch("nothing-to-check");
    fs::write(directory.join("empty.o"), b"").expect("file");
    fs::write(directory.join("text.o"), b"int main() {}\n").expect("file");
    let stderr = |args: &[&str]| text(&run(&directory, args, 2).stderr);
    assert!(stderr(&["check", "missing.o"]).contains("error[E0001]: cannot read `missing.o`: no such file"));
    assert!(stderr(&["check", "."]).contains("error[E0001]: cannot read `.`: it is a directory"));
    assert!(stderr(&["check", "empty.o"]).contains("error[E0020]: `empty.o` cannot be loaded"));
    for (name, bytes, what) in [
        ("text.o", &b"int main() {}\n"[..], "it is text, not a compiled object"),
        ("empty.o", b"", "the file is empty"),
        ("archive.o", b"!<arch>\nx", "it is an archive\n"),
        ("bitcode.o", b"BC\xc0\xde\x35", "it is LLVM bitcode"),
        ("packed.o", b"\x1f\x8b\x08\x00", "it is compressed (gzip)"),
        ("types.o", b"\x9f\xeb\x01\x00", "it is BTF alone"),
        ("noise.o", b"\x00\x01\x02\xff", "it is no ELF file"),
        ("cut.o", b"\x7fELF\x02\x01\x01", "malformed ELF"),
    ] {
        fs::write(directory.join(name), bytes).expect("file");
        let said = stderr(&["check", name]);
        assert!(said.contains(&format!("error[E0020]: `{name}` cannot be loaded: ")), "{said}");
        assert!(said.contains(what) && said.contains("= help: "), "{said}");
    }
    // A bad file spoils the exit code, not the report of the good one.
    let good = root().join(NULL).display().to_string();
    let output = run(&directory, &["check", "empty.o", &good, "--program", "sound"], 2);
    assert!(text(&output.stdout).contains("4 accepted"));
}

/// Forms for machines say so when something could not be judged: whoever reads them looks at no exit code.
#[test]
fn machines_are_told_what_could_not_be_judged() {
    let directory = scratch("not-judged");
    let good = root().join(NULL).display().to_string();
    let of = |form: &str, rest: &[&str], code: i32| {
        let args: Vec<&str> = ["check", "--format", form].iter().chain(rest).copied().collect();
        text(&run(&directory, &args, code).stdout)
    };
    for (args, code, id, words) in [
        (&["missing.o"][..], 2, "E0001", "cannot read `missing.o`"),
        (&[good.as_str(), "--program", "nope"], 4, "E0028", "there is no program `nope`"),
        (&[good.as_str(), "--kernel", "6.12", "--btf", "missing.btf"], 2, "E0001", "missing.btf"),
    ] {
        let junit = of("junit", args, code);
        assert!(junit.contains(&format!("type=\"{id}\"")) && junit.contains("<error "), "{junit}");
        assert!(junit.contains(words) && junit.contains("errors=\"1\""), "{junit}");
        let sarif: serde_json::Value = serde_json::from_str(&of("sarif", args, code)).expect("JSON");
        let invocation = &sarif["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false, "{sarif}");
        let notification = &invocation["toolExecutionNotifications"][0];
        assert_eq!(notification["descriptor"]["id"], id);
        assert!(notification["message"]["text"].as_str().expect("text").contains(words), "{sarif}");
    }
}

#[test]
fn an_object_named_twice_is_judged_once() {
    let output = run(&root(), &["check", NULL, &format!("./{NULL}"), "--program", "sound"], 0);
    assert!(text(&output.stderr).contains("are one file: it is judged once"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("1 program on 4 kernels: 4 accepted"));
}

#[test]
fn struct_ops_programs_are_judged() {
    let object = "tests/data/corpus/obj/struct_ops_a_copy.bpf.o";
    let stderr = text(&run(&root(), &["check", object], 1).stderr);
    assert!(stderr.contains("warning[N0001]: section `.struct_ops`: its programs are judged"), "{stderr}");
}

/// no-color.org: the variable counts when it is not empty, and what the user asks for counts more.
#[test]
fn colours_are_as_asked() {
    for value in ["", "1"] {
        let mut command = sleepable(&root(), &["--color", "always", "check", NULL, "--program", "sound"]);
        let output = command.env("NO_COLOR", value).output().expect("the command starts");
        assert!(text(&output.stdout).contains('\u{1b}'), "NO_COLOR={value:?}");
        for (choice, coloured) in [("always", true), ("never", false)] {
            let mut command = sleepable(&root(), &["--color", choice, "check", "--no-such-option"]);
            let output = command.env("NO_COLOR", value).output().expect("the command starts");
            assert_eq!(text(&output.stderr).contains('\u{1b}'), coloured, "NO_COLOR={value:?} {choice}");
        }
    }
}

#[test]
fn lessons_fit_eighty_columns() {
    let page = stdout(&["explain", "V0005"], 0);
    let long = page.lines().skip(1).find(|line| !line.starts_with("    ") && line.chars().count() > 80);
    assert_eq!(long, None);
}

#[test]
fn kernel_types_from_a_file() {
    let directory = scratch("kernel-types");
    let whole = programs::kernel_types::builtin_bytes(KernelVersion::V6_12);
    let types = directory.join("whole.btf").display().to_string();
    fs::write(&types, &whole).expect("file");
    fs::write(directory.join("cut.btf"), &whole[..whole.len() / 2]).expect("file");
    fs::write(directory.join("empty.btf"), b"").expect("file");
    let object = root().join(NULL).display().to_string();
    let check = |code: i32, rest: &[&str]| {
        let args: Vec<&str> = ["check", &object].iter().chain(rest).copied().collect();
        let output = run(&directory, &args, code);
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    };
    assert!(check(2, &["--btf", &types]).contains("error[E0032]: of which kernel are the types"));
    assert!(
        check(2, &["--kernel", "6.12", "--btf", "cut.btf"])
            .contains("error[E0033]: `cut.btf` has no kernel types")
    );
    assert!(check(2, &["--kernel", "6.12", "--btf", "empty.btf"]).contains("error[E0033]"));
    assert!(check(2, &["--kernel", "6.12", "--btf", "missing.btf"]).contains("error[E0001]"));
    assert!(check(2, &["--kernel", "6.12", "--btf", "."]).contains("it is a directory"));
    let other = check(2, &["--kernel", "6.1", "--btf", &format!("6.12={types}")]);
    assert!(other.contains("`--btf` has types of 6.12, but only 6.1 is asked"), "{other}");
    assert!(
        check(2, &["--btf", &format!("9.9={types}")]).contains("the profiles are 5.10, 6.1, 6.12 and 7.2")
    );
    let twice = format!("6.12={types}");
    assert!(check(2, &["--btf", &twice, "--btf", &twice]).contains("given twice for 6.12"));
    // An object has a section .BTF, as a vmlinux image has.
    assert!(
        check(2, &["--kernel", "6.12", "--btf", &object]).contains("the BTF of something else than a kernel")
    );
    for (name, bytes, what) in [
        ("bzImage", &b"MZ\xea\x07"[..], "it is a compressed kernel image"),
        ("vmlinux.gz", b"\x1f\x8b\x08\x00", "it is compressed (gzip)"),
        ("other.btf", b"\xeb\x9f\x00\x01", "it is BTF of a big-endian machine"),
        ("README", b"# A kernel\n", "it is neither BTF nor an ELF image"),
        ("vmlinux", b"\x7fELF\x02\x01\x01", "has no kernel types"),
    ] {
        fs::write(directory.join(name), bytes).expect("file");
        let said = check(2, &["--kernel", "6.12", "--btf", name]);
        assert!(said.contains("error[E0033]") && said.contains(what), "{said}");
    }
    assert!(check(1, &["--kernel", "6.12", "--btf", &types]).contains("reject V0002"));
}
