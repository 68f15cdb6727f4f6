//! The record each placement leaves: what was looked at, what rejected each candidate, the scores, the winner.
//!
//! Data only: it must never decide. [`DecisionSummary`] is kept for every placement and small enough for that; [`Decision`] is
//! the same question answered in full, built only when someone asks.

use std::rc::Rc;

use crate::sim::ids::{CapacityProviderId, InstanceId, ZoneId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::placement::PlacementStrategy;

/// One thing an instance must satisfy, in the order of the checks (ecs.md §3.3, then §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It is ACTIVE; others are not even candidates.
    Status,
    /// Its agent is connected.
    Agent,
    /// It has the attributes the task definition requires.
    Attributes,
    /// Enough CPU units are left.
    Cpu,
    /// Enough memory is left.
    Memory,
    /// The TCP ports of the task are free.
    PortsTcp,
    /// The UDP ports of the task are free.
    PortsUdp,
    /// A network interface is left for the task.
    Eni,
    /// Enough GPUs are left.
    Gpu,
    /// It is in a zone of the subnets given.
    Zone,
    /// `distinctInstance`: no task of the group is there.
    DistinctInstance,
    /// `memberOf`: the expression holds. The number says which of the constraints, from 0.
    MemberOf(u8),
}

/// Why an instance cannot take a task, as far as the service tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The agent is disconnected.
    Agent,
    /// A required attribute is missing.
    Attribute,
    /// Too few CPU units are left.
    Cpu,
    /// Too little memory is left.
    Memory,
    /// A port is taken.
    Ports,
    /// No network interface is left.
    Eni,
    /// Too few GPUs are left.
    Gpu,
    /// It is in another zone than the subnets.
    Location,
    /// A task of the group is already there.
    DistinctInstance,
    /// A `memberOf` expression does not hold.
    MemberOf,
}

impl Rule {
    /// What the service says when the rule is broken; nothing for an instance that is not a candidate.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Status => None,
            Self::Agent => Some(Reason::Agent),
            Self::Attributes => Some(Reason::Attribute),
            Self::Cpu => Some(Reason::Cpu),
            Self::Memory => Some(Reason::Memory),
            Self::PortsTcp | Self::PortsUdp => Some(Reason::Ports),
            Self::Eni => Some(Reason::Eni),
            Self::Gpu => Some(Reason::Gpu),
            Self::Zone => Some(Reason::Location),
            Self::DistinctInstance => Some(Reason::DistinctInstance),
            Self::MemberOf(_) => Some(Reason::MemberOf),
        }
    }
}

impl Reason {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 10] = [
        Self::Agent,
        Self::Attribute,
        Self::Cpu,
        Self::Memory,
        Self::Ports,
        Self::Eni,
        Self::Gpu,
        Self::Location,
        Self::DistinctInstance,
        Self::MemberOf,
    ];

    /// `failures[].reason` of RunTask and StartTask (ecs.md §3.6; `DistinctInstance` in the words of `MemberOf`).
    pub fn run_task_failure(self) -> &'static str {
        match self {
            Self::Agent => "AGENT",
            Self::Attribute => "ATTRIBUTE",
            Self::Cpu => "RESOURCE:CPU",
            Self::Memory => "RESOURCE:MEMORY",
            Self::Ports => "RESOURCE:PORTS",
            Self::Eni => "RESOURCE:ENI",
            Self::Gpu => "RESOURCE:GPU",
            Self::Location => "LOCATION",
            Self::DistinctInstance => "DistinctInstance placement constraint unsatisfied",
            Self::MemberOf => "MemberOf placement constraint unsatisfied",
        }
    }

    /// What service event 15 says of the closest instance (ecs.md §5, 15r).
    /// Ledger: service.events.silent-agent. The location is an attribute to a service
    /// (ecs.md §3.3); the constraints and GPU by analogy with ENI.
    pub fn service_event_reason(self) -> &'static str {
        match self {
            Self::Agent => "doesn't have the agent connected",
            Self::Attribute | Self::Location => "is missing an attribute required by your task",
            Self::Cpu => "has insufficient CPU units available",
            Self::Memory => "has insufficient memory available",
            Self::Ports => "is already using a port required by your task",
            Self::Eni => "encountered error \"RESOURCE:ENI\"",
            Self::Gpu => "encountered error \"RESOURCE:GPU\"",
            Self::DistinctInstance => "encountered error \"DistinctInstance placement constraint unsatisfied\"",
            Self::MemberOf => "encountered error \"MemberOf placement constraint unsatisfied\"",
        }
    }
}

