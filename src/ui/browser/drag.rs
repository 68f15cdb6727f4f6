//! Dragging with a pointer: moving the thing held, and telling what it was let go over.

use web_sys::HtmlElement;
use yew::{NodeRef, PointerEvent};

/// The pointer belongs to this element until it is released, wherever it goes.
pub fn hold(element: &NodeRef, event: &PointerEvent) {
    if let Some(element) = element.cast::<HtmlElement>() {
        // Refused for a pointer that is already gone; the drag then simply does not start.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Draws the element away from its place, by so many pixels; `(0, 0)` puts it back.
pub fn shift(element: &NodeRef, (right, down): (i32, i32)) {
    if let Some(element) = element.cast::<HtmlElement>() {
        let style = element.style();
        let _ = if (right, down) == (0, 0) {
            style.remove_property("translate").map(drop)
        } else {
            style.set_property("translate", &format!("{right}px {down}px"))
        };
    }
}

/// The `data-drop` of whatever lies under the pointer.
pub fn target_under(event: &PointerEvent) -> Option<String> {
    let (x, y) = (event.client_x() as f32, event.client_y() as f32);
    let target = gloo::utils::document().element_from_point(x, y)?;
    target.closest("[data-drop]").ok()??.get_attribute("data-drop")
}
