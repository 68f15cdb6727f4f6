//! Requests as a flow: so many a second, sent to targets, answered or lost, and counted.
//!
//! Nothing happens for a single request. Between two changes all rates are constant; a change first counts what has flowed since the
//! last one. Rates are in thousandths of a request a second and counts in millionths of a request, so that nothing is rounded away:
//! what was sent is always the sum of what was answered and what was lost. Start reading at [`reroute`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sim::data_plane::answers::Reply;
use crate::sim::data_plane::task_truth::Ground;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ObservationId, TargetGroupId, TaskId};
use crate::sim::model::target::Address;
use crate::sim::neighbours::Neighbours;
use crate::sim::neighbours::connect::{self, Proxies, Watched};
use crate::sim::neighbours::event::BalancingEvent;
use crate::sim::neighbours::health_checks::later;
use crate::sim::neighbours::received::{Carried, Received};
use crate::sim::neighbours::target_group::{Target, TargetGroup};
use crate::sim::observation::Kind;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::time::{HOUR, Millis};

/// Why a request is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// 503: nobody to send it to.
    NoTarget,
    /// 502: nobody listens at the target.
    Refused,
    /// 504: no answer.
    Timeout,
    /// 503 from an app that is not ready yet.
    NotReady,
    /// The name does not resolve: it was made after the sending task had started.
    UnknownEndpoint,
    /// More than the target can answer.
    Overload,
    /// 502: the target ended with the request in its hands.
    CutOff,
}

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    TargetGroup(TargetGroupId),
    /// By name.
    Listener(Rc<str>),
    /// A service by the name that discovery resolves; the answer is kept until its time to live is over.
    Name {
        service: Rc<str>,
        ttl_ms: Millis,
    },
    /// An endpoint of Service Connect, called by the tasks of a client service.
    Endpoint {
        client: Rc<str>,
        name: Rc<str>,
    },
}

/// The share of one target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    pub target_group: Option<TargetGroupId>,
    pub task: TaskId,
    pub address: Address,
    pub offered_mrps: u64,
    pub served_mrps: u64,
    /// What becomes of the rest.
    pub loss: Loss,
    pub latency_ms: Millis,
    /// Size of one answer.
    pub response_kib: u32,
}

/// Requests so far, in millionths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    pub offered: u64,
    /// Answered, or still in the hands of a target.
    pub served: u64,
    pub lost: BTreeMap<Loss, u64>,
}

/// One source of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    pub name: Rc<str>,
    pub to: Destination,
    pub offered_mrps: u64,
    routes: Vec<Route>,
    pub counts: Counts,
    /// What target groups have received from it since that was last published.
    pub(crate) received: BTreeMap<TargetGroupId, Received>,
    /// What load balancers have carried of it.
    pub(crate) carried: Carried,
    /// What discovery answered last.
    pub answer: Vec<(TaskId, Address)>,
    /// Of Service Connect, where requests go through it.
    pub proxies: Proxies,
    /// Groups that its requests go to now.
    groups: Vec<TargetGroupId>,
    /// Rates to come, with their instants.
    pub(crate) coming: Vec<(Millis, u64)>,
    pub(crate) turn: u32,
    /// Counted until here.
    pub(crate) since_ms: Millis,
    pub(crate) set_by: ObservationId,
    /// What most lost requests are lost to, while any are.
    pub(crate) failing: Option<Loss>,
}

/// All sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traffic {
    pub flows: Vec<Flow>,
    by_task: BTreeMap<TaskId, BTreeSet<usize>>,
    by_group: BTreeMap<TargetGroupId, BTreeSet<usize>>,
}

impl Counts {
    /// Whole requests lost, all causes together.
    pub fn lost_requests(&self) -> u64 {
        self.lost.values().sum::<u64>() / 1_000_000
    }
}

impl Flow {
    /// Where its requests go now, and what becomes of them.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// What is lost now, in thousandths of a request a second, by cause.
    pub fn losing(&self) -> BTreeMap<Loss, u64> {
        let mut losing = BTreeMap::new();
        let routed: u64 = self.routes.iter().map(|route| route.offered_mrps).sum();
        let lost = self.routes.iter().map(|route| (route.loss, route.offered_mrps - route.served_mrps));
        let unknown = self.proxies.unknown_mrps.min(self.offered_mrps - routed);
        let nowhere = [(Loss::NoTarget, self.offered_mrps - routed - unknown), (Loss::UnknownEndpoint, unknown)];
        for (loss, mrps) in lost.chain(nowhere).filter(|(_, mrps)| *mrps > 0) {
            *losing.entry(loss).or_insert(0) += mrps;
        }
        losing
    }

