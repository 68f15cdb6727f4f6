//! Forms that cannot be used for a while: disabled as a whole. Why is said once, over all of them.

use yew::prelude::*;

/// Draws the form, disabled while it is locked.
pub fn lockable(locked: Option<&'static str>, form: Html) -> Html {
    html! { <fieldset class="lockable" disabled={locked.is_some()}>{ form }</fieldset> }
}

/// Says why forms are locked.
pub fn lock_reason(locked: Option<&'static str>) -> Html {
    html! { <>{ for locked.map(|reason| html! { <p class="refusal">{ reason }</p> }) }</> }
}
