//! Values that know where in a text they stand, and the reader of authors' files.
//!
//! Authors write TOML, and their mistakes are named by line and column: on the host, where files are checked. The page holds
//! only files that have been checked, turned into JSON when it was built (`build.rs`), and spares itself the TOML reader.

use serde::de::DeserializeOwned;

use crate::import::toml_error::TextError;

#[cfg(not(target_arch = "wasm32"))]
pub use toml::Spanned;

/// Reads an author's file.
#[cfg(not(target_arch = "wasm32"))]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, TextError> {
    toml::from_str(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        TextError::at(text, byte, "", error.message().trim_end())
    })
}

/// Reads a checked file.
#[cfg(target_arch = "wasm32")]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, TextError> {
    serde_json::from_str(text).map_err(|error| TextError {
        place: String::new(),
        line: error.line(),
        column: error.column(),
        message: error.to_string(),
    })
}

/// In the page no place is needed any more.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Spanned<T>(T);

#[cfg(target_arch = "wasm32")]
impl<T> Spanned<T> {
    /// The value.
    pub fn get_ref(&self) -> &T {
        &self.0
    }

    /// The beginning of the text.
    pub fn span(&self) -> std::ops::Range<usize> {
        0..0
    }
}
