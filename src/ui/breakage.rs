//! Break something: faults by target, and what is broken now.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{ActiveFault, BreakageView, FaultGroup};
use crate::session::intent::Intent;
use crate::ui::browser::input;
use crate::ui::choice_button::ChoiceButton;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct BreakageProps {
    pub breakage: Rc<BreakageView>,
    pub send: Callback<Intent>,
}

/// The section.
#[component]
pub fn Breakage(props: &BreakageProps) -> Html {
    let BreakageProps { breakage, send } = props;
    if breakage.groups.is_empty() && breakage.active.is_empty() {
        return html! {};
    }
    html! {
        <section class="breakage" aria-labelledby="breakage-title">
            <h2 id="breakage-title" class="overline">{ "Break something" }</h2>
            if !breakage.active.is_empty() {
                <ul class="active-faults" aria-label="Broken now">{ for breakage.active.iter().map(|fault| active(fault, send)) }</ul>
            }
            { for breakage.groups.iter().enumerate().map(|(at, group)| html! {
                <Group key={&*group.title} group={group.clone()} open={at == 0} send={send.clone()} />
            }) }
        </section>
    }
}

fn active(fault: &ActiveFault, send: &Callback<Intent>) -> Html {
    html! {
        <li class="active-fault">
            { icon(Icon::Bolt) }
            <span>{ &*fault.label }<span class="quiet">{ format!(" {}", fault.since) }</span></span>
            <ChoiceButton choice={fault.heal.clone()} send={send.clone()} class="small" />
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct GroupProps {
    group: FaultGroup,
    open: bool,
    send: Callback<Intent>,
}

/// Faults of one kind of target; the first target is offered until another is chosen.
#[component]
fn Group(props: &GroupProps) -> Html {
    let chosen = use_state(|| None::<Rc<str>>);
    let GroupProps { group, send, open } = props;
    let wanted = chosen.as_ref().and_then(|label| group.targets.iter().find(|target| target.label == *label));
    let Some(target) = wanted.or(group.targets.first()) else { return html! {} };
    let onchange = {
        let chosen = chosen.setter();
        Callback::from(move |event: Event| chosen.set(Some(Rc::from(input::text(&event)))))
    };
    html! {
        <details class="fault-group" open={*open}>
            <summary>{ icon(group_icon(&group.title)) }<span>{ &*group.title }</span>
                <span class="quiet">{ if target.label == group.title { "" } else { &*target.label } }</span>{ icon(Icon::Chevron) }</summary>
            <div class="fault-body">
                if group.targets.len() > 1 {
                    <label class="select wide">
                        <span class="hidden-text">{ format!("{} to break", group.title) }</span>
                        <select {onchange}>{ for group.targets.iter().map(|each| html! {
                            <option value={each.label.clone()} selected={each.label == target.label}>{ &*each.label }</option>
                        }) }</select>
                        { icon(Icon::Chevron) }
                    </label>
                }
                <div class="fault-buttons">{ for target.faults.iter().map(|fault| html! {
                    <ChoiceButton key={&*fault.label} choice={fault.clone()} send={send.clone()} class="breaks" />
                }) }</div>
            </div>
        </details>
    }
}

/// Groups are named by the frame; one that is not known gets the bolt.
fn group_icon(title: &str) -> Icon {
    match title {
        "Task" => Icon::Task,
        "Server" => Icon::Server,
        "Zone" => Icon::Zone,
        "Network" => Icon::Network,
        "Image registry" => Icon::Image,
        _ => Icon::Bolt,
    }
}
