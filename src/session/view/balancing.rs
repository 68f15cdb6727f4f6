//! Load balancing on the board: target groups with the state of each target.

use std::rc::Rc;

use crate::explain::names;
use crate::session::forms;
use crate::session::frame::{Badge, DetailsView, FigureView, GaugeView, NeighbourSort, NeighbourView, TableView, Tone};
use crate::session::intent::{NameKey, Subject};
use crate::session::view::Shown;
use crate::session::view::capacity::figure;
use crate::session::view::details::{empty, fact};
use crate::session::view::server_state::badge;
use crate::session::view::totals::grouped;
use crate::sim::engine::Sim;
use crate::sim::ids::{TargetGroupId, TaskId};
use crate::sim::model::target::TargetState;
use crate::sim::neighbours::balancer::Listener;
use crate::sim::neighbours::target_group::{Target, TargetGroup};
use crate::sim::neighbours::traffic::{Destination, Flow, Route};
use crate::sim::time;

/// A table of targets gets no longer than this.
const MOST_TARGETS: usize = 40;
/// The states in the order of a gauge, with what they mean.
const STATES: [(TargetState, Tone); 5] = [
    (TargetState::Healthy, Tone::Good),
    (TargetState::Initial, Tone::Moving),
    (TargetState::Draining, Tone::Warning),
    (TargetState::Unhealthy, Tone::Bad),
    (TargetState::Unused, Tone::Neutral),
];

/// A card for each listener and each target group.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    let sim = shown.timeline.sim();
    let balancer = &sim.neighbours().balancer;
    let listeners = balancer.listeners.iter().map(|listener| listener_card(shown, listener));
    listeners.chain(balancer.groups.iter().map(|(id, group)| card(shown, sim, id, group))).collect()
}

/// How a listener divides requests.
fn listener_card(shown: &Shown, listener: &Listener) -> NeighbourView {
    const TONES: [Tone; 2] = [Tone::Neutral, Tone::Good];
    let weights = listener.weights.iter();
    let subject = Subject::Listener(NameKey::of(&listener.name));
    let total: u64 = weights.clone().map(|(_, weight)| u64::from(*weight)).sum();
    NeighbourView {
        key: Rc::from(format!("listener {}", listener.name)),
        sort: NeighbourSort::Listener,
        title: listener.name.clone(),
        subject: Some(subject),
        badge: None,
        figures: Vec::new(),
        gauges: vec![GaugeView {
            name: "Weights",
            words: Rc::from(weights_words(shown.timeline.sim(), listener)),
            parts: weights.zip(TONES.into_iter().cycle()).map(|((_, weight), tone)| (u64::from(*weight), tone)).collect(),
            total: total.max(1),
            mark: None,
        }],
        line: None,
        selected: shown.selection == Some(subject),
    }
}

/// `blue 999, green 0`.
fn weights_words(sim: &Sim, listener: &Listener) -> String {
    let name = |id: TargetGroupId| sim.neighbours().balancer.groups.get(id).map_or("?", |group| &*group.name);
    listener.weights.iter().map(|(id, weight)| format!("{} {weight}", name(*id))).collect::<Vec<_>>().join(", ")
}

/// The details of a listener: how it divides requests, and among whom.
pub fn listener_details(sim: &Sim, key: NameKey) -> Option<DetailsView> {
    let balancer = &sim.neighbours().balancer;
    let listener = balancer.listeners.iter().find(|listener| NameKey::of(&listener.name) == key)?;
    let mut view = empty(Subject::Listener(key), format!("Listener {}", listener.name));
    view.facts = vec![fact("Weights", weights_words(sim, listener))];
    let groups = listener.weights.iter().filter_map(|(id, _)| Some((*id, balancer.groups.get(*id)?)));
    view.links = groups.map(|(id, group)| (Rc::from(format!("Target group {}", group.name)), Subject::TargetGroup(id))).collect();
    view.forms = forms::balancing::weights_form(sim, listener).into_iter().collect();
    Some(view)
}

