//! What the lines and fillings of the board mean. The samples are drawn by the style sheet.

use yew::prelude::*;

use crate::session::frame::Density;
use crate::ui::icons::{Icon, icon};

/// Samples by their style class, with what they mean: those of servers with everything labelled, of tiles, and of both.
const FULL: &[(&str, &str)] =
    &[("arc", "empties until a report is overdue"), ("solid", "reserved by a task"), ("used", "really used")];
const TILE: &[(&str, &str)] = &[("strips", "CPU above, memory below")];
const BOTH: &[(&str, &str)] = &[
    ("stranded", "free, but the other resource is gone"),
    ("unconfirmed", "ECS is not sure of it"),
    ("uncounted", "runs, but ECS does not count it"),
];

/// Draws the legend; folded until it is asked for where there is little room.
pub fn legend(density: Density, open: bool) -> Html {
    let first = match density {
        Density::Full => FULL,
        Density::Compact | Density::Dense | Density::Map => TILE,
    };
    html! {
        <details class="legend" {open}>
            <summary>{ "What the drawing means" }{ icon(Icon::Chevron) }</summary>
            <ul class="hue-0">{ for first.iter().chain(BOTH).map(|(class, words)| html! { <li class={*class}>{ *words }</li> }) }</ul>
        </details>
    }
}
