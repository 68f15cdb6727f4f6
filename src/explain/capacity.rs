//! Capacity: auto scaling groups, capacity providers — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::explain::names::{count, definition_name, instance_name, list, service_name, task_name, zone_name};
use crate::sim::command::capacity::{
    CapacityCommand, CreateAutoScalingGroup, CreateCapacityProvider, ManagedScalingRequest, PutClusterCapacityProviders,
    UpdateAutoScalingGroup,
};
use crate::sim::engine::Sim;
use crate::sim::ids::CapacityProviderId;
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, Setting};
use crate::sim::observation::capacity::{
    CapacityFact, Dimension, Hold, Release, ReservationRecord, TerminationReason, Verdict, WaitingGroup,
};
use crate::sim::time::{clock, span};

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &CapacityCommand) -> String {
    match command {
        CapacityCommand::CreateAutoScalingGroup(request) => create_group(request),
        CapacityCommand::UpdateAutoScalingGroup(request) => update_group(request),
        CapacityCommand::SetInstanceProtection(request) => {
            let names: Vec<_> = request.instance_ids.iter().map(|instance| instance_name(*instance)).collect();
            let what = if request.protected_from_scale_in { "Protect" } else { "Do not protect" };
            format!("{what} {} from scale-in", list(&names))
        }
        CapacityCommand::AttachInstances(request) => {
            let names: Vec<_> = request.instance_ids.iter().map(|instance| instance_name(*instance)).collect();
            format!("Attach {} to auto scaling group {}", list(&names), request.auto_scaling_group_name)
        }
        CapacityCommand::StopInstances { instance } => format!("Stop {}", instance_name(*instance)),
        CapacityCommand::StartInstances { instance } => format!("Start {}", instance_name(*instance)),
        CapacityCommand::CreateCapacityProvider(request) => create_provider(request),
        CapacityCommand::UpdateCapacityProvider(request) => {
            let scaling =
                request.managed_scaling.as_ref().map_or(String::new(), |scaling| format!(": {}", scaling_words(scaling)));
            format!("Update capacity provider {}{scaling}", request.name)
        }
        CapacityCommand::PutClusterCapacityProviders(request) => put_providers(request),
    }
}

fn create_group(request: &CreateAutoScalingGroup) -> String {
    let desired = request.desired_capacity.unwrap_or(request.min_size);
    format!(
        "Create auto scaling group {}: {} to {} servers ({}), {desired} now",
        request.auto_scaling_group_name,
        request.min_size,
        request.max_size,
        list(&request.instance_types)
    )
}

fn update_group(request: &UpdateAutoScalingGroup) -> String {
    let numbers = [("minimum", request.min_size), ("maximum", request.max_size), ("desired capacity", request.desired_capacity)];
    let mut changes: Vec<_> = numbers.iter().filter_map(|(name, value)| value.map(|value| format!("{name} {value}"))).collect();
    if let Some(protects) = request.new_instances_protected_from_scale_in {
        changes.push(format!("new servers {}protected from scale-in", if protects { "" } else { "not " }));
    }
    format!("Update auto scaling group {}: {}", request.auto_scaling_group_name, list(&changes))
}

fn create_provider(request: &CreateCapacityProvider) -> String {
    let settings = &request.auto_scaling_group_provider;
    let scaling = settings.managed_scaling.as_ref().map_or_else(|| "without managed scaling".to_owned(), scaling_words);
    format!("Create capacity provider {} on auto scaling group {}, {scaling}", request.name, settings.auto_scaling_group)
}

fn scaling_words(scaling: &ManagedScalingRequest) -> String {
    match scaling.status {
        Some(Setting::Disabled) => "managed scaling DISABLED".to_owned(),
        Some(Setting::Enabled) | None => {
            let target = scaling.target_capacity.map_or(String::new(), |target| format!(" with target {target} %"));
            format!("managed scaling ENABLED{target}")
        }
    }
}

fn put_providers(request: &PutClusterCapacityProviders) -> String {
    let providers = if request.capacity_providers.is_empty() { "none".to_owned() } else { list(&request.capacity_providers) };
    match strategy_words(&request.default_capacity_provider_strategy) {
        Some(strategy) => format!("Give the cluster the capacity providers {providers}; default strategy {strategy}"),
        None => format!("Give the cluster the capacity providers {providers}, without a default strategy"),
    }
}

