//! How far something is scrolled.

/// Brings the first element that is meant into view.
pub fn into_view(selector: &str) {
    if let Ok(Some(element)) = gloo::utils::document().query_selector(selector) {
        element.scroll_into_view();
    }
}

/// The first element that is meant begins at its beginning.
pub fn to_top(selector: &str) {
    if let Ok(Some(element)) = gloo::utils::document().query_selector(selector) {
        element.set_scroll_top(0);
    }
}
