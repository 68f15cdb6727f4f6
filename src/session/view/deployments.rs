//! A deployment in detail: what ECS knows of it, the stages of its life cycle, what can be decided about it.

use std::rc::Rc;

use crate::explain::capacity::strategy_words;
use crate::explain::names::{self, list};
use crate::session::frame::{DetailsView, FactView, RailState, RailStop, TableView};
use crate::session::intent::{NameKey, Subject};
use crate::session::view::details::{empty, fact};
use crate::session::view::ribbon;
use crate::session::view::totals::grouped;
use crate::sim::command::platform::PublicIp;
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::service_deployment::ServiceDeployment;
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::engine::Sim;
use crate::sim::ids::{DeploymentId, ServiceId};
use crate::sim::model::deployment::{DeploymentStatus, DeploymentStrategy, LifecycleStage};
use crate::sim::time;

/// So many tasks are listed.
const MOST_TASKS: usize = 40;

/// The details of a deployment, while the service has it.
pub fn details(sim: &Sim, id: ServiceId, deployment: DeploymentId) -> Option<DetailsView> {
    let service = sim.belief().services.get(id)?;
    let known = service.deployment(deployment)?;
    let name = names::definition_name(sim, known.revision.definition);
    let mut view = empty(Subject::Deployment(id, deployment), format!("Deployment of {name}"));
    view.badge = Some(ribbon::state(known));
    view.facts = facts(sim, id, service, known);
    view.ids = vec![(Rc::from("Deployment"), Rc::from(deployment.ecs_svc()))];
    let newest = service.primary().id == deployment;
    if newest {
        view.actions = ribbon::controls(service);
    }
    view.rail = service.staged().filter(|staged| newest && staged.target == deployment).map(|staged| rail(sim, staged));
    view.links = vec![(Rc::from(format!("Service {}", service.name)), Subject::Service(id))];
    view.links.extend(watched(service).map(|alarm| (Rc::from(format!("Alarm {alarm}")), Subject::Alarm(NameKey::of(alarm)))));
    let tasks = service.tasks.iter().filter(|task| sim.belief().tasks[**task].is_of(id, deployment));
    let name =
        |task: &crate::sim::ids::TaskId| (Rc::from(format!("Task {}", names::task_name(sim, *task))), Subject::Task(*task));
    view.links.extend(tasks.take(MOST_TASKS).map(name));
    Some(view)
}

fn watched(service: &Service) -> impl Iterator<Item = &Rc<str>> {
    let alarms = service.configuration.as_ref().map(|configuration| &configuration.alarms).filter(|alarms| alarms.enable);
    alarms.into_iter().flat_map(|alarms| &alarms.alarm_names)
}

fn facts(sim: &Sim, id: ServiceId, service: &Service, deployment: &Deployment) -> Vec<FactView> {
    let (running, pending) = sim.belief().deployment_counts(id, deployment.id);
    let number = |number: u32| grouped(u64::from(number));
    let mut facts = vec![
        fact("status", deployment.status.name()),
        fact("rolloutState", deployment.rollout_state.name()),
        fact("rolloutStateReason", deployment.rollout_state_reason()),
        fact("desiredCount", number(deployment.desired_count)),
        fact("runningCount", number(running)),
        fact("pendingCount", number(pending)),
        fact("failedTasks", number(deployment.failed_tasks)),
    ];
    if let Some(permille) = ribbon::share_permille(sim, id, service, deployment.id) {
        facts.push(fact("Share of the requests", per_cent(permille)));
    }
    facts.push(fact("createdAt", time::clock(deployment.created_at_ms)));
    facts.extend(settings(sim, &deployment.revision));
    if deployment.status != DeploymentStatus::Primary {
        return facts;
    }
    facts.push(fact("strategy", ribbon::strategy(service).name()));
    facts.push(fact(
        "Circuit breaker",
        match ribbon::breaker(service, deployment) {
            Some((failures, threshold)) => format!("{failures} of {threshold} failures"),
            None => "off: it would try for ever".to_string(),
        },
    ));
    if ribbon::strategy(service) != DeploymentStrategy::Rolling
        && let Some(configuration) = &service.configuration
    {
        facts.push(fact("bakeTimeInMinutes", number(configuration.bake_minutes())));
    }
    if let Some(wait) = ribbon::wait(sim, service) {
        facts.push(fact("Waits", wait));
    }
    facts
}

