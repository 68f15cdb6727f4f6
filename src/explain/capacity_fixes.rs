//! Getting room: a new server, Fargate, or something else that makes way.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::explain::awaiting_capacity::one_more;
use crate::explain::candidates::{Ask, Candidate, MOST_TRIED, Sort};
use crate::explain::fixes::Wanter;
use crate::explain::names::{count, instance_name, number, parts_of, task_name, zone_name};
use crate::explain::question::Question;
use crate::sim::command::platform::{AccountSetting, PlatformCommand, PutAccountSetting, Setting};
use crate::sim::command::{Command, LaunchInstances, LaunchType, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::decision::{Decision, Rule};
use crate::sim::engine::Sim;
use crate::sim::ids::{GroupId, ServiceId, TaskId, ZoneId};
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::fargate_size::FargateSize;
use crate::sim::model::instance_type::{INSTANCE_TYPES, InstanceType};
use crate::sim::model::needs::Needs;
use crate::sim::model::task_definition::{
    Compatibility, CpuArchitecture, NetworkMode, OperatingSystem, TaskDefinition, VolumeSource,
};

/// Custom attributes of a server.
type Attributes = Vec<(Rc<str>, Option<Rc<str>>)>;

/// The smallest server that would take the task: of a type in use if one will do, in the zone with the fewest.
pub(crate) fn add_server(sim: &Sim, question: &Question, wanter: Wanter) -> Option<Candidate> {
    if wanter.is_daemon(sim) {
        return None;
    }
    let (label, launch) = types_by_use(sim, question).into_iter().find_map(|kind| one_of(sim, question, kind))?;
    Some(wanter.later(Sort::AddServer, label, vec![launch]))
}

/// A server of this type that would take the task, where there is one.
fn one_of(sim: &Sim, question: &Question, kind: &'static InstanceType) -> Option<(String, Command)> {
    let (zones, attribute_sets) = (zones_by_servers(sim), attribute_sets(sim));
    let places = zones.iter().flat_map(|zone| attribute_sets.iter().map(move |attributes| (*zone, attributes)));
    let mut fitting = places.filter(|(zone, attributes)| new_server_fits(sim, question, kind, *zone, attributes));
    let (zone, attributes) = fitting.next()?;
    Some((label(sim, kind, zone), launch(sim, kind, zone, attributes)))
}

/// A server with a trunk, where the interfaces that servers have to give to tasks are used up: many more find room on it. Servers
/// that are there already stay as they are (ecs.md §9.2, §14 #4).
pub(crate) fn add_trunked_server(sim: &Sim, question: &Question, decision: &Decision, wanter: Wanter) -> Option<Candidate> {
    if wanter.is_daemon(sim) || sim.belief().awsvpc_trunking == Setting::Enabled {
        return None;
    }
    let without = decision.rows.iter().filter(|row| row.checks.iter().any(|check| check.rule == Rule::Eni && !check.pass));
    let kinds = without.filter_map(|row| Some(sim.belief().registry.get(row.instance)?.instance_type));
    let kind =
        kinds.filter(|kind| kind.trunk_enis > kind.task_enis).min_by_key(|kind| (kind.micro_dollars_per_hour, kind.name))?;
    let (add, mut commands) = match question.provider {
        Some(provider) => one_more(sim, provider).map(|more| (more.label, more.commands))?,
        None => one_of(sim, question, kind).map(|(label, launch)| (label, vec![launch]))?,
    };
    let request = PutAccountSetting { name: AccountSetting::AwsvpcTrunking, value: Setting::Enabled.name().to_owned() };
    commands.insert(0, Command::Platform(PlatformCommand::PutAccountSetting(request)));
    let (first, rest) = add.split_at(1);
    let label = format!(
        "Turn awsvpcTrunking on, then {}{rest}: a {} launched from now on has room for {} tasks in awsvpc mode instead of {}",
        first.to_lowercase(),
        kind.name,
        kind.trunk_enis,
        kind.task_enis
    );
    Some(wanter.later(Sort::Trunking, label, commands))
}

fn new_server_fits(sim: &Sim, question: &Question, kind: &'static InstanceType, zone: ZoneId, attributes: &Attributes) -> bool {
    let mut imagined = sim.belief().registry.clone();
    let id = sim.truth().hosts.next_id();
    let server = ContainerInstance::new(id, kind, zone, &zone_name(sim, zone), sim.now_ms());
    imagined.register(server.with_attributes(attributes.iter().cloned()));
    question.fits_on(&mut imagined, id)
}

fn label(sim: &Sim, kind: &InstanceType, zone: ZoneId) -> String {
    format!("Add one {} in {}", kind.name, zone_name(sim, zone))
}

fn launch(sim: &Sim, kind: &InstanceType, zone: ZoneId, attributes: &Attributes) -> Command {
    let attributes = attributes.iter().map(|(name, value)| (name.to_string(), value.as_deref().map(str::to_owned))).collect();
    Command::LaunchInstances(LaunchInstances {
        instance_type: kind.name.to_owned(),
        zone: zone_name(sim, zone).to_string(),
        count: 1,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes,
    })
}

/// Types in use first, cheapest first; then all others, cheapest first.
fn types_by_use(sim: &Sim, question: &Question) -> Vec<&'static InstanceType> {
    let used: BTreeSet<&str> = sim.belief().registry.iter().map(|known| known.instance_type.name).collect();
    let mut types: Vec<&'static InstanceType> = INSTANCE_TYPES.iter().collect();
    // Images are built for x86 unless a definition says otherwise.
    let built_for = match question.task_definition.runtime.cpu_architecture {
        Some(CpuArchitecture::Arm64) => "arm64",
        Some(CpuArchitecture::X86_64) | None => "x86_64",
    };
    types.retain(|kind| used.contains(kind.name) || kind.architecture == built_for);
    types.sort_by_key(|kind| (!used.contains(kind.name), kind.micro_dollars_per_hour, kind.name));
    types
}

