//! Task-level `cpu` and `memory`: a number, or a text with or without a unit.
//!
//! Fractions are read digit by digit; a value that is not a whole number of units is refused, never rounded.

use serde::Serialize;
use serde_json::Value;

use super::from_value::{FromValue, Mismatch};

/// As written; the API carries it as text, so that is how it is written back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Quantity(String);

impl Quantity {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// CPU units: `1024`, `1 vCPU`, `.5 vcpu` (API26:TaskDefinition.cpu).
    pub fn cpu_units(&self) -> Option<u32> {
        in_units(&self.0, &["vcpu", "vcpus"])
    }

    /// MiB: `2048`, `2 GB`, `.5GB` (API26:TaskDefinition.memory).
    pub fn memory_mib(&self) -> Option<u32> {
        in_units(&self.0, &["gb"])
    }
}

impl FromValue for Quantity {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) if !number.is_f64() => Ok(Self(number.to_string())),
            other => Err(Mismatch::expected(&other, "a whole number or a string")),
        }
    }
}

/// A bare number counts units; one with a suffix counts 1024 of them.
fn in_units(text: &str, suffixes: &[&str]) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let with_suffix = suffixes.iter().find_map(|each| lower.strip_suffix(each));
    match with_suffix {
        Some(number) => times_1024(number.trim_end()),
        None => is_digits(&lower).then(|| lower.parse().ok()).flatten(),
    }
}

fn times_1024(number: &str) -> Option<u32> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if !is_digits(&digits) || fraction.len() > 9 {
        return None;
    }
    let scaled = digits.parse::<u64>().ok()?.checked_mul(1024)?;
    let scale = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    (scaled % scale == 0).then(|| u32::try_from(scaled / scale).ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_exactly_or_not_at_all() {
        for (text, cpu, memory) in [
            ("256", Some(256), Some(256)),
            (" 512 ", Some(512), Some(512)),
            ("1 vCPU", Some(1024), None),
            (".5 vcpu", Some(512), None),
            ("0.25vCPU", Some(256), None),
            ("2 vCPUs", Some(2048), None),
            ("2 GB", None, Some(2048)),
            ("0.5GB", None, Some(512)),
            ("30gb", None, Some(30_720)),
            ("0.1 vCPU", None, None),
            ("vCPU", None, None),
            (". GB", None, None),
            ("-256", None, None),
            ("1.5", None, None),
            ("lots", None, None),
            ("", None, None),
            ("99999999999", None, None),
            ("99999999 vCPU", None, None),
        ] {
            let quantity = Quantity(text.to_owned());
            let read = (quantity.cpu_units(), quantity.memory_mib());
            assert_eq!(read, (cpu, memory), "{text:?}");
        }
    }
}
