//! Where each value of a JSON text stands, by its path.
//!
//! It walks a text that is already known to be JSON and panics on any other; it reads no values.

/// A place in a text as people count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// Every value with its path and its bytes, outer ones first.
pub(super) struct JsonPlaces {
    spans: Vec<Span>,
}

pub(super) struct Span {
    pub path: String,
    pub start: usize,
    pub end: usize,
}

impl JsonPlaces {
    pub(super) fn of(json: &str) -> Self {
        let mut walk = Walk { bytes: json.as_bytes(), at: 0, spans: Vec::new() };
        walk.value(String::new());
        Self { spans: walk.spans }
    }

    /// The value at this path, or the innermost one around where it would be.
    pub(super) fn find(&self, path: &str) -> &Span {
        let found = self.spans.iter().rev().find(|span| span.path == path);
        match (found, path.rfind(['.', '['])) {
            (Some(span), _) => span,
            (None, Some(cut)) => self.find(&path[..cut]),
            (None, None) => &self.spans[0],
        }
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    spans: Vec<Span>,
}

impl Walk<'_> {
    fn value(&mut self, path: String) {
        self.skip_space();
        let index = self.spans.len();
        self.spans.push(Span { path: path.clone(), start: self.at, end: self.at });
        match self.bytes[self.at] {
            b'{' => self.members(&path),
            b'[' => self.elements(&path),
            b'"' => {
                self.string();
            }
            _ => self.at += self.rest().take_while(|byte| !b",]} \t\r\n".contains(byte)).count(),
        }
        self.spans[index].end = self.at;
    }

    fn members(&mut self, path: &str) {
        self.at += 1;
        self.skip_space();
        while self.bytes[self.at] != b'}' {
            let key = self.string();
            self.skip_space();
            assert_eq!(self.bytes[self.at], b':', "not JSON");
            self.at += 1;
            self.value(if path.is_empty() { key } else { format!("{path}.{key}") });
            self.next_item();
        }
        self.at += 1;
    }

    fn elements(&mut self, path: &str) {
        self.at += 1;
        self.skip_space();
        for index in 0.. {
            if self.bytes[self.at] == b']' {
                break;
            }
            self.value(format!("{path}[{index}]"));
            self.next_item();
        }
        self.at += 1;
    }

    fn next_item(&mut self) {
        self.skip_space();
        if self.bytes[self.at] == b',' {
            self.at += 1;
            self.skip_space();
        }
    }

    /// The text between the quotes, escapes as they are written.
    fn string(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        while self.bytes[self.at] != b'"' {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        String::from_utf8_lossy(&self.bytes[start..self.at - 1]).into_owned()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn rest(&self) -> impl Iterator<Item = &u8> {
        self.bytes[self.at..].iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": [1, {\"b\\\"\": \"x,]}\"}],\n  \"ä\": {}, \"c\": null\n}";

    fn place(path: &str) -> (usize, usize) {
        let place = Place::of(TEXT, JsonPlaces::of(TEXT).find(path).start);
        (place.line, place.column)
    }

    #[test]
    fn paths_are_found_and_missing_ones_lead_to_what_is_around() {
        for (path, expected) in [
            ("", (1, 1)),
            ("a", (2, 8)),
            ("a[0]", (2, 9)),
            ("a[1]", (2, 12)),
            ("a[1].b\\\"", (2, 20)),
            ("ä", (3, 8)),
            ("c", (3, 17)),
            ("a[1].missing", (2, 12)),
            ("a[7].b", (2, 8)),
            ("d.e", (1, 1)),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }
}
