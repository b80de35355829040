//! Comparing answers, and counting by kernel and map type.

use std::collections::BTreeMap;
use std::fmt::Write;

use maps::rules::MapKernel;

use crate::known;
use crate::record::Row;

/// What the simulator says to one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Answer(String),
    /// It does not know, and says so.
    NotModelled(String),
    /// Not asked: a map that the operation needs is not modelled, or the operation cannot be put to it.
    NotAsked,
}

#[derive(Clone, Copy, Default)]
struct Count {
    agree: usize,
    known: usize,
    not_modelled: usize,
    not_asked: usize,
    differ: usize,
}

/// Counts, and the rows that differ without a reason.
#[derive(Default)]
pub struct Tally {
    counts: BTreeMap<(&'static str, String), Count>,
    differ: Vec<String>,
    used: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// One row about `what` (a map type) on `kernel`, in the section called `title`.
    pub fn add(&mut self, kernel: MapKernel, what: &str, title: &str, row: &Row<'_>, said: &Said) {
        let count = self.counts.entry((kernel.name(), what.to_string())).or_default();
        let want = row.answer(kernel);
        match said {
            Said::Answer(answer) if answer == want => count.agree += 1,
            Said::NotModelled(_) => count.not_modelled += 1,
            Said::NotAsked => count.not_asked += 1,
            Said::Answer(answer) => match known::reason(kernel, what, title, row.operation, want, answer) {
                Some(reason) => {
                    count.known += 1;
                    *self.used.entry(reason).or_default() += 1;
                }
                None => {
                    count.differ += 1;
                    let name = kernel.name();
                    self.differ.push(format!(
                        "{}: {name} [{title}] `{}`: kernel {want}, here {answer}",
                        row.line, row.operation
                    ));
                }
            },
        }
    }

    /// A table: kernel, type, rows that agree, known differences, not modelled, not asked, differ.
    pub fn table(&self) -> String {
        let mut out = String::from("kernel  type                    agree  known  n.mod. n.asked  differ\n");
        for ((kernel, name), c) in &self.counts {
            writeln!(
                out,
                "{kernel:7} {name:22} {:6} {:6} {:7} {:7} {:7}",
                c.agree, c.known, c.not_modelled, c.not_asked, c.differ
            )
            .expect("writing to a string");
        }
        for (reason, times) in &self.used {
            writeln!(out, "known ({times}): {reason}").expect("writing to a string");
        }
        out
    }

    /// Prints the table and fails if a row differs.
    pub fn judge(&self, name: &str, expected_rows: usize) {
        println!("{}", self.table());
        let all: usize =
            self.counts.values().map(|c| c.agree + c.known + c.not_modelled + c.not_asked + c.differ).sum();
        assert_eq!(all, expected_rows, "{name}: rows were lost");
        let shown = std::env::var("SLEEPABLE_SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
        assert!(
            self.differ.is_empty(),
            "{name}: {} of {all} answers differ\n{}",
            self.differ.len(),
            self.differ.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join("\n")
        );
    }
}
