//! Service Connect: a proxy beside each task knows endpoints by name and shares requests among their tasks (ecs.md §9.4).
//!
//! What a proxy may call is settled when its task starts; who stands behind a name is pushed to it as ECS learns of it. A request that is
//! refused is tried again at another task, and a task that does not answer is left alone for a while. Start reading at [`routes`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sim::command::balancing::ServiceConnectConfiguration;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::quotas;
use crate::sim::control_plane::service::ServiceStatus;
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

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Connect {
    members: BTreeMap<ServiceId, Member>,
}

/// A service in a namespace; without an endpoint it is a client only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    pub namespace: Rc<str>,
    pub endpoint: Option<Endpoint>,
}

/// A name that proxies can call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub discovery_name: Rc<str>,
    pub container_port: u16,
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
    /// What a service takes part as.
    pub fn member(&self, service: ServiceId) -> Option<&Member> {
        self.members.get(&service)
    }

    /// The endpoint of this name that tasks of `client` may call.
    fn endpoint(&self, client: ServiceId, name: &str) -> Option<(ServiceId, &Endpoint)> {
        let namespace = &self.members.get(&client)?.namespace;
        let mut endpoints = self.members.iter().filter_map(|(id, member)| Some((*id, member, member.endpoint.as_ref()?)));
        let found = endpoints.find(|(_, member, endpoint)| member.namespace == *namespace && &*endpoint.discovery_name == name);
        found.map(|(id, _, endpoint)| (id, endpoint))
    }
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
    let other = |(id, member): &(&ServiceId, &Member)| {
        Some(**id) != service
            && sim.control.services[**id].status == ServiceStatus::Active
            && *member.namespace == *asked.namespace
    };
    let others = || sim.neighbours.connect.members.iter().filter(other).map(|(_, member)| member);
    quotas::check_namespace(&asked.namespace, others().count())?;
    let taken = |member: &Member| {
        let has = |name: &str| member.endpoint.as_ref().is_some_and(|endpoint| &*endpoint.discovery_name == name);
        asked.services.iter().any(|each| has(&each.discovery_name))
    };
    match others().any(taken) {
        true => Err(invalid("A service in the namespace has an endpoint of this name already.")),
        false => Ok(()),
    }
}

/// Would this make the service another member than it is? That starts a new deployment.
pub(crate) fn changes(sim: &Sim, service: ServiceId, asked: &ServiceConnectConfiguration) -> bool {
    let known = sim.neighbours.connect.members.get(&service);
    let same = |member: &Member| {
        let names = member.endpoint.iter().map(|endpoint| (&*endpoint.discovery_name, endpoint.container_port));
        let wanted = asked.services.iter().map(|each| (each.discovery_name.as_str(), each.container_port));
        *member.namespace == *asked.namespace && names.eq(wanted)
    };
    if asked.enabled { !known.is_some_and(same) } else { known.is_some() }
}

/// A service joins a namespace, leaves it, or changes its endpoint.
pub(crate) fn join(sim: &mut Sim, service: ServiceId, asked: &ServiceConnectConfiguration) {
    let (now_ms, made_by) = (sim.fx.now_ms, sim.control.services[service].changed_by);
    if !asked.enabled {
        sim.neighbours.connect.members.remove(&service);
        return;
    }
    let known = sim.neighbours.connect.members.remove(&service).and_then(|member| member.endpoint);
    let endpoint = asked.services.first().map(|each| match known {
        Some(known) if *known.discovery_name == *each.discovery_name => Endpoint { container_port: each.container_port, ..known },
        Some(_) | None => {
            let discovery_name: Rc<str> = Rc::from(each.discovery_name.as_str());
            let fact = BalancingFact::EndpointCreated { service, endpoint: discovery_name.clone() };
            let made_by = sim.fx.because(Some(made_by), |fx| fx.observe(Kind::Balancing(fact.into())));
            Endpoint { discovery_name, container_port: each.container_port, since_ms: now_ms, made_by }
        }
    });
    let member = Member { namespace: Rc::from(asked.namespace.as_str()), endpoint };
    sim.neighbours.connect.members.insert(service, member);
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
    let endpoint = client.and_then(|client| sim.neighbours.connect.endpoint(client, &name));
    let answer = endpoint.map(|(service, endpoint)| behind(sim, service, endpoint.container_port)).unwrap_or_default();
    sim.neighbours.traffic.flows[index].answer = answer;
    traffic::reroute(sim, index);
    let push_ms = sim.fx.tuning.balancing.connect_push_ms;
    sim.fx.by_the_clock(|fx| later(fx, push_ms, BalancingEvent::EndpointsPushed { flow: index as u32, turn }));
}

/// Tasks of a service that ECS believes RUNNING and not unhealthy.
fn behind(sim: &Sim, service: ServiceId, container_port: u16) -> Vec<(TaskId, Address)> {
    let tasks = sim.control.services[service].tasks.iter().copied();
    let serves = |task: &TaskId| {
        let known = &sim.control.tasks[*task];
        known.is_running() && known.health != HealthStatus::Unhealthy
    };
    let address = |task: TaskId| {
        let instance = sim.control.tasks[task].instance;
        (task, Address { instance, port: container_port, container_port })
    };
    tasks.filter(serves).map(address).collect()
}

/// How the requests of a source are shared, and what its tasks send that do not know the name.
pub(crate) fn routes(sim: &Sim, index: usize, client: &str, name: &str) -> (Vec<Route>, u64) {
    let flow = &sim.neighbours.traffic.flows[index];
    let Some(client) = sim.control.service_named(client) else { return (Vec::new(), 0) };
    let endpoint = sim.neighbours.connect.endpoint(client, name);
    let senders =
        sim.control.services[client].tasks.iter().map(|task| &sim.control.tasks[*task]).filter(|task| task.is_running());
    // Ledger: connect.endpoints.
    let knows = |started_ms: Millis| endpoint.is_some_and(|(_, endpoint)| endpoint.since_ms <= started_ms);
    let (all, knowing) = senders.fold((0, 0), |(all, knowing), task| (all + 1, knowing + u64::from(knows(task.placed_at_ms()))));
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
    let endpoint = client.and_then(|client| sim.neighbours.connect.endpoint(client, name));
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
        self.neighbours.connect.endpoint(client, name).map(|(service, _)| service)
    }
}
