//! Service Connect: a proxy beside each task knows endpoints by name and shares requests among their tasks (ecs.md §9.4).
//!
//! What a proxy may call is settled when its task starts; who stands behind a name is pushed to it as ECS learns of it. A request that is
//! refused is tried again at another task, and a task that does not answer is left alone for a while. Start reading at [`routes`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sim::command::balancing::ServiceConnectConfiguration;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::quotas;
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::answers::Reply;
use crate::sim::engine::Sim;
use crate::sim::ids::{ObservationId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::model::target::Address;
use crate::sim::model::task::HealthStatus;
use crate::sim::model::task_definition::NetworkMode;
use crate::sim::neighbours::event::BalancingEvent;
use crate::sim::neighbours::health_checks::later;
use crate::sim::neighbours::traffic::{self, Destination, Loss, Route};
use crate::sim::observation::Kind;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::time::Millis;

/// A source makes so many failed requests in so long before a proxy leaves the task alone (ecs.md §9.4).
/// Ledger: connect_avoid_ms.
const FAILURES: u64 = 5;
/// Ledger: connect_avoid_ms.
const FAILURES_WITHIN_MS: Millis = 30_000;
/// One request in thousandths a second, over a span in milliseconds.
const ONE_REQUEST: u64 = 1_000_000;

/// The endpoints of all namespaces, by the service that made them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Connect {
    endpoints: BTreeMap<ServiceId, Vec<Endpoint>>,
}

/// What `serviceConnectConfiguration` of a revision says; without an endpoint its tasks are clients only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    pub namespace: Rc<str>,
    /// The name that proxies can call, and the container port behind it.
    pub endpoint: Option<(Rc<str>, u16)>,
}

/// A name that proxies can call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub namespace: Rc<str>,
    pub discovery_name: Rc<str>,
    /// Tasks started before do not know it.
    pub since_ms: Millis,
    pub made_by: ObservationId,
}

/// What the proxies of one source of requests know, beside the tasks behind the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Proxies {
    /// What tasks send that do not know the name, in thousandths of a request a second.
    pub unknown_mrps: u64,
    /// Tasks left alone, until when, and how often that has been.
    pub avoided: BTreeMap<TaskId, (Millis, u32)>,
    /// Tasks that fail to answer, while their failures are being counted.
    suspected: BTreeSet<TaskId>,
}

impl Connect {
    /// What a service has made and some revision of it still has.
    fn of(&self, service: ServiceId) -> &[Endpoint] {
        self.endpoints.get(&service).map_or(&[], Vec::as_slice)
    }
}

impl Endpoint {
    /// The container port behind it, where tasks of the revision serve it.
    fn port_in(&self, revision: &ServiceRevision) -> Option<u16> {
        let member = revision.connect.as_deref().filter(|member| member.namespace == self.namespace)?;
        member.endpoint.as_ref().filter(|(name, _)| *name == self.discovery_name).map(|(_, port)| *port)
    }
}

/// The endpoint of this name in a namespace that tasks of `client` are in, while some deployment serves it.
fn endpoint<'a>(sim: &'a Sim, client: ServiceId, name: &str) -> Option<(ServiceId, &'a Endpoint)> {
    let namespaces: Vec<&Rc<str>> = members(&sim.control.services[client]).map(|member| &member.namespace).collect();
    let all = sim.neighbours.connect.endpoints.iter().flat_map(|(id, made)| made.iter().map(move |each| (*id, each)));
    let served = all.filter(|(id, each)| {
        let named = &*each.discovery_name == name && namespaces.contains(&&each.namespace);
        named && sim.control.services[*id].deployments.iter().any(|deployment| each.port_in(&deployment.revision).is_some())
    });
    served.min_by_key(|(id, _)| sim.control.services[*id].status)
}

fn members(service: &Service) -> impl Iterator<Item = &Member> {
    service.revisions().filter_map(|revision| revision.connect.as_deref())
}

fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}

