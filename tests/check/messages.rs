//! Every message that kernels print, or printed, about a refusal belongs to a rule.

use std::collections::BTreeSet;

use scenarios::check::family::code_of;
use scenarios::diag::catalogue::rules::{OTHER, RULES};

/// The last column of verdicts.csv, which is quoted when it holds commas or quotes.
fn reason(line: &str) -> Option<String> {
    let mut rest = line;
    for _ in 0..4 {
        rest = rest.split_once(',')?.1;
    }
    let (verdict, rest) = rest.split_once(',')?;
    let (_, reason) = rest.split_once(',')?;
    let plain = reason
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .map(|text| text.replace("\"\"", "\""));
    (verdict == "reject").then(|| plain.unwrap_or_else(|| reason.to_owned()))
}

#[test]
fn every_refusal_of_the_corpus_has_a_rule() {
    let text = std::fs::read_to_string(super::workspace().join("tests/data/corpus/verdicts.csv"))
        .expect("verdicts.csv");
    let reasons: BTreeSet<String> = text.lines().filter_map(reason).collect();
    assert!(reasons.len() > 250, "{}", reasons.len());
    let lost: Vec<_> = reasons.iter().filter(|reason| code_of(reason) == OTHER).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

/// `kernel_messages.txt`: what the four kernels can print, with `1` and `x` in the place of numbers and names.
#[test]
fn every_message_of_the_kernels_has_a_rule() {
    let messages = include_str!("kernel_messages.txt").lines().filter(|line| !line.starts_with('#'));
    let lost: Vec<_> = messages.clone().filter(|message| code_of(message) == OTHER).collect();
    assert!(messages.count() > 700 && lost.is_empty(), "{lost:#?}");
}

#[test]
fn every_rule_has_a_message() {
    let text = std::fs::read_to_string(super::workspace().join("tests/data/corpus/verdicts.csv"))
        .expect("verdicts.csv");
    let reasons = text.lines().filter_map(reason).collect::<Vec<_>>();
    let known = include_str!("kernel_messages.txt").lines().map(str::to_owned);
    let codes: BTreeSet<&str> = reasons.into_iter().chain(known).map(|message| code_of(&message)).collect();
    for rule in RULES.iter().filter(|rule| rule.entry.code != OTHER) {
        assert!(codes.contains(rule.entry.code), "no kernel says {}", rule.entry.code);
    }
}
