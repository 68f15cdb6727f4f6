//! Why an auto scaling group was scaled out, and why it is not scaled in: managed scaling in numbers (ecs.md §7.2–7.5).

use crate::explain::answers::newest;
use crate::explain::awaiting_capacity::{formula_grid, waiting_grid};
use crate::explain::capacity::{all_too_big, hold, percent, waiting_group};
use crate::explain::causes::chain;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, instance_name, list, task_name};
use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, InstanceId, TaskId};
use crate::sim::neighbours::auto_scaling_group::{Group, Member, MemberState};
use crate::sim::observation::capacity::{CapacityFact, Hold, ReservationRecord};
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::clock;

/// A table of servers gets no longer than this.
const MOST_SERVERS: usize = 20;
/// So many steps of a scale-out are listed, the newest.
const MOST_STEPS: usize = 12;
/// So many tasks of one server are named.
const MOST_TASKS: usize = 3;

/// The auto scaling group of a provider.
pub(crate) fn group_of(sim: &Sim, provider: CapacityProviderId) -> Option<&Group> {
    sim.neighbours().auto_scaling.groups.get(&sim.belief().capacity.providers.get(&provider)?.group)
}

/// The newest scale-out, step by step, and the value of the metric that set off the last of them, with what it was made of.
pub(super) fn why_out(sim: &Sim, log: &[Observation], id: CapacityProviderId) -> Option<Explanation> {
    let provider = sim.belief().capacity.providers.get(&id)?;
    let alarm = newest(log, |kind| is_alarm(kind, id))?;
    let record = record_behind(log, alarm).or_else(|| provider.last.as_deref())?;
    let became = change_by(log, alarm, &provider.group).map_or_else(String::new, |(from, to)| {
        let bounded = if to < record.desired {
            format!(" (its maximum, not the {} that were asked for)", record.desired)
        } else {
            String::new()
        };
        format!(" The desired capacity of {} went from {from} to {to}{bounded}.", provider.group)
    });
    let steps = steps_of(sim, log, alarm, id, &provider.group);
    let before = match steps.rows.len() {
        0 | 1 => String::new(),
        _ => format!(" It was the last of {} in this scale-out.", count(step_count(&steps), "step")),
    };
    let sentence = format!(
        "Its reservation of {} was above the target of {} %, and one value above it is enough.{became}{before}",
        percent(record.reservation_tenths),
        record.target
    );
    let steps = (step_count(&steps) > 1).then_some(steps);
    let grids = steps.into_iter().chain(waiting_grid(sim, record)).chain([formula_grid(record)]).collect();
    let title = format!("{} scaled out at {}", provider.name, clock(alarm.at_ms));
    Some(Explanation { title, sentence, grids, of: Some(alarm.id), ..Explanation::default() })
}

fn is_alarm(kind: &Kind, id: CapacityProviderId) -> bool {
    matches!(kind, Kind::Capacity(fact) if matches!(**fact, CapacityFact::ScaleOutAlarm { provider, .. } if provider == id))
}

/// The value of the metric that set an alarm off.
fn record_behind<'a>(log: &'a [Observation], alarm: &Observation) -> Option<&'a ReservationRecord> {
    chain(log, alarm.id).into_iter().rev().find_map(|link| record_in(&link.kind))
}

/// What the alarm made of the desired capacity.
fn change_by(log: &[Observation], alarm: &Observation, of: &str) -> Option<(u32, u32)> {
    let after = &log[log.partition_point(|observation| observation.id < alarm.id)..];
    let at_once = after.iter().take_while(|observation| observation.at_ms == alarm.at_ms);
    at_once.filter(|observation| observation.cause == Some(alarm.id)).find_map(|observation| changed(&observation.kind, of))
}

fn changed(kind: &Kind, of: &str) -> Option<(u32, u32)> {
    let Kind::Capacity(fact) = kind else { return None };
    let CapacityFact::DesiredCapacityChanged { group, from, to } = &**fact else { return None };
    (**group == *of).then_some((*from, *to))
}

/// What a step is called, whatever else the table says.
const STEP: &str = " → ";

fn step_count(steps: &Grid) -> u64 {
    steps.rows.iter().filter(|row| row[1].contains(STEP)).count() as u64
}

