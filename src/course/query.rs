//! The questions a unit may ask of a run: one small vocabulary for goals, report keys and the numbers in prose.
//!
//! A query reads the state and nothing else; what happened since the learner committed is in the state as well, because tasks
//! carry the observation that placed them. It must never change a run. Start reading at [`Query`], whose names an author
//! writes as they stand in `query_names`: `running(web)`, `memory_free(2)`.

use crate::cost::MICRO;
use crate::cost::meter::Meter;
use crate::course::amount::Amount;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::host::Power;
use crate::sim::data_plane::task_truth::{Ground, Phase};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId, TaskDefinitionId, TaskId, ZoneId};
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::model::deployment::RolloutState;
use crate::sim::model::target::TargetState;
use crate::sim::model::task::TaskStatus;
use crate::sim::neighbours::traffic::Flow;
use crate::sim::time::Millis;

/// A run, and the moment that `placed` and `elapsed` count from.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub sim: &'a Sim,
    pub since: Mark,
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub at_ms: Millis,
    /// Observations there had been.
    pub observed: u64,
}

impl Mark {
    /// The present moment.
    pub fn now(sim: &Sim) -> Self {
        Self { at_ms: sim.now_ms(), observed: sim.observed() }
    }
}

/// One question. Services, zones and task definitions by name, servers by number, 1 the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Servers that are paid for: launched and not terminated.
    Servers,
    /// Servers that hold wanted tasks of the service.
    ServersUsed(String),
    /// Availability zones.
    Zones,
    /// What the servers cost.
    Price,
    /// Time since the mark.
    Elapsed,
    /// `desiredCount` of a service.
    Desired(String),
    /// Tasks of a service that ECS believes to be RUNNING and wants.
    Running(String),
    /// Tasks of a service whose containers really run.
    TrulyRunning(String),
    /// Tasks of a service that would be left, really running, after the loss of the zone that hurts most.
    Survivors(String),
    /// Tasks a service wants that ECS finds no place for.
    Waiting(String),
    /// Tasks of a service that wait in PROVISIONING until their capacity provider has room.
    Provisioning(String),
    /// Tasks of a service that are told to stop and have not STOPPED yet.
    Stopping(String),
    /// Tasks of a service that have STOPPED.
    Stopped(String),
    /// How many of them never came to RUNNING.
    FailedToStart(String),
    /// Tasks of a service that run as one task definition says, its newest revision.
    RunningAs(String, String),
    /// Deployments of a service that have tasks, or are to get some.
    Deployments(String),
    /// How many of them have a `rolloutState`.
    RolloutState(String, RolloutState),
    /// Targets of a service that its load balancer finds healthy.
    HealthyTargets(String),
    /// Requests of a source of traffic that are lost now, in a second, begun ones counted whole.
    Losing(String),
    /// How long its requests take now.
    Latency(String),
    /// Wanted tasks of a service in a zone.
    InZone(String, String),
    /// Wanted tasks of a service on a server.
    OnServer(String, u32),
    /// Wanted tasks of a service on the server that has most of them.
    MostOnOne(String),
    /// Tasks of a service placed since the mark.
    Placed(String),
    /// Servers on which they were placed.
    PlacedServers(String),
    /// How many of them were placed on one server.
    PlacedOn(String, u32),
    /// What a task asks for.
    NeedsCpu(String),
    NeedsMemory(String),
    /// What a server registered.
    CpuTotal(u32),
    MemoryTotal(u32),
    /// What is not reserved on a server.
    CpuFree(u32),
    MemoryFree(u32),
    /// How many more tasks of a definition a server has room for.
    RoomOn(String, u32),
    /// Memory that is free on a server where no task definition finds enough CPU any more.
    StrandedMemory(u32),
    /// The same on all servers.
    AllStrandedMemory,
    /// The name drawn on a server, its type, and its zone.
    Server(u32),
    ServerType(u32),
    ServerZone(u32),
}

