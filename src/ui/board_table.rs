//! The board as a table: the same servers, the same selection, for whoever reads better in rows.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{BarView, ServerView, ZoneView};
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::badge;
use crate::ui::bar::thousands;

#[derive(Properties, PartialEq)]
pub struct BoardTableProps {
    pub zones: Vec<Rc<ZoneView>>,
    pub send: Callback<Intent>,
}

/// The table of servers.
#[component]
pub fn BoardTable(props: &BoardTableProps) -> Html {
    let servers = props.zones.iter().flat_map(|zone| zone.servers.iter());
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Servers as a table">
            <table class="board-table">
                <caption class="hidden-text">{ "Servers (container instances) of the cluster" }</caption>
                <thead><tr>
                    { for ["Server", "ECS knows", "Is true", "Heartbeat", "Tasks", "Free CPU", "Free memory"].map(|head| html! {
                        <th scope="col">{ head }</th>
                    }) }
                </tr></thead>
                <tbody>{ for servers.map(|server| html! { <Row key={server.id.0} server={server.clone()} send={props.send.clone()} /> }) }</tbody>
            </table>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    server: Rc<ServerView>,
    send: Callback<Intent>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let RowProps { server, send } = props;
    let id = server.id;
    html! {
        <tr class={classes!(server.selected.then_some("selected"))}>
            <th scope="row">
                <button type="button" class="link" aria-pressed={server.selected.to_string()}
                    onclick={send.reform(move |_: MouseEvent| Intent::Select(Some(Subject::Instance(id))))}>{ &*server.name }</button>
                <span class="quiet">{ &*server.zone }</span><span class="quiet">{ &*server.instance_type }</span>
            </th>
            <td>{ badge(&server.believed) }</td>
            <td>{ match &server.truth {
                Some(truth) => badge(truth),
                None => html! { <span class="quiet">{ "the same" }</span> },
            } }</td>
            <td>{ &*server.heartbeat.label }</td>
            <td>{ for server.cpu.segments.iter().map(|segment| {
                let task = segment.task;
                html! {
                    <button type="button" class="link" key={task.0} aria-pressed={segment.selected.to_string()}
                        onclick={send.reform(move |_: MouseEvent| Intent::Select(Some(Subject::Task(task))))}>{ &*segment.name }</button>
                }
            }) }</td>
            <td class="number">{ room(&server.cpu) }</td>
            <td class="number">{ room(&server.memory) }</td>
        </tr>
    }
}

fn room(bar: &BarView) -> String {
    format!("{} of {}", thousands(bar.free), thousands(bar.total))
}
