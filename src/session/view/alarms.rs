//! Alarms and service auto scaling: what each watches, how it stands, and what holds it back.

use std::rc::Rc;

use crate::explain::names;
use crate::session::choice;
use crate::session::frame::{Badge, Choice, DetailsView, FigureView, GaugeView, NeighbourSort, NeighbourView, TableView, Tone};
use crate::session::intent::{Intent, NameKey, Subject};
use crate::session::view::Shown;
use crate::session::view::details::{empty, fact};
use crate::session::view::server_state::badge;
use crate::sim::command::Command;
use crate::sim::command::metrics::{DeleteAlarms, DeleteScalingPolicy, DeregisterScalableTarget, MetricsCommand};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::model::alarm::{AlarmRule, AlarmState, TreatMissingData, decimal};
use crate::sim::model::metric::{Of, Series};
use crate::sim::neighbours::metrics::alarms::Alarm;
use crate::sim::neighbours::metrics::scaling::{Policy, ScalableTarget};
use crate::sim::time::{self, MINUTE, Millis};

/// A card for each service that may be scaled, and for each alarm.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    let metrics = &shown.timeline.sim().neighbours().metrics;
    let scaled = metrics.scalable_targets().map(|(service, target)| scaling_card(shown, service, target));
    scaled.chain(metrics.alarms().map(|(name, alarm)| alarm_card(shown, name, alarm))).collect()
}

fn alarm_card(shown: &Shown, name: &Rc<str>, alarm: &Alarm) -> NeighbourView {
    let sim = shown.timeline.sim();
    let subject = Subject::Alarm(NameKey::of(name));
    let rule = &alarm.rule;
    let newest = sim.neighbours().metrics.newest(&rule.series, rule.statistic);
    let mut figures = vec![
        figure("CloudWatch", newest.map_or_else(|| "–".to_string(), |value| amount(rule, value)), alarm_tone(alarm.state)),
        figure("threshold", amount(rule, rule.threshold), Tone::Neutral),
    ];
    if let Some(live) = sim.live(&rule.series) {
        figures.insert(1, figure("in truth, now", amount(rule, live), Tone::Neutral));
    }
    NeighbourView {
        key: Rc::from(format!("alarm {name}")),
        sort: NeighbourSort::Alarm,
        title: name.clone(),
        subject: Some(subject),
        badge: Some(alarm_badge(alarm)),
        figures,
        gauges: vec![datapoints(sim, rule)],
        line: Some(Rc::from(format!("{}: {}", series_words(&rule.series), since(sim, alarm)))),
        selected: shown.selection == Some(subject),
    }
}

/// The details of an alarm: its rule, and the periods it looks at.
pub fn details(sim: &Sim, key: NameKey) -> Option<DetailsView> {
    let (name, alarm) = sim.neighbours().metrics.alarms().find(|(name, _)| NameKey::of(name) == key)?;
    let rule = &alarm.rule;
    let mut view = empty(Subject::Alarm(key), format!("Alarm {name}"));
    view.badge = Some(alarm_badge(alarm));
    let period = time::span(Millis::from(rule.period_minutes) * MINUTE);
    view.facts = vec![
        fact("Metric", series_words(&rule.series)),
        fact("Statistic", format!("{:?}", rule.statistic)),
        fact("Alarm when", format!("{} {}", rule.comparison.words(), amount(rule, rule.threshold))),
        fact("Period", period),
        fact("Datapoints to alarm", format!("{} of {}", rule.datapoints_to_alarm, rule.evaluation_periods)),
        fact("Missing data", missing_words(rule.treat_missing_data)),
        fact("State since", time::clock(alarm.since_ms)),
    ];
    if let Some(policy) = &alarm.kept_by {
        view.facts.push(fact("Kept by the policy", policy.clone()));
    }
    if !alarm.actions.is_empty() {
        view.facts.push(fact("Acts through", alarm.actions.join(", ")));
    }
    let delete = Command::Metrics(MetricsCommand::DeleteAlarms(DeleteAlarms { alarm_names: vec![name.to_string()] }));
    view.actions = vec![choice("Delete alarm", Intent::Do(delete.into()))];
    view.links = source(sim, &rule.series).into_iter().collect();
    view.links.extend(watchers(sim, name));
    view.tables = vec![periods(sim, rule)];
    Some(view)
}

fn missing_words(treatment: TreatMissingData) -> &'static str {
    match treatment {
        TreatMissingData::Missing => "missing: as if they were not there",
        TreatMissingData::Ignore => "ignore: the state stays as it is",
        TreatMissingData::Breaching => "breaching",
        TreatMissingData::NotBreaching => "notBreaching",
    }
}

