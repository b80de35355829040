//! Which rule a kernel's message belongs to (`families.tsv`).
//!
//! Key item: [`code_of`]. The codes are those of `diag::catalogue::rules`.

use std::sync::LazyLock;

use programs::verifier::reg::Kind;

use crate::diag::catalogue;
use crate::diag::catalogue::rules::OTHER;

/// A row of the table.
struct Family {
    code: &'static str,
    /// What tells messages of one rule apart that have different causes.
    topic: Option<&'static str>,
    pattern: &'static str,
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    let rows = include_str!("families.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &'static str| {
        let (rule, pattern) = line.split_once('\t').unwrap_or_else(|| panic!("families.tsv: `{line}`"));
        let (code, topic) = rule.split_once('/').map_or((rule, None), |(code, topic)| (code, Some(topic)));
        let code = catalogue::intern(code).unwrap_or_else(|| panic!("families.tsv: no rule {code}"));
        Family { code, topic, pattern }
    };
    rows.map(row).collect()
});

fn family(message: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| matches(family.pattern, message))
}

/// The code of the rule behind a message; [`OTHER`] for a message that no pattern knows.
pub fn code_of(message: &str) -> &'static str {
    family(message).map_or(OTHER, |family| family.code)
}

/// Which of a rule's causes a message is about; `None` where the rule has one only.
pub fn topic_of(message: &str) -> Option<&'static str> {
    family(message)?.topic
}

/// The code of the rule, where a release before tells more than the words of a refused release.
pub fn with_release(code: &'static str) -> &'static str {
    if ["V0012", "V0019", "V0025", "V0026"].contains(&code) { "V0022" } else { code }
}

/// The code of the rule, where the register that a message is about tells more than its words: 7.2 speaks of packets as of any memory, and
/// memory that is only a number is no matter of its size.
pub fn with_register(code: &'static str, message: &str, kind: Kind) -> &'static str {
    let packet = matches!(kind, Kind::Packet { .. } | Kind::PacketMeta { .. });
    let number =
        kind == Kind::Scalar && message.ends_with(" memory, len pair leads to invalid memory access");
    match code {
        "V0003" if packet => "V0004",
        "V0021" if number => "V0019",
        code => code,
    }
}

/// The code of the rule, where what is called tells more than the words: a map without keys has keys of no size.
pub fn with_callee(code: &'static str, message: &str, callee: &str) -> &'static str {
    let element = callee.starts_with("bpf_map_") && callee.ends_with("_elem");
    if element && message.ends_with("invalid zero-sized read") { "V0016" } else { code }
}

/// Whether `text` matches `pattern`, in which `*` stands for anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_fits_the_whole_message_counts() {
        assert_eq!(code_of("R0 invalid mem access 'map_value_or_null'"), "V0002");
        assert_eq!(code_of("R0 invalid mem access 'scalar'"), "V0019");
        assert_eq!(code_of("bpf_lsm_task_free is not sleepable"), "V0017");
        assert_eq!(code_of("xbpf_spin_unlock is missingx"), OTHER);
        assert_eq!(code_of(""), OTHER);
        // 7.2 speaks of packets as of any memory.
        assert_eq!(with_register("V0003", "", Kind::Packet { range: 0 }), "V0004");
        assert_eq!(with_register("V0003", "", Kind::Scalar), "V0003");
        let pair = "R2 and R3 memory, len pair leads to invalid memory access";
        assert_eq!(with_register("V0021", pair, Kind::Scalar), "V0019");
        assert_eq!(with_register("V0021", pair, Kind::Packet { range: 0 }), "V0021");
        assert_eq!(with_callee("V0021", "invalid zero-sized read", "bpf_map_lookup_elem"), "V0016");
        assert_eq!(with_callee("V0021", "invalid zero-sized read", "bpf_probe_read"), "V0021");
    }

    /// No pattern stands behind one that takes all its messages.
    #[test]
    fn no_pattern_is_hidden() {
        for (at, Family { pattern, .. }) in FAMILIES.iter().enumerate() {
            let before = FAMILIES[..at].iter().find(|earlier| matches(earlier.pattern, pattern));
            assert!(before.is_none(), "`{pattern}` is hidden by `{}`", before.expect("found").pattern);
        }
    }
}