/// What `serviceConnectConfiguration` must hold for a service that exists, or for one to come.
/// Ledger: connect.requires.
pub(crate) fn check(
    sim: &Sim,
    service: Option<ServiceId>,
    definition: TaskDefinitionId,
    asked: &ServiceConnectConfiguration,
) -> Answer {
    if !asked.enabled {
        return Ok(());
    }
    let definition = &sim.control.definitions[definition].definition;
    match definition.network_mode {
        NetworkMode::Bridge | NetworkMode::Awsvpc => {}
        NetworkMode::Host | NetworkMode::None => {
            return Err(invalid("Service Connect is only supported for tasks that use the bridge or awsvpc network mode."));
        }
    }
    if definition.memory_mib.is_none() {
        return Err(invalid("Service Connect requires a task memory limit in the task definition."));
    }
    if asked.namespace.is_empty() || asked.services.len() > 1 || asked.services.iter().any(|each| each.discovery_name.is_empty())
    {
        return Err(invalid("Service Connect takes a namespace and at most one endpoint with a name."));
    }
    let mine = |member: &&Member| *member.namespace == *asked.namespace;
    let others = || {
        let active =
            sim.control.services.iter().filter(|(id, other)| Some(*id) != service && other.status == ServiceStatus::Active);
        active.filter(|(_, other)| members(other).any(|member| mine(&member)))
    };
    quotas::check_namespace(&asked.namespace, others().count())?;
    let taken = |member: &Member| {
        let has = |name: &str| member.endpoint.as_ref().is_some_and(|(taken, _)| **taken == *name);
        asked.services.iter().any(|each| has(&each.discovery_name))
    };
    match others().any(|(_, other)| members(other).filter(mine).any(taken)) {
        true => Err(invalid("A service in the namespace has an endpoint of this name already.")),
        false => Ok(()),
    }
}

/// What a revision with this configuration takes part as.
pub(crate) fn member(asked: &ServiceConnectConfiguration) -> Option<Rc<Member>> {
    let endpoint = asked.services.first().map(|each| (Rc::from(each.discovery_name.as_str()), each.container_port));
    asked.enabled.then(|| Rc::new(Member { namespace: Rc::from(asked.namespace.as_str()), endpoint }))
}

/// The newest revision of a service may have an endpoint that is not there yet; one that no revision has any more goes.
pub(crate) fn make_endpoint(sim: &mut Sim, id: ServiceId) {
    let service = &sim.control.services[id];
    let known = sim.neighbours.connect.of(id);
    let is_kept = |each: &&Endpoint| service.revisions().any(|revision| each.port_in(revision).is_some());
    let mut kept: Vec<Endpoint> = known.iter().filter(is_kept).cloned().collect();
    let there = kept.iter().any(|each| each.port_in(service.revision()).is_some());
    let made =
        service.revision().connect.as_ref().and_then(|member| Some((member.namespace.clone(), member.endpoint.clone()?.0)));
    if let Some((namespace, discovery_name)) = made.filter(|_| !there) {
        let fact = BalancingFact::EndpointCreated { service: id, endpoint: discovery_name.clone() };
        let made_by = sim.fx.because(Some(service.changed_by), |fx| fx.observe(Kind::Balancing(fact.into())));
        kept.push(Endpoint { namespace, discovery_name, since_ms: sim.fx.now_ms, made_by });
    }
    if kept != known {
        sim.neighbours.connect.endpoints.insert(id, kept);
    }
}

/// ECS pushes to the proxies of a source who stands behind the name.
// Ledger: connect_push_ms, connect.picture.
pub(crate) fn push(sim: &mut Sim, index: usize, turn: u32) {
    let flow = &sim.neighbours.traffic.flows[index];
    let Destination::Endpoint { client, name } = flow.to.clone() else { return };
    if flow.turn != turn {
        return;
    }
    let client = sim.control.service_named(&client);
    let endpoint = client.and_then(|client| endpoint(sim, client, &name));
    let answer = endpoint.map(|(service, endpoint)| behind(sim, service, endpoint)).unwrap_or_default();
    sim.neighbours.traffic.flows[index].answer = answer;
    traffic::reroute(sim, index);
    let push_ms = sim.fx.tuning.balancing.connect_push_ms;
    sim.fx.by_the_clock(|fx| later(fx, push_ms, BalancingEvent::EndpointsPushed { flow: index as u32, turn }));
}

