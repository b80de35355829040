//! Every shipped scenario answers its question as it says, on every kernel that it names.

use scenarios::diag::render::{Style, render};
use scenarios::diag::{Diagnostic, Source};
use scenarios::expect;
use scenarios::file::{self, Kernel};
use scenarios::inputs::{self, Origin};
use scenarios::library;
use scenarios::run::{self, Engine, Job};

/// All differences of one scenario, as the command would print them.
fn differences(name: &str, text: &str) -> Vec<String> {
    let source = Source::new(format!("{name}.toml"), text);
    let (scenario, diagnostics) = file::parse(&source);
    let shown = |found: &[Diagnostic]| found.iter().map(|d| render(d, Style::default())).collect::<Vec<_>>();
    let Some(scenario) = scenario.filter(|_| diagnostics.is_empty()) else { return shown(&diagnostics) };
    let (inputs, diagnostics) = inputs::read_inputs(&scenario, &source, &Origin::Library);
    if !diagnostics.is_empty() {
        return shown(&diagnostics);
    }
    let on = |kernel: Kernel| {
        let seed = scenario.seed.value.0;
        let job = Job { scenario: &scenario, source: &source, inputs: &inputs, kernel, seed, schedule: None };
        match run::engine().run(&job) {
            Ok(result) => shown(&expect::judge(&scenario, &source, &result)),
            Err(diagnostics) => shown(&diagnostics),
        }
    };
    scenario.kernels().into_iter().flat_map(on).collect()
}

#[test]
fn every_shipped_scenario_passes_on_every_kernel_it_names() {
    let mut count = 0;
    for (name, text) in library::scenarios() {
        let found = differences(name, text);
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
        count += 1;
    }
    assert!(count >= 13, "only {count} scenarios are shipped");
}

#[test]
fn every_shipped_scenario_asks_and_answers_a_question() {
    for (name, text) in library::scenarios() {
        let (scenario, _) = file::parse(&Source::new(name, text));
        let scenario = scenario.expect("parses");
        assert!(scenario.question.is_some_and(|q| q.trim_end().ends_with('?')), "{name} asks nothing");
        assert!(scenario.summary.is_some_and(|s| s.len() > 40), "{name} has no answer");
        let expects = ["[expect", "took", "returns", "load ="].iter().any(|key| text.contains(key));
        assert!(expects, "{name} expects nothing");
    }
}

/// A shipped scenario with one wrong expectation must fail: the check above can.
#[test]
fn a_wrong_expectation_is_noticed() {
    let (_, text) = library::scenarios().find(|(name, _)| *name == "no-swap").expect("shipped");
    let wrong = text.replace("minor_faults = 1", "minor_faults = 2");
    assert_ne!(wrong, text);
    let found = differences("no-swap", &wrong);
    assert!(!found.is_empty() && found.iter().all(|d| d.contains("minor faults of `fetch`: 1")), "{found:?}");
}
