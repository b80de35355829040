//! The verifier's words, by key and version (`data/messages.tsv`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::KernelVersion;
use super::table;

static MESSAGES: LazyLock<BTreeMap<&'static str, [Option<&'static str>; 4]>> = LazyLock::new(|| {
    let row = |c: Vec<&'static str>| {
        let mut cells = [None; 4];
        for i in 0..4 {
            cells[i] = if c[i + 1] == "=" { cells[i - 1] } else { table::optional(c[i + 1]) };
        }
        (c[0], cells)
    };
    table::rows(include_str!("data/messages.tsv"), &[5]).into_iter().map(row).collect()
});

/// The text for `key` in `version`, each `%s` or `%d` replaced by the next of `args`.
///
/// # Panics
/// When the table has no such text or wants another number of arguments: callers and table belong together.
pub fn message(version: KernelVersion, key: &str, args: &[&str]) -> String {
    let cells = MESSAGES.get(key).unwrap_or_else(|| panic!("messages.tsv lacks {key}"));
    let text = cells[version.index()].unwrap_or_else(|| panic!("{version} has no message {key}"));
    fill(text, args)
}

/// Whether `version` has a check with this message at all.
pub fn has_message(version: KernelVersion, key: &str) -> bool {
    MESSAGES.get(key).unwrap_or_else(|| panic!("messages.tsv lacks {key}"))[version.index()].is_some()
}

fn fill(text: &str, args: &[&str]) -> String {
    let mut args = args.iter();
    let mut pieces = text.split('%');
    let mut filled = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        assert!(piece.starts_with(['s', 'd']), "only %s and %d in `{text}`");
        filled.push_str(args.next().unwrap_or_else(|| panic!("too few arguments for `{text}`")));
        filled.push_str(&piece[1..]);
    }
    assert!(args.next().is_none(), "too many arguments for `{text}`");
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_inherit_and_arguments_fill_in() {
        let text = |v| message(v, "helper_unavailable", &["bpf_redirect", "23"]);
        assert_eq!(text(KernelVersion::V6_1), "unknown func bpf_redirect#23");
        assert_eq!(text(KernelVersion::V7_2), "program of this type cannot use helper bpf_redirect#23");
        assert!(!has_message(KernelVersion::V6_1, "helper_might_sleep"));
    }

    #[test]
    #[should_panic(expected = "too few arguments")]
    fn missing_arguments_are_caught() {
        message(KernelVersion::V5_10, "target_not_sleepable", &[]);
    }
}
