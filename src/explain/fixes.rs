//! The smallest changes that would help, each proven on a clone of the run before it is offered.
//!
//! Nothing here changes the run it was given. A fix is offered only if, given to a clone, it leads to what was wanted; so asking
//! costs some simulated minutes, and the answer is worth keeping until something changes.
//! Start reading at [`for_service`]; the candidates come from [`super::candidates`] and [`super::shrink`].

use crate::explain::answers::draining::left_on;
use crate::explain::answers::{Inquiry, losses};
use crate::explain::candidates::{Candidate, Sort, Speed, candidates_for};
use crate::explain::question::Question;
use crate::explain::repairs::candidates_for_failing;
use crate::explain::silent_agents;
use crate::explain::starting_fixes::candidates_for_task;
use crate::explain::ways_out::{
    accepted_instead, asked_again, candidates_for_deployment, candidates_for_drain, candidates_for_losses,
    candidates_for_packing, candidates_for_server, servers_used,
};
use crate::sim::command::{Command, LaunchType, RunTask, SchedulingStrategy};
use crate::sim::data_plane::host::Power;
use crate::sim::data_plane::task_truth::Phase;
use crate::sim::engine::Sim;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::model::task::TaskStatus;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{MINUTE, Millis, SECOND};

/// Most fixes offered at a time.
pub const MOST_FIXES: usize = 4;
/// A change that works at once must have worked after this: three looks of the service scheduler.
const SOON_MS: Millis = 35 * SECOND;
/// A change that needs a server to boot or an agent to find its way back must have worked after this.
const LATER_MS: Millis = 5 * MINUTE;
/// How often a trial run is looked at.
const LOOK_MS: Millis = SECOND;

/// One change that helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// `Add one m5.large in us-east-1a`.
    pub label: String,
    /// Given in this order, at one instant.
    pub commands: Vec<Command>,
}

/// Who wants a place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanter<'a> {
    Service(ServiceId),
    Run(&'a RunTask),
}

/// What would place a waiting task of a service, or keep its tasks from failing; empty when it has what it wants.
pub fn for_service(sim: &Sim, service: ServiceId) -> Vec<Fix> {
    let waits = sim.belief().services.get(service).is_some_and(|known| known.waiting.is_some());
    let Some(question) = Question::of_service(sim, service).filter(|_| waits) else {
        let healthy = healthy_tasks(sim, service);
        let works = |candidate: &Candidate| comes_true(sim, candidate, |trial| healthy_tasks(trial, service) > healthy);
        let fixes = proven(sim, candidates_for_failing(sim, service), works);
        return if fixes.is_empty() { for_deployment(sim, service) } else { fixes };
    };
    let refused = sim.belief().services[service].waiting.as_ref().is_some_and(|waiting| waiting.summary.refusal.is_some());
    if !refused && question.decide(sim).winner.is_some() {
        return Vec::new();
    }
    proven(sim, candidates_for(sim, &question, Wanter::Service(service)), |trial| serves_service(sim, trial, service))
}

/// What would let a RunTask that found no place succeed. Where a fix works at once it runs the task again too.
pub fn for_run(sim: &Sim, request: &RunTask) -> Vec<Fix> {
    let one = RunTask { count: 1, ..request.clone() };
    let Some(question) = Question::of_run(sim, &one).filter(|question| question.launch_type == LaunchType::Ec2) else {
        return Vec::new();
    };
    if question.decide(sim).winner.is_some() {
        return vec![Fix { label: "Run the task again: there is room now".to_owned(), commands: vec![Command::RunTask(one)] }];
    }
    proven(sim, candidates_for(sim, &question, Wanter::Run(&one)), |trial| serves_run(sim, trial, &one))
}

/// What would let a task that has a place come to RUNNING; for one that has failed, what would let its service have others.
pub fn for_task(sim: &Sim, task: TaskId) -> Vec<Fix> {
    let Some(known) = sim.belief().tasks.get(task) else { return Vec::new() };
    if !known.is_wanted() {
        let service = known.service.map(|(service, _)| service);
        return service.map_or_else(Vec::new, |service| for_service(sim, service));
    }
    if !known.is_starting() {
        return Vec::new();
    }
    let runs = |_: &Sim, observation: &Observation| matches!(&observation.kind, Kind::TaskStatusChanged { task: of, to: TaskStatus::Running, .. } if *of == task);
    proven(sim, candidates_for_task(sim, task), |trial| leads_to(sim, trial, runs))
}

/// What would let a deployment go on that is held up.
fn for_deployment(sim: &Sim, service: ServiceId) -> Vec<Fix> {
    let (healthy, old) = (healthy_tasks(sim, service), sim.stock_of(service).going.len());
    let moves = |trial: &Sim| healthy_tasks(trial, service) > healthy || trial.stock_of(service).going.len() < old;
    proven(sim, candidates_for_deployment(sim, service), |candidate| comes_true(sim, candidate, moves))
}

