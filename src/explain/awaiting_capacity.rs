//! Why does a task wait in PROVISIONING for its capacity provider, and what would bring the server that it needs?
//!
//! Who scales knows only the metric and its alarms; the sentences say what each of them sees. Start reading at [`why_it_waits`].

use crate::explain::candidates::{Candidate, Sort, Speed};
use crate::explain::capacity::hold;
use crate::explain::explanation::{Explanation, Step};
use crate::explain::names::{count, definition_name};
use crate::sim::command::Command;
use crate::sim::command::capacity::{CapacityCommand, UpdateAutoScalingGroup};
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::neighbours::auto_scaling_group::Group;
use crate::sim::observation::capacity::{Dimension, ReservationRecord, Verdict, WaitingGroup};
use crate::sim::time::span;

/// The provider and the group that a task waits for; nothing for a task that does not wait for capacity.
fn awaited(sim: &Sim, task: TaskId) -> Option<(&CapacityProvider, Option<&Group>)> {
    let known = sim.belief().tasks.get(task).filter(|known| known.waits_for_capacity())?;
    let provider = sim.belief().capacity.providers.get(&known.capacity_provider?)?;
    Some((provider, sim.neighbours().auto_scaling.groups.get(&provider.group)))
}

/// The answer for a task that waits for capacity; the caller gives it a title.
pub(crate) fn why_it_waits(sim: &Sim, task: TaskId) -> Option<Explanation> {
    let (provider, group) = awaited(sim, task)?;
    let record = provider.last.as_deref();
    let has = match group {
        Some(group) => format!(
            "{} has {}, a desired capacity of {} and a maximum of {}",
            provider.group,
            count(group.members.len() as u64, "server"),
            group.desired,
            group.max
        ),
        None => format!("{} is not there", provider.group),
    };
    let sentence = format!(
        "No server of capacity provider {} has room for it. Its auto scaling group {has}. {}",
        provider.name,
        what_comes_next(sim, provider, group, excluded(record, sim, task))
    );
    let steps = record.map(|record| steps_of(sim, record)).unwrap_or_default();
    Some(Explanation { sentence, steps, ..Explanation::default() })
}

/// The dimension in which the task is too big for the smallest type of the group.
fn excluded(record: Option<&ReservationRecord>, sim: &Sim, task: TaskId) -> Option<Dimension> {
    let needs = |definition| &sim.belief().definitions[definition].needs;
    let mine = needs(sim.belief().tasks[task].definition);
    let of_mine = record?.groups.iter().find(|group| needs(group.definition) == mine)?;
    match of_mine.verdict {
        Verdict::TooBig(dimension) => Some(dimension),
        Verdict::Counted { .. } => None,
    }
}

fn what_comes_next(sim: &Sim, provider: &CapacityProvider, group: Option<&Group>, too_big: Option<Dimension>) -> String {
    let Some(group) = group else { return "Nobody adds servers.".to_owned() };
    if let Some(dimension) = too_big {
        return format!(
            "It needs more {} than the smallest instance type of the group has, so it is left out of the count: it never causes a \
             scale-out.",
            dimension_words(dimension)
        );
    }
    if !provider.scaling.status.is_on() {
        return "Managed scaling is off: nobody adds servers.".to_owned();
    }
    if let Some(why) = group.policy.as_ref().and_then(|policy| policy.held) {
        return format!("Managed scaling waits: {}.", hold(why));
    }
    let booting = group.members.keys().filter(|instance| sim.belief().registry.get(**instance).is_none()).count() as u64;
    let coming = booting + u64::from(group.desired).saturating_sub(group.members.len() as u64);
    match coming {
        0 => format!(
            "The metric is published every {}, and one value above the target ({} %) makes the alarm scale out.",
            span(sim.tuning().capacity.reservation_period_ms),
            provider.scaling.target_capacity
        ),
        more => format!("{} on the way; ECS looks again every {}.", is_are(more), span(sim.tuning().reconcile_period_ms)),
    }
}

fn is_are(servers: u64) -> String {
    format!("{} {}", count(servers, "server"), if servers == 1 { "is" } else { "are" })
}

fn dimension_words(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Cpu => "CPU",
        Dimension::Memory => "memory",
        Dimension::NetworkInterfaces => "network interfaces",
        Dimension::Gpus => "GPUs",
    }
}

/// How the newest value of the metric came about.
fn steps_of(sim: &Sim, record: &ReservationRecord) -> Vec<Step> {
    let groups = Step {
        name: "Waiting tasks by what they need".to_owned(),
        sentence: format!("{} new servers would hold them.", record.calculated),
        scores: record.groups.iter().map(|group| score(sim, group)).collect(),
    };
    let step = match record.increase == record.calculated {
        true => String::new(),
        false => format!(" The scaling step sizes make it {}.", record.increase),
    };
    let metric = Step {
        name: "CapacityProviderReservation".to_owned(),
        sentence: format!(
            "M = {} needed, N = {} there ({} without a task): {}.{} %, target {} %. So the group should have {}.{step}",
            record.needed,
            record.running,
            record.empty,
            record.reservation_tenths / 10,
            record.reservation_tenths % 10,
            record.target,
            record.desired
        ),
        scores: Vec::new(),
    };
    vec![groups, metric]
}

fn score(sim: &Sim, group: &WaitingGroup) -> (String, String, bool) {
    let name = format!("{} of {}", count(u64::from(group.tasks), "task"), definition_name(sim, group.definition));
    match group.verdict {
        Verdict::Counted { fit, new_instances } => {
            (name, format!("{fit} fit on servers that are there, the rest on {new_instances} more"), true)
        }
        Verdict::TooBig(dimension) => {
            (name, format!("left out: too much {} for the smallest type", dimension_words(dimension)), false)
        }
    }
}

/// One server more, by hand; with a higher maximum where it stands in the way.
pub(crate) fn candidates(sim: &Sim, task: TaskId) -> Vec<Candidate> {
    let Some((provider, Some(group))) = awaited(sim, task) else { return Vec::new() };
    let (name, desired) = (provider.group.to_string(), group.desired + 1);
    let raises = desired > group.max;
    let label = match raises {
        true => format!("Raise the maximum of {name} to {desired} and its desired capacity with it"),
        false => format!("Raise the desired capacity of {name} to {desired}"),
    };
    let update = UpdateAutoScalingGroup {
        auto_scaling_group_name: name,
        max_size: raises.then_some(desired),
        desired_capacity: Some(desired),
        ..UpdateAutoScalingGroup::default()
    };
    let commands = vec![Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(update))];
    vec![Candidate { sort: Sort::AddServer, label, commands, speed: Speed::Later }]
}
