//! What stands in a form control when it tells of a change.

use web_sys::{Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::TargetCast;

/// The text in an input, a select or a text area.
pub fn text(event: &impl AsRef<Event>) -> String {
    let event = event.as_ref();
    if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
        return input.value();
    }
    if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
        return select.value();
    }
    event.target_dyn_into::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default()
}

/// The number in an input, if it is one; a slider may stand between two.
pub fn number(event: &impl AsRef<Event>) -> Option<u64> {
    text(event).trim().split('.').next()?.parse().ok()
}
