//! Services: deployments and their life-cycle, task protection — commands and facts in plain words.

use crate::explain::functions;
use crate::explain::kinds::{About, Tone};
use crate::explain::names::{definition_name, instance_name, list, service_name, task_name};
use crate::sim::command::UpdateService;
use crate::sim::command::balancing::{ServiceConnectConfiguration, ServiceRegistry};
use crate::sim::command::platform::PublicIp;
use crate::sim::command::services::{ContinueAction, ServicesCommand};
use crate::sim::engine::Sim;
use crate::sim::model::lifecycle_hook::{HookAnswer, TimeoutAction};
use crate::sim::observation::services::{Listener, ServicesFact};
use crate::sim::time::{MINUTE, SECOND, clock, span};

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(sim: &Sim, command: &ServicesCommand) -> String {
    match command {
        ServicesCommand::StopServiceDeployment(request) => {
            format!("Stop the deployment of {} and roll it back", request.service)
        }
        ServicesCommand::ContinueServiceDeployment(request) => match request.action {
            ContinueAction::Continue => format!("Let the deployment of {} go on", request.service),
            ContinueAction::Rollback => format!("Roll the paused deployment of {} back", request.service),
        },
        ServicesCommand::UpdateTaskProtection(request) => {
            let tasks: Vec<String> = request.tasks.iter().map(|task| task_name(sim, *task)).collect();
            if !request.protection_enabled {
                return format!("End the protection of {}", list(&tasks));
            }
            let minutes = request.expires_in_minutes.unwrap_or(sim.tuning().services.protection_minutes);
            format!("Protect {} for {}", list(&tasks), span(u64::from(minutes) * MINUTE))
        }
        ServicesCommand::StartTask(request) => {
            let servers: Vec<String> = request.container_instances.iter().map(|instance| instance_name(*instance)).collect();
            format!("Start a task of {} on {}", request.task_definition, list(&servers))
        }
        ServicesCommand::DeregisterTaskDefinition { task_definition } => format!("Deregister task definition {task_definition}"),
    }
}

/// What an update changes in how a service is deployed.
pub fn changed_settings(request: &UpdateService) -> Vec<String> {
    let rebalancing = request.availability_zone_rebalancing.map(|rebalancing| rebalancing.name());
    let subnets = request.network_configuration.as_ref().map(|network| {
        let network = &network.awsvpc_configuration;
        let public = if network.assign_public_ip == PublicIp::Enabled { " with public IP addresses" } else { "" };
        format!("{}{public}", network.subnets.join(", "))
    });
    let settings = [
        request.minimum_healthy_percent.map(|percent| format!("minimum healthy percent {percent}")),
        request.maximum_percent.map(|percent| format!("maximum percent {percent}")),
        request.deployment_configuration.as_ref().map(|_| "deployment configuration".to_owned()),
        rebalancing.map(|rebalancing| format!("zone rebalancing {rebalancing}")),
        request.health_check_grace_period_seconds.map(|seconds| format!("grace period {}", span(u64::from(seconds) * SECOND))),
        subnets.map(|subnets| format!("subnets {subnets}")),
        request.service_connect_configuration.as_ref().map(|asked| connect_words(asked)),
        request.service_registries.as_deref().map(registry_words),
        request.force_new_deployment.then(|| "force a new deployment".to_owned()),
    ];
    settings.into_iter().flatten().collect()
}

/// `Service Connect in shop as api`.
pub fn connect_words(asked: &ServiceConnectConfiguration) -> String {
    let name = asked.services.first().map_or_else(|| " as a client".to_owned(), |each| format!(" as {}", each.discovery_name));
    if asked.enabled { format!("Service Connect in {}{name}", asked.namespace) } else { "no Service Connect".to_owned() }
}

