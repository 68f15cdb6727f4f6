//! What may help where nothing fails and yet nothing moves: a deployment, a drain, a server that is not heard, calls to an unknown
//! name. Whether a change really helps is for [`super::fixes`] to prove.

use std::collections::BTreeSet;

use crate::explain::answers::draining::left_on;
use crate::explain::answers::managed_scaling::{group_of, tasks_on};
use crate::explain::answers::{Toward, losses};
use crate::explain::candidates::{Candidate, MOST_TRIED, Sort, Speed, silenced_by};
use crate::explain::cures::cure_label;
use crate::explain::names::{instance_name, list, number, task_name};
use crate::explain::refusals::vcpu_quota;
use crate::sim::command::platform::{PlatformCommand, RequestServiceQuotaIncrease};
use crate::sim::command::services::{ServicesCommand, UpdateTaskProtection};
use crate::sim::command::{Command, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::data_plane::host::Power;
use crate::sim::decision::LaunchRefusal;
use crate::sim::engine::Sim;
use crate::sim::fault::Fault;
use crate::sim::ids::{CapacityProviderId, InstanceId, ServiceId, TaskId};
use crate::sim::model::deployment::ZoneRebalancing;
use crate::sim::model::placement::{BinPackResource, PlacementStrategy};
use crate::sim::model::start_error::StartError;

fn later(sort: Sort, label: String, commands: Vec<Command>) -> Candidate {
    Candidate { sort, label, commands, speed: Speed::Later }
}

fn update(service: &Service, change: impl Fn(&mut UpdateService)) -> Command {
    let mut update = UpdateService { service: service.name.to_string(), ..UpdateService::default() };
    change(&mut update);
    Command::UpdateService(update)
}

/// Limits that leave a way (ecs.md §4.1, §4.4), and protection that ends (ecs.md §3.12).
pub(crate) fn candidates_for_deployment(sim: &Sim, id: ServiceId) -> Vec<Candidate> {
    let Some(service) = sim.belief().services.get(id) else { return Vec::new() };
    if service.deployments.len() < 2 {
        return Vec::new();
    }
    let (name, desired) = (&service.name, service.desired_count.max(1));
    let mut all: Vec<Candidate> = unprotect(sim, service.tasks.iter().copied()).into_iter().collect();
    let maximum = ((desired + 1) * 100).div_ceil(desired);
    if maximum > service.maximum_percent {
        let label = format!("Raise the maximum percent of {name} to {maximum} %");
        all.push(later(Sort::Maximum, label, vec![update(service, |update| update.maximum_percent = Some(maximum))]));
    }
    let minimum = (desired - 1) * 100 / desired;
    if minimum < service.minimum_healthy_percent {
        let label = format!("Lower the minimum healthy percent of {name} to {minimum} %");
        let lower = |update: &mut UpdateService| update.minimum_healthy_percent = Some(minimum);
        all.push(later(Sort::Minimum, label.clone(), vec![update(service, lower)]));
        // Where one more may exist, the new task still waits for the port of an old one that is kept.
        let label = format!("{label}, its maximum percent to 100 %, and switch zone rebalancing off");
        let stop_first = |update: &mut UpdateService| {
            lower(update);
            update.maximum_percent = Some(100);
            update.availability_zone_rebalancing = Some(ZoneRebalancing::Disabled);
        };
        all.push(later(Sort::Minimum, label, vec![update(service, stop_first)]));
    }
    all
}

/// A higher quota, or a role that can be assumed (ecs.md §8.3, §14 #21, #30).
pub(crate) fn candidates_for_refusal(sim: &Sim, id: ServiceId) -> Vec<Candidate> {
    let Some(service) = sim.belief().services.get(id) else { return Vec::new() };
    let Some(waiting) = &service.waiting else { return Vec::new() };
    match waiting.summary.refusal {
        Some(LaunchRefusal::Vcpus | LaunchRefusal::CpuConfiguration) => {
            let entry = &sim.belief().definitions[service.revision().definition];
            let (quota_code, quota) = vcpu_quota(sim, service);
            let units = u64::from(quota.used_cpu_units) + u64::from(waiting.count) * u64::from(entry.needs.cpu_units);
            let desired_value = units.div_ceil(1_024) as u32;
            let label = format!("Raise the quota {} to {}", quota_code.quota_name(), number(u64::from(desired_value)));
            let request = RequestServiceQuotaIncrease { quota_code, desired_value };
            let commands = vec![Command::Platform(PlatformCommand::RequestServiceQuotaIncrease(request))];
            vec![Candidate { sort: Sort::Quota, label, commands, speed: Speed::Soon }]
        }
        Some(LaunchRefusal::Role) => {
            let definition = &sim.belief().definitions[service.revision().definition].definition;
            let of_role = |what: &Fault| match what {
                Fault::StartFailure { family, error: StartError::RoleNotAssumable } => {
                    family.split(':').next() == Some(&*definition.family)
                }
                _ => false,
            };
            let faults = sim.faults().active().filter(|(_, active)| of_role(&active.what));
            let heal = |(fault, what)| later(Sort::Heal, cure_label(sim, what), vec![Command::HealFault { fault }]);
            faults.map(|(fault, active)| heal((fault, &active.what))).collect()
        }
        Some(LaunchRefusal::LaunchRate | LaunchRefusal::ProvisioningLimit) | None => Vec::new(),
    }
}

/// Protected tasks are protected no more.
fn unprotect(sim: &Sim, tasks: impl Iterator<Item = TaskId>) -> Option<Candidate> {
    let known = |task: &TaskId| sim.belief().tasks.get(*task).is_some_and(|known| known.is_protected(sim.now_ms()));
    let tasks: Vec<TaskId> = tasks.filter(known).take(MOST_PROTECTED).collect();
    let names: Vec<String> = tasks.iter().map(|task| task_name(sim, *task)).collect();
    let label = format!("End the protection of {}", list(&names));
    let request = UpdateTaskProtection { tasks, protection_enabled: false, expires_in_minutes: None };
    let commands = vec![Command::Services(ServicesCommand::UpdateTaskProtection(request))];
    (!names.is_empty()).then(|| later(Sort::Protection, label, commands))
}

/// `UpdateTaskProtection` takes so many tasks.
const MOST_PROTECTED: usize = 10;

/// What keeps tasks on a DRAINING server.
pub(crate) fn candidates_for_drain(sim: &Sim, server: InstanceId) -> Vec<Candidate> {
    let tasks = left_on(sim, server);
    let standalone =
        |task: &&TaskId| sim.belief().tasks.get(**task).is_some_and(|known| known.service.is_none() && known.is_wanted());
    let stop = |task: &TaskId| {
        let command = Command::StopTask { task: *task, reason: None };
        later(Sort::FreeRoom, format!("Stop {}", task_name(sim, *task)), vec![command])
    };
    let mut all: Vec<Candidate> = unprotect(sim, tasks.iter().copied()).into_iter().collect();
    all.extend(tasks.iter().filter(standalone).take(MOST_TRIED).map(stop));
    all
}

/// A server whose agent is not heard: the fault, or what is to become of its tasks (ecs.md §6.4, §14 #23).
pub(crate) fn candidates_for_server(sim: &Sim, server: InstanceId) -> Vec<Candidate> {
    let silenced = sim.faults().active().filter(|(_, active)| silenced_by(sim, &active.what).contains(&server));
    let heal = |(fault, what)| later(Sort::Heal, cure_label(sim, what), vec![Command::HealFault { fault }]);
    let mut all: Vec<Candidate> = silenced.map(|(fault, active)| heal((fault, &active.what))).collect();
    if sim.truth().hosts.get(server).is_none_or(|host| host.power != Power::On) {
        let label = format!("Deregister {} by force: services start its tasks elsewhere", instance_name(server));
        all.push(later(Sort::Deregister, label, vec![Command::DeregisterContainerInstance { instance: server }]));
    }
    all
}

/// Clients that started before an endpoint was made (ecs.md §9.4, §14 #28).
pub(crate) fn candidates_for_losses(sim: &Sim, toward: Toward) -> Vec<Candidate> {
    let clients = losses::clients(sim, toward);
    let services = clients.iter().filter_map(|client| sim.belief().services.get(sim.belief().service_named(client)?));
    let redeploy = |service: &Service| {
        let label = format!("Deploy the tasks of {} anew: those that start now know the endpoint", service.name);
        later(Sort::Revert, label, vec![update(service, |update| update.force_new_deployment = true)])
    };
    services.map(redeploy).collect()
}

/// Servers of a capacity provider that have a task which is no daemon.
pub(crate) fn servers_used(sim: &Sim, provider: CapacityProviderId) -> usize {
    let group = group_of(sim, provider).into_iter();
    group.flat_map(|group| group.in_service()).filter(|(id, _)| !tasks_on(sim, *id).is_empty()).count()
}

/// Services that have tasks on every server, put together on fewer (ecs.md §7.5, §14 #20).
pub(crate) fn candidates_for_packing(sim: &Sim, provider: CapacityProviderId) -> Vec<Candidate> {
    let Some(group) = group_of(sim, provider) else { return Vec::new() };
    if servers_used(sim, provider) < 2 || servers_used(sim, provider) < group.in_service_count() as usize {
        return Vec::new();
    }
    let tasks = group.in_service().flat_map(|(id, _)| tasks_on(sim, id));
    let services: BTreeSet<ServiceId> = tasks.filter_map(|task| Some(sim.belief().tasks.get(task)?.service?.0)).collect();
    let services = services.into_iter().filter_map(|id| sim.belief().services.get(id));
    let binpack = || vec![PlacementStrategy::BinPack { resource: BinPackResource::Memory }];
    let packs =
        |service: &&Service| service.scheduling_strategy == SchedulingStrategy::Replica && *service.strategies != *binpack();
    let pack = |service: &Service| {
        let label = format!("Pack the tasks of {}: binpack(memory), and a new deployment that places them anew", service.name);
        let pack = |update: &mut UpdateService| {
            update.placement_strategy = Some(binpack());
            update.force_new_deployment = true;
        };
        later(Sort::FreeRoom, label, vec![update(service, pack)])
    };
    services.filter(packs).take(MOST_TRIED).map(pack).collect()
}

/// A command that came too fast, once more (ecs.md §13).
pub(crate) fn asked_again(command: &Command) -> Vec<Candidate> {
    vec![later(Sort::Quota, "Ask again: there is room in the bucket now".to_owned(), vec![command.clone()])]
}

/// A refused command that would be accepted with one thing changed (ecs.md §3.11).
pub(crate) fn accepted_instead(command: &Command) -> Vec<Candidate> {
    let Command::UpdateService(request) = command else { return Vec::new() };
    if request.maximum_percent.is_none_or(|percent| percent > 100) || request.availability_zone_rebalancing.is_some() {
        return Vec::new();
    }
    let instead = UpdateService { availability_zone_rebalancing: Some(ZoneRebalancing::Disabled), ..request.clone() };
    vec![later(Sort::Maximum, "The same, with zone rebalancing DISABLED".to_owned(), vec![Command::UpdateService(instead)])]
}
