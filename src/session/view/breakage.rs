//! Break something, by target, and what is broken now.

use std::rc::Rc;

use crate::explain::{names, troubles};
use crate::session::choice;
use crate::session::frame::{ActiveFault, BreakageView, Choice, FaultBadge, FaultGroup, FaultTarget};
use crate::session::intent::{Intent, Subject};
use crate::session::later::later;
use crate::session::view::Shown;
use crate::sim::command::{Command, LaunchType};
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget, Struck};
use crate::sim::faults::ActiveFault as InForce;
use crate::sim::ids::{FaultId, InstanceId, TaskId};
use crate::sim::model::start_error::StartError;
use crate::sim::time::{self, SECOND};

/// A menu of targets gets no longer than this.
const MOST_TARGETS: usize = 60;

/// Everything that can be broken, and what is.
pub fn breakage(shown: &Shown) -> BreakageView {
    let sim = shown.timeline.sim();
    let mut groups = vec![
        group("Task", task_targets(shown)),
        group("App", family_targets(sim)),
        group("Server", server_targets(shown)),
        group("Zone", zone_targets(shown)),
        group("Image registry", vec![registry_target()]),
    ];
    for target in groups.iter_mut().flat_map(|group| &mut group.targets) {
        target.faults.iter_mut().for_each(|fault| shown.lock(fault));
    }
    let active = sim.faults().active().map(|(id, fault)| ActiveFault {
        label: Rc::from(troubles::fault_label(sim, &fault.what)),
        since: Rc::from(time::span((sim.now_ms() - fault.since_ms) / SECOND * SECOND)),
        heal: heal(id),
    });
    let mut active: Vec<ActiveFault> = active.collect();
    active.iter_mut().for_each(|fault| shown.lock(&mut fault.heal));
    BreakageView { active, groups: groups.into_iter().filter(|group| !group.targets.is_empty()).collect() }
}

fn group(title: &str, targets: Vec<FaultTarget>) -> FaultGroup {
    FaultGroup { title: Rc::from(title), targets }
}

fn heal(id: FaultId) -> Choice {
    choice("Heal", Intent::Do(Command::HealFault { fault: id }.into()))
}

fn inject(label: &str, fault: Fault) -> Choice {
    choice(label, Intent::Do(Command::InjectFault(fault).into()))
}

/// The selected one first, then the others as far as a menu goes.
fn selected_first<T: PartialEq + Copy>(all: impl Iterator<Item = T>, selected: Option<T>) -> Vec<T> {
    let mut list: Vec<T> = selected.into_iter().collect();
    list.extend(all.filter(|item| Some(*item) != selected).take(MOST_TARGETS));
    list
}

fn task_targets(shown: &Shown) -> Vec<FaultTarget> {
    let sim = shown.timeline.sim();
    let alive = |task: TaskId| {
        sim.truth().tasks.get(task).is_some_and(|truth| truth.containers.iter().any(|container| container.state.is_alive()))
    };
    let selected = match shown.selection {
        Some(Subject::Task(task)) if alive(task) => Some(task),
        Some(_) | None => None,
    };
    let running = sim.truth().tasks.iter().map(|(task, _)| task).filter(|task| alive(*task));
    selected_first(running, selected).into_iter().map(|task| task_target(sim, task)).collect()
}

fn task_target(sim: &Sim, task: TaskId) -> FaultTarget {
    let target = || AppTarget::Task(task);
    let mut faults = vec![
        inject("Container exits with code 1", Fault::ContainerExit { target: target(), code: 1 }),
        inject("Container exits with code 0", Fault::ContainerExit { target: target(), code: 0 }),
        inject("Out of memory", Fault::OutOfMemory { target: target() }),
        inject("App hangs", Fault::AppHang { task }),
    ];
    let launch_type = sim.belief().tasks.get(task).map_or(LaunchType::Ec2, |known| known.launch_type);
    if launch_type == LaunchType::FargateSpot {
        faults.push(inject("Fargate Spot interruption", Fault::FargateSpotInterruption { task }));
    }
    if launch_type != LaunchType::Ec2 {
        faults.push(inject("AWS maintenance", Fault::FargateTaskRetirement { task }));
    }
    FaultTarget { label: Rc::from(names::task_name(sim, task)), subject: Some(Subject::Task(task)), faults }
}

