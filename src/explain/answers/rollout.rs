//! What a deployment waits for: the arithmetic of its per cents, places, health, protection, the circuit breaker, stages (ecs.md §4).
//!
//! The first thing that stands in its way makes the sentence; the table has all the numbers. Start reading at [`why`].

use crate::explain::answers::rolled_back::rolled_back;
use crate::explain::endings::{Failing, failing, failure_words};
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, definition_name, list, number, service_name, task_name};
use crate::explain::why::why_service_waits;
use crate::sim::control_plane::blue_green::step_bake_minutes;
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::lifecycle_hooks::{FunctionCalls, HookExecution, LastCall};
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::service::{Condition, Service};
use crate::sim::control_plane::service_deployment::{ServiceDeployment, ServiceDeploymentStatus};
use crate::sim::decision::Reason;
use crate::sim::engine::Sim;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::model::deployment::{DeploymentConfiguration, LifecycleStage, RolloutState};
use crate::sim::model::lifecycle_hook::TimeoutAction;
use crate::sim::model::target::TargetState;
use crate::sim::model::task::TaskStatus;
use crate::sim::observation::{Observation, ServiceEvent};
use crate::sim::time::{MINUTE, clock, span};

/// So many tasks are named.
const MOST_TASKS: usize = 4;

/// The answer for the newest deployment.
pub(super) fn why(sim: &Sim, log: &[Observation], id: ServiceId) -> Option<Explanation> {
    let service = sim.belief().services.get(id)?;
    let stock = sim.stock_of(id);
    let deployment = service.primary();
    let (obstacle, said) = obstacle(sim, id, service, &stock);
    let (title, sentence, service_text) = match (rolled_back(sim, log, id), deployment.rollout_state) {
        (Some(back), RolloutState::Completed) => (back.title, back.sentence, back.service_text),
        (Some(back), RolloutState::InProgress | RolloutState::Failed) => {
            (back.title, format!("{} {obstacle}", back.sentence), said.or(back.service_text))
        }
        (None, state) => {
            let (name, definition) = (service_name(sim, id), definition_name(sim, deployment.revision.definition));
            (format!("The deployment of {name} to {definition} is {}", state.name()), obstacle, said)
        }
    };
    let placing = service.waiting.as_ref().and_then(|_| why_service_waits(sim, id));
    let table = placing.and_then(|explanation| explanation.table);
    let grids = vec![numbers(sim, service, &stock)];
    let protects = || {
        let all = service.tasks.iter().filter_map(|task| sim.belief().tasks[*task].protection);
        all.filter(|(until_ms, _)| sim.now_ms() < *until_ms).map(|(_, by)| by).max()
    };
    let held = service.complains_of(Condition::Protection).then(protects).flatten();
    let of = held.or(Some(service.staged().map_or(service.changed_by, |staged| staged.stage_by)));
    Some(Explanation { title, sentence, table, grids, service_text, of, ..Explanation::default() })
}

/// What stands in its way, and what the service says of it.
fn obstacle(sim: &Sim, id: ServiceId, service: &Service, stock: &Stock) -> (String, Option<String>) {
    let (deployment, name) = (service.primary(), service_name(sim, id));
    match deployment.rollout_state {
        RolloutState::Completed if service.complaints.is_empty() && service.waiting.is_none() && stock.going.is_empty() => {
            let sentence = format!("It waits for nothing: it was completed at {}.", clock(deployment.updated_at_ms));
            return (sentence, None);
        }
        RolloutState::Failed => return (failed(service, deployment), Some(deployment.rollout_state_reason())),
        RolloutState::InProgress | RolloutState::Completed => {}
    }
    if sim.now_ms() < service.throttle.until_ms {
        let sentence = format!(
            "{} in a row never came to RUNNING, so ECS makes no attempt before {}.{}",
            count(u64::from(service.throttle.failures), "task"),
            clock(service.throttle.until_ms),
            breaker_words(service)
        );
        return (sentence, Some(ServiceEvent::UnableToStartConsistently.text(&name)));
    }
    if let Some(waiting) = &service.waiting {
        let said = Some(format!("(service {name}) {}", waiting.text));
        return (no_place(sim, service, stock, waiting.summary.closest.map(|(_, reason)| reason)), said);
    }
    if service.complains_of(Condition::Protection) {
        let complaint = service.complaints.iter().find(|complaint| complaint.condition == Condition::Protection);
        return (protected(sim, stock), complaint.map(|complaint| complaint.event.text(&name)));
    }
    if service.is_blocked() {
        return (no_way(service), Some(ServiceEvent::BlockedByDeploymentConfiguration.text(&name)));
    }
    let sentence = service.staged().and_then(|staged| stage(sim, service, staged, stock));
    (sentence.unwrap_or_else(|| on_its_way(sim, id, service, stock)), None)
}

