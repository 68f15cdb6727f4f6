//! Facts about services: deployments and their life-cycle, task protection.

use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServicesFact {}

impl ServicesFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match *self {}
    }
}
