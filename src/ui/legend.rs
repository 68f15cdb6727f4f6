//! What the lines and fillings of the board mean.

use yew::prelude::*;

use crate::session::frame::Density;
use crate::ui::icons::{Icon, icon};

/// Draws the legend; folded until it is asked for where there is little room.
pub fn legend(density: Density, open: bool) -> Html {
    let arc = html! {
        <svg class="heartbeat fresh" viewBox="0 0 28 28" width="18" height="18" aria-hidden="true">
            <circle class="track" cx="14" cy="14" r="11" />
            <circle class="arc" cx="14" cy="14" r="11" pathLength="1000" transform="rotate(-90 14 14)" stroke-dasharray="600 1000" />
            <circle class="core" cx="14" cy="14" r="4" />
        </svg>
    };
    let full = [
        (arc, "empties until a report is overdue"),
        (block("solid"), "reserved by a task"),
        (
            html! { <svg class="hue-0" width="26" height="16" aria-hidden="true"><rect class="used" y="6.5" width="26" height="3" rx="1.5" /></svg> },
            "really used",
        ),
    ];
    let tile = [(strips(), "CPU above, memory below")];
    let always = [
        (block("stranded"), "free, but the other resource is gone"),
        (block("unconfirmed"), "ECS is not sure of it"),
        (block("uncounted"), "runs, but ECS does not count it"),
    ];
    let first: Vec<(Html, &str)> = match density {
        Density::Full => full.into(),
        Density::Compact | Density::Dense => tile.into(),
    };
    html! {
        <details class="legend" {open}>
            <summary>{ "What the drawing means" }{ icon(Icon::Chevron) }</summary>
            <ul>{ for first.into_iter().chain(always).map(|(sample, words)| html! { <li>{ sample }{ words }</li> }) }</ul>
        </details>
    }
}

fn block(class: &'static str) -> Html {
    html! {
        <svg class="bar hue-0" width="26" height="16" aria-hidden="true"><rect {class} x="1" y="1" width="24" height="14" rx="3" /></svg>
    }
}

fn strips() -> Html {
    html! {
        <svg class="hue-0" width="26" height="16" aria-hidden="true">
            <rect class="used" y="1" width="26" height="6" /><rect class="used" y="9" width="18" height="6" />
        </svg>
    }
}
