//! What is wrong with what the user gave, found while the kernel is built. Key type: [`Problems`].

use std::sync::Arc;

use crate::diag::catalogue::{self, input::OUT_OF_RANGE};
use crate::diag::{Diagnostic, Source};
use crate::file::Span;

/// Collects diagnostics about one scenario.
pub(super) struct Problems {
    source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Problems {
    pub(super) fn new(source: &Arc<Source>) -> Problems {
        Problems { source: Arc::clone(source), found: Vec::new() }
    }

    /// An error at a place of the scenario.
    pub(super) fn at(&mut self, code: &'static str, span: &Span, message: impl Into<String>, label: &str) {
        self.add(Diagnostic::error(code, message).label(span, label));
    }

    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic.in_source(&self.source));
    }

    /// A value, or the diagnostic for an error text that begins with its code (`E0013: …`).
    pub(super) fn checked<T>(&mut self, result: Result<T, String>, span: &Span) -> Option<T> {
        result.map_err(|text| self.text(&text, span)).ok()
    }

    fn text(&mut self, text: &str, span: &Span) {
        let (code, sentence) = text.split_once(": ").unwrap_or(("", text));
        let code = catalogue::intern(code).unwrap_or(OUT_OF_RANGE);
        self.at(code, span, sentence, "here");
    }

    /// The end of a stage: goes on only if nothing is wrong.
    pub(super) fn finish(&mut self) -> Result<(), Vec<Diagnostic>> {
        if self.found.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.found)) }
    }
}
