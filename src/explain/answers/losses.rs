//! Why requests are lost: how many to what, at which targets, and when it began (ecs.md §6.2, §9.4).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::explain::answers::{Toward, newest};
use crate::explain::balancing::{group_name, loss_words, per_second};
use crate::explain::causes::find;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{number, service_name, task_name};
use crate::explain::words::sentence;
use crate::sim::engine::Sim;
use crate::sim::ids::{ObservationId, TargetGroupId};
use crate::sim::neighbours::traffic::{Destination, Flow, Loss, Route};
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::clock;

/// The newest so many times at which requests began to be lost.
const MOST_TIMES: usize = 6;
/// A table of targets gets no longer than this.
const MOST_TARGETS: usize = 20;
/// Counts are in millionths of a request.
const MILLIONTHS: u64 = 1_000_000;

/// What requests were sent to, by name.
pub(super) fn name(sim: &Sim, toward: Toward) -> String {
    match toward {
        Toward::TargetGroup(group) => group_name(sim, group).to_string(),
        Toward::Service(service) => service_name(sim, service),
    }
}

/// Whom a source sends to.
pub(super) fn toward(sim: &Sim, flow: &str) -> Option<Toward> {
    let flow = sim.flow(flow)?;
    match &flow.to {
        Destination::TargetGroup(group) => Some(Toward::TargetGroup(*group)),
        Destination::Listener(listener) => {
            let weights = sim.neighbours().balancer.weights_of(listener);
            weights.iter().max_by_key(|(_, weight)| *weight).map(|(group, _)| Toward::TargetGroup(*group))
        }
        Destination::Name { service, .. } => sim.belief().service_named(service).map(Toward::Service),
        Destination::Endpoint { client, name } => sim.serves_endpoint(client, name).map(Toward::Service),
    }
}

/// Sources of requests that go there.
fn flows(sim: &Sim, toward: Toward) -> Vec<&Flow> {
    let groups: Vec<TargetGroupId> = match toward {
        Toward::TargetGroup(group) => vec![group],
        Toward::Service(service) => {
            let service = sim.belief().services.get(service);
            service.into_iter().flat_map(|service| &service.revision().load_balancers).map(|each| each.target_group).collect()
        }
    };
    let goes_there = |flow: &&Flow| match (&flow.to, toward) {
        (Destination::TargetGroup(group), _) => groups.contains(group),
        (Destination::Listener(listener), _) => {
            sim.neighbours().balancer.weights_of(listener).iter().any(|(group, _)| groups.contains(group))
        }
        (Destination::Name { service, .. }, Toward::Service(of)) => sim.belief().service_named(service) == Some(of),
        (Destination::Endpoint { client, name }, Toward::Service(of)) => sim.serves_endpoint(client, name) == Some(of),
        (Destination::Name { .. } | Destination::Endpoint { .. }, Toward::TargetGroup(_)) => false,
    };
    sim.neighbours().traffic.flows.iter().filter(goes_there).collect()
}

/// Have any been lost, or are any being lost?
pub(super) fn any(sim: &Sim, toward: Toward) -> bool {
    flows(sim, toward).iter().any(|flow| !flow.counts.lost.is_empty() || !flow.losing().is_empty())
}

/// Thousandths of a request a second that are lost now.
pub(crate) fn losing(sim: &Sim, toward: Toward) -> u64 {
    flows(sim, toward).iter().flat_map(|flow| flow.losing().into_values()).sum()
}

/// Client services that call it by an endpoint that their tasks do not know.
pub(crate) fn clients(sim: &Sim, toward: Toward) -> Vec<Rc<str>> {
    let lost = flows(sim, toward).into_iter().filter(|flow| flow.losing().contains_key(&Loss::UnknownEndpoint));
    let client = |flow: &Flow| match &flow.to {
        Destination::Endpoint { client, .. } => Some(client.clone()),
        Destination::TargetGroup(_) | Destination::Listener(_) | Destination::Name { .. } => None,
    };
    lost.filter_map(client).collect()
}