fn failed(service: &Service, deployment: &Deployment) -> String {
    let back = match &service.completed {
        Some((completed, _)) if *completed != deployment.id => {
            "No more of its tasks are started, and it was not set to roll back: update the service to go on."
        }
        Some(_) | None => "No more of its tasks are started, and there is no completed deployment to go back to: it stalls.",
    };
    format!("It failed at {}. {back}{}", clock(deployment.updated_at_ms), breaker_words(service))
}

/// ` The circuit breaker has counted 2 failures; 3 stop the deployment.`
fn breaker_words(service: &Service) -> String {
    match breaker(service) {
        Some((failures, threshold)) => {
            format!(
                " The circuit breaker has counted {}; {threshold} stop the deployment.",
                count(u64::from(failures), "failure")
            )
        }
        None => " No circuit breaker is set: a broken deployment stays IN_PROGRESS for ever.".to_owned(),
    }
}

/// Failures and threshold, where a circuit breaker watches.
fn breaker(service: &Service) -> Option<(u32, u32)> {
    let breaker = service.configuration.as_ref()?.deployment_circuit_breaker;
    let threshold = breaker.threshold_configuration.failures(service.desired_count);
    breaker.enable.then_some((service.primary().watch.failures, threshold))
}

fn no_place(sim: &Sim, service: &Service, stock: &Stock, reason: Option<Reason>) -> String {
    let old = stock.going.iter().filter(|task| sim.belief().tasks[**task].is_running()).count() as u64;
    let waits = service.waiting.as_ref().map_or(0, |waiting| waiting.count);
    let new = format!("{} no place.", are(u64::from(waits), "task of the new revision finds", "tasks of the new revision find"));
    let runs_on = are(old, "old task runs on", "old tasks run on");
    match reason {
        Some(Reason::Ports) if old > 0 => format!(
            "{new} The port that is needed is taken by the old revision wherever there is room, and an old task \
             may be stopped only if {} without it: each waits for the other. To stop an old task by hand does not help, \
             because its deployment starts it again. What does: a lower minimum healthy percent, host port 0 behind a load balancer, \
             or one more server.",
            stays_healthy(service.minimum())
        ),
        Some(_) | None if old > 0 => {
            format!("{new} Meanwhile {runs_on}, because at least {} must stay healthy.", service.minimum())
        }
        Some(_) | None => new,
    }
}

fn stays_healthy(minimum: u32) -> String {
    if minimum == 1 { "at least 1 stays healthy".to_owned() } else { format!("at least {minimum} stay healthy") }
}

/// `1 task waits`, `3 tasks wait`.
fn are(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", number(count)) }
}

fn protected(sim: &Sim, stock: &Stock) -> String {
    let protected = |task: &&TaskId| sim.belief().tasks[**task].is_protected(sim.now_ms());
    let all: Vec<&TaskId> = stock.going.iter().chain(&stock.current).filter(protected).collect();
    let until_ms =
        all.iter().filter_map(|task| sim.belief().tasks[**task].protection).map(|(until_ms, _)| until_ms).max().unwrap_or(0);
    format!(
        "{} protected from scale-in and deployments: nothing stops {} before the protection ends, the last at {}, or is taken away.",
        named(sim, all.into_iter(), "is", "are"),
        "them",
        clock(until_ms)
    )
}

