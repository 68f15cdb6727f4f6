//! A deployment under its service: the revisions from old to new, what each has running and gets of the traffic, the stage it is
//! in, and what can be decided about it.

use yew::prelude::*;

use crate::session::frame::{Choice, RevisionView, RibbonView, StageView};
use crate::session::intent::Intent;
use crate::ui::badge::badge;
use crate::ui::choice_button::ChoiceButton;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};

/// Draws the ribbon.
pub fn ribbon(ribbon: &RibbonView, send: &Callback<Intent>) -> Html {
    html! {
        <div class="ribbon" role="group" aria-label={ribbon.name.clone()}>
            <ol class="revisions">{ for ribbon.revisions.iter().enumerate().map(|(at, each)| html! {
                <li class={classes!("revision", each.newest.then_some("newest"))}>
                    if at > 0 {
                        <span class="ribbon-arrow">{ icon(Icon::Forward) }</span>
                    }
                    { revision(each, send) }
                </li>
            }) }</ol>
            { traffic(&ribbon.revisions) }
            { for ribbon.stage.iter().map(stage) }
            <p class="ribbon-line">
                { badge(&ribbon.state) }
                if let Some((failed, threshold)) = ribbon.breaker {
                    <span class={classes!("breaker", (failed > 0).then_some("counting"))} title="Failed tasks against the threshold of the deployment circuit breaker">{ format!("circuit breaker {failed} of {threshold}") }</span>
                }
                <span>{ &*ribbon.line }</span>
                if let Some(wait) = &ribbon.wait {
                    <span class="ribbon-wait">{ icon(Icon::Clock) }{ &**wait }</span>
                }
            </p>
            if !ribbon.controls.is_empty() {
                <div class="ribbon-controls">{ for ribbon.controls.iter().map(|each| control(each, send)) }</div>
            }
        </div>
    }
}

/// `Roll back` in sight; the whole label is the name.
fn control(choice: &Choice, send: &Callback<Intent>) -> Html {
    let short = AttrValue::from(choice.label.split_once(" the ").map_or(&*choice.label, |(short, _)| short).to_string());
    html! { <ChoiceButton key={&*choice.label} choice={choice.clone()} send={send.clone()} {short} class="small" /> }
}

fn revision(revision: &RevisionView, send: &Callback<Intent>) -> Html {
    let total = revision.desired.max(revision.running + revision.pending).max(1);
    let share = |count: u32| format!("{}%", count * 100 / total);
    let on_the_way = if revision.pending > 0 { format!(" + {} starting", revision.pending) } else { String::new() };
    html! {
        <span class="revision-body">
            <span class="revision-words">
                <button type="button" class="link" aria-pressed={revision.selected.to_string()} title={format!("{} deployment", revision.role)}
                    onclick={click(send, Intent::Select(Some(revision.subject)))}>{ &*revision.name }</button>
                <span class="quiet">{ revision.role }</span>
            </span>
            <svg width="100%" height="8" aria-hidden="true">
                <rect class="room" width="100%" height="8" rx="4" />
                <rect class="revision-starting" width={share(revision.running + revision.pending)} height="8" rx="4" />
                <rect class="revision-running" width={share(revision.running)} height="8" rx="4" />
            </svg>
            <span class="revision-counts">{ format!("{} of {} running{on_the_way}", revision.running, revision.desired) }
                if revision.failed > 0 {
                    <span class="revision-failed">{ format!(" · {} failed", revision.failed) }</span>
                }
            </span>
        </span>
    }
}

/// How the requests are divided, from old to new; nothing while there are none.
fn traffic(revisions: &[RevisionView]) -> Html {
    let shares: Vec<(&RevisionView, u32)> =
        revisions.iter().filter_map(|revision| Some((revision, revision.traffic_permille?))).collect();
    if shares.is_empty() {
        return html! {};
    }
    let mut from = 0;
    let parts: Html = shares
        .iter()
        .map(|(revision, permille)| {
            let at = from;
            from += permille;
            let class = classes!("traffic-part", revision.newest.then_some("newest"));
            html! { <rect {class} x={per_cent(at)} width={per_cent(*permille)} height="8" /> }
        })
        .collect();
    html! {
        <div class="ribbon-traffic">
            <p><span>{ "Requests" }</span>{ for shares.iter().map(|(revision, permille)| html! {
                <span class={classes!("traffic-share", revision.newest.then_some("newest"))}>{ format!("{} ", revision.name) }<b>{ words(*permille) }</b></span>
            }) }</p>
            <svg width="100%" height="8" aria-hidden="true"><rect class="room" width="100%" height="8" rx="4" />{ parts }</svg>
        </div>
    }
}

fn per_cent(permille: u32) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

fn words(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{} %", permille / 10),
        tenths => format!("{}.{tenths} %", permille / 10),
    }
}

/// A step for each stage, those behind filled.
fn stage(stage: &StageView) -> Html {
    let class = |number: u32| match number.cmp(&stage.number) {
        std::cmp::Ordering::Less => "passed",
        std::cmp::Ordering::Equal if stage.held => "now held",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "ahead",
    };
    html! {
        <div class="ribbon-stage">
            <p><b>{ stage.word }</b><span class="quiet">{ format!("stage {} of {}", stage.number, stage.of) }</span></p>
            <svg width="100%" height="6" aria-hidden="true">{ for (1..=stage.of).map(|number| html! {
                <rect class={class(number)} x={per_cent((number - 1) * 1_000 / stage.of)} width={per_cent(880 / stage.of)} height="6" rx="3" />
            }) }</svg>
        </div>
    }
}
