//! The card of a unit's current step: what to read, to predict, to report or to do.

use yew::prelude::*;

use crate::session::frame::{CardKind, CardView, GhostChoice, OptionView};
use crate::session::intent::Intent;
use crate::session::lesson::Answer;
use crate::ui::badge::hue_class;
use crate::ui::choice_button::{ChoiceButton, choice_button};
use crate::ui::ghost::{GhostHandle, GhostMove};
use crate::ui::icons::{Icon, icon};
use crate::ui::stepper::stepper;

/// Draws the card.
pub fn lesson_card(card: &CardView, held: Option<u32>, on_ghost: &Callback<GhostMove>, send: &Callback<Intent>) -> Html {
    html! {
        <div class={classes!("card", kind_class(&card.kind))}>
            { for card.text.iter().map(|paragraph| html! { <p>{ &**paragraph }</p> }) }
            { answer(card, held, on_ghost, send) }
            { for card.go_on.iter().map(|go_on| choice_button("primary", go_on, send)) }
        </div>
    }
}

fn kind_class(kind: &CardKind) -> &'static str {
    match kind {
        CardKind::Reading => "reading",
        CardKind::Ghosts(_) | CardKind::Options(_) | CardKind::Number { .. } => "asking",
        CardKind::Running(_) => "running",
        CardKind::Feedback { right: true, .. } => "right",
        CardKind::Feedback { right: false, .. } => "surprise",
        CardKind::Doing => "doing",
        CardKind::Done => "done",
    }
}

fn answer(card: &CardView, held: Option<u32>, on_ghost: &Callback<GhostMove>, send: &Callback<Intent>) -> Html {
    match &card.kind {
        CardKind::Reading | CardKind::Doing => html! {},
        CardKind::Ghosts(ghosts) => html! {
            <>
                <p class="quiet">{ "Tap a task, then a server; or drag it there; or choose below." }</p>
                { for ghosts.iter().map(|ghost| ghost_choice(ghost, held, on_ghost, send)) }
            </>
        },
        CardKind::Options(options) => options_of(options, send),
        CardKind::Number { name, value, unit, least, most } => {
            let on_change = send.reform(|number| Intent::Lesson(Answer::SetNumber(number)));
            stepper(name, *value, *least..=*most, unit, &on_change)
        }
        CardKind::Running(permille) => html! {
            <div class="progress" role="progressbar" aria-label="The run" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow={(permille / 10).to_string()}>
                <svg width="100%" height="8" aria-hidden="true">
                    <rect class="room" width="100%" height="8" rx="4" />
                    <rect class="done" width={format!("{}.{}%", permille / 10, permille % 10)} height="8" rx="4" />
                </svg>
            </div>
        },
        CardKind::Feedback { right, text } => html! {
            <p class="feedback">{ icon(if *right { Icon::Check } else { Icon::Question }) }<span>{ &**text }</span></p>
        },
        CardKind::Done => html! { <p class="feedback">{ icon(Icon::Check) }<span>{ "Unit done." }</span></p> },
    }
}

fn ghost_choice(ghost: &GhostChoice, held: Option<u32>, on_ghost: &Callback<GhostMove>, send: &Callback<Intent>) -> Html {
    let places = ghost.places.iter().map(|(label, chosen, choice)| {
        let choice = crate::session::frame::Choice { label: label.clone(), ..choice.clone() };
        html! { <ChoiceButton key={&**label} {choice} send={send.clone()} class="chip" pressed={*chosen} /> }
    });
    html! {
        <div key={ghost.number} class={classes!("ghost-choice", hue_class(ghost.hue))} role="group"
            aria-label={format!("Task {}, {}", ghost.number, ghost.label)}>
            <GhostHandle number={ghost.number} label={ghost.label.to_string()} hue={ghost.hue} held={held == Some(ghost.number)}
                on_move={on_ghost.clone()} />
            <div class="chips">{ for places }</div>
        </div>
    }
}

fn options_of(options: &[OptionView], send: &Callback<Intent>) -> Html {
    let option = |option: &OptionView| {
        let (class, sign, words) = match option.right {
            Some(true) => ("right", Some(Icon::Check), "This is what happened."),
            Some(false) if option.chosen => ("wrong", Some(Icon::Cross), "This is not what happened."),
            Some(false) | None => ("", None, ""),
        };
        let choice = crate::session::frame::Choice { label: option.label.clone(), ..option.choice.clone() };
        html! {
            <li key={&*option.label} {class}>
                <ChoiceButton {choice} send={send.clone()} class="option" pressed={option.chosen} mark={sign} />
                <span class="hidden-text">{ words }</span>
            </li>
        }
    };
    html! { <ul class="options">{ for options.iter().map(option) }</ul> }
}
