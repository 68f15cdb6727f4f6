//! A labelled gesture as a button. One that is refused stays reachable and says why.

use std::cell::Cell;
use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::Choice;
use crate::session::intent::Intent;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct ChoiceButtonProps {
    pub choice: Choice,
    pub send: Callback<Intent>,
    /// Shown instead of the label, which then becomes the name.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// Words shown instead of the label where there is little room; the label stays the name.
    #[prop_or_default]
    pub short: Option<AttrValue>,
    /// Shown beside the label.
    #[prop_or_default]
    pub mark: Option<Icon>,
    #[prop_or_default]
    pub class: &'static str,
    /// For one of several: is it the one chosen?
    #[prop_or_default]
    pub pressed: Option<bool>,
}

/// The button of a [`Choice`].
#[component]
pub fn ChoiceButton(props: &ChoiceButtonProps) -> Html {
    let id = use_unique_id("because");
    let told = use_state(|| false);
    let ChoiceButtonProps { choice, send, icon: only_icon, short, mark, class, pressed } = props;
    let onclick = {
        let (intent, refused, send, told) = (choice.intent.clone(), choice.refused.is_some(), send.clone(), told.setter());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            if refused { told.set(true) } else { send.emit(intent.clone()) }
        })
    };
    let kind = if only_icon.is_some() { "icon-button" } else { "button" };
    let face = match only_icon {
        Some(shown) => html! { <>{ icon(*shown) }<span class="hidden-text">{ &*choice.label }</span></> },
        None => html! { <>{ for mark.map(icon) }<span>{ words(short.as_deref().unwrap_or(&choice.label)) }</span></> },
    };
    html! {
        <>
            <button type="button" class={classes!(kind, *class)} {onclick}
                aria-label={short.as_ref().map(|_| choice.label.clone())}
                aria-pressed={pressed.map(|pressed| pressed.to_string())}
                aria-disabled={choice.refused.as_ref().map(|_| "true")}
                aria-describedby={choice.refused.as_ref().map(|_| id.clone())}
                title={choice.refused.clone().or_else(|| only_icon.map(|_| choice.label.clone()))}>
                { face }
            </button>
            if let Some(reason) = &choice.refused {
                <span id={id} class={if *told { "refusal" } else { "hidden-text" }} role={told.then_some("status")}>{ &**reason }</span>
            }
        </>
    }
}

/// A line breaks at the dot between two words, and not inside them.
fn words(label: &str) -> Html {
    match label.split_once(" · ") {
        Some((one, other)) => html! { <><span class="whole">{ one }</span>{ " · " }<span class="whole">{ other }</span></> },
        None => html! { label },
    }
}

/// A choice with its label in sight.
pub fn choice_button(class: &'static str, choice: &Choice, send: &Callback<Intent>) -> Html {
    html! { <ChoiceButton choice={choice.clone()} send={send.clone()} {class} /> }
}

/// Several choices, told apart by their labels.
pub fn choice_buttons(class: &'static str, choices: &[Choice], send: &Callback<Intent>) -> Html {
    let button = |choice: &Choice| {
        html! {
            <ChoiceButton key={&*choice.label} choice={choice.clone()} send={send.clone()} {class} />
        }
    };
    choices.iter().map(button).collect()
}

/// A choice with its label in sight, and a mark beside it.
pub fn marked_button(class: &'static str, mark: Icon, choice: &Choice, send: &Callback<Intent>) -> Html {
    html! { <ChoiceButton choice={choice.clone()} send={send.clone()} {class} {mark} /> }
}

/// A choice as an icon; its label is the name.
pub fn icon_button(class: &'static str, icon: Icon, choice: &Choice, send: &Callback<Intent>) -> Html {
    html! { <ChoiceButton choice={choice.clone()} send={send.clone()} {class} {icon} /> }
}

/// An id that no other element of this page has.
#[hook]
pub fn use_unique_id(stem: &'static str) -> Rc<str> {
    thread_local! {
        static LAST: Cell<u32> = const { Cell::new(0) };
    }
    let id = use_memo((), |()| {
        let number = LAST.with(|last| {
            last.set(last.get() + 1);
            last.get()
        });
        Rc::<str>::from(format!("{stem}-{number}"))
    });
    (*id).clone()
}