/// Everything that managed scaling has done and waited for since the metric was last at its target, or the group became smaller, before
/// this alarm; oldest first.
fn steps_of(sim: &Sim, log: &[Observation], alarm: &Observation, id: CapacityProviderId, group: &str) -> Grid {
    let at_rest = |kind: &Kind| {
        let at_target = |record: &ReservationRecord| record.provider == id && record.reservation_tenths <= record.target * 10;
        record_in(kind).is_some_and(at_target) || changed(kind, group).is_some_and(|(from, to)| to < from)
    };
    let before = &log[..log.partition_point(|observation| observation.id < alarm.id)];
    let since = before.iter().rposition(|observation| at_rest(&observation.kind)).map_or(0, |last| last + 1);
    let row = |observation: &Observation| {
        let Kind::Capacity(fact) = &observation.kind else { return None };
        if is_alarm(&observation.kind, id) {
            let (from, to) = change_by(log, observation, group)?;
            let record = record_behind(log, observation);
            let why = record.map_or_else(String::new, |record| because(sim, record));
            return Some(vec![clock(observation.at_ms), format!("{from}{STEP}{to} servers"), why]);
        }
        match &**fact {
            CapacityFact::ScalingHeld { provider, why: why @ (Hold::WarmUp { .. } | Hold::AtMaximum { .. }) }
                if *provider == id =>
            {
                Some(vec![clock(observation.at_ms), "waits".to_owned(), hold(sim, *why)])
            }
            _ => None,
        }
    };
    let mut rows: Vec<Vec<String>> = log[since..].iter().filter_map(row).collect();
    let first = rows.iter().position(|row| row[1].contains(STEP)).unwrap_or(rows.len());
    rows.drain(..first);
    let left_out = rows.len().saturating_sub(MOST_STEPS);
    rows.drain(..left_out);
    Grid {
        title: "Step by step".to_owned(),
        line: match left_out {
            0 => "Oldest first.".to_owned(),
            more => format!("Oldest first; {more} earlier are left out."),
        },
        heads: vec!["At", "what", "because"],
        rows,
    }
}

/// `200 %: 6 waiting tasks of web: 2 servers to launch`.
fn because(sim: &Sim, record: &ReservationRecord) -> String {
    let waiting: Vec<String> = record.groups.iter().map(|group| waiting_group(sim, group)).collect();
    let value = format!("reservation {}, target {} %", percent(record.reservation_tenths), record.target);
    let from_zero = (record.running == 0).then(|| format!("from zero the first step is to {}", record.desired));
    [value].into_iter().chain(waiting).chain(from_zero).collect::<Vec<_>>().join("; ")
}

fn record_in(kind: &Kind) -> Option<&ReservationRecord> {
    let Kind::Capacity(fact) = kind else { return None };
    let CapacityFact::ReservationPublished(record) = &**fact else { return None };
    Some(record)
}

/// What is missing for a scale-in.
pub(super) fn why_not_in(sim: &Sim, id: CapacityProviderId) -> Option<Explanation> {
    let provider = sim.belief().capacity.providers.get(&id)?;
    let group = group_of(sim, id)?;
    let record = provider.last.as_deref();
    let mut grids: Vec<Grid> = record.map(formula_grid).into_iter().collect();
    grids.extend((!group.members.is_empty()).then(|| servers_grid(sim, group)));
    Some(Explanation {
        title: format!("{} keeps {}", provider.name, count(u64::from(group.in_service_count()), "server")),
        sentence: reason_to_stay(sim, provider, group, record),
        grids,
        of: provider.last_by.or(Some(group.changed_by.max(provider.changed_by))),
        ..Explanation::default()
    })
}

fn reason_to_stay(sim: &Sim, provider: &CapacityProvider, group: &Group, record: Option<&ReservationRecord>) -> String {
    if !provider.scaling.status.is_on() {
        return "Managed scaling is off: ECS neither adds servers to the group nor takes any away.".to_owned();
    }
    let Some(record) = record else {
        return "The metric has no value yet: it is published once a minute.".to_owned();
    };
    let too_many = group.in_service_count().saturating_sub(group.desired);
    if too_many > 0 {
        return blocked(group, too_many);
    }
    let value = percent(record.reservation_tenths);
    if record.reservation_tenths >= record.target * 10 {
        return not_below(sim, group, record, &value);
    }
    let needed = sim.tuning().capacity.scale_in_datapoints;
    let policy = group.policy.as_ref();
    let seen = policy.map_or(0, |policy| policy.low_datapoints).min(needed);
    if let Some(why) = policy.and_then(|policy| policy.held) {
        return format!("Its reservation of {value} is below the target of {} %, but {}.", record.target, hold(sim, why));
    }
    match needed - seen {
        0 => format!("All {needed} datapoints are below the target of {} %: it is about to scale in.", record.target),
        missing => format!(
            "Its reservation is {value}, below the target of {} %. That takes {needed} minutes in a row: {seen} have been, {missing} are \
             missing. A value at the target or above, or a scale-out, begins the count anew.",
            record.target
        ),
    }
}

