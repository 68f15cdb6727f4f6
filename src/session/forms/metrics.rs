//! Load, alarms and service auto scaling.

use std::rc::Rc;

use crate::session::forms::{
    Filled, FormKind, amount, definition_names, families, field, form, number, options, preset, replica_names, said,
    service_names, text,
};
use crate::session::frame::{Asked, FieldValue, FieldView, FormView, Preset};
use crate::sim::command::Command;
use crate::sim::command::metrics::{
    AdjustmentType, MetricDimension, MetricsCommand, PredefinedMetric, PredefinedMetricSpecification, PutMetricAlarm,
    PutScalingPolicy, RegisterScalableTarget, ScaleIn, SetAppLoad, StepAdjustment, StepScaling, TargetTracking,
};
use crate::sim::engine::Sim;
use crate::sim::model::alarm::{AlarmRule, Comparison, TreatMissingData};
use crate::sim::model::metric::{MetricName, Of, Statistic};
use crate::sim::neighbours::metrics::scaling::{Policy, ScalableTarget};
use crate::sim::time::SECOND;

/// Metrics that an alarm can be put on here, as they are called, and whose they are.
const METRICS: [(&str, MetricName, Whose); 6] = [
    ("CPUUtilization", MetricName::CpuUtilization, Whose::Service),
    ("MemoryUtilization", MetricName::MemoryUtilization, Whose::Service),
    ("RunningTaskCount", MetricName::RunningTaskCount, Whose::Service),
    ("CPUReservation", MetricName::CpuReservation, Whose::Cluster),
    ("MemoryReservation", MetricName::MemoryReservation, Whose::Cluster),
    ("DisconnectedAgentCount", MetricName::DisconnectedAgentCount, Whose::Cluster),
];
const SILENT_AGENTS: &str = "DisconnectedAgentCount";
const OF_A_SERVICE: &[&str] = &["CPUUtilization", "MemoryUtilization", "RunningTaskCount"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Service,
    Cluster,
}

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [scale_form(sim), steps_form(sim), load_form(sim), alarm_form(sim)].into_iter().flatten().collect()
}

fn scale_form(sim: &Sim) -> Option<FormView> {
    let fields = vec![
        field("service", "Service", replica_names(sim)?),
        field("min_capacity", "Minimum", number(1, 0, 5_000, 1, "tasks")),
        field("max_capacity", "Maximum", number(10, 0, 5_000, 1, "tasks")),
        field("metric", "Metric to keep", options(&[("cpu", "CPU"), ("memory", "Memory"), ("requests", "Requests")])),
        field("target_value", "Target", number(60, 1, 100_000, 5, "")),
        field("cooldown", "Cooldown", number(300, 0, 3_600, 30, "s")),
    ];
    let line = "Application Auto Scaling changes the desired count by two alarms of its own. Per cent for CPU and memory.";
    let presets = scaled(sim).filter_map(|(name, target)| {
        let tracking = target.policies.values().find_map(|policy| match policy {
            Policy::TargetTracking(tracking) => Some(tracking),
            Policy::StepScaling(_) => None,
        })?;
        let metric = match tracking.series.metric {
            MetricName::CpuUtilization => "cpu",
            MetricName::MemoryUtilization => "memory",
            _ => "requests",
        };
        let mut values = bounds(target);
        values.extend([
            ("metric", said(metric)),
            ("target_value", amount(tracking.target / 1_000)),
            ("cooldown", amount(tracking.out_ms / SECOND)),
        ]);
        Some(preset("service", &name, values))
    });
    let presets = presets.collect();
    Some(FormView { presets, ..form(FormKind::ScaleService, "Service auto scaling", line, "Track the target", fields) })
}