/// The answer.
pub(super) fn why(sim: &Sim, log: &[Observation], toward: Toward) -> Option<Explanation> {
    let flows = flows(sim, toward);
    let (mut offered, mut lost) = (0, BTreeMap::new());
    for flow in &flows {
        let counts = flow.counts_at(sim.now_ms());
        offered += counts.offered;
        for (loss, count) in counts.lost {
            *lost.entry(loss).or_insert(0) += count;
        }
    }
    if flows.is_empty() {
        return None;
    }
    let total: u64 = lost.values().sum();
    let losing: u64 = flows.iter().flat_map(|flow| flow.losing().into_values()).sum();
    let most = lost.iter().max_by_key(|(_, count)| **count).map(|(loss, _)| format!(" Most of them: {}.", loss_words(*loss)));
    let now = match losing {
        0 => "None is lost now.".to_owned(),
        mrps => format!("{} a second are lost now.", per_second(mrps)),
    };
    let sentence = format!(
        "{} of {} requests have been lost so far.{} {now}",
        number(total / MILLIONTHS),
        number(offered / MILLIONTHS),
        most.unwrap_or_default()
    );
    let grids = [Some(by_cause(&lost, total)), targets(sim, &flows), times(sim, log, &flows)];
    let title = format!("Requests to {}", name(sim, toward));
    Some(Explanation {
        title,
        sentence,
        grids: grids.into_iter().flatten().collect(),
        of: last_begun(log, &flows),
        ..Explanation::default()
    })
}

/// The newest fact that requests of these sources began to be lost.
fn last_begun(log: &[Observation], flows: &[&Flow]) -> Option<ObservationId> {
    let begun = |kind: &Kind| matches!(kind, Kind::Balancing(fact) if began(fact, flows).is_some());
    newest(log, begun).map(|fact| fact.id)
}

/// What it says of one of these sources.
fn began(fact: &BalancingFact, flows: &[&Flow]) -> Option<(u64, Loss)> {
    let BalancingFact::RequestsFailing { flow, loss, mrps } = fact else { return None };
    flows.iter().any(|known| known.name == *flow).then_some((*mrps, *loss))
}

fn by_cause(lost: &BTreeMap<Loss, u64>, total: u64) -> Grid {
    let percent = |count: u64| (count * 100 + total / 2) / total.max(1);
    let row = |(loss, count): (&Loss, &u64)| {
        vec![loss_words(*loss).to_owned(), number(count / MILLIONTHS), format!("{} %", percent(*count))]
    };
    Grid {
        title: "Lost to".to_owned(),
        line: String::new(),
        heads: vec!["What", "requests", "of all lost"],
        rows: lost.iter().filter(|(_, count)| **count >= MILLIONTHS).map(row).collect(),
    }
}

/// What each target gets and answers now.
fn targets(sim: &Sim, flows: &[&Flow]) -> Option<Grid> {
    let mut routes: Vec<&Route> = flows.iter().flat_map(|flow| flow.routes()).collect();
    routes.sort_by_key(|route| (route.served_mrps == route.offered_mrps, route.task));
    let row = |route: &&Route| {
        let lost = route.offered_mrps - route.served_mrps;
        let why = if lost > 0 { loss_words(route.loss) } else { "–" };
        vec![
            task_name(sim, route.task),
            per_second(route.offered_mrps),
            per_second(route.served_mrps),
            format!("{} ms", number(route.latency_ms)),
            why.to_owned(),
        ]
    };
    (!routes.is_empty()).then(|| Grid {
        title: "Targets now".to_owned(),
        line: "Requests a second. Those that lose some come first.".to_owned(),
        heads: vec!["Task", "gets", "answers", "latency", "loses to"],
        rows: routes.iter().take(MOST_TARGETS).map(row).collect(),
    })
}

/// When requests began to be lost, and the fact that this is owed to.
fn times(sim: &Sim, log: &[Observation], flows: &[&Flow]) -> Option<Grid> {
    let times = log.iter().rev().filter_map(|observation| {
        let Kind::Balancing(fact) = &observation.kind else { return None };
        let (mrps, loss) = began(fact, flows)?;
        let cause = observation.cause.and_then(|cause| find(log, cause)).map(|cause| sentence(sim, cause));
        let cause = cause.unwrap_or_else(|| "–".to_owned());
        Some(vec![clock(observation.at_ms), per_second(mrps), loss_words(loss).to_owned(), cause])
    });
    let rows: Vec<Vec<String>> = times.take(MOST_TIMES).collect();
    (!rows.is_empty()).then(|| Grid {
        title: "When it began".to_owned(),
        line: "Newest first.".to_owned(),
        heads: vec!["At", "lost a second", "to", "because"],
        rows,
    })
}
