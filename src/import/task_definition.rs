//! Task definitions as JSON: what `RegisterTaskDefinition` takes, and what `DescribeTaskDefinition` gives.
//!
//! Every error says where it stands, in the order of the text. It keeps nothing from one call to the next. Start reading at [`task_definition_from_json`].

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::findings::{FieldError, Note};
use super::from_value::{FromValue, Mismatch};
use super::json_places::{JsonPlaces, Place};
use super::task_definition_input::TaskDefinitionInput;
use crate::sim::model::task_definition::TaskDefinition;

/// An accepted task definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// For the simulator.
    pub definition: TaskDefinition,
    /// What was written, fields the simulator does not know included; to be exported again.
    pub input: TaskDefinitionInput,
    /// What its author may want to know.
    pub notes: Vec<Note>,
}

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The field, such as `containerDefinitions[0].portMappings[1].hostPort`; empty for the whole text.
    pub place: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What the service would answer.
    pub message: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: ", self.line, self.column)?;
        if !self.place.is_empty() {
            write!(out, "{}: ", self.place)?;
        }
        out.write_str(&self.message)
    }
}

impl std::error::Error for ImportError {}

/// The key `DescribeTaskDefinition` wraps its answer in.
const WRAPPER: &str = "taskDefinition";

/// Reads and checks a task definition, bare or inside `{"taskDefinition": …}`; it becomes this revision of its family.
pub fn task_definition_from_json(text: &str, revision: u32) -> Result<Imported, Vec<ImportError>> {
    let (input, prefix) = read(text).map_err(|error| vec![error])?;
    match input.into_definition(revision) {
        Ok(definition) => Ok(Imported { definition, notes: input.notes(), input }),
        Err(errors) => {
            let places = JsonPlaces::of(text);
            let located = |error| located(text, &places, prefix, error);
            let mut errors: Vec<ImportError> = errors.into_iter().map(located).collect();
            errors.sort_by_key(|error| (error.line, error.column));
            Err(errors)
        }
    }
}

/// The JSON of `RegisterTaskDefinition`: everything that came in, indented by two spaces.
pub fn task_definition_to_json(input: &TaskDefinitionInput) -> String {
    let mut bytes = Vec::new();
    input
        .serialize(&mut serde_json::Serializer::pretty(&mut bytes))
        .expect("texts, numbers and maps with text keys are always JSON");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// The request, and what its paths begin with in the text.
fn read(text: &str) -> Result<(TaskDefinitionInput, &'static str), ImportError> {
    let value: Value = serde_json::from_str(text).map_err(|error| syntax_error(&error, text))?;
    let wrong = |message: &str| ImportError { place: String::new(), line: 1, column: 1, message: message.to_owned() };
    let typed = |value, prefix| match TaskDefinitionInput::from_value(value) {
        Ok(input) => Ok((input, prefix)),
        Err(mismatch) => Err(mistyped(text, prefix, mismatch)),
    };
    match value {
        Value::Object(mut fields) if fields.get(WRAPPER).is_some_and(Value::is_object) => {
            typed(fields.remove(WRAPPER).unwrap_or(Value::Null), "taskDefinition.")
        }
        Value::Object(fields) => typed(Value::Object(fields), ""),
        Value::Array(_) => Err(wrong(
            "This is a list of container definitions. A task definition is an object with a family and containerDefinitions.",
        )),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(wrong("A task definition is an object with a family and containerDefinitions."))
        }
    }
}

fn mistyped(text: &str, prefix: &str, mismatch: Mismatch) -> ImportError {
    let message = format!("Parameter validation failed: {}.", mismatch.message);
    located(text, &JsonPlaces::of(text), prefix, FieldError { path: mismatch.path, message, char_in_value: None })
}

fn syntax_error(error: &serde_json::Error, text: &str) -> ImportError {
    let place = Place::of(text, offset(error, text));
    ImportError {
        place: String::new(),
        line: place.line,
        column: place.column,
        message: format!("Error parsing JSON: {}.", without_place(error)),
    }
}

/// The byte an error is about; the reader counts columns in bytes, up to and with the last one it took.
fn offset(error: &serde_json::Error, text: &str) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The reader's own words, without the place.
fn without_place(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    full.strip_suffix(&place).unwrap_or(&full).to_owned()
}

fn located(text: &str, places: &JsonPlaces, prefix: &str, error: FieldError) -> ImportError {
    let path = format!("{prefix}{}", error.path);
    let path = path.trim_end_matches('.');
    let span = places.find(path);
    let raw = &text[span.start..span.end];
    let inside = error.char_in_value.filter(|_| span.path == path && !raw.contains('\\'));
    let opening_quote = 1;
    let place = Place::of(text, span.start);
    ImportError {
        place: path.to_owned(),
        line: place.line,
        column: place.column + inside.map_or(0, |chars| chars + opening_quote),
        message: error.message,
    }
}
