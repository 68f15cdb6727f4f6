//! Availability zones: the failure domains of the region.

use std::rc::Rc;

/// One availability zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    /// `us-east-1a`.
    pub name: Rc<str>,
}
