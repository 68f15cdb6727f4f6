//! Why has a task that has a place not come to RUNNING, or not ended yet?
//!
//! Here belief and truth part ways most: each sentence says what ECS believes and, where it differs, what is so.
//! Start reading at [`why_task_waits`].

use crate::explain::awaiting_capacity::why_it_waits;
use crate::explain::endings::{ending_words, exit_words};
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{instance_name, launch_type_words, list, number, task_name};
use crate::explain::servers;
use crate::sim::control_plane::task::{Registration, Task};
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::data_plane::task_truth::{Container, ContainerState, Ground, Phase, TaskTruth};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::message::ContainerExit;
use crate::sim::model::start_error::StartStep;
use crate::sim::model::target::TargetState;
use crate::sim::model::task::{StopCode, TaskStatus};
use crate::sim::observation::platform::Bottleneck;
use crate::sim::time::{clock, span};
use crate::sim::wire::Way;

/// Why a task is not RUNNING yet, or not STOPPED yet; nothing for one that is where it should be.
pub fn why_task_waits(sim: &Sim, task: TaskId) -> Option<Explanation> {
    let known = sim.belief().tasks.get(task)?;
    let of_sentence = |sentence: String| Explanation { sentence, ..Explanation::default() };
    let answer = match known.last_status {
        TaskStatus::Running | TaskStatus::Stopped => return None,
        TaskStatus::Provisioning => why_it_waits(sim, task).unwrap_or_else(|| of_sentence(provisioning(sim, known))),
        TaskStatus::Pending | TaskStatus::Activating => of_sentence(starting(sim, task, known)),
        TaskStatus::Deactivating => of_sentence(deactivating(sim, task, known)),
        TaskStatus::Stopping => of_sentence(stopping(sim, task, known)),
        TaskStatus::Deprovisioning => {
            let why = known.stopped.as_ref().map(|stopped| format!("{} ", why_words(sim, known, stopped.code)));
            let then = "Its containers have ended, and its network interface is being taken away.";
            of_sentence(format!("{}{then}", why.unwrap_or_default()))
        }
    };
    let for_how_long = known.times.entered(known.last_status).map(|since| span(sim.now_ms() - since));
    let title = format!("{} is {}", task_name(sim, task), known.last_status.name());
    let title = for_how_long.map_or(title.clone(), |length| format!("{title} for {length}"));
    Some(Explanation { title, ..answer })
}

/// Why a task has ended; nothing for one that has not.
pub fn why_stopped(sim: &Sim, task: TaskId) -> Option<Explanation> {
    let known = sim.belief().tasks.get(task).filter(|known| known.last_status == TaskStatus::Stopped)?;
    let stopped = known.stopped.as_ref()?;
    let ran = match known.times.entered(TaskStatus::Running) {
        Some(since_ms) => format!("It had been RUNNING since {}.", clock(since_ms)),
        None => "It never came to RUNNING.".to_owned(),
    };
    let exit = |exit: &ContainerExit| {
        let code = exit.exit_code.map_or_else(|| "never ran".to_owned(), |code| format!("exit code {code}{}", exit_words(code)));
        vec![exit.container.to_string(), code, exit.reason.as_deref().unwrap_or("–").to_owned()]
    };
    let grid = Grid {
        title: "Its containers".to_owned(),
        line: String::new(),
        heads: vec!["Container", "ended with", "reason"],
        rows: known.exits.iter().map(exit).collect(),
    };
    Some(Explanation {
        title: format!("{} is STOPPED", task_name(sim, task)),
        sentence: format!("{} {ran}", why_words(sim, known, stopped.code)),
        grids: if known.exits.is_empty() { Vec::new() } else { vec![grid] },
        service_text: Some(format!("stopCode {}, stoppedReason: {}", stopped.code.name(), stopped.reason)),
        ..Explanation::default()
    })
}

/// What its stop code means, and why it came to that.
fn why_words(sim: &Sim, task: &Task, code: StopCode) -> String {
    let words = match (code, task.stopped.as_ref().map_or("", |stopped| &stopped.reason)) {
        (StopCode::ServiceSchedulerInitiated, reason) if reason.starts_with("Task failed ") => "Its service replaced it.",
        (StopCode::ServiceSchedulerInitiated, reason) if reason.starts_with("Availability-zone ") => {
            "Its service started another in a zone with fewer tasks."
        }
        (code, _) => cause_words(code),
    };
    match ending_words(sim, task) {
        Some(why) => format!("{}: {why}.", words.trim_end_matches('.')),
        None => words.to_owned(),
    }
}

