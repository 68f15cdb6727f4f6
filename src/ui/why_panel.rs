//! Why something is where it is, or waits: the decision in words and numbers, the smallest changes, the chain of causes.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{CauseView, Choice, Folded, WhyStep, WhyView};
use crate::session::intent::Intent;
use crate::ui::badge::tone_class;
use crate::ui::choice_button::ChoiceButton;
use crate::ui::details_panel;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::part::Part;
use crate::ui::why_table::why_table;

/// The Why tab.
#[derive(PartialEq)]
pub struct WhyPanel {
    pub why: Rc<WhyView>,
    pub send: Callback<Intent>,
}

impl Part for WhyPanel {
    fn draw(&self) -> Html {
        answer(&self.why, &self.send)
    }
}

fn answer(why: &WhyView, send: &Callback<Intent>) -> Html {
    html! {
        <div class="why">
            <h3 class="panel-title" tabindex="-1" data-landing="">{ &*why.title }</h3>
            <p class="lead">{ &*why.sentence }</p>
            { for why.table.iter().map(|table| why_table(table, send)) }
            { for why.grids.iter().map(details_panel::table) }
            { for (!why.steps.is_empty()).then(|| steps(&why.steps)) }
            if let Some(text) = &why.service_text {
                <figure class="verbatim">
                    <figcaption>{ "The service would print" }</figcaption>
                    <blockquote>{ &**text }</blockquote>
                </figure>
            }
            { for (!why.fixes.is_empty()).then(|| fixes(&why.fixes, send)) }
            { for (!why.causes.is_empty()).then(|| causes(why, send)) }
        </div>
    }
}

/// The tab before anything is asked.
pub fn nothing_asked() -> Html {
    html! {
        <div class="blank">
            { icon(Icon::Why) }
            <h3 class="panel-title">{ "Ask why" }</h3>
            <p>{ "Choose anything on the board: its Details list the questions that can be asked of it. Every answer is read off this run, with its numbers and what caused it." }</p>
        </div>
    }
}

fn steps(steps: &[WhyStep]) -> Html {
    let step = |step: &WhyStep| {
        html! {
            <li>
                <code>{ &*step.name }</code>
                <p>{ &*step.sentence }</p>
                <ul class="scores">{ for step.scores.iter().map(|(server, score, kept)| html! {
                    <li class={if *kept { "kept" } else { "dropped" }}>
                        <span>{ &**server }</span><b>{ &**score }</b>
                        { icon(if *kept { Icon::Check } else { Icon::Minus }) }
                        <span class="hidden-text">{ if *kept { "stays" } else { "falls out" } }</span>
                    </li>
                }) }</ul>
            </li>
        }
    };
    html! {
        <>
            <h4 class="overline">{ "Strategy, step by step" }</h4>
            <ol class="steps">{ for steps.iter().map(step) }</ol>
        </>
    }
}

fn fixes(fixes: &[Choice], send: &Callback<Intent>) -> Html {
    let fix = |fix: &Choice| {
        let apply = Choice { label: Rc::from(format!("Apply: {}", fix.label)), ..fix.clone() };
        html! {
            <li class="fix">
                <span>{ &*fix.label }</span>
                <ChoiceButton choice={apply} send={send.clone()} short="Apply" class="small apply" />
            </li>
        }
    };
    html! {
        <>
            <h4 class="overline">{ "What would help" }</h4>
            <ul class="fixes">{ for fixes.iter().map(fix) }</ul>
        </>
    }
}

fn causes(why: &WhyView, send: &Callback<Intent>) -> Html {
    let cause = |cause: &CauseView| {
        html! {
            <li key={cause.number} class={tone_class(cause.tone)}>
                <button type="button" onclick={click(send, Intent::ShowObservation(cause.observation))}>
                    <span class="cause-number">{ cause.number }</span>
                    <span>{ &*cause.text }</span>
                    <time>{ &*cause.time }</time>
                </button>
            </li>
        }
    };
    let list = |causes: &[CauseView]| html! { <ol class="causes">{ for causes.iter().map(cause) }</ol> };
    html! {
        <>
            <h4 class="overline">{ "What caused this" }</h4>
            {
                match &why.folded {
                    None => list(&why.causes),
                    Some(Folded { from, to, words }) => html! {
                        <>
                            { list(&why.causes[..*from]) }
                            <details key={why.causes[*from].observation.0} class="folded">
                                <summary><span aria-hidden="true">{ "… " }</span>{ &**words }{ icon(Icon::Chevron) }</summary>
                                { list(&why.causes[*from..*to]) }
                            </details>
                            { list(&why.causes[*to..]) }
                        </>
                    },
                }
            }
        </>
    }
}
