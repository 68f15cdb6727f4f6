//! What a narrow screen says over its pane once something has been done: what is broken, and what was asked for last. On a wide
//! screen all of that is in sight.

use yew::prelude::*;

use crate::session::frame::{ActiveFault, Frame};
use crate::session::intent::Intent;
use crate::ui::browser::scroll;
use crate::ui::choice_button::choice_button;
use crate::ui::icons::{Icon, icon};
use crate::ui::layout::Pane;

/// What carries a fault on the board.
const STRUCK: &str = ".board .server:has(.faults), .board .zone.struck";

/// The parts of the longest pane: where each begins, and what it is called.
const PARTS: [(&str, &str); 3] = [("#breakage-title", "Break"), ("#workload-title", "Workload"), ("#words-title", "Words")];

/// Draws it over the open pane; nothing where there is nothing to say.
pub fn now(frame: &Frame, pane: Pane, send: &Callback<Intent>, to_board: &Callback<MouseEvent>) -> Html {
    let active = &frame.breakage.active;
    match (pane, active.first(), &frame.clock.undo_label) {
        (Pane::Board, Some(fault), _) => broken(fault, active.len() - 1, is_drawn(frame), send),
        (Pane::Lesson | Pane::More, _, Some(done)) => html! {
            <section class="goal-chip now" aria-label="Done">
                <p>{ icon(Icon::Check) }<span>{ format!("Done: {done}") }</span></p>
                <button type="button" class="button" onclick={to_board}>{ "See the board" }</button>
            </section>
        },
        (Pane::Board | Pane::Lesson | Pane::Why | Pane::Events | Pane::Charts | Pane::More, ..) => html! {},
    }
}

fn broken(fault: &ActiveFault, others: usize, drawn: bool, send: &Callback<Intent>) -> Html {
    html! {
        <section class="goal-chip now struck" aria-label="Broken">
            <p>{ icon(Icon::Bolt) }<span>{ &*fault.label }
                <span class="quiet">{ format!(" {}", fault.since) }
                    if others > 0 {
                        { format!(", and {others} more") }
                    }
                </span></span></p>
            if drawn {
                <button type="button" class="button" onclick={|_: MouseEvent| scroll::into_view(STRUCK)}>{ "Show" }</button>
            }
            { choice_button("", &fault.heal, send) }
        </section>
    }
}

/// Does anything on the board carry a fault?
fn is_drawn(frame: &Frame) -> bool {
    frame.zones.iter().any(|zone| !zone.faults.is_empty() || zone.servers.iter().any(|server| !server.faults.is_empty()))
}

/// Ways to the parts of the longest pane.
pub fn jumps() -> Html {
    html! {
        <nav class="jumps" aria-label="On this pane"><ul class="chips">{ for PARTS.iter().map(|(to, words)| html! {
            <li><a class="chip" href={*to}>{ *words }</a></li>
        }) }</ul></nav>
    }
}
