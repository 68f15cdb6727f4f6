//! Subnets: how many addresses they have left for the interfaces of tasks, and who has one.

use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{DetailsView, GaugeView, NeighbourSort, NeighbourView, Tone};
use crate::session::intent::{NameKey, Subject};
use crate::session::view::details::{empty, fact};
use crate::session::view::server_state::badge;
use crate::session::view::totals::grouped;
use crate::session::view::{Shown, capacity::figure};
use crate::sim::engine::Sim;
use crate::sim::neighbours::network::Subnet;

/// So many tasks are listed.
const MOST_TASKS: usize = 40;

/// A card for each subnet.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    shown.timeline.sim().neighbours().network.subnets().map(|(name, subnet)| card(shown, name, subnet)).collect()
}

fn card(shown: &Shown, name: &Rc<str>, subnet: &Subnet) -> NeighbourView {
    let subject = Subject::Subnet(NameKey::of(name));
    let number = |number: u32| grouped(u64::from(number));
    let free = subnet.addresses.saturating_sub(subnet.taken);
    let tone = if free == 0 { Tone::Bad } else { Tone::Neutral };
    let state = (free == 0).then(|| badge("no address left", Tone::Bad, "The next task that wants one here does not start."));
    NeighbourView {
        key: Rc::from(format!("subnet {name}")),
        sort: NeighbourSort::Subnet,
        title: name.clone(),
        subject: Some(subject),
        badge: state,
        figures: vec![figure("free", number(free), tone), figure("taken", number(subnet.taken), Tone::Neutral)],
        gauges: vec![GaugeView {
            name: "Addresses",
            words: Rc::from(format!("{} of {} taken", number(subnet.taken), number(subnet.addresses))),
            parts: vec![(u64::from(subnet.taken), if free == 0 { Tone::Bad } else { Tone::Neutral })],
            total: u64::from(subnet.addresses).max(1),
            mark: None,
        }],
        line: Some(Rc::from(format!(
            "In {}. AWS keeps five addresses of every subnet for itself.",
            shown.timeline.sim().belief().zone_name(subnet.zone)
        ))),
        selected: shown.selection == Some(subject),
    }
}

/// The details of a subnet: the tasks that have an address in it.
pub fn details(sim: &Sim, key: NameKey) -> Option<DetailsView> {
    let network = &sim.neighbours().network;
    let (name, subnet) = network.subnets().find(|(name, _)| NameKey::of(name) == key)?;
    let mut view = empty(Subject::Subnet(key), format!("Subnet {name}"));
    view.facts = vec![
        fact("Availability zone", sim.belief().zone_name(subnet.zone).clone()),
        fact("Addresses for interfaces", grouped(u64::from(subnet.addresses))),
        fact("Taken", grouped(u64::from(subnet.taken))),
    ];
    let tasks = network.leases().filter(|(_, of)| *of == name).take(MOST_TASKS);
    view.links =
        tasks.map(|(task, _)| (Rc::from(format!("Task {}", names::task_name(sim, task))), Subject::Task(task))).collect();
    Some(view)
}
