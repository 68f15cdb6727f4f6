//! How far something is scrolled.

use gloo::utils::document;
use web_sys::Element;

/// Room that is left round what is brought into sight, in pixels.
const AROUND_PX: f64 = 10.0;

/// Brings the first element that is meant into view.
pub fn into_view(selector: &str) {
    if let Some(element) = first(selector) {
        element.scroll_into_view();
    }
}

/// The first element that is meant begins at its beginning.
pub fn to_top(selector: &str) {
    if let Some(element) = first(selector) {
        element.set_scroll_top(0);
    }
}

/// Moves what has just been touched, else the first element that is meant, out from under what covers the lower end of the pane: no
/// further than needed, and so that it can be seen where it begins. `body` is all that the pane holds.
pub fn out_from_under(cover: &str, meant: &str, (pane, body): (&str, &str)) {
    let touched = document().active_element().and_then(|element| element.closest(meant).ok().flatten());
    let Some(element) = touched.or_else(|| first(meant)) else { return };
    let (Some(pane), Some(body), Some(cover)) = (first(pane), first(body), first(cover)) else { return };
    let (area, seen) = (element.get_bounding_client_rect(), pane.get_bounding_client_rect());
    let above = area.top() - AROUND_PX - seen.top();
    let below = area.top() + area.height() + AROUND_PX - (seen.top() + seen.height() - cover.get_bounding_client_rect().height());
    let by = if below > 0.0 { below.min(above) } else { above.min(0.0) };
    pane.set_scroll_top((seen.top() - body.get_bounding_client_rect().top() + by).round() as i32);
}

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}