/// What would help with what is asked about; empty where there is nothing to mend, or nothing that a command can.
pub fn for_inquiry(sim: &Sim, inquiry: Inquiry) -> Vec<Fix> {
    match inquiry {
        Inquiry::ServiceWaits(service) => for_service(sim, service),
        Inquiry::Deployment(service) => {
            let fixes = for_deployment(sim, service);
            if fixes.is_empty() { for_service(sim, service) } else { fixes }
        }
        Inquiry::Ended(task) => for_task(sim, task),
        Inquiry::Target(task) => {
            let service = sim.belief().tasks.get(task).and_then(|known| known.service);
            service.map_or_else(Vec::new, |(service, _)| for_service(sim, service))
        }
        Inquiry::Drains(server) => {
            let left = left_on(sim, server);
            let fewer = |trial: &Sim| left_on(trial, server).len() < left.len();
            let fixes = proven(sim, candidates_for_drain(sim, server), |candidate| comes_true(sim, candidate, fewer));
            let mut services = left.iter().filter_map(|task| Some(sim.belief().tasks.get(*task)?.service?.0));
            if !fixes.is_empty() { fixes } else { services.next().map_or_else(Vec::new, |service| for_service(sim, service)) }
        }
        Inquiry::ServerNoticed(server) => {
            let is_well = |trial: &Sim| trial.belief().registry.get(server).is_none_or(|known| known.agent_connected);
            if is_well(sim) {
                return Vec::new();
            }
            let mut fixes = proven(sim, candidates_for_server(sim, server), |candidate| comes_true(sim, candidate, is_well));
            fixes.extend(alarm_that_tells(sim));
            fixes
        }
        Inquiry::Lost(toward) => {
            let losing = |sim: &Sim| losses::losing(sim, toward);
            if losing(sim) == 0 {
                return Vec::new();
            }
            proven(sim, candidates_for_losses(sim, toward), |candidate| comes_true(sim, candidate, |trial| losing(trial) == 0))
        }
        Inquiry::GroupNotScaledIn(provider) => {
            let used = servers_used(sim, provider);
            let frees_one = |trial: &Sim| servers_used(trial, provider) < used;
            proven(sim, candidates_for_packing(sim, provider), |candidate| comes_true(sim, candidate, frees_one))
        }
        Inquiry::ServiceScaledOut(_)
        | Inquiry::ServiceNotScaledIn(_)
        | Inquiry::ServiceNeverScales(_)
        | Inquiry::GroupScaledOut(_)
        | Inquiry::WhatScales
        | Inquiry::TaskNoticed(_)
        | Inquiry::Bill => Vec::new(),
    }
}

/// An alarm for silent agents that goes off by the one that is silent now.
fn alarm_that_tells(sim: &Sim) -> Option<Fix> {
    let Fix { label, commands } = silent_agents::alarm(sim)?;
    let candidate = Candidate { sort: Sort::Alarm, label, commands, speed: Speed::Later };
    let tells = comes_true(sim, &candidate, silent_agents::is_told);
    tells.then_some(Fix { label: candidate.label, commands: candidate.commands })
}

/// The command that was refused, changed so that it is accepted; as it is when it only came too fast.
pub fn for_refused(sim: &Sim, code: &str, command: &Command) -> Vec<Fix> {
    let accepted = |candidate: &Candidate| begin(sim, candidate).is_some();
    let candidates = if code == "ThrottlingException" { asked_again(command) } else { accepted_instead(command) };
    let candidates = candidates.into_iter().filter(accepted);
    candidates.map(|candidate| Fix { label: candidate.label, commands: candidate.commands }).collect()
}

/// Those that work, one of a sort: the first that works is the smallest. What happens by itself needs no fix.
fn proven(sim: &Sim, candidates: Vec<Candidate>, works: impl Fn(&Candidate) -> bool) -> Vec<Fix> {
    let mut fixes = Vec::new();
    let mut sorts = Vec::new();
    let by_itself = |speed| works(&Candidate { sort: Sort::AddServer, label: String::new(), commands: Vec::new(), speed });
    if candidates.is_empty() || by_itself(Speed::Soon) {
        return fixes;
    }
    let later_by_itself = something_is_coming(sim) && by_itself(Speed::Later);
    for candidate in candidates {
        let needless = candidate.speed == Speed::Later && later_by_itself;
        if fixes.len() < MOST_FIXES && !needless && !sorts.contains(&candidate.sort) && works(&candidate) {
            sorts.push(candidate.sort);
            fixes.push(Fix { label: candidate.label, commands: candidate.commands });
        }
    }
    fixes
}

/// A server boots, an agent is away, a task starts or ends: what is missing may come by itself in a while.
fn something_is_coming(sim: &Sim) -> bool {
    sim.truth().hosts.iter().any(|(_, host)| host.power == Power::Booting)
        || sim.belief().registry.iter().any(|known| !known.agent_connected)
        || sim.truth().tasks.iter().any(|(_, task)| task.phase != Phase::Running)
}

