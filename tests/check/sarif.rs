//! SARIF 2.1.0: what the format demands of a log, checked on real reports (sections of the OASIS standard in brackets).

use std::collections::BTreeSet;

use scenarios::check::{Report, sarif};
use scenarios::diag::Diagnostic;
use scenarios::diag::catalogue::input::UNREADABLE;
use serde_json::Value as Json;

fn text<'a>(value: &'a Json, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is text in {value}"))
}

fn array<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is a list in {value}"))
}

/// Only the properties that the standard gives this kind of object.
fn only(value: &Json, allowed: &[&str]) {
    for key in value.as_object().unwrap_or_else(|| panic!("an object: {value}")).keys() {
        assert!(allowed.contains(&key.as_str()), "`{key}` does not belong into {value}");
    }
}

/// [3.11] A message has text.
fn message(value: &Json) {
    only(value, &["text"]);
    assert!(!text(value, "text").is_empty());
}

/// [3.28] location, [3.29] physicalLocation, [3.4] artifactLocation with a URI reference, [3.30] region.
fn location(value: &Json) {
    only(value, &["physicalLocation", "logicalLocations", "message"]);
    let physical = &value["physicalLocation"];
    only(physical, &["artifactLocation", "region"]);
    only(&physical["artifactLocation"], &["uri", "uriBaseId"]);
    let uri = text(&physical["artifactLocation"], "uri");
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/.-_~+@:%".contains(c);
    assert!(!uri.is_empty() && uri.chars().all(allowed), "{uri}");
    assert!(!uri.starts_with('/'), "{uri}: an absolute path needs a scheme");
    if let Some(region) = physical.get("region") {
        only(region, &["startLine", "startColumn", "snippet"]);
        assert!(region["startLine"].as_u64().expect("a number") >= 1);
        if let Some(column) = region.get("startColumn") {
            assert!(column.as_u64().expect("a number") >= 1);
        }
        message(&region["snippet"]);
    }
    for logical in array(value, "logicalLocations") {
        only(logical, &["name", "kind"]);
        assert_eq!(text(logical, "kind"), "function");
    }
}

/// [3.49] reportingDescriptor.
fn rule(value: &Json) {
    only(value, &["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"]);
    message(&value["shortDescription"]);
    message(&value["fullDescription"]);
    message(&value["help"]);
    assert!(["error", "warning"].contains(&text(&value["defaultConfiguration"], "level")));
}

/// [3.27] result.
fn result(value: &Json, rules: &[Json]) {
    let keys = [
        "ruleId",
        "ruleIndex",
        "level",
        "message",
        "locations",
        "partialFingerprints",
        "properties",
        "codeFlows",
    ];
    only(value, &keys);
    let index = value["ruleIndex"].as_u64().expect("[3.27.6] a number") as usize;
    assert_eq!(text(value, "ruleId"), text(&rules[index], "id"), "[3.27.7] index and id name one rule");
    assert!(["error", "warning"].contains(&text(value, "level")));
    message(&value["message"]);
    array(value, "locations").iter().for_each(location);
    for flow in value.get("codeFlows").and_then(Json::as_array).into_iter().flatten() {
        for thread in array(flow, "threadFlows") {
            let steps = array(thread, "locations");
            assert!(!steps.is_empty(), "[3.37.6] one location at least");
            for step in steps {
                location(&step["location"]);
                message(&step["location"]["message"]);
            }
        }
    }
}

#[test]
fn the_log_keeps_the_rules_of_the_format() {
    let reports: Vec<Report> = super::OBJECTS.iter().map(|object| super::report(object)).collect();
    let written = sarif::write(&reports.iter().collect::<Vec<_>>(), &[], None);
    let log: Json = serde_json::from_str(&written).expect("JSON");
    only(&log, &["$schema", "version", "runs"]);
    assert_eq!(text(&log, "version"), "2.1.0");
    let [run] = array(&log, "runs") else { panic!("one run") };
    only(run, &["tool", "invocations", "columnKind", "results"]);
    let [invocation] = array(run, "invocations") else { panic!("one invocation") };
    assert_eq!(
        invocation["executionSuccessful"], true,
        "[3.20.14] refusals are results, not failures of the tool"
    );
    assert_eq!(array(invocation, "toolExecutionNotifications").len(), 0);
    let driver = &run["tool"]["driver"];
    only(driver, &["name", "version", "semanticVersion", "rules"]);
    let rules = array(driver, "rules");
    rules.iter().for_each(rule);
    let ids: BTreeSet<&str> = rules.iter().map(|rule| text(rule, "id")).collect();
    assert_eq!(ids.len(), rules.len(), "[3.19.23] rules are unique");
    let results = array(run, "results");
    assert!(results.len() > 20, "{}", results.len());
    results.iter().for_each(|value| result(value, rules));
}

#[test]
fn nothing_to_report_is_a_valid_log_too() {
    let log: Json = serde_json::from_str(&sarif::write(&[], &[], None)).expect("JSON");
    assert_eq!(
        array(&log["runs"][0], "results").len(),
        0,
        "[3.14.23] an empty list says: checked, nothing found"
    );
}

/// What could not be read is no empty success.
#[test]
fn problems_are_notifications() {
    let problem = Diagnostic::error(UNREADABLE, "cannot read `a b.o`: no such file").at_path("a b.o");
    let log: Json = serde_json::from_str(&sarif::write(&[], &[problem], None)).expect("JSON");
    let invocation = &log["runs"][0]["invocations"][0];
    only(invocation, &["executionSuccessful", "toolExecutionNotifications"]);
    assert_eq!(invocation["executionSuccessful"], false);
    let [notification] = array(invocation, "toolExecutionNotifications") else { panic!("one notification") };
    only(notification, &["level", "descriptor", "message", "locations"]);
    assert_eq!(text(notification, "level"), "error");
    assert_eq!(notification["descriptor"]["id"], "E0001");
    message(&notification["message"]);
    assert_eq!(notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.o");
}
