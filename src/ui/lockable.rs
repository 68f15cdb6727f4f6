//! A form that cannot be used for a while: disabled as a whole, with the reason over it.

use yew::prelude::*;

/// Draws the form; `locked` says why it cannot be used now.
pub fn lockable(locked: Option<&'static str>, form: Html) -> Html {
    html! {
        <fieldset class="lockable" disabled={locked.is_some()}>
            { for locked.map(|reason| html! { <p class="refusal">{ reason }</p> }) }
            { form }
        </fieldset>
    }
}
