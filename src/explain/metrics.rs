//! Metrics: alarms, scaling policies — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::explain::names::service_name;
use crate::sim::command::metrics::{MetricsCommand, PutMetricAlarm, PutScalingPolicy};
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::model::alarm::{AlarmRule, AlarmState, decimal};
use crate::sim::model::metric::{Of, Series};
use crate::sim::neighbours::metrics::scaling::Held;
use crate::sim::observation::metrics::{MetricsFact, ScalingCause};
use crate::sim::time::clock;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &MetricsCommand) -> String {
    match command {
        MetricsCommand::PutMetricAlarm(request) => put_alarm(request),
        MetricsCommand::DeleteAlarms(request) => format!("Delete alarm {}", request.alarm_names.join(", ")),
        MetricsCommand::RegisterScalableTarget(request) => format!(
            "Let Application Auto Scaling scale {} between {} and {} tasks",
            service_part(&request.resource_id),
            request.min_capacity,
            request.max_capacity
        ),
        MetricsCommand::DeregisterScalableTarget(request) => {
            format!("Let Application Auto Scaling leave {} alone", service_part(&request.resource_id))
        }
        MetricsCommand::PutScalingPolicy(request) => put_policy(request),
        MetricsCommand::DeleteScalingPolicy(request) => {
            format!("Delete scaling policy {} of {}", request.policy_name, service_part(&request.resource_id))
        }
        MetricsCommand::SetAppLoad(request) => {
            let cpu = request.cpu_percent.map(|percent| format!("{percent} % of its CPU"));
            let memory = request.memory_percent.map(|percent| format!("{percent} % of its memory"));
            let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
            format!(
                "The app {} shall use {}",
                request.family,
                if parts.is_empty() { "what it used".to_string() } else { parts.join(" and ") }
            )
        }
    }
}

fn put_alarm(request: &PutMetricAlarm) -> String {
    let of = request.dimensions.first().map(|dimension| format!(" of {}", dimension.value)).unwrap_or_default();
    format!(
        "Set alarm {}: {}{of} {} {}",
        request.alarm_name,
        request.metric_name.name(),
        request.comparison_operator.words(),
        request.threshold
    )
}

fn put_policy(request: &PutScalingPolicy) -> String {
    let service = service_part(&request.resource_id);
    match &request.target_tracking_scaling_policy_configuration {
        Some(tracking) => {
            let what = tracking.predefined_metric_specification.predefined_metric_type;
            format!(
                "Set scaling policy {} of {service}: keep {} at {}",
                request.policy_name,
                metric_words(what),
                tracking.target_value
            )
        }
        None => format!("Set scaling policy {} of {service}: in steps", request.policy_name),
    }
}

fn metric_words(metric: crate::sim::command::metrics::PredefinedMetric) -> &'static str {
    use crate::sim::command::metrics::PredefinedMetric;
    match metric {
        PredefinedMetric::Cpu => "ECSServiceAverageCPUUtilization",
        PredefinedMetric::Memory => "ECSServiceAverageMemoryUtilization",
        PredefinedMetric::Requests => "ALBRequestCountPerTarget",
    }
}

fn service_part(resource_id: &str) -> &str {
    resource_id.rsplit('/').next().unwrap_or(resource_id)
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &MetricsFact) -> String {
    let service = |id: &ServiceId| service_name(sim, *id);
    match fact {
        MetricsFact::AlarmPut { alarm, rule } => format!("Alarm {alarm} watches {}", rule_words(rule)),
        MetricsFact::AlarmDeleted { alarm } => format!("Alarm {alarm} is deleted"),
        MetricsFact::AlarmStateChanged { alarm, to, reason, .. } => format!("Alarm {alarm} is {}: {reason}", to.name()),
        MetricsFact::ScalableTargetRegistered { service: id, min, max } => {
            format!("Application Auto Scaling may scale {} between {min} and {max} tasks", service(id))
        }
        MetricsFact::ScalableTargetDeregistered { service: id } => {
            format!("Application Auto Scaling leaves {} alone from now on", service(id))
        }
        MetricsFact::ScalingPolicyPut { service: id, policy } => {
            format!("Scaling policy {policy} of {} is in force", service(id))
        }
        MetricsFact::ScalingPolicyDeleted { service: id, policy } => {
            format!("Scaling policy {policy} of {} is deleted", service(id))
        }
        MetricsFact::ScalingActivity { service: id, to, cause, .. } => {
            format!("Application Auto Scaling ({}): Setting desired count to {to}. Cause: {}", service(id), cause_words(cause))
        }
        MetricsFact::ScalingHeld { service: id, policy, by } => {
            format!("Scaling policy {policy} of {} changes nothing: {}", service(id), held_words(*by))
        }
        MetricsFact::AppLoadChanged { family, cpu_percent, memory_percent } => {
            format!("The app {family} now uses about {cpu_percent} % of its CPU and {memory_percent} % of its memory")
        }
    }
}

