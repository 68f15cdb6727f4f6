//! The metrics CloudWatch keeps of a cluster, with the names the services publish them under (ecs.md §7.2, §7.8).
//!
//! Names only; `neighbours::metrics` has the numbers.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// One metric by its name. Values are kept in thousandths of their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MetricName {
    /// Used ÷ reserved of the running tasks of a service; of a cluster, used by tasks on servers ÷ registered. Per cent.
    #[serde(rename = "CPUUtilization")]
    CpuUtilization,
    #[serde(rename = "MemoryUtilization")]
    MemoryUtilization,
    /// Reserved ÷ registered of a cluster. Per cent.
    #[serde(rename = "CPUReservation")]
    CpuReservation,
    #[serde(rename = "MemoryReservation")]
    MemoryReservation,
    RunningTaskCount,
    DesiredTaskCount,
    PendingTaskCount,
    /// Container instances of the cluster.
    ContainerInstanceCount,
    /// Container instances whose `agentConnected` is false. ECS publishes no such metric: a small function of your own that calls
    /// `DescribeContainerInstances` every minute does.
    DisconnectedAgentCount,
    CapacityProviderReservation,
    RequestCountPerTarget,
    /// In milliseconds.
    TargetResponseTime,
    #[serde(rename = "HTTPCode_Target_5XX_Count")]
    HttpCodeTarget5xxCount,
    HealthyHostCount,
    UnHealthyHostCount,
}

impl MetricName {
    /// Every metric.
    pub const ALL: [Self; 15] = [
        Self::CpuUtilization,
        Self::MemoryUtilization,
        Self::CpuReservation,
        Self::MemoryReservation,
        Self::RunningTaskCount,
        Self::DesiredTaskCount,
        Self::PendingTaskCount,
        Self::ContainerInstanceCount,
        Self::DisconnectedAgentCount,
        Self::CapacityProviderReservation,
        Self::RequestCountPerTarget,
        Self::TargetResponseTime,
        Self::HttpCodeTarget5xxCount,
        Self::HealthyHostCount,
        Self::UnHealthyHostCount,
    ];

