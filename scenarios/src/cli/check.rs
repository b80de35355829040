//! `sleepable check`: which programs of an object each kernel loads, and why not.

use std::path::PathBuf;

use programs::object::Object;
use programs::profile::Profile;

use super::console::Console;
use super::{CheckArgs, CheckFormat, Exit};
use crate::check::judge::{self, KernelTypes};
use crate::check::{self, Report, Row, Verdict, compare, draw, json, junit, log, sarif, table};
use crate::diag::catalogue::input::{NOTHING_TO_RUN, OPTIONS};
use crate::diag::catalogue::notes::{SKIPPED, UNDECIDED};
use crate::diag::{Diagnostic, suggest};
use crate::file::Kernel;
use crate::inputs;

const GREEN: u8 = 32;
const RED: u8 = 31;
const YELLOW: u8 = 33;

pub(super) fn run(args: &CheckArgs, console: &mut Console) -> Exit {
    let mut told = Told::default();
    let exit = match kernel_types(args) {
        Ok(types) => judge_all(args, &types, &mut told, console),
        Err(diagnostic) => told.problem(diagnostic, Exit::BadInput, console),
    };
    end(&told, args, console);
    exit
}

/// What was found, and what could not be looked at: forms for machines have both.
#[derive(Default)]
struct Told {
    reports: Vec<Report>,
    problems: Vec<Diagnostic>,
}

impl Told {
    fn problem(&mut self, diagnostic: Diagnostic, exit: Exit, console: &Console) -> Exit {
        console.diagnostic(&diagnostic);
        self.problems.push(diagnostic);
        exit
    }
}

fn judge_all(args: &CheckArgs, types: &[KernelTypes], told: &mut Told, console: &mut Console) -> Exit {
    let mut exit = Exit::Success;
    let mut programs: Vec<String> = Vec::new();
    for path in once(&args.objects, console) {
        if console.is_closed() {
            break;
        }
        let shown = path.display().to_string();
        let object = inputs::read_binary(path).and_then(|bytes| check::read_object(&bytes, &shown));
        exit = exit.and(match object {
            Ok(object) => {
                programs.extend(object.programs.iter().map(|program| program.name.clone()));
                let object = chosen(object, args);
                let report = judge::judge(&shown, &object, &args.kernel.0, types);
                if args.log {
                    logs(&object, args, types, console);
                }
                let text = args.format == CheckFormat::Text;
                if text && told.reports.iter().any(|report| !report.rows.is_empty()) {
                    console.line("");
                }
                let exit = show(&object, &report, args, told, console);
                told.reports.push(report);
                exit
            }
            Err(diagnostic) => told.problem(diagnostic, Exit::BadInput, console),
        });
    }
    exit.and(unknown_names(args, &programs, told, console))
}

/// The objects, each once.
fn once<'a>(objects: &'a [PathBuf], console: &Console) -> Vec<&'a PathBuf> {
    let place = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let mut found: Vec<&PathBuf> = Vec::new();
    for path in objects {
        match found.iter().find(|known| place(known) == place(path)) {
            Some(known) => {
                let message =
                    format!("`{}` and `{}` are one file: it is judged once", known.display(), path.display());
                console.diagnostic(&Diagnostic::warning(OPTIONS, message));
            }
            None => found.push(path),
        }
    }
    found
}

/// Names of `--program` that no object has.
fn unknown_names(args: &CheckArgs, programs: &[String], told: &mut Told, console: &Console) -> Exit {
    let unknown = args.program.iter().filter(|name| !programs.contains(name));
    let mut exit = Exit::Success;
    for name in unknown.filter(|_| !programs.is_empty()) {
        let names = programs.iter().map(String::as_str);
        let diagnostic = Diagnostic::error(NOTHING_TO_RUN, format!("there is no program `{name}`"))
            .maybe_help(suggest::hint(name, names));
        exit = exit.and(told.problem(diagnostic, Exit::NothingToRun, console));
    }
    exit
}

/// The object with the programs asked for.
fn chosen(mut object: Object, args: &CheckArgs) -> Object {
    if !args.program.is_empty() {
        object.programs.retain(|program| args.program.contains(&program.name));
        object.skipped.clear();
    }
    object
}

/// What a log of the kernel has and this one has not.
const LACKS: &str = "-- as the kernel's log of level 2, without what that says of precision (`mark_precise: …`, `P` before a value); `map[NAME]` stands for \
                     an address\n";

/// The verifier's way through each program on each kernel.
fn logs(object: &Object, args: &CheckArgs, types: &[KernelTypes], console: &mut Console) {
    console.out(LACKS);
    for program in &object.programs {
        for kernel in &args.kernel.0 {
            let btf = types.iter().find(|types| types.kernel == *kernel).map(|types| &types.btf);
            let text = log::log(&Profile::new(kernel.version()), object, program, btf);
            let text = format!("-- {} on {}\n{text}\n", program.name, kernel.name());
            console.out(&check::printable(&text));
        }
    }
}