/// Why, as Application Auto Scaling says it.
pub(crate) fn cause_words(cause: &ScalingCause) -> String {
    match cause {
        ScalingCause::Alarm { alarm, policy, .. } => format!("monitor alarm {alarm} in state ALARM triggered policy {policy}"),
        ScalingCause::MinCapacity => "minimum capacity was set higher than the desired count".to_string(),
        ScalingCause::MaxCapacity => "maximum capacity was set lower than the desired count".to_string(),
    }
}

/// What keeps a policy from acting.
pub(crate) fn held_words(by: Held) -> String {
    match by {
        Held::Cooldown { until_ms } => format!("the cooldown of its last step lasts until {}", clock(until_ms)),
        Held::DeploymentInProgress => "a deployment is in progress, and nothing is scaled in before it is over".to_string(),
        Held::MaxCapacity => "the maximum capacity is reached".to_string(),
        Held::MinCapacity => "the minimum capacity is reached".to_string(),
    }
}

fn rule_words(rule: &AlarmRule) -> String {
    format!(
        "{} {} {} for {} of {} periods of {} min",
        series_name(&rule.series),
        rule.comparison.words(),
        decimal(rule.threshold),
        rule.datapoints_to_alarm,
        rule.evaluation_periods,
        rule.period_minutes
    )
}

