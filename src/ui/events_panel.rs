//! What happened, newest first, each with where it happened.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{EventRow, EventsView};
use crate::session::intent::Intent;
use crate::ui::badge::tone_mark;

#[derive(Properties, PartialEq)]
pub struct EventsPanelProps {
    pub events: Rc<EventsView>,
    pub send: Callback<Intent>,
}

/// The Events tab.
#[component]
pub fn EventsPanel(props: &EventsPanelProps) -> Html {
    let EventsPanelProps { events, send } = props;
    let hidden = events.total.saturating_sub(events.rows.len() as u64);
    html! {
        <div class="events">
            <h3 class="panel-title">{ "Events" }<span class="quiet">{ format!(" {} so far", events.total) }</span></h3>
            if events.rows.is_empty() {
                <p class="empty">{ "Nothing has happened yet. Play, or take a step." }</p>
            }
            <ol reversed=true>{ for events.rows.iter().map(|row| html! {
                <Row key={row.observation.0} row={row.clone()} send={send.clone()} />
            }) }</ol>
            if hidden > 0 {
                <p class="quiet">{ format!("{hidden} older ones are not listed.") }</p>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    row: Rc<EventRow>,
    send: Callback<Intent>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let RowProps { row, send } = props;
    let observation = row.observation;
    html! {
        <li>
            <button type="button" class={classes!("event", row.verbatim.then_some("in-its-words"), row.selected.then_some("selected"))}
                aria-pressed={row.selected.to_string()} onclick={send.reform(move |_: MouseEvent| Intent::ShowObservation(observation))}>
                { tone_mark(row.tone) }
                <span class="event-text">{ &*row.text }</span>
                <span class="event-side">{ &*row.side }</span>
                <time>{ &*row.time }</time>
            </button>
        </li>
    }
}
