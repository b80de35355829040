//! Inline programs: assembled, and made into objects of their own that share the scenario's maps.

use std::sync::Arc;

use programs::btf::TypeId;
use programs::isa::{self, AsmError, Assembly};
use programs::object::{KfuncRef, LineInfo, MapSpec, Object, ProgramSpec, Subprog};

use super::maps::declared;
use super::objects::ObjectEntry;
use super::problem::Problems;
use crate::diag::catalogue::input::ASSEMBLY;
use crate::diag::{Diagnostic, Source};
use crate::file::{Program, Sp, Span};
use crate::run::Job;

/// Adds an object that declares the scenario's own maps, and one per inline program that uses them.
pub(super) fn add(job: &Job<'_>, objects: &mut Vec<ObjectEntry>, problems: &mut Problems) {
    let maps = declared(job.scenario, problems);
    let names: Vec<String> = maps.iter().map(|map| map.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut inline = vec![ObjectEntry::new("", object("", maps.clone(), Vec::new()))];
    for (index, program) in job.scenario.programs.iter().enumerate() {
        let Some(text) = &program.asm else { continue };
        let place = TextPlace::of(job.source, text);
        match isa::assemble(&text.value, &names) {
            Ok(assembly) => {
                let spec = spec(program, assembly, &place, &text.value);
                let object = object(&program.license, maps.clone(), vec![spec]);
                inline.push(ObjectEntry { inline: Some(index), ..ObjectEntry::new("", object) });
            }
            Err(errors) => errors.iter().for_each(|error| problems.add(diagnostic(error, &place))),
        }
    }
    // Without maps and programs nothing would refer to it.
    if !maps.is_empty() || inline.len() > 1 {
        objects.extend(inline);
    }
}

fn object(license: &str, maps: Vec<MapSpec>, programs: Vec<ProgramSpec>) -> Object {
    Object {
        name: "inline".to_owned(),
        license: license.to_owned(),
        version: None,
        programs,
        maps,
        kconfig: Vec::new(),
        btf: None,
        struct_ops: Vec::new(),
        skipped: Vec::new(),
    }
}

fn spec(program: &Sp<Program>, assembly: Assembly, place: &TextPlace<'_>, text: &str) -> ProgramSpec {
    let kfunc = |name: String| KfuncRef { name, weak: false, func: TypeId::VOID };
    let functions = assembly.functions.iter().enumerate();
    ProgramSpec {
        name: program.label().map_or("inline".to_owned(), |label| label.value.clone()),
        section: program.attach.as_slice().first().map_or(String::new(), |section| section.value.clone()),
        subprogs: functions
            .map(|(nr, f)| Subprog {
                name: f.name.clone(),
                start: f.start,
                len: f.len,
                global: nr == 0,
                func: None,
            })
            .collect(),
        exception_callback: Default::default(),
        kfuncs: assembly.kfuncs.into_iter().map(kfunc).collect(),
        ksyms: Vec::new(),
        core: Vec::new(),
        lines: assembly.spans.iter().enumerate().map(|(insn, span)| place.line(insn, span, text)).collect(),
        insns: assembly.insns,
    }
}

fn diagnostic(error: &AsmError, place: &TextPlace<'_>) -> Diagnostic {
    let label =
        if error.expected.is_empty() { "here".to_owned() } else { format!("expected {}", error.expected) };
    let diagnostic =
        Diagnostic::error(ASSEMBLY, error.message.clone()).label(&place.span(&error.span), label);
    diagnostic.maybe_help(error.help.clone())
}

/// Where a program's text stands in the scenario file.
struct TextPlace<'a> {
    source: &'a Arc<Source>,
    /// The whole TOML string.
    whole: Span,
    /// Where the text itself begins; `None` when escapes make the two differ.
    start: Option<usize>,
}

impl<'a> TextPlace<'a> {
    fn of(source: &'a Arc<Source>, text: &Sp<String>) -> TextPlace<'a> {
        let raw = source.text.get(text.span.clone()).unwrap_or_default();
        let start = raw.find(text.value.as_str()).map(|at| text.span.start + at);
        TextPlace { source, whole: text.span.clone(), start }
    }

    fn span(&self, inside: &Span) -> Span {
        match self.start {
            Some(start) => start + inside.start..start + inside.end,
            None => self.whole.clone(),
        }
    }

    fn line(&self, insn: usize, inside: &Span, text: &str) -> LineInfo {
        let (line, column) = self.source.line_column(self.span(inside).start);
        LineInfo {
            insn,
            file: self.source.path.as_str().into(),
            line: line as u32,
            col: column as u32,
            text: text.get(inside.clone()).unwrap_or_default().into(),
        }
    }
}
