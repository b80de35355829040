//! Kernels beside each other: refusals that are one and the same, and where versions begin to differ.
//!
//! Key items: [`groups`], [`Group`], [`differences`]. Neighbours: `draw` and `table` show them.

use super::{Refusal, Row, Verdict, family};
use crate::file::Kernel;

/// One refusal of one program and all kernels that have it, each in its own words.
#[derive(Debug)]
pub struct Group<'a> {
    /// Kernels in the order asked for.
    pub members: Vec<(Kernel, &'a Refusal)>,
}

impl<'a> Group<'a> {
    /// The refusal that stands for all: the last kernel's, whose words are the clearest.
    pub fn lead(&self) -> &'a Refusal {
        self.members.last().expect("a group has members").1
    }

    /// The kernels' words, each once, with the kernels that say them.
    pub fn words(&self) -> Vec<(Vec<Kernel>, &'a Refusal)> {
        let mut words: Vec<(Vec<Kernel>, &'a Refusal)> = Vec::new();
        for (kernel, refusal) in &self.members {
            let same = |known: &&mut (Vec<Kernel>, &Refusal)| {
                known.1.message == refusal.message && known.1.errno == refusal.errno
            };
            match words.iter_mut().find(same) {
                Some((kernels, _)) => kernels.push(*kernel),
                None => words.push((vec![*kernel], refusal)),
            }
        }
        words
    }

    /// Who says these words: the kernels, and their own rule where it is not the leading kernel's.
    pub fn whose(&self, kernels: &[Kernel], refusal: &Refusal) -> String {
        let own =
            if refusal.code == self.lead().code { String::new() } else { format!(", {}", refusal.code) };
        format!("{}{own}", names(kernels))
    }

    /// The help lines, each once, those of the leading kernel last; with the kernels they are for where not all have them.
    pub fn help(&self) -> Vec<(Vec<Kernel>, &'a str)> {
        let mut lines: Vec<(Vec<Kernel>, &'a str)> = Vec::new();
        for (kernel, refusal) in &self.members {
            for line in &refusal.help {
                match lines.iter_mut().find(|(_, known)| known == line) {
                    Some((kernels, _)) => kernels.push(*kernel),
                    None => lines.push((vec![*kernel], line)),
                }
            }
        }
        for (kernels, _) in &mut lines {
            if kernels.len() == self.members.len() {
                kernels.clear();
            }
        }
        lines
    }
}

/// The refusals of a program: two kernels that refuse the same instruction, or the whole program, by the same rule and for the same cause
/// share one. That a helper sleeps is what older kernels say, too, when they do not let the program call it.
pub fn groups(rows: &[Row]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for row in rows {
        let Some(refusal) = row.verdict.refusal() else { continue };
        match groups.iter_mut().find(|group| alike(group.lead(), refusal)) {
            Some(group) => group.members.push((row.kernel, refusal)),
            None => groups.push(Group { members: vec![(row.kernel, refusal)] }),
        }
    }
    groups
}

fn alike(a: &Refusal, b: &Refusal) -> bool {
    let at = |refusal: &Refusal| refusal.insn.as_ref().map(|insn| insn.index);
    let rule = |refusal: &Refusal| (refusal.code, family::topic_of(&refusal.message));
    let hidden = |a: &Refusal, b: &Refusal| {
        rule(a) == ("V0009", Some("program")) && rule(b) == ("V0010", Some("hidden"))
    };
    at(a) == at(b) && (rule(a) == rule(b) || hidden(a, b) || hidden(b, a))
}

/// What a program's verdict depends on, without the words.
fn essence(verdict: &Verdict) -> (&'static str, Option<&'static str>) {
    (verdict.word(), verdict.refusal().map(|refusal| refusal.code))
}

/// Kernels that judge otherwise than the one before them, and what changed in words: the first that does, in its rule or its verdict, and
/// each later one that has another verdict.
pub fn differences(rows: &[Row]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, pair) in rows.windows(2).enumerate() {
        let (before, after) = (&pair[0], &pair[1]);
        let another = before.verdict.word() != after.verdict.word();
        if another || (found.is_empty() && essence(&before.verdict) != essence(&after.verdict)) {
            found.push((at + 1, change(before, after)));
        }
    }
    found
}

fn change(before: &Row, after: &Row) -> String {
    let (old, new) = (before.kernel.name(), after.kernel.name());
    match (&before.verdict, &after.verdict) {
        (Verdict::Reject(refusal), Verdict::Accept) => {
            format!("{new} loads what {old} refuses, {}{}", quoted(refusal), because(refusal))
        }
        (Verdict::Accept, Verdict::Reject(refusal)) => {
            format!("{new} refuses what {old} loads, {}{}", quoted(refusal), because(refusal))
        }
        (Verdict::Reject(a), Verdict::Reject(b)) => {
            let (a, b) = (format!("{} ({})", quoted(a), a.code), format!("{} ({})", quoted(b), b.code));
            format!("{new} refuses it with {b},\n    {old} with {a}")
        }
        (Verdict::Unknown { reason }, _) => format!("for {old} nobody knows: {reason}"),
        (_, Verdict::Unknown { reason }) => format!("for {new} nobody knows: {reason}"),
        (Verdict::Accept, Verdict::Accept) => unreachable!("these do not differ"),
    }
}

fn quoted(refusal: &Refusal) -> String {
    format!("\"{}\"", refusal.message)
}

/// The help line that speaks of versions.
fn because(refusal: &Refusal) -> String {
    let line = refusal.help.iter().find(|line| line.contains("and later"));
    line.map_or(String::new(), |line| format!("\n    ({line})"))
}

/// "5.10", "5.10 and 6.1", "5.10, 6.1 and 7.2".
pub fn names(kernels: &[Kernel]) -> String {
    let names: Vec<&str> = kernels.iter().map(|kernel| kernel.name()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Who agrees: "5.10 and 6.1 reject, 6.12 and 7.2 accept".
pub fn verdicts(rows: &[Row]) -> String {
    let said = |word: &str| -> Vec<Kernel> {
        rows.iter().filter(|row| row.verdict.word() == word).map(|row| row.kernel).collect()
    };
    let verb = |kernels: &[Kernel], one: &str, many: &str| {
        let verb = if kernels.len() == 1 { one } else { many };
        (!kernels.is_empty()).then(|| format!("{} {verb}", names(kernels)))
    };
    let parts = [
        verb(&said("reject"), "rejects", "reject"),
        verb(&said("accept"), "accepts", "accept"),
        verb(&said("unknown"), "is unknown", "are unknown"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
