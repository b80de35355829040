//! Verdicts that booted kernels gave, and the verifier beside them.
//!
//! [`Collection`] is a folder of `tests/data` with `obj/` and `verdicts.csv`; [`Collection::compare`] gives a [`Comparison`] for each
//! program and kernel. `verifier` (the test) and `examples/agreement.rs` (the table) use it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use programs::gate::Verdict;
use programs::object::{Object, load_object};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::{Judgement, verify};

/// Folders of recorded verdicts, each with what it holds.
pub const COLLECTIONS: [(&str, &str); 5] = [
    ("corpus", "small programs, each about one rule of sleepable and atomic programs"),
    (
        "probes",
        "programs at the limit of a range, a loop, a region, a reference, or where two kernels differ",
    ),
    ("kfuncs", "programs around what kernel functions take and give"),
    ("real", "programs of the size people ship"),
    (
        "kernel_objects",
        "members of kernel structs and how far they are trusted, arguments of hooks, return values",
    ),
];

/// One program on one kernel.
#[derive(Clone, Debug)]
pub struct Row {
    pub file: String,
    pub program: String,
    pub kernel: KernelVersion,
    /// `accept` or `reject`; `library` and `crash` are no verdicts of a kernel.
    pub verdict: String,
    /// Negative, or 0.
    pub errno: i64,
    /// The decisive line of the kernel's log.
    pub reason: String,
}

impl Row {
    /// A kernel judged the program: the library did not give up before, and the kernel did not crash.
    pub fn is_judged(&self) -> bool {
        matches!(self.verdict.as_str(), "accept" | "reject")
    }

    /// The kernel's answer without its reason, e.g. `reject -22`.
    pub fn answer(&self) -> String {
        if self.verdict == "reject" { format!("reject {}", self.errno) } else { self.verdict.clone() }
    }
}

/// A folder of recorded verdicts.
pub struct Collection {
    pub dir: PathBuf,
    pub rows: Vec<Row>,
    pub objects: BTreeMap<String, Object>,
}

/// How the verifier's answer relates to the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Verdict, error number and decisive message.
    Whole,
    /// Verdict and error number, but another message.
    Message,
    /// Another error number.
    Errno,
    /// Accepted here, refused by the kernel.
    FalseAccept,
    /// Refused here, accepted by the kernel.
    FalseReject,
    /// Not modelled.
    Unknown,
}

impl Agreement {
    /// The verdict and the error number are the kernel's.
    pub fn agrees(self) -> bool {
        self <= Agreement::Message
    }
}

/// A row with the verifier's answer.
pub struct Comparison<'a> {
    pub row: &'a Row,
    pub agreement: Agreement,
    /// Our verdict in one line.
    pub ours: String,
    /// Our verdict as [`Row::answer`] has the kernel's: `accept`, `reject -22` or `unknown`.
    pub answer: String,
}

/// The folder of that name in `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// Splits a line of comma-separated values; quoted fields may hold commas and doubled quotes.
pub fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = fields.last_mut().expect("never empty");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => last.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => last.push(c),
        }
    }
    fields
}

/// Rows of a `verdicts.csv`.
pub fn rows(dir: &Path) -> Vec<Row> {
    let path = dir.join("verdicts.csv");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let row = |line: &str| {
        let f = fields(line);
        assert_eq!(f.len(), 7, "{}: {line}", path.display());
        let known = ["accept", "reject", "library", "crash"].contains(&f[4].as_str());
        assert!(known, "{}: no verdict: {line}", path.display());
        Row {
            file: f[0].clone(),
            program: f[1].clone(),
            kernel: f[3].parse().expect("a kernel with a profile"),
            verdict: f[4].clone(),
            errno: f[5].parse().expect("errno"),
            reason: f[6].clone(),
        }
    };
    text.lines().skip(1).map(row).collect()
}

/// The objects of a folder by file name. What is no object is named on standard error; [`Collection::judge`] misses it.
pub fn objects(dir: &Path) -> BTreeMap<String, Object> {
    let entries =
        std::fs::read_dir(dir.join("obj")).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let load = |path: PathBuf| {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("object file");
        let stem = name.trim_end_matches(".bpf.o");
        let object =
            load_object(&bytes, stem).map_err(|error| eprintln!("unreadable {name}: {error}")).ok()?;
        Some((name, object))
    };
    entries.filter_map(|entry| load(entry.expect("entry").path())).collect()
}

impl Collection {
    /// Reads a folder.
    ///
    /// # Panics
    /// If it is not one.
    pub fn read(dir: &Path) -> Collection {
        Collection { dir: dir.to_path_buf(), rows: rows(dir), objects: objects(dir) }
    }

