//! The root element of the page, which carries the display preferences for the style sheets.

/// Sets `data-NAME` on the root element.
pub fn set_data(name: &str, value: &str) {
    if let Some(root) = gloo::utils::document().document_element() {
        let _ = root.set_attribute(&format!("data-{name}"), value);
    }
}

/// A value in the query of the page's address: `many-100` for `fixture` in `?fixture=many-100`.
pub fn query_value(name: &str) -> Option<String> {
    let query = gloo::utils::window().location().search().ok()?;
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(String::from))
}
