//! Changes that may place a task, smallest first, each tried on an imagined belief; whether they really work is for [`super::fixes`].

use std::collections::BTreeSet;

use crate::explain::awaiting_capacity;
use crate::explain::capacity_fixes::{add_server, add_trunked_server, free_room, move_to_fargate};
use crate::explain::fixes::Wanter;
use crate::explain::names::instance_name;
use crate::explain::question::Question;
use crate::explain::shrink::ask_for_less;
use crate::explain::troubles::heal_label;
use crate::explain::ways_out::{candidates_for_deployment, candidates_for_refusal};
use crate::sim::command::{Command, InstanceStatusRequest, LaunchType, RunTask, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{self as record, Decision, Rule};
use crate::sim::engine::Sim;
use crate::sim::fault::{Fault, NetworkTarget, Struck};
use crate::sim::ids::InstanceId;
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::placement::PlacementConstraint;
use crate::sim::model::task_definition::TaskDefinition;

/// Most changes of one sort that are tried.
pub(crate) const MOST_TRIED: usize = 3;

/// A change to be proven.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub sort: Sort,
    pub label: String,
    pub commands: Vec<Command>,
    pub speed: Speed,
}

/// What kind of change; one of each is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Heal,
    Activate,
    DropConstraint,
    AskForLess,
    Grace,
    Memory,
    PublicIp,
    Subnet,
    Volume,
    CleanUp,
    Logs,
    Revert,
    Maximum,
    Minimum,
    Protection,
    Deregister,
    Quota,
    AddServer,
    Trunking,
    Fargate,
    FreeRoom,
    Alarm,
}

/// How soon it must have worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    /// At the next look of the scheduler.
    Soon,
    /// When a server has booted or an agent is back.
    Later,
}

/// A change of what is asked for, rather than of where it could go.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// With these constraints only.
    Constraints(Vec<PlacementConstraint>),
    /// With this new revision.
    Definition(Box<TaskDefinition>),
    /// On Fargate, with a new revision where the present one cannot run there.
    Fargate(Option<Box<TaskDefinition>>),
}

/// Everything worth proving, smallest first.
pub(crate) fn candidates_for(sim: &Sim, question: &Question, wanter: Wanter) -> Vec<Candidate> {
    let decision = question.decide(sim);
    let mut all = heal_faults(sim, &decision, wanter);
    all.extend(activate_drained(sim, &decision, wanter));
    all.extend(drop_constraints(sim, question, wanter));
    all.extend(ask_for_less(sim, question, &decision, wanter));
    if let Wanter::Service(service) = wanter {
        all.extend(candidates_for_refusal(sim, service));
        all.extend(candidates_for_deployment(sim, service));
    }
    all.extend(question.provider.and_then(|provider| awaiting_capacity::one_more(sim, provider)));
    all.extend(add_server(sim, question, wanter));
    all.extend(add_trunked_server(sim, question, &decision, wanter));
    all.extend(move_to_fargate(sim, question, wanter));
    all.extend(free_room(sim, question, &decision, wanter));
    all
}

impl Wanter<'_> {
    /// Constraints of the caller, those of the task definition aside.
    pub fn own_constraints(&self, sim: &Sim) -> Vec<PlacementConstraint> {
        match self {
            Wanter::Service(service) => sim.belief().services[*service].constraints.to_vec(),
            Wanter::Run(request) => request.placement_constraints.clone(),
        }
    }

    /// It wants one task on every server rather than one anywhere.
    pub fn is_daemon(&self, sim: &Sim) -> bool {
        match self {
            Wanter::Service(service) => sim.belief().services[*service].scheduling_strategy == SchedulingStrategy::Daemon,
            Wanter::Run(_) => false,
        }
    }

    /// A change that works at once; a RunTask is then run again.
    pub fn soon(&self, sort: Sort, label: String, mut commands: Vec<Command>) -> Candidate {
        match self {
            Wanter::Service(_) => {}
            Wanter::Run(request) => commands.push(Command::RunTask((*request).clone())),
        }
        Candidate { sort, label, commands, speed: Speed::Soon }
    }

    /// A change that takes a while; a RunTask is left to be run again.
    pub fn later(&self, sort: Sort, label: String, commands: Vec<Command>) -> Candidate {
        let label = match self {
            Wanter::Service(_) => label,
            Wanter::Run(_) => format!("{label}, then run the task again"),
        };
        Candidate { sort, label, commands, speed: Speed::Later }
    }

    /// A change of what is asked for.
    pub fn asking(&self, sim: &Sim, sort: Sort, label: String, ask: Ask) -> Candidate {
        let mut commands = Vec::new();
        let (constraints, definition, to_fargate) = match ask {
            Ask::Constraints(constraints) => (Some(constraints), None, false),
            Ask::Definition(definition) => (None, Some(definition), false),
            Ask::Fargate(definition) => (Some(Vec::new()), definition, true),
        };
        let family = definition.as_ref().map(|definition| definition.family.to_string());
        commands.extend(definition.map(Command::RegisterTaskDefinition));
        let launch_type = to_fargate.then_some(LaunchType::Fargate);
        commands.push(match self {
            Wanter::Service(service) => Command::UpdateService(UpdateService {
                service: sim.belief().services[*service].name.to_string(),
                task_definition: family,
                placement_strategy: to_fargate.then(Vec::new),
                placement_constraints: constraints,
                launch_type,
                ..UpdateService::default()
            }),
            Wanter::Run(request) => Command::RunTask(RunTask {
                task_definition: family.unwrap_or_else(|| request.task_definition.clone()),
                placement_strategy: if to_fargate { Vec::new() } else { request.placement_strategy.clone() },
                placement_constraints: constraints.unwrap_or_else(|| request.placement_constraints.clone()),
                launch_type: launch_type.unwrap_or(request.launch_type),
                ..(*request).clone()
            }),
        });
        Candidate { sort, label, commands, speed: Speed::Soon }
    }
}

