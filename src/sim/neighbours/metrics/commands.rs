//! What someone may ask of CloudWatch and Application Auto Scaling, with the errors they answer.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::command::metrics::{
    DeleteAlarms, DeleteScalingPolicy, DeregisterScalableTarget, MetricDimension, MetricsCommand, PredefinedMetric,
    PutMetricAlarm, PutScalingPolicy, RegisterScalableTarget, SetAppLoad, StepScaling, TargetTracking,
};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::engine::Sim;
use crate::sim::ids::{ObservationId, ServiceId};
use crate::sim::model::alarm::{AlarmRule, AlarmState, Comparison, TreatMissingData};
use crate::sim::model::metric::{MetricName, Of, Owner, Series, Statistic};
use crate::sim::neighbours::event::{MetricsEvent, NeighbourEvent};
use crate::sim::neighbours::metrics::Metrics;
use crate::sim::neighbours::metrics::alarms::Alarm;
use crate::sim::neighbours::metrics::scaling::{Policy, ScalableTarget, Steps, Tracking};
use crate::sim::observation::Kind;
use crate::sim::observation::metrics::MetricsFact;
use crate::sim::time::{Millis, SECOND};

/// Does what is asked.
pub(crate) fn obey(sim: &mut Sim, command: &MetricsCommand) -> Answer {
    match command {
        MetricsCommand::PutMetricAlarm(request) => put_metric_alarm(sim, request),
        MetricsCommand::DeleteAlarms(request) => delete_alarms(sim, request),
        MetricsCommand::RegisterScalableTarget(request) => register_scalable_target(sim, request),
        MetricsCommand::DeregisterScalableTarget(request) => deregister_scalable_target(sim, request),
        MetricsCommand::PutScalingPolicy(request) => put_scaling_policy(sim, request),
        MetricsCommand::DeleteScalingPolicy(request) => delete_scaling_policy(sim, request),
        MetricsCommand::SetAppLoad(request) => set_app_load(sim, request),
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}

fn put_metric_alarm(sim: &mut Sim, request: &PutMetricAlarm) -> Answer {
    let needed = request.datapoints_to_alarm.unwrap_or(request.evaluation_periods);
    if request.period == 0 || !request.period.is_multiple_of(60) {
        return Err(invalid("The value for parameter Period must be a multiple of 60."));
    }
    if request.evaluation_periods == 0 || needed == 0 || needed > request.evaluation_periods {
        return Err(invalid("DatapointsToAlarm must be from 1 to EvaluationPeriods."));
    }
    let period_minutes = request.period / 60;
    if u64::from(period_minutes) * u64::from(request.evaluation_periods) > u64::from(sim.fx.tuning.metrics.datapoints_kept) {
        return Err(invalid("Metrics are kept for three hours here: an alarm cannot look back further."));
    }
    if sim.neighbours.metrics.alarm(&request.alarm_name).is_some_and(|alarm| alarm.kept_by.is_some()) {
        return Err(invalid("This alarm belongs to a target tracking scaling policy, which keeps it as it is."));
    }
    let rule = AlarmRule {
        series: series(request.metric_name, request.namespace.as_deref(), &request.dimensions)?,
        statistic: request.statistic,
        comparison: request.comparison_operator,
        threshold: u64::from(request.threshold) * 1_000,
        period_minutes,
        evaluation_periods: request.evaluation_periods,
        datapoints_to_alarm: needed,
        treat_missing_data: request.treat_missing_data,
    };
    let actions = request.alarm_actions.iter().map(|action| Rc::from(action.as_str())).collect();
    put_alarm(sim, &Rc::from(request.alarm_name.as_str()), rule, actions, None);
    Ok(())
}

/// The series that a metric's name and dimensions mean.
fn series(metric: MetricName, namespace: Option<&str>, dimensions: &[MetricDimension]) -> Result<Series, Refusal> {
    if namespace.is_some_and(|namespace| namespace != metric.namespace()) {
        return Err(invalid(format!("{} is a metric of {}.", metric.name(), metric.namespace())));
    }
    let value = |name: &str| {
        dimensions.iter().find(|dimension| dimension.name == name).map(|dimension| Rc::from(dimension.value.as_str()))
    };
    let wanted = |name: &str| value(name).ok_or_else(|| invalid(format!("{} needs the dimension {name}.", metric.name())));
    let of = match metric.belongs_to() {
        Owner::Cluster(_) => Of::Cluster,
        Owner::Service(_) => Of::Service(wanted("ServiceName")?),
        Owner::ServiceOrCluster(..) => value("ServiceName").map_or(Of::Cluster, Of::Service),
        Owner::TargetGroup(_) => Of::TargetGroup(wanted("TargetGroup")?),
        Owner::CapacityProvider => Of::CapacityProvider(wanted("CapacityProviderName")?),
    };
    Ok(Series { metric, of })
}

/// Makes an alarm, or gives one that exists a new rule.
fn put_alarm(sim: &mut Sim, name: &Rc<str>, rule: AlarmRule, actions: Vec<Rc<str>>, kept_by: Option<Rc<str>>) -> ObservationId {
    let fact = MetricsFact::AlarmPut { alarm: name.clone(), rule: rule.clone() };
    let put_by = sim.fx.observe(Kind::Metrics(Rc::new(fact)));
    let alarm = Alarm {
        rule,
        actions,
        kept_by,
        state: AlarmState::InsufficientData,
        since_ms: sim.fx.now_ms,
        reason: Rc::from("Unchecked: Initial alarm creation"),
        put_by,
        turned_by: put_by,
    };
    Rc::make_mut(&mut sim.neighbours.metrics.alarms).insert(name.clone(), Rc::new(alarm));
    put_by
}

fn delete_alarms(sim: &mut Sim, request: &DeleteAlarms) -> Answer {
    let names = &request.alarm_names;
    if let Some(missing) = names.iter().find(|name| sim.neighbours.metrics.alarm(name).is_none()) {
        return Err(Refusal::new("ResourceNotFound", format!("Alarm {missing} does not exist.")));
    }
    for name in names {
        remove_alarm(sim, &Rc::from(name.as_str()));
    }
    Ok(())
}

fn remove_alarm(sim: &mut Sim, name: &Rc<str>) {
    if Rc::make_mut(&mut sim.neighbours.metrics.alarms).remove(name).is_some() {
        sim.control.alarms.remove(name);
        sim.fx.observe(Kind::Metrics(Rc::new(MetricsFact::AlarmDeleted { alarm: name.clone() })));
    }
}

/// The service of `service/CLUSTER/NAME`.
fn service_of(sim: &Sim, resource_id: &str) -> Result<ServiceId, Refusal> {
    let parts: Vec<&str> = resource_id.split('/').collect();
    let name = match parts[..] {
        ["service", _, name] => name,
        _ => return Err(Refusal::new("ValidationException", format!("Unsupported resource id: {resource_id}"))),
    };
    sim.control
        .service_named(name)
        .ok_or_else(|| Refusal::new("ValidationException", format!("ECS service doesn't exist: {resource_id}")))
}

fn target_of(sim: &Sim, resource_id: &str) -> Result<ServiceId, Refusal> {
    let service = service_of(sim, resource_id)?;
    match sim.neighbours.metrics.scalable_target(service) {
        Some(_) => Ok(service),
        None => Err(Refusal::new(
            "ObjectNotFoundException",
            format!(
                "No scalable target registered for service namespace: ecs, resource ID: {resource_id}, scalable dimension: ecs:service:DesiredCount"
            ),
        )),
    }
}

fn register_scalable_target(sim: &mut Sim, request: &RegisterScalableTarget) -> Answer {
    let service = service_of(sim, &request.resource_id)?;
    let (min, max) = (request.min_capacity, request.max_capacity);
    if min > max {
        return Err(Refusal::new("ValidationException", "Maximum capacity cannot be less than minimum capacity"));
    }
    if max > 5_000 {
        return Err(Refusal::new("ValidationException", "A service has at most 5,000 tasks."));
    }
    if sim.control.services[service].scheduling_strategy == SchedulingStrategy::Daemon {
        return Err(Refusal::new("ValidationException", "Services with the DAEMON scheduling strategy cannot be scaled."));
    }
    let fact = MetricsFact::ScalableTargetRegistered { service, min, max };
    let registered_by = sim.fx.lead(Kind::Metrics(Rc::new(fact)));
    let targets = Rc::make_mut(&mut sim.neighbours.metrics.targets);
    let target = targets.entry(service).or_insert_with(|| {
        Rc::new(ScalableTarget {
            min_capacity: min,
            max_capacity: max,
            policies: BTreeMap::new(),
            registered_by,
            cooling_out: None,
            cooling_in_until_ms: 0,
            last: None,
            held: None,
        })
    });
    let target = Rc::make_mut(target);
    (target.min_capacity, target.max_capacity, target.registered_by) = (min, max, registered_by);
    let delay_ms = sim.fx.tuning.metrics.alarm_action_ms;
    sim.fx.at_neighbour(delay_ms, NeighbourEvent::Metrics(MetricsEvent::BoundsChanged { service }));
    Ok(())
}

fn deregister_scalable_target(sim: &mut Sim, request: &DeregisterScalableTarget) -> Answer {
    let service = target_of(sim, &request.resource_id)?;
    sim.fx.lead(Kind::Metrics(Rc::new(MetricsFact::ScalableTargetDeregistered { service })));
    for alarm in sim.neighbours.metrics.forget_target(service) {
        remove_alarm(sim, &alarm);
    }
    Ok(())
}

fn put_scaling_policy(sim: &mut Sim, request: &PutScalingPolicy) -> Answer {
    let service = target_of(sim, &request.resource_id)?;
    let name: Rc<str> = Rc::from(request.policy_name.as_str());
    let tracking = request.target_tracking_scaling_policy_configuration.as_ref();
    let policy = match (tracking, &request.step_scaling_policy_configuration) {
        (Some(tracking), None) => Policy::TargetTracking(read_tracking(sim, &request.resource_id, &name, tracking)?),
        (None, Some(steps)) => Policy::StepScaling(read_steps(sim, steps)?),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Refusal::new(
                "ValidationException",
                "A policy needs exactly one configuration: target tracking or step scaling.",
            ));
        }
    };
    sim.fx.lead(Kind::Metrics(Rc::new(MetricsFact::ScalingPolicyPut { service, policy: name.clone() })));
    if let Some(old) = remove_policy(&mut sim.neighbours.metrics, service, &name) {
        forget_alarms(sim, &old);
    }
    if let Policy::TargetTracking(tracking) = &policy {
        put_tracking_alarms(sim, &name, tracking);
    }
    let targets = Rc::make_mut(&mut sim.neighbours.metrics.targets);
    let target = Rc::make_mut(targets.get_mut(&service).expect("the target is registered"));
    target.policies.insert(name, policy);
    Ok(())
}