fn card(shown: &Shown, sim: &Sim, id: TargetGroupId, group: &TargetGroup) -> NeighbourView {
    NeighbourView {
        key: Rc::from(format!("target group {}", group.name)),
        sort: NeighbourSort::LoadBalancer,
        title: group.name.clone(),
        subject: Some(Subject::TargetGroup(id)),
        badge: Some(state(group)),
        figures: traffic_figures(sim, id),
        gauges: vec![targets_gauge(group)],
        line: line(group),
        selected: shown.selection == Some(Subject::TargetGroup(id)),
    }
}

/// What flows to the targets of a group now, and what has been lost so far; nothing while nobody sends anything.
fn traffic_figures(sim: &Sim, id: TargetGroupId) -> Vec<FigureView> {
    let to_group = |flow: &&Flow| {
        flow.routes().iter().any(|route| route.target_group == Some(id)) || flow.to == Destination::TargetGroup(id)
    };
    let flows: Vec<&Flow> = sim.neighbours().traffic.flows.iter().filter(to_group).collect();
    figures_of(sim, &flows, |route| route.target_group == Some(id))
}

/// The same for any sources of requests, and those of their routes that are asked about.
pub fn figures_of(sim: &Sim, flows: &[&Flow], mine: impl Fn(&Route) -> bool) -> Vec<FigureView> {
    if flows.is_empty() {
        return Vec::new();
    }
    let routes = flows.iter().flat_map(|flow| flow.routes()).filter(|route| mine(route));
    let offered: u64 = flows.iter().map(|flow| flow.offered_mrps).sum();
    let served: u64 = routes.map(|route| route.served_mrps).sum();
    let latency_ms = flows.iter().map(|flow| flow.latency_ms()).max().unwrap_or(0);
    let losing: u64 = flows.iter().flat_map(|flow| flow.losing().into_values()).sum();
    let lost: u64 = flows.iter().map(|flow| flow.counts_at(sim.now_ms()).lost_requests()).sum();
    vec![
        figure("requests/s", grouped(offered / 1_000), Tone::Neutral),
        figure("answered/s", grouped(served / 1_000), Tone::Neutral),
        figure("latency", format!("{} ms", grouped(latency_ms)), Tone::Neutral),
        figure("lost/s", grouped(losing.div_ceil(1_000)), if losing > 0 { Tone::Bad } else { Tone::Neutral }),
        figure("lost so far", grouped(lost), if lost > 0 { Tone::Warning } else { Tone::Neutral }),
    ]
}

fn state(group: &TargetGroup) -> Badge {
    let (healthy, all) = (group.count(TargetState::Healthy), group.targets.len());
    if all == 0 {
        badge("no targets", Tone::Neutral, "No task is registered here yet.")
    } else if group.fails_open() {
        badge("fails open", Tone::Bad, "No target is healthy, so requests go to all of them.")
    } else if group.count(TargetState::Unhealthy) > 0 {
        badge("some unhealthy", Tone::Warning, "Requests go to the healthy targets only.")
    } else {
        badge(&format!("{healthy} healthy"), Tone::Good, "Every target that is to serve is healthy.")
    }
}

fn targets_gauge(group: &TargetGroup) -> GaugeView {
    let counts = STATES.map(|(state, tone)| (state, tone, group.count(state) as u64));
    let words: Vec<String> =
        counts.iter().filter(|(_, _, count)| *count > 0).map(|(state, _, count)| format!("{count} {}", state.name())).collect();
    GaugeView {
        name: "Targets",
        words: Rc::from(if words.is_empty() { "none".to_string() } else { words.join(", ") }),
        parts: counts.iter().map(|(_, tone, count)| (*count, *tone)).collect(),
        total: (group.targets.len() as u64).max(1),
        mark: None,
    }
}

