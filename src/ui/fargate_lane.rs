//! Fargate: tasks that stand free, with no server to look after.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{FargateTaskView, FargateView};
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::{badge, hue_class, swatch};
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::part::{Part, part};

/// The lane under the zones.
#[derive(PartialEq)]
pub struct FargateLane {
    pub fargate: Rc<FargateView>,
    pub send: Callback<Intent>,
}

impl Part for FargateLane {
    fn draw(&self) -> Html {
        let FargateLane { fargate, send } = self;
        html! {
            <section class="fargate" aria-labelledby="fargate-title">
                <header>
                    <h3 id="fargate-title">{ icon(Icon::Cloud) }{ "Fargate" }</h3>
                    <span class="quiet">{ &*fargate.line }</span>
                </header>
                if fargate.tasks.is_empty() {
                    <p class="empty">{ "No task here yet. AWS finds the room; you name only the size." }</p>
                }
                <ul class="capsules">{ for fargate.tasks.iter().map(|task| {
                    part(task.task.0, Capsule { task: task.clone(), send: send.clone() })
                }) }</ul>
            </section>
        }
    }
}

#[derive(PartialEq)]
struct Capsule {
    task: Rc<FargateTaskView>,
    send: Callback<Intent>,
}

impl Part for Capsule {
    fn draw(&self) -> Html {
        let Capsule { task, send } = self;
        html! {
            <li><button type="button" class={classes!("capsule", hue_class(task.hue), task.selected.then_some("selected"))}
                aria-pressed={task.selected.to_string()}
                onclick={click(send, Intent::Select(Some(Subject::Task(task.task))))}>
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
            </button></li>
        }
    }
}