fn read_tracking(sim: &Sim, resource_id: &str, name: &Rc<str>, request: &TargetTracking) -> Result<Tracking, Refusal> {
    let tuning = &sim.fx.tuning.metrics;
    if request.target_value == 0 {
        return Err(Refusal::new("ValidationException", "The target value must be greater than 0."));
    }
    let service = resource_id.rsplit('/').next().unwrap_or_default();
    let specification = &request.predefined_metric_specification;
    let (metric, of, statistic) = match (specification.predefined_metric_type, &specification.resource_label) {
        (PredefinedMetric::Cpu, _) => (MetricName::CpuUtilization, Of::Service(Rc::from(service)), Statistic::Average),
        (PredefinedMetric::Memory, _) => (MetricName::MemoryUtilization, Of::Service(Rc::from(service)), Statistic::Average),
        (PredefinedMetric::Requests, Some(label)) => {
            (MetricName::RequestCountPerTarget, Of::TargetGroup(target_group_of(label)), Statistic::Sum)
        }
        (PredefinedMetric::Requests, None) => {
            return Err(Refusal::new("ValidationException", "ALBRequestCountPerTarget needs a ResourceLabel."));
        }
    };
    let alarm = |side: &str| Rc::from(format!("TargetTracking-{resource_id}-Alarm{side}-{name}"));
    Ok(Tracking {
        series: Series { metric, of },
        statistic,
        target: u64::from(request.target_value) * 1_000,
        scale_in: request.disable_scale_in,
        alarm_high: alarm("High"),
        alarm_low: alarm("Low"),
        out_ms: seconds(request.scale_out_cooldown, tuning.scale_out_cooldown_ms),
        in_ms: seconds(request.scale_in_cooldown, tuning.scale_in_cooldown_ms),
    })
}

