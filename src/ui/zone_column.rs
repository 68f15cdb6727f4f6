//! An availability zone: a column of servers that share one fate.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Density, ServerView, ZoneView};
use crate::session::intent::{Intent, Subject};
use crate::sim::ids::InstanceId;
use crate::ui::display::Theme;
use crate::ui::fault_badges::fault_badges;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::later::later;
use crate::ui::part::Part;
use crate::ui::server_card::ServerCard;
use crate::ui::server_tile::ServerTile;

/// The column.
#[derive(PartialEq)]
pub struct ZoneColumn {
    pub zone: Rc<ZoneView>,
    pub send: Callback<Intent>,
    pub density: Density,
    pub theme: Theme,
    pub held: Option<u32>,
    /// The server that Tab reaches, when it is in this zone.
    pub current: Option<InstanceId>,
}

impl Part for ZoneColumn {
    fn draw(&self) -> Html {
        let ZoneColumn { zone, send, density, .. } = self;
        let class = classes!(
            "zone",
            match density {
                Density::Full => "full",
                Density::Compact => "compact",
                Density::Dense => "dense",
                Density::Map => "map",
            },
            zone.selected.then_some("selected"),
            (!zone.faults.is_empty()).then_some("struck"),
        );
        html! {
            <section {class} aria-label={format!("Availability zone {}", zone.name)}>
                <header>
                    <h3>
                        <button type="button" class="zone-name" aria-pressed={zone.selected.to_string()}
                            onclick={click(send, Intent::Select(Some(Subject::Zone(zone.index))))}>
                            { icon(Icon::Zone) }<span>{ &*zone.name }</span>
                        </button>
                    </h3>
                    <span class="quiet">{ counted(zone.task_count, "task") }</span>
                </header>
                { fault_badges(&zone.faults, send) }
                { for zone.map.as_ref().zip(later()).map(|(map, later)| (later.server_map)(map.clone(), zone.name.clone(), self.theme, send.clone())) }
                if zone.servers.is_empty() && zone.map.is_some() {
                    <p class="hidden-text">{ "All of them are well." }</p>
                } else if zone.servers.is_empty() {
                    <p class="empty">{ "No server in this zone." }</p>
                } else {
                    <ul class="servers" aria-label={format!("Servers in {}", zone.name)}>
                        { for zone.servers.iter().map(|server| self.item(server)) }
                    </ul>
                }
            </section>
        }
    }
}

impl ZoneColumn {
    fn item(&self, server: &Rc<ServerView>) -> Html {
        let current = self.current == Some(server.id);
        let (server, send, held, density) = (server.clone(), self.send.clone(), self.held, self.density);
        html! {
            <li key={server.id.0}>
                {
                    match density {
                        Density::Full => html! { <ServerCard {server} {send} {held} {current} /> },
                        Density::Compact | Density::Dense | Density::Map => html! {
                            { for later().map(|later| (later.server_tile)(ServerTile { server, send, density, held, current })) }
                        },
                    }
                }
            </li>
        }
    }
}

/// A number with its noun: `1 task`, `2 tasks`.
pub fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
