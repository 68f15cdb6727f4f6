//! Choosing what to learn from: units of the course, and scenarios to play with.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Entry, ScenarioView};
use crate::session::intent::Intent;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::later::{coming, later};

/// Draws the button and its menu.
pub fn picker(scenario: &ScenarioView, guided: bool, send: &Callback<Intent>) -> Html {
    let mode = if guided { "Guided" } else { "Sandbox" };
    html! {
        <>
            <button type="button" class="button picker" popovertarget="picker-menu">
                <span class="hidden-text">{ "Choose how to learn: " }</span><span>{ mode }</span>{ icon(Icon::Chevron) }
            </button>
            <nav id="picker-menu" class="menu picker-menu" popover="auto" aria-label="Choose how to learn">
                { later().map_or_else(coming, |later| (later.picker_menu)(scenario, guided, send)) }
            </nav>
        </>
    }
}

/// What is in the menu.
pub fn picker_menu(scenario: &ScenarioView, guided: bool, send: &Callback<Intent>) -> Html {
    let current = (!guided).then_some(&scenario.id);
    html! {
        <>
            { group("Guided", "Predict, run, see why.", &scenario.units, None, send, Intent::OpenUnit) }
            { group("Sandbox", "Play freely; nothing can be harmed.", &scenario.scenarios, current, send, Intent::OpenScenario) }
        </>
    }
}

fn group(
    title: &'static str,
    line: &'static str,
    entries: &[Entry],
    current: Option<&Rc<str>>,
    send: &Callback<Intent>,
    open: fn(String) -> Intent,
) -> Html {
    if entries.is_empty() {
        return html! {};
    }
    let entry = |entry: &Entry| {
        html! {
            <li key={&*entry.id}>
                <button type="button" class="entry" popovertarget="picker-menu" popovertargetaction="hide"
                    aria-current={(current == Some(&entry.id)).then_some("true")}
                    onclick={click(send, open(entry.id.to_string()))}>
                    <b>{ &*entry.title }</b><span>{ &*entry.line }</span>
                </button>
            </li>
        }
    };
    html! {
        <div class="menu-group">
            <h2>{ title }<span class="quiet">{ line }</span></h2>
            <ul>{ for entries.iter().map(entry) }</ul>
        </div>
    }
}
