//! Health checks of target groups: who is asked when, and how ECS comes to know (ecs.md §6.2).
//!
//! One event checks all targets of a group, so that a group costs the same however many targets it has. A check is a request over
//! the network of the clients: it says what a client would see, and nothing of what ECS knows.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::balancing::TargetType;
use crate::sim::data_plane::answers::Reply;
use crate::sim::effects::Effects;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ObservationId, TargetGroupId, TaskId};
use crate::sim::model::target::{Address, TargetReason, TargetState};
use crate::sim::neighbours::balancer::SetBy;
use crate::sim::neighbours::event::{BalancingEvent, NeighbourEvent};
use crate::sim::neighbours::target_group::{Checked, Checking, Settings, Target};
use crate::sim::neighbours::{connect, discovery, traffic};
use crate::sim::observation::Kind;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::random::{Concern, Stream};
use crate::sim::time::Millis;

/// Something happens at a load balancer.
pub(crate) fn happen(sim: &mut Sim, event: BalancingEvent) {
    match event {
        BalancingEvent::RegisterTarget { target_group, task, address } => register(sim, target_group, task, address),
        BalancingEvent::DeregisterTarget { target_group, task } => deregister(sim, target_group, task),
        BalancingEvent::FirstCheck { target_group } => first_check(sim, target_group),
        BalancingEvent::CheckTargets { target_group, turn } => check_targets(sim, target_group, turn),
        BalancingEvent::ChecksTimeOut { target_group, tasks } => checks_time_out(sim, target_group, &tasks),
        BalancingEvent::DrainingOver { target_group, task } => draining_over(sim, target_group, task),
        BalancingEvent::ReportTargets { target_group } => report_targets(sim, target_group),
        BalancingEvent::TargetsWarmUp { target_group } => targets_warm_up(sim, target_group),
        BalancingEvent::WeightsSet { listener, weights, set_by } => weights_set(sim, &listener, weights, set_by),
        BalancingEvent::TrafficChanges { flow, turn } => traffic::change_rate(sim, flow as usize, turn),
        BalancingEvent::NameExpires { flow, turn } => discovery::resolve(sim, flow as usize, turn),
        BalancingEvent::EndpointsPushed { flow, turn } => connect::push(sim, flow as usize, turn),
        BalancingEvent::RequestsRetried { flow, turn } => connect::retry(sim, flow as usize, turn),
        BalancingEvent::NameDrained { task } => sim.control.name_drained(&mut sim.fx, task),
        BalancingEvent::OutlierDetected { flow, turn, task } => connect::outlier_detected(sim, flow as usize, turn, task),
        BalancingEvent::AppReady { task } => {
            sim.data.touch(task);
        }
    }
}

/// Puts something into the future of the load balancer.
pub(crate) fn later(fx: &mut Effects, after_ms: Millis, event: BalancingEvent) {
    fx.at_neighbour(after_ms, NeighbourEvent::Balancing(event));
}

fn register(sim: &mut Sim, id: TargetGroupId, task: TaskId, address: Address) {
    let fx = &mut sim.fx;
    let Some(group) = sim.neighbours.balancer.groups.get_mut(id) else { return };
    let registered = fx.lead(Kind::Balancing(BalancingFact::TargetRegistered { target_group: id, task }.into()));
    let target = Target::registered(address, fx.now_ms, registered);
    group.targets.insert(task, target);
    let first_ms = fx.draw(Concern::TargetCheck, &[u64::from(id.0), u64::from(task.0)], &fx.tuning.balancing.first_check_ms);
    later(fx, first_ms, BalancingEvent::FirstCheck { target_group: id });
    if group.turn % 2 == 0 {
        group.turn += 1;
        let (turn, interval_ms) = (group.turn, group.settings.interval_ms);
        let phase_ms = Stream::of(fx.seed, Concern::TargetCheck, &[u64::from(id.0)]).below(interval_ms);
        fx.by_the_clock(|fx| {
            later(fx, interval_ms - phase_ms / 2, BalancingEvent::CheckTargets { target_group: id, turn });
        });
    }
    traffic::reroute_group(sim, id);
}

fn deregister(sim: &mut Sim, id: TargetGroupId, task: TaskId) {
    let delay_ms = sim.neighbours.balancer.groups.get(id).map(|group| group.settings.deregistration_delay_ms);
    if let Some(delay_ms) = delay_ms
        && turn(sim, id, task, TargetState::Draining, Some(TargetReason::DeregistrationInProgress))
    {
        later(&mut sim.fx, delay_ms, BalancingEvent::DrainingOver { target_group: id, task });
    }
}

fn draining_over(sim: &mut Sim, id: TargetGroupId, task: TaskId) {
    turn(sim, id, task, TargetState::Unused, Some(TargetReason::NotRegistered));
}

