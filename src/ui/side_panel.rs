//! The right panel: why, details, events and words in tabs.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{DetailsView, EventsView, WhyView, WordView};
use crate::session::intent::Intent;
use crate::ui::details_panel::DetailsPanel;
use crate::ui::events_panel::EventsPanel;
use crate::ui::layout::{PanelTab, panel_tabs};
use crate::ui::tabs::{Tabs, panel_id, tab_id};
use crate::ui::why_panel::WhyPanel;
use crate::ui::words_panel::WordsPanel;

#[derive(Properties, PartialEq)]
pub struct SidePanelProps {
    pub tab: PanelTab,
    pub on_tab: Callback<PanelTab>,
    pub why: Option<Rc<WhyView>>,
    pub details: Option<Rc<DetailsView>>,
    pub events: Rc<EventsView>,
    pub words: Rc<Vec<WordView>>,
    pub send: Callback<Intent>,
}

/// The panel.
#[component]
pub fn SidePanel(props: &SidePanelProps) -> Html {
    let send = &props.send;
    let tabs = panel_tabs();
    let slug = tabs.iter().find(|tab| tab.value == props.tab).map_or("why", |tab| tab.slug);
    html! {
        <aside class="side" aria-label="Explanation">
            <h2 class="hidden-text">{ "Explanation" }</h2>
            <Tabs<PanelTab> name="Explanation" tabs={tabs.clone()} chosen={props.tab} on_choose={props.on_tab.clone()} />
            <div class="panel" role="tabpanel" id={panel_id(slug)} aria-labelledby={tab_id(slug)} tabindex="0">
                {
                    match props.tab {
                        PanelTab::Why => html! { <WhyPanel why={props.why.clone()} send={send.clone()} /> },
                        PanelTab::Details => html! { <DetailsPanel details={props.details.clone()} send={send.clone()} /> },
                        PanelTab::Events => html! { <EventsPanel events={props.events.clone()} send={send.clone()} /> },
                        PanelTab::Words => html! { <WordsPanel words={props.words.clone()} /> },
                    }
                }
            </div>
        </aside>
    }
}
