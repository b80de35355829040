//! Objects without a file: programs and maps described in a scenario or a test.
//!
//! Line information points into the assembly text: "file" is the program's name, so findings show the line that was written.
//! Neighbours: `isa::asm` assembles, `object` defines the types, `load` loads the result like any other object.

use crate::btf::TypeId;
use crate::isa::Assembly;
use crate::object::{KfuncRef, LineInfo, MapSpec, Object, ProgramSpec, Subprog};

/// Longest source line kept, as from an object file.
const MAX_LINE_BYTES: usize = 256;

/// A program assembled from `text`.
pub fn inline_program(name: &str, section: &str, text: &str, assembly: &Assembly) -> ProgramSpec {
    let subprog = |(index, function): (usize, &crate::isa::asm::Function)| Subprog {
        name: if index == 0 { name.to_string() } else { function.name.clone() },
        start: function.start,
        len: function.len,
        global: false,
        func: None,
    };
    let kfunc = |name: &String| KfuncRef { name: name.clone(), weak: false, func: TypeId::VOID };
    ProgramSpec {
        name: name.to_string(),
        section: section.to_string(),
        insns: assembly.insns.clone(),
        subprogs: assembly.functions.iter().enumerate().map(subprog).collect(),
        exception_callback: Default::default(),
        kfuncs: assembly.kfuncs.iter().map(kfunc).collect(),
        ksyms: Vec::new(),
        core: Vec::new(),
        lines: lines(name, text, assembly),
    }
}

fn lines(name: &str, text: &str, assembly: &Assembly) -> Vec<LineInfo> {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let info = |(insn, span): (usize, &std::ops::Range<usize>)| {
        let line = starts.partition_point(|start| *start <= span.start);
        let start = starts[line - 1];
        let content = text[start..].lines().next().unwrap_or("");
        let end = (0..=content.len().min(MAX_LINE_BYTES)).rev().find(|at| content.is_char_boundary(*at));
        LineInfo {
            insn,
            file: name.into(),
            line: line as u32,
            col: (span.start - start) as u32 + 1,
            text: content[..end.unwrap_or(0)].into(),
        }
    };
    assembly.spans.iter().enumerate().map(info).collect()
}

/// A map of root's without BTF.
pub fn inline_map(name: &str, map_type: u32, key_size: u32, value_size: u32, max_entries: u32) -> MapSpec {
    MapSpec { map_type, key_size, value_size, max_entries, ..MapSpec::blank(name) }
}

/// An object of such programs and maps; the maps' order is what `map[...]` in the assembly meant.
pub fn inline_object(name: &str, license: &str, programs: Vec<ProgramSpec>, maps: Vec<MapSpec>) -> Object {
    Object {
        name: name.to_string(),
        license: license.to_string(),
        version: None,
        programs,
        maps,
        kconfig: Vec::new(),
        btf: None,
        struct_ops: Vec::new(),
        skipped: Vec::new(),
    }
}
