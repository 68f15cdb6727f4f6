//! Facts about load balancing: target groups, traffic, discovery.

use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BalancingFact {}

impl BalancingFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match *self {}
    }
}
