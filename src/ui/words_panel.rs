//! The glossary, with how true to AWS each rule of the simulator is.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::WordView;
use crate::ui::browser::input;
use crate::ui::choice_button::use_unique_id;

#[derive(Properties, PartialEq)]
pub struct WordsPanelProps {
    pub words: Rc<Vec<WordView>>,
}

/// The Words tab.
#[component]
pub fn WordsPanel(props: &WordsPanelProps) -> Html {
    let wanted = use_state(String::new);
    let id = use_unique_id("find-word");
    let oninput = {
        let wanted = wanted.setter();
        Callback::from(move |event: InputEvent| wanted.set(input::text(&event)))
    };
    let needle = wanted.trim().to_lowercase();
    let mut found: Vec<&WordView> = props.words.iter().filter(|word| mentions(word, &needle)).collect();
    // What is called so comes before what only mentions it.
    found.sort_by_key(|word| !word.term.to_lowercase().starts_with(&needle));
    html! {
        <div class="words">
            <h3 class="panel-title" id="words-title">{ "Words" }<span class="quiet">{ " and how true each rule is" }</span></h3>
            <label class="hidden-text" for={id.clone()}>{ "Find a word" }</label>
            <input {id} type="search" placeholder="Find a word" value={(*wanted).clone()} {oninput} />
            <p class="hidden-text" role="status">{ if needle.is_empty() { String::new() } else { format!("{} found", found.len()) } }</p>
            if found.is_empty() {
                <p class="empty">{ "No word like this." }</p>
            }
            <dl>{ for found.into_iter().map(entry) }</dl>
        </div>
    }
}

fn mentions(word: &WordView, needle: &str) -> bool {
    word.term.to_lowercase().contains(needle) || word.meaning.to_lowercase().contains(needle)
}

fn entry(word: &WordView) -> Html {
    html! {
        <div key={&*word.term} class="word">
            <dt>{ &*word.term }</dt>
            <dd>{ &*word.meaning }
                if !word.fidelity.is_empty() {
                    <span class="fidelity">{ &*word.fidelity }{ if word.source.is_empty() { String::new() } else { format!(" · {}", word.source) } }</span>
                }
            </dd>
        </div>
    }
}