/// What a stop code means.
fn cause_words(code: StopCode) -> &'static str {
    match code {
        StopCode::TaskFailedToStart => "It could not be started.",
        StopCode::EssentialContainerExited => "An essential container ended, and that ends the whole task.",
        StopCode::UserInitiated => "Someone asked for it to stop.",
        StopCode::ServiceSchedulerInitiated => "Its service wanted fewer tasks, or replaced it with one of another revision.",
        StopCode::SpotInterruption => {
            "AWS takes its Spot capacity back, with two minutes' notice. Its service starts another on Fargate Spot and never falls \
             back to Fargate by itself; a base on FARGATE would keep tasks running."
        }
        StopCode::TerminationNotice => "The machine under it was taken away.",
    }
}

fn provisioning(sim: &Sim, task: &Task) -> String {
    match task.instance {
        Some(instance) => format!(
            "Its network interface is being attached to {}; only then does ECS tell the agent to start it.{}",
            instance_name(instance),
            subnet_words(sim, task)
        ),
        None => format!(
            "{} is creating its network interface and finding a host for it{}.{}",
            launch_type_words(task.launch_type),
            failed_zone_words(sim, task),
            subnet_words(sim, task)
        ),
    }
}

/// Where its address comes from, and how many are left there; nothing when the caller named no subnets.
fn subnet_words(sim: &Sim, task: &Task) -> String {
    let Some(network) = &task.network else { return String::new() };
    let known = sim.neighbours().network.subnets().find(|(id, _)| **id == network.subnet);
    known.map_or_else(String::new, |(id, subnet)| match subnet.addresses - subnet.taken {
        0 => format!(
            " Its address comes from {id}, where all {} are taken: a task that gets none stops with TaskFailedToStart.",
            number(u64::from(subnet.addresses))
        ),
        free => format!(
            " Its address comes from {id}, where {} of {} are free.",
            number(u64::from(free)),
            number(u64::from(subnet.addresses))
        ),
    })
}

fn failed_zone_words(sim: &Sim, task: &Task) -> &'static str {
    if sim.truth().zone_has_failed(task.zone) { "; in truth its zone has failed, and ECS does not know yet" } else { "" }
}

fn starting(sim: &Sim, id: TaskId, task: &Task) -> String {
    let truth = sim.truth().tasks.get(id);
    let Some(instance) = task.instance else {
        return match truth {
            Some(truth) => on_its_way(sim, truth),
            None => "AWS is preparing a host for it.".to_owned(),
        };
    };
    let server = instance_name(instance);
    let Some(host) = sim.truth().hosts.get(instance) else { return format!("{server} is gone.") };
    if let Some(sentence) = nobody_there(sim, instance, host) {
        return sentence;
    }
    match truth {
        None => not_arrived(sim, instance, host),
        Some(truth) => match truth.phase {
            Phase::Queued => queued(sim, id, truth, host, &server),
            Phase::Starting => on_its_way(sim, truth),
            Phase::Running => format!("In truth it runs already; {}.", report_words(sim, instance)),
            Phase::Ending | Phase::Ended => {
                format!("In truth it is ending or has ended already; {}.", report_words(sim, instance))
            }
        },
    }
}

/// The server or its agent cannot act: what ECS believes of that, and what is so.
fn nobody_there(sim: &Sim, instance: InstanceId, host: &Host) -> Option<String> {
    let what = match (host.power, host.agent.running) {
        (Power::Off, _) => "the server has no power",
        (Power::Terminated, _) => "the server is gone for good",
        (Power::Booting, _) => "the server is booting",
        (Power::On, false) => "the ECS agent there does not run",
        (Power::On, true) => return None,
    };
    let server = instance_name(instance);
    Some(format!("ECS waits for the agent on {server} to start it. In truth {what}; {}.", belief_words(sim, instance)))
}

/// What ECS knows of an agent that does not answer.
fn belief_words(sim: &Sim, instance: InstanceId) -> String {
    let Some(known) = sim.belief().registry.get(instance) else { return "ECS has deregistered it".to_owned() };
    let silent = sim.belief().registry.last_heard_at_ms(instance).map_or(0, |heard| sim.now_ms() - heard);
    if known.agent_connected {
        format!("ECS has not heard from it for {} but still believes it connected", span(silent))
    } else {
        "ECS has marked its agent disconnected".to_owned()
    }
}

fn not_arrived(sim: &Sim, instance: InstanceId, host: &Host) -> String {
    let server = instance_name(instance);
    if sim.wire().is_cut(instance, Way::ToAgent) {
        return format!(
            "ECS believes the agent on {server} will start it. In truth the instruction cannot get through: the network is cut."
        );
    }
    if !host.agent.connected {
        return format!(
            "ECS cannot tell the agent on {server} to start it: the agent has no connection and is trying to get one."
        );
    }
    format!("The instruction to start it is on its way to the agent on {server}.")
}

fn report_words(sim: &Sim, instance: InstanceId) -> String {
    if sim.wire().is_cut(instance, Way::ToControlPlane) {
        "ECS cannot know: reports do not get through".to_owned()
    } else {
        "the report is on its way to ECS".to_owned()
    }
}