/// What decides among instances when no strategy is given (ecs.md §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefaultStrategy {
    /// Services: the zone with the fewest tasks of the service, then the instance with the fewest.
    Service,
    /// RunTask: at random.
    RunTask,
}

/// How one instance was taken from those that were equally good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TieBreak {
    /// Only one was left, or none.
    NotNeeded,
    /// The lowest id. Chosen for teaching: the service does not say.
    LowestId,
    /// Drawn from the chance of this placement.
    Random,
}

/// Why no task is started at all, wherever there may be room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaunchRefusal {
    /// With it, more Fargate vCPUs would run than the quota allows.
    Vcpus,
    /// Alone it has more Fargate vCPUs than the quota allows.
    CpuConfiguration,
    /// Too many tasks have been started on Fargate lately; the service scheduler tries again without a word.
    LaunchRate,
    /// The role of the task cannot be assumed.
    Role,
    /// As many tasks as may wait in PROVISIONING for capacity do so already.
    ProvisioningLimit,
}

/// What IAM answers when the role of a task cannot be assumed (ecs.md §5 #23). The name of the role is that of the console's default.
pub const ROLE_NOT_ASSUMABLE: &str = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.";

impl LaunchRefusal {
    /// What RunTask answers, and the reason of service event 17.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Vcpus => "You've reached the limit on the number of vCPUs you can run concurrently",
            Self::CpuConfiguration => "The requested CPU configuration is above your limit",
            Self::LaunchRate => "Rate exceeded",
            Self::Role => ROLE_NOT_ASSUMABLE,
            Self::ProvisioningLimit => "The tasks provisioning capacity limit was exceeded",
        }
    }

    /// Event 17, 22 or 23 after the name of the service.
    pub fn sentence(self) -> String {
        match self {
            Self::Vcpus | Self::CpuConfiguration | Self::LaunchRate => {
                format!("was unable to place a task. Reason: {}.", self.reason())
            }
            Self::ProvisioningLimit => {
                "was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded."
                    .to_string()
            }
            Self::Role => format!("failed to launch a task with (error {}).", self.reason()),
        }
    }
}

/// What is kept of every placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionSummary {
    /// Registered instances, of the capacity provider when there is one.
    pub candidates: u32,
    /// The capacity provider whose instances alone were looked at.
    pub provider: Option<CapacityProviderId>,
    /// Instances with room for the task, constraints and zones aside, where the index knows.
    pub feasible: Option<u32>,
    /// The default that applied, when no strategy was given.
    pub default: Option<DefaultStrategy>,
    /// Where the task goes.
    pub chosen: Option<InstanceId>,
    /// When it goes nowhere: the instance that came closest, and its first obstacle.
    pub closest: Option<(InstanceId, Reason)>,
    /// When it is not started wherever there may be room: why.
    pub refusal: Option<LaunchRefusal>,
}

impl DecisionSummary {
    /// A task on Fargate: there is nothing to choose from but zones.
    pub fn on_fargate() -> Self {
        Self { candidates: 0, provider: None, feasible: None, default: None, chosen: None, closest: None, refusal: None }
    }

    /// The closest instance, when nothing is wrong with it but its silence.
    pub fn silent_instance(&self) -> Option<InstanceId> {
        self.closest.filter(|(_, reason)| *reason == Reason::Agent).map(|(instance, _)| instance)
    }
}

