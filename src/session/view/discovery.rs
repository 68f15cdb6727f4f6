//! Service discovery: the name of a service, the answer that clients keep, and what of it is no longer so.

use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{GaugeView, NeighbourSort, NeighbourView, TableView, Tone};
use crate::session::intent::Subject;
use crate::session::view::Shown;
use crate::session::view::balancing::{figures_of, requests_to};
use crate::session::view::server_state::badge;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::target::Address;
use crate::sim::neighbours::traffic::{Destination, Flow};
use crate::sim::time::{self, Millis};

/// A card for each source of requests that goes by a name.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    let by_name = |flow: &Flow| {
        let Flow { to: Destination::Name { service, ttl_ms }, .. } = flow else { return None };
        Some(card(shown, flow, service, *ttl_ms))
    };
    shown.timeline.sim().neighbours().traffic.flows.iter().filter_map(by_name).collect()
}

fn card(shown: &Shown, flow: &Flow, service: &Rc<str>, ttl_ms: Millis) -> NeighbourView {
    let sim = shown.timeline.sim();
    let runs = |task| sim.belief().tasks.get(task).is_some_and(|known| known.is_running());
    let records = flow.answer.len() as u64;
    let stale = flow.answer.iter().filter(|(task, _)| !runs(*task)).count() as u64;
    let subject = sim.belief().service_named(service).map(Subject::Service);
    NeighbourView {
        key: Rc::from(format!("discovery {}", flow.name)),
        sort: NeighbourSort::Discovery,
        title: service.clone(),
        subject,
        badge: (stale > 0).then(|| badge("stale answer", Tone::Warning, "Clients still go to tasks that do not run any more.")),
        figures: figures_of(sim, &[flow], |_| true),
        gauges: vec![GaugeView {
            name: "Records",
            words: Rc::from(match stale {
                0 => format!("{records} of at most 8"),
                _ => format!("{records} kept, {stale} of them gone"),
            }),
            parts: vec![(records - stale, Tone::Good), (stale, Tone::Bad)],
            total: records.max(1),
            mark: None,
        }],
        line: Some(Rc::from(format!("Clients keep an answer for {}.", time::span(ttl_ms)))),
        selected: subject.is_some() && shown.selection == subject,
    }
}

/// Whom the clients that go by the name of a service go to, and what became of those.
pub fn table(sim: &Sim, service: &str) -> Option<TableView> {
    let mut flows = sim.neighbours().traffic.flows.iter();
    let (flow, ttl_ms) = flows.find_map(|flow| match &flow.to {
        Destination::Name { service: name, ttl_ms } if **name == *service => Some((flow, *ttl_ms)),
        _ => None,
    })?;
    let row = |(task, _): &(TaskId, Address)| {
        let known = sim.belief().tasks.get(*task).map_or("gone", |known| known.last_status.name());
        vec![Rc::from(names::task_name(sim, *task)), Rc::from(known), Rc::from(requests_to(sim, None, *task))]
    };
    Some(TableView {
        title: Rc::from("Who answers to its name"),
        line: Rc::from(format!(
            "The records that clients got when they last asked. They go to these for {}, and only then ask again.",
            time::span(ttl_ms)
        )),
        heads: vec!["Record", "ECS knows", "requests"],
        rows: flow.answer.iter().map(row).collect(),
    })
}
