//! What to do about a refusal, by the kernel's words (`advice.tsv`).
//!
//! Key function: [`advice`]. Neighbours: `help` asks the tables of the kernels and `clue` first, `thumbs` last.

use std::sync::LazyLock;

use super::family::matches;

/// Rule, pattern, help.
static ROWS: LazyLock<Vec<[&'static str; 3]>> = LazyLock::new(|| {
    let rows = include_str!("advice.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        <[&str; 3]>::try_from(cells).unwrap_or_else(|_| panic!("advice.tsv: `{line}`"))
    };
    rows.map(row).collect()
});

/// The row for a message of the rule `code`.
pub fn advice(code: &str, message: &str) -> Option<&'static str> {
    ROWS.iter().find(|[rule, pattern, _]| *rule == code && matches(pattern, message)).map(|[.., help]| *help)
}

#[cfg(test)]
mod tests {
    use super::super::family::code_of;
    use super::*;
    use crate::diag::catalogue::rules::OTHER;

    #[test]
    fn the_words_decide() {
        assert!(
            advice("V0012", "R3 does not point to a readonly map'")
                .is_some_and(|help| help.contains(".rodata"))
        );
        assert_eq!(advice("V0012", "R4 type=scalar expected=ptr_"), None);
        assert_eq!(advice("V0016", "R3 does not point to a readonly map'"), None, "of another rule");
    }

    /// No row is behind one that takes all its messages, and each belongs to the rule that its words lead to.
    #[test]
    fn rows_can_be_reached() {
        for (at, [rule, pattern, _]) in ROWS.iter().enumerate() {
            let before = ROWS[..at].iter().find(|[of, earlier, _]| of == rule && matches(earlier, pattern));
            assert!(before.is_none(), "`{pattern}` is hidden by {before:?}");
            let code = code_of(&pattern.replace('*', "x"));
            assert!(code == *rule || code == OTHER, "`{pattern}` is {code}, not {rule}");
        }
    }
}
