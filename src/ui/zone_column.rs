//! An availability zone: a column of servers that share one fate.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Density, ServerView, ZoneView};
use crate::session::intent::{Intent, Subject};
use crate::sim::ids::InstanceId;
use crate::ui::fault_badges::fault_badges;
use crate::ui::icons::{Icon, icon};
use crate::ui::server_card::ServerCard;
use crate::ui::server_tile::ServerTile;

#[derive(Properties, PartialEq)]
pub struct ZoneColumnProps {
    pub zone: Rc<ZoneView>,
    pub send: Callback<Intent>,
    pub density: Density,
    pub held: Option<u32>,
    /// The server that Tab reaches, when it is in this zone.
    pub current: Option<InstanceId>,
}

/// The column.
#[component]
pub fn ZoneColumn(props: &ZoneColumnProps) -> Html {
    let ZoneColumnProps { zone, send, density, .. } = props;
    let index = zone.index;
    let class = classes!(
        "zone",
        match density {
            Density::Full => "full",
            Density::Compact => "compact",
            Density::Dense => "dense",
        },
        zone.selected.then_some("selected"),
        (!zone.faults.is_empty()).then_some("struck"),
    );
    html! {
        <section {class} aria-label={format!("Availability zone {}", zone.name)}>
            <header>
                <h3>
                    <button type="button" class="zone-name" aria-pressed={zone.selected.to_string()}
                        onclick={send.reform(move |_: MouseEvent| Intent::Select(Some(Subject::Zone(index))))}>
                        { icon(Icon::Zone) }<span>{ &*zone.name }</span>
                    </button>
                </h3>
                <span class="quiet">{ counted(zone.task_count, "task") }</span>
            </header>
            { fault_badges(&zone.faults, send) }
            if zone.servers.is_empty() {
                <p class="empty">{ "No server in this zone." }</p>
            } else {
                <ul class="servers" aria-label={format!("Servers in {}", zone.name)}>
                    { for zone.servers.iter().map(|server| item(props, server)) }
                </ul>
            }
        </section>
    }
}

fn item(props: &ZoneColumnProps, server: &Rc<ServerView>) -> Html {
    let current = props.current == Some(server.id);
    let (send, held, density) = (props.send.clone(), props.held, props.density);
    html! {
        <li key={server.id.0}>
            {
                match density {
                    Density::Full => html! { <ServerCard server={server.clone()} {send} {held} {current} /> },
                    Density::Compact | Density::Dense => html! { <ServerTile server={server.clone()} {send} {density} {held} {current} /> },
                }
            }
        </li>
    }
}

/// A number with its noun: `1 task`, `2 tasks`.
pub fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
