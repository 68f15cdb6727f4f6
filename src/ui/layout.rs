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
    Charts,
    More,
}

impl PanelTab {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Why, Self::Details, Self::Events, Self::Words];

    pub fn tab(self) -> Tab {
        let (slug, label) = match self {
            Self::Why => ("why", "Why"),
            Self::Details => ("details", "Details"),
            Self::Events => ("events", "Events"),
            Self::Words => ("words", "Words"),
        };
        Tab { slug, label, icon: None }
    }
}

impl Pane {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Board, Self::Lesson, Self::Why, Self::Events, Self::Charts, Self::More];

    /// Its tab. Without a unit, the lesson's pane says how to begin.
    pub fn tab(self, guided: bool) -> Tab {
        let (slug, label, icon) = match self {
            Self::Board => ("board", "Board", Icon::Board),
            Self::Lesson => ("lesson", if guided { "Lesson" } else { "Start" }, Icon::Lesson),
            Self::Why => ("why", "Why", Icon::Why),
            Self::Events => ("events", "Events", Icon::Events),
            Self::Charts => ("charts-pane", "Charts", Icon::Charts),
            Self::More => ("more", "More", Icon::More),
        };
        Tab { slug, label, icon: Some(icon) }
    }
}
