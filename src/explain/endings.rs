//! Why a task has ended, in plain words, and whether the tasks of a service keep ending.
//!
//! What the service says of an end is exact and hard to read; here is what it means. Start reading at [`ending_words`].

use crate::explain::names::{count, instance_name, launch_type_words, task_name, zone_name};
use crate::sim::control_plane::task::{Stopped, Task};
use crate::sim::engine::Sim;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::model::task::{StopCode, TaskStatus};
use crate::sim::time::{clock, span};

/// Words of the service (ecs.md §2.8, §2.9), and what they mean.
const MEANINGS: &[(&str, &str)] = &[
    ("404 Not Found", "its image does not exist in the registry"),
    ("toomanyrequests", "the registry limits how often images may be pulled, and the limit is reached"),
    ("waiting for connection", "its network has no way to the image registry"),
    ("i/o timeout", "the image registry does not answer"),
    ("failed to copy", "the connection to the registry broke off while its image was pulled"),
    ("CannotPullECRContainerError", "its execution role may not pull from Amazon ECR"),
    ("registry authentication from Amazon ECR", "it cannot reach Amazon ECR, where it must log in before it pulls its image"),
    ("can't find the specified secret", "a secret that its task definition names does not exist"),
    ("log group does not exist", "the log group that its task definition names does not exist"),
    ("no space left on device", "{disk} is full"),
    ("free data blocks", "{disk} is full but for the tenth of its thin pool that Docker keeps back"),
    ("executable file not found", "the command that it is to run is not in its image"),
    ("not transition to created", "a container could not be created in time"),
    ("not transition to started", "a container could not be started in time"),
    ("network interface provisioning", "its network interface was not made in time"),
    ("InsufficientFreeAddressesInSubnet", "its subnet {subnet} has no free address"),
    ("Capacity is unavailable", "{platform} has no capacity in {zone}"),
    ("OutOfMemoryError", "a container used more memory than its limit and was killed"),
    ("failed ELB health checks", "the load balancer found it unhealthy"),
    ("failed container health checks", "its container health check failed"),
];

/// `its image does not exist in the registry`; nothing where the service's own words are the plainest.
pub(crate) fn ending_words(sim: &Sim, task: &Task) -> Option<String> {
    let stopped = task.stopped.as_ref()?;
    let reasons = task.exits.iter().filter_map(|exit| exit.reason.as_deref()).chain([&*stopped.reason]);
    let meaning = reasons.flat_map(|said| MEANINGS.iter().filter(move |(words, _)| said.contains(words))).next();
    if let Some((_, meaning)) = meaning {
        let disk = task
            .instance
            .map_or_else(|| "its ephemeral storage".to_owned(), |instance| format!("the disk of {}", instance_name(instance)));
        let subnet = task.network.as_ref().map_or("", |network| &network.subnet);
        let platform = launch_type_words(task.launch_type);
        let words = meaning.replace("{disk}", &disk).replace("{subnet}", subnet).replace("{platform}", platform);
        return Some(words.replace("{zone}", &zone_name(sim, task.zone)));
    }
    let failed = task.exits.iter().find_map(|exit| Some((&exit.container, exit.exit_code.filter(|code| *code != 0)?)));
    let (container, code) = failed.filter(|_| stopped.code == StopCode::EssentialContainerExited)?;
    Some(format!("its container {container} ended with exit code {code}{}", exit_words(code)))
}

/// What usual exit codes stand for (ecs.md §2.9).
pub(crate) fn exit_words(code: i32) -> &'static str {
    match code {
        0 => " (done)",
        1 => " (an error of the app: its log says which)",
        126 => " (the command cannot be executed)",
        127 => " (the command was not found)",
        137 => " (SIGKILL: out of memory, or not ended in time)",
        139 => " (SIGSEGV: it crashed)",
        143 => " (SIGTERM: it ended when asked to)",
        _ => "",
    }
}

/// Tasks of a service that ended though it wanted them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failing {
    pub newest: TaskId,
    pub count: u64,
}

/// Do the tasks of the newest deployment keep failing? Not once a later one is healthy, or as many as are wanted.
pub(crate) fn failing(sim: &Sim, id: ServiceId) -> Option<Failing> {
    let service = sim.belief().services.get(id)?;
    let of_it = |task: &Task| task.is_of(id, service.deployment) && task.stopped.as_ref().is_some_and(is_a_failure);
    let failed = || sim.belief().tasks.iter().filter(|(_, task)| of_it(task)).map(|(id, _)| id);
    let newest = failed().max()?;
    let current = || service.tasks.iter().copied().filter(|task| sim.belief().tasks[*task].is_of(id, service.deployment));
    let healthy = || current().filter(|task| sim.counts_as_healthy(*task));
    let mended = healthy().any(|task| task > newest) || healthy().count() >= service.desired_count as usize;
    (!mended).then(|| Failing { newest, count: failed().count() as u64 })
}

fn is_a_failure(stopped: &Stopped) -> bool {
    match stopped.code {
        StopCode::TaskFailedToStart | StopCode::EssentialContainerExited => true,
        StopCode::ServiceSchedulerInitiated => stopped.reason.starts_with("Task failed "),
        StopCode::UserInitiated | StopCode::SpotInterruption | StopCode::TerminationNotice => false,
    }
}

/// `web · a55b failed at 1:16.0: the disk of i-0e11 is full.`
pub(crate) fn failure_words(sim: &Sim, id: TaskId) -> String {
    let task = &sim.belief().tasks[id];
    let leaving = [TaskStatus::Deactivating, TaskStatus::Stopping, TaskStatus::Deprovisioning, TaskStatus::Stopped];
    let ended_ms = leaving.iter().find_map(|status| task.times.entered(*status)).unwrap_or(sim.now_ms());
    let why = ending_words(sim, task).or_else(|| Some(task.stopped.as_ref()?.reason.to_string())).unwrap_or_default();
    format!("{} failed at {}: {why}.", task_name(sim, id), clock(ended_ms))
}

/// What goes wrong with the tasks of a service, and what ECS does about it (ecs.md §3.10).
pub(crate) fn failing_words(sim: &Sim, failing: Failing) -> String {
    let newest = failure_words(sim, failing.newest);
    let newest = match failing.count {
        1 => newest,
        many => format!("{} of it have failed. The newest: {newest}", count(many, "task")),
    };
    let period = span(sim.tuning().reconcile_period_ms);
    let then = match sim.belief().tasks[failing.newest].times.entered(TaskStatus::Running) {
        Some(_) => "and goes on so: only tasks that never come to RUNNING make it wait longer and longer",
        None => "and waits longer and longer when one after the other fails before it is RUNNING",
    };
    format!("{newest} ECS starts another at its next look, within {period}, {then}.")
}

/// What ECS says of an end: the stop code, the reason, and that of a container.
pub(crate) fn said(task: &Task) -> Option<String> {
    let stopped = task.stopped.as_ref()?;
    let of_container = task.exits.iter().find_map(|exit| Some(format!("; {}: {}", exit.container, exit.reason.as_ref()?)));
    let text = format!("stopCode {}, stoppedReason: {}", stopped.code.name(), stopped.reason);
    Some(format!("{text}{}", of_container.unwrap_or_default()))
}
