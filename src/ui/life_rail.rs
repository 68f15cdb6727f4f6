//! The life cycle of a task: where it has been, where it is, what lies ahead.

use yew::prelude::*;

use crate::session::frame::{RailState, RailStop};

/// Draws the rail.
pub fn life_rail(stops: &[RailStop]) -> Html {
    let stop = |stop: &RailStop| {
        let (class, words) = match stop.state {
            RailState::Passed => ("passed", "passed"),
            RailState::Current => ("current", "now"),
            RailState::Ahead => ("ahead", "ahead"),
            RailState::Skipped => ("skipped", "not passed by this task"),
        };
        html! {
            <li {class} aria-current={(stop.state == RailState::Current).then_some("step")}>
                <span>{ &*stop.word }</span>
                <span class="hidden-text">{ words }</span>
                if let Some(time) = &stop.time {
                    <time>{ &**time }</time>
                }
            </li>
        }
    };
    html! { <ol class="life" aria-label="Life cycle">{ for stops.iter().map(stop) }</ol> }
}