    /// How long a request takes on average.
    pub fn latency_ms(&self) -> Millis {
        let served: u64 = self.routes.iter().map(|route| route.served_mrps).sum();
        let sum: u64 = self.routes.iter().map(|route| route.served_mrps * route.latency_ms).sum();
        sum.checked_div(served).unwrap_or(0)
    }

    /// The counts as they stand at an instant.
    pub fn counts_at(&self, now_ms: Millis) -> Counts {
        let mut flow = self.clone();
        flow.count(now_ms);
        flow.counts
    }

    fn goes_through_a_load_balancer(&self) -> bool {
        match self.to {
            Destination::TargetGroup(_) | Destination::Listener(_) => true,
            Destination::Name { .. } | Destination::Endpoint { .. } => false,
        }
    }

    fn count(&mut self, now_ms: Millis) {
        let span_ms = now_ms - std::mem::replace(&mut self.since_ms, now_ms);
        if span_ms == 0 {
            return;
        }
        self.counts.offered += self.offered_mrps * span_ms;
        self.counts.served += self.routes.iter().map(|route| route.served_mrps).sum::<u64>() * span_ms;
        for (loss, mrps) in self.losing() {
            *self.counts.lost.entry(loss).or_insert(0) += mrps * span_ms;
        }
        if self.goes_through_a_load_balancer() {
            self.carried.add(self.offered_mrps, &self.routes, span_ms);
        }
        for route in &self.routes {
            if let Some(group) = route.target_group {
                self.received.entry(group).or_default().add(route, span_ms);
            }
        }
    }
}

/// A source begins, or changes what it sends.
pub(crate) fn set(sim: &mut Sim, name: &str, to: Destination, segments: &[(Millis, u64)], set_by: ObservationId) {
    let now_ms = sim.fx.now_ms;
    let traffic = &mut sim.neighbours.traffic;
    let found = traffic.flows.iter().position(|flow| &*flow.name == name);
    let index = found.unwrap_or(traffic.flows.len());
    if found.is_none() {
        traffic.flows.push(Flow {
            name: Rc::from(name),
            to: to.clone(),
            offered_mrps: 0,
            routes: Vec::new(),
            counts: Counts::default(),
            received: BTreeMap::new(),
            carried: Carried::default(),
            answer: Vec::new(),
            proxies: Proxies::default(),
            groups: Vec::new(),
            coming: Vec::new(),
            turn: 0,
            since_ms: now_ms,
            set_by,
            failing: None,
        });
    }
    let flow = &mut traffic.flows[index];
    flow.count(now_ms);
    (flow.to, flow.set_by) = (to, set_by);
    flow.turn += 1;
    flow.coming = segments.iter().map(|(after_ms, mrps)| (now_ms + after_ms, *mrps)).collect();
    let turn = flow.turn;
    for (after_ms, _) in segments.iter().filter(|(after_ms, _)| *after_ms > 0) {
        later(&mut sim.fx, *after_ms, BalancingEvent::TrafficChanges { flow: index as u32, turn });
    }
    sim.neighbours.traffic.flows[index].proxies = Proxies::default();
    super::discovery::resolve(sim, index, turn);
    connect::push(sim, index, turn);
    change_rate(sim, index, turn);
}

/// The next rate of a source is due.
pub(crate) fn change_rate(sim: &mut Sim, index: usize, turn: u32) {
    let now_ms = sim.fx.now_ms;
    let flow = &mut sim.neighbours.traffic.flows[index];
    if flow.turn != turn {
        return;
    }
    flow.count(now_ms);
    while let Some((_, mrps)) = flow.coming.first().copied().filter(|(at_ms, _)| *at_ms <= now_ms) {
        flow.offered_mrps = mrps;
        flow.coming.remove(0);
    }
    reroute(sim, index);
}

/// Something has changed among the targets of a group.
pub(crate) fn reroute_group(sim: &mut Sim, group: TargetGroupId) {
    let flows: Vec<usize> = sim.neighbours.traffic.by_group.get(&group).into_iter().flatten().copied().collect();
    for index in flows {
        reroute(sim, index);
    }
}

/// The weights of a listener have changed.
pub(crate) fn reroute_listener(sim: &mut Sim, listener: &str) {
    let goes_there = |flow: &Flow| matches!(&flow.to, Destination::Listener(name) if &**name == listener);
    let flows = sim.neighbours.traffic.flows.iter().enumerate();
    let flows: Vec<usize> = flows.filter(|(_, flow)| goes_there(flow)).map(|(index, _)| index).collect();
    for index in flows {
        reroute(sim, index);
    }
}

