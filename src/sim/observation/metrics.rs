//! Facts about metrics: alarms, scaling policies.

use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MetricsFact {}

impl MetricsFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match *self {}
    }
}
