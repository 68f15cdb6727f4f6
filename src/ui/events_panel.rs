//! What happened, newest first, each with where it happened.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{EventRow, EventsView};
use crate::session::intent::Intent;
use crate::ui::badge::tone_mark;
use crate::ui::gesture::click;
use crate::ui::part::{Part, part};

/// The Events tab.
#[derive(PartialEq)]
pub struct EventsPanel {
    pub events: Rc<EventsView>,
    pub send: Callback<Intent>,
}

impl Part for EventsPanel {
    fn draw(&self) -> Html {
        let EventsPanel { events, send } = self;
        let hidden = events.total.saturating_sub(events.rows.len() as u64);
        html! {
            <div class="events">
                <h3 class="panel-title">{ "Events" }<span class="quiet">{ format!(" {} so far", events.total) }</span></h3>
                if events.rows.is_empty() {
                    <p class="empty">{ "Nothing has happened yet. Play, or take a step." }</p>
                }
                <ol reversed=true>{ for events.rows.iter().map(|row| {
                    part(row.observation.0, Row { row: row.clone(), send: send.clone() })
                }) }</ol>
                if hidden > 0 {
                    <p class="quiet">{ format!("{hidden} older ones are not listed.") }</p>
                }
            </div>
        }
    }
}

#[derive(PartialEq)]
struct Row {
    row: Rc<EventRow>,
    send: Callback<Intent>,
}

impl Part for Row {
    fn draw(&self) -> Html {
        let Row { row, send } = self;
        html! {
            <li>
                <button type="button" class={classes!("event", row.verbatim.then_some("in-its-words"), row.selected.then_some("selected"))}
                    aria-pressed={row.selected.to_string()} onclick={click(send, Intent::ShowObservation(row.observation))}>
                    { tone_mark(row.tone) }
                    <span class="event-text">{ &*row.text }</span>
                    <span class="event-side">{ &*row.side }</span>
                    <time>{ &*row.time }</time>
                </button>
            </li>
        }
    }
}