/// What the metric is of.
fn source(sim: &Sim, series: &Series) -> Option<(Rc<str>, Subject)> {
    match &series.of {
        Of::Cluster => Some((Rc::from("Control plane"), Subject::ControlPlane)),
        Of::Service(name) => Some((Rc::from(format!("Service {name}")), Subject::Service(sim.belief().service_named(name)?))),
        Of::TargetGroup(name) => {
            Some((Rc::from(format!("Target group {name}")), Subject::TargetGroup(sim.neighbours().balancer.group_named(name)?)))
        }
        Of::CapacityProvider(name) => {
            let mut providers = sim.belief().capacity.providers.iter();
            let (id, _) = providers.find(|(_, provider)| provider.name == *name)?;
            Some((Rc::from(format!("Capacity provider {name}")), Subject::CapacityProvider(*id)))
        }
    }
}

/// Services whose deployments it can fail.
fn watchers<'a>(sim: &'a Sim, name: &'a Rc<str>) -> impl Iterator<Item = (Rc<str>, Subject)> + 'a {
    let watches = move |service: &Service| {
        let alarms = service.configuration.as_ref().map(|configuration| &configuration.alarms);
        alarms.is_some_and(|alarms| alarms.enable && alarms.alarm_names.contains(name))
    };
    let services = sim.belief().services.iter().filter(move |(_, service)| watches(service));
    services.map(|(id, service)| (Rc::from(format!("Deployments of {}", service.name)), Subject::Service(id)))
}

fn periods(sim: &Sim, rule: &AlarmRule) -> TableView {
    let row = |(at_ms, value): (Millis, Option<u64>)| {
        let verdict = match value {
            None => "no data yet",
            Some(value) if rule.comparison.breaches(value, rule.threshold) => "breaches",
            Some(_) => "does not breach",
        };
        let words = value.map_or_else(|| "–".to_string(), |value| amount(rule, value));
        vec![Rc::from(time::clock(at_ms)), Rc::from(words), Rc::from(verdict)]
    };
    TableView {
        title: Rc::from("Periods it looks at"),
        line: Rc::from("Newest first, each by its begin. A period can be read only some minutes after it."),
        heads: vec!["From", "value", "verdict"],
        rows: sim.neighbours().metrics.values(rule).map(row).collect(),
    }
}

fn figure(name: &'static str, value: String, tone: Tone) -> FigureView {
    FigureView { name, value: Rc::from(value), tone }
}

fn amount(rule: &AlarmRule, thousandths: u64) -> String {
    // A tenth is as much as anyone reads off a card.
    let unit = rule.series.metric.unit();
    let rounded = decimal(thousandths / 100 * 100);
    if unit.is_empty() { rounded } else { format!("{rounded} {unit}") }
}

fn alarm_badge(alarm: &Alarm) -> Badge {
    badge(alarm.state.name(), alarm_tone(alarm.state), alarm.reason.clone())
}

fn alarm_tone(state: AlarmState) -> Tone {
    match state {
        AlarmState::Ok => Tone::Good,
        AlarmState::Alarm => Tone::Bad,
        AlarmState::InsufficientData => Tone::Unknown,
    }
}

/// `CPUUtilization of web`.
fn series_words(series: &Series) -> String {
    let metric = series.metric.name();
    match &series.of {
        Of::Cluster => format!("{metric} of the cluster"),
        Of::Service(name) | Of::TargetGroup(name) | Of::CapacityProvider(name) => format!("{metric} of {name}"),
    }
}

fn since(sim: &Sim, alarm: &Alarm) -> String {
    format!("{} for {}", alarm.state.name(), time::span(sim.now_ms().saturating_sub(alarm.since_ms) / 1_000 * 1_000))
}

/// The periods looked at, oldest on the left: how many of them breach.
fn datapoints(sim: &Sim, rule: &AlarmRule) -> GaugeView {
    let values: Vec<_> = sim.neighbours().metrics.values(rule).collect();
    // As many as target tracking ever looks at.
    let shown = sim.tuning().metrics.tracking_in_datapoints as usize;
    let breaches = |value: &Option<u64>| value.is_some_and(|value| rule.comparison.breaches(value, rule.threshold));
    let breaching = values.iter().filter(|(_, value)| breaches(value)).count();
    let parts = values.iter().take(shown).rev().map(|(_, value)| match value {
        None => (1, Tone::Moving),
        Some(_) if breaches(value) => (1, Tone::Bad),
        Some(_) => (1, Tone::Good),
    });
    let minutes = if rule.period_minutes == 1 { "minute".to_string() } else { format!("{} minutes", rule.period_minutes) };
    GaugeView {
        name: "Datapoints",
        words: Rc::from(format!("{breaching} of {} breach, {} needed, one a {minutes}", values.len(), rule.datapoints_to_alarm)),
        parts: parts.collect(),
        total: values.len().clamp(1, shown) as u64,
        mark: None,
    }
}

