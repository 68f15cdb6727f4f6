//! Placement constraints and strategies: what a caller may say about where tasks go.
//!
//! They only say it; `control_plane::scheduler` follows them. It must never look at an instance.

use std::rc::Rc;

use super::expression::Expression;

/// Binding: an instance that does not satisfy it never gets the task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlacementConstraint {
    /// `distinctInstance`: each task of a group on an instance of its own.
    DistinctInstance,
    /// `memberOf`: only on instances that satisfy the expression.
    MemberOf(Rc<Expression>),
}

/// Best effort: orders the instances that are left after the constraints.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlacementStrategy {
    /// `random`
    Random,
    /// `spread`: evenly over the values of a field.
    Spread {
        /// What tells one place from another.
        field: SpreadField,
    },
    /// `binpack`: where the least of a resource is left.
    BinPack {
        /// The resource compared.
        resource: BinPackResource,
    },
}

/// What `spread` keeps even.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpreadField {
    /// `instanceId`, which `host` also means.
    InstanceId,
    /// `attribute:NAME`, by name.
    Attribute(Rc<str>),
}

/// What `binpack` fills up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinPackResource {
    /// `cpu`
    Cpu,
    /// `memory`
    Memory,
}