/// `service discovery with SRV records`.
pub fn registry_words(asked: &[ServiceRegistry]) -> String {
    asked.first().map_or_else(
        || "no service discovery".to_owned(),
        |registry| format!("service discovery with {} records", registry.dns_record_type.name()),
    )
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &ServicesFact) -> String {
    match fact {
        ServicesFact::DeploymentStarted { service, deployment, definition } => format!(
            "Deployment {} of {} begins: {} becomes the primary revision",
            deployment.ecs_svc(),
            service_name(sim, *service),
            definition_name(sim, *definition)
        ),
        ServicesFact::DeploymentFailureCounted { service, failures, threshold, .. } => {
            format!("The circuit breaker of {} counts failure {failures} of {threshold}", service_name(sim, *service))
        }
        ServicesFact::LifecycleStageEntered { service, stage, .. } => {
            format!("The deployment of {} enters {}", service_name(sim, *service), stage.name())
        }
        ServicesFact::DeploymentPaused { service, stage, until_ms, .. } => format!(
            "A hook holds the deployment of {} in {}; it waits for ContinueServiceDeployment until {}",
            service_name(sim, *service),
            stage.name(),
            clock(*until_ms)
        ),
        ServicesFact::HookInvoked { service, stage, function, invocation, .. } => format!(
            "ECS invokes the function {function} for {} of the deployment of {}{}",
            stage.name(),
            service_name(sim, *service),
            functions::again(*invocation)
        ),
        ServicesFact::HookAnswered { function, answer, .. } => functions::answer(sim, function, *answer),
        ServicesFact::HookTimedOut { service, stage, action, .. } => format!(
            "The time of a hook in {} of the deployment of {} is over: it {}",
            stage.name(),
            service_name(sim, *service),
            match action {
                TimeoutAction::Continue => "goes on",
                TimeoutAction::Rollback => "rolls back",
            }
        ),
        ServicesFact::TrafficShifted { service, listener, permille, .. } => {
            let of = match listener {
                Listener::Test => "test traffic",
                Listener::Production => "production traffic",
            };
            format!("{} of the {of} of {} goes to the newer revision", percent(*permille), service_name(sim, *service))
        }
        ServicesFact::TaskProtectionSet { task, until_ms: Some(until_ms) } => {
            format!("{} is protected from scale-in and deployments until {}", task_name(sim, *task), clock(*until_ms))
        }
        ServicesFact::TaskProtectionSet { task, until_ms: None } => {
            format!("{} is not protected any more", task_name(sim, *task))
        }
        ServicesFact::StartTaskFailed { instance, reason } => {
            format!("StartTask fails on {}: {reason}", instance_name(*instance))
        }
        ServicesFact::TaskProtectionFailed { task, reason } => {
            let why = match *reason {
                "MISSING" => "ECS knows no such task any more",
                "DEPLOYMENT_BLOCKED" => "its service has more protected tasks than its desired count already",
                _ => "only a task that a service keeps running can be protected",
            };
            format!("The protection of {} is not changed ({reason}): {why}", task_name(sim, *task))
        }
        ServicesFact::TaskDefinitionDeregistered { definition } => {
            format!("Task definition {} is INACTIVE: what uses it goes on, nothing new may", definition_name(sim, *definition))
        }
    }
}

