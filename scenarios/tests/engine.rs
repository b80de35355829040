//! Scenarios that use every kind of step, argument, packet, interrupt and native program: `steps/*.toml`, each must pass.

use std::path::Path;

use scenarios::diag::render::{Style, render};
use scenarios::diag::{Diagnostic, Source};
use scenarios::expect;
use scenarios::file;
use scenarios::inputs::{self, Origin};
use scenarios::result::RunResult;
use scenarios::run::{self, Engine, Job};

fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(|d| render(d, Style::default())).collect::<Vec<_>>().join("\n")
}

/// Runs a scenario text on all its kernels; what was wrong, and the results.
fn run(name: &str, text: &str) -> (String, Vec<RunResult>) {
    let source = Source::new(name, text);
    let (scenario, diagnostics) = file::parse(&source);
    let Some(scenario) = scenario.filter(|_| diagnostics.is_empty()) else {
        return (shown(&diagnostics), Vec::new());
    };
    let (inputs, diagnostics) = inputs::read_inputs(&scenario, &source, &Origin::Library);
    let (mut wrong, mut results) = (shown(&diagnostics), Vec::new());
    for kernel in scenario.kernels() {
        let seed = scenario.seed.value.0;
        match run::engine().run(&Job {
            scenario: &scenario,
            source: &source,
            inputs: &inputs,
            kernel,
            seed,
            schedule: None,
        }) {
            Ok(result) => {
                wrong += &shown(&expect::judge(&scenario, &source, &result));
                results.push(result);
            }
            Err(diagnostics) => wrong += &shown(&diagnostics),
        }
    }
    (wrong, results)
}

#[test]
fn every_kind_of_step_does_what_its_scenario_says() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/steps");
    let entries = std::fs::read_dir(directory).expect("tests/steps");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 9, "{paths:?}");
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a scenario");
        let (wrong, results) = run(&path.display().to_string(), &text);
        assert!(wrong.is_empty(), "{}:\n{wrong}", path.display());
        assert!(!results.is_empty(), "{} ran on no kernel", path.display());
    }
}

#[test]
fn results_do_not_depend_on_how_many_events_are_kept() {
    let (_, text) = scenarios::library::scenarios().find(|(name, _)| *name == "page-kinds").expect("shipped");
    let (wrong, few) = run("few", &format!("event_limit = 10\n{text}"));
    assert_eq!(wrong, "");
    assert!(few.iter().all(|result| result.events.len() == 10 && result.dropped_events > 50));
}

/// What cannot be built is said at the place that asks for it.
#[test]
fn what_cannot_be_built_is_a_diagnostic() {
    let rows = [
        ("[[program]]\nname = 'p'\nattach = 'xdp'\nasm = 'r11 = 0'", "E0019"),
        ("[[program]]\nname = 'p'\nattach = 'lms/file_open'\nasm = 'exit'", "E0022"),
        ("[[native]]\nname = 'sleep_under_spin_lok'", "E0030"),
        ("[[native]]\nname = 'double_lock'\nparams = { x = 1 }", "E0030"),
        ("[[map]]\nname = 'm'\ntype = 'hash'\nmax_entries = 0", "E0023"),
        ("[[map]]\nname = 'm'\ntype = 'array'\nentries = [{ key = 1, value = 1 }]", "E0023"),
        ("[globals]\nnobody = 1", "E0024"),
        ("[memory]\nframes = 1", "E0009"),
        ("[[task]]\nname = 't'\npid = 2", "E0012"),
        ("[[interrupt]]\nat = 0\nevery = 0\ncount = 2", "E0009"),
        ("[[program]]\nobject = 'objects/reads.bpf.o'\nfunction = 'no_such'", "E0021"),
    ];
    for (text, code) in rows {
        let (wrong, results) = run("wrong.toml", text);
        assert!(wrong.contains(code), "{text}\n{wrong}");
        assert!(wrong.contains("wrong.toml:"), "no place: {text}\n{wrong}");
        assert!(results.is_empty());
    }
}
