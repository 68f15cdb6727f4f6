//! A switch between a few choices, all in sight.

use std::rc::Rc;

use yew::prelude::*;

/// Draws the switch. `name` is what is chosen here.
pub fn segmented<T: PartialEq + Copy + 'static>(
    class: &'static str,
    name: &'static str,
    options: &[(T, &'static str)],
    chosen: T,
    on_choose: &Callback<T>,
) -> Html {
    segmented_unless(None, class, name, options, chosen, on_choose)
}

/// The same; `locked` says why it cannot be used now. Whoever is told of a choice then refuses it.
pub fn segmented_unless<T: PartialEq + Copy + 'static>(
    locked: Option<&'static str>,
    class: &'static str,
    name: &'static str,
    options: &[(T, &'static str)],
    chosen: T,
    on_choose: &Callback<T>,
) -> Html {
    let choose = |value: T| on_choose.reform(move |_: MouseEvent| value);
    let options = options.iter().map(|(value, label)| option(locked, label, *value == chosen, choose(*value))).collect();
    group(class, name, options)
}

fn option(locked: Option<&'static str>, label: &str, pressed: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" aria-pressed={pressed.to_string()} aria-disabled={locked.map(|_| "true")} title={locked} {onclick}>{ label }</button>
    }
}

/// The same between words that the frame brings: value and label of each.
pub fn segmented_words(
    class: &'static str,
    name: &'static str,
    options: &[(Rc<str>, Rc<str>)],
    chosen: &str,
    on_choose: &Callback<String>,
) -> Html {
    let choose = |value: &Rc<str>| {
        let value = value.clone();
        on_choose.reform(move |_: MouseEvent| value.to_string())
    };
    let options = options.iter().map(|(value, label)| option(None, label, **value == *chosen, choose(value))).collect();
    group(class, name, options)
}

fn group(class: &'static str, name: &'static str, options: Html) -> Html {
    html! { <div class={classes!("segmented", class)} role="group" aria-label={name}>{ options }</div> }
}
