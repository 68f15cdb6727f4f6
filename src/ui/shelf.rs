//! Tasks that wait, each with the reason on it; in a prediction also the place for "nowhere yet".

use yew::prelude::*;

use crate::session::frame::{ControlPlaneView, WaitingView};
use crate::session::intent::{Intent, Subject};
use crate::session::lesson::Answer;
use crate::ui::badge::{hue_class, swatch};
use crate::ui::gesture::click;
use crate::ui::ghost::ghost_slot;
use crate::ui::icons::{Icon, icon};

/// Draws the shelf. Its `data-drop` is `shelf`.
pub fn shelf(control_plane: &ControlPlaneView, held: Option<u32>, send: &Callback<Intent>) -> Html {
    let nothing = control_plane.waiting.is_empty() && control_plane.ghosts.is_empty() && held.is_none();
    html! {
        <section class="shelf" aria-labelledby="shelf-title" data-drop="shelf">
            <header><h3 id="shelf-title">{ "Waiting" }</h3>
                if control_plane.waiting.len() > 1 {
                    <span class="quiet">{ control_plane.waiting.len() }</span>
                }
            </header>
            <ul class="waiting-list">{ for control_plane.waiting.iter().map(|waiting| chip(waiting, send)) }</ul>
            if nothing {
                <p class="empty">{ "Nothing waits: every task that is wanted has a place." }</p>
            }
            if !control_plane.ghosts.is_empty() {
                <ul class="ghosts" aria-label="Predicted to land nowhere yet">{ for control_plane.ghosts.iter().map(ghost_slot) }</ul>
            }
            if let Some(ghost) = held {
                <button type="button" class="button slot"
                    onclick={click(send, Intent::Lesson(Answer::PlaceGhost { ghost, instance: None }))}>
                    { icon(Icon::Clock) }<span>{ format!("Task {ghost}: nowhere yet") }</span>
                </button>
            }
        </section>
    }
}

fn chip(waiting: &WaitingView, send: &Callback<Intent>) -> Html {
    let intent = match (waiting.task, waiting.service) {
        (Some(task), _) => Intent::AskWhy(task),
        (None, Some(service)) => Intent::WhyWaiting(service),
        (None, None) => Intent::Select(Some(Subject::ControlPlane)),
    };
    html! {
        <li key={key(waiting)}>
            <button type="button" class={classes!("waiting", hue_class(waiting.hue), waiting.selected.then_some("selected"))}
                aria-pressed={waiting.selected.to_string()} onclick={click(send, intent)}>
                <span class="waiting-name">
                    { swatch(waiting.hue) }<b>{ &*waiting.name }</b>
                </span>
                <span class="reason">{ &*waiting.reason }</span>
                <span class="quiet">{ icon(Icon::Clock) }{ &*waiting.waiting_for }</span>
            </button>
        </li>
    }
}

fn key(waiting: &WaitingView) -> String {
    match (waiting.task, waiting.service) {
        (Some(task), _) => format!("task-{}", task.0),
        (None, service) => format!("service-{}-{}", service.map_or(0, |service| service.0), waiting.name),
    }
}
