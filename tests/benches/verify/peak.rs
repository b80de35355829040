//! Peak memory: a child process verifies one workload once and tells how far its resident set grew (Linux only).

use std::process::Command;

use super::Workload;

const VARIABLE: &str = "SLEEPABLE_BENCH_VERIFY";

/// The workload, if this process is the child.
pub fn child_request() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

fn status(field: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The child: KiB that verification adds to what reading the objects and the kernel's types took.
pub fn measure(workload: &Workload) {
    for version in &workload.kernels {
        assert!(programs::kernel_types::builtin(*version).type_count() > 0);
    }
    // A small program first, for what is made once: tables of facts.
    let first = super::one("first", super::loop_of(1), None);
    first.verify();
    let before = status("VmRSS:").unwrap_or(0);
    // Writing 5 makes the peak the current size.
    _ = std::fs::write("/proc/self/clear_refs", "5");
    workload.verify();
    println!("{}", status("VmHWM:").unwrap_or(0).saturating_sub(before));
}

/// The parent: MB, if this system tells.
pub fn of(name: &str) -> Option<f64> {
    let exe = std::env::current_exe().ok()?;
    let output = Command::new(exe).env(VARIABLE, name).output().ok()?;
    let kib: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