/// `web · e41c and web · 77aa are`, cut to a few.
fn named<'a>(sim: &Sim, tasks: impl Iterator<Item = &'a TaskId>, one: &str, many: &str) -> String {
    let tasks: Vec<&TaskId> = tasks.collect();
    let mut names: Vec<String> = tasks.iter().take(MOST_TASKS).map(|task| task_name(sim, **task)).collect();
    if tasks.len() > MOST_TASKS {
        names.push(format!("{} more", tasks.len() - MOST_TASKS));
    }
    format!("{} {}", list(&names), if tasks.len() == 1 { one } else { many })
}

/// The arithmetic of ecs.md §4.1.
fn no_way(service: &Service) -> String {
    let (desired, minimum, maximum) = (service.desired_count, service.minimum(), service.maximum());
    format!(
        "The percentages leave no way. Minimum: {desired} × {} % is {minimum} tasks, rounded up, that must stay healthy, so none may be \
         stopped. Maximum: {desired} × {} % is {maximum} tasks, rounded down, that may exist, so none may be started. Lower the minimum \
         or raise the maximum.",
        service.minimum_healthy_percent, service.maximum_percent
    )
}

/// What a deployment that goes through stages waits for in this one; nothing where it is like any other.
fn stage(sim: &Sim, service: &Service, staged: &ServiceDeployment, stock: &Stock) -> Option<String> {
    let configuration = service.configuration.as_deref().cloned().unwrap_or_default();
    let stage = staged.lifecycle_stage.name();
    if let Some(hook) = staged.paused() {
        return Some(format!(
            "A PAUSE hook holds it in {} until someone calls ContinueServiceDeployment. If nobody has by {}, it {}.",
            hook.at.name(),
            clock(hook.expires_at_ms),
            timeout_words(hook.timeout_action)
        ));
    }
    if let Some((hook, calls)) = staged.asking() {
        return Some(asking(sim, hook, calls));
    }
    match staged.lifecycle_stage {
        LifecycleStage::ReconcileService => Some("In RECONCILE_SERVICE it waits until only two revisions are left.".to_owned()),
        LifecycleStage::ScaleUp => Some(format!(
            "In SCALE_UP the new revision must be up whole beside the old one: {} of {} tasks count as healthy.",
            stock.healthy_current, service.desired_count
        ))
        .filter(|_| stock.healthy_current > 0),
        LifecycleStage::ProductionTrafficShift => Some(shifting(&configuration, staged)),
        LifecycleStage::BakeTime => {
            let until_ms = staged.stage_since_ms + u64::from(configuration.bake_minutes()) * MINUTE;
            Some(format!(
                "In BAKE_TIME both revisions stay up, so that the way back is only a shift of traffic. It ends at {}.",
                clock(until_ms)
            ))
        }
        LifecycleStage::CleanUp => {
            let older: u32 = service.deployments.iter().skip(1).map(|deployment| deployment.stopping).sum();
            let left = stock.going.len() as u64 + u64::from(older);
            Some(format!("In CLEAN_UP the old revision goes: {} left.", count(left, "task")))
        }
        LifecycleStage::PreScaleUp
        | LifecycleStage::PostScaleUp
        | LifecycleStage::TestTrafficShift
        | LifecycleStage::PostTestTrafficShift
        | LifecycleStage::PreProductionTrafficShift
        | LifecycleStage::PostProductionTrafficShift => {
            Some(format!("It is in {stage}; at its next look, every {}, ECS goes on.", span(sim.tuning().reconcile_period_ms)))
        }
    }
}

fn timeout_words(action: TimeoutAction) -> &'static str {
    match action {
        TimeoutAction::Continue => "goes on",
        TimeoutAction::Rollback => "rolls back",
    }
}

/// What a Lambda hook has heard from its function so far, and what ends it.
fn asking(sim: &Sim, hook: &HookExecution, calls: &FunctionCalls) -> String {
    let at_work = match calls.last {
        LastCall::RunsSince(since_ms) => format!(
            "It has been running since {}; Lambda ends it after {}.",
            clock(since_ms),
            span(sim.tuning().services.function_longest_ms)
        ),
        LastCall::AgainAt(again_ms) => {
            format!("It has answered IN_PROGRESS, so ECS invokes it again at {}.", clock(again_ms))
        }
        LastCall::Over => String::new(),
    };
    format!(
        "A Lambda hook holds it in {} until the function {} answers SUCCEEDED; FAILED, or no hookStatus at all, rolls it back. {at_work} \
         It has been invoked {}. If it has not decided by {}, the deployment {}.",
        hook.at.name(),
        calls.name,
        count(u64::from(calls.invocations), "time"),
        clock(hook.expires_at_ms),
        timeout_words(hook.timeout_action)
    )
}

