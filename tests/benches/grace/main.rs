//! The bench of grace periods: readers, retiring and reclaiming, and how long a grace period takes as readers grow in number.
//!
//! `cargo bench -p tests --bench grace`. Beside the reclamation crates people would pick, and liburcu if it is installed, in
//! one run with interleaved rounds. Key files: `readers`, `retire`, `latency`.

#[path = "../rounds/mod.rs"]
mod rounds;

mod latency;
mod peer;
mod readers;
mod retire;

fn main() {
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let sections: [(&str, fn()); 3] =
        [("readers", readers::report), ("retire", retire::report), ("latency", latency::report)];
    for (name, report) in sections {
        if wanted.as_ref().is_none_or(|wanted| wanted == name) {
            report();
        }
    }
}
