//! What was found wrong, and what is only worth knowing, each with the field it is about.
//!
//! Paths are written as the AWS CLI writes them: `containerDefinitions[0].portMappings[1].hostPort`.

use std::fmt;

/// A field the service would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field; the one that contains it when it is missing; empty for the whole.
    pub path: String,
    /// What the service would answer.
    pub message: String,
    /// Where inside the text of the field it goes wrong, in characters from 0, when that is known.
    pub char_in_value: Option<usize>,
}

impl fmt::Display for FieldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { out.write_str(&self.message) } else { write!(out, "{}: {}", self.path, self.message) }
    }
}

impl std::error::Error for FieldError {}

/// Something accepted that behaves otherwise than its author may expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The field; empty for the whole.
    pub place: String,
    /// What is to be known about it.
    pub message: String,
}

impl Note {
    pub(super) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// Collects every error instead of stopping at the first, as a person would want it.
#[derive(Default)]
pub(super) struct Findings {
    errors: Vec<FieldError>,
}

impl Findings {
    pub(super) fn refuse(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.push(path.into(), message.into(), None);
    }

    pub(super) fn refuse_at(&mut self, path: impl Into<String>, message: impl Into<String>, char_in_value: Option<usize>) {
        self.push(path.into(), message.into(), char_in_value);
    }

    fn push(&mut self, path: String, message: String, char_in_value: Option<usize>) {
        self.errors.push(FieldError { path, message, char_in_value });
    }

    /// The value, if nothing was refused.
    pub(super) fn or_errors<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors) }
    }
}
