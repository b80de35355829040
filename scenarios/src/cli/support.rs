//! `sleepable support`: what is modelled, per kernel profile. The lists come from the tables that run programs, so they
//! cannot be out of date.

use std::collections::BTreeMap;

use programs::profile::Profile;
use programs::profile::support::{Bodies, Level, Subject, support};
use programs::runtime::RuntimeBodies;
use serde_json::json;

use super::console::Console;
use super::{Exit, OutputFormat};
use crate::file::Kernel;

/// What has a body, by the tables of the crates that run it.
struct Modelled;

impl Bodies for Modelled {
    fn executes(&self, profile: &Profile, subject: Subject, name: &str) -> bool {
        match subject {
            Subject::Helper | Subject::Kfunc | Subject::Map => RuntimeBodies.executes(profile, subject, name),
            Subject::ProgType | Subject::LsmHook => crate::run::executes_hook(subject, name),
        }
    }
}

const SUBJECTS: &[(Subject, &str)] = &[
    (Subject::Helper, "helpers"),
    (Subject::Kfunc, "kfuncs"),
    (Subject::Map, "maps"),
    (Subject::ProgType, "program types"),
    (Subject::LsmHook, "LSM hooks"),
];

const LEGEND: &str = "\
yes      load-time rules and run-time behaviour are modelled
load     load-time rules only: running it is reported as not modelled (F0009)
-        this kernel does not have it

LSM hooks: sleep (sleepable programs may attach), atomic (others only), off (nobody may attach);
a star marks hooks that simulated system calls pass through, the others never fire
";

/// What simulated code passes through, beside LSM hooks: title, singular for JSON, names.
fn passed_through() -> [(&'static str, &'static str, Vec<&'static str>); 3] {
    [
        ("system calls", "syscall", hooks::syscalls::table().map(|row| row.name).collect()),
        (
            "traced kernel functions, beside __x64_sys_*, bpf_lsm_* and security_*",
            "function",
            hooks::reach::FUNCTIONS.to_vec(),
        ),
        ("tracepoints, beside those of system calls", "tracepoint", hooks::reach::TRACEPOINTS.to_vec()),
    ]
}

/// The cell of an LSM hook.
fn lsm_word(kernel: Kernel, name: &str) -> String {
    let profile = Profile::new(kernel.version());
    let Some(hook) = profile.lsm_hook(name) else { return "-".to_owned() };
    let status = match (hook.disabled, hook.sleepable) {
        (true, _) => return "off".to_owned(),
        (_, true) => "sleep",
        _ => "atomic",
    };
    let star = if hooks::reach::LSM_HOOKS.contains(&name) { "*" } else { "" };
    format!("{status}{star}")
}

pub(super) fn run(kernels: &[Kernel], format: OutputFormat, console: &mut Console) -> Exit {
    let mut levels: BTreeMap<(Subject, &'static str), BTreeMap<Kernel, Level>> = BTreeMap::new();
    for kernel in kernels {
        for line in support(&Profile::new(kernel.version()), &Modelled) {
            levels.entry((line.subject, line.name)).or_default().insert(*kernel, line.level);
        }
    }
    let level =
        |row: &BTreeMap<Kernel, Level>, kernel: &Kernel| row.get(kernel).copied().unwrap_or(Level::Absent);
    if format == OutputFormat::Json {
        for ((subject, name), row) in &levels {
            let cell = |k: &Kernel| cell(*subject, name, *k, level(row, k));
            let kernels: serde_json::Map<_, _> =
                kernels.iter().map(|k| (k.name().to_owned(), json!(cell(k)))).collect();
            console.line(&json!({ "kind": title(*subject), "name": name, "kernels": kernels }).to_string());
        }
        for (_, kind, names) in passed_through() {
            names.iter().for_each(|name| console.line(&json!({ "kind": kind, "name": name }).to_string()));
        }
        return Exit::Success;
    }
    let width = levels.keys().map(|(_, name)| name.len()).max().unwrap_or(0);
    let mut text = LEGEND.to_owned();
    for (subject, title) in SUBJECTS {
        let names: Vec<String> = kernels.iter().map(|kernel| format!("{:<8}", kernel.name())).collect();
        text += format!("\n{:<width$}  {}", title.to_uppercase(), names.join(" ")).trim_end();
        text.push('\n');
        for ((subject, name), row) in levels.iter().filter(|((of, _), _)| of == subject) {
            let cells: Vec<String> =
                kernels.iter().map(|k| format!("{:<8}", cell(*subject, name, *k, level(row, k)))).collect();
            text += format!("{name:<width$}  {}", cells.join(" ")).trim_end();
            text.push('\n');
        }
    }
    for (title, _, names) in passed_through() {
        text += &format!("\n{}\n{}\n", title.to_uppercase(), names.join(" "));
    }
    console.out(&text);
    Exit::Success
}

fn cell(subject: Subject, name: &str, kernel: Kernel, level: Level) -> String {
    if subject == Subject::LsmHook { lsm_word(kernel, name) } else { word(level).to_owned() }
}

fn title(subject: Subject) -> &'static str {
    SUBJECTS.iter().find(|(of, _)| *of == subject).map_or("", |(_, title)| title)
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Executed => "yes",
        Level::KnownNotModelled => "load",
        Level::Absent => "-",
    }
}