fn scaling_card(shown: &Shown, service: ServiceId, target: &ScalableTarget) -> NeighbourView {
    let sim = shown.timeline.sim();
    let desired = sim.belief().services.get(service).map_or(0, |service| service.desired_count);
    let (least, most) = (target.min_capacity, target.max_capacity);
    let policies: Vec<String> = target.policies.iter().map(|(name, policy)| policy_words(name, policy)).collect();
    NeighbourView {
        key: Rc::from(format!("scaling {}", service.0)),
        sort: NeighbourSort::ServiceScaling,
        title: Rc::from(names::service_name(sim, service)),
        subject: Some(Subject::Service(service)),
        badge: None,
        figures: vec![
            figure("minimum", least.to_string(), Tone::Neutral),
            figure("desired", desired.to_string(), Tone::Neutral),
            figure("maximum", most.to_string(), if desired >= most { Tone::Warning } else { Tone::Neutral }),
        ],
        gauges: vec![GaugeView {
            name: "Desired count",
            words: Rc::from(activity(sim, target)),
            parts: vec![(u64::from(desired), Tone::Neutral)],
            total: u64::from(most.max(desired).max(1)),
            mark: Some(u64::from(least)),
        }],
        line: Some(Rc::from(match policies.is_empty() {
            true => "No policy: nothing scales it.".to_string(),
            false => policies.join("; "),
        })),
        selected: shown.selection == Some(Subject::Service(service)),
    }
}

fn policy_words(name: &str, policy: &Policy) -> String {
    match policy {
        Policy::TargetTracking(tracking) => {
            let series = &tracking.series;
            format!("{name} keeps {} at {} {}", series.metric.name(), decimal(tracking.target), series.metric.unit())
        }
        Policy::StepScaling(_) => format!("{name} answers its alarm in steps"),
    }
}

fn activity(sim: &Sim, target: &ScalableTarget) -> String {
    match target.last {
        Some(last) => format!("{} → {}, {} ago", last.from, last.to, time::span((sim.now_ms() - last.at_ms) / 1_000 * 1_000)),
        None => "not scaled yet".to_string(),
    }
}

/// Ends a policy of service auto scaling, or all of it.
pub fn scaling_actions(sim: &Sim, service: ServiceId, name: &str) -> Vec<Choice> {
    let Some(target) = sim.neighbours().metrics.scalable_target(service) else { return Vec::new() };
    let resource_id = format!("service/default/{name}");
    let act = |label: String, command| choice(label, Intent::Do(Command::Metrics(command).into()));
    let policies = target.policies.keys().map(|policy| {
        let request = DeleteScalingPolicy { policy_name: policy.to_string(), resource_id: resource_id.clone() };
        act(format!("Delete scaling policy {policy}"), MetricsCommand::DeleteScalingPolicy(request))
    });
    let all = DeregisterScalableTarget { resource_id: resource_id.clone() };
    policies.chain([act("End auto scaling".to_string(), MetricsCommand::DeregisterScalableTarget(all))]).collect()
}

/// The alarms of a service's policies, with the periods they looked at.
pub fn scaling_table(sim: &Sim, service: ServiceId) -> Option<TableView> {
    let target = sim.neighbours().metrics.scalable_target(service)?;
    let alarms = target.policies.values().flat_map(|policy| match policy {
        Policy::TargetTracking(tracking) => vec![tracking.alarm_high.clone(), tracking.alarm_low.clone()],
        Policy::StepScaling(_) => Vec::new(),
    });
    let row = |name: Rc<str>| {
        let alarm = sim.neighbours().metrics.alarm(&name)?;
        let values = sim.neighbours().metrics.values(&alarm.rule);
        let words: Vec<String> =
            values.take(3).map(|(_, value)| value.map_or_else(|| "–".to_string(), |value| amount(&alarm.rule, value))).collect();
        Some(vec![
            name,
            Rc::from(alarm.state.name()),
            Rc::from(words.join(", ")),
            Rc::from(amount(&alarm.rule, alarm.rule.threshold)),
        ])
    };
    Some(TableView {
        title: Rc::from("Why it scales, or not"),
        line: Rc::from("CloudWatch's newest datapoints, newest first: a minute each, averaged, and minutes late."),
        heads: vec!["Alarm", "state", "newest", "threshold"],
        rows: alarms.filter_map(row).collect(),
    })
}
