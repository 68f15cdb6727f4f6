//! The board: the control plane over the zones with their servers, and the Fargate lane.
//!
//! Tab reaches one server; arrows move between servers, Tab goes on to the tasks of that one.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{ControlPlaneView, Density, FargateView, NeighbourView, ZoneView};
use crate::session::intent::{Intent, LaunchMode, Lens, Subject};
use crate::sim::ids::InstanceId;
use crate::ui::browser::focus;
use crate::ui::control_plane_band::ControlPlaneBand;
use crate::ui::display::Theme;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::later::{coming, later};
use crate::ui::legend::legend;
use crate::ui::neighbours::Neighbours;
use crate::ui::part::part;
use crate::ui::segmented::segmented;
use crate::ui::server_card::server_element_id;
use crate::ui::top_bar::launch_mode;
use crate::ui::zone_column::ZoneColumn;

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub control_plane: Rc<ControlPlaneView>,
    pub zones: Vec<Rc<ZoneView>>,
    pub neighbours: Vec<Rc<NeighbourView>>,
    pub fargate: Option<Rc<FargateView>>,
    pub density: Density,
    pub lens: Lens,
    pub theme: Theme,
    /// The launch mode, where its switch stands on the board.
    pub mode: Option<LaunchMode>,
    /// Why nothing can be changed now.
    pub locked: Option<&'static str>,
    pub totals: Rc<str>,
    pub summary: Rc<str>,
    pub selection: Option<Subject>,
    pub held: Option<u32>,
    /// The later half of the page is there.
    pub complete: bool,
    pub send: Callback<Intent>,
}

/// The board.
#[component]
pub fn Board(props: &BoardProps) -> Html {
    let as_table = use_state(|| false);
    let arrived_at = use_state(|| None::<InstanceId>);
    let current = current_server(&props.zones, *arrived_at, props.selection);
    let onkeydown = {
        let zones = props.zones.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(next) = current.and_then(|from| neighbour(&zones, from, &event.key())) {
                event.prevent_default();
                focus::on_id(&server_element_id(next));
            }
        })
    };
    let onfocusin = {
        let arrived_at = arrived_at.setter();
        Callback::from(move |event: FocusEvent| {
            if let Some(id) = focus::data_around(&event, "drop").and_then(|id| id.parse().ok()) {
                arrived_at.set(Some(InstanceId(id)));
            }
        })
    };
    let BoardProps { zones, send, held, density, fargate, .. } = props;
    // Where nothing is a server of the learner's, what runs comes first.
    let hostless = zones.iter().all(|zone| zone.servers.is_empty() && zone.map.is_none());
    let lane = |here: bool| {
        fargate.as_ref().filter(|_| here).zip(later()).map(|(fargate, later)| (later.fargate_lane)(fargate.clone(), send.clone()))
    };
    html! {
        <div class="board" id="board">
            <h2 class="hidden-text">{ "Board" }</h2>
            { head(props, &as_table) }
            <p class="hidden-text" id="summary">{ &*props.summary }</p>
            { part("control-plane", ControlPlaneBand { control_plane: props.control_plane.clone(), send: send.clone(), held: *held }) }
            if !props.neighbours.is_empty() {
                { for later().map(|later| (later.neighbours)(Neighbours { neighbours: props.neighbours.clone(), send: send.clone() })) }
            }
            { for lane(hostless) }
            if *as_table {
                { later().map_or_else(coming, |later| (later.board_table)(zones, props.lens, send)) }
            } else if !zones.is_empty() {
                <div class="zones" role="group" aria-label="Servers by zone; arrow keys move between them" {onkeydown} {onfocusin}>
                    { for zones.iter().map(|zone| {
                        let current = current.filter(|current| zone.servers.iter().any(|server| server.id == *current));
                        part(zone.index, ZoneColumn { zone: zone.clone(), send: send.clone(), density: *density, theme: props.theme, held: *held, current })
                    }) }
                </div>
            }
            if !*as_table && zones.iter().any(|zone| !zone.servers.is_empty()) {
                { legend(*density, props.mode.is_none()) }
            }
            { for lane(!hostless) }
        </div>
    }
}

fn head(props: &BoardProps, as_table: &UseStateHandle<bool>) -> Html {
    let lenses = [(Lens::Knows, "What ECS knows"), (Lens::True, "What is true"), (Lens::Both, "Both")];
    let shown = **as_table;
    let toggle = {
        let as_table = as_table.setter();
        move |_: MouseEvent| as_table.set(!shown)
    };
    html! {
        <div class="board-head">
            { segmented("", "Which picture", &lenses, props.lens, &props.send.reform(Intent::SetLens)) }
            { for props.mode.map(|mode| launch_mode(mode, props.locked, &props.send)) }
            <button type="button" class="totals" title="What it costs, and why" onclick={click(&props.send, Intent::Select(Some(Subject::ControlPlane)))}>{ &*props.totals }</button>
            <button type="button" class="button small" aria-pressed={shown.to_string()} onclick={toggle}>
                { icon(Icon::Table) }<span class="wide-word">{ "Table" }</span>
            </button>
        </div>
    }
}

/// The server that Tab reaches: the one that last had the focus, else the selected one, else the first.
fn current_server(zones: &[Rc<ZoneView>], arrived_at: Option<InstanceId>, selection: Option<Subject>) -> Option<InstanceId> {
    let ids = || zones.iter().flat_map(|zone| zone.servers.iter().map(|server| server.id));
    let selected = if let Some(Subject::Instance(id)) = selection { Some(id) } else { None };
    let there = |wanted: Option<InstanceId>| wanted.filter(|wanted| ids().any(|id| id == *wanted));
    there(arrived_at).or_else(|| there(selected)).or_else(|| ids().next())
}

/// Up and down within a zone, left and right to the same height in the next zone that has servers.
fn neighbour(zones: &[Rc<ZoneView>], from: InstanceId, key: &str) -> Option<InstanceId> {
    let column = zones.iter().position(|zone| zone.servers.iter().any(|server| server.id == from))?;
    let servers = |column: usize| &zones[column].servers;
    let row = servers(column).iter().position(|server| server.id == from)?;
    let at = |column: usize| servers(column).get(row).or_else(|| servers(column).last()).map(|server| server.id);
    match key {
        "ArrowDown" => servers(column).get(row + 1).map(|server| server.id),
        "ArrowUp" => servers(column).get(row.checked_sub(1)?).map(|server| server.id),
        "ArrowRight" => (column + 1..zones.len()).find_map(at),
        "ArrowLeft" => (0..column).rev().find_map(at),
        _ => None,
    }
}