fn steps_form(sim: &Sim) -> Option<FormView> {
    let steps = |value: u64| number(value, 0, 100, 1, "tasks");
    let fields = vec![
        field("service", "Service", replica_names(sim)?),
        field("min_capacity", "Minimum", number(1, 0, 5_000, 1, "tasks")),
        field("max_capacity", "Maximum", number(10, 0, 5_000, 1, "tasks")),
        field("metric", "Metric", options(&[("cpu", "CPU"), ("memory", "Memory")])),
        field("threshold", "Alarm above", number(70, 1, 1_000, 5, "%")),
        field("first_step", "Then add", steps(1)),
        field("next_step", "From 20 above it add", steps(3)),
        field("cooldown", "Cooldown", number(60, 0, 3_600, 30, "s")),
    ];
    let line = "An alarm of your own, and a policy that answers it: the further above the threshold, the larger the step.";
    let presets = scaled(sim).map(|(name, target)| preset("service", &name, steps_set_now(sim, &name, target))).collect();
    Some(FormView { presets, ..form(FormKind::ScaleInSteps, "Step scaling", line, "Scale in steps", fields) })
}

/// Bounds, and the steps and the alarm as [`scale_in_steps`] makes them, where they are there.
fn steps_set_now(sim: &Sim, service: &str, target: &ScalableTarget) -> Vec<(&'static str, FieldValue)> {
    let mut values = bounds(target);
    if let Some(Policy::StepScaling(steps)) = target.policies.get(&*format!("{service}-steps")) {
        let keys = ["first_step", "next_step"].into_iter().zip(&steps.adjustments);
        values.extend(keys.map(|(key, step)| (key, amount(step.scaling_adjustment.unsigned_abs()))));
        values.push(("cooldown", amount(steps.cooldown_ms / SECOND)));
    }
    if let Some(alarm) = sim.neighbours().metrics.alarm(&format!("{service}-steps-high")) {
        let memory = alarm.rule.series.metric == MetricName::MemoryUtilization;
        values.push(("metric", said(if memory { "memory" } else { "cpu" })));
        values.push(("threshold", amount(alarm.rule.threshold / 1_000)));
    }
    values
}

/// Services that are scaled, by name.
fn scaled(sim: &Sim) -> impl Iterator<Item = (Rc<str>, &ScalableTarget)> {
    let targets = sim.neighbours().metrics.scalable_targets();
    targets.filter_map(|(id, target)| Some((sim.belief().services.get(id)?.name.clone(), target)))
}

fn bounds(target: &ScalableTarget) -> Vec<(&'static str, FieldValue)> {
    vec![("min_capacity", amount(target.min_capacity)), ("max_capacity", amount(target.max_capacity))]
}

fn load_form(sim: &Sim) -> Option<FormView> {
    let fields = vec![
        field("family", "Task definition", definition_names(sim)?),
        field("cpu_percent", "CPU really used", number(80, 0, 1_000, 10, "%")),
        field("memory_percent", "Memory really used", number(60, 0, 100, 10, "%")),
    ];
    let presets = families(sim).map(|family| {
        let app = sim.truth().app(&family);
        let values = vec![("cpu_percent", amount(app.cpu_percent)), ("memory_percent", amount(app.memory_percent))];
        preset("family", &family, values)
    });
    let (line, presets) = ("In per cent of what its tasks reserve.", presets.collect());
    Some(FormView { presets, ..form(FormKind::SetLoad, "Load of an app", line, "Set load", fields) })
}

fn alarm_form(sim: &Sim) -> Option<FormView> {
    let words = |name: &'static str| if name == SILENT_AGENTS { "DisconnectedAgentCount: silent agents" } else { name };
    let metrics: Vec<(&str, &str)> = METRICS.iter().map(|(name, ..)| (*name, words(name))).collect();
    // Of agents a few are too many; the other metrics are in per cent.
    let of_others = |field| FieldView { only_if: Some(Asked::Unless("metric", SILENT_AGENTS)), ..field };
    let of_agents = |field| FieldView { only_if: Some(Asked::If("metric", &[SILENT_AGENTS])), ..field };
    let of_service = field("service", "Service", service_names(sim)?);
    let fields = vec![
        field("metric", "Metric", options(&metrics)),
        of_others(field("name", "Name", text("cpu-high"))),
        of_agents(field("name_of_silent", "Name", text("agents-silent"))),
        FieldView { only_if: Some(Asked::If("metric", OF_A_SERVICE)), ..of_service },
        field("comparison", "Alarm when", options(&[("above", "above"), ("below", "below")])),
        of_others(field("threshold", "Threshold", number(80, 0, 100_000, 5, ""))),
        of_agents(field("most_silent", "Threshold", number(0, 0, 5_000, 1, "agents"))),
        field("periods", "Minutes looked at", number(3, 1, 60, 1, "")),
        field("needed", "Of them breaching", number(2, 1, 60, 1, "")),
        field("missing", "Missing data", options(&[("missing", "missing"), ("breaching", "breach"), ("notBreaching", "do not")])),
    ];
    let line = "An alarm sees only datapoints: one a minute, and late.";
    let own = sim.neighbours().metrics.alarms().filter(|(_, alarm)| alarm.kept_by.is_none());
    let presets = own.filter_map(|(name, alarm)| alarm_preset(name, &alarm.rule)).collect();
    Some(FormView { presets, ..form(FormKind::PutAlarm, "A CloudWatch alarm", line, "Put alarm", fields) })
}

