//! Constants of auto scaling groups and capacity providers.

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacityTuning {}

impl Default for CapacityTuning {
    fn default() -> Self {
        Self {}
    }
}