/// `FARGATE (base 1, weight 1) and FARGATE_SPOT (weight 3)`; nothing for no strategy.
pub fn strategy_words(items: &[CapacityProviderStrategyItem]) -> Option<String> {
    let item = |item: &CapacityProviderStrategyItem| match item.base {
        0 => format!("{} (weight {})", item.capacity_provider, item.weight),
        base => format!("{} (base {base}, weight {})", item.capacity_provider, item.weight),
    };
    (!items.is_empty()).then(|| list(&items.iter().map(item).collect::<Vec<_>>()))
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &CapacityFact) -> String {
    let provider = |id: &CapacityProviderId| sim.belief().capacity.name(*id);
    match fact {
        CapacityFact::GroupCreated { group } => format!("Auto scaling group {group} is created"),
        CapacityFact::GroupUpdated { group } => format!("Auto scaling group {group} is updated"),
        CapacityFact::DesiredCapacityChanged { group, from, to } => {
            format!("Auto scaling group {group} now wants {to} instead of {from} servers")
        }
        CapacityFact::InstanceChosenForTermination { group, instance, why } => {
            let why = match why {
                TerminationReason::ScaleIn { zone } => {
                    format!("more than it wants; of {}, the zone with the most, the oldest", zone_name(sim, *zone))
                }
                TerminationReason::Unhealthy => "its status checks fail".to_owned(),
                TerminationReason::Rebalance => "EC2 has given notice and its replacement runs".to_owned(),
            };
            format!("Auto scaling group {group} ends {}: {why}", instance_name(*instance))
        }
        CapacityFact::TerminationHeld { instance, .. } => {
            format!("Managed draining holds the termination of {} until its tasks have moved", instance_name(*instance))
        }
        CapacityFact::TerminationReleased { instance, why, .. } => {
            let why = match why {
                Release::Drained => "no task is left on it",
                Release::NotRegistered => "it is no container instance",
                Release::TimedOut => "48 hours are over",
            };
            format!("The termination of {} goes on: {why}", instance_name(*instance))
        }
        CapacityFact::InstanceLost { group, instance } => {
            format!("Auto scaling group {group} finds that {} is gone", instance_name(*instance))
        }
        CapacityFact::InstanceAttached { group, instance } => {
            format!("{} is now part of auto scaling group {group}", instance_name(*instance))
        }
        CapacityFact::InstanceStopped { instance } => {
            format!("EC2 stops {}: everything on it ends, and it stays registered", instance_name(*instance))
        }
        CapacityFact::InstanceStarted { instance } => format!("EC2 starts {} again", instance_name(*instance)),
        CapacityFact::ProtectionChanged { instance, protected: true, .. } => {
            format!("{} is protected from scale-in", instance_name(*instance))
        }
        CapacityFact::ProtectionChanged { instance, protected: false, .. } => {
            format!("{} is no longer protected from scale-in", instance_name(*instance))
        }
        CapacityFact::ScaleInBlocked { group, too_many } => format!(
            "Auto scaling group {group} has {} too many but ends none: all that it has are protected from scale-in",
            count(u64::from(*too_many), "server")
        ),
        CapacityFact::LaunchFailed { group } => {
            format!("Auto scaling group {group} cannot launch a server: EC2 has no room in any of its zones")
        }
        CapacityFact::CapacityProviderCreated { provider: id } => format!("Capacity provider {} is created", provider(id)),
        CapacityFact::CapacityProviderUpdated { provider: id } => format!("Capacity provider {} is updated", provider(id)),
        CapacityFact::ClusterCapacityProvidersPut => cluster_providers(sim),
        CapacityFact::TaskAwaitsCapacity { task, provider: id } => {
            format!("{} is PROVISIONING: it waits for room in capacity provider {}", task_name(sim, *task), provider(id))
        }
        CapacityFact::ReservationPublished(record) => reservation(sim, record),
        CapacityFact::ScaleOutAlarm { provider: id, reservation_tenths, target } => format!(
            "Scale-out alarm of capacity provider {}: its reservation of {} is above the target of {target} %",
            provider(id),
            percent(*reservation_tenths)
        ),
        CapacityFact::ScaleInAlarm { provider: id, reservation_tenths, target, datapoints } => format!(
            "Scale-in alarm of capacity provider {}: its reservation, now {}, has been below the target of {target} % for {datapoints} minutes",
            provider(id),
            percent(*reservation_tenths)
        ),
        CapacityFact::ScalingHeld { provider: id, why } => {
            format!("Managed scaling of {} waits: {}", provider(id), hold(sim, *why))
        }
    }
}

