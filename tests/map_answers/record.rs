//! A recording: one operation per line with one answer per kernel.

use maps::rules::MapKernel;

/// One operation and what the kernels answered, in the order of [`MapKernel::ALL`].
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Number of the line in the file, from 1.
    pub line: usize,
    pub operation: &'a str,
    pub answers: [&'a str; 4],
}

impl<'a> Row<'a> {
    /// The answer of one kernel.
    pub fn answer(&self, kernel: MapKernel) -> &'a str {
        let index = MapKernel::ALL.iter().position(|k| *k == kernel).expect("all kernels are recorded");
        self.answers[index]
    }

    /// The words of the operation.
    pub fn words(&self) -> Vec<&'a str> {
        self.operation.split_whitespace().collect()
    }
}

/// All rows; the header names the kernels.
pub fn rows(csv: &str) -> Vec<Row<'_>> {
    let mut lines = csv.lines().enumerate();
    let (_, header) = lines.next().expect("a header");
    let names: Vec<&str> = MapKernel::ALL.iter().map(|k| k.name()).collect();
    assert_eq!(header, format!("operation,{}", names.join(",")));
    lines.map(|(index, line)| row(index + 1, line)).collect()
}

fn row(line: usize, text: &str) -> Row<'_> {
    let cells: Vec<&str> = text.split(',').collect();
    let [operation, answers @ ..] = cells.as_slice() else { panic!("line {line}: empty") };
    let answers = answers.try_into().unwrap_or_else(|_| panic!("line {line}: {} cells", cells.len()));
    Row { line, operation, answers }
}

/// Rows from one `reset` to the next: nothing open at the start.
pub fn sections<'a, 'r>(rows: &'r [Row<'a>]) -> impl Iterator<Item = &'r [Row<'a>]> {
    rows.split(|row| row.operation == "reset").filter(|section| !section.is_empty())
}
