//! Facts about the platform: Fargate, networks, disks, quotas.

use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlatformFact {}

impl PlatformFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match *self {}
    }
}
