//! The board as a table: the same servers, the same selection, for whoever reads better in rows.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{BarView, ServerExtras, ServerView, ZoneView};
use crate::session::intent::{Intent, Lens, Subject};
use crate::ui::badge::badge;
use crate::ui::bar::thousands;
use crate::ui::gesture::click;
use crate::ui::part::{Part, part};

/// Draws the table of servers.
pub fn board_table(zones: &[Rc<ZoneView>], lens: Lens, send: &Callback<Intent>) -> Html {
    let pictures: &[&str] = match lens {
        Lens::Knows => &["ECS knows"],
        Lens::True => &["Is true"],
        Lens::Both => &["ECS knows", "Is true"],
    };
    let servers = zones.iter().flat_map(|zone| zone.servers.iter());
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Servers as a table">
            <table class="board-table">
                <caption class="hidden-text">{ "Servers (container instances) of the cluster" }</caption>
                <thead><tr>
                    { for ["Server"].iter().chain(pictures).chain(&["Heartbeat", "Tasks", "Free CPU", "Free memory", "What else"]).map(|head| html! {
                        <th scope="col">{ *head }</th>
                    }) }
                </tr></thead>
                <tbody>{ for servers.map(|server| part(server.id.0, Row { server: server.clone(), lens, send: send.clone() })) }</tbody>
            </table>
        </div>
    }
}

#[derive(PartialEq)]
struct Row {
    server: Rc<ServerView>,
    lens: Lens,
    send: Callback<Intent>,
}

impl Part for Row {
    fn draw(&self) -> Html {
        let Row { server, lens, send } = self;
        html! {
            <tr class={classes!(server.selected.then_some("selected"))}>
                <th scope="row">
                    <button type="button" class="link" aria-pressed={server.selected.to_string()}
                        onclick={click(send, Intent::Select(Some(Subject::Instance(server.id))))}>{ &*server.name }</button>
                    <span class="quiet">{ &*server.zone }</span><span class="quiet">{ &*server.instance_type }</span>
                </th>
                <td>{ badge(&server.state) }</td>
                if *lens == Lens::Both {
                    <td>{ match &server.truth {
                        Some(truth) => badge(truth),
                        None => html! { <span class="quiet">{ "the same" }</span> },
                    } }</td>
                }
                <td>{ &*server.heartbeat.label }</td>
                <td>{ for server.cpu.segments.iter().map(|segment| {
                    let task = segment.task;
                    html! {
                        <button type="button" class="link" key={task.0} aria-pressed={segment.selected.to_string()}
                            onclick={click(send, Intent::Select(Some(Subject::Task(task))))}>{ &*segment.name }</button>
                    }
                }) }</td>
                <td class="number">{ room(&server.cpu) }</td>
                <td class="number">{ room(&server.memory) }</td>
                <td>{ for server.extras.iter().map(|extras| what_else(extras)) }</td>
            </tr>
        }
    }
}

/// Interfaces, disk, network, ports and what hangs over it, a line each.
fn what_else(extras: &ServerExtras) -> Html {
    let bars = extras.bars.iter().map(|bar| format!("{}: {}", bar.label, bar.free_label));
    let unseen = extras.unseen.iter().map(|gauge| format!("{}: {}", gauge.name, gauge.words));
    let ports: Vec<&str> = extras.ports.iter().map(|port| &*port.port).collect();
    let ports = (!ports.is_empty()).then(|| format!("Host ports: {}", ports.join(", ")));
    let deadline = extras.deadline.iter().map(|deadline| deadline.words.to_string());
    bars.chain(unseen).chain(ports).chain(deadline).map(|line| html! { <span class="quiet">{ line }</span> }).collect()
}

fn room(bar: &BarView) -> String {
    format!("{} of {}", thousands(bar.free), thousands(bar.total))
}
