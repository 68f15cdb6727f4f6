//! What may help where a disk is full (ecs.md §10, §14 #31): a larger volume, an earlier clean-up, logs that stay small, another server.
//!
//! ECS does not see disks, so it goes on placing tasks there. Whether a change helps is for [`super::fixes`] to prove.

use crate::explain::candidates::{Candidate, Sort, Speed};
use crate::explain::endings::ending_words;
use crate::explain::names::{instance_name, number, zone_name};
use crate::explain::repairs::and_try_again;
use crate::sim::command::platform::{ConfigureAgent, ModifyVolume, PlatformCommand};
use crate::sim::command::{Command, InstanceStatusRequest, LaunchInstances, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::Task;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId};

/// Containers of stopped tasks are kept at least so long.
const SHORTEST_WAIT_S: u32 = 60;
/// Images are looked at no more often, and are then as old at least.
const SHORTEST_INTERVAL_MINUTES: u32 = 10;
/// A log that is rotated at this size.
const LOG_LIMIT_KIB: u64 = 100 * 1_024;

/// Everything worth proving when the newest task of a service failed because of the disk of its server, smallest first.
pub(crate) fn disk_candidates(sim: &Sim, service: &Service, task: &Task) -> Vec<Candidate> {
    let of_the_disk = ending_words(sim, task).is_some_and(|words| words.starts_with("the disk of "));
    let Some(instance) = task.instance.filter(|_| of_the_disk) else { return Vec::new() };
    if sim.truth().hosts.get(instance).is_none() {
        return Vec::new();
    }
    let candidate = |sort, label, commands| {
        let (label, commands) = and_try_again(sim, service, label, commands);
        Candidate { sort, label, commands, speed: Speed::Later }
    };
    let mut all = vec![larger_volume(sim, instance), earlier_clean_up(instance)];
    all.extend(rotated_logs(sim, instance));
    all.push(another_server(sim, instance));
    all.into_iter().map(|(sort, label, commands)| candidate(sort, label, commands)).collect()
}

type Change = (Sort, String, Vec<Command>);

/// Twice the volume; its file system grows with it.
fn larger_volume(sim: &Sim, instance: InstanceId) -> Change {
    let size = sim.truth().volume_of(instance, sim.tuning()).size_gib;
    let label = format!("Grow the volume of {} from {size} to {} GiB", instance_name(instance), 2 * size);
    let modify = ModifyVolume { instance: Some(instance), size: Some(2 * size), ..ModifyVolume::default() };
    (Sort::Volume, label, vec![Command::Platform(PlatformCommand::ModifyVolume(modify))])
}

/// What stopped tasks have left goes sooner, and images that nobody uses.
fn earlier_clean_up(instance: InstanceId) -> Change {
    let configure = ConfigureAgent {
        instance: Some(instance),
        ecs_engine_task_cleanup_wait_duration_seconds: Some(SHORTEST_WAIT_S),
        ecs_image_cleanup_interval_minutes: Some(SHORTEST_INTERVAL_MINUTES),
        ecs_image_minimum_cleanup_age_minutes: Some(SHORTEST_INTERVAL_MINUTES),
        ..ConfigureAgent::default()
    };
    let label = format!("Let the agent of {} remove what stopped tasks left after a minute", instance_name(instance));
    (Sort::CleanUp, label, vec![Command::Platform(PlatformCommand::ConfigureAgent(configure))])
}

/// The service that fills the disk with its log gets a revision that rotates it; the old log goes with its container.
fn rotated_logs(sim: &Sim, instance: InstanceId) -> Option<Change> {
    let held = sim.truth().disk_use(instance, sim.now_ms(), sim.tuning());
    let writes = |id: ServiceId| {
        let definition = &sim.belief().definitions[sim.belief().services[id].revision().definition].definition;
        let unlimited = definition.containers.iter().any(|container| container.log_limit_kib.is_none());
        unlimited.then(|| definition.clone())
    };
    let here = &sim.truth().hosts[instance].tasks;
    let mut services = here.iter().filter_map(|task| Some(sim.belief().tasks.get(*task)?.service?.0));
    let (id, definition) = services.find_map(|id| Some((id, writes(id)?))).filter(|_| held.logs_mib > 0)?;
    let mut revision = (*definition).clone();
    for container in &mut revision.containers {
        container.log_limit_kib.get_or_insert(LOG_LIMIT_KIB);
    }
    let name = sim.belief().services[id].name.to_string();
    let label = format!(
        "Stop the tasks of {name}, start them with logs that rotate at {} MiB, and remove the old logs after a minute",
        number(LOG_LIMIT_KIB / 1_024)
    );
    let family = revision.family.to_string();
    let (_, _, mut commands) = earlier_clean_up(instance);
    commands.push(Command::RegisterTaskDefinition(Box::new(revision)));
    // No container can be created beside the old one.
    commands.push(Command::UpdateService(UpdateService {
        service: name,
        task_definition: Some(family),
        minimum_healthy_percent: Some(0),
        ..UpdateService::default()
    }));
    Some((Sort::Logs, label, commands))
}

/// A server with a disk of its own in its place; the full one takes no more tasks.
fn another_server(sim: &Sim, instance: InstanceId) -> Change {
    let host = &sim.truth().hosts[instance];
    let (kind, zone) = (host.instance_type.name, zone_name(sim, host.zone));
    let label = format!("Drain {} and add one {kind} in {zone}", instance_name(instance));
    let commands = vec![
        Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Draining },
        Command::LaunchInstances(LaunchInstances {
            instance_type: kind.to_owned(),
            zone: zone.to_string(),
            count: 1,
            spot: false,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        }),
    ];
    (Sort::AddServer, label, commands)
}
