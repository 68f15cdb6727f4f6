//! A deployment under its service: the revisions from old to new, what each has running and gets of the traffic.

use yew::prelude::*;

use crate::session::frame::{RevisionView, RibbonView};
use crate::ui::badge::badge;
use crate::ui::icons::{Icon, icon};

/// Draws the ribbon.
pub fn ribbon(ribbon: &RibbonView) -> Html {
    html! {
        <div class="ribbon" role="group" aria-label="Deployment">
            <ol class="revisions">{ for ribbon.revisions.iter().enumerate().map(|(at, each)| html! {
                <li class={classes!("revision", each.newest.then_some("newest"))}>
                    if at > 0 {
                        <span class="ribbon-arrow">{ icon(Icon::Forward) }</span>
                    }
                    { revision(each) }
                </li>
            }) }</ol>
            <p class="ribbon-line">
                { badge(&ribbon.state) }
                if let Some((failed, threshold)) = ribbon.breaker {
                    <span class={classes!("breaker", (failed > 0).then_some("counting"))} title="Failed tasks against the threshold of the deployment circuit breaker">{ format!("circuit breaker {failed}/{threshold}") }</span>
                }
                if let Some(line) = &ribbon.line {
                    <span>{ &**line }</span>
                }
            </p>
        </div>
    }
}

fn revision(revision: &RevisionView) -> Html {
    let total = revision.desired.max(revision.running + revision.pending).max(1);
    let share = |count: u32| format!("{}%", count * 100 / total);
    let on_the_way = if revision.pending > 0 { format!(" + {} starting", revision.pending) } else { String::new() };
    html! {
        <span class="revision-body" title={format!("{} deployment", revision.role)}>
            <span class="revision-words"><b>{ &*revision.name }</b><span class="quiet">{ revision.role }</span></span>
            <svg width="100%" height="8" aria-hidden="true">
                <rect class="room" width="100%" height="8" rx="4" />
                <rect class="revision-starting" width={share(revision.running + revision.pending)} height="8" rx="4" />
                <rect class="revision-running" width={share(revision.running)} height="8" rx="4" />
            </svg>
            <span class="revision-counts">{ format!("{} of {} running{on_the_way}", revision.running, revision.desired) }
                if revision.failed > 0 {
                    <span class="revision-failed">{ format!(" · {} failed", revision.failed) }</span>
                }
                if let Some(permille) = revision.traffic_permille {
                    <span class="revision-traffic">{ format!(" · {} % of requests", permille / 10) }</span>
                }
            </span>
        </span>
    }
}