/// The full record of one placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Every registered instance, by id.
    pub rows: Vec<Candidate>,
    /// The strategies, in order, over the instances that passed every check.
    pub chain: Vec<ChainStep>,
    /// How the last tie was broken.
    pub tie_break: TieBreak,
    /// Where the task goes.
    pub winner: Option<InstanceId>,
    /// When it goes nowhere: the instance that came closest, and its first obstacle.
    pub closest: Option<(InstanceId, Reason)>,
}

/// One instance and what was checked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The instance.
    pub instance: InstanceId,
    /// The rules that applied to this placement.
    pub checks: Vec<Check>,
}

impl Candidate {
    /// It passed every check.
    pub fn is_feasible(&self) -> bool {
        self.checks.iter().all(|check| check.pass)
    }
}

/// One rule applied to one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The rule.
    pub rule: Rule,
    /// What was asked for.
    pub need: Value,
    /// What the instance has.
    pub have: Value,
    /// Whether that is enough.
    pub pass: bool,
}

/// What a check compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A status.
    Status(ContainerInstanceStatus),
    /// Yes or no.
    Is(bool),
    /// A number of tasks, network interfaces or GPUs.
    Count(u32),
    /// CPU units.
    CpuUnits(u32),
    /// Memory in MiB.
    MemoryMib(u32),
    /// Ports: those needed, or those of them that are taken.
    Ports(Vec<u16>),
    /// Attributes, `name` or `name=value`: those required, or those of them that are missing.
    Attributes(Vec<Rc<str>>),
    /// Zones.
    Zones(Vec<ZoneId>),
    /// An expression, or the part of it that does not hold.
    Expression(Rc<str>),
}

/// One strategy applied to the instances that the one before left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// The strategy, as given or as the default says.
    pub strategy: PlacementStrategy,
    /// The score of each instance; the least is best.
    pub scores: Vec<(InstanceId, Score)>,
    /// Those with the best score.
    pub survivors: Vec<InstanceId>,
}

/// What a strategy compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Score {
    /// `random` prefers none.
    Unscored,
    /// Tasks of the group in the same place.
    Tasks(u32),
    /// CPU units remaining.
    CpuUnits(u32),
    /// Memory remaining, in MiB.
    MemoryMib(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: Reason, run_task: &str, event: &str) {
        assert_eq!(reason.run_task_failure(), run_task);
        assert_eq!(reason.service_event_reason(), event);
    }

    #[test]
    fn section_3_6_each_reason_has_the_words_of_the_service() {
        check(Reason::Agent, "AGENT", "doesn't have the agent connected");
        check(Reason::Attribute, "ATTRIBUTE", "is missing an attribute required by your task");
        check(Reason::Cpu, "RESOURCE:CPU", "has insufficient CPU units available");
        check(Reason::Memory, "RESOURCE:MEMORY", "has insufficient memory available");
        check(Reason::Ports, "RESOURCE:PORTS", "is already using a port required by your task");
        check(Reason::Eni, "RESOURCE:ENI", "encountered error \"RESOURCE:ENI\"");
        check(Reason::Gpu, "RESOURCE:GPU", "encountered error \"RESOURCE:GPU\"");
        check(Reason::Location, "LOCATION", "is missing an attribute required by your task");
        check(
            Reason::DistinctInstance,
            "DistinctInstance placement constraint unsatisfied",
            "encountered error \"DistinctInstance placement constraint unsatisfied\"",
        );
        check(
            Reason::MemberOf,
            "MemberOf placement constraint unsatisfied",
            "encountered error \"MemberOf placement constraint unsatisfied\"",
        );
    }

    #[test]
    fn summaries_stay_small() {
        assert!(size_of::<DecisionSummary>() <= 40, "{}", size_of::<DecisionSummary>());
    }
}
