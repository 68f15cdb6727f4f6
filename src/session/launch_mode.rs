//! The EC2 | Fargate | Mixed switch: the commands that really move the workload.
//!
//! A service keeps its name; on the other side it runs a revision of its family that can run there.

use crate::session::intent::LaunchMode;
use crate::sim::command::{Command, LaunchType, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::engine::Sim;
use crate::sim::model::fargate_size::FargateSize;
use crate::sim::model::task_definition::{Compatibility, NetworkMode, TaskDefinition};

/// Where the services run now.
pub fn mode_of(sim: &Sim) -> LaunchMode {
    let launch_types: Vec<_> = movable(sim).map(|service| service.revision().launch_type).collect();
    match (launch_types.contains(&LaunchType::Ec2), launch_types.iter().any(|launch_type| *launch_type != LaunchType::Ec2)) {
        (_, false) => LaunchMode::Ec2,
        (false, true) => LaunchMode::Fargate,
        (true, true) => LaunchMode::Mixed,
    }
}

/// The commands that bring the services where the mode wants them.
pub fn commands_for(sim: &Sim, mode: LaunchMode) -> Vec<Command> {
    let mut commands = Vec::new();
    for (index, service) in movable(sim).enumerate() {
        let wanted = match mode {
            LaunchMode::Ec2 => LaunchType::Ec2,
            LaunchMode::Fargate => LaunchType::Fargate,
            // Every second service, so that both sides have something to show.
            LaunchMode::Mixed if index % 2 == 0 => LaunchType::Ec2,
            LaunchMode::Mixed => LaunchType::Fargate,
        };
        let is_there = (service.revision().launch_type == LaunchType::Ec2) == (wanted == LaunchType::Ec2);
        if !is_there {
            commands.extend(move_service(sim, service, wanted));
        }
    }
    commands
}

/// A DAEMON service is one task for each server: without servers it has no meaning (ecs.md §3.8).
fn movable(sim: &Sim) -> impl Iterator<Item = &Service> {
    sim.belief()
        .services
        .iter()
        .map(|(_, service)| service)
        .filter(|service| service.status == ServiceStatus::Active && service.scheduling_strategy == SchedulingStrategy::Replica)
}

/// The commands that move one service.
pub fn move_service(sim: &Sim, service: &Service, wanted: LaunchType) -> Vec<Command> {
    let present = &sim.belief().definitions[service.revision().definition].definition;
    let revisions = sim.belief().definitions.iter().rev().map(|(_, entry)| &entry.definition);
    let mut of_family = revisions.filter(|definition| definition.family == present.family);
    let (known, made) = match wanted {
        LaunchType::Ec2 => (of_family.find(|definition| !definition.launches_on_fargate()), None),
        LaunchType::Fargate | LaunchType::FargateSpot => {
            (of_family.find(|definition| definition.launches_on_fargate()), for_fargate(present))
        }
    };
    let update = |task_definition| {
        Command::UpdateService(UpdateService {
            service: service.name.to_string(),
            task_definition,
            launch_type: Some(wanted),
            placement_strategy: (wanted != LaunchType::Ec2).then(Vec::new),
            placement_constraints: (wanted != LaunchType::Ec2).then(Vec::new),
            ..UpdateService::default()
        })
    };
    match (known, made) {
        (Some(known), _) => vec![update(Some(known.name()))],
        (None, Some(made)) => {
            let name = made.family.to_string();
            vec![Command::RegisterTaskDefinition(Box::new(made)), update(Some(name))]
        }
        (None, None) => vec![update(None)],
    }
}

/// The same containers as Fargate takes them: `awsvpc`, and the smallest size that holds them (ecs.md §8.1).
pub fn for_fargate(definition: &TaskDefinition) -> Option<TaskDefinition> {
    let size = FargateSize::smallest_for(
        definition.cpu_units().max(1),
        definition.memory_limit_mib().unwrap_or(0).max(definition.memory_to_reserve_mib()).max(1),
    )?;
    let mut made = definition.clone();
    made.network_mode = NetworkMode::Awsvpc;
    made.requires_compatibilities = vec![Compatibility::Fargate];
    made.cpu_units = Some(size.cpu_units);
    made.memory_mib = Some(size.memory_mib);
    made.placement_constraints.clear();
    for container in &mut made.containers {
        for mapping in &mut container.port_mappings {
            mapping.host_port = mapping.container_port;
        }
    }
    (definition.gpu_count() == 0).then_some(made)
}
