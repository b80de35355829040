//! The JSON form: its schema is the file in the repository, and every line conforms to it.

use scenarios::check::json;

#[test]
fn lines_conform_to_the_schema_in_the_repository() {
    let path = super::workspace().join("scenarios/schema/check.schema.json");
    let wanted = serde_json::to_string_pretty(&json::schema()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == wanted, "scenarios/schema/check.schema.json is stale: run the tests with UPDATE=1");
    let validator = jsonschema::validator_for(&json::schema()).expect("a schema");
    let mut rejected = 0;
    for object in super::OBJECTS {
        let report = super::report(object);
        for row in &report.rows {
            let line = serde_json::to_value(json::line(&report.path, row)).expect("JSON");
            let errors: Vec<_> = validator.iter_errors(&line).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{line}: {errors:?}");
            rejected += usize::from(line["verdict"] == "reject");
        }
    }
    assert!(rejected > 50, "{rejected}");
}

/// Readers rely on these: none may go or change its meaning.
#[test]
fn keys_stay() {
    let schema = json::schema();
    let keys: Vec<&str> =
        schema["properties"].as_object().expect("an object").keys().map(String::as_str).collect();
    let stable = [
        "file",
        "program",
        "section",
        "kernel",
        "verdict",
        "errno",
        "code",
        "reason",
        "source",
        "instruction",
        "path",
        "help",
        "work",
        "known",
        "note",
        "branches_left_out",
    ];
    for key in stable {
        assert!(keys.contains(&key), "{key} is gone");
    }
}
