//! What may help a service whose tasks keep failing: the fault put right, or the setting that stands in its way.
//!
//! Smallest first; whether they really help is for [`super::fixes`] to prove. Start reading at [`candidates_for_failing`].

use std::rc::Rc;

use crate::explain::candidates::{Candidate, Sort, Speed};
use crate::explain::cures::cure_label;
use crate::explain::disk_fixes::disk_candidates;
use crate::explain::endings::failing;
use crate::explain::names::{definition_name, number, zone_name};
use crate::sim::command::platform::{AwsvpcConfiguration, NetworkConfiguration, PublicIp};
use crate::sim::command::{Command, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::Task;
use crate::sim::engine::Sim;
use crate::sim::fault::{Fault, Struck};
use crate::sim::ids::ServiceId;
use crate::sim::model::task::StopCode;
use crate::sim::time::{SECOND, span};

/// Grace periods that are tried, in seconds.
const GRACE_PERIODS_S: [u32; 4] = [60, 120, 300, 600];

/// Everything worth proving for a service whose tasks keep failing.
pub(crate) fn candidates_for_failing(sim: &Sim, id: ServiceId) -> Vec<Candidate> {
    let Some(failing) = failing(sim, id) else { return Vec::new() };
    let (service, task) = (&sim.belief().services[id], &sim.belief().tasks[failing.newest]);
    let mut all = heal_faults(sim, service, task);
    all.extend(longer_grace_period(service, task));
    all.extend(more_memory(sim, service, task));
    all.extend(public_address(sim, service, task));
    all.extend(another_subnet(sim, service, task));
    all.extend(disk_candidates(sim, service, task));
    all.extend(revision_before(sim, service));
    all
}

/// A change, and what makes the service try again at once: it may wait for minutes before its next attempt (ecs.md §3.10).
pub(crate) fn and_try_again(sim: &Sim, service: &Service, label: String, mut commands: Vec<Command>) -> (String, Vec<Command>) {
    if sim.now_ms() >= service.throttle.until_ms {
        return (label, commands);
    }
    let again = |update: &UpdateService| update.service == *service.name;
    match commands.iter_mut().find_map(|command| match command {
        Command::UpdateService(update) if again(update) => Some(update),
        _ => None,
    }) {
        Some(update) => update.force_new_deployment = true,
        None => commands.push(Command::UpdateService(forced(service))),
    }
    (format!("{label}, then force a new deployment to end the wait"), commands)
}

fn forced(service: &Service) -> UpdateService {
    UpdateService { service: service.name.to_string(), force_new_deployment: true, ..UpdateService::default() }
}

fn heal_faults(sim: &Sim, service: &Service, task: &Task) -> Vec<Candidate> {
    let definition = &sim.belief().definitions[task.definition].definition;
    let in_the_way = |fault: &Fault| match fault.struck() {
        Struck::Family(of) => definition.is_named(of),
        Struck::ImageRegistry => true,
        Struck::Server(instance) => matches!(fault, Fault::DiskFull { .. }) && task.instance == Some(instance),
        Struck::Zone(zone) => *zone == *zone_name(sim, task.zone),
        Struck::ClientRoad(_) => task.target.is_some(),
        Struck::Task(_) | Struck::AgentRoad(_) => false,
    };
    let active = sim.faults().active().filter(|(_, active)| in_the_way(&active.what));
    let heal = |(fault, what): (_, &Fault)| {
        let (label, commands) = and_try_again(sim, service, cure_label(sim, what), vec![Command::HealFault { fault }]);
        Candidate { sort: Sort::Heal, label, commands, speed: Speed::Later }
    };
    active.map(|(fault, active)| heal((fault, &active.what))).collect()
}

/// Back to the revision that was completed last.
fn revision_before(sim: &Sim, service: &Service) -> Option<Candidate> {
    let completed = service.completed.as_ref().map(|(_, revision)| revision.definition);
    let definition = completed.filter(|definition| *definition != service.revision().definition)?;
    let name = definition_name(sim, definition);
    let label = format!("Go back to {name}");
    let update = UpdateService { service: service.name.to_string(), task_definition: Some(name), ..UpdateService::default() };
    Some(Candidate { sort: Sort::Revert, label, commands: vec![Command::UpdateService(update)], speed: Speed::Later })
}

/// An app that needs longer than its health checks have patience (ecs.md §4.2, §14 #12).
fn longer_grace_period(service: &Service, task: &Task) -> Vec<Candidate> {
    let by_checks = task.stopped.as_ref().is_some_and(|stopped| stopped.reason.starts_with("Task failed "));
    let longer = GRACE_PERIODS_S.into_iter().filter(|seconds| u64::from(*seconds) * SECOND > service.grace_period_ms);
    let candidate = |seconds: u32| Candidate {
        sort: Sort::Grace,
        label: format!("Set the health check grace period of {} to {}", service.name, span(u64::from(seconds) * SECOND)),
        commands: vec![Command::UpdateService(UpdateService {
            service: service.name.to_string(),
            health_check_grace_period_seconds: Some(seconds),
            ..UpdateService::default()
        })],
        speed: Speed::Later,
    };
    longer.filter(|_| by_checks).map(candidate).collect()
}

/// A limit that the app does not outgrow (ecs.md §14 #11).
fn more_memory(sim: &Sim, service: &Service, task: &Task) -> Option<Candidate> {
    task.exits.iter().find(|exit| exit.reason.as_deref().is_some_and(|reason| reason.starts_with("OutOfMemoryError")))?;
    let mut revision = (*sim.belief().definitions[task.definition].definition).clone();
    let limit_mib = revision.memory_limit_mib()?;
    let double = |limit: &mut Option<u32>| *limit = limit.map(|mib| 2 * mib);
    double(&mut revision.memory_mib);
    revision.containers.iter_mut().for_each(|container| double(&mut container.memory_mib));
    let label = format!(
        "Give {} a memory limit of {} MiB instead of {}",
        service.name,
        number(u64::from(2 * limit_mib)),
        number(u64::from(limit_mib))
    );
    let update = UpdateService {
        service: service.name.to_string(),
        task_definition: Some(revision.family.to_string()),
        ..UpdateService::default()
    };
    let commands = vec![Command::RegisterTaskDefinition(Box::new(revision)), Command::UpdateService(update)];
    Some(Candidate { sort: Sort::Memory, label, commands, speed: Speed::Later })
}

/// A road out of a subnet without a NAT gateway (ecs.md §14 #8, #9).
fn public_address(sim: &Sim, service: &Service, task: &Task) -> Option<Candidate> {
    let network = service.revision().network.as_ref().filter(|network| network.assign_public_ip == PublicIp::Disabled)?;
    let failed_to_start = task.stopped.as_ref().is_some_and(|stopped| stopped.code == StopCode::TaskFailedToStart);
    let awsvpc_configuration = AwsvpcConfiguration { assign_public_ip: PublicIp::Enabled, ..(**network).clone() };
    let update = UpdateService {
        service: service.name.to_string(),
        network_configuration: Some(NetworkConfiguration { awsvpc_configuration }),
        ..UpdateService::default()
    };
    let label = format!("Give tasks of {} a public IP address (assignPublicIp)", service.name);
    let (label, commands) = and_try_again(sim, service, label, vec![Command::UpdateService(update)]);
    failed_to_start.then_some(Candidate { sort: Sort::PublicIp, label, commands, speed: Speed::Later })
}

/// One more subnet: addresses where there are none left, or a zone where Fargate has capacity (ecs.md §14 #21, #29).
fn another_subnet(sim: &Sim, service: &Service, task: &Task) -> Vec<Candidate> {
    let stopped = task.stopped.as_ref().is_some_and(|stopped| {
        stopped.reason.contains("InsufficientFreeAddresses") || stopped.reason.contains("Capacity is unavailable")
    });
    let Some(network) = service.revision().network.as_ref().filter(|_| stopped) else { return Vec::new() };
    let others = sim.neighbours().network.subnets().filter(|(id, _)| !network.subnets.contains(id));
    let candidate = |id: &Rc<str>| {
        let mut subnets = network.subnets.clone();
        subnets.push(id.clone());
        let awsvpc_configuration = AwsvpcConfiguration { subnets, ..(**network).clone() };
        let update = UpdateService {
            service: service.name.to_string(),
            network_configuration: Some(NetworkConfiguration { awsvpc_configuration }),
            ..UpdateService::default()
        };
        let label = format!("Let {} use {id} as well", service.name);
        let (label, commands) = and_try_again(sim, service, label, vec![Command::UpdateService(update)]);
        Candidate { sort: Sort::Subnet, label, commands, speed: Speed::Later }
    };
    others.map(|(id, _)| candidate(id)).collect()
}
