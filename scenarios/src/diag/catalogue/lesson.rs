//! Programs that break and keep the rules of the verifier: C sources, and what booted kernels said about them (`rules/`).
//!
//! Key function: [`lesson`]. `sleepable explain` prints them; `tests/check/rules.rs` judges the objects beside the sources.

use crate::file::Kernel;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// A program that breaks a rule, one that does not, and the kernels' verdicts.
#[derive(Debug)]
pub struct Lesson {
    /// The C source without its first line, which includes the shared header.
    pub source: &'static str,
    pub verdicts: Vec<Recorded>,
}

/// What one booted kernel said about one program.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// `broken` or `sound`.
    pub program: &'static str,
    pub kernel: Kernel,
    /// Negative; `None` when the kernel loaded it.
    pub errno: Option<i64>,
    /// The decisive line of the log.
    pub message: &'static str,
    /// What was not as usual: the user, or a switch of the kernel.
    pub circumstance: Option<&'static str>,
}

/// The lesson of a rule; a few rules can only be met with programs that no compiler makes, and have none.
pub fn lesson(code: &str) -> Option<Lesson> {
    let (_, source) = embedded::SOURCES.iter().find(|(known, _)| *known == code)?;
    let source = source
        .split_once("#include \"rules.h\"\n")
        .map_or(*source, |(_, rest)| rest)
        .trim_start_matches('\n');
    let rows = embedded::VERDICTS.lines().filter(|line| !line.starts_with('#'));
    Some(Lesson { source, verdicts: rows.filter_map(|line| recorded(line, code)).collect() })
}

fn recorded(line: &'static str, code: &str) -> Option<Recorded> {
    let mut cells = line.split('\t');
    let (rule, program, kernel) = (cells.next()?, cells.next()?, cells.next()?);
    let (errno, message) = (cells.next()?.parse().ok()?, cells.next()?);
    let circumstance = cells.next();
    let errno = (errno != 0).then_some(errno);
    let recorded = Recorded { program, kernel: kernel.parse().ok()?, errno, message, circumstance };
    (rule == code).then_some(recorded)
}

/// Codes that have a lesson, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    embedded::SOURCES.iter().map(|(code, _)| *code)
}
