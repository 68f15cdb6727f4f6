//! A task the learner predicts: taken in the hand with a tap or dragged with the pointer, drawn dashed where it was put.

use yew::prelude::*;

use crate::session::frame::{GhostOutcome, GhostView, Hue};
use crate::ui::badge::hue_class;
use crate::ui::bar::thousands;
use crate::ui::browser::drag;
use crate::ui::icons::{Icon, icon};

/// Draws a ghost where the learner put it.
pub fn ghost_slot(ghost: &GhostView) -> Html {
    let (class, sign, words) = match ghost.outcome {
        None => ("", None, "your prediction"),
        Some(GhostOutcome::Landed) => ("landed", Some(Icon::Check), "landed here as you predicted"),
        Some(GhostOutcome::WentElsewhere) => ("elsewhere", Some(Icon::Cross), "went elsewhere"),
    };
    html! {
        <li key={ghost.number} class={classes!("ghost", hue_class(ghost.hue), class)}>
            <span class="ghost-number" aria-hidden="true">{ ghost.number }</span>
            <span>{ &*ghost.label }</span>
            <small>{ format!("{} CPU · {} MiB", thousands(ghost.cpu_units), thousands(ghost.memory_mib)) }</small>
            { for sign.map(icon) }
            <span class="hidden-text">{ words }</span>
        </li>
    }
}

/// What happens to a ghost in the hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GhostMove {
    Take(u32),
    LetGo,
    /// Let go over something that carries this `data-drop`.
    PutOn(u32, String),
}

/// In pixels: less is a tap with an unsteady hand.
const LEAST_DRAG: i32 = 6;

#[derive(Properties, PartialEq)]
pub struct GhostHandleProps {
    pub number: u32,
    pub label: AttrValue,
    pub hue: Hue,
    pub held: bool,
    pub on_move: Callback<GhostMove>,
}

/// The ghost in the lesson's card, to be tapped or dragged.
#[component]
pub fn GhostHandle(props: &GhostHandleProps) -> Html {
    let node = use_node_ref();
    let start = use_mut_ref(|| None::<(i32, i32)>);
    let dragged = use_mut_ref(|| false);
    let (number, held) = (props.number, props.held);
    let onpointerdown = {
        let (node, start, dragged) = (node.clone(), start.clone(), dragged.clone());
        Callback::from(move |event: PointerEvent| {
            drag::hold(&node, &event);
            *start.borrow_mut() = Some((event.client_x(), event.client_y()));
            *dragged.borrow_mut() = false;
        })
    };
    let onpointermove = {
        let (node, start, dragged) = (node.clone(), start.clone(), dragged.clone());
        Callback::from(move |event: PointerEvent| {
            let Some((x, y)) = *start.borrow() else { return };
            let way = (event.client_x() - x, event.client_y() - y);
            if way.0.abs().max(way.1.abs()) >= LEAST_DRAG {
                *dragged.borrow_mut() = true;
                drag::shift(&node, way);
            }
        })
    };
    let onpointerup = {
        let (node, start, dragged, on_move) = (node.clone(), start.clone(), dragged.clone(), props.on_move.clone());
        Callback::from(move |event: PointerEvent| {
            *start.borrow_mut() = None;
            // Back in its place first, or it would be found under the pointer itself.
            drag::shift(&node, (0, 0));
            if *dragged.borrow()
                && let Some(target) = drag::target_under(&event)
            {
                on_move.emit(GhostMove::PutOn(number, target));
            }
        })
    };
    let onpointercancel = {
        let (node, start) = (node.clone(), start.clone());
        Callback::from(move |_: PointerEvent| {
            *start.borrow_mut() = None;
            drag::shift(&node, (0, 0));
        })
    };
    let onclick = {
        let on_move = props.on_move.clone();
        Callback::from(move |_: MouseEvent| {
            // The browser sends a click after a drag too.
            if !dragged.take() {
                on_move.emit(if held { GhostMove::LetGo } else { GhostMove::Take(number) });
            }
        })
    };
    html! {
        <button ref={node} type="button" class={classes!("ghost", "handle", hue_class(props.hue), held.then_some("held"))}
            aria-pressed={held.to_string()} {onclick} {onpointerdown} {onpointermove} {onpointerup} {onpointercancel}>
            <span class="ghost-number">{ number }</span>
            <span>{ &props.label }</span>
            <span class="hidden-text">{ if held { "in your hand: now choose a server" } else { "take in your hand" } }</span>
        </button>
    }
}
