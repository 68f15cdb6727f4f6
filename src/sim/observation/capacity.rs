//! Facts about capacity: auto scaling groups, capacity providers.

use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CapacityFact {}

impl CapacityFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match *self {}
    }
}