/// Would the question have an answer if the belief were so?
pub(crate) fn would_fit(question: &Question, registry: &Registry) -> bool {
    question.decide_on(registry).winner.is_some()
}

fn heal_faults(sim: &Sim, decision: &Decision, wanter: Wanter) -> Vec<Candidate> {
    let only_silent: BTreeSet<InstanceId> = failing_only(decision, Rule::Agent).collect();
    sim.faults()
        .active()
        .filter(|(_, active)| silenced_by(sim, &active.what).iter().any(|instance| only_silent.contains(instance)))
        .map(|(fault, active)| wanter.later(Sort::Heal, heal_label(sim, &active.what), vec![Command::HealFault { fault }]))
        .collect()
}

/// Servers that fail this rule and no other.
fn failing_only(decision: &Decision, rule: Rule) -> impl Iterator<Item = InstanceId> {
    let fails_only = move |row: &&record::Candidate| row.checks.iter().all(|check| check.pass == (check.rule != rule));
    decision.rows.iter().filter(fails_only).map(|row| row.instance)
}

/// Registered servers that a fault keeps from being heard.
pub(crate) fn silenced_by(sim: &Sim, fault: &Fault) -> Vec<InstanceId> {
    let in_zone = |name: &str| {
        let zone = sim.belief().zone_named(name);
        sim.belief().registry.iter().filter(|known| Some(known.zone) == zone).map(|known| known.id).collect()
    };
    if !fault.silences_agents() {
        return Vec::new();
    }
    match fault.struck() {
        Struck::Server(instance) => vec![instance],
        Struck::Zone(zone) => in_zone(zone),
        Struck::AgentRoad(NetworkTarget::Instance(instance)) => vec![*instance],
        Struck::AgentRoad(NetworkTarget::Zone(zone)) => in_zone(zone),
        Struck::Task(_) | Struck::Family(_) | Struck::ClientRoad(_) | Struck::ImageRegistry => Vec::new(),
    }
}

fn activate_drained(sim: &Sim, decision: &Decision, wanter: Wanter) -> Vec<Candidate> {
    let registry = &sim.belief().registry;
    let is_drained =
        |instance: &InstanceId| registry.get(*instance).is_some_and(|known| known.status == ContainerInstanceStatus::Draining);
    failing_only(decision, Rule::Status)
        .filter(is_drained)
        .map(|instance| {
            let label = format!("Make {} ACTIVE again", instance_name(instance));
            let command = Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Active };
            wanter.soon(Sort::Activate, label, vec![command])
        })
        .take(MOST_TRIED)
        .collect()
}

/// Without any one of the caller's constraints, or of those of the task definition.
fn drop_constraints(sim: &Sim, question: &Question, wanter: Wanter) -> Vec<Candidate> {
    let own = wanter.own_constraints(sim);
    let of_definition = question.constraints.len() - own.len();
    let mut candidates = Vec::new();
    for (index, dropped) in question.constraints.iter().enumerate() {
        let mut without = question.clone();
        without.constraints.remove(index);
        if !would_fit(&without, &sim.belief().registry) {
            continue;
        }
        let ask = if index >= of_definition {
            Ask::Constraints(without.constraints.split_off(of_definition))
        } else {
            let mut definition = (*question.task_definition).clone();
            definition.placement_constraints.remove(index);
            Ask::Definition(Box::new(definition))
        };
        candidates.push(wanter.asking(sim, Sort::DropConstraint, format!("Drop {dropped}"), ask));
    }
    candidates
}