    /// The object of the row could be read and holds the program.
    pub fn has(&self, row: &Row) -> bool {
        self.objects.get(&row.file).is_some_and(|object| object.program(&row.program).is_some())
    }

    /// What the verifier says of a row's program.
    pub fn judge(&self, row: &Row) -> Judgement {
        let object = self.objects.get(&row.file).unwrap_or_else(|| panic!("no object {}", row.file));
        let program = object.program(&row.program);
        let program = program.unwrap_or_else(|| panic!("{} has no program {}", row.file, row.program));
        verify(&Profile::new(row.kernel), object, program)
    }

    /// Every row that a kernel judged, beside the verifier.
    pub fn compare(&self) -> impl Iterator<Item = Comparison<'_>> {
        let judged = self.rows.iter().filter(|row| row.is_judged());
        judged.map(|row| compare(row, &self.judge(row)))
    }
}

/// A number that differs from build to build is not compared.
pub fn without_numbers(reason: &str) -> String {
    match reason.strip_prefix("attach_btf_id ").and_then(|rest| rest.split_once(' ')) {
        Some((_, rest)) => format!("attach_btf_id ? {rest}"),
        None => reason.to_string(),
    }
}

fn compare<'a>(row: &'a Row, judged: &Judgement) -> Comparison<'a> {
    let rejected = row.verdict == "reject";
    let (agreement, ours) = match &judged.verdict {
        Verdict::Accept { .. } if rejected => (Agreement::FalseAccept, "accept".to_string()),
        Verdict::Accept { .. } => (Agreement::Whole, "accept".to_string()),
        Verdict::Unknown { what } => (Agreement::Unknown, format!("unknown: {what}")),
        Verdict::Reject(ours) => {
            let errno = ours.errno.ret();
            let same = without_numbers(&ours.message) == without_numbers(&row.reason);
            let agreement = match (rejected, errno == row.errno) {
                (false, _) => Agreement::FalseReject,
                (true, false) => Agreement::Errno,
                (true, true) if same => Agreement::Whole,
                (true, true) => Agreement::Message,
            };
            (agreement, format!("{errno} {} at {:?}", ours.message, ours.insn))
        }
    };
    let answer = match &judged.verdict {
        Verdict::Accept { .. } => "accept".to_string(),
        Verdict::Unknown { .. } => "unknown".to_string(),
        Verdict::Reject(ours) => format!("reject {}", ours.errno.ret()),
    };
    Comparison { row, agreement, ours, answer }
}

/// Agreement counted by file and kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: usize,
    pub agree: usize,
    pub rejects: usize,
    pub messages: usize,
}

impl Tally {
    pub fn add(&mut self, comparison: &Comparison<'_>) {
        let rejected = comparison.row.verdict == "reject";
        self.rows += 1;
        self.agree += usize::from(comparison.agreement.agrees());
        self.rejects += usize::from(rejected);
        self.messages += usize::from(rejected && comparison.agreement == Agreement::Whole);
    }

    pub fn merge(&mut self, other: Tally) {
        self.rows += other.rows;
        self.agree += other.agree;
        self.rejects += other.rejects;
        self.messages += other.messages;
    }
}

/// The table of agreement, as Markdown: one row per file of each collection, one column per kernel.
pub fn table(collections: &[(&str, &str, Collection)]) -> String {
    let mut text = String::new();
    for (name, what, collection) in collections {
        let mut files: BTreeMap<&str, [Tally; 4]> = BTreeMap::new();
        for comparison in collection.compare() {
            let tallies = files.entry(&comparison.row.file).or_default();
            tallies[comparison.row.kernel.index()].add(&comparison);
        }
        text += &format!(
            "\n## `tests/data/{name}`: {what}\n\n| programs of | 5.10 | 6.1 | 6.12 | 7.2 |\n|---|---|---|---|---|\n"
        );
        let mut total = [Tally::default(); 4];
        for (file, tallies) in &files {
            text += &line(file.trim_end_matches(".bpf.o"), tallies);
            total.iter_mut().zip(tallies).for_each(|(sum, tally)| sum.merge(*tally));
        }
        text += &line("**all**", &total);
    }
    text
}

fn line(name: &str, tallies: &[Tally; 4]) -> String {
    let cell = |t: &Tally| match (t.rows, t.rejects) {
        (0, _) => " - ".to_string(),
        (rows, 0) => format!(" {}/{rows} ", t.agree),
        (rows, rejects) => format!(" {}/{rows}, words {}/{rejects} ", t.agree, t.messages),
    };
    let cells: Vec<String> = tallies.iter().map(cell).collect();
    format!("| {name} |{}|\n", cells.join("|"))
}
