//! The `sleepable` command as a user meets it: bad input, exit codes, streams. This file belongs to the package
//! `scenarios` (see its Cargo.toml), because cargo tells only that package's tests where the binary is.
//!
//! `bad/NAME.toml` is run and must end with exit code 2 and exactly `bad/NAME.stderr`; `UPDATE=1` rewrites these.

mod check;
mod docs;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cli")
}

fn sleepable(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sleepable"));
    command
        .current_dir(directory)
        .args(args)
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

/// Runs and checks the exit code.
fn run(directory: &Path, args: &[&str], code: i32) -> Output {
    let output = sleepable(directory, args).output().expect("the command starts");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "sleepable {args:?}\nstdout:\n{out}\nstderr:\n{err}");
    assert!(!err.contains("panicked"), "{err}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a scratch directory");
    directory
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("library")
}

#[test]
fn bad_scenarios_are_explained_where_they_are_wrong() {
    let bad = here().join("bad");
    let mut names: Vec<String> = fs::read_dir(&bad)
        .expect("tests/cli/bad")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    let mut wrong = Vec::new();
    for name in &names {
        let output = sleepable(&bad, &["run", name]).output().expect("the command starts");
        let found = text(&output.stderr);
        assert_eq!(text(&output.stdout), "", "{name}: diagnostics belong on stderr");
        assert_eq!(output.status.code(), Some(2), "{name}: {found}");
        let snapshot = bad.join(name.replace(".toml", ".stderr"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&snapshot, &found).expect("writable");
        }
        let expected = fs::read_to_string(&snapshot).unwrap_or_default().replace("\r\n", "\n");
        if found != expected {
            wrong.push(format!("{name}: expected\n{expected}\nfound\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE=1 accepts)", wrong.join("\n"));
}

#[test]
fn a_scenario_of_100_mb_is_refused_at_once() {
    let directory = scratch("huge");
    let file = fs::File::create(directory.join("huge.toml")).expect("file");
    file.set_len(100 << 20).expect("sparse file");
    let start = Instant::now();
    let output = run(&directory, &["run", "huge.toml"], 2);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(
        text(&output.stderr)
            .contains("error[E0003]: `huge.toml` has 104857600 bytes; at most 4194304 are read")
    );
}

#[test]
fn files_that_are_no_scenarios() {
    let directory = scratch("no-scenario");
    fs::write(directory.join("latin1.toml"), b"name = \"caf\xe9\"\n").expect("file");
    fs::create_dir(directory.join("empty")).expect("directory");
    let stderr = |args: &[&str], code| text(&run(&directory, args, code).stderr);
    assert!(stderr(&["run", "latin1.toml"], 2).contains("error[E0002]: `latin1.toml` is not text: byte 11"));
    assert!(
        stderr(&["run", "missing.toml"], 2)
            .contains("error[E0001]: cannot read `missing.toml`: no such file")
    );
    assert!(stderr(&["run", "empty"], 4).contains("error[E0028]"));
    assert!(stderr(&["list", "empty"], 4).contains("error[E0028]"));
    assert!(stderr(&["run", "lib:no-such-thing"], 2).contains("`sleepable list`"));
    let object = library().join("objects/portable.bpf.o").display().to_string();
    assert!(stderr(&["run", &object], 2).contains("`sleepable check"));
}

#[test]
fn files_that_are_no_objects() {
    let directory = scratch("no-object");
    let whole = fs::read(library().join("objects/portable.bpf.o")).expect("an object of the library");
    // Every length of a cut file, in steps that hit headers, section contents and tables.
    for length in (0..whole.len()).step_by(61) {
        fs::write(directory.join("cut.o"), &whole[..length]).expect("file");
        let output = sleepable(&directory, &["check", "cut.o", "--kernel", "6.12"]).output().expect("starts");
        let code = output.status.code();
        assert!(matches!(code, Some(1 | 2 | 4)), "cut at {length}: {code:?} {}", text(&output.stderr));
    }
    let noise: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(directory.join("noise.o"), &noise).expect("file");
    fs::write(directory.join("host.o"), fs::read(env!("CARGO_BIN_EXE_sleepable")).expect("this binary"))
        .expect("file");
    for name in ["noise.o", "host.o", "."] {
        let stderr = text(&run(&directory, &["check", name], 2).stderr);
        assert!(stderr.starts_with("error[E0"), "{name}: {stderr}");
    }
}

#[test]
fn check_gives_one_json_line_per_program_and_kernel() {
    let args = ["check", "objects/portable.bpf.o", "--kernel", "all", "--format", "json"];
    let output = run(&library(), &args, 1);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len() % 4, 0);
    let find = |program: &str, kernel: &str| {
        lines
            .iter()
            .find(|l| l["program"] == program && l["kernel"] == kernel)
            .unwrap_or_else(|| panic!("{program}"))
    };
    assert_eq!(find("exec", "5.10")["verdict"], "accept");
    let refused = find("open", "5.10");
    assert_eq!(refused["errno"], -22);
    assert_eq!(refused["reason"], "bpf_lsm_file_open is not sleepable");
    assert_eq!(find("call_atomic", "6.12")["source"]["column"], 7);
    for key in ["file", "program", "section", "kernel", "verdict", "errno", "reason", "source"] {
        assert!(refused.get(key).is_some(), "{key}");
    }
}

#[test]
fn trace_files_need_a_known_extension() {
    let output = run(&library(), &["run", "atomic-vs-sleepable.toml", "--trace", "out.png"], 2);
    let stderr = text(&output.stderr);
    assert!(stderr.contains("error[E0027]: no trace format is called `.png`"), "{stderr}");
    assert!(stderr.contains(".pftrace"), "{stderr}");
}

#[test]
fn usage_errors_and_help() {
    let here = here();
    run(&here, &[], 2);
    run(&here, &["frobnicate"], 2);
    run(&here, &["run"], 2);
    run(&here, &["run", "x.toml", "--kernel", "6.6"], 2);
    run(&here, &["run", "x.toml", "--seed", "many"], 2);
    for args in [&["--help"][..], &["run", "--help"], &["check", "--help"]] {
        let help = text(&run(&here, args, 0).stdout);
        assert!(help.contains("Exit codes:") && help.contains("130  interrupted"), "{help}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(text(&run(&here, &["completions", shell], 0).stdout).contains("sleepable"));
    }
}

#[test]
fn every_code_is_explained_and_slips_are_corrected() {
    let here = here();
    let codes = text(&run(&here, &["explain"], 0).stdout);
    assert!(codes.lines().count() > 50, "{codes}");
    for line in codes.lines() {
        let code = line.split_whitespace().next().expect("a code");
        let page = text(&run(&here, &["explain", code], 0).stdout);
        assert!(page.starts_with(code) && page.lines().all(|line| line.chars().count() <= 110), "{page}");
    }
    let stderr = text(&run(&here, &["explain", "F001"], 2).stderr);
    assert!(stderr.contains("did you mean `F0001`?"), "{stderr}");
}

#[test]
fn the_library_is_part_of_the_command() {
    let nowhere = scratch("nowhere");
    let list = text(&run(&nowhere, &["list"], 0).stdout);
    assert!(list.lines().count() >= 13 && list.contains("lib:atomic-vs-sleepable"), "{list}");
    assert!(list.lines().all(|line| line.contains('?')), "a scenario without a question: {list}");
    let shown = text(&run(&nowhere, &["show", "lib:atomic-vs-sleepable"], 0).stdout);
    assert!(shown.contains("instruction_budget = 1000000"), "{shown}");
    // What is shown is a scenario itself, and shows the same again.
    fs::write(nowhere.join("shown.toml"), &shown).expect("file");
    assert_eq!(text(&run(&nowhere, &["show", "shown.toml"], 0).stdout), shown);
}

#[test]
fn colours_only_when_wanted() {
    let bad = here().join("bad");
    let colours = |args: &[&str], no_color: bool| {
        let mut command = sleepable(&bad, args);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.output().expect("starts").stderr.contains(&0x1b)
    };
    assert!(!colours(&["run", "unknown-key.toml"], false), "stderr is a pipe here");
    assert!(colours(&["run", "unknown-key.toml", "--color", "always"], false));
    assert!(!colours(&["run", "unknown-key.toml", "--color", "never"], true));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = sleepable(&here(), &["support", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("text");
    assert_eq!(child.wait().expect("ends").code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn standard_input_as_a_file_is_limited_too() {
    let directory = scratch("pipe");
    if !Path::new("/dev/stdin").exists() {
        return;
    }
    let mut child = sleepable(&directory, &["show", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("piped");
    let chunk = vec![b'#'; 1 << 20];
    // The reader stops early: a broken pipe is what we hope for.
    let _ = (0..16).try_for_each(|_| stdin.write_all(&chunk));
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("E0003"), "{}", text(&output.stderr));
}

/// A program that never ends, with a budget that nobody can wait for.
#[cfg(unix)]
const ENDLESS: &str = "
verify = false
instruction_budget = 1_000_000_000_000_000
[[program]]
name = 'loop'
attach = 'uprobe//bin/app:work'
asm = '''
  goto -1
'''
[[task]]
name = 'app'
steps = [{ call = { name = '/bin/app:work' } }]
";

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_files() {
    let directory = scratch("interrupt");
    fs::write(directory.join("a.toml"), "[[task]]\nname = 'app'\nsteps = [{ sleep = '1ms' }]\n")
        .expect("file");
    fs::write(directory.join("b.toml"), ENDLESS).expect("file");
    let mut command = sleepable(&directory, &["run", ".", "--trace", "out.jsonl"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let written = directory.join("out.a.6.12.jsonl");
    let start = Instant::now();
    while !written.exists() && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(300));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(kill.success());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let lines = fs::read_to_string(&written).expect("the first trace");
    let header: serde_json::Value =
        serde_json::from_str(lines.lines().next().expect("a header")).expect("JSON");
    assert_eq!(header["events"], lines.lines().count() as u64 - 1);
    let names: Vec<_> =
        fs::read_dir(&directory).expect("list").map(|e| e.expect("entry").file_name()).collect();
    assert_eq!(names.len(), 3, "nothing half-written is left: {names:?}");
}

#[test]
fn an_endless_program_and_a_task_that_waits_for_ever_are_findings() {
    let directory = scratch("endless");
    let endless = "verify = false\n[[program]]\nname = 'loop'\nattach = 'uprobe//bin/app:work'\nasm = '''\n  goto -1\n'''\n[[task]]\nname = 'app'\nsteps = [{ call = { name = '/bin/app:work' } }]\n";
    fs::write(directory.join("endless.toml"), endless).expect("file");
    let forever = "[[task]]\nname = 'a'\nsteps = [{ wait_for = { mark = 'b.ready' } }]\n[[task]]\nname = 'b'\nsteps = [{ wait_for = { end = 'a' } }, { mark = 'ready' }]\n";
    fs::write(directory.join("forever.toml"), forever).expect("file");
    assert!(text(&run(&directory, &["run", "endless.toml"], 1).stdout).contains("error[F0005]"));
    let stuck = text(&run(&directory, &["run", "forever.toml"], 1).stdout);
    assert!(stuck.contains("error[F0004]") && stuck.contains("error[M0012]"), "{stuck}");
}

#[test]
fn traces_are_written_whole_or_not_at_all() {
    let directory = scratch("trace");
    let args = |out: &'static str| ["run", "lib:invalid-sleep", "--trace", out];
    for out in ["out.txt", "out.jsonl", "out.pftrace"] {
        run(&directory, &args(out), 0);
        assert!(fs::metadata(directory.join(out)).expect("written").len() > 100, "{out}");
    }
    let stderr = text(&run(&directory, &args("no/such/directory/out.txt"), 2).stderr);
    assert!(
        stderr.contains("error[E0026]: cannot write `no/such/directory/out.txt`: no such file"),
        "{stderr}"
    );
    assert_eq!(fs::read_dir(&directory).expect("list").count(), 3);
}

/// The schedule that a run reports repeats it, whatever the scenario's own scheduler and seed are; others are refused.
#[test]
fn a_schedule_replays_a_run() {
    let directory = scratch("schedule");
    let crowd =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/determinism/crowd.toml").display().to_string();
    let json = |args: &[&str]| -> serde_json::Value {
        let args = [&["run", &crowd, "--kernel", "6.12", "--format", "json"], args].concat();
        serde_json::from_str(&text(&run(&directory, &args, 0).stdout)).expect("one JSON object")
    };
    let first = json(&["--seed", "5", "--trace", "first.jsonl"]);
    let schedule = first["schedule"].as_str().expect("a schedule");
    assert!(schedule.starts_with("5:") && schedule.len() > 6, "hardly anything was chosen: {schedule}");
    let again = json(&["--schedule", schedule, "--trace", "again.jsonl"]);
    assert_eq!(again["schedule"], first["schedule"]);
    // Without the header, which names the seed.
    let trace = |name: &str| {
        let text = fs::read_to_string(directory.join(name)).expect("a trace");
        text.split_once('\n').expect("lines").1.to_owned()
    };
    assert!(trace("first.jsonl") == trace("again.jsonl"), "the replay took another way");
    json(&["--seed", "6", "--trace", "other.jsonl"]);
    assert!(trace("first.jsonl") != trace("other.jsonl"), "every seed is the same: nothing was shown");
    let refused = run(&directory, &["run", &crowd, "--schedule", "5:zz."], 2);
    assert!(text(&refused.stderr).contains("`zz` is not a schedule"), "{}", text(&refused.stderr));
}
