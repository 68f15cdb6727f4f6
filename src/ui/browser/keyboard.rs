//! Keys pressed anywhere on the page.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// A key and what had the focus when it was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As the browser names it: `a`, `ArrowLeft`, `Escape`, ` `.
    pub name: String,
    /// Control, or Command on a Mac.
    pub command: bool,
    pub shift: bool,
    /// Typed into a text, a number or a list: letters belong to it.
    pub in_field: bool,
    /// On a button or a link: Space and Enter belong to it.
    pub on_button: bool,
    /// A dialog or a menu is open: everything belongs to it.
    pub in_dialog: bool,
}

/// Listens until dropped. The handler says whether it used the key; then the browser does nothing else with it.
pub fn listen(handle: impl Fn(&Key) -> bool + 'static) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo::utils::document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if !event.default_prevented() && !event.alt_key() && handle(&key(event)) {
            event.prevent_default();
        }
    })
}

fn key(event: &KeyboardEvent) -> Key {
    let within = |selector: &str| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        target.is_some_and(|element| element.closest(selector).ok().flatten().is_some())
    };
    Key {
        name: event.key(),
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        in_field: within("input, select, textarea"),
        on_button: within("button, a, summary, [role=tab]"),
        in_dialog: within("dialog, [popover]")
            || gloo::utils::document().query_selector(":popover-open").ok().flatten().is_some(),
    }
}
