//! The places of the page: the tabs of the right panel, and the panes of a narrow screen.

use crate::ui::icons::Icon;
use crate::ui::tabs::Tab;

/// The tabs of the right panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PanelTab {
    #[default]
    Why,
    Details,
    Events,
    Words,
}

/// The panes of a narrow screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Board,
    Lesson,
    Why,
    Events,
    More,
}

/// The tabs of the right panel, in order.
pub fn panel_tabs() -> Vec<Tab<PanelTab>> {
    let tab = |value, slug, label| Tab { value, slug, label, icon: None, count: None };
    vec![
        tab(PanelTab::Why, "why", "Why"),
        tab(PanelTab::Details, "details", "Details"),
        tab(PanelTab::Events, "events", "Events"),
        tab(PanelTab::Words, "words", "Words"),
    ]
}

/// The panes of a narrow screen, in order. Without a unit, the lesson's pane says how to begin.
pub fn panes(guided: bool) -> Vec<Tab<Pane>> {
    let tab = |value, slug, label, icon| Tab { value, slug, label, icon: Some(icon), count: None };
    vec![
        tab(Pane::Board, "board", "Board", Icon::Board),
        tab(Pane::Lesson, "lesson", if guided { "Lesson" } else { "Start" }, Icon::Lesson),
        tab(Pane::Why, "why", "Why", Icon::Why),
        tab(Pane::Events, "events", "Events", Icon::Events),
        tab(Pane::More, "more", "More", Icon::More),
    ]
}