/// A source for whoever changes what goes where, or what is made of it: the groups that its requests go to are checked again.
fn changing(neighbours: &mut Neighbours, index: usize) -> &mut Flow {
    let flow = &mut neighbours.traffic.flows[index];
    neighbours.balancer.check_again(&flow.groups);
    flow
}

/// Shares the requests of a source anew among the targets that it can reach.
pub(crate) fn reroute(sim: &mut Sim, index: usize) {
    let now_ms = sim.fx.now_ms;
    sim.neighbours.traffic.flows[index].count(now_ms);
    let flow = &sim.neighbours.traffic.flows[index];
    let mut unknown_mrps = 0;
    let (groups, routes) = match &flow.to {
        Destination::Endpoint { client, name } => {
            let (routes, unknown) = connect::routes(sim, index, client, name);
            unknown_mrps = unknown;
            (Vec::new(), routes)
        }
        Destination::Name { .. } => (Vec::new(), share_evenly(flow.offered_mrps, &flow.answer)),
        Destination::TargetGroup(group) => (vec![*group], routes_of_groups(sim, flow.offered_mrps, &[(*group, 1)])),
        Destination::Listener(name) => {
            let weights = sim.neighbours.balancer.weights_of(name).to_vec();
            (weights.iter().map(|(group, _)| *group).collect(), routes_of_groups(sim, flow.offered_mrps, &weights))
        }
    };
    let before: Vec<Route> = std::mem::take(&mut changing(&mut sim.neighbours, index).routes);
    let tasks: BTreeSet<TaskId> = before.iter().chain(&routes).map(|route| route.task).collect();
    let mut routes = routes;
    for route in &mut routes {
        // What was served goes on being served until the new rates are known.
        route.latency_ms = before.iter().find(|old| old.task == route.task).map_or(0, |old| old.latency_ms);
    }
    let traffic = &mut sim.neighbours.traffic;
    let old_groups = std::mem::replace(&mut traffic.flows[index].groups, groups.clone());
    forget(&mut traffic.by_group, old_groups, index);
    forget(&mut traffic.by_task, before.iter().map(|route| route.task), index);
    for group in groups {
        traffic.by_group.entry(group).or_default().insert(index);
    }
    for route in &routes {
        traffic.by_task.entry(route.task).or_default().insert(index);
    }
    traffic.flows[index].routes = routes;
    traffic.flows[index].proxies.unknown_mrps = unknown_mrps;
    offer(sim, &tasks);
    settle(sim, tasks);
    refresh(sim, index);
}

fn forget<K: Ord>(index_of: &mut BTreeMap<K, BTreeSet<usize>>, keys: impl IntoIterator<Item = K>, flow: usize) {
    for key in keys {
        if let Some(flows) = index_of.get_mut(&key) {
            flows.remove(&flow);
            if flows.is_empty() {
                index_of.remove(&key);
            }
        }
    }
}

fn offer(sim: &mut Sim, tasks: &BTreeSet<TaskId>) {
    for task in tasks {
        let traffic = &sim.neighbours.traffic;
        let flows = traffic.by_task.get(task).into_iter().flatten();
        let routes = flows.flat_map(|flow| &traffic.flows[*flow].routes).filter(|route| route.task == *task);
        let offered_mrps = routes.map(|route| route.offered_mrps).sum();
        sim.data.offer(*task, offered_mrps);
    }
}

/// What has changed about tasks on the servers is worked out anew for them and for those beside them.
pub(crate) fn settle_touched(sim: &mut Sim) {
    let touched: BTreeSet<TaskId> = std::mem::take(&mut sim.data.touched).into_iter().collect();
    settle(sim, touched);
}

fn settle(sim: &mut Sim, tasks: BTreeSet<TaskId>) {
    let mut hosts: BTreeSet<InstanceId> = BTreeSet::new();
    for task in &tasks {
        match sim.data.ground_of(*task) {
            Some(Ground::Host(instance)) => {
                hosts.insert(instance);
            }
            Some(Ground::Fargate) => sim.data.contend_alone(&sim.fx, *task),
            None => {}
        }
    }
    let mut affected = tasks;
    for instance in hosts {
        affected.extend(sim.data.contend_on(&sim.fx, instance));
    }
    let by_task = &sim.neighbours.traffic.by_task;
    let flows: BTreeSet<usize> = affected.iter().filter_map(|task| by_task.get(task)).flatten().copied().collect();
    for index in flows {
        refresh(sim, index);
    }
}

