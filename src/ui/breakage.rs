//! Break something: faults by target, and what is broken now.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{ActiveFault, BreakageView, Choice, FaultGroup, FaultTarget};
use crate::session::intent::Intent;
use crate::session::view::breakage::heading;
use crate::ui::choice_button::{choice_button, choice_buttons};
use crate::ui::icons::{Icon, icon};
use crate::ui::later::later;
use crate::ui::select::{Line, select};

#[derive(Properties, PartialEq)]
pub struct BreakageProps {
    pub breakage: Rc<BreakageView>,
    pub send: Callback<Intent>,
}

/// The target chosen in each group of faults, by title and label, where it is not the first.
type Targets = Vec<(Rc<str>, Rc<str>)>;

/// The section.
#[component]
pub fn Breakage(props: &BreakageProps) -> Html {
    let targets = use_state(Targets::new);
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
            { for breakage.groups.iter().enumerate().filter_map(|(at, each)| group(each, at == 0, &targets, send)) }
        </section>
    }
}

fn active(fault: &ActiveFault, send: &Callback<Intent>) -> Html {
    html! {
        <li class="active-fault">
            { icon(Icon::Bolt) }
            <span>{ &*fault.label }<span class="quiet">{ format!(" {}", fault.since) }</span></span>
            { choice_button("small", &fault.heal, send) }
        </li>
    }
}

/// Faults of one kind of target; the first target is offered until another is chosen.
fn group(group: &FaultGroup, open: bool, targets: &UseStateHandle<Targets>, send: &Callback<Intent>) -> Option<Html> {
    let title = &group.title;
    let chosen = targets.iter().find(|(of, _)| of == title);
    let wanted = chosen.and_then(|(_, label)| group.targets.iter().find(|target| target.label == *label));
    let target = wanted.or(group.targets.first())?;
    let line = |each: &FaultTarget| Line::of(&each.label, &each.label, each.label == target.label);
    Some(html! {
        <details key={&**title} class="fault-group" {open}>
            <summary>{ icon(group_icon(title)) }<span>{ &**title }</span>
                <span class="quiet">{ if target.label == *title { "" } else { &*target.label } }</span>{ icon(Icon::Chevron) }</summary>
            <div class="fault-body">
                if group.targets.len() > 1 {
                    { select("select wide", &format!("{title} to break"), group.targets.iter().map(line), &choose(title, targets)) }
                }
                { later().map_or_else(|| buttons(&target.faults, send), |later| (later.faults)(&target.faults, send)) }
            </div>
        </details>
    })
}

fn buttons(faults: &[Choice], send: &Callback<Intent>) -> Html {
    html! { <div class="fault-buttons">{ choice_buttons("breaks", faults, send) }</div> }
}

/// The faults of a target, those that are about the same under one heading.
pub fn faults(faults: &[Choice], send: &Callback<Intent>) -> Html {
    let mut parts: Vec<(&'static str, Vec<Choice>)> = Vec::new();
    for fault in faults {
        let about = heading(fault);
        match parts.iter_mut().find(|(known, _)| *known == about) {
            Some((_, part)) => part.push(fault.clone()),
            None => parts.push((about, vec![fault.clone()])),
        }
    }
    let part = |(about, faults): (&'static str, Vec<Choice>)| match about {
        "" => buttons(&faults, send),
        _ => html! {
            <div key={about} class="fault-part" role="group" aria-label={about}>
                <p class="overline" aria-hidden="true">{ about }</p>
                { buttons(&faults, send) }
            </div>
        },
    };
    parts.into_iter().map(part).collect()
}

fn choose(title: &Rc<str>, targets: &UseStateHandle<Targets>) -> Callback<String> {
    let (title, targets) = (title.clone(), targets.clone());
    Callback::from(move |label: String| {
        let mut chosen = (*targets).clone();
        chosen.retain(|(of, _)| *of != title);
        chosen.push((title.clone(), Rc::from(label)));
        targets.set(chosen);
    })
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
