//! Checks of programs and maps.

use ::maps::consts;

use super::Checker;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{CONFLICT, DANGLING, MAP, MISSING_KEY};
use crate::diag::suggest;
use crate::file::model::{MapDecl, Program};
use crate::file::span::Sp;

/// Creation flags by their names without `BPF_F_`.
pub const MAP_FLAGS: &[(&str, u32)] = &[
    ("no_prealloc", consts::BPF_F_NO_PREALLOC),
    ("no_common_lru", consts::BPF_F_NO_COMMON_LRU),
    ("numa_node", consts::BPF_F_NUMA_NODE),
    ("rdonly", consts::BPF_F_RDONLY),
    ("wronly", consts::BPF_F_WRONLY),
    ("stack_build_id", consts::BPF_F_STACK_BUILD_ID),
    ("zero_seed", consts::BPF_F_ZERO_SEED),
    ("rdonly_prog", consts::BPF_F_RDONLY_PROG),
    ("wronly_prog", consts::BPF_F_WRONLY_PROG),
    ("clone", consts::BPF_F_CLONE),
    ("mmapable", consts::BPF_F_MMAPABLE),
    ("preserve_elems", consts::BPF_F_PRESERVE_ELEMS),
    ("inner_map", consts::BPF_F_INNER_MAP),
    ("rb_overwrite", consts::BPF_F_RB_OVERWRITE),
];

/// Key and value size in bytes of a map that gives none: 4 and 8, and 0 where the type has no keys or no values.
pub fn default_sizes(map_type: u32) -> (u32, u32) {
    match map_type {
        consts::BPF_MAP_TYPE_RINGBUF | consts::BPF_MAP_TYPE_USER_RINGBUF | consts::BPF_MAP_TYPE_ARENA => {
            (0, 0)
        }
        consts::BPF_MAP_TYPE_QUEUE | consts::BPF_MAP_TYPE_STACK | consts::BPF_MAP_TYPE_BLOOM_FILTER => (0, 8),
        _ => (4, 8),
    }
}

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

    fn map_type(&mut self, kind: &Sp<String>) {
        match consts::map_type_by_name(&kind.value) {
            None | Some(consts::BPF_MAP_TYPE_UNSPEC) => {
                let known: Vec<String> =
                    consts::MAP_TYPE_NAMES[1..].iter().map(|name| name.to_ascii_lowercase()).collect();
                self.unknown(MAP, "map type", kind, known.iter().map(String::as_str));
            }
            Some(consts::BPF_MAP_TYPE_ARRAY_OF_MAPS | consts::BPF_MAP_TYPE_HASH_OF_MAPS) => {
                let message = format!("a scenario cannot say what the maps in `{}` are like", kind.value);
                let diagnostic = Diagnostic::error(MAP, message)
                    .label(&kind.span, "needs an inner map")
                    .help("declare it in an object, with `__array(values, ...)`");
                self.report(diagnostic);
            }
            Some(_) => {}
        }
    }

    /// A table either makes a map or speaks of an object's.
    fn definition_of_objects_map(&mut self, map: &MapDecl, object: &Sp<String>) {
        let kind = map.map_type.as_ref().map(|kind| ("type", &kind.span));
        let sizes =
            [("key_size", &map.key_size), ("value_size", &map.value_size), ("max_entries", &map.max_entries)];
        let sizes = sizes.into_iter().filter_map(|(key, size)| Some((key, &size.as_ref()?.span)));
        let flags = map.flags.as_slice().first().map(|flag| ("flags", &flag.span));
        if let Some((key, span)) = kind.into_iter().chain(sizes).chain(flags).next() {
            let diagnostic = Diagnostic::error(CONFLICT, format!("`object` and `{key}` exclude each other"))
                .label(span, "the object defines this")
                .secondary(&object.span, "a map of this object");
            self.report(diagnostic);
        }
    }

    fn map(&mut self, map: &Sp<MapDecl>) {
        match &map.map_type {
            Some(kind) => self.map_type(kind),
            None if !self.scenario.programs.iter().any(|program| program.object.is_some()) => {
                let diagnostic =
                    Diagnostic::error(MISSING_KEY, format!("the map `{}` needs a `type`", map.name.value))
                        .label(&map.name.span, "no object of this scenario could define it");
                self.report(diagnostic);
            }
            _ => {}
        }
        if let Some(object) = &map.object {
            self.definition_of_objects_map(map, object);
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
        let (key_size, value_size) = map_sizes(map);
        for entry in &map.entries {
            self.data(&entry.key, key_size, None);
            self.data(&entry.value.value, value_size, None);
            if let Some(cpu) = &entry.cpu {
                self.cpu(cpu);
            }
        }
    }
}

/// Sizes that the scenario itself says; an object's own sizes are known when it is read.
pub(super) fn map_sizes(map: &MapDecl) -> (Option<usize>, Option<usize>) {
    let Some(kind) = &map.map_type else { return (None, None) };
    let (key, value) = default_sizes(consts::map_type_by_name(&kind.value).unwrap_or_default());
    let or = |given: &Option<Sp<u32>>, default| Some(given.as_ref().map_or(default, |s| s.value) as usize);
    (or(&map.key_size, key), or(&map.value_size, value))
}
