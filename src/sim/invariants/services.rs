//! What must hold of services and their deployments.

use std::collections::BTreeSet;

use super::must;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::lifecycle_hooks::LastCall;
use crate::sim::control_plane::service::{Service, ServiceStatus, Steadiness};
use crate::sim::control_plane::service_deployment::ServiceDeploymentStatus;
use crate::sim::control_plane::task::Task;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::model::deployment::{DeploymentStatus, LifecycleStage, RolloutState};
use crate::sim::model::lifecycle_hook::{HookStatus, HookTargetType};
use crate::sim::model::task::{HealthStatus, TaskStatus};
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// All services.
pub fn check(control: &ControlPlane, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    for (id, service) in control.services.iter() {
        is_sound(control, id, service, now_ms, tuning).map_err(|what| format!("service {}: {what}", service.name))?;
    }
    Ok(())
}

fn is_sound(control: &ControlPlane, id: ServiceId, service: &Service, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    let wanted: BTreeSet<TaskId> = tasks_of_service(control, id).collect();
    must(wanted == service.tasks, || format!("has {wanted:?}, lists {:?}", service.tasks))?;
    must(service.events.len() <= 100, || "too many events".to_string())?;
    must(service.waiting.as_ref().is_none_or(|waiting| waiting.count > 0), || "waits for no task".to_string())?;
    for deployment in &service.deployments {
        let stopping =
            |task: &Task| !task.is_wanted() && task.last_status != TaskStatus::Stopped && task.is_of(id, deployment.id);
        let count = control.tasks.iter().filter(|(_, task)| stopping(task)).count() as u32;
        let older = deployment.id != service.deployment && service.status == ServiceStatus::Active;
        must(!older || is_needed(control, id, deployment, now_ms, tuning), || "an older deployment without a task".to_string())?;
        must(count == deployment.stopping, || format!("stops {count} of a deployment that says {}", deployment.stopping))?;
    }
    deployments_agree(control, id, service)?;
    hooks_are_sound(service, now_ms, tuning)?;
    rests_rightly(control, service)
}

/// An older deployment goes in the look after its last task (ecs.md §4.3).
fn is_needed(control: &ControlPlane, id: ServiceId, older: &Deployment, now_ms: Millis, tuning: &Tuning) -> bool {
    let tasks = || control.tasks.iter().map(|(_, task)| task).filter(|task| task.is_of(id, older.id));
    let ended_ms = tasks().filter_map(|task| task.times.entered(TaskStatus::Stopped)).max();
    let looked_at_ms = ended_ms.max(Some(older.updated_at_ms)).unwrap_or(0) + 2 * tuning.reconcile_period_ms;
    older.desired_count > 0 || older.stopping > 0 || tasks().any(Task::is_wanted) || now_ms <= looked_at_ms
}

/// Hooks are at work only in a deployment that is on its way, and each waits for something.
fn hooks_are_sound(service: &Service, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    let Some(staged) = service.service_deployment.as_deref() else { return Ok(()) };
    let goes_on = staged.status == ServiceDeploymentStatus::InProgress;
    must(goes_on || staged.hooks.is_empty(), || format!("hooks of a deployment that is {}", staged.status.name()))?;
    let active = service.status == ServiceStatus::Active && service.deployment_in_progress();
    for hook in &staged.hooks {
        let target = if hook.function.is_some() { HookTargetType::AwsLambda } else { HookTargetType::Pause };
        must(target.may_hold(hook.at), || format!("a {} hook in {}", target.name(), hook.at.name()))?;
        must(hook.number < staged.hooks_begun, || "a hook that was never begun".to_string())?;
        let steps = (LifecycleStage::ProductionTrafficShift, LifecycleStage::PreProductionTrafficShift);
        let here = hook.at == staged.lifecycle_stage || (staged.lifecycle_stage, hook.at) == steps;
        must(here, || format!("a hook of {} in {}", hook.at.name(), staged.lifecycle_stage.name()))?;
        let waits = match hook.function.as_ref().map(|calls| (calls.last, calls.invocations > 0)) {
            None => hook.status != HookStatus::InProgress,
            Some((LastCall::RunsSince(since_ms), invoked)) => {
                let runs = invoked && since_ms <= now_ms && now_ms - since_ms <= tuning.services.function_longest_ms;
                hook.status == HookStatus::InProgress && (runs || !active)
            }
            Some((LastCall::AgainAt(again_ms), invoked)) => {
                hook.status == HookStatus::InProgress && invoked && (again_ms >= now_ms || !active)
            }
            Some((LastCall::Over, invoked)) => invoked && hook.status.is_over(),
        };
        must(waits, || format!("a hook that waits for nothing: {hook:?}"))?;
    }
    Ok(())
}

fn tasks_of_service(control: &ControlPlane, id: ServiceId) -> impl Iterator<Item = TaskId> {
    let mine = move |task: &Task| task.is_wanted() && task.service.is_some_and(|(service, _)| service == id);
    control.tasks.iter().filter(move |(_, task)| mine(task)).map(|(task, _)| task)
}

fn deployments_agree(control: &ControlPlane, id: ServiceId, service: &Service) -> Result<(), String> {
    let (primary, older) = service.deployments.split_first().ok_or("no deployment")?;
    must(primary.status == DeploymentStatus::Primary, || "the first deployment is not PRIMARY".to_string())?;
    must(older.iter().all(|deployment| deployment.status == DeploymentStatus::Active), || "two PRIMARY".to_string())?;
    must(service.deployment == primary.id, || "not what its newest deployment says".to_string())?;
    let of_revision = |task: &TaskId| {
        let task = &control.tasks[*task];
        control.revision_of(task).is_some_and(|revision| task.definition == revision.definition)
    };
    must(service.tasks.iter().all(of_revision), || "a task of another revision than its deployment's".to_string())?;
    let ids: BTreeSet<_> = service.deployments.iter().map(|deployment| deployment.id).collect();
    must(ids.len() == service.deployments.len(), || "a deployment twice".to_string())?;
    must(primary.desired_count == service.desired_count || service.status != ServiceStatus::Active, || {
        format!("wants {}, its newest deployment {}", service.desired_count, primary.desired_count)
    })?;
    let known = |task: &TaskId| service.deployments.iter().any(|deployment| control.tasks[*task].is_of(id, deployment.id));
    must(service.tasks.iter().all(known), || "a task of no deployment".to_string())?;
    let completed = primary.rollout_state == RolloutState::Completed;
    must(!completed || service.completed.as_ref().is_some_and(|(id, of)| *id == primary.id && *of == primary.revision), || {
        "completed and forgotten".to_string()
    })
}

/// A service that rests has all it wants, and nothing of it is ill.
fn rests_rightly(control: &ControlPlane, service: &Service) -> Result<(), String> {
    if service.rests_until_ms == 0 || service.status != ServiceStatus::Active {
        return Ok(());
    }
    let well = |task: &TaskId| {
        let task = &control.tasks[*task];
        let definition_is_right = task.definition == service.revision().definition;
        definition_is_right && task.is_running() && task.health != HealthStatus::Unhealthy && !task.target_is_unhealthy()
    };
    must(matches!(service.steady, Steadiness::Since(_)), || "rests and is not steady".to_string())?;
    must(service.tasks.len() as u32 == service.desired_count, || "rests with another count than desired".to_string())?;
    let needs_a_look = service.tasks.iter().find(|task| !well(task));
    must(needs_a_look.is_none(), || {
        format!("rests with a task that needs a look: {:?}", needs_a_look.map(|id| &control.tasks[*id]))
    })
}
