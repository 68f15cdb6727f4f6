//! Constants of metrics, alarms and service auto scaling.

use crate::sim::time::{Millis, SECOND};

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsTuning {
    /// A minute's datapoint can be read this long after the minute has ended.
    pub datapoint_delay_ms: Millis,
    /// Datapoints are kept for so many minutes.
    pub datapoints_kept: u32,
    /// From an alarm's turn to whoever it tells: ECS, Application Auto Scaling.
    pub alarm_action_ms: Millis,
    /// Target tracking scales out after so many datapoints above the target, and in after so many below a part of it.
    pub tracking_out_datapoints: u32,
    pub tracking_in_datapoints: u32,
    pub tracking_in_percent: u32,
    /// Pauses after scaling out and in, when the policy does not say.
    pub scale_out_cooldown_ms: Millis,
    pub scale_in_cooldown_ms: Millis,
    /// Scaling in takes away at most so many per cent at a time, one task at least.
    pub scale_in_step_percent: u32,
}

impl Default for MetricsTuning {
    fn default() -> Self {
        Self {
            datapoint_delay_ms: 15 * SECOND,
            datapoints_kept: 180,
            alarm_action_ms: 2 * SECOND,
            tracking_out_datapoints: 3,
            tracking_in_datapoints: 15,
            tracking_in_percent: 90,
            scale_out_cooldown_ms: 300 * SECOND,
            scale_in_cooldown_ms: 300 * SECOND,
            scale_in_step_percent: 10,
        }
    }
}
