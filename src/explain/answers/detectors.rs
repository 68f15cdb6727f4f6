//! Who notices a failure, and when: container health check, load balancer, the agent's connection, EC2's status checks (ecs.md §6).
//!
//! The four know nothing of each other. For each: what it looks at, what it says now, when it noticed or will notice at the latest,
//! and what ECS does then. Start reading at [`of_task`].

use crate::explain::causes::find;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{instance_name, list, task_name};
use crate::explain::silent_agents::is_watched;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::data_plane::task_truth::{Container, TaskTruth};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::container_definition::HealthCheck;
use crate::sim::model::target::{TargetReason, TargetState};
use crate::sim::model::task::HealthStatus;
use crate::sim::neighbours::auto_scaling_group::Member;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{Millis, clock, span};
use crate::sim::wire::Way;

/// What is wrong in truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Nothing,
    /// The process lives but does not answer.
    Hangs,
    /// No container runs.
    Ended,
    NoPower,
    /// The agent does not run, or cannot be heard; containers go on.
    AgentSilent,
}

/// One detector.
struct Detector {
    name: &'static str,
    looks_at: String,
    says: String,
    notices: Notice,
    follows: String,
}

/// When it notices.
enum Notice {
    /// It has, at that instant.
    At(Millis),
    /// It will, at that instant at the latest.
    By(Millis),
    /// It would take so long at most.
    Within(Millis),
    Never(&'static str),
}

impl Notice {
    fn words(&self) -> String {
        match self {
            Notice::At(at_ms) => format!("noticed at {}", clock(*at_ms)),
            Notice::By(by_ms) => format!("will notice by {}", clock(*by_ms)),
            Notice::Within(most_ms) => format!("within {}", span(*most_ms)),
            Notice::Never(why) => format!("never: {why}"),
        }
    }
}

/// The answer for a task.
pub(super) fn of_task(sim: &Sim, log: &[Observation], id: TaskId) -> Option<Explanation> {
    let task = sim.belief().tasks.get(id)?;
    let truth = sim.truth().tasks.get(id);
    let host = task.instance.and_then(|instance| sim.truth().hosts.get(instance));
    let trouble = trouble_of_task(sim, task, truth, host);
    let mut detectors = vec![health_check(sim, log, (id, task), truth, trouble), load_balancer(sim, id, task, trouble)];
    match task.instance {
        Some(instance) => detectors.extend([agent(sim, log, instance, trouble), ec2(sim, instance, trouble)]),
        None => detectors.push(fargate_host(sim, task, trouble)),
    }
    let since = truth.and_then(|truth| truth.answers_by.max(truth.newest)).and_then(|id| find(log, id)).map(|fact| fact.at_ms);
    let so = match (trouble, since) {
        (Trouble::Nothing, _) => format!("In truth nothing is wrong with {} now.", task_name(sim, id)),
        (Trouble::Hangs, Some(since_ms)) => format!("In truth its app has not answered since {}.", clock(since_ms)),
        (Trouble::Hangs, None) => "In truth its app does not answer.".to_owned(),
        (Trouble::Ended, _) => ended_words(task),
        (Trouble::NoPower, _) => "In truth its server has no power: nothing of it runs.".to_owned(),
        (Trouble::AgentSilent, _) => "In truth it runs, but nothing that its server says reaches ECS.".to_owned(),
    };
    Some(explain(format!("Who notices when {} fails", task_name(sim, id)), so, trouble, detectors))
}

/// The answer for a server.
pub(super) fn of_server(sim: &Sim, log: &[Observation], id: InstanceId) -> Option<Explanation> {
    let host = sim.truth().hosts.get(id)?;
    let trouble = trouble_of_server(sim, id, host).unwrap_or(Trouble::Nothing);
    let of_tasks = "one task at a time: see the tasks on it";
    let inside = Detector {
        name: "Container health check",
        looks_at: of_tasks.to_owned(),
        says: "–".to_owned(),
        notices: match trouble {
            Trouble::NoPower | Trouble::AgentSilent => Notice::Never("it reports through the agent; the last word stays"),
            Trouble::Nothing | Trouble::Hangs | Trouble::Ended => Notice::Never("it asks the app, not the server"),
        },
        follows: "nothing".to_owned(),
    };
    let outside = Detector {
        name: "Load balancer",
        looks_at: of_tasks.to_owned(),
        says: targets_on(sim, id),
        notices: match trouble {
            Trouble::AgentSilent => Notice::Never("the apps answer as before"),
            Trouble::NoPower | Trouble::Nothing | Trouble::Hangs | Trouble::Ended => slowest_target(sim, id),
        },
        follows: match slowest_target(sim, id) {
            Notice::Never(_) => "nothing".to_owned(),
            Notice::At(_) | Notice::By(_) | Notice::Within(_) => {
                "ECS replaces its tasks one by one, though the server counts as there".to_owned()
            }
        },
    };
    let so = match trouble {
        Trouble::NoPower if host.power == Power::Terminated => "In truth the server is gone for good.",
        Trouble::NoPower => "In truth the server has no power, and none of its containers runs.",
        Trouble::AgentSilent => "In truth the server and its containers run; only ECS does not hear of it.",
        Trouble::Nothing | Trouble::Hangs | Trouble::Ended => "In truth nothing is wrong with the server now.",
    };
    let detectors = vec![inside, outside, agent(sim, log, id, trouble), ec2(sim, id, trouble)];
    let unheard = sim.belief().registry.get(id).is_some_and(|known| !known.agent_connected);
    let unwatched = if unheard && !is_watched(sim) { " No alarm watches for silent agents, so nobody is told." } else { "" };
    let so = format!("{so}{}{unwatched}", zombies(sim, id, trouble));
    Some(explain(format!("Who notices when {} fails", instance_name(id)), so, trouble, detectors))
}

/// Tasks that ECS believes RUNNING on a server without power, because nobody has reported their end (ecs.md §6.4).
fn zombies(sim: &Sim, id: InstanceId, trouble: Trouble) -> String {
    let tasks = sim.belief().agent(id).into_iter().flat_map(|link| link.tasks.iter());
    let running = tasks.filter(|task| sim.belief().tasks.get(**task).is_some_and(Task::is_running)).count() as u64;
    match (trouble, running) {
        (Trouble::NoPower, 1) => " ECS still counts its 1 task as RUNNING, until the server is deregistered.".to_owned(),
        (Trouble::NoPower, 2..) => format!(" ECS still counts its {running} tasks as RUNNING, until the server is deregistered."),
        _ => String::new(),
    }
}

fn explain(title: String, so: String, trouble: Trouble, detectors: Vec<Detector>) -> Explanation {
    let at = |detector: &Detector| match detector.notices {
        Notice::At(at_ms) => Some((at_ms, detector.name)),
        Notice::By(_) | Notice::Within(_) | Notice::Never(_) => None,
    };
    let coming = |detector: &Detector| match detector.notices {
        Notice::By(by_ms) => Some((by_ms, detector.name)),
        Notice::At(_) | Notice::Within(_) | Notice::Never(_) => None,
    };
    let blind: Vec<String> = detectors
        .iter()
        .filter(|detector| matches!(detector.notices, Notice::Never(_)))
        .map(|detector| detector.name.to_owned())
        .collect();
    let first = match (detectors.iter().filter_map(at).min(), detectors.iter().filter_map(coming).min()) {
        (Some((at_ms, who)), _) => format!(" First to notice: {}, at {}.", lower(who), clock(at_ms)),
        (None, Some((by_ms, who))) => format!(" Nobody has noticed yet; the first will be: {}, by {}.", lower(who), clock(by_ms)),
        (None, None) if trouble == Trouble::Nothing => String::new(),
        (None, None) => " None of these notices.".to_owned(),
    };
    let blind = match (trouble, blind.is_empty()) {
        (Trouble::Nothing, _) | (_, true) => String::new(),
        (_, false) => format!(" Blind to it: {}.", lower(&list(&blind))),
    };
    let row = |detector: &Detector| {
        vec![
            detector.name.to_owned(),
            detector.looks_at.clone(),
            detector.says.clone(),
            detector.notices.words(),
            detector.follows.clone(),
        ]
    };
    let grid = Grid {
        title: "Side by side".to_owned(),
        line: "They know nothing of each other, and what each does is different.".to_owned(),
        heads: vec!["Who", "looks at", "says now", "notices", "then"],
        rows: detectors.iter().map(row).collect(),
    };
    Explanation { title, sentence: format!("{so}{first}{blind}"), grids: vec![grid], ..Explanation::default() }
}

/// Names of detectors within a sentence.
fn lower(text: &str) -> String {
    text.replace("Container health", "container health").replace("Load balancer", "load balancer").replace("Agent", "agent")
}

fn ended_words(task: &Task) -> String {
    match &task.stopped {
        Some(stopped) => format!(
            "It has ended ({}): no detector is needed for that, because the agent reports an exit at once.",
            stopped.reason
        ),
        None => "In truth no container of it runs; the agent reports an exit at once, without any of these.".to_owned(),
    }
}

fn trouble_of_task(sim: &Sim, task: &Task, truth: Option<&TaskTruth>, host: Option<&Host>) -> Trouble {
    let of_server = task.instance.zip(host).and_then(|(instance, host)| trouble_of_server(sim, instance, host));
    match (of_server, truth) {
        (Some(Trouble::NoPower), _) => Trouble::NoPower,
        (_, None) => Trouble::Ended,
        (_, Some(truth)) if !truth.has_a_process() => Trouble::Ended,
        (_, Some(truth)) if truth.hung => Trouble::Hangs,
        (Some(trouble), Some(_)) => trouble,
        (None, Some(_)) => Trouble::Nothing,
    }
}

fn trouble_of_server(sim: &Sim, instance: InstanceId, host: &Host) -> Option<Trouble> {
    match host.power {
        Power::Off | Power::Terminated => Some(Trouble::NoPower),
        Power::Booting => None,
        Power::On if !host.agent.running || sim.wire().is_cut(instance, Way::ToControlPlane) => Some(Trouble::AgentSilent),
        Power::On => None,
    }
}

fn checked(truth: &TaskTruth) -> Option<(&Container, &HealthCheck)> {
    let definitions = truth.payload.definition.containers.iter();
    let checked = truth.containers.iter().zip(definitions).filter(|(_, definition)| definition.essential);
    checked.filter_map(|(container, definition)| Some((container, definition.health_check.as_ref()?))).next()
}

fn health_check(
    sim: &Sim,
    log: &[Observation],
    (id, task): (TaskId, &Task),
    truth: Option<&TaskTruth>,
    trouble: Trouble,
) -> Detector {
    let (name, telemetry_ms) = ("Container health check", sim.tuning().telemetry_period_ms);
    let Some((container, check)) = truth.and_then(checked) else {
        let has_one = sim.belief().definitions[task.definition].has_health_check();
        let looks_at = if has_one { "the app, from inside its container" } else { "nothing: the task definition has none" };
        return Detector {
            name,
            looks_at: looks_at.to_owned(),
            says: if has_one { "gone with the container".to_owned() } else { "–".to_owned() },
            notices: Notice::Never(if has_one { "there is nothing left to ask" } else { "there is none" }),
            follows: "nothing".to_owned(),
        };
    };
    let grows_ms = check.interval_ms + check.timeout_ms;
    let notices = match (trouble, task.health, container.health) {
        (Trouble::NoPower, ..) => Notice::Never("it runs on the server itself"),
        (Trouble::Ended, ..) => Notice::Never("there is nothing left to ask"),
        (_, HealthStatus::Unhealthy, _) => heard_unhealthy(log, id, task),
        (_, HealthStatus::Healthy | HealthStatus::Unknown, HealthStatus::Unhealthy) => match trouble {
            Trouble::AgentSilent => Notice::Never("its report cannot reach ECS"),
            Trouble::Nothing | Trouble::Hangs | Trouble::Ended | Trouble::NoPower => Notice::By(sim.now_ms() + telemetry_ms),
        },
        (Trouble::Hangs, HealthStatus::Healthy | HealthStatus::Unknown, _) => {
            let left = u64::from(check.retries.saturating_sub(container.failures));
            Notice::By(sim.now_ms() + left * grows_ms + telemetry_ms)
        }
        (Trouble::AgentSilent, HealthStatus::Healthy | HealthStatus::Unknown, _) => Notice::Never("the app answers as before"),
        (Trouble::Nothing, HealthStatus::Healthy | HealthStatus::Unknown, _) => {
            Notice::Within(check.interval_ms + u64::from(check.retries.saturating_sub(1)) * grows_ms + telemetry_ms)
        }
    };
    Detector {
        name,
        looks_at: format!(
            "the app, from inside its container, every {}; {} failures in a row; reported every {}",
            span(check.interval_ms),
            check.retries,
            span(telemetry_ms)
        ),
        says: format!("{}; ECS has heard {}", container.health.name(), task.health.name()),
        notices,
        follows: match task.service {
            Some(_) => "the service replaces the task".to_owned(),
            None => "nothing: it belongs to no service".to_owned(),
        },
    }
}

/// When ECS last heard that the task is unhealthy.
fn heard_unhealthy(log: &[Observation], id: TaskId, task: &Task) -> Notice {
    let since = log.partition_point(|fact| fact.id < task.placed_by);
    let heard = |fact: &&Observation| matches!(fact.kind, Kind::TaskHealthChanged { health: HealthStatus::Unhealthy, task } if task == id);
    match log[since..].iter().rev().find(heard) {
        Some(fact) => Notice::At(fact.at_ms),
        None => Notice::Never("it is not on record"),
    }
}

fn load_balancer(sim: &Sim, id: TaskId, task: &Task, trouble: Trouble) -> Detector {
    let name = "Load balancer";
    let registration = task.target.as_ref().and_then(|target| target.registrations.first());
    let group = registration.and_then(|each| sim.neighbours().balancer.groups.get(each.target_group));
    let Some((registration, group)) = registration.zip(group) else {
        return Detector {
            name,
            looks_at: "nothing: the task is in no target group".to_owned(),
            says: "–".to_owned(),
            notices: Notice::Never("it does not know the task"),
            follows: "nothing".to_owned(),
        };
    };
    let settings = &group.settings;
    let target = group.targets.get(&id);
    let state = target.map_or("gone", |target| target.state.name());
    let left = |failures: u32| {
        u64::from(settings.unhealthy_threshold.saturating_sub(failures)) * settings.interval_ms + settings.timeout_ms
    };
    let notices = match (target, trouble) {
        (Some(target), _) if target.state == TargetState::Unhealthy => Notice::At(target.since_ms),
        (None, _) => Notice::Never("it is no target any more"),
        (Some(target), _) if target.state == TargetState::Draining => Notice::Never("a draining target is not checked"),
        (Some(_), Trouble::AgentSilent) => Notice::Never("the app answers as before"),
        (Some(target), Trouble::Hangs | Trouble::Ended | Trouble::NoPower) => Notice::By(sim.now_ms() + left(target.failures)),
        (Some(_), Trouble::Nothing) => Notice::Within(left(0)),
    };
    Detector {
        name,
        looks_at: format!(
            "{} over the network, every {}; {} failures in a row",
            settings.path,
            span(settings.interval_ms),
            settings.unhealthy_threshold
        ),
        says: format!("{state}; ECS has heard {}", registration.state.name()),
        notices,
        follows: "no requests; the service starts a replacement, then stops this one".to_owned(),
    }
}

fn agent(sim: &Sim, log: &[Observation], instance: InstanceId, trouble: Trouble) -> Detector {
    let belief = sim.belief();
    let (patience_ms, period_ms) = (sim.tuning().heartbeat_patience_ms, sim.tuning().heartbeat_period_ms);
    let heard_ms = belief.registry.last_heard_at_ms(instance);
    let connected = belief.registry.get(instance).map(|known| known.agent_connected);
    let noticed_by = belief.agent(instance).and_then(|link| link.disconnected_by);
    let notices = match (connected, trouble) {
        (None, _) => Notice::Never("the server is not registered"),
        (Some(false), _) => match noticed_by.and_then(|id| find(log, id)) {
            Some(fact) => Notice::At(fact.at_ms),
            None => Notice::Never("it is not on record"),
        },
        (Some(true), Trouble::NoPower | Trouble::AgentSilent) => {
            Notice::By(heard_ms.unwrap_or(sim.now_ms()) + patience_ms + period_ms)
        }
        (Some(true), Trouble::Hangs | Trouble::Ended) => Notice::Never("the agent goes on talking"),
        (Some(true), Trouble::Nothing) => Notice::Within(patience_ms + period_ms),
    };
    let says = match (connected, heard_ms) {
        (Some(connected), Some(heard_ms)) => format!("agentConnected={connected}, last heard {}", clock(heard_ms)),
        (Some(connected), None) => format!("agentConnected={connected}"),
        (None, _) => "not registered".to_owned(),
    };
    Detector {
        name: "Agent's connection",
        looks_at: format!("a heartbeat every {}; silence for {}", span(period_ms), span(patience_ms)),
        says,
        notices,
        follows: "new tasks go elsewhere; those on the server stay RUNNING in the books and are not replaced".to_owned(),
    }
}

fn ec2(sim: &Sim, instance: InstanceId, trouble: Trouble) -> Detector {
    let tuning = &sim.tuning().capacity;
    let groups = sim.neighbours().auto_scaling.groups.iter();
    let member = groups.filter_map(|(name, group)| Some((name, group, *group.members.get(&instance)?))).next();
    let (period_ms, to_fail) = (tuning.status_check_period_ms, tuning.status_checks_to_fail);
    let grace_left = |member: &Member, grace_ms: Millis| (member.since_ms + grace_ms).saturating_sub(sim.now_ms());
    let by = |member: &Member, grace_ms: Millis| {
        let checks = u64::from(to_fail.saturating_sub(member.failed_checks));
        Notice::By(sim.now_ms() + grace_left(member, grace_ms) + checks * period_ms)
    };
    let (says, notices, follows) = match (&member, trouble) {
        (None, Trouble::NoPower) => (
            "impaired".to_owned(),
            Notice::Never("it is in no auto scaling group, so nobody looks"),
            "nothing: nobody replaces it".to_owned(),
        ),
        (None, Trouble::Nothing | Trouble::Hangs | Trouble::Ended | Trouble::AgentSilent) => (
            "ok".to_owned(),
            Notice::Never("it sees power and network of the server only"),
            "nothing: it is in no auto scaling group".to_owned(),
        ),
        (Some((name, group, member)), Trouble::NoPower) => {
            (format!("{} of {to_fail} failed", member.failed_checks.min(to_fail)), by(member, group.grace_ms), replaces(name))
        }
        (Some((name, ..)), Trouble::Nothing) => ("ok".to_owned(), Notice::Within(u64::from(to_fail) * period_ms), replaces(name)),
        (Some((name, ..)), Trouble::Hangs | Trouble::Ended | Trouble::AgentSilent) => {
            ("ok".to_owned(), Notice::Never("it sees power and network of the server only"), replaces(name))
        }
    };
    Detector {
        name: "EC2 status checks",
        looks_at: format!("power and network of the server, every {}; {to_fail} failures in a row", span(period_ms)),
        says,
        notices,
        follows,
    }
}

fn replaces(group: &str) -> String {
    format!("auto scaling group {group} ends the server and launches another")
}

/// Under Fargate AWS watches its own hosts.
fn fargate_host(sim: &Sim, task: &Task, trouble: Trouble) -> Detector {
    let loss_ms = sim.tuning().fargate_host_loss_ms;
    let lost = sim.truth().zone_has_failed(task.zone);
    Detector {
        name: "AWS's own hosts",
        looks_at: "the hosts under Fargate, which are not yours".to_owned(),
        says: if lost { "host lost" } else { "ok" }.to_owned(),
        notices: match (lost, trouble) {
            (true, _) => Notice::By(sim.now_ms() + loss_ms),
            (false, Trouble::Hangs | Trouble::Ended) => Notice::Never("it sees hosts, not apps"),
            (false, Trouble::Nothing | Trouble::NoPower | Trouble::AgentSilent) => Notice::Within(loss_ms),
        },
        follows: "the task is STOPPED; a service starts another".to_owned(),
    }
}

/// How the targets on a server stand: `3 healthy, 1 unhealthy`.
fn targets_on(sim: &Sim, instance: InstanceId) -> String {
    let states = [TargetState::Healthy, TargetState::Unhealthy, TargetState::Initial, TargetState::Draining];
    let all = sim.neighbours().balancer.groups.iter().flat_map(|(_, group)| group.targets.values());
    let here: Vec<TargetState> =
        all.filter(|target| target.address.instance == Some(instance)).map(|target| target.state).collect();
    let counts = states.map(|state| (state, here.iter().filter(|other| **other == state).count()));
    let words: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(state, count)| format!("{count} {}", state.name())).collect();
    if words.is_empty() { "no target here".to_owned() } else { list(&words) }
}