fn family_targets(sim: &Sim) -> Vec<FaultTarget> {
    let mut families: Vec<Rc<str>> = Vec::new();
    for (_, entry) in sim.belief().definitions.iter() {
        if !families.contains(&entry.definition.family) {
            families.push(entry.definition.family.clone());
        }
    }
    let faults = |family: &str| later().map_or_else(Vec::new, |later| (later.family_faults)(family));
    families.iter().map(|family| FaultTarget { label: family.clone(), subject: None, faults: faults(family) }).collect()
}

/// Everything that can be wrong with all tasks of a family.
pub fn family_faults(family: &str) -> Vec<Choice> {
    let target = || AppTarget::Family(family.to_string());
    let failure = |error: StartError| {
        let mut words = error.words().to_string();
        words[..1].make_ascii_uppercase();
        inject(&words, Fault::StartFailure { family: family.to_string(), error })
    };
    let running = [
        inject("Every task keeps exiting with code 1", Fault::ContainerExit { target: target(), code: 1 }),
        inject("Every task keeps running out of memory", Fault::OutOfMemory { target: target() }),
    ];
    running.into_iter().chain(StartError::ALL.into_iter().map(failure)).collect()
}

/// What a fault is about, where a target has many; nothing for those that need no heading.
pub fn heading(fault: &Choice) -> &'static str {
    let Intent::Do(commands) = &fault.intent else { return "" };
    let Some(Command::InjectFault(fault)) = commands.first() else { return "" };
    if let Fault::StartFailure { error, .. } = fault {
        return match error {
            StartError::ImageNotFound | StartError::TooManyRequests | StartError::CopyFailed => "Image",
            StartError::NoRouteToRegistry | StartError::EcrUnreachable | StartError::InterfaceTimeout => "Network",
            StartError::EcrAccessDenied
            | StartError::RoleNotAssumable
            | StartError::SecretNotFound
            | StartError::LogGroupMissing => "Roles, secrets, logs",
            StartError::CreateTimeout | StartError::StartTimeout | StartError::EntrypointNotFound => "Start",
            StartError::HealthCheckCommandMissing => "Health",
        };
    }
    match fault.struck() {
        Struck::Family(_) => "While it runs",
        Struck::AgentRoad(_) | Struck::ClientRoad(_) => "Network",
        Struck::Task(_) | Struck::Server(_) | Struck::Zone(_) | Struck::ImageRegistry => "",
    }
}

fn server_targets(shown: &Shown) -> Vec<FaultTarget> {
    let sim = shown.timeline.sim();
    let alive = |instance: InstanceId| sim.truth().hosts.get(instance).is_some_and(|host| host.power != Power::Terminated);
    let selected = match shown.selection {
        Some(Subject::Instance(instance)) if alive(instance) => Some(instance),
        Some(_) | None => None,
    };
    let all = sim.truth().hosts.ids().filter(|instance| alive(*instance));
    selected_first(all, selected).into_iter().map(|instance| server_target(sim, instance)).collect()
}

fn server_target(sim: &Sim, instance: InstanceId) -> FaultTarget {
    let network = || NetworkTarget::Instance(instance);
    let mut faults =
        vec![inject("Server dies", Fault::ServerDeath { instance }), inject("Agent stops", Fault::AgentStop { instance })];
    faults.extend(network_faults(&network));
    faults.push(inject("Disk full", Fault::DiskFull { instance }));
    if sim.truth().hosts[instance].spot {
        faults.push(inject("Spot interruption", Fault::SpotInterruption { instance }));
    }
    FaultTarget { label: Rc::from(instance.short()), subject: Some(Subject::Instance(instance)), faults }
}