/// `CPUUtilization of web`: what a chart calls a series.
pub fn series_name(series: &Series) -> String {
    let metric = series.metric.name();
    match &series.of {
        Of::Cluster => format!("{metric} of the cluster"),
        Of::Service(name) | Of::TargetGroup(name) | Of::CapacityProvider(name) => format!("{metric} of {name}"),
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &MetricsFact) -> &'static str {
    match fact {
        MetricsFact::AlarmPut { .. } => "AlarmPut",
        MetricsFact::AlarmDeleted { .. } => "AlarmDeleted",
        MetricsFact::AlarmStateChanged { .. } => "AlarmStateChanged",
        MetricsFact::ScalableTargetRegistered { .. } => "ScalableTargetRegistered",
        MetricsFact::ScalableTargetDeregistered { .. } => "ScalableTargetDeregistered",
        MetricsFact::ScalingPolicyPut { .. } => "ScalingPolicyPut",
        MetricsFact::ScalingPolicyDeleted { .. } => "ScalingPolicyDeleted",
        MetricsFact::ScalingActivity { .. } => "ScalingActivity",
        MetricsFact::ScalingHeld { .. } => "ScalingHeld",
        MetricsFact::AppLoadChanged { .. } => "AppLoadChanged",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &MetricsFact) -> Tone {
    match fact {
        MetricsFact::AlarmStateChanged { to, .. } => match to {
            AlarmState::Ok => Tone::Good,
            AlarmState::Alarm => Tone::Bad,
            AlarmState::InsufficientData => Tone::Warning,
        },
        MetricsFact::ScalingActivity { .. } => Tone::Moving,
        MetricsFact::ScalingHeld { .. } => Tone::Warning,
        MetricsFact::AlarmPut { .. }
        | MetricsFact::AlarmDeleted { .. }
        | MetricsFact::ScalableTargetRegistered { .. }
        | MetricsFact::ScalableTargetDeregistered { .. }
        | MetricsFact::ScalingPolicyPut { .. }
        | MetricsFact::ScalingPolicyDeleted { .. }
        | MetricsFact::AppLoadChanged { .. } => Tone::Neutral,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &MetricsFact) -> Option<About> {
    match fact {
        MetricsFact::ScalableTargetRegistered { service, .. }
        | MetricsFact::ScalableTargetDeregistered { service }
        | MetricsFact::ScalingPolicyPut { service, .. }
        | MetricsFact::ScalingPolicyDeleted { service, .. }
        | MetricsFact::ScalingActivity { service, .. }
        | MetricsFact::ScalingHeld { service, .. } => Some(About::Service(*service)),
        MetricsFact::AlarmPut { .. }
        | MetricsFact::AlarmDeleted { .. }
        | MetricsFact::AlarmStateChanged { .. }
        | MetricsFact::AppLoadChanged { .. } => None,
    }
}

/// Whom the command is about.
pub fn subject_of_command(command: &MetricsCommand) -> Option<About> {
    match command {
        MetricsCommand::PutMetricAlarm(_)
        | MetricsCommand::DeleteAlarms(_)
        | MetricsCommand::RegisterScalableTarget(_)
        | MetricsCommand::DeregisterScalableTarget(_)
        | MetricsCommand::PutScalingPolicy(_)
        | MetricsCommand::DeleteScalingPolicy(_)
        | MetricsCommand::SetAppLoad(_) => None,
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &MetricsFact) -> bool {
    match fact {
        MetricsFact::AlarmStateChanged { .. }
        | MetricsFact::ScalingActivity { .. }
        | MetricsFact::ScalingHeld { .. }
        | MetricsFact::AppLoadChanged { .. } => true,
        MetricsFact::AlarmPut { .. }
        | MetricsFact::AlarmDeleted { .. }
        | MetricsFact::ScalableTargetRegistered { .. }
        | MetricsFact::ScalableTargetDeregistered { .. }
        | MetricsFact::ScalingPolicyPut { .. }
        | MetricsFact::ScalingPolicyDeleted { .. } => false,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &MetricsFact) -> Vec<(&'static str, String)> {
    let service = |id: &ServiceId| ("service", id.0.to_string());
    match fact {
        MetricsFact::AlarmPut { alarm, .. }
        | MetricsFact::AlarmDeleted { alarm }
        | MetricsFact::AlarmStateChanged { alarm, .. } => vec![("alarm", alarm.to_string())],
        MetricsFact::ScalableTargetRegistered { service: id, .. } | MetricsFact::ScalableTargetDeregistered { service: id } => {
            vec![service(id)]
        }
        MetricsFact::ScalingActivity { service: id, .. } => vec![service(id)],
        MetricsFact::ScalingPolicyPut { service: id, policy }
        | MetricsFact::ScalingPolicyDeleted { service: id, policy }
        | MetricsFact::ScalingHeld { service: id, policy, .. } => vec![service(id), ("policy", policy.to_string())],
        MetricsFact::AppLoadChanged { family, .. } => vec![("family", family.to_string())],
    }
}

/// The same for a command.
pub fn ids_of_command(command: &MetricsCommand) -> Vec<(&'static str, String)> {
    match command {
        MetricsCommand::PutMetricAlarm(request) => vec![("alarm", request.alarm_name.clone())],
        MetricsCommand::DeleteAlarms(request) => request.alarm_names.iter().map(|name| ("alarm", name.clone())).collect(),
        MetricsCommand::RegisterScalableTarget(request) => vec![("resource", request.resource_id.clone())],
        MetricsCommand::DeregisterScalableTarget(request) => vec![("resource", request.resource_id.clone())],
        MetricsCommand::PutScalingPolicy(request) => vec![("policy", request.policy_name.clone())],
        MetricsCommand::DeleteScalingPolicy(request) => vec![("policy", request.policy_name.clone())],
        MetricsCommand::SetAppLoad(request) => vec![("family", request.family.clone())],
    }
}