fn shifting(configuration: &DeploymentConfiguration, staged: &ServiceDeployment) -> String {
    let bake_minutes = step_bake_minutes(staged.strategy, configuration);
    format!(
        "In PRODUCTION_TRAFFIC_SHIFT the new revision has {}.{} % of the traffic; the next step is at {}.",
        staged.production_permille / 10,
        staged.production_permille % 10,
        clock(staged.shifted_at_ms + u64::from(bake_minutes) * MINUTE)
    )
}

/// Nothing is in its way: what is under way.
fn on_its_way(sim: &Sim, id: ServiceId, service: &Service, stock: &Stock) -> String {
    let belief = sim.belief();
    let returning = service.service_deployment.as_ref().map(|staged| staged.status);
    if returning == Some(ServiceDeploymentStatus::RollbackInProgress) {
        return format!("It rolls back: {} of the newer revision are being stopped.", count(stock.going.len() as u64, "task"));
    }
    if !stock.failing.is_empty() || !stock.unhealthy.is_empty() {
        let failing: Vec<&TaskId> = stock.failing.iter().chain(&stock.unhealthy).collect();
        let so = if stock.going.is_empty() { "" } else { ", so old tasks may not go" };
        let before = failing_before(sim, id);
        return format!("{} unhealthy{so}.{before}{}", named(sim, failing.into_iter(), "is", "are"), breaker_words(service));
    }
    let missing = u64::from(service.desired_count).saturating_sub(stock.current.len() as u64);
    let failures = service.primary().watch.failures.max(service.primary().failed_tasks);
    if missing > 0 && service.stopping() > 0 && service.room(service.maximum(), stock.total()) == 0 {
        return format!(
            "{}: {} being stopped, and until STOPPED each takes room under the maximum of {}.",
            are(missing, "task is missing", "tasks are missing"),
            are(u64::from(service.stopping()), "task is", "tasks are"),
            service.maximum()
        );
    }
    if missing > 0 && failures > 0 {
        return format!(
            "{}, because tasks of the new revision keep failing; ECS starts others.{}{}",
            are(missing, "task is missing", "tasks are missing"),
            failing_before(sim, id),
            breaker_words(service)
        );
    }
    let starting: Vec<&TaskId> = stock.current.iter().filter(|task| belief.tasks[**task].is_starting()).collect();
    if !starting.is_empty() {
        return format!("{} not RUNNING yet.{}", named(sim, starting.into_iter(), "is", "are"), failing_before(sim, id));
    }
    let unproved: Vec<&TaskId> = stock.current.iter().filter(|task| !sim.counts_as_healthy(**task)).collect();
    if !unproved.is_empty() {
        let what = until_healthy(sim, *unproved[0]);
        return format!(
            "{} RUNNING but not counted as healthy yet: {what}.{}",
            named(sim, unproved.into_iter(), "is", "are"),
            failing_before(sim, id)
        );
    }
    let before = failing_before(sim, id);
    if !before.is_empty() {
        return format!("{before}{}", breaker_words(service)).trim_start().to_owned();
    }
    let leaving = belief
        .tasks
        .iter()
        .filter(|(_, task)| task.last_status == TaskStatus::Deactivating && task.service.is_some_and(|(of, _)| of == id));
    let leaving: Vec<TaskId> = leaving.map(|(task, _)| task).collect();
    if !leaving.is_empty() {
        let them = if leaving.len() == 1 { "it" } else { "them" };
        let by_target = leaving.iter().any(|task| belief.tasks[*task].target.is_some());
        let why = match by_target {
            true => format!(
                "the load balancer drains {them} for the deregistration delay before SIGTERM; a shorter delay makes deployments shorter"
            ),
            false => format!(
                "nobody is to find {them} by name any more; SIGTERM comes {} later",
                span(sim.tuning().balancing.name_drain_ms)
            ),
        };
        return format!("{} DEACTIVATING: {why}.", named(sim, leaving.iter(), "is", "are"));
    }
    let older: u32 = service.deployments.iter().skip(1).map(|deployment| deployment.stopping).sum();
    if older > 0 {
        return format!(
            "{} still being stopped; it is completed when the last one is STOPPED.",
            are(u64::from(older), "task of the old revision is", "tasks of the old revision are")
        );
    }
    if let Some(until_ms) = service.primary().watch.bakes_until_ms.filter(|until_ms| *until_ms > sim.now_ms()) {
        return format!("Everything is in place; its alarms are watched until {}.", clock(until_ms));
    }
    format!("Nothing stands in its way: ECS looks at each service every {}.", span(sim.tuning().reconcile_period_ms))
}