/// Counts what has flowed and takes the rates of the targets as they are now.
fn refresh(sim: &mut Sim, index: usize) {
    let now_ms = sim.fx.now_ms;
    let flow = changing(&mut sim.neighbours, index);
    flow.count(now_ms);
    let through_proxies = matches!(flow.to, Destination::Endpoint { .. });
    let mut blamed: Option<ObservationId> = None;
    for route in &mut flow.routes {
        let (served_mrps, loss, latency_ms) = outcome(&sim.data, route, now_ms);
        // A proxy is told to drain before the containers of its task get SIGTERM (ecs.md §9.4).
        let drained = through_proxies && sim.control.tasks.get(route.task).is_none_or(|task| !task.is_wanted());
        if served_mrps == 0 && route.served_mrps > 0 && !drained && matches!(loss, Loss::Refused | Loss::Timeout) {
            // Ledger: traffic.in-flight. What the target had in its hands is lost with it.
            let in_flight = (route.served_mrps * route.latency_ms).min(flow.counts.served);
            flow.counts.served -= in_flight;
            *flow.counts.lost.entry(Loss::CutOff).or_insert(0) += in_flight;
        }
        // Of too much nobody is to blame but whoever sends it, or whoever answers no more and leaves it to others.
        if served_mrps < route.offered_mrps && loss != Loss::Overload {
            blamed = blamed.max(sim.data.answers_because(route.task, route.address));
        }
        (route.served_mrps, route.loss, route.latency_ms) = (served_mrps, loss, latency_ms);
        route.response_kib = sim.data.response_kib(route.task);
        if loss == Loss::NotReady
            && let Some(ready_ms) = sim.data.ready_at(route.task, route.address)
        {
            later(&mut sim.fx, ready_ms - now_ms, BalancingEvent::AppReady { task: route.task });
        }
    }
    flow.counts.lost.retain(|_, count| *count > 0);
    match connect::watch(sim, index) {
        // Nothing is lost that is tried again at this instant.
        Watched::Retried => {}
        Watched::Settled { made_by } => tell(sim, index, blamed.or(made_by)),
    }
}

/// What becomes of the requests that go to one target.
fn outcome(data: &crate::sim::data_plane::DataPlane, route: &Route, now_ms: Millis) -> (u64, Loss, Millis) {
    match data.reply_of(route.task, route.address, now_ms) {
        Reply::Silence => (0, Loss::Timeout, 0),
        Reply::Refused => (0, Loss::Refused, 0),
        Reply::Status { .. } if !data.is_ready(route.task, route.address, now_ms) => (0, Loss::NotReady, 0),
        Reply::Status { after_ms, .. } => match data.load(route.task) {
            Some(load) => {
                let served = u128::from(route.offered_mrps) * u128::from(load.served_mrps) / u128::from(load.offered_mrps.max(1));
                (served as u64, Loss::Overload, after_ms)
            }
            None => (0, Loss::Refused, 0),
        },
    }
}

/// Says when requests begin to be lost, to what, and when they are all answered again.
fn tell(sim: &mut Sim, index: usize, blamed: Option<ObservationId>) {
    let flow = &sim.neighbours.traffic.flows[index];
    let losing = flow.losing();
    let failing = losing.iter().max_by_key(|(loss, mrps)| (**mrps, **loss)).map(|(loss, _)| *loss);
    if failing == flow.failing {
        return;
    }
    let (lost_requests, name) = (flow.counts.lost_requests(), flow.name.clone());
    let cause = blamed.filter(|_| failing.is_some()).or(sim.fx.cause).or(Some(flow.set_by));
    sim.neighbours.traffic.flows[index].failing = failing;
    let fact = match failing {
        Some(loss) => BalancingFact::RequestsFailing { flow: name, loss, mrps: losing.values().sum() },
        None => BalancingFact::RequestsServed { flow: name, lost_requests },
    };
    sim.fx.because(cause, |fx| fx.observe(Kind::Balancing(fact.into())));
}

/// Shares among groups by weight, and in each among its targets.
fn routes_of_groups(sim: &Sim, offered_mrps: u64, weights: &[(TargetGroupId, u32)]) -> Vec<Route> {
    let total: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let mut routes = Vec::new();
    let mut left = offered_mrps;
    let last = weights.iter().rposition(|(_, weight)| *weight > 0);
    for (position, (id, weight)) in weights.iter().enumerate().filter(|(_, (_, weight))| *weight > 0) {
        let part = if Some(position) == last { left } else { offered_mrps * u64::from(*weight) / total };
        left -= part;
        let Some(group) = sim.neighbours.balancer.groups.get(*id) else { continue };
        routes.extend(routes_of_group(*id, group, part, sim.fx.now_ms));
    }
    routes
}

