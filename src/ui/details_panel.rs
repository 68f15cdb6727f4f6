//! Whatever is selected: its state, what ECS knows of it beside what is true, and what can be done to it.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{DetailsView, FactView, TableView};
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::badge;
use crate::ui::browser::scroll;
use crate::ui::choice_button::{choice_buttons, marked_button};
use crate::ui::form::form;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::life_rail::life_rail;
use crate::ui::lockable::lock_reason;
use crate::ui::part::Part;
use crate::ui::placement_form::placement_editor;
use crate::ui::words_here::{self, WordsHere};

/// The Details tab.
#[derive(PartialEq)]
pub struct DetailsPanel {
    pub details: Rc<DetailsView>,
    pub send: Callback<Intent>,
}

impl Part for DetailsPanel {
    fn draw(&self) -> Html {
        selected(&self.details, &self.send)
    }
}

fn selected(details: &DetailsView, send: &Callback<Intent>) -> Html {
    html! {
        <div class="details">
            <InSight subject={details.subject} />
            <h3 class="panel-title">{ &*details.title }</h3>
            if let Some(state) = &details.badge {
                <p class="state">{ badge(state) }<span>{ &*state.title }</span></p>
            }
            if !details.actions.is_empty() {
                <div class="actions" role="group" aria-label="What can be done">
                    { choice_buttons("small", &details.actions, send) }
                </div>
            }
            if !details.questions.is_empty() {
                <div class="actions" role="group" aria-label="What can be asked">
                    { for details.questions.iter().map(|question| marked_button("small", Icon::Why, question, send)) }
                </div>
            }
            { for details.rail.iter().map(|stops| life_rail(stops)) }
            { for (!details.facts.is_empty()).then(|| facts(&details.facts)) }
            { for (!details.links.is_empty()).then(|| links(&details.links, send)) }
            { for details.tables.iter().map(table) }
            <WordsHere text={words_here::of_details(details)} />
            { lock_reason(details.locked()) }
            { for details.forms.iter().map(|each| form(each, send)) }
            { for details.placement.iter().map(|form| placement_editor(form, send)) }
            if !details.ids.is_empty() {
                <details class="ids">
                    <summary>{ "Full ids" }{ icon(Icon::Chevron) }</summary>
                    <dl>{ for details.ids.iter().map(|(name, id)| html! { <><dt>{ &**name }</dt><dd><code>{ &**id }</code></dd></> }) }</dl>
                </details>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct InSightProps {
    subject: Subject,
}

/// On a narrow screen details lie over the lower end of the board: what is selected is moved out from under them.
#[component]
fn InSight(props: &InSightProps) -> Html {
    use_effect_with(props.subject, |_| {
        // Once the board has drawn what is selected too.
        yew::platform::spawn_local(async { scroll::out_from_under(".sheet", ".board .selected", (".pane", ".pane-body")) });
    });
    html! {}
}

/// The tab while nothing is selected.
pub fn nothing_selected() -> Html {
    html! {
        <div class="blank">
            { icon(Icon::Pointer) }
            <h3 class="panel-title">{ "Nothing selected" }</h3>
            <p>{ "Choose a server, a task, a service or a zone on the board to see what ECS knows of it, and what is true." }</p>
        </div>
    }
}

fn facts(facts: &[FactView]) -> Html {
    let differs = facts.iter().any(|fact| fact.truth.is_some());
    html! {
        <table class={classes!("facts", differs.then_some("with-truth"))}>
            <thead><tr>
                <th scope="col"><span class="hidden-text">{ "What" }</span></th>
                <th scope="col">{ "ECS knows" }</th>
                if differs {
                    <th scope="col">{ "is true" }</th>
                }
            </tr></thead>
            <tbody>{ for facts.iter().map(|fact| html! {
                <tr class={classes!(fact.truth.is_some().then_some("differs"))}>
                    <th scope="row">{ &*fact.name }</th>
                    <td>{ &*fact.believed }</td>
                    if differs {
                        <td>{ match &fact.truth {
                            Some(truth) => html! { <b>{ &**truth }</b> },
                            None => html! { <span class="hidden-text">{ "the same" }</span> },
                        } }</td>
                    }
                </tr>
            }) }</tbody>
        </table>
    }
}

fn links(links: &[(Rc<str>, Subject)], send: &Callback<Intent>) -> Html {
    html! {
        <>
            <h4 class="overline">{ "Belongs together" }</h4>
            <ul class="chips">{ for links.iter().map(|(label, subject)| {
                let onclick = click(send, Intent::Select(Some(*subject)));
                html! { <li><button type="button" class="chip" {onclick}>{ &**label }</button></li> }
            }) }</ul>
        </>
    }
}

/// A small table under its title.
pub fn table(view: &TableView) -> Html {
    // A panel is narrow: of many columns each row becomes a small table of its own, for the eye alone.
    let class = if view.heads.len() > 3 { classes!("facts", "small-table", "stacked") } else { classes!("facts", "small-table") };
    html! {
        <>
            <h4 class="overline">{ &*view.title }</h4>
            if !view.line.is_empty() {
                <p class="quiet">{ &*view.line }</p>
            }
            <div class="table-scroll" tabindex="0" role="region" aria-label={view.title.clone()}>
                <table {class} role="table">
                    <thead role="rowgroup"><tr role="row">{ for view.heads.iter().map(|head| html! {
                        <th scope="col" role="columnheader">{ *head }</th>
                    }) }</tr></thead>
                    <tbody role="rowgroup">{ for view.rows.iter().map(|row| html! {
                        <tr role="row">{ for row.iter().zip(&view.heads).enumerate().map(|(at, (cell, head))| match at {
                            0 => html! { <th scope="row" role="rowheader">{ &**cell }</th> },
                            _ => html! { <td role="cell" data-head={*head} class={(&**cell == "–").then_some("none")}>{ &**cell }</td> },
                        }) }</tr>
                    }) }</tbody>
                </table>
            </div>
        </>
    }
}