/// When the load balancer has found all targets of a server unhealthy, or will have.
fn slowest_target(sim: &Sim, instance: InstanceId) -> Notice {
    let mut last = None;
    for (_, group) in sim.neighbours().balancer.groups.iter() {
        for target in group.targets.values().filter(|target| target.address.instance == Some(instance)) {
            let settings = &group.settings;
            let left = u64::from(settings.unhealthy_threshold.saturating_sub(target.failures));
            let (at_ms, has) = match target.state {
                TargetState::Unhealthy => (target.since_ms, true),
                TargetState::Initial | TargetState::Healthy => {
                    (sim.now_ms() + left * settings.interval_ms + settings.timeout_ms, false)
                }
                TargetState::Unused if target.reason == Some(TargetReason::InvalidState) => (target.since_ms, true),
                TargetState::Draining | TargetState::Unused => continue,
            };
            last = last.max(Some((!has, at_ms)));
        }
    }
    let off = sim.truth().hosts.get(instance).is_some_and(|host| host.power != Power::On);
    match last {
        None => Notice::Never("none of its tasks is a target"),
        Some((false, at_ms)) => Notice::At(at_ms),
        Some((true, by_ms)) if off => Notice::By(by_ms),
        Some((true, by_ms)) => Notice::Within(by_ms - sim.now_ms()),
    }
}
