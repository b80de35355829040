//! The JSON schema of scenario files (draft-07, which TOML editors know), made from the model.

use schemars::generate::SchemaSettings;

/// The schema as pretty-printed JSON with a line feed at the end.
pub fn json() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<super::Scenario>();
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text + "\n"
}
