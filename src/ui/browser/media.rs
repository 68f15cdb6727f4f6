//! Questions to the browser about its window, and their changing answers.

use gloo::events::EventListener;
use yew::prelude::*;

/// Does the media query hold? `false` on the host.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let holds = use_state(|| false);
    let answer = holds.setter();
    use_effect_with(query, move |query| {
        let list = gloo::utils::window().match_media(query).ok().flatten();
        let listener = list.map(|list| {
            answer.set(list.matches());
            let again = list.clone();
            EventListener::new(&list, "change", move |_| answer.set(again.matches()))
        });
        move || drop(listener)
    });
    *holds
}
