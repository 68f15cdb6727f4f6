//! What binds on a server besides CPU and memory, and what hangs over it.

use yew::prelude::*;

use crate::session::frame::{DeadlineView, PortView, ServerExtras};
use crate::session::intent::Intent;
use crate::ui::badge::hue_class;
use crate::ui::bar::{Linked, Reach, bar};
use crate::ui::icons::{Icon, icon};
use crate::ui::neighbours::gauge;

/// Draws the rows under the two bars.
pub fn server_extras(extras: &ServerExtras, linked: &Linked, send: &Callback<Intent>) -> Html {
    html! {
        <>
            { for extras.bars.iter().map(|each| bar(each, Reach::Twin, linked, send)) }
            { for extras.unseen.iter().map(gauge) }
            { for (!extras.ports.is_empty()).then(|| ports(&extras.ports)) }
            { for extras.deadline.iter().map(deadline) }
        </>
    }
}

fn ports(ports: &[PortView]) -> Html {
    html! {
        <div class="ports">
            <span class="quiet">{ "Host ports" }</span>
            <ul aria-label="Host ports taken">{ for ports.iter().map(|each| html! {
                <li class={hue_class(each.hue)} title={format!("Port {} is taken by {}", each.port, each.task)}>
                    { &*each.port }<span class="hidden-text">{ format!(" by {}", each.task) }</span>
                </li>
            }) }</ul>
        </div>
    }
}

fn deadline(deadline: &DeadlineView) -> Html {
    html! {
        <div class="deadline">
            <p>{ icon(Icon::Clock) }<span>{ &*deadline.words }</span></p>
            <svg width="100%" height="4" aria-hidden="true">
                <rect class="room" width="100%" height="4" rx="2" />
                <rect class="left" width={format!("{}.{}%", deadline.left_permille / 10, deadline.left_permille % 10)} height="4" rx="2" />
            </svg>
        </div>
    }
}