impl Query {
    /// The answer, or `None` while what it asks about does not exist.
    pub fn ask(&self, scene: &Scene) -> Option<Amount> {
        let Scene { sim, since } = *scene;
        let count = |number: usize| Some(Amount::Count(number as u64));
        match self {
            Query::Servers => count(paid(sim).count()),
            Query::ServersUsed(service) => count(distinct(wanted(sim, service)?.filter_map(|(_, task)| task.instance))),
            Query::Zones => count(sim.belief().zones.len()),
            Query::Price => Some(Amount::Price(Meter::of(sim).total().per_hour / MICRO)),
            Query::Elapsed => Some(Amount::Span(sim.now_ms().saturating_sub(since.at_ms))),
            Query::Desired(service) => {
                Some(Amount::Count(u64::from(sim.belief().services[service_id(sim, service)?].desired_count)))
            }
            Query::Running(service) => count(wanted(sim, service)?.filter(|(_, task)| task.is_running()).count()),
            Query::TrulyRunning(service) => count(truly_running(sim, service)?.count()),
            Query::Survivors(service) => survivors(sim, service),
            Query::Waiting(service) => {
                let waiting = sim.belief().services[service_id(sim, service)?].waiting.as_ref();
                Some(Amount::Count(waiting.map_or(0, |waiting| u64::from(waiting.count))))
            }
            Query::Provisioning(service) => count(wanted(sim, service)?.filter(|(_, task)| task.waits_for_capacity()).count()),
            Query::Stopping(service) => {
                let stopping = |task: &Task| !task.is_wanted() && task.last_status != TaskStatus::Stopped;
                count(all(sim, service)?.filter(|(_, task)| stopping(task)).count())
            }
            Query::Stopped(service) => count(stopped(sim, service)?.count()),
            Query::FailedToStart(service) => {
                count(stopped(sim, service)?.filter(|task| task.times.entered(TaskStatus::Running).is_none()).count())
            }
            Query::RunningAs(service, definition) => {
                let definition = definition_id(sim, definition)?;
                count(wanted(sim, service)?.filter(|(_, task)| task.is_running() && task.definition == definition).count())
            }
            Query::Deployments(service) => count(sim.belief().services[service_id(sim, service)?].deployments.len()),
            Query::RolloutState(service, state) => {
                let deployments = sim.belief().services[service_id(sim, service)?].deployments.iter();
                count(deployments.filter(|deployment| deployment.rollout_state == *state).count())
            }
            Query::HealthyTargets(service) => {
                let id = service_id(sim, service)?;
                let targets = sim.neighbours().balancer.groups.iter().flat_map(|(_, group)| &group.targets);
                let healthy = targets.filter(|(_, target)| target.state == TargetState::Healthy);
                count(healthy.filter(|(task, _)| sim.belief().tasks.get(**task).is_some_and(|task| is_of(task, id))).count())
            }
            Query::Losing(flow) => Some(Amount::Count(flow_named(sim, flow)?.losing().values().sum::<u64>().div_ceil(1_000))),
            Query::Latency(flow) => Some(Amount::Span(flow_named(sim, flow)?.latency_ms())),
            Query::InZone(service, zone) => {
                let zone = sim.belief().zone_named(zone)?;
                count(wanted(sim, service)?.filter(|(_, task)| task.zone == zone).count())
            }
            Query::OnServer(service, server) => count(on_server(sim, service, InstanceId(*server))?),
            Query::MostOnOne(service) => {
                let servers = sim.belief().registry.iter().filter_map(|known| on_server(sim, service, known.id));
                count(servers.max().unwrap_or(0))
            }
            Query::Placed(service) => count(placed(scene, service)?.count()),
            Query::PlacedServers(service) => count(distinct(placed(scene, service)?.filter_map(|(_, task)| task.instance))),
            Query::PlacedOn(service, server) => {
                count(placed(scene, service)?.filter(|(_, task)| task.instance == Some(InstanceId(*server))).count())
            }
            Query::NeedsCpu(definition) => Some(Amount::Count(u64::from(needs(sim, definition)?.0))),
            Query::NeedsMemory(definition) => Some(Amount::Memory(u64::from(needs(sim, definition)?.1))),
            Query::CpuTotal(server) => Some(Amount::Count(u64::from(known(sim, *server)?.registered_cpu_units))),
            Query::MemoryTotal(server) => Some(Amount::Memory(u64::from(known(sim, *server)?.registered_memory_mib))),
            Query::CpuFree(server) => Some(Amount::Count(u64::from(known(sim, *server)?.remaining_cpu_units))),
            Query::MemoryFree(server) => Some(Amount::Memory(u64::from(known(sim, *server)?.remaining_memory_mib))),
            Query::RoomOn(definition, server) => {
                let (cpu, memory) = needs(sim, definition)?;
                Some(Amount::Count(u64::from(room(known(sim, *server)?, cpu, memory))))
            }
            Query::StrandedMemory(server) => Some(Amount::Memory(stranded_memory(sim, known(sim, *server)?))),
            Query::AllStrandedMemory => {
                Some(Amount::Memory(sim.belief().registry.iter().map(|known| stranded_memory(sim, known)).sum()))
            }
            Query::Server(server) => Some(Amount::Name(known(sim, *server)?.id.short())),
            Query::ServerType(server) => Some(Amount::Name(known(sim, *server)?.instance_type.name.to_string())),
            Query::ServerZone(server) => Some(Amount::Name(sim.belief().zone_name(known(sim, *server)?.zone).to_string())),
        }
    }

    /// The task definition or service of the query that the run does not know, in a sentence.
    pub fn unknown_name(&self, sim: &Sim) -> Option<String> {
        if let Some(service) = self.service()
            && service_id(sim, service).is_none()
        {
            return Some(format!("there is no service `{service}` in the scenario"));
        }
        if let Some(definition) = self.definition()
            && definition_id(sim, definition).is_none()
        {
            return Some(format!("there is no task definition `{definition}` in the scenario"));
        }
        if let Query::Losing(flow) | Query::Latency(flow) = self
            && flow_named(sim, flow).is_none()
        {
            return Some(format!("there is no traffic `{flow}` in the scenario"));
        }
        let zone = self.zone().filter(|zone| sim.belief().zone_named(zone).is_none())?;
        Some(format!("there is no zone `{zone}` in the scenario"))
    }
}

