//! The open unit: its steps with the current one's card, its goals, its hints.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{GoalState, GoalView, LessonView, RailState};
use crate::session::intent::Intent;
use crate::ui::choice_button::choice_button;
use crate::ui::ghost::GhostMove;
use crate::ui::icons::{Icon, icon};
use crate::ui::lesson_card::lesson_card;
use crate::ui::part::Part;

/// The lesson.
#[derive(PartialEq)]
pub struct LessonRail {
    pub lesson: Rc<LessonView>,
    pub held: Option<u32>,
    pub on_ghost: Callback<GhostMove>,
    pub send: Callback<Intent>,
}

impl Part for LessonRail {
    fn draw(&self) -> Html {
        let LessonRail { lesson, held, on_ghost, send } = self;
        html! {
            <section class="lesson" aria-labelledby="lesson-title">
                <h2 id="lesson-title"><span class="quiet">{ &*lesson.part }</span>{ " " }{ &*lesson.title }</h2>
                <ol class="lesson-steps">{ for lesson.steps.iter().enumerate().map(|(at, step)| {
                    let here = step.state == RailState::Current;
                    html! {
                        <li key={at} class={state_class(step.state)} aria-current={here.then_some("step")}>
                            <span class="step-mark" aria-hidden="true">
                                if step.state == RailState::Passed { { icon(Icon::Check) } } else { { at + 1 } }
                            </span>
                            if here {
                                <strong class="step-title" tabindex="-1" data-landing="">{ &*step.title }</strong>
                            } else {
                                <span class="step-title">{ &*step.title }</span>
                            }
                            if here {
                                { lesson_card(&lesson.card, *held, on_ghost, send) }
                            }
                        </li>
                    }
                }) }</ol>
                { goals(&lesson.goals) }
                { help(lesson, send) }
            </section>
        }
    }
}

fn state_class(state: RailState) -> &'static str {
    match state {
        RailState::Passed => "passed",
        RailState::Current => "current",
        RailState::Ahead => "ahead",
        RailState::Skipped => "skipped",
    }
}

fn goals(goals: &[GoalView]) -> Html {
    if goals.is_empty() {
        return html! {};
    }
    html! {
        <>
            <h3 class="overline">{ "Goal" }</h3>
            <ul class="goals">{ for goals.iter().map(goal) }</ul>
        </>
    }
}

/// One goal: met, partly, not yet or violated, and the number that matters.
pub fn goal(goal: &GoalView) -> Html {
    let (class, words) = match goal.state {
        GoalState::NotYet => ("not-yet", "not yet"),
        GoalState::Partly => ("partly", "partly"),
        GoalState::Met => ("met", "met"),
        GoalState::Violated => ("violated", "violated"),
    };
    html! {
        <li class={classes!("goal", class)}>
            <svg class="goal-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <circle cx="8" cy="8" r="6.5" />
                { match goal.state {
                    GoalState::NotYet => html! {},
                    GoalState::Partly => html! { <path d="M8 1.5A6.5 6.5 0 0 1 8 14.5Z" class="half" /> },
                    GoalState::Met => html! { <path d="M4.8 8.3 7.1 10.6 11.4 5.8" /> },
                    GoalState::Violated => html! { <path d="M5.5 5.5 10.5 10.5M10.5 5.5 5.5 10.5" /> },
                } }
            </svg>
            <span>{ &*goal.text }<span class="hidden-text">{ format!(": {words}") }</span></span>
            <b>{ &*goal.number }</b>
        </li>
    }
}

fn help(lesson: &LessonView, send: &Callback<Intent>) -> Html {
    html! {
        <div class="lesson-help">
            if !lesson.hints.is_empty() {
                <ol class="hints" aria-label="Hints" aria-live="polite">{ for lesson.hints.iter().map(|hint| html! { <li>{ &**hint }</li> }) }</ol>
            }
            <div class="actions">
                { for lesson.more_hints.iter().map(|more| choice_button("small", more, send)) }
                { for lesson.show_me.iter().map(|show_me| choice_button("small", show_me, send)) }
                { choice_button("small", &lesson.again, send) }
                { choice_button("small", &lesson.leave, send) }
            </div>
        </div>
    }
}
