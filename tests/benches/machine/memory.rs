//! Memory per simulated task: a child process with many blocked tasks reads its own resident set (Linux only).

use std::process::Command;

use sim::task::{TaskSpec, WaitReason};

const VARIABLE: &str = "SLEEPABLE_BENCH_TASKS";

/// The number of tasks, if this process is the child.
pub fn child_request() -> Option<u64> {
    std::env::var(VARIABLE).ok()?.parse().ok()
}

fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// The child: all tasks asleep at once, then the resident set.
pub fn measure(tasks: u64) {
    let k = super::kernel(1);
    let m = k.machine().clone();
    for _ in 0..tasks {
        let m2 = m.clone();
        m.spawn(
            TaskSpec::user("app"),
            async move { m2.sleep_ns(1 << 50, WaitReason::new("nanosleep")).await },
        );
    }
    m.at(1 << 40, |_| println!("{}", resident_bytes().unwrap_or(0)));
    m.run();
}

/// The parent: a table.
pub fn report() {
    let run = |tasks: u64| -> Option<u64> {
        let exe = std::env::current_exe().ok()?;
        let output = Command::new(exe).env(VARIABLE, tasks.to_string()).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let Some(base) = run(0).filter(|bytes| *bytes > 0) else {
        return println!("\n(no resident set size here)");
    };
    println!("\n| tasks asleep | resident MB | bytes per task |\n|---|---|---|");
    for tasks in [1_000, 10_000, 100_000] {
        let bytes = run(tasks).unwrap_or(0);
        println!("| {tasks} | {:.1} | {} |", bytes as f64 / 1e6, bytes.saturating_sub(base) / tasks);
    }
}