/// The agent's queue: only its head is looked at (ecs.md §2.6).
fn queued(sim: &Sim, id: TaskId, truth: &TaskTruth, host: &Host, server: &str) -> String {
    let head = host.waiting.front().copied();
    if let Some(head) = head.filter(|head| *head != id) {
        return format!(
            "It waits in the agent's queue on {server} behind {}: the agent looks only at the first in the queue, and that one does not fit yet.",
            task_name(sim, head)
        );
    }
    let ending = host.tasks.iter().copied().find(|other| {
        let holds = sim.truth().tasks.get(*other).is_some_and(|other| other.phase == Phase::Ending);
        holds && *other != id
    });
    match ending {
        Some(other) => format!(
            "It waits in the agent's queue on {server}: in truth {} still holds the room, because its containers have not ended yet. \
             ECS counted that room as free the moment it decided to stop that task.",
            task_name(sim, other)
        ),
        None if host.ledger.fits(&truth.payload.needs) => format!("The agent on {server} is about to start it."),
        None => format!("It waits in the agent's queue on {server}: by the agent's own count there is no room for it yet."),
    }
}

/// Room is taken and its containers are being started.
fn on_its_way(sim: &Sim, truth: &TaskTruth) -> String {
    let pulling = truth.containers.iter().position(|container| container.state == ContainerState::Pulling);
    if let Some(index) = pulling {
        return pulling_words(sim, truth, index, &truth.containers[index]);
    }
    let creating = truth.containers.iter().position(|container| container.state == ContainerState::Creating);
    if let Some(index) = creating {
        return creating_words(truth, index);
    }
    let waits = |state| matches!(state, ContainerState::Fresh | ContainerState::Pulled);
    let waiting = truth.containers.iter().position(|container| waits(container.state));
    match waiting {
        Some(index) => waiting_for(truth, index),
        None if is_activating(sim, truth.payload.task) => format!(
            "Its containers run; ECS registers it where it is to be found in its next look at the service, every {}, and then calls it RUNNING.",
            span(sim.tuning().reconcile_period_ms)
        ),
        None => match truth.ground {
            Ground::Host(instance) => format!("In truth its containers run; {}.", report_words(sim, instance)),
            Ground::Fargate => "Its containers run; the report is on its way to ECS.".to_owned(),
        },
    }
}

fn is_activating(sim: &Sim, id: TaskId) -> bool {
    let known = sim.belief().tasks.get(id);
    known.is_some_and(|known| known.last_status == TaskStatus::Activating) && sim.belief().awaits_registration(id)
}

/// What cannot be created or started hangs until its timeout (ecs.md §2.9).
fn creating_words(truth: &TaskTruth, index: usize) -> String {
    let name = &truth.container_definition(index).name;
    match &truth.containers[index].reason {
        Some(reason) => format!("Container {name} does not come up, and the agent waits until its timeout is over: {reason}"),
        None => format!("Container {name} is being created and started."),
    }
}

fn pulling_words(sim: &Sim, truth: &TaskTruth, index: usize, container: &Container) -> String {
    let image = &truth.container_definition(index).image;
    let registry = &sim.truth().images;
    if registry.failing().is_some() {
        return format!(
            "Its image {image} cannot be pulled: the image registry fails. {} of {} attempts have failed; ECS only sees that it is {}.",
            container.attempts,
            sim.tuning().pull_attempts,
            believed_status(sim, truth.id())
        );
    }
    let broken = sim.truth().start_failures.of(&truth.payload, index, |error| error.step() == Some(StartStep::Pull));
    if let Some((error, _)) = broken.filter(|_| !container.cached) {
        return format!(
            "Its image {image} cannot be pulled: {}. {} of {} attempts have failed; ECS only sees that it is {}.",
            error.words(),
            container.attempts,
            sim.tuning().pull_attempts,
            believed_status(sim, truth.id())
        );
    }
    let factor = registry.pull_ms(1);
    if factor > 1 {
        return format!("Its image {image} is being pulled, {factor} times as slowly as usual: the image registry is slow.");
    }
    let transfer = match truth.ground {
        Ground::Host(instance) => sim.truth().hosts[instance].pull_of(truth.id(), index),
        Ground::Fargate => None,
    };
    match (transfer, truth.ground) {
        (Some((speed, Some(bottleneck))), Ground::Host(instance)) => {
            let what = match bottleneck {
                Bottleneck::Network => "network",
                Bottleneck::Volume => "volume",
            };
            let others = sim.truth().bandwidth_of(instance, sim.tuning()).pulls - 1;
            format!(
                "Its image {image} is being pulled at {}, where it would have {} MiB/s alone: the {what} of {} has no more to give, \
                 shared with {}. ECS places by CPU and memory and does not see it.",
                servers::speed(speed),
                sim.tuning().platform.pull_mib_per_second,
                instance_name(instance),
                super::names::count(others as u64, "other pull")
            )
        }
        (Some((speed, _)), _) => format!("Its image {image} is being pulled at {}.", servers::speed(speed)),
        (None, _) => format!("Its image {image} is being pulled."),
    }
}