fn line(group: &TargetGroup) -> Option<Rc<str>> {
    let (interval, draining) = (time::span(group.settings.interval_ms), group.count(TargetState::Draining));
    let checks = format!("A health check every {interval}");
    Some(Rc::from(match draining {
        0 => checks,
        _ => format!("{checks}; draining takes {}", time::span(group.settings.deregistration_delay_ms)),
    }))
}

/// The details of a target group.
pub fn details(sim: &Sim, id: TargetGroupId) -> Option<DetailsView> {
    let group = sim.neighbours().balancer.groups.get(id)?;
    let settings = &group.settings;
    let mut view = empty(Subject::TargetGroup(id), format!("Target group {}", group.name));
    view.badge = Some(state(group));
    view.facts = vec![
        fact("Health check interval", time::span(settings.interval_ms)),
        fact("Timeout", time::span(settings.timeout_ms)),
        fact("Healthy threshold", grouped(u64::from(settings.healthy_threshold))),
        fact("Unhealthy threshold", grouped(u64::from(settings.unhealthy_threshold))),
        fact("Path", settings.path.clone()),
        fact("Deregistration delay", time::span(settings.deregistration_delay_ms)),
        fact("Slow start", time::span(settings.slow_start_ms)),
    ];
    view.ids = vec![(Rc::from("Target group"), group.arn.clone())];
    view.tables = vec![targets(sim, id, group)];
    view.forms = vec![forms::balancing::modify_form(group)];
    let links = group.targets.keys().take(MOST_TARGETS);
    view.links = links.map(|task| (Rc::from(format!("Task {}", names::task_name(sim, *task))), Subject::Task(*task))).collect();
    Some(view)
}

/// What a task gets now of the requests to a group, or of those by name: `17 a second, 42 ms`, or how many of them are lost.
pub fn requests_to(sim: &Sim, id: Option<TargetGroupId>, task: TaskId) -> String {
    let routes = sim.neighbours().traffic.flows.iter().flat_map(|flow| flow.routes());
    let mine = || routes.clone().filter(|route| route.target_group == id && route.task == task);
    let offered: u64 = mine().map(|route| route.offered_mrps).sum();
    let lost: u64 = mine().map(|route| route.offered_mrps.saturating_sub(route.served_mrps)).sum();
    let latency_ms = mine().map(|route| route.latency_ms).max().unwrap_or(0);
    let a_second = |mrps: u64| grouped((mrps + 500) / 1_000);
    match (offered, lost) {
        (0, _) => "–".to_string(),
        (_, 0) => format!("{} a second, {} ms", a_second(offered), grouped(latency_ms)),
        (_, lost) if lost == offered => format!("{} a second, all lost", a_second(offered)),
        (_, lost) => format!("{} a second, {} of them lost", a_second(offered), grouped(lost.div_ceil(1_000))),
    }
}

fn targets(sim: &Sim, id: TargetGroupId, group: &TargetGroup) -> TableView {
    let row = |(task, target): (&TaskId, &Target)| {
        let believed = sim.belief().tasks.get(*task).and_then(|known| known.target.as_ref());
        vec![
            Rc::from(names::task_name(sim, *task)),
            Rc::from(format!(
                "{}, for {}",
                target.state.name(),
                time::span(sim.now_ms().saturating_sub(target.since_ms) / 1_000 * 1_000)
            )),
            Rc::from(believed.map_or("nothing", |believed| believed.state.name())),
            Rc::from(requests_to(sim, Some(id), *task)),
            Rc::from(target.reason.map_or_else(|| "–".to_string(), |reason| reason.description())),
        ]
    };
    TableView {
        title: Rc::from("Targets"),
        line: Rc::from("What the load balancer finds, what ECS has heard of it, and what requests really meet there."),
        heads: vec!["Task", "state", "ECS knows", "requests", "why"],
        rows: group.targets.iter().take(MOST_TARGETS).map(row).collect(),
    }
}
