//! `--format junit`: a test suite per object, a test case per program and kernel.
//!
//! Key function: [`write()`]. Rejected is a failure whose type is the rule's code, unknown an error of type `unknown`; what
//! could not be judged at all is an error whose type is the diagnostic's code. There are no times in it: the same objects give the same bytes.

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::{Refusal, Report, Row, Verdict};
use crate::diag::Diagnostic;

/// The XML of all reports, and of what kept others from being made.
pub fn write(reports: &[&Report], problems: &[Diagnostic]) -> String {
    let mut suites = Suites::new("sleepable check");
    for report in reports {
        let mut suite = TestSuite::new(report.path.as_str());
        suite.add_test_cases(report.rows.iter().map(case));
        suites.add_test_suite(suite);
    }
    for problem in problems {
        let mut suite = TestSuite::new(problem.path.as_deref().unwrap_or("sleepable check"));
        suite.add_test_case(problem_case(problem));
        suites.add_test_suite(suite);
    }
    suites.to_string().expect("XML of plain text")
}

fn problem_case(problem: &Diagnostic) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(problem.code).set_message(problem.message.as_str());
    let words = problem.notes.iter().cloned().chain(problem.help.iter().map(|help| format!("help: {help}")));
    status.set_description(
        std::iter::once(problem.message.clone()).chain(words).collect::<Vec<_>>().join("\n"),
    );
    TestCase::new("can be judged", status)
}

fn case(row: &Row) -> TestCase {
    let name = format!("{} on {}", row.program, row.kernel.name());
    let mut case = TestCase::new(name, status(&row.verdict));
    case.set_classname(row.section.as_str());
    case
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let bad = |kind, ty: &str, message: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(ty).set_message(message);
        status
    };
    match verdict {
        Verdict::Accept => TestCaseStatus::success(),
        Verdict::Unknown { reason } => bad(NonSuccessKind::Error, "unknown", reason),
        Verdict::Reject(refusal) => {
            let mut status = bad(NonSuccessKind::Failure, refusal.code, &refusal.message);
            status.set_description(description(refusal));
            status
        }
    }
}

fn description(refusal: &Refusal) -> String {
    let mut lines = vec![format!("{} ({})", refusal.message, super::errno_name(refusal.errno))];
    if let Some(place) = &refusal.place {
        lines.push(format!("{}:{}:{}: {}", place.file, place.line, place.column, place.text.trim()));
    }
    lines.extend(refusal.steps.iter().map(|step| match &step.insn.place {
        Some(place) => format!("  {}:{}: {}", place.file, place.line, step.text),
        None => format!("  instruction {}: {}", step.insn.index, step.text),
    }));
    lines.extend(refusal.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}
