//! Constants of load balancers, their clients and service discovery.

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancingTuning {}

impl Default for BalancingTuning {
    fn default() -> Self {
        Self {}
    }
}
