//! A dialog over everything else: the browser's own, with a title and a way out.

use yew::prelude::*;

use crate::ui::browser::dialog;
use crate::ui::choice_button::use_unique_id;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct ModalProps {
    pub title: &'static str,
    pub open: bool,
    pub on_close: Callback<()>,
    pub children: Html,
}

/// The dialog. Its children are there only while it is open.
#[component]
pub fn Modal(props: &ModalProps) -> Html {
    let node = use_node_ref();
    let id = use_unique_id("dialog-title");
    use_effect_with(props.open, {
        let node = node.clone();
        move |open| if *open { dialog::open(&node) } else { dialog::close(&node) }
    });
    html! {
        <dialog ref={node.clone()} class="modal" aria-labelledby={id.clone()} onclose={props.on_close.reform(|_: Event| ())}>
            <header>
                <h2 {id}>{ props.title }</h2>
                <button type="button" class="icon-button" aria-label="Close" onclick={move |_| dialog::close(&node)}>{ icon(Icon::Close) }</button>
            </header>
            if props.open {
                <div class="modal-body">{ props.children.clone() }</div>
            }
        </dialog>
    }
}
