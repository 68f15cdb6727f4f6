//! Why does a task wait in PROVISIONING for its capacity provider, and what would bring the server that it needs?
//!
//! Who scales knows only the metric and its alarms; the sentences say what each of them sees. Start reading at [`why_it_waits`].

use crate::explain::candidates::{Candidate, Sort, Speed};
use crate::explain::capacity::{all_too_big, hold, percent};
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, definition_name};
use crate::sim::command::Command;
use crate::sim::command::capacity::{CapacityCommand, UpdateAutoScalingGroup};
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, TaskId};
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
    let grids = record.map(|record| waiting_grid(sim, record).into_iter().chain([formula_grid(record)]).collect());
    Some(Explanation { sentence, grids: grids.unwrap_or_default(), ..Explanation::default() })
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
        return format!("Managed scaling waits: {}.", hold(sim, why));
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

/// Waiting tasks by what they need, as the metric counts them; nothing when none waits.
pub(crate) fn waiting_grid(sim: &Sim, record: &ReservationRecord) -> Option<Grid> {
    let row = |group: &WaitingGroup| {
        let verdict = match group.verdict {
            Verdict::Counted { fit: 0, new_instances: 0 } => "they fit on the servers to launch".to_owned(),
            Verdict::Counted { fit: 0, new_instances } => count(u64::from(new_instances), "new server"),
            Verdict::Counted { fit, new_instances: 0 } => format!("{fit} fit on servers that are there"),
            Verdict::Counted { fit, new_instances } => {
                format!("{fit} fit on servers that are there, {} for the rest", count(u64::from(new_instances), "new server"))
            }
            Verdict::TooBig(dimension) => {
                format!("left out: too much {} for the smallest instance type", dimension_words(dimension))
            }
        };
        vec![definition_name(sim, group.definition), group.tasks.to_string(), verdict]
    };
    (!record.groups.is_empty()).then(|| Grid {
        title: "Waiting tasks by what they need".to_owned(),
        line: String::new(),
        heads: vec!["Tasks of", "waiting", "counted as"],
        rows: record.groups.iter().map(row).collect(),
    })
}

/// How a value of the metric came about, and how many servers bring it to its target (ecs.md §7.2).
pub(crate) fn formula_grid(record: &ReservationRecord) -> Grid {
    let ReservationRecord { needed, running, empty, calculated, increase, target, desired, .. } = record;
    let steps = match increase == calculated {
        true => String::new(),
        false => format!(" (the scaling step sizes make {increase} of {calculated})"),
    };
    let left_out = all_too_big(record);
    let reserved = match (needed, running) {
        _ if left_out => "all that waits is left out: it stays at its target".to_owned(),
        (0, 0) => "nothing there and nothing wanted".to_owned(),
        (_, 0) => "no server yet".to_owned(),
        (needed, running) => format!("{needed} × 100 ÷ {running}"),
    };
    let wanted = match (needed, running) {
        _ if left_out => "no change".to_owned(),
        (0, 0) => "none".to_owned(),
        (_, 0) => "first step from zero".to_owned(),
        (needed, _) => format!("{needed} × 100 ÷ {target}, rounded up"),
    };
    let row = |name: &str, how: String, value: String| vec![name.to_owned(), how, value];
    Grid {
        title: "CapacityProviderReservation".to_owned(),
        line: String::new(),
        heads: vec!["What", "how", "value"],
        rows: vec![
            row("N, servers there", "instances in service".to_owned(), running.to_string()),
            row("M, servers needed", format!("{running} − {empty} empty + {increase} new{steps}"), needed.to_string()),
            row("Reservation", reserved, percent(record.reservation_tenths)),
            row("Target", "targetCapacity".to_owned(), format!("{target} %")),
            row("Servers for the target", wanted, if left_out { running } else { desired }.to_string()),
        ],
    }
}

/// One server more, by hand; with a higher maximum where it stands in the way.
pub(crate) fn candidates(sim: &Sim, task: TaskId) -> Vec<Candidate> {
    let provider =
        sim.belief().tasks.get(task).filter(|known| known.waits_for_capacity()).and_then(|known| known.capacity_provider);
    provider.and_then(|provider| one_more(sim, provider)).into_iter().collect()
}

/// The same for the auto scaling group of a capacity provider.
pub(crate) fn one_more(sim: &Sim, provider: CapacityProviderId) -> Option<Candidate> {
    let provider = sim.belief().capacity.providers.get(&provider)?;
    let group = sim.neighbours().auto_scaling.groups.get(&provider.group)?;
    let (name, desired) = (provider.group.to_string(), group.desired + 1);
    let raises = desired > group.max;
    let label = match raises {
        true => format!("Raise maximum and desired capacity of auto scaling group {name} to {desired}"),
        false => format!("Raise the desired capacity of auto scaling group {name} to {desired}"),
    };
    let update = UpdateAutoScalingGroup {
        auto_scaling_group_name: name,
        max_size: raises.then_some(desired),
        desired_capacity: Some(desired),
        ..UpdateAutoScalingGroup::default()
    };
    let commands = vec![Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(update))];
    Some(Candidate { sort: Sort::AddServer, label, commands, speed: Speed::Later })
}
