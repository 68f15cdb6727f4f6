//! What can be run, and what can be brought to run.

use std::rc::Rc;

use crate::session::frame::{Entry, Hue};

/// Workload and capacity: services, tasks to run, servers to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadView {
    /// Registered task definitions: `nginx:1`, what it asks for, run-one.
    pub definitions: Vec<DefinitionView>,
    /// Instance types to add, with size and price.
    pub instance_types: Rc<Vec<Entry>>,
    pub zones: Rc<Vec<Rc<str>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionView {
    /// `nginx:1`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// `256 CPU · 512 MiB · bridge`.
    pub asks: Rc<str>,
    pub runs_on_fargate: bool,
    pub runs_on_ec2: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportCheckView {
    /// What will be registered, when it is good: `consulServer: 1 container, 128 CPU, 64 MiB, host network`.
    pub good: Option<Rc<str>>,
    /// What is wrong, each with its place.
    pub errors: Vec<Rc<str>>,
    /// What was kept but plays no part in the simulation.
    pub notes: Vec<Rc<str>>,
}
