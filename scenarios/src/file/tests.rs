//! Tests of reading scenarios: what is accepted, that defaults can be written out and read again, and the schema.

use super::*;

fn read(text: &str) -> (Option<Scenario>, Vec<Diagnostic>) {
    parse(&Source::new("dir/example.toml", text))
}

/// Uses every table and most keys once.
const EVERYTHING: &str = include_str!("../../tests/everything.toml");

#[test]
fn the_shortest_scenario_has_good_defaults() {
    let (scenario, diagnostics) = read("");
    assert_eq!(diagnostics, []);
    let scenario = scenario.unwrap();
    assert_eq!(scenario.title(), "example");
    assert_eq!(scenario.kernels(), [Kernel::V6_12]);
    assert_eq!(scenario.cpus.value, 1);
}

#[test]
fn everything_reads_and_survives_being_written_out() {
    let (scenario, diagnostics) = read(EVERYTHING);
    assert_eq!(diagnostics, []);
    let scenario = scenario.unwrap();
    let (again, diagnostics) = read(&to_toml(&scenario));
    assert_eq!(diagnostics, []);
    assert_eq!(again.unwrap(), scenario);
}

#[test]
fn the_schema_accepts_everything_and_refuses_what_the_reader_refuses() {
    let schema: serde_json::Value = serde_json::from_str(&schema::json()).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let json = |text: &str| -> serde_json::Value { toml::from_str(text).unwrap() };
    let errors: Vec<String> =
        validator.iter_errors(&json(EVERYTHING)).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
    for wrong in [
        "kernle = '6.12'",
        "kernel = '6.6'",
        "cpus = 'two'",
        "[[task]]\nsteps = []",
        "[[task]]\nname = 'a'\nsteps = [{ slep = 1 }]",
    ] {
        assert!(!validator.is_valid(&json(wrong)), "the schema accepts {wrong}");
        assert!(read(wrong).1.iter().any(Diagnostic::is_error), "the reader accepts {wrong}");
    }
}

#[test]
fn the_checked_in_schema_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/scenario.schema.json");
    let wanted = schema::json();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == wanted, "scenario.schema.json is stale: run the tests with UPDATE=1");
}

#[test]
fn regions_are_placed_apart_and_around_fixed_ones() {
    let text = "[[task]]\nname = 'a'\nregion = [{ name = 'x' }, { name = 'fixed', at = 0x10002000 }, { name = 'y', pages = 2 }]";
    let (scenario, diagnostics) = read(text);
    assert_eq!(diagnostics, []);
    let layout = layout::Layout::of(&scenario.unwrap());
    let starts: Vec<u64> = layout.own_regions("a").iter().map(|r| r.start).collect();
    assert_eq!(starts, [0x1000_0000, 0x1000_2000, 0x1000_4000]);
    let names = layout.names(Some("a"));
    assert_eq!(names.addr(&AddrRef::parse("@y+8").unwrap()), Ok(0x1000_4008));
    assert!(names.addr(&AddrRef::parse("@z").unwrap()).is_err());
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text = "cpus = 2\n[[task]]\nname = 'a'\ncpu = 5\nsteps = [{ wait_for = { mark = 'b.x' } }, { read = { at = '@q' } }]\n[[task]]\nname = 'a'";
    let codes: Vec<&str> = read(text).1.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["E0012", "E0009", "E0013", "E0013"]);
}
