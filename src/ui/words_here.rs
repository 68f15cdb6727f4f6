//! The terms that something on the page uses, each to be opened in place.

use yew::prelude::*;

use crate::session::frame::{DetailsView, FormGroup, FormView, TERMS, Term};
use crate::ui::icons::{Icon, icon};

/// More terms than this are a glossary, and there is one.
const MOST: usize = 14;

#[derive(Properties, PartialEq)]
pub struct WordsHereProps {
    /// What may use terms.
    pub text: String,
    /// Only how many there are is in sight at first.
    #[prop_or_default]
    pub folded: bool,
}

/// The list.
#[component]
pub fn WordsHere(props: &WordsHereProps) -> Html {
    let found = use_memo(props.text.clone(), |text| mentioned(TERMS, text));
    if found.is_empty() {
        return html! {};
    }
    let list = html! {
        <ul>{ for found.iter().map(|term| html! {
            <li key={term.word}><details>
                <summary>{ term.word }</summary>
                <p>{ term.meaning }</p>
            </details></li>
        }) }</ul>
    };
    if props.folded {
        return html! {
            <details class="folded words-fold">
                <summary>{ format!("Words here: {}", found.len()) }{ icon(Icon::Chevron) }</summary>
                <div class="words-here">{ list }</div>
            </details>
        };
    }
    html! { <div class="words-here"><h4 class="overline">{ "Words here" }</h4>{ list }</div> }
}

/// The terms that stand in a text, the most telling first.
fn mentioned(terms: &'static [Term], text: &str) -> Vec<&'static Term> {
    let text = text.to_lowercase();
    let standing = terms.iter().enumerate().filter(|(_, term)| stands_in(&text, &term.word.to_lowercase()));
    let mut found: Vec<(usize, &Term)> = standing.collect();
    // Terms of several words say more than `task`; the later ones are less common.
    found.sort_by_key(|(at, term)| (!term.word.contains(' '), std::cmp::Reverse(*at)));
    found.into_iter().map(|(_, term)| term).take(MOST).collect()
}

/// Does a term stand in a text as words of their own, or as more than one of it?
fn stands_in(text: &str, term: &str) -> bool {
    let apart = |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric());
    text.match_indices(term).any(|(at, _)| {
        let after = &text[at + term.len()..];
        apart(text[..at].chars().next_back()) && apart(after.strip_prefix('s').unwrap_or(after).chars().next())
    })
}

/// The words of a panel that shows details: titles and names, not what changes with every second.
pub fn of_details(details: &DetailsView) -> String {
    let mut text = format!("{}\n", details.title);
    let mut add = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    details.badge.iter().for_each(|badge| add(&badge.word));
    details.facts.iter().for_each(|fact| add(&fact.name));
    for table in &details.tables {
        add(&table.title);
        add(&table.line);
    }
    details.forms.iter().for_each(|form| of_form(form, &mut add));
    text
}

/// The words of a group of forms.
pub fn of_group(group: &FormGroup) -> String {
    let mut text = String::new();
    let mut add = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    group.forms.iter().for_each(|form| of_form(form, &mut add));
    text
}

fn of_form(form: &FormView, add: &mut impl FnMut(&str)) {
    add(form.title);
    add(&form.line);
    form.fields.iter().for_each(|field| add(field.label));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_as_words_of_their_own() {
        let found = |text: &str| mentioned(TERMS, text).into_iter().map(|term| term.word).collect::<Vec<_>>();
        assert_eq!(found("Two target groups, one Task"), ["target group", "target", "task"]);
        assert_eq!(found("multitasking, targeting, throttle"), [""; 0]);
    }
}
