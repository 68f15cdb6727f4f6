//! Why is a task where it is, and why is it waiting?
//!
//! Three questions: [`why_here`] of a placed task, [`why_service_waits`] of a service that wants more tasks than it could place,
//! [`why_run_failed`] of a RunTask without a place. A task that has a place and waits to start is for [`super::starting`].

use crate::explain::causes::find;
use crate::explain::endings::{failing, failing_words, failure_words, said};
use crate::explain::explanation::Explanation;
use crate::explain::names::{
    count, definition_name, instance_name, launch_type_words, list, number, reason_words, service_name, task_label, task_name,
    zone_name,
};
use crate::explain::question::Question;
use crate::explain::refusals::why_refused;
pub use crate::explain::starting::why_task_waits;
use crate::explain::steps::{steps_of, tie_break_sentence};
use crate::explain::table::table_of;
use crate::sim::command::{Command, RunTask, SchedulingStrategy};
use crate::sim::control_plane::scheduler::PlacementFailure;
use crate::sim::control_plane::task::Task;
use crate::sim::decision::{Decision, DefaultStrategy, Reason, Rule, TieBreak, Value};
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, InstanceId, ObservationId, ServiceId, TaskId};
use crate::sim::observation::{Kind, Observation, ServiceEvent};
use crate::sim::time::{clock, span};

/// Why a task was placed where it is. `decision` is the full record: replay to just before the placement with
/// `Sim::capture(task.decision)`, then read `belief().captured()`. There is none for Fargate and for a DAEMON service.
pub fn why_here(sim: &Sim, log: &[Observation], task: TaskId, decision: Option<&Decision>) -> Option<Explanation> {
    let known = sim.belief().tasks.get(task)?;
    let name = task_name(sim, task);
    let Some(instance) = known.instance else { return Some(why_this_zone(sim, known, &name)) };
    let title = format!("{name} is on {}", instance_name(instance));
    if is_daemon(sim, known) {
        let sentence = format!("{name} belongs to a DAEMON service, which wants one task on every ACTIVE server that fits.");
        return Some(Explanation { title, sentence, ..Explanation::default() });
    }
    let Some(decision) = decision else {
        let sentence = "How it was placed is not on record.".to_owned();
        return Some(Explanation { title, sentence, ..Explanation::default() });
    };
    let default = find(log, known.placed_by).and_then(default_of);
    let whose = task_label(sim, task).unwrap_or_else(|| name.as_str().into());
    Some(Explanation {
        title,
        sentence: chosen_sentence(decision, &instance_name(instance), default),
        table: table_of(sim, decision),
        steps: steps_of(sim, decision, &whose),
        tie_break: tie_break_sentence(decision),
        ..Explanation::default()
    })
}

fn is_daemon(sim: &Sim, task: &Task) -> bool {
    let service = task.service.and_then(|(service, _)| sim.belief().services.get(service));
    service.is_some_and(|service| service.scheduling_strategy == SchedulingStrategy::Daemon)
}

fn why_this_zone(sim: &Sim, task: &Task, name: &str) -> Explanation {
    let zone = zone_name(sim, task.zone);
    let platform = launch_type_words(task.launch_type);
    Explanation {
        title: format!("{name} is on {platform} in {zone}"),
        sentence: format!(
            "{platform} has no servers of yours to choose from: AWS finds the capacity, and tasks are spread evenly over the \
             availability zones. {zone} had the fewest tasks of this kind."
        ),
        ..Explanation::default()
    }
}

fn chosen_sentence(decision: &Decision, server: &str, default: Option<DefaultStrategy>) -> String {
    let (feasible, all) = (decision.rows.iter().filter(|row| row.is_feasible()).count(), decision.rows.len());
    if feasible == 1 {
        return format!("Of {} only {server} could take it, so no strategy had to choose.", count(all as u64, "server"));
    }
    let strategies: Vec<String> = decision.chain.iter().map(|step| step.strategy.to_string()).collect();
    let by = match default {
        Some(DefaultStrategy::Service) => {
            "a service without a placement strategy spreads over zones, then over servers".to_owned()
        }
        Some(DefaultStrategy::RunTask) => "RunTask without a placement strategy chooses at random".to_owned(),
        None => format!("{} decided", strategies.join(", then ")),
    };
    let tie = match decision.tie_break {
        TieBreak::NotNeeded => format!(", and {server} was the best"),
        TieBreak::LowestId => format!(", and of equals it is the one launched first, {server}"),
        TieBreak::Random => format!(", and chance took {server}"),
    };
    format!("{feasible} of {} could take it; {by}{tie}.", count(all as u64, "server"))
}

