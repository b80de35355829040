//! All codes a user can meet: what each means, why it happens and what to do. `sleepable explain CODE` prints an entry.
//!
//! Classes: `E` input errors, `M` expectations that were not met, `F` findings of the simulated machine (codes in
//! `sim::finding`), `V` rules of the kernels' verifiers, `N` notes and things that are not modelled.

mod findings;
pub mod input;
pub mod lesson;
pub mod mismatch;
pub mod notes;
pub mod rules;

/// One code.
#[derive(Debug)]
pub struct Entry {
    pub code: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    /// A minimal piece that shows it; empty when there is none to show.
    pub example: &'static str,
}

/// Declares codes as constants and as catalogue entries at once, so that neither can exist without the other.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal, $text:literal, $example:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        pub(super) const ENTRIES: &[super::Entry] =
            &[$(super::Entry { code: $code, title: $title, text: $text, example: $example }),*];
    };
}
pub(crate) use codes;

/// All entries, by class and number.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    let rules = rules::RULES.iter().map(|rule| &rule.entry);
    [input::ENTRIES, mismatch::ENTRIES, findings::ENTRIES]
        .into_iter()
        .flatten()
        .chain(rules)
        .chain(notes::ENTRIES)
}

/// The entry of a code; letter case does not matter.
pub fn find(code: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// Whether a finding has this code.
pub fn is_finding(code: &str) -> bool {
    findings::ENTRIES.iter().any(|entry| entry.code == code)
}

/// The static form of a code that arrives as text (serde errors, findings).
pub fn intern(code: &str) -> Option<&'static str> {
    find(code).map(|entry| entry.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn codes_are_unique_sorted_and_explained() {
        let codes: Vec<_> = all().map(|entry| entry.code).collect();
        let mut sorted = codes.clone();
        sorted.dedup();
        assert_eq!(sorted.len(), codes.len());
        for list in [input::ENTRIES, mismatch::ENTRIES, findings::ENTRIES, notes::ENTRIES] {
            assert!(list.is_sorted_by_key(|entry| entry.code));
        }
        assert!(rules::RULES.is_sorted_by_key(|rule| rule.entry.code));
        for entry in all() {
            assert!(entry.text.len() > 60, "{} is hardly explained", entry.code);
        }
    }

    fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() && !path.ends_with("catalogue") => sources(&path, out),
                Some(ext) if ext == "rs" || path.ends_with("families.tsv") => out.push(path),
                _ => {}
            }
        }
    }

    /// Codes written in the workspace as `"E0001"` or `E0001:`, and constants of the catalogue used by name.
    fn used() -> (BTreeSet<String>, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        for krate in ["sim", "maps", "programs", "hooks", "scenarios"] {
            sources(&root.join(krate).join("src"), &mut files);
        }
        let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let mut codes = BTreeSet::new();
        for (at, _) in text.match_indices(['"', '(', ' ', '\n']) {
            let Some(code) = text.get(at + 1..at + 6) else { continue };
            let digits = code.is_char_boundary(1) && code[1..].chars().all(|c| c.is_ascii_digit());
            let ends = text[at + 6..].starts_with(['"', ':', '\t']);
            if code.starts_with(['E', 'M', 'F', 'V', 'N']) && digits && ends {
                codes.insert(code.to_owned());
            }
        }
        (codes, text)
    }

    #[test]
    fn every_code_used_is_in_the_catalogue() {
        let (codes, _) = used();
        let missing: Vec<_> = codes.iter().filter(|code| find(code).is_none()).collect();
        assert!(missing.is_empty(), "not in the catalogue: {missing:?}");
    }

    /// Raised by the engine that joins scenarios and simulator; whoever raises one takes it off this list.
    const AWAITED: &[&str] = &["E0019", "E0021", "E0022", "E0024", "E0025", "E0030"];

    /// For messages that no pattern knows.
    const NO_PATTERN: &str = rules::OTHER;

    #[test]
    fn every_code_of_the_catalogue_is_used() {
        let (codes, text) = used();
        let here = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/diag/catalogue")).unwrap();
        let catalogue: String =
            here.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let name_of = |code: &str| {
            let at = catalogue.find(&format!(" = \"{code}\","))?;
            catalogue[..at]
                .rsplit(|c: char| !c.is_ascii_uppercase() && c != '_' && !c.is_ascii_digit())
                .next()
        };
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let unused: Vec<_> = all()
            .filter(|entry| {
                !codes.contains(entry.code) && !AWAITED.contains(&entry.code) && entry.code != NO_PATTERN
            })
            .filter(|entry| !name_of(entry.code).is_some_and(|name| words.contains(name)))
            .map(|entry| entry.code)
            .collect();
        assert!(unused.is_empty(), "in the catalogue but used nowhere: {unused:?}");
    }
}
