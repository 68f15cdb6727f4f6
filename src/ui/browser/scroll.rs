//! How far something is scrolled.

/// The first element that is meant begins at its beginning.
pub fn to_top(selector: &str) {
    if let Ok(Some(element)) = gloo::utils::document().query_selector(selector) {
        element.set_scroll_top(0);
    }
}