/// The kernel types that `--btf` gives.
fn kernel_types(args: &CheckArgs) -> Result<Vec<KernelTypes>, Diagnostic> {
    let mut types: Vec<KernelTypes> = Vec::new();
    for given in &args.btf {
        let kernel = match (given.kernel, args.kernel.0.as_slice()) {
            (Some(kernel), _) => kernel,
            (None, [kernel]) => *kernel,
            (None, _) => {
                let path = given.path.display();
                return Err(Diagnostic::error(
                    OPTIONS,
                    format!("of which kernel are the types in `{path}`?"),
                )
                .help(format!("`--btf 6.12={path}`, or one kernel: `--kernel 6.12 --btf {path}`")));
            }
        };
        if !args.kernel.0.contains(&kernel) {
            let (name, asked) = (kernel.name(), compare::names(&args.kernel.0));
            let message =
                format!("`--btf` has types of {name}, but only {asked} {} asked", be(&args.kernel.0));
            return Err(Diagnostic::error(OPTIONS, message)
                .help(format!("`--kernel {name}` asks about it; without `--kernel` all are")));
        }
        if types.iter().any(|types| types.kernel == kernel) {
            return Err(Diagnostic::error(OPTIONS, format!("`--btf` is given twice for {}", kernel.name())));
        }
        types.push(KernelTypes { kernel, btf: inputs::read_kernel_types(&given.path)? });
    }
    Ok(types)
}

fn be(kernels: &[Kernel]) -> &'static str {
    if kernels.len() == 1 { "is" } else { "are" }
}

/// What is told object by object.
fn show(object: &Object, report: &Report, args: &CheckArgs, told: &mut Told, console: &mut Console) -> Exit {
    for (section, reason) in &report.skipped {
        let message = match section.contains("struct_ops") {
            true => format!(
                "section `{section}`: its programs are judged, the map that they are members of is not"
            ),
            false => format!("section `{section}` was left out: {reason}"),
        };
        console.diagnostic(&Diagnostic::warning(SKIPPED, message).at_path(&report.path));
    }
    if report.rows.is_empty() {
        if !args.program.is_empty() {
            // Another object may have it; `unknown_names` tells when none has.
            return Exit::Success;
        }
        let diagnostic =
            Diagnostic::error(NOTHING_TO_RUN, "the object contains no program").at_path(&report.path);
        return told.problem(diagnostic, Exit::NothingToRun, console);
    }
    match args.format {
        CheckFormat::Json => {
            for row in &report.rows {
                let line = serde_json::to_string(&json::line(&report.path, row)).expect("JSON of plain data");
                console.line(&line);
            }
        }
        CheckFormat::Text => text(object, report, console),
        // One document for all objects, at the end.
        CheckFormat::Junit | CheckFormat::Sarif => {}
    }
    if report.sound() { Exit::Success } else { Exit::Failed }
}

/// Refusals first, the table last: it is what stays on the screen.
fn text(object: &Object, report: &Report, console: &mut Console) {
    for rows in report.programs() {
        let Some(program) = object.program(&rows[0].program) else { continue };
        for group in compare::groups(rows) {
            let text = draw::refusal(&report.path, program, rows, &group, console.style());
            console.out(&text);
        }
        unknown(rows, console);
    }
    let text = table::table(report, &|verdict, word| paint(verdict, word, console));
    console.out(&text);
}

fn paint(verdict: &Verdict, word: &str, console: &Console) -> String {
    let colour = match verdict {
        Verdict::Accept => GREEN,
        Verdict::Reject(_) => RED,
        Verdict::Unknown { .. } => YELLOW,
    };
    console.paint(colour, word)
}

/// What nobody knows, each reason once.
fn unknown(rows: &[Row], console: &mut Console) {
    let mut said: Vec<(&str, Vec<Kernel>)> = Vec::new();
    for row in rows {
        let Verdict::Unknown { reason } = &row.verdict else { continue };
        match said.iter_mut().find(|(known, _)| known == reason) {
            Some((_, kernels)) => kernels.push(row.kernel),
            None => said.push((reason, vec![row.kernel])),
        }
    }
    for (reason, kernels) in said {
        let message =
            format!("`{}` cannot be judged for {}: {reason}", rows[0].program, compare::names(&kernels));
        console.difference(&Diagnostic::warning(UNDECIDED, message));
    }
}

/// What is told of all objects together.
fn end(told: &Told, args: &CheckArgs, console: &mut Console) {
    let reports: Vec<&Report> = told.reports.iter().collect();
    match args.format {
        CheckFormat::Junit => console.out(&junit::write(&reports, &told.problems)),
        CheckFormat::Sarif => {
            console.out(&sarif::write(&reports, &told.problems, std::env::current_dir().ok().as_deref()));
        }
        CheckFormat::Text if reports.iter().any(|report| !report.rows.is_empty()) => {
            console.line(&format!("\n{}", table::summary(&reports)));
        }
        CheckFormat::Text | CheckFormat::Json => {}
    }
}
