//! What the page draws only for a learner who acts, with the session's half for the same: one download, asked for by the first touch.
//!
//! Code that runs before the first touch draws these parts through [`later`] only; a direct call would bring them back into the
//! first download. Start reading at [`Later`].

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{
    BottomView, Choice, DetailsView, FargateView, Frame, ImportCheckView, RibbonView, ScenarioView, ServerExtras, WhyView,
    WordView, ZoneMap, ZoneView,
};
use crate::session::intent::{Intent, Lens};
#[cfg(target_arch = "wasm32")]
use crate::session::later as session;
use crate::ui::bar::Linked;
use crate::ui::board_table::board_table;
use crate::ui::bottom_panel::bottom_panel;
use crate::ui::breakage::faults;
use crate::ui::details_panel::DetailsPanel;
use crate::ui::display::{Display, Theme};
use crate::ui::display_menu::display_rows;
use crate::ui::fargate_lane::FargateLane;
use crate::ui::form::Forms;
use crate::ui::import_dialog::import_dialog;
use crate::ui::keys_dialog::keys_dialog;
use crate::ui::layout::Pane;
use crate::ui::lesson_rail::LessonRail;
use crate::ui::neighbours::Neighbours;
use crate::ui::now::{jumps, now};
use crate::ui::part::part;
use crate::ui::picker::picker_menu;
use crate::ui::ribbon::ribbon;
use crate::ui::server_extras::server_extras;
use crate::ui::server_map::ServerMap;
use crate::ui::server_tile::ServerTile;
use crate::ui::why_panel::WhyPanel;
use crate::ui::words_panel::WordsPanel;

type DrawImport =
    fn(Option<&AttrValue>, Option<&ImportCheckView>, &Callback<Option<String>>, &Callback<()>, &Callback<Intent>) -> Html;

type DrawNow = fn(&Frame, Pane, Option<u32>, &Callback<Intent>, &Callback<Pane>) -> Html;

/// Ways into the later half of the page.
pub struct Later {
    /// The session's half.
    #[cfg(target_arch = "wasm32")]
    session: &'static session::Later,
    /// How all this looks.
    #[cfg(target_arch = "wasm32")]
    style: &'static [&'static str],
    pub why: fn(Rc<WhyView>, Callback<Intent>) -> Html,
    pub details: fn(Rc<DetailsView>, Callback<Intent>) -> Html,
    pub words: fn(Rc<Vec<WordView>>) -> Html,
    pub lesson: fn(LessonRail) -> Html,
    /// The opening has no Fargate and few servers.
    pub fargate_lane: fn(Rc<FargateView>, Callback<Intent>) -> Html,
    /// What binds on a server besides CPU and memory.
    pub server_extras: fn(&ServerExtras, &Linked, &Callback<Intent>) -> Html,
    pub server_tile: fn(ServerTile) -> Html,
    pub server_map: fn(Rc<ZoneMap>, Rc<str>, Theme, Callback<Intent>) -> Html,
    /// A deployment in its service's row.
    pub ribbon: fn(&RibbonView, &Callback<Intent>) -> Html,
    /// The services round ECS.
    pub neighbours: fn(Neighbours) -> Html,
    /// What can be asked for by filling in a form.
    pub forms: fn(Forms) -> Html,
    /// The faults of a target, under headings.
    pub faults: fn(&[Choice], &Callback<Intent>) -> Html,
    pub board_table: fn(&[Rc<ZoneView>], Lens, &Callback<Intent>) -> Html,
    /// What is open under the timeline; on a narrow screen a pane of its own.
    pub bottom_panel: fn(BottomView, bool, &Callback<Intent>) -> Html,
    /// What a narrow screen says over its pane.
    pub now: DrawNow,
    /// Ways to the parts of a long pane.
    pub jumps: fn() -> Html,
    pub picker_menu: fn(&ScenarioView, bool, &Callback<Intent>) -> Html,
    pub display_rows: fn(Display, &Callback<Display>) -> Html,
    pub import_dialog: DrawImport,
    pub keys_dialog: fn(bool, &Callback<()>) -> Html,
}

/// The later half itself.
static LATER: Later = Later {
    #[cfg(target_arch = "wasm32")]
    session: &session::LATER,
    #[cfg(target_arch = "wasm32")]
    style: &[
        include_str!("../../static/later-style/00-acting.css"),
        include_str!("../../static/later-style/10-bottom.css"),
        include_str!("../../static/later-style/20-around.css"),
        include_str!("../../static/later-style/25-platform.css"),
        include_str!("../../static/later-style/30-map.css"),
    ],
    why: |why, send| part("why", WhyPanel { why, send }),
    details: |details, send| part("details", DetailsPanel { details, send }),
    words: |words| html! { <WordsPanel {words} /> },
    lesson: |lesson| part("lesson", lesson),
    fargate_lane: |fargate, send| html! { <FargateLane {fargate} {send} /> },
    server_extras,
    server_tile: |tile| part("tile", tile),
    server_map: |map, zone, theme, send| html! { <ServerMap {map} {zone} {theme} {send} /> },
    ribbon,
    neighbours: |neighbours| part("neighbours", neighbours),
    forms: |forms| part("forms", forms),
    faults,
    board_table,
    bottom_panel,
    now,
    jumps,
    picker_menu,
    display_rows,
    import_dialog,
    keys_dialog,
};

/// What stands where a part will be, for the moment that its download takes.
pub fn coming() -> Html {
    html! { <p class="empty" role="status">{ "Loading…" }</p> }
}

#[cfg(target_arch = "wasm32")]
mod place {
    use std::sync::OnceLock;

    use wasm_split_helpers::{SplitLoaderError, wasm_split};
    use yew::Callback;

    use super::{LATER, Later, session};
    use crate::ui::browser::style;

    static ARRIVED: OnceLock<&'static Later> = OnceLock::new();

    /// The later half, once it has been downloaded.
    pub fn later() -> Option<&'static Later> {
        ARRIVED.get().copied()
    }

    /// Downloads the later half, unless that has been done, and says whether it is there.
    pub fn fetch(done: Callback<bool>) {
        yew::platform::spawn_local(async move {
            let found = split_off().await;
            if let Ok(later) = found {
                later.style.iter().for_each(|sheet| style::adopt(sheet));
                session::arrive(later.session);
                let _ = ARRIVED.set(later);
            }
            done.emit(found.is_ok());
        });
    }

    /// The seam: what only this function leads to is in a file of its own.
    #[wasm_split(later, fallible)]
    fn split_off() -> Result<&'static Later, SplitLoaderError> {
        Ok(&LATER)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod place {
    use yew::Callback;

    use super::{LATER, Later};

    /// The later half, which is always there.
    pub fn later() -> Option<&'static Later> {
        Some(&LATER)
    }

    /// Says that the later half is there.
    pub fn fetch(done: Callback<bool>) {
        done.emit(true);
    }
}

pub use place::*;
