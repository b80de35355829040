//! Checks of programs and maps.

use super::Checker;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{CONFLICT, DANGLING, MAP, MISSING_KEY};
use crate::diag::suggest;
use crate::file::model::{MapDecl, Program};
use crate::file::span::Sp;

/// Map types of the kernel by their names without `BPF_MAP_TYPE_` (`include/uapi/linux/bpf.h`, `enum bpf_map_type`), with
/// the number a map has in `bpf(2)`.
pub const MAP_TYPES: &[(&str, u32)] = &[
    ("hash", 1),
    ("array", 2),
    ("prog_array", 3),
    ("perf_event_array", 4),
    ("percpu_hash", 5),
    ("percpu_array", 6),
    ("lru_hash", 9),
    ("lru_percpu_hash", 10),
    ("lpm_trie", 11),
    ("array_of_maps", 12),
    ("hash_of_maps", 13),
    ("queue", 22),
    ("stack", 23),
    ("ringbuf", 27),
    ("task_storage", 29),
];

/// Creation flags by their names without `BPF_F_`.
pub const MAP_FLAGS: &[(&str, u32)] = &[
    ("no_prealloc", 1),
    ("no_common_lru", 2),
    ("rdonly", 8),
    ("wronly", 16),
    ("zero_seed", 64),
    ("rdonly_prog", 128),
    ("wronly_prog", 256),
];

impl Checker<'_> {
    pub(super) fn programs(&mut self) {
        let scenario = self.scenario;
        let named = scenario.programs.iter().filter_map(|program| program.label());
        self.unique("program", named.chain(scenario.natives.iter().map(|native| &native.name)));
        for program in &scenario.programs {
            self.program(program);
        }
    }

    fn program(&mut self, program: &Sp<Program>) {
        match (&program.object, &program.asm) {
            (None, None) => {
                let diagnostic = Diagnostic::error(MISSING_KEY, "a program needs `object` or `asm`")
                    .label(&program.span, "has neither")
                    .help("object = \"file.bpf.o\", or asm = ''' … '''");
                self.report(diagnostic);
            }
            (Some(object), Some(asm)) => {
                let diagnostic = Diagnostic::error(CONFLICT, "a program has either `object` or `asm`")
                    .label(&asm.span, "inline instructions")
                    .secondary(&object.span, "and an object");
                self.report(diagnostic);
            }
            (None, Some(_)) => self.inline_program(program),
            (Some(_), None) => {}
        }
        if let (Some(function), Some(section)) = (&program.function, &program.section) {
            let diagnostic = Diagnostic::error(CONFLICT, "`function` and `section` both choose the program")
                .label(&section.span, "remove this")
                .secondary(&function.span, "already chosen by its function");
            self.report(diagnostic);
        }
        if let Some(task) = &program.task {
            self.has_task(task);
        }
    }

    fn inline_program(&mut self, program: &Sp<Program>) {
        if let Some(key) = program.function.as_ref().or(program.section.as_ref()) {
            self.error(
                CONFLICT,
                "`function` and `section` belong to an object",
                &key.span,
                "this program is inline",
            );
        }
        let missing = [("name", program.name.is_none()), ("attach", program.attach.as_slice().is_empty())];
        for (key, _) in missing.into_iter().filter(|(_, missing)| *missing) {
            self.error(
                MISSING_KEY,
                format!("an inline program needs `{key}`"),
                &program.span,
                "in this program",
            );
        }
    }

    pub(super) fn maps(&mut self) {
        let scenario = self.scenario;
        self.unique("map", scenario.maps.iter().filter(|map| map.object.is_none()).map(|map| &map.name));
        for map in &scenario.maps {
            self.map(map);
        }
    }

    fn map(&mut self, map: &Sp<MapDecl>) {
        match &map.map_type {
            Some(kind) if !MAP_TYPES.iter().any(|(name, _)| *name == kind.value) => {
                self.unknown(MAP, "map type", kind, MAP_TYPES.iter().map(|(name, _)| *name));
            }
            None if !self.scenario.programs.iter().any(|program| program.object.is_some()) => {
                let diagnostic =
                    Diagnostic::error(MISSING_KEY, format!("the map `{}` needs a `type`", map.name.value))
                        .label(&map.name.span, "no object of this scenario could define it");
                self.report(diagnostic);
            }
            _ => {}
        }
        if let Some(object) = &map.object {
            let known = self.scenario.programs.iter().filter_map(|p| p.object.as_ref().map(|o| o.as_str()));
            let known: Vec<&str> = known.collect();
            if !known.contains(&object.value.as_str()) {
                self.unknown(DANGLING, "object", object, known);
            }
        }
        for flag in map.flags.as_slice() {
            if !MAP_FLAGS.iter().any(|(name, _)| *name == flag.value) {
                let hint = suggest::hint(flag, MAP_FLAGS.iter().map(|(name, _)| *name));
                let message = format!("there is no map flag `{}`", flag.value);
                self.report(Diagnostic::error(MAP, message).label(&flag.span, "unknown").maybe_help(hint));
            }
        }
        // Sizes default to those of a plain array or hash; an object's own sizes are known when it is read.
        let size = |given: &Option<Sp<u32>>, default: usize| {
            map.map_type.as_ref().map(|_| given.as_ref().map_or(default, |size| size.value as usize))
        };
        let (key_size, value_size) = (size(&map.key_size, 4), size(&map.value_size, 8));
        for entry in &map.entries {
            self.data(&entry.key, key_size, None);
            self.data(&entry.value.value, value_size, None);
            if let Some(cpu) = &entry.cpu {
                self.cpu(cpu);
            }
        }
    }
}
