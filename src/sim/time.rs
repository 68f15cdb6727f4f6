//! Simulated time: whole milliseconds since the scenario began.

/// An instant or a span of simulated time, in milliseconds.
pub type Millis = u64;

/// One second in milliseconds.
pub const SECOND: Millis = 1_000;
/// One minute in milliseconds.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: Millis = 60 * MINUTE;

/// An instant as a clock shows it: `1:33.4`, or `2:05:33.4` from an hour on.
pub fn clock(at: Millis) -> String {
    let (hours, minutes, seconds, tenths) = (at / HOUR, at / MINUTE % 60, at / SECOND % 60, at / 100 % 10);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}.{tenths}") } else { format!("{minutes}:{seconds:02}.{tenths}") }
}

/// A span in words a person would say: `0.4 s`, `41 s`, `2 min 5 s`, `3 h 10 min`.
pub fn span(length: Millis) -> String {
    match length {
        0..=9_999 => format!("{}.{} s", length / SECOND, length / 100 % 10),
        10_000..=119_999 => format!("{} s", length / SECOND),
        120_000..=7_199_999 => with_rest(length / MINUTE, "min", length / SECOND % 60, "s"),
        _ => with_rest(length / HOUR, "h", length / MINUTE % 60, "min"),
    }
}

fn with_rest(whole: u64, unit: &str, rest: u64, rest_unit: &str) -> String {
    if rest == 0 { format!("{whole} {unit}") } else { format!("{whole} {unit} {rest} {rest_unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_spans_read_as_people_write_them() {
        assert_eq!(clock(93_400), "1:33.4");
        assert_eq!(clock(2 * HOUR + 5 * MINUTE + 33_450), "2:05:33.4");
        assert_eq!(span(400), "0.4 s");
        assert_eq!(span(41_900), "41 s");
        assert_eq!(span(125_000), "2 min 5 s");
        assert_eq!(span(3 * HOUR + 10 * MINUTE), "3 h 10 min");
    }
}
