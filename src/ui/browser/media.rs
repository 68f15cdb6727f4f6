//! Questions to the browser about its window, and their changing answers.

use gloo::events::EventListener;
use web_sys::MediaQueryList;
use yew::prelude::*;

/// Does the media query hold? `false` on the host. Known from the first drawing on, so that no phone is shown a wide page first.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let holds = use_state(|| cfg!(target_arch = "wasm32") && ask(query).is_some_and(|list| list.matches()));
    let answer = holds.setter();
    use_effect_with(query, move |query| {
        let listener = ask(query).map(|list| {
            answer.set(list.matches());
            let again = list.clone();
            EventListener::new(&list, "change", move |_| answer.set(again.matches()))
        });
        move || drop(listener)
    });
    *holds
}

fn ask(query: &str) -> Option<MediaQueryList> {
    gloo::utils::window().match_media(query).ok().flatten()
}