/// Healthy tasks of the newest deployment.
fn healthy_tasks(sim: &Sim, id: ServiceId) -> usize {
    let Some(service) = sim.belief().services.get(id) else { return 0 };
    let of_newest = |task: &TaskId| sim.belief().tasks[*task].is_of(id, service.deployment);
    service.tasks.iter().filter(|task| of_newest(task) && sim.counts_as_healthy(**task)).count()
}

/// Given to a clone, the commands lead to a placement for the service; for a DAEMON service to the end of its wait.
fn serves_service(sim: &Sim, candidate: &Candidate, service: ServiceId) -> bool {
    match sim.belief().services[service].scheduling_strategy {
        // Fargate always finds a place; whether anything comes to run there is another matter.
        SchedulingStrategy::Replica if candidate.sort == Sort::Fargate => leads_to(sim, candidate, |trial, observation| {
            comes_to_run(observation).is_some_and(|task| is_of(trial, task, service))
        }),
        SchedulingStrategy::Replica => {
            leads_to(sim, candidate, |trial, observation| placed(observation).is_some_and(|task| is_of(trial, task, service)))
        }
        SchedulingStrategy::Daemon => {
            let Some((mut trial, mut log)) = begin(sim, candidate) else { return false };
            trial.advance_to(sim.now_ms() + bound_of(candidate), &mut log);
            trial.belief().services.get(service).is_some_and(|known| known.waiting.is_none())
        }
    }
}

fn placed(observation: &Observation) -> Option<TaskId> {
    if let Kind::TaskPlaced { task, .. } = observation.kind { Some(task) } else { None }
}

fn comes_to_run(observation: &Observation) -> Option<TaskId> {
    if let Kind::TaskStatusChanged { task, to: TaskStatus::Running, .. } = observation.kind { Some(task) } else { None }
}

/// Is it one of the newest deployment?
fn is_of(trial: &Sim, task: TaskId, id: ServiceId) -> bool {
    let deployment = trial.belief().services.get(id).map(|service| service.deployment);
    let known = trial.belief().tasks.get(task);
    known.zip(deployment).is_some_and(|(known, deployment)| known.is_of(id, deployment))
}

/// Given to a clone, the commands make the task run, at once or after the wait that the fix asks for.
fn serves_run(sim: &Sim, candidate: &Candidate, request: &RunTask) -> bool {
    if candidate.sort == Sort::Fargate {
        let first_new = sim.belief().tasks.next_id();
        return leads_to(sim, candidate, |_, observation| comes_to_run(observation).is_some_and(|task| task >= first_new));
    }
    let Some((mut trial, mut log)) = begin(sim, candidate) else { return false };
    let ran = |log: &[Observation]| log.iter().any(|observation| placed(observation).is_some());
    if candidate.commands.iter().any(|command| matches!(command, Command::RunTask(_))) {
        return ran(&log);
    }
    let until_ms = sim.now_ms() + bound_of(candidate);
    while trial.now_ms() < until_ms {
        let next_ms = trial.now_ms() + LOOK_MS;
        trial.advance_to(next_ms, &mut log);
        if Question::of_run(&trial, request).is_some_and(|question| question.decide(&trial).winner.is_some()) {
            log.clear();
            return trial.apply(&Command::RunTask(request.clone()), &mut log).is_ok() && ran(&log);
        }
    }
    false
}

fn leads_to(sim: &Sim, candidate: &Candidate, is: impl Fn(&Sim, &Observation) -> bool) -> bool {
    let Some((mut trial, mut log)) = begin(sim, candidate) else { return false };
    let until_ms = sim.now_ms() + bound_of(candidate);
    loop {
        if log.drain(..).any(|observation| is(&trial, &observation)) {
            return true;
        }
        if trial.now_ms() >= until_ms {
            return false;
        }
        let next_ms = (trial.now_ms() + LOOK_MS).min(until_ms);
        trial.advance_to(next_ms, &mut log);
    }
}

fn comes_true(sim: &Sim, candidate: &Candidate, is: impl Fn(&Sim) -> bool) -> bool {
    let Some((mut trial, mut log)) = begin(sim, candidate) else { return false };
    let until_ms = sim.now_ms() + bound_of(candidate);
    while trial.now_ms() < until_ms {
        let next_ms = (trial.now_ms() + LOOK_MS).min(until_ms);
        trial.advance_to(next_ms, &mut log);
        log.clear();
        if is(&trial) {
            return true;
        }
    }
    false
}

/// A clone to which the commands were given; nothing when one of them was refused.
fn begin(sim: &Sim, candidate: &Candidate) -> Option<(Sim, Vec<Observation>)> {
    let (mut trial, mut log) = (sim.clone(), Vec::new());
    for command in &candidate.commands {
        trial.apply(command, &mut log).ok()?;
    }
    Some((trial, log))
}

fn bound_of(candidate: &Candidate) -> Millis {
    match (candidate.sort, candidate.speed) {
        (Sort::Fargate, _) | (_, Speed::Later) => LATER_MS,
        (_, Speed::Soon) => SOON_MS,
    }
}
