//! The values of the cluster query language: versions, dates, patterns, and how texts compare.
//!
//! No float and no clock: numbers are compared by their digits, dates are counted in whole milliseconds.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use regex_lite::Regex;

/// A dotted version such as `1.14.5`; a missing part counts as 0.
#[derive(Clone, Debug)]
pub struct Version {
    text: Rc<str>,
    parts: Vec<u32>,
}

impl Version {
    /// Reads digits separated by dots, with an optional `v` in front.
    /// Ledger: expression.pattern.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('v').unwrap_or(text);
        let mut parts =
            digits.split('.').map(|part| is_digits(part).then(|| part.parse().ok()).flatten()).collect::<Option<Vec<u32>>>()?;
        while parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Self { text: text.into(), parts })
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// A moment as `registeredAt` writes it: `2018-06-18`, with or without `T22:28:28`, with or without `Z` or `+00:00`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    text: Rc<str>,
    unix_ms: u64,
}

impl Date {
    /// Reads the four documented forms; `None` for anything else, for days that do not exist and before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
        let days = i64::from(days_since_1970(day)?);
        let (time, offset_s) = split_offset(time)?;
        let seconds = days * 86_400 + i64::from(seconds_of_day(time)?) - i64::from(offset_s);
        Some(Self { text: text.into(), unix_ms: u64::try_from(seconds).ok()? * 1000 })
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_ms(&self) -> u64 {
        self.unix_ms
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

fn days_since_1970(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (year, month, day) = (number(year, 9999)?, number(month, 12)?, number(day, 31)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month_index = usize::try_from(month - 1).ok()?;
    if day < 1 || day > lengths[month_index] {
        return None;
    }
    let earlier_months: i32 = lengths[..month_index].iter().sum();
    let earlier_years = year - 1;
    let days_before_year = earlier_years * 365 + earlier_years / 4 - earlier_years / 100 + earlier_years / 400;
    /// The same count for the year 1970.
    const DAYS_BEFORE_1970: i32 = 719_162;
    Some(days_before_year - DAYS_BEFORE_1970 + earlier_months + day - 1)
}

fn seconds_of_day(text: &str) -> Option<i32> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some(number(hour, 23)? * 3600 + number(minute, 59)? * 60 + number(second, 59)?)
}

fn split_offset(time: &str) -> Option<(&str, i32)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (hours, minutes) = time[at + 1..].split_once(':')?;
    let seconds = number(hours, 23)? * 3600 + number(minutes, 59)? * 60;
    let ahead = time[at..].starts_with('+');
    Some((&time[..at], if ahead { seconds } else { -seconds }))
}

fn number(text: &str, max: i32) -> Option<i32> {
    let value = is_digits(text).then(|| text.parse().ok()).flatten()?;
    (value <= max).then_some(value)
}

/// A Java-like regular expression that must match the whole text. Equal when written the same.
#[derive(Clone)]
pub struct Pattern {
    source: Rc<str>,
    /// Behind a pointer, so that the pattern engine comes with whoever reads expressions, not with whoever evaluates them.
    matches: Rc<dyn Fn(&str) -> bool>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({:?})", self.source)
    }
}

impl Pattern {
    /// Reads it; the error says what the pattern engine does not take (look-around and back references among others).
    pub fn parse(source: &str) -> Result<Self, String> {
        Regex::new(source).map_err(|error| error.to_string())?;
        let whole = Regex::new(&format!(r"\A(?:{source})\z")).map_err(|error| error.to_string())?;
        Ok(Self { source: source.into(), matches: Rc::new(move |text| whole.is_match(text)) })
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole text matches.
    pub fn is_match(&self, text: &str) -> bool {
        (self.matches)(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

/// Orders two texts: as decimal numbers when both are, else as versions when both are, else by their characters.
pub fn compare_text(left: &str, right: &str) -> Ordering {
    if let (Some(left), Some(right)) = (decimal(left), decimal(right)) {
        return left.cmp(&right);
    }
    match (Version::parse(left), Version::parse(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) | (None, Some(_)) | (None, None) => left.cmp(right),
    }
}

/// A decimal number as something that orders like it: digits before the point by length, then both groups of digits.
fn decimal(text: &str) -> Option<(usize, &str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    Some((whole.len(), whole, fraction.trim_end_matches('0')))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a character may stand in a word without quotes.
pub(super) fn is_word_char(each: char) -> bool {
    !each.is_whitespace() && !"()[],=!<>&|'\"".contains(each)
}

/// Writes a value so that it is read back as the same one: bare when it can be, else in the quotes it does not contain.
pub(super) fn write_value(out: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    if !value.is_empty() && value.chars().all(is_word_char) {
        out.write_str(value)
    } else if value.contains('\'') {
        write!(out, "\"{value}\"")
    } else {
        write!(out, "'{value}'")
    }
}
