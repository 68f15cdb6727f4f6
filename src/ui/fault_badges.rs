//! Faults drawn on what they strike, numbered in causal order, each with its cure.

use yew::prelude::*;

use crate::session::frame::FaultBadge;
use crate::session::intent::Intent;
use crate::ui::choice_button::choice_button;

/// Draws the faults of one thing; nothing when there are none.
pub fn fault_badges(faults: &[FaultBadge], send: &Callback<Intent>) -> Html {
    if faults.is_empty() {
        return html! {};
    }
    let fault = |fault: &FaultBadge| {
        html! {
            <li key={fault.number} class="fault">
                <span class="fault-number"><span class="hidden-text">{ "Cause " }</span>{ fault.number }</span>
                <span class="fault-label">{ &*fault.label }</span>
                { for fault.heal.iter().map(|heal| choice_button("small", heal, send)) }
            </li>
        }
    };
    html! { <ul class="faults" aria-label="Faults">{ for faults.iter().map(fault) }</ul> }
}
