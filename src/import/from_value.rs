//! Reads inputs out of parsed JSON, field by field, and says where and why that cannot be done.
//!
//! One small reader for all of them: a generated one for each kind of text would be a tenth of the page.

use serde_json::{Map, Value};

/// A value is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// From the value that was read: `containerDefinitions[0].memory`; empty for the value itself.
    pub path: String,
    pub message: String,
}

/// Something that can be read out of JSON.
pub trait FromValue: Sized {
    /// Reads it; `value` is used up.
    fn from_value(value: Value) -> Result<Self, Mismatch>;
}

impl Mismatch {
    /// The value is of another kind than expected.
    pub fn expected(value: &Value, expected: &str) -> Self {
        let found = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(yes) => format!("boolean `{yes}`"),
            Value::Number(number) if number.is_f64() => format!("floating point `{number}`"),
            Value::Number(number) => format!("integer `{number}`"),
            Value::String(text) => format!("string \"{text}\""),
            Value::Array(_) => "sequence".to_owned(),
            Value::Object(_) => "map".to_owned(),
        };
        Self { path: String::new(), message: format!("invalid type: {found}, expected {expected}") }
    }

    fn under(mut self, step: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{joint}{}", self.path);
        self
    }
}

/// The fields of an object.
pub fn object(value: Value, what: &str) -> Result<Map<String, Value>, Mismatch> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Mismatch::expected(&other, what)),
    }
}

/// Takes one field out; a field that is null is as good as missing.
pub fn take<T: FromValue>(fields: &mut Map<String, Value>, key: &str) -> Result<Option<T>, Mismatch> {
    match fields.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::from_value(value).map(Some).map_err(|mismatch| mismatch.under(key)),
    }
}

/// `container_port` is `containerPort` in the API.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut text = words.next().unwrap_or("").to_owned();
    for word in words {
        text.push_str(&word[..1].to_ascii_uppercase());
        text.push_str(&word[1..]);
    }
    text
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(Mismatch::expected(&other, "a string")),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        value.as_bool().ok_or_else(|| Mismatch::expected(&value, "a boolean"))
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        value.as_i64().ok_or_else(|| Mismatch::expected(&value, "a whole number"))
    }
}

impl FromValue for i32 {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        let whole = value.as_i64().and_then(|number| i32::try_from(number).ok());
        whole.ok_or_else(|| Mismatch::expected(&value, "a whole number"))
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        let Value::Array(items) = value else { return Err(Mismatch::expected(&value, "a sequence")) };
        let read = |(index, item)| T::from_value(item).map_err(|mismatch| mismatch.under(&format!("[{index}]")));
        items.into_iter().enumerate().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_those_of_the_api() {
        assert_eq!(camel("container_port"), "containerPort");
        assert_eq!(camel("family"), "family");
        assert_eq!(camel("fsx_windows_file_server_volume_configuration"), "fsxWindowsFileServerVolumeConfiguration");
    }

    #[test]
    fn a_mismatch_names_its_place() {
        let wrong = Vec::<Vec<i64>>::from_value(serde_json::json!([[1], [2, "x"]])).unwrap_err();
        assert_eq!(wrong.path, "[1][1]");
        assert_eq!(wrong.message, "invalid type: string \"x\", expected a whole number");
    }
}
