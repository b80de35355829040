//! A peer that is a program of its own, because its interface is C or unsafe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program. It reads `WHAT THREADS OPS` lines and answers each with nanoseconds per operation.
pub struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it.
    pub fn start(program: &Path) -> Option<Peer> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let (to, from) = (child.stdin.take()?, child.stdout.take()?);
        Some(Peer { child, to, from: BufReader::new(from) })
    }

    /// One measurement.
    pub fn sample(&mut self, what: &str, threads: usize, ops: u64) -> f64 {
        writeln!(self.to, "{what} {threads} {ops}").expect("the peer listens");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the peer answers");
        line.trim().parse().unwrap_or_else(|_| panic!("the peer said {line:?}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
