//! Constants of metrics, alarms and service auto scaling.

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsTuning {}

impl Default for MetricsTuning {
    fn default() -> Self {
        Self {}
    }
}