/// Fewer are desired than there are, but no server may go.
fn blocked(group: &Group, too_many: u32) -> String {
    let protected = group.in_service().filter(|(_, member)| member.protected).count() as u64;
    if protected == 0 {
        return format!(
            "{} being ended now.",
            if too_many == 1 { "1 server is".to_owned() } else { format!("{too_many} servers are") }
        );
    }
    format!(
        "It wants {} fewer, but {} protected from scale-in, because managed termination protection protects every server with a task \
         that is no daemon.",
        count(u64::from(too_many), "server"),
        if protected == 1 { "1 server is".to_owned() } else { format!("{protected} servers are") }
    )
}

/// The metric counts servers that are needed, not how full they are.
fn not_below(sim: &Sim, group: &Group, record: &ReservationRecord, value: &str) -> String {
    if record.running == 0 {
        return "It has no server that could go.".to_owned();
    }
    let waiting: u32 = record.groups.iter().map(|group| group.tasks).sum();
    if waiting > 0 {
        let wait = if waiting == 1 { "1 task waits".to_owned() } else { format!("{waiting} tasks wait") };
        if all_too_big(record) {
            return format!(
                "{wait} for a server but {} for the smallest instance type of the group, and so left out of the count. Nothing is left to \
                 count, so the reservation stays at its target of {} %: the group is scaled neither out nor in.",
                if waiting == 1 { "is too big" } else { "are too big" },
                record.target
            );
        }
        return format!("{wait} for a server, so none is too many.");
    }
    let busy = group.in_service().filter(|(id, _)| !tasks_on(sim, *id).is_empty()).count() as u64;
    let spare = if record.target < 100 && record.empty > 0 {
        format!(" {} kept as the spare that a target of {} % asks for.", is_are_empty(record.empty), record.target)
    } else {
        String::new()
    };
    format!(
        "Its reservation of {value} is not below the target of {} %. It counts servers that are needed, not how full they are: {busy} of \
         {} a task that is no daemon, and one small task is enough. ECS does not move tasks to empty a server; new tasks are put \
         together by binpack, and not by spread.{spare}",
        record.target,
        if record.running == 1 { "1 server has".to_owned() } else { format!("{} servers have", record.running) }
    )
}

fn is_are_empty(empty: u32) -> String {
    if empty == 1 { "1 empty server is".to_owned() } else { format!("{empty} empty servers are") }
}

/// Tasks that keep a server: those of a DAEMON service do not.
pub(crate) fn tasks_on(sim: &Sim, instance: InstanceId) -> Vec<TaskId> {
    let belief = sim.belief();
    let service = |task: &TaskId| belief.services.get(belief.tasks.get(*task)?.service?.0);
    let of_daemon = |task: &TaskId| service(task).is_some_and(|known| known.scheduling_strategy == SchedulingStrategy::Daemon);
    let link = belief.agent(instance);
    link.into_iter().flat_map(|link| link.tasks.iter().copied()).filter(|task| !of_daemon(task)).collect()
}

fn servers_grid(sim: &Sim, group: &Group) -> Grid {
    let row = |(id, member): (&InstanceId, &Member)| {
        let tasks = tasks_on(sim, *id);
        let mut names: Vec<String> = tasks.iter().take(MOST_TASKS).map(|task| task_name(sim, *task)).collect();
        if tasks.len() > MOST_TASKS {
            names.push(format!("{} more", tasks.len() - MOST_TASKS));
        }
        let state = match member.state {
            MemberState::InService => "in service",
            MemberState::Leaving => "has Spot notice",
            MemberState::TerminatingWait => "draining before it ends",
        };
        vec![
            instance_name(*id),
            if tasks.is_empty() { "empty".to_owned() } else { list(&names) },
            if member.protected { "yes" } else { "no" }.to_owned(),
            state.to_owned(),
        ]
    };
    let hidden = group.members.len().saturating_sub(MOST_SERVERS);
    Grid {
        title: "Servers of the group".to_owned(),
        line: if hidden > 0 { format!("{hidden} more are not listed.") } else { String::new() },
        heads: vec!["Server", "tasks, daemons aside", "protected", "state"],
        rows: group.members.iter().take(MOST_SERVERS).map(row).collect(),
    }
}
