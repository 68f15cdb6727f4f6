//! What a narrow screen says over its pane once something has been done: where the open unit is, what is broken, what was asked for
//! last. On a wide screen all of that is in sight.

use yew::prelude::*;

use crate::session::frame::{ActiveFault, CardKind, Frame, GoalState, LessonView, RailState};
use crate::session::intent::Intent;
use crate::ui::browser::scroll;
use crate::ui::choice_button::choice_button;
use crate::ui::icons::{Icon, icon};
use crate::ui::layout::Pane;
use crate::ui::lesson_rail::goal;

/// What carries a fault on the board.
const STRUCK: &str = ".board .server:has(.faults), .board .zone.struck";

/// The parts of the longest pane: where each begins, and what it is called.
const PARTS: [(&str, &str); 3] = [("#breakage-title", "Break"), ("#workload-title", "Workload"), ("#words-title", "Words")];

/// Draws it over the open pane; nothing where there is nothing to say. `held` is the task in the learner's hand.
pub fn now(frame: &Frame, pane: Pane, held: Option<u32>, send: &Callback<Intent>, to_pane: &Callback<Pane>) -> Html {
    if let Some(lesson) = &frame.lesson {
        return of_lesson(lesson, pane, held, to_pane);
    }
    let active = &frame.breakage.active;
    match (pane, active.first(), &frame.clock.undo_label) {
        (Pane::Board, Some(fault), _) => broken(fault, active.len() - 1, is_drawn(frame), send),
        (Pane::Lesson | Pane::More, _, Some(done)) => html! {
            <section class="goal-chip now" aria-label="Done">
                <p>{ icon(Icon::Check) }<span>{ format!("Done: {done}") }</span></p>
                { leads("See the board", Pane::Board, to_pane) }
            </section>
        },
        (Pane::Board | Pane::Lesson | Pane::Why | Pane::Events | Pane::Charts | Pane::More, ..) => html! {},
    }
}

/// The goal that still needs work, else the step that the unit is at, and the way between the unit and the board.
fn of_lesson(lesson: &LessonView, pane: Pane, held: Option<u32>, to_pane: &Callback<Pane>) -> Html {
    let open_goal = lesson.goals.iter().find(|goal| goal.state != GoalState::Met);
    let runs = matches!(lesson.card.kind, CardKind::Running(_));
    let at = lesson.steps.iter().position(|step| step.state == RailState::Current).unwrap_or(0);
    let way = match (pane, runs) {
        (Pane::Lesson, true) => leads("Watch the board", Pane::Board, to_pane),
        (Pane::Lesson, false) => html! {},
        (Pane::Board | Pane::Why | Pane::Events | Pane::Charts | Pane::More, _) => leads("Lesson", Pane::Lesson, to_pane),
    };
    html! {
        <section class="goal-chip now" aria-label="Now" tabindex="-1" data-landing="">
            {
                match (held, open_goal) {
                    (Some(number), _) => html! { <p>{ format!("Task {number} is in your hand: choose a server.") }</p> },
                    (None, Some(open)) => html! { <ul>{ goal(open) }</ul> },
                    (None, None) => html! { <p><span>{ format!("{} of {} · ", at + 1, lesson.steps.len()) }{ for lesson.steps.get(at).map(|step| html! { <b>{ &*step.title }</b> }) }</span></p> },
                }
            }
            { way }
        </section>
    }
}

fn leads(words: &'static str, to: Pane, to_pane: &Callback<Pane>) -> Html {
    html! { <button type="button" class="button" onclick={to_pane.reform(move |_: MouseEvent| to)}>{ words }</button> }
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
