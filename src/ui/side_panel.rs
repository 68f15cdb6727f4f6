//! The right panel: why, details, events and words in tabs.

use yew::prelude::*;

use crate::session::frame::Frame;
use crate::session::intent::Intent;
use crate::ui::details_panel::nothing_selected;
use crate::ui::events_panel::EventsPanel;
use crate::ui::later::{coming, later};
use crate::ui::layout::PanelTab;
use crate::ui::part::part;
use crate::ui::tabs::{panel_id, tab_id, tabs};
use crate::ui::why_panel::nothing_asked;

/// Draws the panel.
pub fn side_panel(frame: &Frame, chosen: PanelTab, on_tab: &Callback<usize>, send: &Callback<Intent>) -> Html {
    let slug = chosen.tab().slug;
    html! {
        <aside class="side" aria-label="Explanation">
            <h2 class="hidden-text">{ "Explanation" }</h2>
            { tabs("", "Explanation", &PanelTab::ALL.map(PanelTab::tab), chosen as usize, on_tab) }
            <div class="panel" role="tabpanel" id={panel_id(slug)} aria-labelledby={tab_id(slug)} tabindex="0">
                { panel(frame, chosen, send) }
            </div>
        </aside>
    }
}

/// What one tab shows.
pub fn panel(frame: &Frame, tab: PanelTab, send: &Callback<Intent>) -> Html {
    let send = send.clone();
    match (tab, later()) {
        (PanelTab::Why, Some(later)) => frame.why.clone().map_or_else(nothing_asked, |why| (later.why)(why, send)),
        (PanelTab::Details, Some(later)) => {
            frame.details.clone().map_or_else(nothing_selected, |details| (later.details)(details, send))
        }
        (PanelTab::Why, None) => nothing_asked(),
        (PanelTab::Details, None) => nothing_selected(),
        (PanelTab::Events, _) => part("events", EventsPanel { events: frame.events.clone(), send }),
        (PanelTab::Words, Some(later)) => (later.words)(frame.words.clone()),
        (PanelTab::Words, None) => coming(),
    }
}
