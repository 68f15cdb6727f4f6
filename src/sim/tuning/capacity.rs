//! Constants of auto scaling groups and capacity providers.

use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacityTuning {
    /// Tasks that may wait in PROVISIONING in one cluster.
    pub provisioning_limit: usize,
    /// The reservation metric is published this often.
    pub reservation_period_ms: Millis,
    /// From a value of the metric to what its alarm does: quantiles.
    pub alarm_delay_ms: Vec<Millis>,
    /// Values below the target in a row that make the scale-in alarm.
    pub scale_in_datapoints: u32,
    /// No scale-in for so long after a scale-out.
    pub scale_in_pause_ms: Millis,
    /// Instances that a group gets first when it has none.
    pub instances_from_zero: u32,
    /// From a change of a group to what it does about it: quantiles.
    pub group_reaction_ms: Vec<Millis>,
    /// A group looks at the status checks of its instances this often, and replaces one after so many failed in a row.
    pub status_check_period_ms: Millis,
    pub status_checks_to_fail: u32,
    /// Failing status checks of a new instance do not count for this long, unless the group says otherwise.
    pub health_check_grace_ms: Millis,
    /// The lifecycle hook of managed draining gives up after this.
    pub drain_longest_ms: Millis,
    /// Values of the reservation metric that are kept for a chart.
    pub series_limit: usize,
}

impl Default for CapacityTuning {
    fn default() -> Self {
        Self {
            provisioning_limit: 500,
            reservation_period_ms: MINUTE,
            alarm_delay_ms: vec![5 * SECOND, 20 * SECOND, 30 * SECOND, 40 * SECOND, 60 * SECOND],
            scale_in_datapoints: 15,
            scale_in_pause_ms: 15 * MINUTE,
            instances_from_zero: 2,
            group_reaction_ms: vec![2 * SECOND, 4 * SECOND, 6 * SECOND, 8 * SECOND, 12 * SECOND],
            status_check_period_ms: MINUTE,
            status_checks_to_fail: 2,
            health_check_grace_ms: 5 * MINUTE,
            drain_longest_ms: 48 * HOUR,
            series_limit: 240,
        }
    }
}
