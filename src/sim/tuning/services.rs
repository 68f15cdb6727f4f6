//! Constants of services and deployments.

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicesTuning {}

impl Default for ServicesTuning {
    fn default() -> Self {
        Self {}
    }
}
