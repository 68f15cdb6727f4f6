//! Faults in plain words.

use crate::explain::names::{instance_name, task_name};
use crate::sim::engine::Sim;
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use crate::sim::time::span;

/// What a fault does to what, as a button or the undo label says it: `Server i-0a1f loses power`.
pub fn fault_label(sim: &Sim, fault: &Fault) -> String {
    match fault {
        Fault::ContainerExit { target, code } => format!("{} exits with code {code}", app_name(sim, target)),
        Fault::OutOfMemory { target } => format!("{} runs out of memory", app_name(sim, target)),
        Fault::AppHang { task } => format!("The app in {} hangs", task_name(sim, *task)),
        Fault::AgentStop { instance } => format!("The ECS agent on {} stops", instance_name(*instance)),
        Fault::NetworkCut { target, direction } => network_cut(target, *direction),
        Fault::ClientNetworkCut { target } => format!("The network between clients and {} is cut", network_name(target)),
        Fault::PacketLoss { target, percent } => {
            format!("{percent} % of the messages between {} and ECS get lost", network_name(target))
        }
        Fault::PacketDelay { target, extra_ms } => {
            format!("Messages between {} and ECS take {} longer", network_name(target), span(*extra_ms))
        }
        Fault::ServerDeath { instance } => format!("Server {} loses power", instance_name(*instance)),
        Fault::ZoneFailure { zone } => format!("Zone {zone} fails"),
        Fault::RegistrySlow { factor } => format!("Image pulls take {factor} times as long"),
        Fault::RegistryFailure => "Image pulls fail".to_owned(),
        Fault::DiskFull { instance } => format!("The disk of {} is full", instance_name(*instance)),
        Fault::SpotInterruption { instance } => format!("EC2 takes the Spot server {} back", instance_name(*instance)),
        Fault::FargateCapacityUnavailable { zone } => format!("Fargate has no capacity in {zone}"),
        Fault::StartFailure { family, error } => format!("Tasks of {family}: {}", error.words()),
        Fault::FargateTaskRetirement { task } => format!("AWS maintains what lies under {}", task_name(sim, *task)),
        Fault::FargateSpotInterruption { task } => format!("Fargate Spot takes the capacity of {} back", task_name(sim, *task)),
    }
}

/// The fault in two or three words, for a badge or a tick of the timeline: `network cut`.
pub fn fault_word(fault: &Fault) -> &'static str {
    match fault {
        Fault::ContainerExit { .. } => "container exit",
        Fault::OutOfMemory { .. } => "out of memory",
        Fault::AppHang { .. } => "app hangs",
        Fault::AgentStop { .. } => "agent stopped",
        Fault::NetworkCut { .. } => "network cut",
        Fault::ClientNetworkCut { .. } => "clients cut off",
        Fault::PacketLoss { .. } => "messages lost",
        Fault::PacketDelay { .. } => "messages late",
        Fault::ServerDeath { .. } => "power lost",
        Fault::ZoneFailure { .. } => "zone failure",
        Fault::RegistrySlow { .. } => "slow registry",
        Fault::RegistryFailure => "registry fails",
        Fault::DiskFull { .. } => "disk full",
        Fault::FargateCapacityUnavailable { .. } => "no Fargate capacity",
        Fault::StartFailure { .. } => "cannot start",
        Fault::SpotInterruption { .. } | Fault::FargateSpotInterruption { .. } => "Spot interruption",
        Fault::FargateTaskRetirement { .. } => "task retirement",
    }
}

/// What healing it does, as a button says it.
pub fn heal_label(sim: &Sim, fault: &Fault) -> String {
    match fault {
        Fault::ContainerExit { target, .. } | Fault::OutOfMemory { target } => format!("Put {} right", app_name(sim, target)),
        Fault::AppHang { task } => format!("Let the app in {} answer again", task_name(sim, *task)),
        Fault::AgentStop { instance } => format!("Start the ECS agent on {} again", instance_name(*instance)),
        Fault::NetworkCut { target, .. } | Fault::PacketLoss { target, .. } | Fault::PacketDelay { target, .. } => {
            format!("Heal the network between {} and ECS", network_name(target))
        }
        Fault::ClientNetworkCut { target } => format!("Heal the network between clients and {}", network_name(target)),
        Fault::ServerDeath { instance } => format!("Give {} power again", instance_name(*instance)),
        Fault::ZoneFailure { zone } => format!("Bring zone {zone} back"),
        Fault::RegistrySlow { .. } | Fault::RegistryFailure => "Heal the image registry".to_owned(),
        Fault::DiskFull { instance } => format!("Free the disk of {}", instance_name(*instance)),
        Fault::FargateCapacityUnavailable { zone } => format!("Give Fargate capacity in {zone} again"),
        Fault::StartFailure { family, .. } => format!("Let tasks of {family} start again"),
        Fault::SpotInterruption { instance } => format!("Call the interruption of {} off", instance_name(*instance)),
        Fault::FargateTaskRetirement { task } => format!("Nothing can keep {} where it is", task_name(sim, *task)),
        Fault::FargateSpotInterruption { task } => format!("Nothing can give {} its capacity back", task_name(sim, *task)),
    }
}

/// Who a fault of the application strikes.
pub fn app_name(sim: &Sim, target: &AppTarget) -> String {
    match target {
        AppTarget::Task(task) => task_name(sim, *task),
        AppTarget::Family(family) => format!("every task of {family}"),
    }
}

/// The part of the network a fault works on.
pub fn network_name(target: &NetworkTarget) -> String {
    match target {
        NetworkTarget::Instance(instance) => instance_name(*instance),
        NetworkTarget::Zone(zone) => format!("zone {zone}"),
    }
}

fn network_cut(target: &NetworkTarget, direction: Direction) -> String {
    let name = network_name(target);
    match direction {
        Direction::Both => format!("The network between {name} and ECS is cut"),
        Direction::ToControlPlane => format!("Reports from {name} do not reach ECS"),
        Direction::ToAgent => format!("Instructions from ECS do not reach {name}"),
    }
}