/// Tasks of a service that serve the endpoint and that ECS believes RUNNING and not unhealthy.
fn behind(sim: &Sim, service: ServiceId, endpoint: &Endpoint) -> Vec<(TaskId, Address)> {
    let serves = |task: &TaskId| {
        let known = Some(&sim.control.tasks[*task]);
        let known = known.filter(|known| known.is_running() && known.health != HealthStatus::Unhealthy)?;
        let container_port = endpoint.port_in(sim.control.revision_of(known)?)?;
        Some((*task, Address { instance: known.instance, port: container_port, container_port }))
    };
    sim.control.services[service].tasks.iter().filter_map(serves).collect()
}

/// How the requests of a source are shared, and what its tasks send that do not know the name.
pub(crate) fn routes(sim: &Sim, index: usize, client: &str, name: &str) -> (Vec<Route>, u64) {
    let flow = &sim.neighbours.traffic.flows[index];
    let Some(client) = sim.control.service_named(client) else { return (Vec::new(), 0) };
    let endpoint = endpoint(sim, client, name).map(|(_, endpoint)| endpoint);
    let senders =
        sim.control.services[client].tasks.iter().map(|task| &sim.control.tasks[*task]).filter(|task| task.is_running());
    // Ledger: connect.endpoints.
    let knows = |task: &Task| {
        let member = sim.control.revision_of(task).and_then(|revision| revision.connect.as_ref());
        let (Some(endpoint), Some(member)) = (endpoint, member) else { return false };
        member.namespace == endpoint.namespace && endpoint.since_ms <= task.placed_at_ms()
    };
    let (all, knowing) = senders.fold((0, 0), |(all, knowing), task| (all + 1, knowing + u64::from(knows(task))));
    if all == 0 {
        return (Vec::new(), 0);
    }
    let known_mrps = flow.offered_mrps * knowing / all;
    (traffic::share_evenly(known_mrps, &callable(sim, index)), flow.offered_mrps - known_mrps)
}

/// The tasks that requests reach: not those left alone, and not those that refuse while another answers.
// Ledger: connect.retries.
fn callable(sim: &Sim, index: usize) -> Vec<(TaskId, Address)> {
    let (flow, now_ms) = (&sim.neighbours.traffic.flows[index], sim.fx.now_ms);
    let alone = |task: &TaskId| flow.proxies.avoided.get(task).is_some_and(|(until_ms, _)| now_ms < *until_ms);
    let mut left: Vec<_> = flow.answer.iter().copied().filter(|(task, _)| !alone(task)).collect();
    if left.is_empty() {
        left = flow.answer.clone();
    }
    let answers = |(task, address): &(TaskId, Address)| !refuses(sim, *task, *address);
    if left.iter().any(answers) {
        left.retain(answers);
    }
    left
}

fn refuses(sim: &Sim, task: TaskId, address: Address) -> bool {
    match sim.data.reply_of(task, address, sim.fx.now_ms) {
        Reply::Refused => true,
        Reply::Status { .. } => !sim.data.is_ready(task, address, sim.fx.now_ms),
        Reply::Silence => false,
    }
}

/// What the proxies of a source have made of the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// Some are tried again at this instant.
    Retried,
    /// All have come to something. Tasks that do not know the name are older than the observation that made it.
    Settled { made_by: Option<ObservationId> },
}

