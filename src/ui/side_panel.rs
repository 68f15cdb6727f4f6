//! The right panel: why, details, events and words in tabs.

use yew::prelude::*;

use crate::session::frame::Frame;
use crate::session::intent::Intent;
use crate::ui::details_panel::DetailsPanel;
use crate::ui::events_panel::EventsPanel;
use crate::ui::layout::PanelTab;
use crate::ui::part::part;
use crate::ui::tabs::{panel_id, tab_id, tabs};
use crate::ui::why_panel::WhyPanel;
use crate::ui::words_panel::WordsPanel;

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
    match tab {
        PanelTab::Why => part("why", WhyPanel { why: frame.why.clone(), send }),
        PanelTab::Details => part("details", DetailsPanel { details: frame.details.clone(), send }),
        PanelTab::Events => part("events", EventsPanel { events: frame.events.clone(), send }),
        PanelTab::Words => html! { <WordsPanel words={frame.words.clone()} /> },
    }
}
