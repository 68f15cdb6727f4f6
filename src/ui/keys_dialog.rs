//! The list of keys.

use yew::prelude::*;

use crate::ui::keys;
use crate::ui::modal::Modal;

/// Draws the dialog.
pub fn keys_dialog(open: bool, on_close: &Callback<()>) -> Html {
    html! {
        <Modal title="Keys" {open} on_close={on_close.clone()}>{ for open.then(list) }</Modal>
    }
}

fn list() -> Html {
    html! {
        <>
            <dl class="keys">{ for keys::LISTED.iter().map(|(key, words)| html! {
                <div><dt>{ for key.split(", ").map(|each| html! { <kbd>{ each }</kbd> }) }</dt><dd>{ *words }</dd></div>
            }) }</dl>
            <p class="quiet">{ "Keys that are a single sign can be switched off under Display." }</p>
        </>
    }
}