fn cluster_providers(sim: &Sim) -> String {
    let capacity = &sim.belief().capacity;
    let names: Vec<String> = capacity.associated.iter().map(|id| capacity.name(*id).to_string()).collect();
    if names.is_empty() {
        return "The cluster has no capacity providers".to_owned();
    }
    format!("The cluster has the capacity providers {}", list(&names))
}

/// `66.7 %`.
pub(crate) fn percent(tenths: u32) -> String {
    if tenths.is_multiple_of(10) { format!("{} %", tenths / 10) } else { format!("{}.{} %", tenths / 10, tenths % 10) }
}

/// What managed scaling waits for.
pub(crate) fn hold(sim: &Sim, why: Hold) -> String {
    match why {
        Hold::WarmUp { until_ms } => format!("a server is still warming up, until {}", clock(until_ms)),
        Hold::AtMaximum { max } => format!("its auto scaling group is at its maximum of {max}"),
        Hold::AtMinimum { min } => format!("its auto scaling group is at its minimum of {min}"),
        Hold::AfterScaleOut { until_ms } => {
            let pause = span(sim.tuning().capacity.scale_in_pause_ms);
            format!("no scale-in before {}, {pause} after the last scale-out", clock(until_ms))
        }
    }
}

fn reservation(sim: &Sim, record: &ReservationRecord) -> String {
    let ReservationRecord { needed, running, target, .. } = record;
    let name = sim.belief().capacity.name(record.provider);
    let value = percent(record.reservation_tenths);
    let mut text = if all_too_big(record) {
        format!("CapacityProviderReservation of {name} stays at its target of {target} %, with {running} running")
    } else {
        format!("CapacityProviderReservation of {name} is {value}: {needed} needed ÷ {running} running, target {target} %")
    };
    for group in &record.groups {
        text.push_str("; ");
        text.push_str(&waiting_group(sim, group));
    }
    if record.increase != record.calculated {
        text.push_str(&format!("; the step size makes {} of {}", record.increase, record.calculated));
    }
    if record.empty > 0 {
        text.push_str(&format!("; {} empty", record.empty));
    }
    text
}

/// Every waiting task is left out of the count, and the metric stays at its target (ecs.md §7.3).
pub(crate) fn all_too_big(record: &ReservationRecord) -> bool {
    !record.groups.is_empty() && record.groups.iter().all(|group| matches!(group.verdict, Verdict::TooBig(_)))
}

/// `6 waiting tasks of web: 2 servers to launch`.
pub(crate) fn waiting_group(sim: &Sim, group: &WaitingGroup) -> String {
    let of = match group.service {
        Some(service) => service_name(sim, service),
        None => definition_name(sim, group.definition),
    };
    let tasks = format!("{} of {of}", count(u64::from(group.tasks), "waiting task"));
    match group.verdict {
        Verdict::Counted { fit, new_instances } => {
            let parts = [(fit, format!("{fit} fit on servers that are there")), (new_instances, to_launch(new_instances))];
            let parts: Vec<String> = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, words)| words).collect();
            format!(
                "{tasks}: {}",
                if parts.is_empty() { "they fit on the servers to launch".to_owned() } else { parts.join(", ") }
            )
        }
        Verdict::TooBig(dimension) => {
            let what = match dimension {
                Dimension::Cpu => "CPU",
                Dimension::Memory => "memory",
                Dimension::NetworkInterfaces => "network interfaces",
                Dimension::Gpus => "GPUs",
            };
            format!("{tasks} left out: one needs more {what} than the smallest instance type has")
        }
    }
}

