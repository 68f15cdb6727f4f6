//! Validates files that authors write: each complaint names file, line and column.

use std::path::Path;

use crate::import::scenario::Scenario;
use crate::import::scenario_input::ScenarioInput;
use crate::import::task_definition;

/// Everything wrong with one file; nothing when it is right.
pub fn file(path: &Path) -> Vec<String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return vec![format!("{}: {error}", path.display())],
    };
    let name = path.display();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => match task_definition::task_definition_from_json(&text, 1) {
            Ok(_) => Vec::new(),
            Err(errors) => errors
                .iter()
                .map(|error| format!("{name}:{}:{}: {}: {}", error.line, error.column, error.place, error.message))
                .collect(),
        },
        Some("toml") => match Scenario::parse(&text) {
            Ok(_) => Vec::new(),
            Err(errors) => errors
                .iter()
                .map(|error| format!("{name}:{}:{}: {}: {}", error.line, error.column, error.place, error.message))
                .collect(),
        },
        Some(_) | None => vec![format!("{name}: neither a scenario or unit (.toml) nor a task definition (.json)")],
    }
}

/// The JSON Schema of scenarios.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ScenarioInput);
    serde_json::to_string_pretty(&schema).expect("a schema is plain data")
}