/// How an alarm of this name on this metric is set, where the form can say it.
fn alarm_preset(name: &str, rule: &AlarmRule) -> Option<Preset> {
    let (metric, ..) = METRICS.into_iter().find(|(_, metric, _)| *metric == rule.series.metric)?;
    let above = match rule.comparison {
        Comparison::GreaterThanThreshold => "above",
        Comparison::LessThanThreshold => "below",
        Comparison::GreaterThanOrEqualToThreshold | Comparison::LessThanOrEqualToThreshold => return None,
    };
    let missing = match rule.treat_missing_data {
        TreatMissingData::Missing => "missing",
        TreatMissingData::Breaching => "breaching",
        TreatMissingData::NotBreaching => "notBreaching",
        TreatMissingData::Ignore => return None,
    };
    let (key, threshold) = if metric == SILENT_AGENTS { ("name_of_silent", "most_silent") } else { ("name", "threshold") };
    let mut values = vec![
        ("comparison", said(above)),
        (threshold, amount(rule.threshold / 1_000)),
        ("periods", amount(rule.evaluation_periods)),
        ("needed", amount(rule.datapoints_to_alarm)),
        ("missing", said(missing)),
    ];
    if let Of::Service(service) = &rule.series.of {
        values.push(("service", said(service)));
    }
    Some(Preset { when: vec![("metric", said(metric)), (key, said(name))], values })
}

/// The name the service is scaled under.
fn resource(service: &str) -> String {
    format!("service/default/{service}")
}

/// `RegisterScalableTarget` and `PutScalingPolicy`.
pub fn scale(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let service = filled.text("service");
    let (metric, label) = match &*filled.text("metric") {
        "memory" => (PredefinedMetric::Memory, None),
        "requests" => (PredefinedMetric::Requests, Some(target_group_of(sim, &service)?)),
        _ => (PredefinedMetric::Cpu, None),
    };
    let target = RegisterScalableTarget {
        resource_id: resource(&service),
        min_capacity: filled.number("min_capacity"),
        max_capacity: filled.number("max_capacity"),
    };
    let policy = PutScalingPolicy {
        policy_name: format!("{service}-target"),
        resource_id: resource(&service),
        target_tracking_scaling_policy_configuration: Some(TargetTracking {
            target_value: filled.number("target_value"),
            predefined_metric_specification: PredefinedMetricSpecification {
                predefined_metric_type: metric,
                resource_label: label,
            },
            scale_out_cooldown: filled.asked("cooldown"),
            scale_in_cooldown: filled.asked("cooldown"),
            disable_scale_in: ScaleIn::Enabled,
        }),
        step_scaling_policy_configuration: None,
    };
    Ok(vec![
        Command::Metrics(MetricsCommand::RegisterScalableTarget(target)),
        Command::Metrics(MetricsCommand::PutScalingPolicy(Box::new(policy))),
    ])
}

/// Two steps: from the threshold on, and from so much above it on.
const SECOND_STEP: i32 = 20;