/// The default strategy that applied, when the caller gave none.
fn default_of(placed: &Observation) -> Option<DefaultStrategy> {
    if let Kind::TaskPlaced { summary, .. } = &placed.kind { summary.default } else { None }
}

/// Why a service has fewer tasks than it wants; nothing when it has what it wants.
pub fn why_service_waits(sim: &Sim, service: ServiceId) -> Option<Explanation> {
    let known = sim.belief().services.get(service)?;
    let name = service_name(sim, service);
    let now_ms = sim.now_ms();
    let failing = failing(sim, service);
    let because = failing.map_or_else(String::new, |failing| format!(" The newest: {}", failure_words(sim, failing.newest)));
    let of = failing.map(|failing| sim.belief().tasks[failing.newest].newest);
    if now_ms < known.throttle.until_ms {
        let sentence = format!(
            "{} in a row never came to RUNNING.{because} ECS makes its attempts further and further apart: the next one is at {}. \
             An update of the service ends the wait, but first put right what is wrong.",
            count(u64::from(known.throttle.failures), "task"),
            clock(known.throttle.until_ms)
        );
        let service_text = Some(ServiceEvent::UnableToStartConsistently.text(&name));
        return Some(Explanation { title: format!("{name} is throttled"), sentence, service_text, of, ..Explanation::default() });
    }
    if let Some((waiting, refusal)) = known.waiting.as_ref().and_then(|waiting| Some((waiting, waiting.summary.refusal?))) {
        let service_text = Some(format!("(service {name}) {}", waiting.text));
        return Some(Explanation { service_text, ..why_refused(sim, known, refusal) });
    }
    if let Some(waiting) = &known.waiting {
        let question = Question::of_service(sim, service)?;
        let decision = question.decide(sim);
        let title =
            format!("{name}: {} waiting for {}", count(u64::from(waiting.count), "task"), span(now_ms - waiting.since_ms));
        return Some(Explanation {
            title,
            sentence: waiting_sentence(sim, &question, &decision, NextTry::ByItself),
            table: table_of(sim, &decision),
            service_text: Some(format!("(service {name}) {}", waiting.text)),
            ..Explanation::default()
        });
    }
    if known.is_blocked() {
        let sentence = format!(
            "With {} wanted, at least {} must stay healthy and at most {} may exist: nothing may be stopped and nothing started.",
            count(u64::from(known.desired_count), "task"),
            known.minimum(),
            known.maximum()
        );
        let service_text = Some(ServiceEvent::BlockedByDeploymentConfiguration.text(&name));
        return Some(Explanation { title: format!("{name} cannot move"), sentence, service_text, ..Explanation::default() });
    }
    let missing = u64::from(known.desired_count).saturating_sub(known.tasks.len() as u64);
    if let Some(failing) = failing {
        return Some(Explanation {
            title: if failing.count == 1 {
                format!("A task of {name} has failed")
            } else {
                format!("Tasks of {name} keep failing")
            },
            sentence: failing_words(sim, failing),
            service_text: said(&sim.belief().tasks[failing.newest]),
            of,
            ..Explanation::default()
        });
    }
    (missing > 0).then(|| Explanation {
        title: format!("{name}: {} missing", count(missing, "task")),
        sentence: format!(
            "ECS looks at each service every {}; at the next look it starts what is missing.",
            span(sim.tuning().reconcile_period_ms)
        ),
        ..Explanation::default()
    })
}

/// Who tries again?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextTry {
    /// The service scheduler does.
    ByItself,
    /// Nobody does.
    Never,
}

fn waiting_sentence(sim: &Sim, question: &Question, decision: &Decision, next: NextTry) -> String {
    let try_again = match next {
        NextTry::ByItself => "The service keeps trying.",
        NextTry::Never => "RunTask tries once and gives up; run it again when there is room.",
    };
    let asks = asks_for(question);
    match (decision.winner, decision.closest) {
        (Some(server), _) => format!("{} has room for it now: the next attempt will place it there.", instance_name(server)),
        (None, Some((server, reason))) => format!(
            "No server{} meets all that a task of {} asks for ({asks}); {} comes closest, but {}. {try_again}",
            of_provider(sim, question),
            question.task_definition.name(),
            instance_name(server),
            lacks(decision, server, reason)
        ),
        (None, None) => match question.provider {
            Some(provider) => format!(
                "Capacity provider {} has no ACTIVE server, and servers of others are not looked at ({asks}). {} {try_again}",
                sim.belief().capacity.name(provider),
                scaling_words(sim, provider)
            ),
            None => format!("The cluster has no ACTIVE server that could take a task ({asks}). {try_again}"),
        },
    }
}

