//! Forms: what can be asked of the cluster beyond a click, as fields with names and ranges.
//!
//! A form is data; the page draws any of them, and what it is filled in with comes back as
//! [`Intent::Submit`](crate::session::intent::Intent::Submit).

use std::rc::Rc;

use crate::session::forms::FormKind;

/// Forms that belong together, folded away until opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormGroup {
    /// `Deployments`.
    pub title: &'static str,
    pub forms: Vec<FormView>,
}

/// One form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormView {
    pub kind: FormKind,
    /// Whom it is about, where it stands with that.
    pub of: Rc<str>,
    /// `Deploy a new revision`.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub line: Rc<str>,
    pub fields: Vec<FieldView>,
    /// The words of its button.
    pub submit: &'static str,
    /// Why it cannot be used now.
    pub locked: Option<&'static str>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    /// What the session knows it by.
    pub key: &'static str,
    pub label: &'static str,
    pub control: Control,
    /// It is asked for only while another field has one of these values.
    pub only_if: Option<(&'static str, &'static [&'static str])>,
}

/// How a field is filled in, and what stands in it at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    Number {
        value: u64,
        least: u64,
        most: u64,
        step: u64,
        unit: &'static str,
    },
    /// One of several: value and words.
    Pick {
        value: Rc<str>,
        options: Vec<(Rc<str>, Rc<str>)>,
    },
    Switch(bool),
    Text(Rc<str>),
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    Number(u64),
    Text(String),
    Flag(bool),
}

impl Control {
    /// What stands in it at first.
    pub fn value(&self) -> FieldValue {
        match self {
            Control::Number { value, .. } => FieldValue::Number(*value),
            Control::Pick { value, .. } | Control::Text(value) => FieldValue::Text(value.to_string()),
            Control::Switch(on) => FieldValue::Flag(*on),
        }
    }
}
