//! Fargate: tasks that stand free, with no server to look after.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{FargateTaskView, FargateView};
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::{badge, hue_class, swatch};
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct FargateLaneProps {
    pub fargate: Rc<FargateView>,
    pub send: Callback<Intent>,
}

/// The lane under the zones.
#[component]
pub fn FargateLane(props: &FargateLaneProps) -> Html {
    let FargateLaneProps { fargate, send } = props;
    html! {
        <section class="fargate" aria-labelledby="fargate-title">
            <header>
                <h3 id="fargate-title">{ icon(Icon::Cloud) }{ "Fargate" }</h3>
                <span class="quiet">{ &*fargate.line }</span>
            </header>
            if fargate.tasks.is_empty() {
                <p class="empty">{ "No task here yet. AWS finds the room; you name only the size." }</p>
            }
            <ul class="capsules">{ for fargate.tasks.iter().map(|task| html! {
                <li key={task.task.0}><Capsule task={task.clone()} send={send.clone()} /></li>
            }) }</ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct CapsuleProps {
    task: Rc<FargateTaskView>,
    send: Callback<Intent>,
}

#[component]
fn Capsule(props: &CapsuleProps) -> Html {
    let CapsuleProps { task, send } = props;
    let id = task.task;
    html! {
        <button type="button" class={classes!("capsule", hue_class(task.hue), task.selected.then_some("selected"))}
            aria-pressed={task.selected.to_string()}
            onclick={send.reform(move |_: MouseEvent| Intent::Select(Some(Subject::Task(id))))}>
            <span class="capsule-name">{ swatch(task.hue) }<b>{ &*task.name }</b>
                if task.spot {
                    <span class="spot">{ "Spot" }</span>
                }
            </span>
            <span class="quiet">{ format!("{} · {}", task.size, task.zone) }</span>
            { badge(&task.status) }
            if let Some(note) = &task.note {
                <span class="note">{ &**note }</span>
            }
        </button>
    }
}
