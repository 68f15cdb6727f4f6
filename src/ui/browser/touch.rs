//! Does anyone touch the page? Pointer and keys count, before anything on the page has seen to them.

use gloo::events::{EventListener, EventListenerOptions};
use yew::Callback;

/// Tells of each touch until dropped.
pub fn watch(on_touch: Callback<()>) -> [EventListener; 2] {
    let options = EventListenerOptions::run_in_capture_phase();
    ["pointerdown", "keydown"].map(|kind| {
        let on_touch = on_touch.clone();
        EventListener::new_with_options(&gloo::utils::document(), kind, options, move |_| on_touch.emit(()))
    })
}