fn believed_status(sim: &Sim, task: TaskId) -> &'static str {
    sim.belief().tasks.get(task).map_or("unknown", |known| known.last_status.name())
}

/// A container whose `dependsOn` is not met, or that the agent has not come to.
fn waiting_for(truth: &TaskTruth, index: usize) -> String {
    let definition = truth.container_definition(index);
    if truth.dependencies_are_met(index) {
        return format!("Its image {} is about to be pulled.", definition.image);
    }
    let waits: Vec<String> = definition
        .depends_on
        .iter()
        .map(|dependency| format!("{} to be {}", dependency.container, dependency.condition.name()))
        .collect();
    format!("Container {} waits for {} (dependsOn).", definition.name, list(&waits))
}

/// Before SIGTERM its targets drain (ecs.md §2.4, §9.5).
fn deactivating(sim: &Sim, id: TaskId, task: &Task) -> String {
    let groups = &sim.neighbours().balancer.groups;
    let drains_until = |each: &Registration| {
        let group = groups.get(each.target_group)?;
        let target = group.targets.get(&id).filter(|target| target.state == TargetState::Draining)?;
        Some((target.since_ms + group.settings.deregistration_delay_ms, group.settings.deregistration_delay_ms))
    };
    let registrations = task.target.iter().flat_map(|target| &target.registrations);
    match registrations.filter_map(drains_until).max() {
        Some((until_ms, delay_ms)) => format!(
            "ECS has decided to stop it. First its load balancer drains it: it gets no new requests, and open ones may finish for the \
             deregistration delay of {}, until {}. Only then is it sent SIGTERM.",
            span(delay_ms),
            clock(until_ms)
        ),
        None if task.target.is_none() => format!(
            "ECS has decided to stop it, and has taken it out of service discovery or Service Connect, so that nobody finds it any more; \
             {} after that it is sent SIGTERM.",
            span(sim.tuning().balancing.name_drain_ms)
        ),
        None => "ECS has decided to stop it. First nobody is to find it any more, at the load balancer or by name; then it is sent SIGTERM.".to_owned(),
    }
}

fn stopping(sim: &Sim, id: TaskId, task: &Task) -> String {
    let Some(instance) = task.instance else {
        return stopping_on_fargate(sim, id, task.last_status);
    };
    let Some(host) = sim.truth().hosts.get(instance) else { return "Its server is gone.".to_owned() };
    let server = instance_name(instance);
    let silent = host.power != Power::On || !host.agent.running;
    match sim.truth().tasks.get(id).map(|truth| truth.phase) {
        Some(Phase::Queued | Phase::Starting | Phase::Running) => format!(
            "ECS has decided to stop it, but in truth its containers go on: the agent on {server} has not been told; {}.",
            if silent { belief_words(sim, instance) } else { undelivered_words(sim, instance) }
        ),
        Some(Phase::Ending) => format!(
            "Its containers on {server} have been sent SIGTERM; what does not end within the stop timeout ({} unless the container says \
             otherwise) gets SIGKILL.",
            span(sim.tuning().stop_timeout_ms)
        ),
        Some(Phase::Ended) | None => {
            format!("In truth it has ended; {}.", if silent { belief_words(sim, instance) } else { report_words(sim, instance) })
        }
    }
}

fn stopping_on_fargate(sim: &Sim, id: TaskId, status: TaskStatus) -> String {
    match (sim.truth().tasks.get(id).map(|truth| truth.phase), status) {
        (Some(Phase::Queued | Phase::Starting | Phase::Running), TaskStatus::Deactivating) => {
            "ECS has decided to stop it; its containers go on until its target is drained.".to_owned()
        }
        (Some(Phase::Queued | Phase::Starting | Phase::Running), _) => {
            "ECS has decided to stop it, but in truth its containers go on: Fargate sends them SIGTERM about ten seconds later."
                .to_owned()
        }
        (Some(Phase::Ending), _) => "Its containers have been sent SIGTERM and have until the stop timeout to end.".to_owned(),
        (Some(Phase::Ended) | None, _) => {
            "In truth its containers have ended; Fargate takes its network interface away.".to_owned()
        }
    }
}

fn undelivered_words(sim: &Sim, instance: InstanceId) -> String {
    if sim.wire().is_cut(instance, Way::ToAgent) {
        "instructions do not get through".to_owned()
    } else {
        "the instruction is on its way".to_owned()
    }
}