/// ` Others failed before: web · c673 failed at 2:41.9: its container health check failed.`
fn failing_before(sim: &Sim, id: ServiceId) -> String {
    match failing(sim, id) {
        None => String::new(),
        Some(Failing { newest, count: 1 }) => format!(" Before, {}", failure_words(sim, newest)),
        Some(Failing { newest, count: failed }) => {
            format!(" {} have failed so far. The newest: {}", count(failed, "task"), failure_words(sim, newest))
        }
    }
}

/// What a new task needs to count as healthy (ecs.md §4.2).
fn until_healthy(sim: &Sim, task: TaskId) -> String {
    let known = &sim.belief().tasks[task];
    let checked = sim.belief().definitions[known.definition].has_health_check();
    let balanced = sim.belief().revision_of(known).is_some_and(|revision| !revision.load_balancers.is_empty());
    match (&known.target, checked) {
        (Some(target), _) if target.state != TargetState::Healthy => {
            format!("its target is {}; the load balancer must find it healthy", target.state.name())
        }
        (None, _) if balanced => "it is not registered with the load balancer yet".to_owned(),
        (Some(_) | None, true) => {
            format!("its container health check must be HEALTHY, and ECS has heard {}", known.health.name())
        }
        (Some(_) | None, false) => format!(
            "without a health check and a load balancer a task must be RUNNING for {}, and this one has been for {}",
            span(sim.tuning().healthy_settle_ms),
            span(known.running_for(sim.now_ms()).unwrap_or(0))
        ),
    }
}

fn numbers(sim: &Sim, service: &Service, stock: &Stock) -> Grid {
    let row = |what: &str, has: String, rule: String| vec![what.to_owned(), has, rule];
    let mut rows = vec![
        row(
            "Healthy",
            stock.healthy.to_string(),
            format!(
                "at least {} ({} × {} %, rounded up)",
                service.minimum(),
                service.desired_count,
                service.minimum_healthy_percent
            ),
        ),
        row(
            "Existing",
            (stock.total() as usize + stock.unhealthy.len()).to_string(),
            format!("at most {} ({} × {} %, rounded down)", service.maximum(), service.desired_count, service.maximum_percent),
        ),
        row("New revision, healthy", stock.healthy_current.to_string(), format!("{} wanted", service.desired_count)),
        row("Old revision or draining server", stock.going.len().to_string(), "0 in the end".to_owned()),
    ];
    rows.push(match breaker(service) {
        Some((failures, threshold)) => row("Circuit breaker, failures", failures.to_string(), format!("{threshold} stop it")),
        None => row("Circuit breaker", "off".to_owned(), "a broken deployment stays IN_PROGRESS".to_owned()),
    });
    if service.stopping() > 0 {
        rows.push(row("Being stopped", service.stopping().to_string(), "takes room under the maximum until STOPPED".to_owned()));
    }
    let protected = service.tasks.iter().filter(|task| sim.belief().tasks[**task].is_protected(sim.now_ms())).count();
    if protected > 0 {
        rows.push(row("Protected tasks", protected.to_string(), "not stopped".to_owned()));
    }
    Grid { title: "The numbers".to_owned(), line: String::new(), heads: vec!["What", "now", "rule"], rows }
}
