//! Deploying a new revision of a service's task definition.

use std::rc::Rc;

use crate::session::forms::{
    Filled, FormKind, NONE, amount, field, functions, number, options, or_none, preset, said, service_names, services, text,
};
use crate::session::frame::{Asked, FieldValue, FieldView, FormView};
use crate::sim::command::{Command, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::model::deployment::{
    CanaryConfiguration, CircuitBreaker, DeploymentAlarms, DeploymentConfiguration, DeploymentStrategy, LifecycleStage,
    LinearConfiguration,
};
use crate::sim::model::lifecycle_hook::{HookTargetType, LifecycleHook, TimeoutAction};
use crate::sim::model::task_definition::TaskDefinition;

/// What is asked: functions only where there is something to deploy.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    form(sim).into_iter().flat_map(|deploy| [deploy, functions::form_of(sim)]).collect()
}

fn form(sim: &Sim) -> Option<FormView> {
    let first = services(sim).next()?;
    let container = sim.belief().definitions[first.revision().definition].definition.containers.first()?;
    const SHIFTING: &[&str] = &["BLUE_GREEN", "LINEAR", "CANARY"];
    const IN_PARTS: &[&str] = &["LINEAR", "CANARY"];
    let only = |strategies, field: FieldView| FieldView { only_if: Some(Asked::If("strategy", strategies)), ..field };
    let percent = |value| number(value, 0, 200, 10, "%");
    let mut fields = vec![
        field("service", "Service", service_names(sim)?),
        field("tag", "Image tag", text("next")),
        field("cpu_units", "CPU of its first container", number(u64::from(container.cpu_units), 0, 16_384, 64, "units")),
        field(
            "memory_mib",
            "Memory of its first container",
            number(u64::from(container.memory_mib.unwrap_or(512)), 4, 122_880, 64, "MiB"),
        ),
        field(
            "strategy",
            "Strategy",
            options(&[
                ("ROLLING", "ROLLING: replace a few at a time"),
                ("BLUE_GREEN", "BLUE_GREEN: all traffic at once"),
                ("LINEAR", "LINEAR: traffic in equal steps"),
                ("CANARY", "CANARY: a small share first"),
            ]),
        ),
        only(IN_PARTS, field("share_percent", "Share of a step", number(20, 1, 50, 5, "%"))),
        only(SHIFTING, field("bake_minutes", "Bake time", number(2, 0, 60, 1, "min"))),
        only(SHIFTING, field("pause", "Pause for a decision", or_none(stages(HookTargetType::Pause), "Nowhere", None))),
        only(SHIFTING, field("lambda", "Ask a Lambda function", or_none(stages(HookTargetType::AwsLambda), "Nowhere", None))),
        FieldView { only_if: Some(Asked::Unless("lambda", NONE)), ..field("function", "Function", text("check")) },
        only(
            &["ROLLING"],
            field("minimum_healthy_percent", "Minimum healthy percent", percent(u64::from(first.minimum_healthy_percent))),
        ),
        only(&["ROLLING"], field("maximum_percent", "Maximum percent", percent(u64::from(first.maximum_percent)))),
        only(
            &["ROLLING"],
            field("breaker", "Circuit breaker", options(&[("off", "Off"), ("on", "Stop"), ("rollback", "Roll back")])),
        ),
    ];
    let alarms: Vec<Rc<str>> = sim.neighbours().metrics.alarms().map(|(name, _)| name.clone()).collect();
    if !alarms.is_empty() {
        fields.push(field("alarm", "Roll back on the alarm", or_none(alarms, "None", None)));
    }
    let line = "Registers the next revision of the task definition and tells the service to run it.";
    let is_asked = |(key, _): &(&str, FieldValue)| fields.iter().any(|field| field.key == *key);
    let values = |service| set_now(sim, service).into_iter().filter(is_asked).collect();
    let presets = services(sim).map(|service| preset("service", &service.name, values(service))).collect();
    Some(FormView { presets, ..super::form(FormKind::Deploy, "Deploy a new revision", line, "Deploy", fields) })
}

/// How a service is deployed, and the size that its tasks have now.
fn set_now(sim: &Sim, service: &Service) -> Vec<(&'static str, FieldValue)> {
    let mut values = vec![
        ("minimum_healthy_percent", amount(service.minimum_healthy_percent)),
        ("maximum_percent", amount(service.maximum_percent)),
    ];
    if let Some(first) = sim.belief().definitions[service.revision().definition].definition.containers.first() {
        values.push(("cpu_units", amount(first.cpu_units)));
        values.extend(first.memory_mib.map(|mib| ("memory_mib", amount(mib))));
    }
    let Some(configuration) = service.configuration.as_deref() else { return values };
    // What its strategy does not use stands there too, with what the API makes of nothing.
    let share_tenths = match configuration.strategy {
        DeploymentStrategy::Canary => Some(configuration.canary_configuration.canary_percent_tenths),
        DeploymentStrategy::Linear => Some(configuration.linear_configuration.step_percent_tenths),
        DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen => None,
    };
    values.extend(share_tenths.map(|tenths| ("share_percent", amount(tenths / 10))));
    if configuration.strategy != DeploymentStrategy::Rolling {
        values.extend(configuration.bake_time_in_minutes.map(|minutes| ("bake_minutes", amount(minutes))));
    }
    let breaker = configuration.deployment_circuit_breaker;
    let alarms = &configuration.alarms;
    let alarm = alarms.alarm_names.first().filter(|_| alarms.enable);
    let hook = |target| configuration.lifecycle_hooks.iter().find(|hook| hook.target_type == target);
    let stage = |target| hook(target).and_then(|hook| hook.lifecycle_stages.first()).map_or(NONE, |stage| stage.name());
    values.extend([
        ("strategy", said(configuration.strategy.name())),
        ("pause", said(stage(HookTargetType::Pause))),
        ("lambda", said(stage(HookTargetType::AwsLambda))),
        (
            "breaker",
            said(if !breaker.enable {
                "off"
            } else if breaker.rollback {
                "rollback"
            } else {
                "on"
            }),
        ),
        ("alarm", said(alarm.map_or(NONE, |name| name))),
    ]);
    let function = hook(HookTargetType::AwsLambda).and_then(|hook| hook.hook_target_arn.as_deref());
    values.extend(function.map(|name| ("function", said(name))));
    values
}

