//! Constants of services and deployments.

use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicesTuning {
    /// After everything is in place, alarms are watched this long before a deployment is called completed.
    pub alarm_bake_ms: Millis,
    /// A steady service compares its zones this often.
    pub rebalance_watch_ms: Millis,
    /// A task is protected so long when nothing else is said, in minutes.
    pub protection_minutes: u32,
    /// A life-cycle stage may last this long.
    pub stage_longest_ms: Millis,
    /// A deployment that goes through stages may last this long.
    pub deployment_longest_ms: Millis,
    /// A function that answers `IN_PROGRESS` and names no delay is invoked again after this.
    pub call_back_ms: Millis,
    /// Lambda ends a function that runs longer.
    pub function_longest_ms: Millis,
}

impl Default for ServicesTuning {
    fn default() -> Self {
        Self {
            alarm_bake_ms: 4 * MINUTE,
            rebalance_watch_ms: MINUTE,
            protection_minutes: 120,
            stage_longest_ms: 24 * HOUR,
            deployment_longest_ms: 30 * 24 * HOUR,
            call_back_ms: 30 * SECOND,
            function_longest_ms: 15 * MINUTE,
        }
    }
}
