//! Spans of time as people write them: `90s`, `2m`, `1h30m`, `250ms`.

use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};

/// Reads a span; says what is wrong with it otherwise.
pub fn parse(text: &str) -> Result<Millis, String> {
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(0);
    }
    let mut total: Millis = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.len() - tail.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).len();
        let (unit, tail) = tail.split_at(letters);
        let unit_ms = match unit {
            "ms" => 1,
            "s" => SECOND,
            "m" | "min" => MINUTE,
            "h" => HOUR,
            _ => return Err(refusal(text)),
        };
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms));
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(|| refusal(text))?;
        rest = tail.trim_start();
    }
    if text.trim().is_empty() { Err(refusal(text)) } else { Ok(total) }
}

fn refusal(text: &str) -> String {
    format!("`{text}` is not a span of time; write it like 90s, 2m, 1h30m or 250ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_nonsense_is_refused() {
        assert_eq!(parse("90s"), Ok(90_000));
        assert_eq!(parse("1h30m"), Ok(5_400_000));
        assert_eq!(parse("250ms"), Ok(250));
        assert_eq!(parse("0"), Ok(0));
        for wrong in ["", "90", "s", "1 fortnight", "99999999999999999999s", "-3s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