/// Stages in which a hook can hold a deployment.
fn stages(target: HookTargetType) -> impl Iterator<Item = Rc<str>> {
    target.stages().map(|stage| Rc::from(stage.name()))
}

/// The hooks that are asked for, with the API's defaults.
fn hooks(filled: &Filled) -> Vec<LifecycleHook> {
    let hook = |key, target_type, hook_target_arn| {
        let stage = filled.chosen(key).and_then(|name| LifecycleStage::ALL.into_iter().find(|stage| stage.name() == name))?;
        let (timeout_in_minutes, timeout_action) = (1_440, TimeoutAction::Rollback);
        let lifecycle_stages = vec![stage];
        Some(LifecycleHook { target_type, hook_target_arn, lifecycle_stages, timeout_in_minutes, timeout_action })
    };
    let function = Some(Rc::from(filled.text("function")));
    [hook("pause", HookTargetType::Pause, None), hook("lambda", HookTargetType::AwsLambda, function)]
        .into_iter()
        .flatten()
        .collect()
}

/// What comes of it: the next revision, and the service told to run it.
pub fn commands(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let name = filled.text("service");
    let id = sim.belief().service_named(&name).ok_or_else(|| format!("There is no service {name}."))?;
    let present = &sim.belief().definitions[sim.belief().services[id].revision().definition].definition;
    let next = next_revision(present, filled);
    let family = next.family.to_string();
    let update = UpdateService {
        service: name,
        task_definition: Some(family),
        minimum_healthy_percent: filled.asked("minimum_healthy_percent"),
        maximum_percent: filled.asked("maximum_percent"),
        deployment_configuration: Some(Box::new(configuration(filled))),
        ..UpdateService::default()
    };
    Ok(vec![Command::RegisterTaskDefinition(Box::new(next)), Command::UpdateService(update)])
}

fn configuration(filled: &Filled) -> DeploymentConfiguration {
    let strategy = match &*filled.text("strategy") {
        "BLUE_GREEN" => DeploymentStrategy::BlueGreen,
        "LINEAR" => DeploymentStrategy::Linear,
        "CANARY" => DeploymentStrategy::Canary,
        _ => DeploymentStrategy::Rolling,
    };
    let breaker = filled.text("breaker");
    let minutes = filled.number("bake_minutes");
    let tenths = filled.number("share_percent") * 10;
    let alarm_names: Vec<Rc<str>> = filled.chosen("alarm").map(Rc::from).into_iter().collect();
    let watches = !alarm_names.is_empty();
    DeploymentConfiguration {
        strategy,
        alarms: DeploymentAlarms { alarm_names, enable: watches, rollback: watches },
        lifecycle_hooks: hooks(filled),
        bake_time_in_minutes: filled.asked("bake_minutes"),
        deployment_circuit_breaker: CircuitBreaker {
            enable: breaker == "on" || breaker == "rollback",
            rollback: breaker == "rollback",
            ..CircuitBreaker::default()
        },
        canary_configuration: match strategy {
            DeploymentStrategy::Canary => {
                CanaryConfiguration { canary_percent_tenths: tenths, canary_bake_time_in_minutes: minutes }
            }
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen | DeploymentStrategy::Linear => {
                CanaryConfiguration::default()
            }
        },
        linear_configuration: match strategy {
            DeploymentStrategy::Linear => LinearConfiguration { step_percent_tenths: tenths, step_bake_time_in_minutes: minutes },
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen | DeploymentStrategy::Canary => {
                LinearConfiguration::default()
            }
        },
    }
}

/// The same containers under a new tag, with the size asked for.
fn next_revision(present: &TaskDefinition, filled: &Filled) -> TaskDefinition {
    let mut next = present.clone();
    let tag = filled.text("tag");
    if let Some(first) = next.containers.first_mut() {
        if !tag.is_empty() {
            let image = first.image.split_once(':').map_or(&*first.image, |(image, _)| image);
            first.image = format!("{image}:{tag}").into();
        }
        let (cpu_units, memory_mib) = (filled.number("cpu_units"), filled.number("memory_mib"));
        if !present.launches_on_fargate() && cpu_units > 0 && memory_mib > 0 {
            first.cpu_units = cpu_units;
            first.memory_mib = Some(memory_mib);
            first.memory_reservation_mib = first.memory_reservation_mib.map(|reserved| reserved.min(memory_mib));
        }
    }
    next
}
