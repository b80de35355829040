//! Compares the verifier with recorded verdicts of booted kernels.
//!
//! `cargo run -p programs --example agreement -- DIR… [--kernel V] [--program NAME] [--btf DIR]`, where each DIR has `obj/` and
//! `verdicts.csv`, and the BTF directory a raw `V.btf` of each kernel. Prints what differs and a table of agreement.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use programs::btf::Btf;
use programs::gate::Verdict;
use programs::object::{Object, load_object};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::{verify, verify_with};

struct Row {
    file: String,
    program: String,
    kernel: KernelVersion,
    verdict: String,
    errno: i64,
    reason: String,
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = fields.last_mut().expect("never empty");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => last.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => last.push(c),
        }
    }
    fields
}

fn rows(dir: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(dir.join("verdicts.csv")).expect("verdicts.csv");
    let row = |line: &str| {
        let f = fields(line);
        Row {
            file: f[0].clone(),
            program: f[1].clone(),
            kernel: f[3].parse().expect("kernel"),
            verdict: f[4].clone(),
            errno: f[5].parse().unwrap_or(0),
            reason: f[6].clone(),
        }
    };
    text.lines().skip(1).map(row).collect()
}

#[derive(Default)]
struct Tally {
    rows: usize,
    agree: usize,
    message: usize,
    rejects: usize,
    unknown: usize,
    false_accept: usize,
    false_reject: usize,
}

fn main() {
    let mut dirs = Vec::new();
    let mut types = None;
    let (mut kernel, mut program) = (None::<KernelVersion>, None::<String>);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--kernel" => kernel = Some(args.next().expect("version").parse().expect("version")),
            "--program" => program = args.next(),
            "--btf" => types = args.next().map(PathBuf::from),
            dir => dirs.push(PathBuf::from(dir)),
        }
    }
    let mut tallies: BTreeMap<KernelVersion, Tally> = BTreeMap::new();
    let read = |dir: &PathBuf, kernel: KernelVersion| {
        let bytes = std::fs::read(dir.join(format!("{kernel}.btf"))).expect("a raw BTF of each kernel");
        (kernel, Btf::parse(&bytes).expect("BTF"))
    };
    let kernels: BTreeMap<KernelVersion, Btf> =
        types.iter().flat_map(|dir| KernelVersion::ALL.map(|kernel| read(dir, kernel))).collect();
    for dir in &dirs {
        let mut objects: BTreeMap<String, Option<Object>> = BTreeMap::new();
        for row in rows(dir) {
            if kernel.is_some_and(|k| k != row.kernel) || program.as_ref().is_some_and(|p| *p != row.program) {
                continue;
            }
            if row.verdict == "library" {
                continue;
            }
            let object = objects.entry(row.file.clone()).or_insert_with(|| {
                let bytes = std::fs::read(dir.join("obj").join(&row.file)).expect("object");
                let loaded = load_object(&bytes, row.file.trim_end_matches(".bpf.o"));
                loaded.map_err(|error| println!("LOAD {}: {error:?}", row.file)).ok()
            });
            let Some(object) = object else { continue };
            compare(object, &row, kernels.get(&row.kernel), tallies.entry(row.kernel).or_default());
        }
    }
    for (kernel, t) in &tallies {
        println!(
            "{kernel}: {}/{} verdict and errno, {}/{} messages; unknown {}, false accept {}, false reject {}",
            t.agree, t.rows, t.message, t.rejects, t.unknown, t.false_accept, t.false_reject
        );
    }
}

fn compare(object: &Object, row: &Row, types: Option<&Btf>, tally: &mut Tally) {
    let profile = Profile::new(row.kernel);
    let program = object.program(&row.program).expect("program");
    let judged = std::panic::catch_unwind(|| match types {
        Some(types) => verify_with(&profile, object, program, types, None),
        None => verify(&profile, object, program),
    });
    tally.rows += 1;
    let place = format!("{} {} {}", row.file, row.program, row.kernel);
    let Ok(judged) = judged else {
        println!("PANIC {place}");
        return;
    };
    let rejects = row.verdict == "reject";
    tally.rejects += usize::from(rejects);
    match (&judged.verdict, rejects) {
        (Verdict::Accept { .. }, false) => tally.agree += 1,
        (Verdict::Accept { .. }, true) => {
            tally.false_accept += 1;
            println!("ACCEPT {place}\n    kernel: {} {}", row.errno, row.reason);
        }
        (Verdict::Unknown { what }, _) => {
            tally.unknown += 1;
            println!("UNKNOWN {place}: {what}\n    kernel: {} {}", row.errno, row.reason);
        }
        (Verdict::Reject(r), false) => {
            tally.false_reject += 1;
            println!("REJECT {place}\n    ours: {} {} at {:?}", r.errno.ret(), r.message, r.insn);
        }
        (Verdict::Reject(r), true) => {
            let errno = r.errno.ret() == row.errno;
            let same = r.message == row.reason;
            tally.agree += usize::from(errno);
            tally.message += usize::from(same && errno);
            if !errno || !same {
                println!(
                    "DIFFERS {place}\n    kernel: {} {}\n    ours:   {} {} at {:?}",
                    row.errno,
                    row.reason,
                    r.errno.ret(),
                    r.message,
                    r.insn
                );
            }
        }
    }
}
