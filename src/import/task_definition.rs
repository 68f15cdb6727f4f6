//! Task definitions as JSON: what `RegisterTaskDefinition` takes, and what `DescribeTaskDefinition` gives.
//!
//! Every error says where it stands, in the order of the text. It keeps nothing from one call to the next. Start reading at [`task_definition_from_json`].

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::findings::{FieldError, Note};
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    task_definition: TaskDefinitionInput,
}

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
    match &value {
        Value::Object(fields) if fields.get(WRAPPER).is_some_and(Value::is_object) => {
            let described: Described = typed(text)?;
            Ok((described.task_definition, "taskDefinition."))
        }
        Value::Object(_) => Ok((typed(text)?, "")),
        Value::Array(_) => Err(wrong(
            "This is a list of container definitions. A task definition is an object with a family and containerDefinitions.",
        )),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(wrong("A task definition is an object with a family and containerDefinitions."))
        }
    }
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

fn typed<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, ImportError> {
    serde_json::from_str(text).map_err(|error| {
        let places = JsonPlaces::of(text);
        let span = places.around(offset(&error, text));
        let place = Place::of(text, span.start);
        ImportError {
            place: span.path.clone(),
            line: place.line,
            column: place.column,
            message: format!("Parameter validation failed: {}.", without_place(&error)),
        }
    })
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

/// The reader's own words, without the place and with the names people use for types.
fn without_place(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = full.strip_suffix(&place).unwrap_or(&full);
    ["expected i64", "expected i32"]
        .into_iter()
        .find_map(|ending| message.strip_suffix(ending))
        .map_or_else(|| message.to_owned(), |start| format!("{start}expected a whole number"))
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