fn to_launch(servers: u32) -> String {
    format!("{} to launch", count(u64::from(servers), "server"))
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &CapacityFact) -> &'static str {
    match fact {
        CapacityFact::GroupCreated { .. } => "AutoScalingGroupCreated",
        CapacityFact::GroupUpdated { .. } => "AutoScalingGroupUpdated",
        CapacityFact::DesiredCapacityChanged { .. } => "DesiredCapacityChanged",
        CapacityFact::InstanceChosenForTermination { .. } => "InstanceChosenForTermination",
        CapacityFact::TerminationHeld { .. } => "TerminationHeld",
        CapacityFact::TerminationReleased { .. } => "TerminationReleased",
        CapacityFact::InstanceLost { .. } => "InstanceLost",
        CapacityFact::InstanceAttached { .. } => "InstanceAttached",
        CapacityFact::InstanceStopped { .. } => "InstanceStopped",
        CapacityFact::InstanceStarted { .. } => "InstanceStarted",
        CapacityFact::ProtectionChanged { .. } => "InstanceProtectionChanged",
        CapacityFact::ScaleInBlocked { .. } => "ScaleInBlocked",
        CapacityFact::LaunchFailed { .. } => "LaunchFailed",
        CapacityFact::CapacityProviderCreated { .. } => "CapacityProviderCreated",
        CapacityFact::CapacityProviderUpdated { .. } => "CapacityProviderUpdated",
        CapacityFact::ClusterCapacityProvidersPut => "ClusterCapacityProvidersPut",
        CapacityFact::TaskAwaitsCapacity { .. } => "TaskAwaitsCapacity",
        CapacityFact::ReservationPublished(_) => "CapacityProviderReservationPublished",
        CapacityFact::ScaleOutAlarm { .. } => "ScaleOutAlarm",
        CapacityFact::ScaleInAlarm { .. } => "ScaleInAlarm",
        CapacityFact::ScalingHeld { .. } => "ScalingHeld",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &CapacityFact) -> Tone {
    match fact {
        CapacityFact::GroupCreated { .. }
        | CapacityFact::GroupUpdated { .. }
        | CapacityFact::InstanceAttached { .. }
        | CapacityFact::ProtectionChanged { .. }
        | CapacityFact::CapacityProviderCreated { .. }
        | CapacityFact::CapacityProviderUpdated { .. }
        | CapacityFact::ClusterCapacityProvidersPut
        | CapacityFact::ReservationPublished(_) => Tone::Neutral,
        CapacityFact::DesiredCapacityChanged { .. }
        | CapacityFact::InstanceStarted { .. }
        | CapacityFact::TerminationHeld { .. }
        | CapacityFact::TerminationReleased { .. }
        | CapacityFact::ScaleOutAlarm { .. }
        | CapacityFact::ScaleInAlarm { .. } => Tone::Moving,
        CapacityFact::InstanceChosenForTermination { .. }
        | CapacityFact::InstanceLost { .. }
        | CapacityFact::InstanceStopped { .. }
        | CapacityFact::ScaleInBlocked { .. }
        | CapacityFact::ScalingHeld { .. }
        | CapacityFact::TaskAwaitsCapacity { .. } => Tone::Warning,
        CapacityFact::LaunchFailed { .. } => Tone::Bad,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &CapacityFact) -> Option<About> {
    if let CapacityFact::TaskAwaitsCapacity { task, .. } = fact {
        return Some(About::Task(*task));
    }
    Some(fact.instance().map_or(About::ControlPlane, About::Instance))
}

/// Whom the command is about.
pub fn subject_of_command(command: &CapacityCommand) -> Option<About> {
    match command {
        CapacityCommand::SetInstanceProtection(request) => request.instance_ids.first().copied().map(About::Instance),
        CapacityCommand::AttachInstances(request) => request.instance_ids.first().copied().map(About::Instance),
        CapacityCommand::StopInstances { instance } | CapacityCommand::StartInstances { instance } => {
            Some(About::Instance(*instance))
        }
        CapacityCommand::CreateAutoScalingGroup(_)
        | CapacityCommand::UpdateAutoScalingGroup(_)
        | CapacityCommand::CreateCapacityProvider(_)
        | CapacityCommand::UpdateCapacityProvider(_)
        | CapacityCommand::PutClusterCapacityProviders(_) => None,
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &CapacityFact) -> bool {
    match fact {
        CapacityFact::DesiredCapacityChanged { .. }
        | CapacityFact::InstanceChosenForTermination { .. }
        | CapacityFact::TerminationHeld { .. }
        | CapacityFact::InstanceLost { .. }
        | CapacityFact::InstanceStopped { .. }
        | CapacityFact::InstanceStarted { .. }
        | CapacityFact::ScaleInBlocked { .. }
        | CapacityFact::LaunchFailed { .. }
        | CapacityFact::TaskAwaitsCapacity { .. }
        | CapacityFact::ReservationPublished(_)
        | CapacityFact::ScaleOutAlarm { .. }
        | CapacityFact::ScaleInAlarm { .. }
        | CapacityFact::ScalingHeld { .. } => true,
        CapacityFact::GroupCreated { .. }
        | CapacityFact::GroupUpdated { .. }
        | CapacityFact::TerminationReleased { .. }
        | CapacityFact::InstanceAttached { .. }
        | CapacityFact::ProtectionChanged { .. }
        | CapacityFact::CapacityProviderCreated { .. }
        | CapacityFact::CapacityProviderUpdated { .. }
        | CapacityFact::ClusterCapacityProvidersPut => false,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &CapacityFact) -> Vec<(&'static str, String)> {
    let provider = |id: &CapacityProviderId| ("capacity_provider", id.0.to_string());
    let mut ids = Vec::new();
    match fact {
        CapacityFact::GroupCreated { group }
        | CapacityFact::GroupUpdated { group }
        | CapacityFact::DesiredCapacityChanged { group, .. }
        | CapacityFact::InstanceChosenForTermination { group, .. }
        | CapacityFact::TerminationHeld { group, .. }
        | CapacityFact::TerminationReleased { group, .. }
        | CapacityFact::InstanceLost { group, .. }
        | CapacityFact::InstanceAttached { group, .. }
        | CapacityFact::ProtectionChanged { group, .. }
        | CapacityFact::ScaleInBlocked { group, .. }
        | CapacityFact::LaunchFailed { group } => ids.push(("auto_scaling_group", group.to_string())),
        CapacityFact::TaskAwaitsCapacity { task, provider: id } => ids.extend([("task", task.arn_id()), provider(id)]),
        CapacityFact::CapacityProviderCreated { provider: id }
        | CapacityFact::CapacityProviderUpdated { provider: id }
        | CapacityFact::ScaleOutAlarm { provider: id, .. }
        | CapacityFact::ScaleInAlarm { provider: id, .. }
        | CapacityFact::ScalingHeld { provider: id, .. } => ids.push(provider(id)),
        CapacityFact::ReservationPublished(record) => ids.push(provider(&record.provider)),
        // The instance alone.
        CapacityFact::InstanceStopped { .. }
        | CapacityFact::InstanceStarted { .. }
        | CapacityFact::ClusterCapacityProvidersPut => {}
    }
    ids.extend(fact.instance().map(|instance| ("instance", instance.ec2_instance_id())));
    ids
}

/// The same for a command.
pub fn ids_of_command(command: &CapacityCommand) -> Vec<(&'static str, String)> {
    match command {
        CapacityCommand::CreateAutoScalingGroup(request) => vec![("auto_scaling_group", request.auto_scaling_group_name.clone())],
        CapacityCommand::UpdateAutoScalingGroup(request) => vec![("auto_scaling_group", request.auto_scaling_group_name.clone())],
        CapacityCommand::SetInstanceProtection(request) => vec![("auto_scaling_group", request.auto_scaling_group_name.clone())],
        CapacityCommand::AttachInstances(request) => vec![("auto_scaling_group", request.auto_scaling_group_name.clone())],
        CapacityCommand::CreateCapacityProvider(request) => vec![("capacity_provider_name", request.name.clone())],
        CapacityCommand::UpdateCapacityProvider(request) => vec![("capacity_provider_name", request.name.clone())],
        CapacityCommand::StopInstances { instance } | CapacityCommand::StartInstances { instance } => {
            vec![("instance", instance.ec2_instance_id())]
        }
        CapacityCommand::PutClusterCapacityProviders(_) => Vec::new(),
    }
}
