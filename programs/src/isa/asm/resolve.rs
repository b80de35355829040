//! Names to numbers: labels, subprograms, helpers, kernel functions and maps; then the slots.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use super::parser::{Draft, Statement, Symbol, Use, too_far};
use super::{AsmError, Assembly, Function};
use crate::isa::op::{Callee, Imm64, Op};
use crate::isa::{HELPER_NAMES, encode, helper_id};

struct Label {
    slot: usize,
    span: Range<usize>,
    function: bool,
}

/// All statements of a text on their way to slots.
pub(super) struct Resolver<'a> {
    maps: &'a [&'a str],
    labels: BTreeMap<String, Label>,
    drafts: Vec<(usize, Draft)>,
    kfuncs: Vec<String>,
    slots: usize,
    errors: Vec<AsmError>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(maps: &'a [&'a str]) -> Self {
        Resolver {
            maps,
            labels: BTreeMap::new(),
            drafts: Vec::new(),
            kfuncs: Vec::new(),
            slots: 0,
            errors: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, statement: Statement) {
        match statement {
            Statement::Insn(draft) => {
                let slots = draft.op.slots();
                self.drafts.push((self.slots, draft));
                self.slots += slots;
            }
            Statement::Label { name, span, function } => {
                let label = Label { slot: self.slots, span: span.clone(), function };
                match self.labels.entry(name) {
                    Entry::Vacant(entry) => {
                        entry.insert(label);
                    }
                    Entry::Occupied(entry) => {
                        let message = format!("label `{}` is defined twice", entry.key());
                        self.errors.push(AsmError::new(span, message).expected("a new name"));
                    }
                }
            }
        }
    }

    pub(super) fn error(&mut self, error: AsmError) {
        self.errors.push(error);
    }

    pub(super) fn finish(mut self) -> Result<Assembly, Vec<AsmError>> {
        self.mark_functions();
        let (mut insns, mut spans) = (Vec::with_capacity(self.slots), Vec::with_capacity(self.slots));
        for (slot, draft) in std::mem::take(&mut self.drafts) {
            match self.complete(slot, draft.op, draft.symbol) {
                Ok(op) => encode(&op, &mut insns),
                Err(error) => self.errors.push(error),
            }
            spans.extend(std::iter::repeat_n(draft.span, draft.op.slots()));
        }
        self.check_labels_are_inside();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let functions = self.functions();
        Ok(Assembly { insns, spans, functions, kfuncs: self.kfuncs })
    }

    /// A label that is called, or whose address is taken, starts a function.
    fn mark_functions(&mut self) {
        for (_, draft) in &self.drafts {
            if let Some(Symbol { name, usage: Use::Call | Use::Func, .. }) = &draft.symbol
                && let Some(label) = self.labels.get_mut(name)
            {
                label.function = true;
            }
        }
    }

    fn check_labels_are_inside(&mut self) {
        let end = self.slots;
        let dangling = self.labels.values().filter(|label| label.slot >= end);
        self.errors.extend(dangling.map(|label| {
            AsmError::new(label.span.clone(), "no instruction follows this label")
                .expected("an instruction after the label")
        }));
    }

    fn functions(&self) -> Vec<Function> {
        let mut starts: BTreeMap<usize, &str> = BTreeMap::from([(0, "main")]);
        starts
            .extend(self.labels.iter().filter(|(_, l)| l.function).map(|(name, l)| (l.slot, name.as_str())));
        let ends: Vec<usize> = starts.keys().copied().skip(1).chain([self.slots]).collect();
        let function = |((start, name), end): ((&usize, &&str), usize)| Function {
            name: (*name).to_owned(),
            start: *start,
            len: end - *start,
        };
        starts.iter().zip(ends).map(function).collect()
    }

    fn complete(&mut self, slot: usize, op: Op, symbol: Option<Symbol>) -> Result<Op, AsmError> {
        let Some(symbol) = symbol else { return Ok(op) };
        match (symbol.usage, op) {
            (Use::Jump, op) => {
                let delta = self.distance(slot, &symbol)?;
                op.with_jump_delta(delta).ok_or_else(|| too_far(symbol.span))
            }
            (Use::Kfunc, _) => Ok(Op::Call(Callee::Kfunc { id: self.kfunc(symbol.name), module: 0 })),
            (Use::Call, _) => self.callee(slot, &symbol).map(Op::Call),
            (Use::Func, Op::LoadImm64 { dst, .. }) => {
                Ok(Op::LoadImm64 { dst, imm: Imm64::Func(self.distance(slot, &symbol)?) })
            }
            (Use::Map, Op::LoadImm64 { dst, imm }) => {
                let map = self.map(&symbol)?;
                let imm = match imm {
                    Imm64::MapValue { offset, .. } => Imm64::MapValue { map, offset },
                    _ => Imm64::Map(map),
                };
                Ok(Op::LoadImm64 { dst, imm })
            }
            (usage, op) => unreachable!("{usage:?} in {op:?}"),
        }
    }

    fn distance(&self, slot: usize, symbol: &Symbol) -> Result<i32, AsmError> {
        let label = self.labels.get(&symbol.name).ok_or_else(|| {
            let known = self.labels.keys().map(String::as_str);
            unknown(symbol, "label", "a label of this program", known)
        })?;
        Ok(label.slot as i32 - (slot as i32 + 1))
    }

    fn callee(&self, slot: usize, symbol: &Symbol) -> Result<Callee, AsmError> {
        if self.labels.contains_key(&symbol.name) {
            return self.distance(slot, symbol).map(Callee::Subprog);
        }
        helper_id(&symbol.name).map(Callee::Helper).ok_or_else(|| {
            let known = self.labels.keys().map(String::as_str).chain(HELPER_NAMES.iter().copied());
            let error = unknown(symbol, "function", "a subprogram's label or a helper", known);
            if error.help.is_some() {
                return error;
            }
            error.help(format!("a kernel function is called with `call kfunc {}`", symbol.name))
        })
    }

    fn kfunc(&mut self, name: String) -> i32 {
        let index = self.kfuncs.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.kfuncs.push(name);
            self.kfuncs.len() - 1
        });
        index as i32
    }

    fn map(&self, symbol: &Symbol) -> Result<i32, AsmError> {
        let found = self.maps.iter().position(|name| *name == symbol.name);
        found
            .map(|index| index as i32)
            .ok_or_else(|| unknown(symbol, "map", "a declared map", self.maps.iter().copied()))
    }
}

fn unknown<'n>(
    symbol: &Symbol,
    kind: &str,
    expected: &str,
    known: impl Iterator<Item = &'n str>,
) -> AsmError {
    let error =
        AsmError::new(symbol.span.clone(), format!("unknown {kind} `{}`", symbol.name)).expected(expected);
    let close = known.map(|name| (edit_distance(name, &symbol.name), name)).min();
    match close {
        Some((distance, name)) if distance <= 2 + symbol.name.len() / 8 => {
            error.help(format!("did you mean `{name}`?"))
        }
        _ => error,
    }
}

/// Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let cost = if ca == *cb { diagonal } else { 1 + diagonal.min(row[j]).min(row[j + 1]) };
            diagonal = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[b.len()]
}
