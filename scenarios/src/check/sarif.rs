//! `--format sarif`: SARIF 2.1.0, for code scanning services. One result per refusal; kernels that refuse alike share it.
//!
//! Key function: [`write()`]. Rules are those of the catalogue that occur, in order; what led to a refusal is its code flow.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::compare::{Group, groups, names, verdicts};
use super::{Place, Refusal, Report, Row, Verdict};
use crate::diag::Diagnostic;
use crate::diag::catalogue::notes::UNDECIDED;
use crate::diag::catalogue::{self, rules};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log of all reports, and of the problems that kept others from being made; paths of files below `root`, the directory of the user, are told as from there: services know files by
/// their place in the repository.
pub fn write(reports: &[&Report], problems: &[Diagnostic], root: Option<&Path>) -> String {
    let root = root.map(|root| format!("{}/", root.display())).unwrap_or_default();
    let codes = codes(reports);
    let mut results = Vec::new();
    for report in reports {
        for rows in report.programs() {
            results.extend(groups(rows).iter().map(|group| result(report, rows, group, &codes, &root)));
            results.extend(unknown(report, rows, &codes, &root));
        }
    }
    let driver = json!({
        "name": "sleepable",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
    });
    let invocation = json!({
        "executionSuccessful": problems.is_empty(),
        "toolExecutionNotifications": problems.iter().map(|problem| notification(problem, &root)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": { "driver": driver },
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    let mut text = serde_json::to_string_pretty(&log).expect("JSON of plain data");
    text.push('\n');
    text
}

/// What went wrong before a program could be judged.
fn notification(problem: &Diagnostic, root: &str) -> Json {
    let words = problem.notes.iter().cloned().chain(problem.help.iter().map(|help| format!("Help: {help}")));
    let text = std::iter::once(problem.message.clone()).chain(words).collect::<Vec<_>>().join(". ");
    let mut notification = json!({
        "level": "error",
        "descriptor": { "id": problem.code },
        "message": { "text": text },
    });
    if let Some(path) = &problem.path {
        notification["locations"] = json!([{ "physicalLocation": { "artifactLocation": uri(path, root) } }]);
    }
    notification
}

/// The codes that occur, sorted.
fn codes(reports: &[&Report]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for row in reports.iter().flat_map(|report| &report.rows) {
        match &row.verdict {
            Verdict::Reject(_) => {}
            Verdict::Unknown { .. } => codes.push(UNDECIDED),
            Verdict::Accept => {}
        }
    }
    for report in reports {
        for rows in report.programs() {
            codes.extend(groups(rows).iter().map(|group| group.lead().code));
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn rule(code: &str) -> Json {
    let entry = catalogue::find(code);
    let title = entry.map_or("", |entry| entry.title);
    json!({
        "id": code,
        "shortDescription": { "text": title },
        "fullDescription": { "text": entry.map_or("", |entry| entry.text) },
        "help": { "text": format!("sleepable explain {code}") },
        "defaultConfiguration": { "level": if code == UNDECIDED { "warning" } else { "error" } },
    })
}

fn result(report: &Report, rows: &[Row], group: &Group<'_>, codes: &[&str], root: &str) -> Json {
    let lead = group.lead();
    let kernels: Vec<_> = group.members.iter().map(|(kernel, _)| *kernel).collect();
    let words: Vec<String> = group
        .words()
        .iter()
        .map(|(kernels, refusal)| format!("{}: {}", group.whose(kernels, refusal), refusal.message))
        .collect();
    let title = rules::rule(lead.code).map_or("refused", |rule| rule.entry.title);
    let mut text = format!(
        "`{}` ({}) is rejected by {}: {title}. {}.",
        rows[0].program,
        rows[0].section,
        names(&kernels),
        words.join("; ")
    );
    for help in &lead.help {
        text += &format!(" Help: {help}.");
    }
    let mut result = json!({
        "ruleId": lead.code,
        "ruleIndex": codes.iter().position(|code| *code == lead.code),
        "level": "error",
        "message": { "text": text },
        "locations": [location((&report.path, root), &rows[0].program, lead.place.as_ref())],
        "partialFingerprints": { "program/v1": fingerprint(report, rows, lead) },
        "properties": {
            "kernels": kernels.iter().map(|kernel| kernel.name()).collect::<Vec<_>>(),
            "errno": lead.errno,
            "verdicts": verdicts(rows),
        },
    });
    if lead.left_out > 0 {
        result["properties"]["branchesLeftOut"] = json!(lead.left_out);
    }
    if !lead.steps.is_empty() {
        result["codeFlows"] = json!([flow(report, &rows[0].program, lead, root)]);
    }
    result
}

/// The same refusal in the next version of the object: line numbers move, the rule and the program stay.
fn fingerprint(report: &Report, rows: &[Row], refusal: &Refusal) -> String {
    let line = refusal.place.as_ref().map_or("", |place| place.text.trim());
    format!("{}/{}/{}/{line}", super::object_name(&report.path), rows[0].program, refusal.code)
}

fn flow(report: &Report, program: &str, refusal: &Refusal, root: &str) -> Json {
    let step = |step: &super::trail::Step| {
        let mut place = location((&report.path, root), program, step.insn.place.as_ref());
        place["message"] = json!({ "text": step.text });
        json!({ "location": place })
    };
    let mut end = location((&report.path, root), program, refusal.place.as_ref());
    end["message"] = json!({ "text": refusal.message });
    let steps: Vec<Json> = refusal.steps.iter().map(step).chain([json!({ "location": end })]).collect();
    json!({ "threadFlows": [{ "locations": steps }] })
}

/// A place, or the object as a whole; `at` are the paths of the object and of the user's directory.
fn location(at: (&str, &str), program: &str, place: Option<&Place>) -> Json {
    let physical = match place {
        Some(place) => {
            let mut region = json!({ "startLine": place.line, "snippet": { "text": place.text } });
            if place.column > 0 {
                region["startColumn"] = json!(place.column);
            }
            json!({ "artifactLocation": uri(&place.file, at.1), "region": region })
        }
        None => json!({ "artifactLocation": uri(at.0, at.1) }),
    };
    json!({ "physicalLocation": physical, "logicalLocations": [{ "name": program, "kind": "function" }] })
}

fn unknown(report: &Report, rows: &[Row], codes: &[&str], root: &str) -> Option<Json> {
    let said: Vec<(_, &str)> = rows
        .iter()
        .filter_map(|row| match &row.verdict {
            Verdict::Unknown { reason } => Some((row.kernel, reason.as_str())),
            _ => None,
        })
        .collect();
    let (_, reason) = said.first()?;
    let kernels: Vec<_> = said.iter().map(|(kernel, _)| *kernel).collect();
    let text = format!("`{}` cannot be judged for {}: {reason}.", rows[0].program, names(&kernels));
    Some(json!({
        "ruleId": UNDECIDED,
        "ruleIndex": codes.iter().position(|code| *code == UNDECIDED),
        "level": "warning",
        "message": { "text": text },
        "locations": [location((&report.path, root), &rows[0].program, None)],
    }))
}

/// A path as a URI reference: relative without `.` and `..`, absolute with its scheme; what URIs do not allow is escaped.
fn uri(path: &str, root: &str) -> Json {
    let path = path.strip_prefix(root).unwrap_or(path);
    let relative = !path.starts_with('/');
    let mut text = if relative { String::new() } else { "file://".to_owned() };
    for byte in tidy(path).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b'+' | b'@' => {
                text.push(byte.into());
            }
            _ => text += &format!("%{byte:02X}"),
        }
    }
    if relative { json!({ "uri": text, "uriBaseId": "%SRCROOT%" }) } else { json!({ "uri": text }) }
}

/// The path without `.`, and without `..` behind a name.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| !["", ".."].contains(last)) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_repository() {
        let root = "/home/me/project/";
        let told = |path| uri(path, root)["uri"].as_str().map(str::to_owned).unwrap_or_default();
        assert_eq!(told("/home/me/project/./src/../bpf/a b.bpf.c"), "bpf/a%20b.bpf.c");
        assert_eq!(told("./a.bpf.c"), "a.bpf.c");
        assert_eq!(told("../a.bpf.c"), "../a.bpf.c");
        assert_eq!(told("/usr/include//linux/bpf.h"), "file:///usr/include/linux/bpf.h");
        assert_eq!(uri("a.c", root)["uriBaseId"], "%SRCROOT%");
        assert!(uri("/a.c", root).get("uriBaseId").is_none());
    }
}
