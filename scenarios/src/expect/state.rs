//! Judging what is left at the end: maps, ring buffers, global variables, printed lines.

use super::{Judge, show_bytes};
use crate::diag::Diagnostic;
use crate::diag::catalogue::mismatch::{GLOBAL_VALUE, MAP_CONTENTS, PRINTK};
use crate::file::{Data, EntryExpect, MapExpect, Sp, Span};
use crate::result::MapResult;

impl Judge<'_> {
    pub(super) fn maps(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        for expect in &scenario.expect.maps {
            if !self.applies(&expect.kernel) {
                continue;
            }
            match result.maps.iter().find(|map| map.name == expect.name.value) {
                Some(map) => self.map(expect, map),
                None => {
                    let known: Vec<&str> = result.maps.iter().map(|map| map.name.as_str()).collect();
                    self.took_no_part("map", &expect.name, &known);
                }
            }
        }
    }

    fn map(&mut self, expect: &Sp<MapExpect>, map: &MapResult) {
        self.count(expect.len.as_ref(), format!("elements of `{}`", map.name), map.entries.len() as u64);
        for entry in &expect.entries {
            self.entry(entry, map);
        }
        if let Some(records) = &expect.records {
            self.records(records, map);
        }
    }

    fn encode(&self, data: &Sp<Data>, width: Option<usize>) -> Result<Vec<u8>, Diagnostic> {
        let wrong = |message: String| {
            let text = message.split_once(": ").map_or(message.as_str(), |(_, text)| text).to_owned();
            Diagnostic::error(MAP_CONTENTS, text).label(&data.span, "cannot be compared")
        };
        data.encode(width, &self.layout.names(None)).map_err(wrong)
    }

    fn entry(&mut self, expect: &Sp<EntryExpect>, map: &MapResult) {
        let key = match self.encode(&expect.key, Some(map.key_size)) {
            Ok(key) => key,
            Err(diagnostic) => return self.differ(diagnostic),
        };
        let found = map.entries.iter().find(|(k, _)| *k == key).map(|(_, values)| values);
        match (found, expect.absent) {
            (None, true) => {}
            (Some(_), true) => {
                let message = format!("`{}` has the element {}", map.name, show_bytes(&key));
                self.differ(
                    Diagnostic::error(MAP_CONTENTS, message).label(&expect.key.span, "expected to be absent"),
                );
            }
            (None, false) => {
                let keys: Vec<String> = map.entries.iter().take(8).map(|(k, _)| show_bytes(k)).collect();
                let message = format!("`{}` has no element {}", map.name, show_bytes(&key));
                let diagnostic =
                    Diagnostic::error(MAP_CONTENTS, message).label(&expect.key.span, "expected this key");
                let has = if keys.is_empty() {
                    "the map is empty".to_owned()
                } else {
                    format!("it has {}", keys.join("; "))
                };
                self.differ(diagnostic.note(has));
            }
            (Some(values), false) => self.value(expect, map, values),
        }
    }

    fn value(&mut self, expect: &Sp<EntryExpect>, map: &MapResult, values: &[Vec<u8>]) {
        let Some(data) = &expect.value.value else { return };
        let offset = expect.offset.as_ref().map_or(0, |offset| offset.value as usize);
        // Without an offset the whole value is compared; with one, as much as is given.
        let width = expect.offset.is_none().then_some(map.value_size);
        let wanted = match self.encode(data, width) {
            Ok(bytes) => bytes,
            Err(diagnostic) => return self.differ(diagnostic),
        };
        for (cpu, value) in values.iter().enumerate() {
            if expect.cpu.as_ref().is_some_and(|only| only.value as usize != cpu) {
                continue;
            }
            let part = value.get(offset..offset + wanted.len()).unwrap_or(&[]);
            if part != wanted {
                let of_cpu = if values.len() > 1 { format!(" on CPU {cpu}") } else { String::new() };
                let message = format!("`{}` contains {}{of_cpu}", map.name, show_bytes(part));
                let label = format!("expected {}", show_bytes(&wanted));
                self.differ(Diagnostic::error(MAP_CONTENTS, message).label(&data.span, label));
            }
        }
    }

    fn records(&mut self, expected: &Sp<Vec<Sp<Data>>>, map: &MapResult) {
        if expected.len() != map.records.len() {
            let message = format!("`{}` has {} records", map.name, map.records.len());
            let label = format!("expected {}", expected.len());
            let diagnostic = Diagnostic::error(MAP_CONTENTS, message).label(&expected.span, label);
            let records = map.records.iter().take(8).map(|r| show_bytes(r)).collect::<Vec<_>>();
            self.differ(records.iter().fold(diagnostic, |d, record| d.note(format!("record: {record}"))));
        }
        for (at, (data, found)) in expected.iter().zip(&map.records).enumerate() {
            match self.encode(data, Some(found.len())) {
                Ok(wanted) if wanted == *found => {}
                Ok(wanted) => {
                    let message = format!("record {} of `{}` is {}", at + 1, map.name, show_bytes(found));
                    let label = format!("expected {}", show_bytes(&wanted));
                    self.differ(Diagnostic::error(MAP_CONTENTS, message).label(&data.span, label));
                }
                Err(diagnostic) => self.differ(diagnostic),
            }
        }
    }

    pub(super) fn globals(&mut self) {
        let expect = &self.scenario.expect;
        for (key, data) in &expect.globals {
            self.global(key, &data.span, data);
        }
        for global in
            expect.some_globals.iter().filter(|global| self.applies(&global.kernel)).collect::<Vec<_>>()
        {
            self.global(&global.name, &global.name.span, &global.value.value);
        }
    }

    /// One variable, `object:name` or just `name`.
    fn global(&mut self, key: &str, span: &Span, data: &Sp<Data>) {
        let result = self.result;
        let (object, name) = key.split_once(':').map_or((None, key), |(object, name)| (Some(object), name));
        let matching =
            |g: &&crate::result::GlobalResult| g.name == name && object.is_none_or(|o| o == g.object);
        let Some(global) = result.globals.iter().find(matching) else {
            let known: Vec<&str> = result.globals.iter().map(|g| g.name.as_str()).collect();
            return self.took_no_part("the global variable", &Sp::new(key.to_owned(), span.clone()), &known);
        };
        match self.encode(data, Some(global.bytes.len())) {
            Ok(wanted) if wanted == global.bytes => {}
            Ok(wanted) => {
                let message = format!("global variable `{key}` is {}", show_bytes(&global.bytes));
                let label = format!("expected {}", show_bytes(&wanted));
                self.differ(Diagnostic::error(GLOBAL_VALUE, message).label(&data.span, label));
            }
            Err(diagnostic) => self.differ(diagnostic),
        }
    }

    pub(super) fn printk(&mut self) {
        let Some(expected) = &self.scenario.expect.printk else { return };
        let found = &self.result.printk;
        let first = (0..expected.len().max(found.len()))
            .find(|at| expected.get(*at).map(|line| line.as_str()) != found.get(*at).map(String::as_str));
        let Some(at) = first else { return };
        let diagnostic = match (expected.get(at), found.get(at)) {
            (Some(wanted), Some(line)) => {
                Diagnostic::error(PRINTK, format!("line {} printed is {line:?}", at + 1))
                    .label(&wanted.span, "expected this line")
            }
            (Some(wanted), None) => Diagnostic::error(PRINTK, format!("only {at} lines were printed"))
                .label(&wanted.span, "expected this line"),
            _ => Diagnostic::error(PRINTK, format!("{} lines were printed", found.len()))
                .label(&expected.span, format!("expected {}", expected.len()))
                .note(format!("the first one too many: {:?}", found[at])),
        };
        self.differ(diagnostic);
    }
}