/// `app/LB/ID/targetgroup/NAME/ID`, or the name alone.
fn target_group_of(label: &str) -> Rc<str> {
    Rc::from(label.split('/').skip_while(|part| *part != "targetgroup").nth(1).unwrap_or(label))
}

fn seconds(asked: Option<u32>, usual_ms: Millis) -> Millis {
    asked.map_or(usual_ms, |seconds| u64::from(seconds) * SECOND)
}

fn read_steps(sim: &Sim, request: &StepScaling) -> Result<Steps, Refusal> {
    if request.step_adjustments.is_empty() {
        return Err(Refusal::new("ValidationException", "At least one step adjustment must be specified."));
    }
    Ok(Steps {
        adjustment_type: request.adjustment_type,
        adjustments: request.step_adjustments.clone(),
        min_adjustment_magnitude: request.min_adjustment_magnitude.unwrap_or(0),
        cooldown_ms: seconds(request.cooldown, sim.fx.tuning.metrics.scale_out_cooldown_ms),
    })
}

/// AlarmHigh and AlarmLow of a target tracking policy (ecs.md §7.8).
// Ledger: tracking_out_datapoints
fn put_tracking_alarms(sim: &mut Sim, policy: &Rc<str>, tracking: &Tracking) {
    let tuning = sim.fx.tuning.metrics.clone();
    let rule = |comparison, threshold, periods| AlarmRule {
        series: tracking.series.clone(),
        statistic: tracking.statistic,
        comparison,
        threshold,
        period_minutes: 1,
        evaluation_periods: periods,
        datapoints_to_alarm: periods,
        treat_missing_data: TreatMissingData::Missing,
    };
    let high = rule(Comparison::GreaterThanThreshold, tracking.target, tuning.tracking_out_datapoints);
    let low_at = tracking.target * u64::from(tuning.tracking_in_percent) / 100;
    let low = rule(Comparison::LessThanThreshold, low_at, tuning.tracking_in_datapoints);
    put_alarm(sim, &tracking.alarm_high, high, Vec::new(), Some(policy.clone()));
    put_alarm(sim, &tracking.alarm_low, low, Vec::new(), Some(policy.clone()));
}

