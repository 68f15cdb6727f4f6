//! The list of keys.

use yew::prelude::*;

use crate::ui::keys;
use crate::ui::modal::Modal;

#[derive(Properties, PartialEq)]
pub struct KeysDialogProps {
    pub open: bool,
    pub on_close: Callback<()>,
}

/// The dialog.
#[component]
pub fn KeysDialog(props: &KeysDialogProps) -> Html {
    html! {
        <Modal title="Keys" open={props.open} on_close={props.on_close.clone()}>
            <dl class="keys">{ for keys::LISTED.iter().map(|(key, words)| html! {
                <div><dt>{ for key.split(", ").map(|each| html! { <kbd>{ each }</kbd> }) }</dt><dd>{ *words }</dd></div>
            }) }</dl>
            <p class="quiet">{ "Keys that are a single sign can be switched off under Display." }</p>
        </Modal>
    }
}
