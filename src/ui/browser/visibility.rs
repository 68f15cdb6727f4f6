//! Is anyone looking? Nothing runs in a hidden tab.

use gloo::events::EventListener;
use yew::Callback;

/// Is the page hidden now?
pub fn hidden() -> bool {
    gloo::utils::document().hidden()
}

/// Tells of each change until dropped.
pub fn watch(on_change: Callback<()>) -> EventListener {
    EventListener::new(&gloo::utils::document(), "visibilitychange", move |_| on_change.emit(()))
}
