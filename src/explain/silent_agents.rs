//! An alarm for agents that ECS does not hear: without one nobody is told of a server that goes silent (ecs.md §6.4, §14 #23).
//!
//! The metric is one that an operator makes; the alarm is offered and never put here.

use crate::explain::fixes::Fix;
use crate::sim::command::Command;
use crate::sim::command::metrics::{MetricsCommand, PutMetricAlarm};
use crate::sim::engine::Sim;
use crate::sim::model::alarm::{AlarmState, Comparison, TreatMissingData};
use crate::sim::model::metric::{MetricName, Statistic};
use crate::sim::neighbours::metrics::alarms::Alarm;

/// Of so many minutes so many with a silent agent turn the alarm: one lost heartbeat does not.
const MINUTES: u32 = 3;
const SILENT_MINUTES: u32 = 2;

fn watching(sim: &Sim) -> impl Iterator<Item = &Alarm> {
    let alarms = sim.neighbours().metrics.alarms().map(|(_, alarm)| alarm);
    alarms.filter(|alarm| alarm.rule.series.metric == MetricName::DisconnectedAgentCount)
}

/// Does an alarm watch for silent agents?
pub fn is_watched(sim: &Sim) -> bool {
    watching(sim).next().is_some()
}

/// Has one that watches for them gone off?
pub(crate) fn is_told(sim: &Sim) -> bool {
    watching(sim).any(|alarm| alarm.state == AlarmState::Alarm)
}

/// The alarm that would have told; nothing where one watches already.
pub fn alarm(sim: &Sim) -> Option<Fix> {
    if is_watched(sim) {
        return None;
    }
    let is_free = |name: &String| sim.neighbours().metrics.alarm(name).is_none();
    let others = (2..).map(|number| format!("agents-silent-{number}"));
    let name = std::iter::once("agents-silent".to_owned()).chain(others).find(is_free)?;
    let label = format!("Put an alarm on silent agents ({name}): in ALARM after {SILENT_MINUTES} of {MINUTES} minutes with one");
    let request = PutMetricAlarm {
        alarm_name: name,
        metric_name: MetricName::DisconnectedAgentCount,
        namespace: None,
        dimensions: Vec::new(),
        statistic: Statistic::default(),
        comparison_operator: Comparison::GreaterThanThreshold,
        threshold: 0,
        period: 60,
        evaluation_periods: MINUTES,
        datapoints_to_alarm: Some(SILENT_MINUTES),
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: Vec::new(),
    };
    Some(Fix { label, commands: vec![Command::Metrics(MetricsCommand::PutMetricAlarm(request))] })
}