/// EC2 has stopped or started an instance. While it is stopped its targets are neither checked nor sent requests; a target that is an
/// IP address is just silent.
/// Ledger: target.stopped-server.
pub(crate) fn instance_changes(sim: &mut Sim, instance: InstanceId) {
    let stopped = sim.data.hosts.get(instance).is_some_and(|host| host.stopped_at_ms.is_some());
    let by_instance =
        sim.neighbours.balancer.groups.iter().filter(|(_, group)| group.settings.target_type == TargetType::Instance);
    let there = by_instance.flat_map(|(id, group)| group.targets.iter().map(move |(task, target)| (id, *task, target)));
    let there = there.filter(|(_, _, target)| target.address.instance == Some(instance));
    let turning = there.filter(|(_, _, target)| match target.state {
        TargetState::Initial | TargetState::Healthy | TargetState::Unhealthy => stopped,
        TargetState::Unused => !stopped && target.reason == Some(TargetReason::InvalidState),
        TargetState::Draining => false,
    });
    let turning: Vec<_> = turning.map(|(id, task, _)| (id, task)).collect();
    let (state, reason) = match stopped {
        true => (TargetState::Unused, TargetReason::InvalidState),
        false => (TargetState::Initial, TargetReason::InitialHealthChecking),
    };
    for (id, task) in turning {
        if let Some(target) = sim.neighbours.balancer.groups.get_mut(id).and_then(|group| group.targets.get_mut(&task)) {
            (target.successes, target.failures) = (0, 0);
        }
        turn(sim, id, task, state, Some(reason));
    }
}

/// Targets registered lately are checked before the next round.
fn first_check(sim: &mut Sim, id: TargetGroupId) {
    let now_ms = sim.fx.now_ms;
    let Some(group) = sim.neighbours.balancer.groups.get_mut(id) else { return };
    // Ledger: target.check-rounds.
    let skip_until_ms = now_ms + group.settings.interval_ms / 2;
    let mut fresh = Vec::new();
    for (task, target) in &mut group.targets {
        if target.state == TargetState::Initial && target.checked_until_ms == 0 {
            target.checked_until_ms = skip_until_ms;
            fresh.push(*task);
        }
    }
    check(sim, id, &fresh);
}

/// One round of checks. A group without targets stops checking until one is registered.
fn check_targets(sim: &mut Sim, id: TargetGroupId, turn: u32) {
    let Some(group) = sim.neighbours.balancer.groups.get(id).filter(|group| group.turn == turn) else { return };
    if group.targets.is_empty() {
        sim.neighbours.balancer.groups.get_mut(id).expect("the group exists").turn += 1;
        return;
    }
    let (interval_ms, now_ms) = (group.settings.interval_ms, sim.fx.now_ms);
    if !group.all_pass() {
        let checked = group.targets.iter().filter(|(_, target)| target.is_checked(now_ms));
        let checked: Vec<TaskId> = checked.map(|(task, _)| *task).collect();
        check(sim, id, &checked);
        if would_all_pass(sim, id) {
            sim.neighbours.balancer.groups.get_mut(id).expect("the group exists").note_all_pass();
        }
    }
    sim.fx.by_the_clock(|fx| later(fx, interval_ms, BalancingEvent::CheckTargets { target_group: id, turn }));
}

/// Is every target healthy, would it pass a check now, and is it sent requests?
pub(crate) fn would_all_pass(sim: &Sim, id: TargetGroupId) -> bool {
    let group = &sim.neighbours.balancer.groups[id];
    let passes = |task: TaskId, target: &Target| ask(sim, &group.settings, task, target) == Some(Checked::Passed);
    let sent: BTreeSet<TaskId> =
        sim.neighbours.traffic.routes_of(id).filter(|route| route.offered_mrps > 0).map(|route| route.task).collect();
    !sent.is_empty()
        && group.targets.iter().all(|(task, target)| {
            target.state == TargetState::Healthy && target.failures == 0 && sent.contains(task) && passes(*task, target)
        })
}

/// Asks a target: `None` when nothing comes before the timeout is over.
fn ask(sim: &Sim, settings: &Settings, task: TaskId, target: &Target) -> Option<Checked> {
    match sim.data.reply_of(task, target.address, sim.fx.now_ms) {
        Reply::Status { code, after_ms } if after_ms < settings.timeout_ms => Some(match settings.passes(code) {
            true => Checked::Passed,
            false => Checked::Failed(TargetReason::ResponseCodeMismatch(code)),
        }),
        Reply::Refused => Some(Checked::Failed(TargetReason::FailedHealthChecks)),
        Reply::Status { .. } | Reply::Silence => None,
    }
}

/// Asks each of these targets. What does not answer has failed only when the timeout is over.
fn check(sim: &mut Sim, id: TargetGroupId, tasks: &[TaskId]) {
    let mut silent = Vec::new();
    for task in tasks {
        let group = sim.neighbours.balancer.groups.get(id).expect("the group exists");
        let target = &group.targets[task];
        let Some(checked) = ask(sim, &group.settings, *task, target) else {
            silent.push(*task);
            continue;
        };
        // A healthy target that passes again is the rule, and nothing to write down.
        if checked != Checked::Passed || target.state != TargetState::Healthy || target.failures > 0 {
            count_check(sim, id, *task, checked);
        }
    }
    if !silent.is_empty() {
        let timeout_ms = sim.neighbours.balancer.groups[id].settings.timeout_ms;
        sim.fx.by_the_clock(|fx| later(fx, timeout_ms, BalancingEvent::ChecksTimeOut { target_group: id, tasks: silent }));
    }
}

