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
    /// What is set now, for each that it may be about.
    pub presets: Vec<Preset>,
}

/// What is set now for one that a form may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The fields that say whom it is about, and what stands in them then.
    pub when: Vec<(&'static str, FieldValue)>,
    /// What the others begin with.
    pub values: Vec<(&'static str, FieldValue)>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    /// What the session knows it by.
    pub key: &'static str,
    pub label: &'static str,
    pub control: Control,
    pub only_if: Option<Asked>,
}

/// A field may be asked for only while another one has certain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Has one of these.
    If(&'static str, &'static [&'static str]),
    /// Has any but this.
    Unless(&'static str, &'static str),
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
    /// Sent along, and not to be changed.
    Fixed(Rc<str>),
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
            Control::Pick { value, .. } | Control::Text(value) | Control::Fixed(value) => FieldValue::Text(value.to_string()),
            Control::Switch(on) => FieldValue::Flag(*on),
        }
    }

    /// Can this stand in it? What was put in may no longer be on offer.
    pub fn takes(&self, value: &FieldValue) -> bool {
        match (self, value) {
            (Control::Pick { options, .. }, FieldValue::Text(text)) => options.iter().any(|(value, _)| **value == **text),
            (Control::Number { least, most, .. }, FieldValue::Number(number)) => (least..=most).contains(&number),
            (Control::Text(_), FieldValue::Text(_)) | (Control::Switch(_), FieldValue::Flag(_)) => true,
            (Control::Pick { .. } | Control::Number { .. } | Control::Text(_) | Control::Switch(_) | Control::Fixed(_), _) => {
                false
            }
        }
    }
}

impl FormView {
    /// What is set now for the one that the form is about; `stands` is what stands in a field that says whom.
    pub fn preset(&self, stands: &dyn Fn(&FieldView) -> FieldValue) -> Option<&Preset> {
        let is = |(key, value): &(&'static str, FieldValue)| {
            self.fields.iter().any(|field| field.key == *key && stands(field) == *value)
        };
        self.presets.iter().find(|preset| preset.when.iter().all(is))
    }

    /// The fields that are asked for, given what stands in each. One that hangs on another is not, while that one is not.
    pub fn asked(&self, value: &dyn Fn(&FieldView) -> FieldValue) -> Vec<&FieldView> {
        self.fields.iter().filter(|field| self.is_asked(field, value)).collect()
    }

    fn is_asked(&self, field: &FieldView, value: &dyn Fn(&FieldView) -> FieldValue) -> bool {
        let Some(condition) = field.only_if else { return true };
        let (Asked::If(key, _) | Asked::Unless(key, _)) = condition;
        let Some(other) = self.fields.iter().find(|other| other.key == key) else { return false };
        let FieldValue::Text(text) = value(other) else { return false };
        let holds = match condition {
            Asked::If(_, values) => values.contains(&&*text),
            Asked::Unless(_, without) => text != without,
        };
        holds && self.is_asked(other, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_on_something_that_is_not_asked_is_not_asked_either() {
        let field = |key, only_if| FieldView { key, label: key, control: Control::Text(Rc::from(key)), only_if };
        let form = |first: &str| FormView {
            kind: FormKind::Deploy,
            of: Rc::from(""),
            title: "",
            line: Rc::from(""),
            fields: vec![
                FieldView { control: Control::Text(Rc::from(first)), ..field("first", None) },
                field("second", Some(Asked::Unless("first", "none"))),
                field("third", Some(Asked::If("second", &["second", "other"]))),
                field("fourth", Some(Asked::If("third", &["else"]))),
            ],
            submit: "",
            locked: None,
            presets: Vec::new(),
        };
        let asked =
            |form: &FormView| form.asked(&|field| field.control.value()).iter().map(|field| field.key).collect::<Vec<_>>();
        assert_eq!(asked(&form("some")), ["first", "second", "third"]);
        assert_eq!(asked(&form("none")), ["first"]);
    }
}
