//! Constants of load balancers, their clients and service discovery.

use crate::sim::time::{Millis, SECOND};

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancingTuning {
    /// Settings of a target group that its creator leaves out.
    pub check_interval_ms: Millis,
    pub check_timeout_ms: Millis,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    pub deregistration_delay_ms: Millis,
    /// From the registration of a target to its first health check: quantiles.
    pub first_check_ms: Vec<Millis>,
    /// From a change of a target's health to ECS knowing it: quantiles.
    pub target_report_ms: Vec<Millis>,
    /// A request takes this long at a target that gets more than it can answer.
    pub overload_latency_ms: Millis,
    /// Clients keep an answer of discovery this long unless it says otherwise.
    pub dns_ttl_ms: Millis,
    /// ECS pushes the tasks of an endpoint to the proxies of Service Connect this often.
    pub connect_push_ms: Millis,
    /// A proxy waits so long for an answer.
    pub connect_timeout_ms: Millis,
    /// A task that has failed too often is left alone for so long, each time longer by as much, up to a limit.
    pub connect_avoid_ms: Millis,
    pub connect_avoid_longest_ms: Millis,
    /// A task that is found by name is DEACTIVATING for so long.
    pub name_drain_ms: Millis,
}

impl Default for BalancingTuning {
    fn default() -> Self {
        Self {
            check_interval_ms: 30 * SECOND,
            check_timeout_ms: 5 * SECOND,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            deregistration_delay_ms: 300 * SECOND,
            first_check_ms: vec![1_000, 2_500, 4_000],
            target_report_ms: vec![1_000, 4_000, 8_000],
            overload_latency_ms: 10 * SECOND,
            dns_ttl_ms: 60 * SECOND,
            connect_push_ms: 13 * SECOND,
            connect_timeout_ms: 15 * SECOND,
            connect_avoid_ms: 30 * SECOND,
            connect_avoid_longest_ms: 300 * SECOND,
            name_drain_ms: 5 * SECOND,
        }
    }
}