fn percent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{} %", permille / 10),
        tenths => format!("{}.{tenths} %", permille / 10),
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &ServicesFact) -> &'static str {
    match fact {
        ServicesFact::DeploymentStarted { .. } => "DeploymentStarted",
        ServicesFact::DeploymentFailureCounted { .. } => "DeploymentFailureCounted",
        ServicesFact::LifecycleStageEntered { .. } => "LifecycleStageEntered",
        ServicesFact::DeploymentPaused { .. } => "DeploymentPaused",
        ServicesFact::HookInvoked { .. } => "HookInvoked",
        ServicesFact::HookAnswered { .. } => "HookAnswered",
        ServicesFact::HookTimedOut { .. } => "HookTimedOut",
        ServicesFact::TrafficShifted { .. } => "TrafficShifted",
        ServicesFact::TaskProtectionSet { .. } => "TaskProtectionSet",
        ServicesFact::TaskProtectionFailed { .. } => "TaskProtectionFailed",
        ServicesFact::StartTaskFailed { .. } => "StartTaskFailed",
        ServicesFact::TaskDefinitionDeregistered { .. } => "TaskDefinitionDeregistered",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &ServicesFact) -> Tone {
    match fact {
        ServicesFact::DeploymentStarted { .. }
        | ServicesFact::LifecycleStageEntered { .. }
        | ServicesFact::HookInvoked { .. }
        | ServicesFact::HookAnswered { answer: HookAnswer::Succeeded | HookAnswer::InProgress { .. }, .. }
        | ServicesFact::TrafficShifted { .. } => Tone::Moving,
        ServicesFact::HookAnswered { answer: HookAnswer::Failed | HookAnswer::Nothing(_), .. } => Tone::Bad,
        ServicesFact::DeploymentFailureCounted { .. }
        | ServicesFact::DeploymentPaused { .. }
        | ServicesFact::TaskProtectionFailed { .. }
        | ServicesFact::StartTaskFailed { .. }
        | ServicesFact::HookTimedOut { .. } => Tone::Warning,
        ServicesFact::TaskProtectionSet { .. } | ServicesFact::TaskDefinitionDeregistered { .. } => Tone::Neutral,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &ServicesFact) -> Option<About> {
    match fact {
        ServicesFact::DeploymentStarted { service, .. }
        | ServicesFact::DeploymentFailureCounted { service, .. }
        | ServicesFact::LifecycleStageEntered { service, .. }
        | ServicesFact::DeploymentPaused { service, .. }
        | ServicesFact::HookInvoked { service, .. }
        | ServicesFact::HookAnswered { service, .. }
        | ServicesFact::HookTimedOut { service, .. }
        | ServicesFact::TrafficShifted { service, .. } => Some(About::Service(*service)),
        ServicesFact::TaskProtectionSet { task, .. } | ServicesFact::TaskProtectionFailed { task, .. } => {
            Some(About::Task(*task))
        }
        ServicesFact::StartTaskFailed { instance, .. } => Some(About::Instance(*instance)),
        ServicesFact::TaskDefinitionDeregistered { .. } => None,
    }
}

/// Whom the command is about.
pub fn subject_of_command(command: &ServicesCommand) -> Option<About> {
    match command {
        ServicesCommand::UpdateTaskProtection(request) => request.tasks.first().copied().map(About::Task),
        ServicesCommand::StartTask(request) => request.container_instances.first().copied().map(About::Instance),
        ServicesCommand::StopServiceDeployment(_)
        | ServicesCommand::ContinueServiceDeployment(_)
        | ServicesCommand::DeregisterTaskDefinition { .. } => None,
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &ServicesFact) -> bool {
    match fact {
        ServicesFact::DeploymentStarted { .. }
        | ServicesFact::DeploymentFailureCounted { .. }
        | ServicesFact::LifecycleStageEntered { .. }
        | ServicesFact::DeploymentPaused { .. }
        | ServicesFact::TaskProtectionFailed { .. }
        | ServicesFact::StartTaskFailed { .. }
        | ServicesFact::HookInvoked { .. }
        | ServicesFact::HookAnswered { .. }
        | ServicesFact::HookTimedOut { .. }
        | ServicesFact::TrafficShifted { .. } => true,
        ServicesFact::TaskProtectionSet { .. } | ServicesFact::TaskDefinitionDeregistered { .. } => false,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &ServicesFact) -> Vec<(&'static str, String)> {
    match fact {
        ServicesFact::DeploymentStarted { service, deployment, .. }
        | ServicesFact::DeploymentFailureCounted { service, deployment, .. }
        | ServicesFact::LifecycleStageEntered { service, deployment, .. }
        | ServicesFact::DeploymentPaused { service, deployment, .. }
        | ServicesFact::HookInvoked { service, deployment, .. }
        | ServicesFact::HookAnswered { service, deployment, .. }
        | ServicesFact::HookTimedOut { service, deployment, .. }
        | ServicesFact::TrafficShifted { service, deployment, .. } => {
            vec![("service", service.0.to_string()), ("deployment", deployment.ecs_svc())]
        }
        ServicesFact::TaskProtectionSet { task, .. } | ServicesFact::TaskProtectionFailed { task, .. } => {
            vec![("task", task.arn_id())]
        }
        ServicesFact::StartTaskFailed { instance, .. } => vec![("instance", instance.ec2_instance_id())],
        ServicesFact::TaskDefinitionDeregistered { definition } => vec![("task_definition", definition.0.to_string())],
    }
}

/// The same for a command.
pub fn ids_of_command(command: &ServicesCommand) -> Vec<(&'static str, String)> {
    match command {
        ServicesCommand::UpdateTaskProtection(request) => request.tasks.iter().map(|task| ("task", task.arn_id())).collect(),
        ServicesCommand::StartTask(request) => {
            request.container_instances.iter().map(|instance| ("instance", instance.ec2_instance_id())).collect()
        }
        ServicesCommand::StopServiceDeployment(_)
        | ServicesCommand::ContinueServiceDeployment(_)
        | ServicesCommand::DeregisterTaskDefinition { .. } => Vec::new(),
    }
}
