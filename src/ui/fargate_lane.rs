//! Fargate: tasks that stand free, with no server to look after; the quotas they meet; and, on request, what AWS runs underneath.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{FargateHostView, FargateTaskView, FargateView, MicroMachineView};
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::{badge, hue_class, swatch};
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::neighbours::gauge;
use crate::ui::part::{Part, part};

#[derive(Properties, PartialEq)]
pub struct FargateLaneProps {
    pub fargate: Rc<FargateView>,
    pub send: Callback<Intent>,
}

/// The lane under the zones.
#[component]
pub fn FargateLane(props: &FargateLaneProps) -> Html {
    let under = use_state(|| false);
    let FargateLaneProps { fargate, send } = props;
    let shown = *under;
    let toggle = {
        let under = under.setter();
        move |_: MouseEvent| under.set(!shown)
    };
    html! {
        <section class="fargate" aria-labelledby="fargate-title">
            <header>
                <h3 id="fargate-title">{ icon(Icon::Cloud) }{ "Fargate" }</h3>
                <span class="quiet">{ &*fargate.line }</span>
                <button type="button" class="button small" aria-pressed={shown.to_string()} title="What AWS runs underneath" onclick={toggle}>
                    { icon(Icon::Server) }<span>{ "X-ray" }</span>
                </button>
            </header>
            <div class="quotas">{ for fargate.quotas.iter().map(gauge) }</div>
            if fargate.tasks.is_empty() {
                <p class="empty">{ "No task here yet. AWS finds the room; you name only the size." }</p>
            }
            <ul class="capsules">{ for fargate.tasks.iter().map(|task| {
                part(task.task.0, Capsule { task: task.clone(), send: send.clone() })
            }) }</ul>
            if shown {
                { underneath(&fargate.hosts, send) }
            }
        </section>
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
                    if task.protected {
                        <span class="spot">{ "Protected" }</span>
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

/// The hosts of AWS with the micro virtual machines on them.
pub fn underneath(hosts: &[FargateHostView], send: &Callback<Intent>) -> Html {
    html! {
        <section class="underneath" aria-labelledby="underneath-title">
            <h4 id="underneath-title"><span class="truth-label">{ "In truth" }</span>{ "what AWS runs underneath" }</h4>
            <p class="quiet">{ "Each task has a micro virtual machine (micro-VM) of its own: its own kernel and network interface, shared with no other task. It lies on a bare-metal host of AWS, beside micro-VMs of other accounts. Neither ECS nor you can see or choose the host." }</p>
            if hosts.is_empty() {
                <p class="empty">{ "No micro-VM of yours now." }</p>
            }
            <ul class="hosts">{ for hosts.iter().map(|host| html! {
                <li class="aws-host">
                    <p><b>{ &*host.name }</b><span class="quiet">{ &*host.zone }</span></p>
                    <ul>{ for host.machines.iter().map(|each| machine(each, send)) }
                        <li class="of-others">{ "of other accounts" }</li>
                    </ul>
                </li>
            }) }</ul>
        </section>
    }
}

fn machine(machine: &MicroMachineView, send: &Callback<Intent>) -> Html {
    html! {
        <li key={machine.task.0}><button type="button" class={classes!("micro-vm", hue_class(machine.hue), machine.selected.then_some("selected"))}
            aria-pressed={machine.selected.to_string()} onclick={click(send, Intent::Select(Some(Subject::Task(machine.task))))}>
            <span>{ "micro-VM of " }<b>{ &*machine.name }</b></span>
            <span class="quiet">{ &*machine.size }</span>
            <span>{ machine.phase }</span>
        </button></li>
    }
}