/// `it has not enough CPU left`: what stands in the way, as the rest of a sentence.
fn lacks(decision: &Decision, server: InstanceId, reason: Reason) -> String {
    match reason {
        Reason::Cpu | Reason::Memory | Reason::Gpu | Reason::Eni => format!("it has {}", reason_words(reason)),
        Reason::DistinctInstance => "it has a task of the same group already (distinctInstance)".to_owned(),
        Reason::MemberOf => "the expression of memberOf does not hold there".to_owned(),
        Reason::Attribute => {
            let row = decision.rows.iter().find(|row| row.instance == server);
            let missing = row.into_iter().flat_map(|row| &row.checks).find(|check| check.rule == Rule::Attributes && !check.pass);
            match missing.map(|check| &check.have) {
                Some(Value::Attributes(names)) => format!("it lacks {}, which the task requires", names.join(" and ")),
                Some(_) | None => reason_words(reason).to_owned(),
            }
        }
        Reason::Agent | Reason::Ports | Reason::Location => reason_words(reason).to_owned(),
    }
}

/// ` of capacity provider cp`: a strategy chose it, and only its servers are looked at.
fn of_provider(sim: &Sim, question: &Question) -> String {
    let provider = question.provider.map(|provider| sim.belief().capacity.name(provider));
    provider.map_or_else(String::new, |name| format!(" of capacity provider {name}"))
}

fn scaling_words(sim: &Sim, provider: CapacityProviderId) -> &'static str {
    let known = sim.belief().capacity.providers.get(&provider);
    match known.is_some_and(|known| known.scaling.status.is_on()) {
        true => "Managed scaling adds servers for tasks that wait in PROVISIONING.",
        false => "Managed scaling is off, so nobody adds any.",
    }
}

/// `1,024 CPU units, 6,144 MiB, port 80, distinctInstance`.
fn asks_for(question: &Question) -> String {
    let needs = &question.needs;
    let mut parts =
        vec![format!("{} CPU units", number(u64::from(needs.cpu_units))), format!("{} MiB", number(u64::from(needs.memory_mib)))];
    parts.extend(needs.tcp_ports.iter().map(|port| format!("port {port}")));
    parts.extend(needs.udp_ports.iter().map(|port| format!("UDP port {port}")));
    parts.extend((needs.enis > 0).then(|| "a network interface".to_owned()));
    parts.extend((needs.gpus > 0).then(|| count(u64::from(needs.gpus), "GPU")));
    parts.extend(question.constraints.iter().map(ToString::to_string));
    list(&parts)
}

/// Why a RunTask placed nothing; `of` is the observation of the failure.
pub fn why_run_failed(sim: &Sim, log: &[Observation], of: ObservationId) -> Option<Explanation> {
    let failed = find(log, of)?;
    let Kind::PlacementFailed { service: None, definition, summary, .. } = &failed.kind else { return None };
    let request = run_task_behind(log, of)?;
    let question = Question::of_run(sim, request)?;
    let decision = question.decide(sim);
    let failure = PlacementFailure { summary: *summary };
    Some(Explanation {
        title: format!("RunTask found no place for {}", definition_name(sim, *definition)),
        sentence: match decision.winner {
            Some(server) => {
                format!("There was no room then. {} has room now: run the task again.", instance_name(server))
            }
            None => waiting_sentence(sim, &question, &decision, NextTry::Never),
        },
        table: table_of(sim, &decision),
        service_text: Some(format!("failures[0].reason: {}", failure.run_task_failure())),
        ..Explanation::default()
    })
}

/// The call that a failed placement answers: RunTask is done within its own instant, so it is the last command before.
pub fn run_task_behind(log: &[Observation], of: ObservationId) -> Option<&RunTask> {
    let end = log.partition_point(|observation| observation.id < of);
    let command = log[..end].iter().rev().find_map(|observation| command_of(&observation.kind))?;
    if let Command::RunTask(request) = command { Some(request) } else { None }
}

fn command_of(kind: &Kind) -> Option<&Command> {
    if let Kind::CommandGiven(command) = kind { Some(command) } else { None }
}