    /// The spelling of the service that publishes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::CpuReservation => "CPUReservation",
            Self::MemoryReservation => "MemoryReservation",
            Self::RunningTaskCount => "RunningTaskCount",
            Self::DesiredTaskCount => "DesiredTaskCount",
            Self::PendingTaskCount => "PendingTaskCount",
            Self::ContainerInstanceCount => "ContainerInstanceCount",
            Self::DisconnectedAgentCount => "DisconnectedAgentCount",
            Self::CapacityProviderReservation => "CapacityProviderReservation",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::TargetResponseTime => "TargetResponseTime",
            Self::HttpCodeTarget5xxCount => "HTTPCode_Target_5XX_Count",
            Self::HealthyHostCount => "HealthyHostCount",
            Self::UnHealthyHostCount => "UnHealthyHostCount",
        }
    }

    /// Where it is published.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::CpuUtilization | Self::MemoryUtilization | Self::CpuReservation | Self::MemoryReservation => "AWS/ECS",
            Self::RunningTaskCount | Self::DesiredTaskCount | Self::PendingTaskCount | Self::ContainerInstanceCount => {
                "ECS/ContainerInsights"
            }
            Self::DisconnectedAgentCount => "Custom/ECS",
            Self::CapacityProviderReservation => "AWS/ECS/ManagedScaling",
            Self::RequestCountPerTarget
            | Self::TargetResponseTime
            | Self::HttpCodeTarget5xxCount
            | Self::HealthyHostCount
            | Self::UnHealthyHostCount => "AWS/ApplicationELB",
        }
    }

    /// What its numbers are.
    pub fn unit(self) -> &'static str {
        match self {
            Self::CpuUtilization
            | Self::MemoryUtilization
            | Self::CpuReservation
            | Self::MemoryReservation
            | Self::CapacityProviderReservation => "%",
            Self::TargetResponseTime => "ms",
            Self::RunningTaskCount
            | Self::DesiredTaskCount
            | Self::PendingTaskCount
            | Self::ContainerInstanceCount
            | Self::DisconnectedAgentCount
            | Self::RequestCountPerTarget
            | Self::HttpCodeTarget5xxCount
            | Self::HealthyHostCount
            | Self::UnHealthyHostCount => "",
        }
    }

    /// What it is published of. Where that is a service or the cluster, the dimension may be left out: then it is of the cluster.
    pub fn belongs_to(self) -> Owner {
        match self {
            Self::CpuUtilization => Owner::ServiceOrCluster(ServiceMetric::CpuUtilization, ClusterMetric::CpuUtilization),
            Self::MemoryUtilization => {
                Owner::ServiceOrCluster(ServiceMetric::MemoryUtilization, ClusterMetric::MemoryUtilization)
            }
            Self::CpuReservation => Owner::Cluster(ClusterMetric::CpuReservation),
            Self::MemoryReservation => Owner::Cluster(ClusterMetric::MemoryReservation),
            Self::ContainerInstanceCount => Owner::Cluster(ClusterMetric::ContainerInstanceCount),
            Self::DisconnectedAgentCount => Owner::Cluster(ClusterMetric::DisconnectedAgentCount),
            Self::RunningTaskCount => Owner::Service(ServiceMetric::RunningTaskCount),
            Self::DesiredTaskCount => Owner::Service(ServiceMetric::DesiredTaskCount),
            Self::PendingTaskCount => Owner::Service(ServiceMetric::PendingTaskCount),
            Self::CapacityProviderReservation => Owner::CapacityProvider,
            Self::RequestCountPerTarget => Owner::TargetGroup(TargetGroupMetric::RequestCountPerTarget),
            Self::TargetResponseTime => Owner::TargetGroup(TargetGroupMetric::TargetResponseTime),
            Self::HttpCodeTarget5xxCount => Owner::TargetGroup(TargetGroupMetric::HttpCodeTarget5xxCount),
            Self::HealthyHostCount => Owner::TargetGroup(TargetGroupMetric::HealthyHostCount),
            Self::UnHealthyHostCount => Owner::TargetGroup(TargetGroupMetric::UnHealthyHostCount),
        }
    }

    /// The same metric as one of the cluster, if it is published of that.
    pub fn of_cluster(self) -> Option<ClusterMetric> {
        match self.belongs_to() {
            Owner::Cluster(metric) | Owner::ServiceOrCluster(_, metric) => Some(metric),
            Owner::Service(_) | Owner::TargetGroup(_) | Owner::CapacityProvider => None,
        }
    }

    /// The same metric as one of a service, if it is published of that.
    pub fn of_service(self) -> Option<ServiceMetric> {
        match self.belongs_to() {
            Owner::Service(metric) | Owner::ServiceOrCluster(metric, _) => Some(metric),
            Owner::Cluster(_) | Owner::TargetGroup(_) | Owner::CapacityProvider => None,
        }
    }

    /// The same metric as one of a target group, if it is published of that.
    pub fn of_target_group(self) -> Option<TargetGroupMetric> {
        match self.belongs_to() {
            Owner::TargetGroup(metric) => Some(metric),
            Owner::Cluster(_) | Owner::Service(_) | Owner::ServiceOrCluster(..) | Owner::CapacityProvider => None,
        }
    }
}

/// What kind of thing a metric belongs to, and which of that kind's metrics it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Cluster(ClusterMetric),
    Service(ServiceMetric),
    ServiceOrCluster(ServiceMetric, ClusterMetric),
    TargetGroup(TargetGroupMetric),
    CapacityProvider,
}

/// What is published of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterMetric {
    CpuUtilization,
    MemoryUtilization,
    CpuReservation,
    MemoryReservation,
    ContainerInstanceCount,
    DisconnectedAgentCount,
}

/// What is published of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceMetric {
    CpuUtilization,
    MemoryUtilization,
    RunningTaskCount,
    DesiredTaskCount,
    PendingTaskCount,
}

/// What is published of a target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetGroupMetric {
    RequestCountPerTarget,
    TargetResponseTime,
    HttpCodeTarget5xxCount,
    HealthyHostCount,
    UnHealthyHostCount,
}

/// What a series belongs to, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    Cluster,
    Service(Rc<str>),
    TargetGroup(Rc<str>),
    CapacityProvider(Rc<str>),
}

/// One metric of one thing: what CloudWatch draws as a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    pub metric: MetricName,
    pub of: Of,
}

/// How the samples of a period become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Statistic {
    #[default]
    Average,
    Minimum,
    Maximum,
    Sum,
    SampleCount,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_published_and_different() {
        let names: std::collections::BTreeSet<_> = MetricName::ALL.map(MetricName::name).into();
        assert_eq!(names.len(), MetricName::ALL.len());
        assert_eq!(serde_name(MetricName::CpuUtilization), "CPUUtilization");
        for metric in MetricName::ALL {
            assert_eq!(serde_name(metric), metric.name());
        }
    }

    fn serde_name(metric: MetricName) -> &'static str {
        use serde::de::value::{Error, StrDeserializer};
        use serde::de::{Deserialize, IntoDeserializer};
        let deserializer: StrDeserializer<'_, Error> = metric.name().into_deserializer();
        MetricName::deserialize(deserializer).expect("its own name").name()
    }
}