fn delete_scaling_policy(sim: &mut Sim, request: &DeleteScalingPolicy) -> Answer {
    let service = target_of(sim, &request.resource_id)?;
    let Some(policy) = remove_policy(&mut sim.neighbours.metrics, service, &request.policy_name) else {
        let message = format!("No scaling policy found for policy name: {}", request.policy_name);
        return Err(Refusal::new("ObjectNotFoundException", message));
    };
    let name = Rc::from(request.policy_name.as_str());
    sim.fx.lead(Kind::Metrics(Rc::new(MetricsFact::ScalingPolicyDeleted { service, policy: name })));
    forget_alarms(sim, &policy);
    Ok(())
}

fn remove_policy(metrics: &mut Metrics, service: ServiceId, name: &str) -> Option<Policy> {
    Rc::make_mut(Rc::make_mut(&mut metrics.targets).get_mut(&service)?).policies.remove(name)
}

fn forget_alarms(sim: &mut Sim, policy: &Policy) {
    for alarm in policy.alarms() {
        remove_alarm(sim, &alarm);
    }
}

impl Policy {
    /// Alarms that it keeps.
    pub fn alarms(&self) -> Vec<Rc<str>> {
        match self {
            Policy::TargetTracking(tracking) => vec![tracking.alarm_high.clone(), tracking.alarm_low.clone()],
            Policy::StepScaling(_) => Vec::new(),
        }
    }
}

impl Metrics {
    /// Takes a scalable target away; says which alarms its policies have kept.
    pub(crate) fn forget_target(&mut self, service: ServiceId) -> Vec<Rc<str>> {
        let target = Rc::make_mut(&mut self.targets).remove(&service);
        target.iter().flat_map(|target| target.policies.values()).flat_map(Policy::alarms).collect()
    }
}

/// The software in the containers of a family changes what it does: truth, which metrics show later.
fn set_app_load(sim: &mut Sim, request: &SetAppLoad) -> Answer {
    if sim.control.definition_named(&request.family).is_none() {
        return Err(Refusal::new("ClientException", format!("TaskDefinition not found: {}.", request.family)));
    }
    let percents = [request.cpu_percent, request.memory_percent];
    if percents.into_iter().flatten().any(|percent| percent > 1_000) {
        return Err(Refusal::new("InvalidParameterException", "The load must be at most 1,000 per cent of what is reserved."));
    }
    let family: Rc<str> = Rc::from(request.family.as_str());
    let (cpu_percent, memory_percent) = sim.data.set_app_load(&family, request.cpu_percent, request.memory_percent);
    let fact = MetricsFact::AppLoadChanged { family: family.clone(), cpu_percent, memory_percent };
    let changed_by = sim.fx.lead(Kind::Metrics(Rc::new(fact)));
    sim.neighbours.metrics.load_changed_by.insert(family, changed_by);
    Ok(())
}

/// Removes what a deleted service leaves behind.
pub(crate) fn forget_deleted_target(sim: &mut Sim, service: ServiceId) {
    for alarm in sim.neighbours.metrics.forget_target(service) {
        remove_alarm(sim, &alarm);
    }
}
