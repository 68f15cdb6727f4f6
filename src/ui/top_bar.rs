//! The bar over the page: what is open, where tasks run, undo, display, help.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Choice, ScenarioView};
use crate::session::intent::{Intent, LaunchMode};
use crate::ui::choice_button::ChoiceButton;
use crate::ui::display::Display;
use crate::ui::display_menu::DisplayMenu;
use crate::ui::icons::{Icon, icon, logo};
use crate::ui::picker::Picker;
use crate::ui::segmented::Segmented;

#[derive(Properties, PartialEq)]
pub struct TopBarProps {
    pub scenario: Rc<ScenarioView>,
    /// Part and title of the open unit.
    pub unit: Option<(Rc<str>, Rc<str>)>,
    pub mode: LaunchMode,
    pub can_undo: bool,
    pub can_redo: bool,
    pub undo_label: Option<Rc<str>>,
    /// Too little room for everything.
    pub narrow: bool,
    pub display: Display,
    pub on_display: Callback<Display>,
    pub on_help: Callback<()>,
    pub send: Callback<Intent>,
}

/// The bar.
#[component]
pub fn TopBar(props: &TopBarProps) -> Html {
    let send = &props.send;
    html! {
        <header class="top">
            <h1>{ logo() }<span>{ "ECS Playground" }</span></h1>
            <Picker scenario={props.scenario.clone()} guided={props.unit.is_some()} send={send.clone()} />
            <p class="where">{ title(props) }</p>
            if !props.narrow {
                { launch_mode(props.mode, send) }
            }
            <ChoiceButton choice={undo(props)} send={send.clone()} icon={Icon::Undo} />
            <ChoiceButton choice={redo(props)} send={send.clone()} icon={Icon::Redo} />
            <DisplayMenu display={props.display} on_change={props.on_display.clone()} />
            <button type="button" class="icon-button" aria-label="Keys and help" title="Keys and help"
                onclick={props.on_help.reform(|_: MouseEvent| ())}>{ icon(Icon::Help) }</button>
        </header>
    }
}

/// The switch that says where tasks run.
pub fn launch_mode(chosen: LaunchMode, send: &Callback<Intent>) -> Html {
    let options = vec![
        (LaunchMode::Ec2, AttrValue::Static("EC2")),
        (LaunchMode::Fargate, AttrValue::Static("Fargate")),
        (LaunchMode::Mixed, AttrValue::Static("Mixed")),
    ];
    html! { <Segmented<LaunchMode> class="launch-mode" name="Where tasks run" {options} {chosen} on_choose={send.reform(Intent::SetLaunchMode)} /> }
}

fn title(props: &TopBarProps) -> Html {
    match &props.unit {
        Some((part, title)) => html! { <><span class="part">{ format!("{part} · ") }</span><b>{ &**title }</b></> },
        None => html! { <b>{ &*props.scenario.title }</b> },
    }
}

fn undo(props: &TopBarProps) -> Choice {
    let label = props.undo_label.as_ref().map_or("Undo".to_string(), |what| format!("Undo: {what}"));
    Choice {
        label: Rc::from(label),
        intent: Intent::Undo,
        refused: (!props.can_undo).then(|| Rc::from("There is nothing to undo.")),
    }
}

fn redo(props: &TopBarProps) -> Choice {
    Choice {
        label: Rc::from("Redo"),
        intent: Intent::Redo,
        refused: (!props.can_redo).then(|| Rc::from("There is nothing to redo.")),
    }
}
