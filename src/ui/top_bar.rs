//! The bar over the page: what is open, where tasks run, undo, display, help.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Choice, ScenarioView};
use crate::session::intent::{Intent, LaunchMode};
use crate::ui::choice_button::icon_button;
use crate::ui::display::Display;
use crate::ui::display_menu::display_menu;
use crate::ui::icons::{Icon, icon, logo};
use crate::ui::part::Part;
use crate::ui::picker::picker;
use crate::ui::segmented::segmented_unless;

/// The bar.
#[derive(PartialEq)]
pub struct TopBar {
    pub scenario: Rc<ScenarioView>,
    /// Part and title of the open unit.
    pub unit: Option<(Rc<str>, Rc<str>)>,
    pub mode: LaunchMode,
    pub can_undo: bool,
    pub can_redo: bool,
    pub undo_label: Option<Rc<str>>,
    /// Why nothing can be changed now.
    pub locked: Option<&'static str>,
    /// Too little room for everything.
    pub narrow: bool,
    pub display: Display,
    /// The later half of the page is there.
    pub complete: bool,
    pub on_display: Callback<Display>,
    pub on_help: Callback<()>,
    pub send: Callback<Intent>,
}

impl Part for TopBar {
    fn draw(&self) -> Html {
        let send = &self.send;
        html! {
            <header class="top">
                <h1>{ logo() }<span>{ "ECS Playground" }</span></h1>
                { picker(&self.scenario, self.unit.is_some(), send) }
                <p class="where">{ title(self) }</p>
                if !self.narrow {
                    { launch_mode(self.mode, self.locked, send) }
                }
                { icon_button("", Icon::Undo, &undo(self), send) }
                { icon_button("", Icon::Redo, &redo(self), send) }
                { display_menu(self.display, &self.on_display) }
                <button type="button" class="icon-button" aria-label="Keys and help" title="Keys and help"
                    onclick={self.on_help.reform(|_: MouseEvent| ())}>{ icon(Icon::Help) }</button>
            </header>
        }
    }
}

/// The switch that says where tasks run.
pub fn launch_mode(chosen: LaunchMode, locked: Option<&'static str>, send: &Callback<Intent>) -> Html {
    let options = [(LaunchMode::Ec2, "EC2"), (LaunchMode::Fargate, "Fargate"), (LaunchMode::Mixed, "Mixed")];
    segmented_unless(locked, "launch-mode", "Where tasks run", &options, chosen, &send.reform(Intent::SetLaunchMode))
}

fn title(bar: &TopBar) -> Html {
    match &bar.unit {
        Some((part, title)) => html! { <><span class="part">{ format!("{part} · ") }</span><b>{ &**title }</b></> },
        None => html! { <b>{ &*bar.scenario.title }</b> },
    }
}

fn undo(bar: &TopBar) -> Choice {
    let label = bar.undo_label.as_ref().map_or("Undo".to_string(), |what| format!("Undo: {what}"));
    Choice { label: Rc::from(label), intent: Intent::Undo, refused: refusal(bar, bar.can_undo, "There is nothing to undo.") }
}

fn redo(bar: &TopBar) -> Choice {
    Choice { label: Rc::from("Redo"), intent: Intent::Redo, refused: refusal(bar, bar.can_redo, "There is nothing to redo.") }
}

fn refusal(bar: &TopBar, there_is: bool, words: &'static str) -> Option<Rc<str>> {
    bar.locked.or((!there_is).then_some(words)).map(Rc::from)
}