/// The service of that name.
pub fn service_id(sim: &Sim, name: &str) -> Option<ServiceId> {
    sim.belief().services.iter().find(|(_, service)| &*service.name == name).map(|(id, _)| id)
}

/// Tasks of a service placed since the mark, in the order of placement.
pub fn placed<'a>(scene: &Scene<'a>, service: &str) -> Option<impl Iterator<Item = (TaskId, &'a Task)> + use<'a>> {
    let since = scene.since.observed;
    Some(all(scene.sim, service)?.filter(move |(_, task)| task.placed_by.0 > since))
}

/// CPU units and MiB that a task of a definition asks for.
pub fn needs(sim: &Sim, definition: &str) -> Option<(u32, u32)> {
    let needs = &sim.belief().definitions[definition_id(sim, definition)?].needs;
    Some((needs.cpu_units, needs.memory_mib))
}

fn definition_id(sim: &Sim, name: &str) -> Option<TaskDefinitionId> {
    sim.belief().definition_named(name)
}

fn known(sim: &Sim, server: u32) -> Option<&ContainerInstance> {
    sim.belief().registry.iter().find(|known| known.id.0 == server)
}

fn paid(sim: &Sim) -> impl Iterator<Item = &crate::sim::data_plane::host::Host> {
    sim.truth().hosts.iter().map(|(_, host)| host).filter(|host| host.power != Power::Terminated)
}

fn wanted<'a>(sim: &'a Sim, service: &str) -> Option<impl Iterator<Item = (TaskId, &'a Task)> + use<'a>> {
    let tasks = &sim.belief().services[service_id(sim, service)?].tasks;
    Some(tasks.iter().map(|id| (*id, &sim.belief().tasks[*id])))
}

/// Every task of a service, wanted or not.
fn all<'a>(sim: &'a Sim, service: &str) -> Option<impl Iterator<Item = (TaskId, &'a Task)> + use<'a>> {
    let id = service_id(sim, service)?;
    Some(sim.belief().tasks.iter().filter(move |(_, task)| is_of(task, id)))
}

fn is_of(task: &Task, service: ServiceId) -> bool {
    task.service.is_some_and(|(of, _)| of == service)
}

fn stopped<'a>(sim: &'a Sim, service: &str) -> Option<impl Iterator<Item = &'a Task> + use<'a>> {
    Some(all(sim, service)?.map(|(_, task)| task).filter(|task| task.last_status == TaskStatus::Stopped))
}

fn flow_named<'a>(sim: &'a Sim, name: &str) -> Option<&'a Flow> {
    sim.neighbours().traffic.flows.iter().find(|flow| &*flow.name == name)
}

fn on_server(sim: &Sim, service: &str, server: InstanceId) -> Option<usize> {
    Some(wanted(sim, service)?.filter(|(_, task)| task.instance == Some(server)).count())
}

/// Zones of the tasks of a service whose containers really run.
fn truly_running<'a>(sim: &'a Sim, service: &str) -> Option<impl Iterator<Item = ZoneId> + use<'a>> {
    let id = service_id(sim, service)?;
    Some(sim.truth().tasks.iter().filter_map(move |(task, truth)| {
        let believed = sim.belief().tasks.get(task)?;
        let powered = match truth.ground {
            Ground::Host(host) => sim.truth().hosts.get(host).is_some_and(|host| host.power == Power::On),
            Ground::Fargate => true,
        };
        (is_of(believed, id) && powered && truth.phase == Phase::Running).then_some(believed.zone)
    }))
}

fn survivors(sim: &Sim, service: &str) -> Option<Amount> {
    let zones: Vec<ZoneId> = truly_running(sim, service)?.collect();
    let lost = sim.belief().zones.iter().enumerate().map(|(index, _)| {
        let zone = ZoneId(index as u32 + 1);
        zones.iter().filter(|other| **other == zone).count()
    });
    Some(Amount::Count((zones.len() - lost.max().unwrap_or(0)) as u64))
}

fn distinct(servers: impl Iterator<Item = InstanceId>) -> usize {
    servers.collect::<std::collections::BTreeSet<_>>().len()
}

fn room(server: &ContainerInstance, cpu: u32, memory: u32) -> u32 {
    if !server.takes_tasks() {
        return 0;
    }
    let times = |left: u32, need: u32| left.checked_div(need).unwrap_or(u32::MAX);
    times(server.remaining_cpu_units, cpu).min(times(server.remaining_memory_mib, memory))
}

fn stranded_memory(sim: &Sim, server: &ContainerInstance) -> u64 {
    let least_cpu = sim.belief().definitions.iter().map(|(_, definition)| definition.needs.cpu_units).min();
    let gone = server.status == ContainerInstanceStatus::Active && least_cpu.is_some_and(|cpu| server.remaining_cpu_units < cpu);
    if gone { u64::from(server.remaining_memory_mib) } else { 0 }
}
