//! Validates files that authors write: each complaint names file, line and column.

use std::path::Path;
use std::rc::Rc;

use crate::course::unit::Unit;
use crate::import::scenario::Scenario;
use crate::import::scenario_input::ScenarioInput;
use crate::import::task_definition;
use crate::import::toml_error::TextError;

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
        Some("toml") => toml_errors(path, &text)
            .iter()
            .map(|error| {
                format!(
                    "{name}:{}:{}: {}{}{}",
                    error.line,
                    error.column,
                    error.place,
                    if error.place.is_empty() { "" } else { ": " },
                    error.message
                )
            })
            .collect(),
        Some(_) | None => vec![format!("{name}: neither a scenario or unit (.toml) nor a task definition (.json)")],
    }
}

/// A file with steps of a lesson is a unit; its scenarios stand beside it in the course.
fn toml_errors(path: &Path, text: &str) -> Vec<TextError> {
    let is_unit = text.lines().any(|line| line.trim() == "[[steps]]");
    if is_unit { Unit::parse(text, &|id| scenario_beside(path, id)).err() } else { Scenario::parse(text).err() }
        .unwrap_or_default()
}

fn scenario_beside(unit: &Path, id: &str) -> Result<Rc<Scenario>, String> {
    let course = unit.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let files = ["unit-scenarios", "scenarios"].map(|folder| course.join(folder).join(id).with_extension("toml"));
    let file = files.iter().find(|file| file.exists()).ok_or_else(|| format!("there is no scenario `{id}`"))?;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Scenario::parse(&text).map(Rc::new).map_err(|errors| format!("{}: {}", file.display(), errors[0]))
}

/// The JSON Schema of scenarios.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ScenarioInput);
    serde_json::to_string_pretty(&schema).expect("a schema is plain data")
}