fn checks_time_out(sim: &mut Sim, id: TargetGroupId, tasks: &[TaskId]) {
    for task in tasks {
        count_check(sim, id, *task, Checked::Failed(TargetReason::Timeout));
    }
}

fn count_check(sim: &mut Sim, id: TargetGroupId, task: TaskId, checked: Checked) {
    let Some(group) = sim.neighbours.balancer.groups.get_mut(id) else { return };
    let Checking { settings, targets, .. } = &mut **group;
    let Some(target) = targets.get_mut(&task) else { return };
    if let Some(state) = target.count_check(settings, checked) {
        let (reason, registered_by) = (target.reason, target.turned_by);
        let because = sim.data.answers_because(task, target.address).unwrap_or(registered_by);
        turn_because(sim, id, task, (state, reason), Some(because.max(registered_by)));
    }
}

fn turn_because(
    sim: &mut Sim,
    id: TargetGroupId,
    task: TaskId,
    to: (TargetState, Option<TargetReason>),
    because: Option<ObservationId>,
) {
    let outer = std::mem::replace(&mut sim.fx.cause, because);
    turn(sim, id, task, to.0, to.1);
    sim.fx.cause = outer;
}

/// A target comes into another state; ECS will be told. Says whether it was there to turn.
fn turn(sim: &mut Sim, id: TargetGroupId, task: TaskId, to: TargetState, reason: Option<TargetReason>) -> bool {
    let fx = &mut sim.fx;
    let Some(group) = sim.neighbours.balancer.groups.get_mut(id) else { return false };
    let Some(target) = group.targets.get_mut(&task).filter(|target| target.state != to) else { return false };
    let turned = fx.observe(Kind::Balancing(BalancingFact::TargetTurned { target_group: id, task, state: to, reason }.into()));
    (target.state, target.reason, target.since_ms, target.turned_by) = (to, reason, fx.now_ms, turned);
    if group.unreported.is_empty() {
        let keys = [u64::from(id.0), turned.0];
        let delay_ms = fx.draw(Concern::TargetReport, &keys, &fx.tuning.balancing.target_report_ms);
        fx.because(Some(turned), |fx| later(fx, delay_ms, BalancingEvent::ReportTargets { target_group: id }));
    }
    group.unreported.insert(task);
    let slow_ms = group.settings.slow_start_ms;
    if to == TargetState::Healthy && slow_ms > 0 {
        fx.because(Some(turned), |fx| later(fx, slow_ms / 10, BalancingEvent::TargetsWarmUp { target_group: id }));
    }
    traffic::reroute_group(sim, id);
    true
}

/// A target that starts slowly gets more after each tenth of its time.
fn targets_warm_up(sim: &mut Sim, id: TargetGroupId) {
    traffic::reroute_group(sim, id);
    let (now_ms, Some(group)) = (sim.fx.now_ms, sim.neighbours.balancer.groups.get(id)) else { return };
    let slow_ms = group.settings.slow_start_ms;
    let warming = |target: &Target| target.state == TargetState::Healthy && now_ms - target.since_ms < slow_ms;
    if group.targets.values().any(warming) {
        later(&mut sim.fx, slow_ms / 10, BalancingEvent::TargetsWarmUp { target_group: id });
    }
}

/// A listener shares requests by other weights from now on.
fn weights_set(sim: &mut Sim, listener: &str, weights: Vec<(TargetGroupId, u32)>, set_by: SetBy) {
    let Some(found) = sim.neighbours.balancer.listeners.iter_mut().find(|each| &*each.name == listener) else { return };
    (found.weights, found.set_by) = (weights, set_by);
    sim.fx.lead(Kind::Balancing(BalancingFact::ListenerWeighted { listener: Rc::from(listener) }.into()));
    traffic::reroute_listener(sim, listener);
}

/// ECS asks for the health of the targets that it has registered, and learns what has changed.
fn report_targets(sim: &mut Sim, id: TargetGroupId) {
    let Some(group) = sim.neighbours.balancer.groups.get_mut(id) else { return };
    for task in std::mem::take(&mut group.unreported) {
        let Some(target) = group.targets.get(&task) else { continue };
        let (state, reason, turned_by) = (target.state, target.reason, target.turned_by);
        let taken_for = match (state, reason) {
            // Not healthy is all that matters to ECS.
            // Ledger: target.stopped-server.
            (TargetState::Unused, Some(TargetReason::InvalidState)) => TargetState::Unhealthy,
            (TargetState::Unused, _) => {
                group.targets.remove(&task);
                state
            }
            (TargetState::Initial | TargetState::Healthy | TargetState::Unhealthy | TargetState::Draining, _) => state,
        };
        sim.fx.because(Some(turned_by), |fx| sim.control.hear_of_target(fx, id, task, taken_for, reason));
    }
}