/// `RegisterScalableTarget`, `PutScalingPolicy` with steps, and the alarm that it answers.
pub fn scale_in_steps(filled: &Filled) -> Vec<Command> {
    let service = filled.text("service");
    let policy_name = format!("{service}-steps");
    let step = |lower: i32, upper: Option<i32>, key: &str| StepAdjustment {
        metric_interval_lower_bound: Some(lower),
        metric_interval_upper_bound: upper,
        scaling_adjustment: i32::try_from(filled.number(key)).unwrap_or(i32::MAX),
    };
    let target = RegisterScalableTarget {
        resource_id: resource(&service),
        min_capacity: filled.number("min_capacity"),
        max_capacity: filled.number("max_capacity"),
    };
    let policy = PutScalingPolicy {
        policy_name: policy_name.clone(),
        resource_id: resource(&service),
        target_tracking_scaling_policy_configuration: None,
        step_scaling_policy_configuration: Some(StepScaling {
            adjustment_type: AdjustmentType::ChangeInCapacity,
            step_adjustments: vec![step(0, Some(SECOND_STEP), "first_step"), step(SECOND_STEP, None, "next_step")],
            min_adjustment_magnitude: None,
            cooldown: filled.asked("cooldown"),
        }),
    };
    let memory = filled.text("metric") == "memory";
    let alarm = PutMetricAlarm {
        alarm_name: format!("{service}-steps-high"),
        metric_name: if memory { MetricName::MemoryUtilization } else { MetricName::CpuUtilization },
        namespace: None,
        dimensions: vec![MetricDimension { name: "ServiceName".to_string(), value: service }],
        statistic: Statistic::default(),
        comparison_operator: Comparison::GreaterThanOrEqualToThreshold,
        threshold: filled.number("threshold"),
        period: 60,
        evaluation_periods: 1,
        datapoints_to_alarm: None,
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: vec![policy_name],
    };
    let commands = [
        MetricsCommand::RegisterScalableTarget(target),
        MetricsCommand::PutScalingPolicy(Box::new(policy)),
        MetricsCommand::PutMetricAlarm(alarm),
    ];
    commands.into_iter().map(Command::Metrics).collect()
}

fn target_group_of(sim: &Sim, service: &str) -> Result<String, String> {
    let id = sim.belief().service_named(service).ok_or_else(|| format!("There is no service {service}."))?;
    let group = sim.belief().services[id]
        .revision()
        .load_balancers
        .first()
        .and_then(|each| sim.neighbours().balancer.groups.get(each.target_group));
    group.map(|group| group.name.to_string()).ok_or_else(|| format!("{service} is behind no load balancer."))
}

/// `SetAppLoad`.
pub fn load(filled: &Filled) -> Vec<Command> {
    vec![Command::Metrics(MetricsCommand::SetAppLoad(SetAppLoad {
        family: filled.text("family"),
        cpu_percent: filled.asked("cpu_percent"),
        memory_percent: filled.asked("memory_percent"),
    }))]
}

/// `PutMetricAlarm`.
pub fn alarm(filled: &Filled) -> Result<Vec<Command>, String> {
    let wanted = filled.text("metric");
    let (name, threshold) = if wanted == SILENT_AGENTS { ("name_of_silent", "most_silent") } else { ("name", "threshold") };
    let (_, metric_name, whose) = METRICS.into_iter().find(|(name, ..)| *name == wanted).ok_or("There is no such metric.")?;
    let dimension = |name: &str, value: String| MetricDimension { name: name.to_string(), value };
    let dimensions = match whose {
        Whose::Service => vec![dimension("ServiceName", filled.text("service"))],
        Whose::Cluster => Vec::new(),
    };
    let comparison_operator = match &*filled.text("comparison") {
        "below" => Comparison::LessThanThreshold,
        _ => Comparison::GreaterThanThreshold,
    };
    let treat_missing_data = match &*filled.text("missing") {
        "breaching" => TreatMissingData::Breaching,
        "notBreaching" => TreatMissingData::NotBreaching,
        _ => TreatMissingData::Missing,
    };
    Ok(vec![Command::Metrics(MetricsCommand::PutMetricAlarm(PutMetricAlarm {
        alarm_name: filled.text(name),
        metric_name,
        namespace: None,
        dimensions,
        statistic: Statistic::default(),
        comparison_operator,
        threshold: filled.number(threshold),
        period: 60,
        evaluation_periods: filled.number("periods"),
        datapoints_to_alarm: Some(filled.number("needed").min(filled.number("periods"))),
        treat_missing_data,
        alarm_actions: Vec::new(),
    }))])
}