/// Zones that work, the one with the fewest registered servers first.
fn zones_by_servers(sim: &Sim) -> Vec<ZoneId> {
    let servers: BTreeMap<ZoneId, u32> = sim.belief().registry.zones().collect();
    let all = (1..=sim.belief().zones.len() as u32).map(ZoneId);
    let mut zones: Vec<ZoneId> = all.filter(|zone| !sim.truth().zone_has_failed(*zone)).collect();
    zones.sort_by_key(|zone| (servers.get(zone).copied().unwrap_or(0), *zone));
    zones
}

/// No attributes of its own, then every set that a server of the cluster has.
fn attribute_sets(sim: &Sim) -> Vec<Attributes> {
    let mut sets = vec![Attributes::new()];
    for known in sim.belief().registry.iter() {
        let set = sim.belief().agent(known.id).map(|agent| agent.attributes.clone()).unwrap_or_default();
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

/// The same on Fargate, with a revision made for it where the present one is not.
pub(crate) fn move_to_fargate(sim: &Sim, question: &Question, wanter: Wanter) -> Option<Candidate> {
    if wanter.is_daemon(sim) || question.launch_type != LaunchType::Ec2 {
        return None;
    }
    let definition = &question.task_definition;
    let ready = definition.launches_on_fargate() && definition.network_mode == NetworkMode::Awsvpc;
    let (size, revision) = if ready {
        (FargateSize::of(definition.cpu_units?, definition.memory_mib?)?, None)
    } else {
        let (size, revision) = made_for_fargate(definition)?;
        (size, Some(Box::new(revision)))
    };
    let label = format!("Use Fargate: {} vCPU and {} GB", parts_of(size.cpu_units), parts_of(size.memory_mib));
    Some(wanter.asking(sim, Sort::Fargate, label, Ask::Fargate(revision)))
}

/// A revision of the same task that Fargate takes; nothing when it needs what Fargate does not have.
fn made_for_fargate(definition: &TaskDefinition) -> Option<(FargateSize, TaskDefinition)> {
    let bound_to_a_server = definition.gpu_count() > 0
        || matches!(definition.network_mode, NetworkMode::Host | NetworkMode::None)
        || definition.runtime.operating_system == Some(OperatingSystem::Windows)
        || definition.volumes.iter().any(|volume| !works_on_fargate(&volume.source))
        || shares_a_port(definition);
    if bound_to_a_server {
        return None;
    }
    let memory_mib = definition.memory_to_reserve_mib().max(definition.memory_limit_mib().unwrap_or(0));
    let size = FargateSize::smallest_for(definition.cpu_units(), memory_mib)?;
    let mut revision = definition.clone();
    revision.network_mode = NetworkMode::Awsvpc;
    (revision.cpu_units, revision.memory_mib) = (Some(size.cpu_units), Some(size.memory_mib));
    revision.placement_constraints.clear();
    if !revision.requires_compatibilities.contains(&Compatibility::Fargate) {
        revision.requires_compatibilities.push(Compatibility::Fargate);
    }
    for mapping in revision.containers.iter_mut().flat_map(|container| &mut container.port_mappings) {
        mapping.host_port = mapping.container_port;
    }
    Some((size, revision))
}

fn works_on_fargate(source: &VolumeSource) -> bool {
    match source {
        VolumeSource::Host { source_path: None } | VolumeSource::Efs { .. } | VolumeSource::ConfiguredAtLaunch => true,
        VolumeSource::Host { source_path: Some(_) } | VolumeSource::Docker { .. } | VolumeSource::FsxWindowsFileServer { .. } => {
            false
        }
    }
}

/// Two containers behind one network interface cannot listen on one port.
fn shares_a_port(definition: &TaskDefinition) -> bool {
    let mappings = definition.containers.iter().flat_map(|container| &container.port_mappings);
    let mut seen = BTreeSet::new();
    !mappings.into_iter().all(|mapping| seen.insert((mapping.protocol, mapping.container_port)))
}

/// The smallest task that could make way: a standalone one to stop, or one of another service to do without.
pub(crate) fn free_room(sim: &Sim, question: &Question, decision: &Decision, wanter: Wanter) -> Vec<Candidate> {
    let own = own_group(sim, question);
    let mut ways: Vec<((u32, u32), TaskId)> = decision
        .rows
        .iter()
        .filter(|row| row.checks.iter().all(|check| check.pass || is_taken_up(check.rule)))
        .filter_map(|row| sim.belief().registry.get(row.instance))
        .flat_map(|known| known.tasks.iter().filter(|placed| placed.group != own).map(move |placed| (known, placed.task)))
        .filter(|(known, id)| leaves_enough(known, &needs_of(sim, *id), &question.needs))
        .map(|(_, id)| (size_of(sim, id), id))
        .collect();
    ways.sort();
    let mut asked: BTreeSet<ServiceId> = BTreeSet::new();
    ways.into_iter()
        .filter_map(|(_, id)| match sim.belief().tasks[id].service {
            None => makes_room(sim, question, id).then(|| stop_one(sim, id, wanter)),
            Some((service, _)) => asked.insert(service).then(|| one_fewer(sim, service, wanter)).flatten(),
        })
        .take(MOST_TRIED)
        .collect()
}

/// A task that ends gives back what this rule asks for.
fn is_taken_up(rule: Rule) -> bool {
    match rule {
        Rule::Cpu | Rule::Memory | Rule::PortsTcp | Rule::PortsUdp | Rule::Eni | Rule::Gpu => true,
        Rule::Status | Rule::Agent | Rule::Attributes | Rule::Zone | Rule::DistinctInstance | Rule::MemberOf(_) => false,
    }
}

fn leaves_enough(known: &ContainerInstance, given_back: &Needs, needs: &Needs) -> bool {
    known.remaining_cpu_units + given_back.cpu_units >= needs.cpu_units
        && known.remaining_memory_mib + given_back.memory_mib >= needs.memory_mib
}

fn own_group(sim: &Sim, question: &Question) -> GroupId {
    // A group that is not known has no tasks, and no task has group 0.
    sim.belief().registry.find_group(&question.group_name).unwrap_or(GroupId(0))
}

fn size_of(sim: &Sim, task: TaskId) -> (u32, u32) {
    let needs = needs_of(sim, task);
    (needs.memory_mib, needs.cpu_units)
}

fn needs_of(sim: &Sim, task: TaskId) -> Rc<Needs> {
    sim.belief().definitions[sim.belief().tasks[task].definition].needs.clone()
}

fn makes_room(sim: &Sim, question: &Question, id: TaskId) -> bool {
    let task = &sim.belief().tasks[id];
    let Some(instance) = task.instance else { return false };
    let mut imagined = sim.belief().registry.clone();
    imagined.release(instance, id, &needs_of(sim, id), task.group);
    question.fits_on(&mut imagined, instance)
}

fn stop_one(sim: &Sim, id: TaskId, wanter: Wanter) -> Candidate {
    let task = &sim.belief().tasks[id];
    let (memory_mib, _) = size_of(sim, id);
    let where_from = task.instance.map(|instance| format!(" on {}", instance_name(instance))).unwrap_or_default();
    let label = format!("Stop {}: frees {} MiB{where_from}", task_name(sim, id), number(u64::from(memory_mib)));
    wanter.soon(Sort::FreeRoom, label, vec![Command::StopTask { task: id, reason: None }])
}

/// A service is not asked to give up its last task.
fn one_fewer(sim: &Sim, service: ServiceId, wanter: Wanter) -> Option<Candidate> {
    let known = sim.belief().services.get(service)?;
    let has = known.desired_count.min(known.tasks.len() as u32);
    let spare = known.status == ServiceStatus::Active && known.scheduling_strategy == SchedulingStrategy::Replica && has > 1;
    spare.then(|| {
        let (name, fewer) = (known.name.to_string(), has - 1);
        let label = format!("Lower {name} from {} to {}", known.desired_count, count(u64::from(fewer), "task"));
        let update = UpdateService { service: name, desired_count: Some(fewer), ..UpdateService::default() };
        wanter.later(Sort::FreeRoom, label, vec![Command::UpdateService(update)])
    })
}
