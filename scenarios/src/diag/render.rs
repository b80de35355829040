//! Draws diagnostics in rustc's look (crate `annotate-snippets`).

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};

/// How diagnostics are drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// Columns that source lines may use; long lines are cut around what is pointed at. `None`: as many as rustc takes.
    pub width: Option<usize>,
}

impl Style {
    /// What draws.
    pub fn renderer(self) -> Renderer {
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        match self.width {
            Some(width) => renderer.term_width(width),
            None => renderer,
        }
    }
}

/// The text of one diagnostic, with an empty line at the end.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    group = match (snippet(diagnostic), place_only(diagnostic)) {
        (Some(snippet), _) => group.element(snippet),
        (None, Some(path)) => group.element(Origin::path(path)),
        (None, None) => group,
    };
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    format!("{}\n\n", style.renderer().render(&[group]))
}

/// The source with its labels, unless nothing in it is pointed at.
fn snippet(diagnostic: &Diagnostic) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let source = diagnostic.source.as_ref()?;
    let shown = diagnostic.labels.iter().filter(|label| label.span != (0..0));
    let annotations: Vec<_> = shown
        .map(|label| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(visible(&source.text, &label.span)).label(label.text.as_str())
        })
        .collect();
    if annotations.is_empty() {
        return None;
    }
    Some(Snippet::source(source.text.as_str()).path(source.path.as_str()).annotations(annotations))
}

/// The span cut to its first line when it covers many: a table of forty lines helps nobody.
fn visible(text: &str, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(span.start), boundary(span.end.max(span.start)));
    match text[start..end].find('\n') {
        Some(length) if text[start..end].matches('\n').count() > 2 => start..start + length.max(1),
        _ => start..end,
    }
}

/// The file's name when there is nothing of it to show.
fn place_only(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic.path.as_deref().or(diagnostic.source.as_ref().map(|source| source.path.as_str()))
}