/// Round robin: each target the same, but one that starts slowly less.
fn routes_of_group(id: TargetGroupId, group: &TargetGroup, offered_mrps: u64, now_ms: Millis) -> Vec<Route> {
    let shares: Vec<(TaskId, Address, u64)> =
        group.in_service().map(|(task, target)| (task, target.address, share_of(group, target, now_ms))).collect();
    let total: u64 = shares.iter().map(|(_, _, share)| share).sum();
    let mut left = offered_mrps;
    let count = shares.len();
    let routes = shares.into_iter().enumerate().map(|(position, (task, address, share))| {
        let part = if position + 1 == count { left } else { offered_mrps * share / total };
        left -= part;
        route(Some(id), task, address, part)
    });
    routes.collect()
}

/// Ledger: traffic.slow-start. The share of a target that has just become healthy grows with time, in tenths.
fn share_of(group: &TargetGroup, target: &Target, now_ms: Millis) -> u64 {
    let slow_ms = group.settings.slow_start_ms;
    match slow_ms {
        0 => 10,
        _ => ((now_ms - target.since_ms) * 10 / slow_ms).clamp(1, 10),
    }
}

pub(crate) fn share_evenly(offered_mrps: u64, answer: &[(TaskId, Address)]) -> Vec<Route> {
    let count = answer.len() as u64;
    let part = |position: usize| offered_mrps / count + u64::from((position as u64) < offered_mrps % count);
    answer.iter().enumerate().map(|(position, (task, address))| route(None, *task, *address, part(position))).collect()
}

fn route(target_group: Option<TargetGroupId>, task: TaskId, address: Address, offered_mrps: u64) -> Route {
    Route { target_group, task, address, offered_mrps, served_mrps: 0, loss: Loss::Refused, latency_ms: 0, response_kib: 0 }
}

impl Traffic {
    /// The routes that lead to a target group now.
    pub(crate) fn routes_of(&self, group: TargetGroupId) -> impl Iterator<Item = &Route> {
        let flows = self.by_group.get(&group).into_iter().flatten().map(|index| &self.flows[*index]);
        flows.flat_map(|flow| &flow.routes).filter(move |route| route.target_group == Some(group))
    }

    /// What is sent to a target group now, in thousandths of a request a second.
    pub fn rate_of_group(&self, group: TargetGroupId) -> u64 {
        self.routes_of(group).map(|route| route.offered_mrps).sum()
    }

    /// What target groups have received since this was last asked.
    pub(crate) fn take_received(&mut self, now_ms: Millis) -> BTreeMap<TargetGroupId, Received> {
        let mut all: BTreeMap<TargetGroupId, Received> = BTreeMap::new();
        for flow in &mut self.flows {
            flow.count(now_ms);
            for (group, received) in std::mem::take(&mut flow.received) {
                let sum = all.entry(group).or_default();
                *sum = sum.and(received);
            }
        }
        all
    }

    /// What load balancers have carried until an instant, and what they carry in an hour as things stand.
    pub fn carried(&self, now_ms: Millis) -> (Carried, Carried) {
        let mut so_far = Carried::default();
        let mut hourly = Carried::default();
        for flow in &self.flows {
            so_far = so_far.and(flow.carried);
            if flow.goes_through_a_load_balancer() {
                so_far.add(flow.offered_mrps, &flow.routes, now_ms - flow.since_ms);
                hourly.add(flow.offered_mrps, &flow.routes, HOUR);
            }
        }
        (so_far, hourly)
    }

    /// The observation that last set what is sent to a target group.
    pub(crate) fn set_by(&self, group: TargetGroupId) -> Option<ObservationId> {
        self.by_group.get(&group).into_iter().flatten().map(|index| self.flows[*index].set_by).max()
    }
}

impl Sim {
    /// CPU units and MiB that a task really uses now, requests included.
    pub fn usage_of(&self, task: TaskId) -> Option<(u32, u32)> {
        let truth = self.data.tasks.get(task)?;
        Some(self.data.really_used(&self.fx, truth))
    }

    /// One source of requests by name.
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.neighbours.traffic.flows.iter().find(|flow| &*flow.name == name)
    }
}
