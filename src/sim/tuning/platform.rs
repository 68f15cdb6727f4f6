//! Constants of Fargate capacity, networks and disks.

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformTuning {}

impl Default for PlatformTuning {
    fn default() -> Self {
        Self {}
    }
}