fn network_faults(target: &dyn Fn() -> NetworkTarget) -> Vec<Choice> {
    vec![
        inject("Network cut", Fault::NetworkCut { target: target(), direction: Direction::Both }),
        inject("Network cut, reports only", Fault::NetworkCut { target: target(), direction: Direction::ToControlPlane }),
        inject("Network cut, instructions only", Fault::NetworkCut { target: target(), direction: Direction::ToAgent }),
        inject("Clients cut off", Fault::ClientNetworkCut { target: target() }),
        inject("Half of all packets lost", Fault::PacketLoss { target: target(), percent: 50 }),
        inject("Messages take 5 s longer", Fault::PacketDelay { target: target(), extra_ms: 5 * SECOND }),
    ]
}

fn zone_targets(shown: &Shown) -> Vec<FaultTarget> {
    let sim = shown.timeline.sim();
    let selected = match shown.selection {
        Some(Subject::Zone(index)) => Some(index as usize),
        Some(_) | None => None,
    };
    let zones = &sim.belief().zones;
    let target = |index: usize| {
        let name = zones[index].name.to_string();
        let mut faults = vec![
            inject("Zone fails", Fault::ZoneFailure { zone: name.clone() }),
            inject("Fargate has no capacity", Fault::FargateCapacityUnavailable { zone: name.clone() }),
        ];
        faults.extend(network_faults(&|| NetworkTarget::Zone(name.clone())));
        FaultTarget { label: zones[index].name.clone(), subject: Some(Subject::Zone(index as u32)), faults }
    };
    selected_first(0..zones.len(), selected.filter(|index| *index < zones.len())).into_iter().map(target).collect()
}

fn registry_target() -> FaultTarget {
    FaultTarget {
        label: Rc::from("Image registry"),
        subject: Some(Subject::ImageRegistry),
        faults: vec![
            inject("Pulls take 10 times as long", Fault::RegistrySlow { factor: 10 }),
            inject("Pulls fail", Fault::RegistryFailure),
        ],
    }
}

fn badges(sim: &Sim, strikes: impl Fn(&Fault) -> bool) -> Vec<FaultBadge> {
    let in_force =
        sim.faults().active().enumerate().filter(|(_, (_, fault)): &(usize, (FaultId, &InForce))| strikes(&fault.what));
    in_force
        .map(|(index, (id, fault))| FaultBadge {
            number: index as u32 + 1,
            label: Rc::from(troubles::fault_word(&fault.what)),
            heal: Some(heal(id)),
        })
        .collect()
}

/// Faults drawn on a server.
pub fn badges_of_instance(sim: &Sim, instance: InstanceId) -> Vec<FaultBadge> {
    badges(sim, |fault| match fault.struck() {
        Struck::Server(of) => of == instance,
        Struck::AgentRoad(target) | Struck::ClientRoad(target) => *target == NetworkTarget::Instance(instance),
        Struck::Task(task) => sim.truth().hosts[instance].tasks.contains(&task),
        Struck::Family(_) | Struck::Zone(_) | Struck::ImageRegistry => false,
    })
}

/// Faults drawn on a zone.
pub fn badges_of_zone(sim: &Sim, zone: &str) -> Vec<FaultBadge> {
    badges(sim, |fault| match fault.struck() {
        Struck::Zone(of) => of == zone,
        Struck::AgentRoad(NetworkTarget::Zone(of)) | Struck::ClientRoad(NetworkTarget::Zone(of)) => of == zone,
        Struck::AgentRoad(NetworkTarget::Instance(_)) | Struck::ClientRoad(NetworkTarget::Instance(_)) => false,
        Struck::Task(_) | Struck::Family(_) | Struck::Server(_) | Struck::ImageRegistry => false,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_fault_of_an_app_stands_under_a_heading_with_few_others() {
        let mut headings: BTreeMap<&str, u32> = BTreeMap::new();
        family_faults("web").iter().for_each(|fault| *headings.entry(heading(fault)).or_default() += 1);
        assert!(headings.len() >= 5 && !headings.contains_key(""), "{headings:?}");
        assert!(headings.values().all(|faults| *faults <= 4), "{headings:?}");
        assert_eq!(headings.values().sum::<u32>(), 2 + StartError::ALL.len() as u32);
    }
}
