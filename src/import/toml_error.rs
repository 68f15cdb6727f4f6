//! Where in a TOML text something is wrong, in the lines and columns an editor counts.

/// One thing wrong with a file that was brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// What it is about: `services[0].desired_count`.
    pub place: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
}

impl std::fmt::Display for TextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}

/// Line and column of a byte of a text.
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

impl TextError {
    /// An error at a byte of the text.
    pub fn at(text: &str, byte: usize, place: impl Into<String>, message: impl Into<String>) -> Self {
        let (line, column) = line_and_column(text, byte);
        Self { place: place.into(), line, column, message: message.into() }
    }
}
