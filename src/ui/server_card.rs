//! A server with everything labelled: its heartbeat, what ECS says of it, its two parallel bars, and where truth differs.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Choice, Presence, ServerView};
use crate::session::intent::{Intent, Subject};
use crate::session::lesson::Answer;
use crate::sim::ids::InstanceId;
use crate::ui::badge::{badge, tone_class};
use crate::ui::bar::{Linked, Reach, bar};
use crate::ui::choice_button::marked_button;
use crate::ui::fault_badges::fault_badges;
use crate::ui::gesture::click;
use crate::ui::ghost::ghost_slot;
use crate::ui::heartbeat::heartbeat;
use crate::ui::icons::Icon;
use crate::ui::later::later;

#[derive(Properties, PartialEq)]
pub struct ServerCardProps {
    pub server: Rc<ServerView>,
    pub send: Callback<Intent>,
    /// The ghost in the learner's hand.
    pub held: Option<u32>,
    /// The one server that Tab reaches; arrows move on from it.
    pub current: bool,
}

/// The id of the element that carries the focus of a server.
pub fn server_element_id(server: InstanceId) -> String {
    format!("server-{}", server.0)
}

/// The card.
#[component]
pub fn ServerCard(props: &ServerCardProps) -> Html {
    let linked = use_state(|| None);
    let ServerCardProps { server, send, held, current } = props;
    let linked = Linked { task: *linked, set: Callback::from(move |task| linked.set(task)) };
    let reach = if *current { Reach::InOrder } else { Reach::ByArrows };
    let class = classes!(
        "server",
        "full",
        tone_class(server.state.tone),
        presence_class(server.presence),
        server.selected.then_some("selected"),
        held.is_some().then_some("target"),
    );
    html! {
        <article {class} data-drop={server.id.0.to_string()} aria-label={server.name.clone()}>
            <header>
                { heartbeat(&server.heartbeat) }
                <div class="server-title">
                    { head_button(server, send, *current) }
                    { badge(&server.state) }
                </div>
                <span class="server-kind quiet">{ format!("{} · {}", server.instance_type, server.price) }</span>
            </header>
            { bar(&server.cpu, reach, &linked, send) }
            { bar(&server.memory, Reach::Twin, &linked, send) }
            { for later().zip(server.extras.as_ref()).map(|(later, extras)| (later.server_extras)(extras, &linked, send)) }
            { fault_badges(&server.faults, send) }
            { truth(server) }
            { prediction(server, *held, send) }
        </article>
    }
}

/// The element of a server that carries its name, its focus and its selection.
pub fn head_button(server: &Rc<ServerView>, send: &Callback<Intent>, current: bool) -> Html {
    let id = server.id;
    html! {
        <button type="button" class="server-head" id={server_element_id(id)} tabindex={if current { "0" } else { "-1" }}
            data-landing="" aria-label={server.sentence.clone()} aria-pressed={server.selected.to_string()}
            onclick={click(send, Intent::Select(Some(Subject::Instance(id))))}>
            { &*server.name }
        </button>
    }
}

fn truth(server: &ServerView) -> Html {
    html! {
        if let Some(truth) = &server.truth {
            <p class="truth">
                <span class="truth-label">{ "In truth" }</span>
                { badge(truth) }
                if let Some(note) = &server.note {
                    <span class="note">{ &**note }</span>
                }
            </p>
        } else if let Some(note) = &server.note {
            <p class="truth"><span class="note">{ &**note }</span></p>
        }
    }
}

fn prediction(server: &ServerView, held: Option<u32>, send: &Callback<Intent>) -> Html {
    html! {
        <>
            if !server.ghosts.is_empty() {
                <ul class="ghosts" aria-label="Predicted here">{ for server.ghosts.iter().map(ghost_slot) }</ul>
            }
            { for server.ghost_slot.iter().map(|slot| marked_button("slot", Icon::Plus, &slot_choice(slot, server.id, held), send)) }
        </>
    }
}

/// The frame's slot is for the next ghost; one in the hand goes first.
pub fn slot_choice(slot: &Choice, server: InstanceId, held: Option<u32>) -> Choice {
    match held {
        None => slot.clone(),
        Some(ghost) => Choice {
            label: Rc::from(format!("Put task {ghost} here")),
            intent: Intent::Lesson(Answer::PlaceGhost { ghost, instance: Some(server) }),
            refused: slot.refused.clone(),
        },
    }
}

/// The style class for a server that only one of belief and truth has.
pub fn presence_class(presence: Presence) -> Option<&'static str> {
    match presence {
        Presence::Both => None,
        Presence::TrueOnly => Some("true-only"),
        Presence::BelievedOnly => Some("believed-only"),
    }
}