/// What the tasks of a revision are started with.
fn settings(sim: &Sim, revision: &ServiceRevision) -> Vec<FactView> {
    let listed = |names: Vec<String>| (!names.is_empty()).then(|| list(&names));
    let subnets = revision.network.as_ref().map(|network| network.subnets.iter().map(ToString::to_string).collect());
    let public = revision.network.as_ref().map(|network| match network.assign_public_ip {
        PublicIp::Enabled => "ENABLED".to_string(),
        PublicIp::Disabled => "DISABLED".to_string(),
    });
    let groups = revision.load_balancers.iter().map(|each| sim.neighbours().balancer.groups[each.target_group].name.to_string());
    let registry = revision.registry.as_ref().map(|registry| match &registry.container {
        Some((name, port)) => format!("{} of {name}:{port}", registry.dns_record_type.name()),
        None => registry.dns_record_type.name().to_string(),
    });
    let connect = revision.connect.as_ref().map(|member| match &member.endpoint {
        Some((name, port)) => format!("{name}:{port} in {}", member.namespace),
        None => format!("client in {}", member.namespace),
    });
    let strategy = strategy_words(&revision.capacity_provider_strategy);
    let launch_type = strategy.is_none().then(|| names::launch_type_name(revision.launch_type).to_string());
    [
        ("launchType", launch_type),
        ("capacityProviderStrategy", strategy),
        ("subnets", subnets.and_then(listed)),
        ("assignPublicIp", public),
        ("loadBalancers", listed(groups.collect())),
        ("serviceRegistries", registry),
        ("serviceConnectConfiguration", connect),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(fact(name, value?)))
    .collect()
}

/// `12.5 %`.
pub fn per_cent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{} %", permille / 10),
        tenths => format!("{}.{tenths} %", permille / 10),
    }
}

fn rail(sim: &Sim, staged: &ServiceDeployment) -> Vec<RailStop> {
    let stop = |stage: LifecycleStage| {
        let state = match stage.cmp(&staged.lifecycle_stage) {
            std::cmp::Ordering::Less => RailState::Passed,
            std::cmp::Ordering::Equal => RailState::Current,
            std::cmp::Ordering::Greater => RailState::Ahead,
        };
        let since = (state == RailState::Current).then(|| time::span((sim.now_ms() - staged.stage_since_ms) / 1_000 * 1_000));
        RailStop { word: Rc::from(stage.name()), state, time: since.map(Rc::from) }
    };
    LifecycleStage::ALL.into_iter().map(stop).collect()
}

/// The deployments of a service side by side.
pub fn table(sim: &Sim, id: ServiceId, service: &Service) -> TableView {
    let row = |deployment: &Deployment| {
        let (running, pending) = sim.belief().deployment_counts(id, deployment.id);
        let share = ribbon::share_permille(sim, id, service, deployment.id);
        vec![
            Rc::from(names::definition_name(sim, deployment.revision.definition)),
            Rc::from(deployment.status.name()),
            Rc::from(deployment.rollout_state.name()),
            Rc::from(format!("{running} + {pending} of {}", deployment.desired_count)),
            Rc::from(share.map_or_else(|| "–".to_string(), per_cent)),
        ]
    };
    TableView {
        title: Rc::from("Deployments"),
        line: Rc::from("Tasks running and starting, of those desired."),
        heads: vec!["Revision", "status", "rolloutState", "tasks", "requests"],
        rows: service.deployments.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_shows_tenths_only_where_there_are_any() {
        assert_eq!([0, 25, 50, 1_000].map(per_cent), ["0 %", "2.5 %", "5 %", "100 %"]);
    }
}
