//! What a query answers: a whole number that knows its unit, or a name.

use crate::sim::time::{self, Millis};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A plain number: tasks, servers, CPU units.
    Count(u64),
    /// Memory in MiB.
    Memory(u64),
    /// A span of time.
    Span(Millis),
    /// A price in micro-dollars an hour.
    Price(u64),
    /// The name of a server or a zone.
    Name(String),
}

impl Amount {
    /// The number, to compare; a name has none.
    pub fn number(&self) -> Option<u64> {
        match self {
            Amount::Count(number) | Amount::Memory(number) | Amount::Span(number) | Amount::Price(number) => Some(*number),
            Amount::Name(_) => None,
        }
    }

    /// The same unit with another number.
    pub fn with_number(&self, number: u64) -> Amount {
        match self {
            Amount::Count(_) | Amount::Name(_) => Amount::Count(number),
            Amount::Memory(_) => Amount::Memory(number),
            Amount::Span(_) => Amount::Span(number),
            Amount::Price(_) => Amount::Price(number),
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Amount::Count(number) => f.write_str(&grouped(*number)),
            Amount::Memory(mib) => write!(f, "{} MiB", grouped(*mib)),
            Amount::Span(length) => f.write_str(&time::span(*length)),
            Amount::Price(micro) => write!(f, "${}.{:03}/h", (micro + 500) / 1_000_000, (micro + 500) / 1_000 % 1_000),
            Amount::Name(name) => f.write_str(name),
        }
    }
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Amount::Count(1_234_567).to_string(), "1,234,567");
        assert_eq!(Amount::Memory(7_807).to_string(), "7,807 MiB");
        assert_eq!(Amount::Span(41_900).to_string(), "41 s");
        assert_eq!(Amount::Price(318_000).to_string(), "$0.318/h");
    }
}