/// What has become of the requests of a source: what is refused is tried elsewhere at once, what is not answered is counted.
pub(crate) fn watch(sim: &mut Sim, index: usize) -> Watched {
    let flow = &sim.neighbours.traffic.flows[index];
    let Destination::Endpoint { client, name } = &flow.to else { return Watched::Settled { made_by: None } };
    let client = sim.control.service_named(client);
    let endpoint = client.and_then(|client| endpoint(sim, client, name));
    let made_by = endpoint.filter(|_| flow.proxies.unknown_mrps > 0).map(|(_, endpoint)| endpoint.made_by);
    let turn = flow.turn;
    let fails = |route: &&Route| route.served_mrps == 0 && route.offered_mrps > 0;
    let refused = flow.routes().iter().filter(fails).any(|route| matches!(route.loss, Loss::Refused | Loss::NotReady));
    let elsewhere = refused && callable(sim, index).iter().any(|(task, address)| !refuses(sim, *task, *address));
    let silent: Vec<(TaskId, u64)> = flow
        .routes()
        .iter()
        .filter(fails)
        .filter(|route| route.loss == Loss::Timeout && !flow.proxies.suspected.contains(&route.task))
        .map(|route| (route.task, FAILURES * ONE_REQUEST / route.offered_mrps))
        .filter(|(_, counted_ms)| *counted_ms <= FAILURES_WITHIN_MS)
        .collect();
    if elsewhere {
        later(&mut sim.fx, 0, BalancingEvent::RequestsRetried { flow: index as u32, turn });
    }
    let timeout_ms = sim.fx.tuning.balancing.connect_timeout_ms;
    for (task, counted_ms) in silent {
        sim.neighbours.traffic.flows[index].proxies.suspected.insert(task);
        later(&mut sim.fx, timeout_ms + counted_ms, BalancingEvent::OutlierDetected { flow: index as u32, turn, task });
    }
    if elsewhere { Watched::Retried } else { Watched::Settled { made_by } }
}

/// Requests that were refused are tried again at other tasks.
pub(crate) fn retry(sim: &mut Sim, index: usize, turn: u32) {
    if sim.neighbours.traffic.flows[index].turn == turn {
        traffic::reroute(sim, index);
    }
}

/// Too many requests to a task have failed: it is left alone, longer each time.
// Ledger: connect_avoid_ms.
pub(crate) fn outlier_detected(sim: &mut Sim, index: usize, turn: u32, task: TaskId) {
    let now_ms = sim.fx.now_ms;
    let (shortest_ms, longest_ms) = (sim.fx.tuning.balancing.connect_avoid_ms, sim.fx.tuning.balancing.connect_avoid_longest_ms);
    let flow = &mut sim.neighbours.traffic.flows[index];
    flow.proxies.suspected.remove(&task);
    let silent = flow.routes().iter().find(|route| route.task == task && route.served_mrps == 0 && route.loss == Loss::Timeout);
    let Some(address) = silent.map(|route| route.address).filter(|_| flow.turn == turn) else { return };
    let times = flow.proxies.avoided.get(&task).map_or(0, |(_, times)| *times) + 1;
    let until_ms = now_ms + (shortest_ms * u64::from(times)).min(longest_ms);
    flow.proxies.avoided.insert(task, (until_ms, times));
    let fact = BalancingFact::OutlierEjected { flow: flow.name.clone(), task, until_ms };
    sim.fx.cause = sim.data.answers_because(task, address).or(sim.fx.cause);
    sim.fx.lead(Kind::Balancing(fact.into()));
    traffic::reroute(sim, index);
}

impl Sim {
    /// The service behind the endpoint that tasks of `client` call by this name.
    pub fn serves_endpoint(&self, client: &str, name: &str) -> Option<ServiceId> {
        let client = self.control.service_named(client)?;
        endpoint(self, client, name).map(|(service, _)| service)
    }

    /// The endpoint that tasks of the newest revision of a service serve.
    pub fn endpoint_of(&self, service: ServiceId) -> Option<&Endpoint> {
        let revision = self.control.services[service].revision();
        self.neighbours.connect.of(service).iter().find(|each| each.port_in(revision).is_some())
    }
}
