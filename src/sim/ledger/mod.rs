//! The fidelity ledger: how true each rule and constant of the simulator is to the real service, and where that is written.
//!
//! Data only. Every field of [`Tuning`](crate::sim::tuning::Tuning) is named by an entry (a test sees to it), and every rule a
//! learner could mistake for the real thing. Start reading at [`entries`].

mod agents;
mod balancing;
mod capacity;
mod deployments;
mod disks;
mod fargate;
mod faults;
mod files;
mod metrics;
mod placement;
mod platform;
mod servers;
mod services;
mod tasks;

/// How true a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fidelity {
    /// As the service documents it or as its source code has it.
    Exact,
    /// The shape is right; something was left out or rounded off.
    Simplified,
    /// The service does not say; this is one sensible way.
    ChosenForTeaching,
}

impl Fidelity {
    /// How the page spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Simplified => "simplified",
            Self::ChosenForTeaching => "chosen for teaching",
        }
    }
}

/// One rule or constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A stable name.
    pub key: &'static str,
    /// The rule in plain words.
    pub rule: &'static str,
    pub fidelity: Fidelity,
    /// Where it is written: a section of `ecs.md`, the reference that the simulator was built from.
    pub source: &'static str,
    /// What was left out, or why it is so.
    pub note: &'static str,
    /// The fields of `Tuning` that hold its numbers.
    pub fields: &'static [&'static str],
}

const fn constant(
    fields: &'static [&'static str],
    fidelity: Fidelity,
    source: &'static str,
    rule: &'static str,
    note: &'static str,
) -> Entry {
    Entry { key: fields[0], rule, fidelity, source, note, fields }
}

const fn rule(key: &'static str, fidelity: Fidelity, source: &'static str, rule: &'static str, note: &'static str) -> Entry {
    Entry { key, rule, fidelity, source, note, fields: &[] }
}

/// Everything, by topic.
const TOPICS: &[&[Entry]] = &[
    placement::ENTRIES,
    services::ENTRIES,
    deployments::ENTRIES,
    balancing::ENTRIES,
    tasks::ENTRIES,
    agents::ENTRIES,
    servers::ENTRIES,
    capacity::ENTRIES,
    metrics::ENTRIES,
    fargate::ENTRIES,
    platform::ENTRIES,
    disks::ENTRIES,
    faults::ENTRIES,
    files::ENTRIES,
];

/// Every entry, by topic.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TOPICS.iter().copied().flatten()
}

/// The entry of this key.
pub fn entry(key: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};
    use crate::sim::tuning::Tuning;
    use crate::sim::tuning::balancing::BalancingTuning;
    use crate::sim::tuning::capacity::CapacityTuning;
    use crate::sim::tuning::metrics::MetricsTuning;
    use crate::sim::tuning::platform::PlatformTuning;
    use crate::sim::tuning::services::ServicesTuning;

    /// Every field of `Tuning` by name: the compiler refuses a list that leaves one out.
    macro_rules! fields {
        ($tuning:ident { $($field:ident),* $(,)? } $($apart:ident)*) => {{
            let $tuning { $($field: _,)* $($apart: _),* } = $tuning::default();
            [$(stringify!($field)),*].to_vec()
        }};
    }

    fn field_names() -> Vec<&'static str> {
        let base = fields!(Tuning {
            reconcile_period_ms,
            healthy_settle_ms,
            stop_timeout_ms,
            heartbeat_period_ms,
            heartbeat_patience_ms,
            agent_patience_ms,
            reconnect_first_ms,
            reconnect_longest_ms,
            reconnect_growth_tenths,
            telemetry_period_ms,
            wire_delay_ms,
            retransmission_ms,
            boot_ms,
            created_to_pull_ms,
            pull_ms,
            cached_pull_ms,
            container_start_ms,
            container_stop_ms,
            eni_attach_ms,
            eni_detach_ms,
            fargate_created_to_pull_ms,
            fargate_pull_ms,
            fargate_start_ms,
            fargate_deprovision_ms,
            fargate_told_ms,
            fargate_tells_ms,
            fargate_host_loss_ms,
            pull_attempts,
            pull_retry_first_ms,
            pull_retry_longest_ms,
            spot_notice_ms,
            throttle_after,
            throttle_first_ms,
            throttle_longest_ms,
            launches_per_reconcile,
            stopped_task_visible_ms,
            steady_state_repeat_ms,
            complaint_repeat_ms,
            strategies,
        } services balancing capacity metrics platform);
        let topics: [Vec<&'static str>; 5] = [
            fields!(ServicesTuning { alarm_bake_ms, rebalance_watch_ms, protection_minutes, stage_longest_ms }),
            fields!(BalancingTuning {
                check_interval_ms,
                check_timeout_ms,
                healthy_threshold,
                unhealthy_threshold,
                deregistration_delay_ms,
                first_check_ms,
                target_report_ms,
                overload_latency_ms,
                dns_ttl_ms,
                connect_push_ms,
                connect_timeout_ms,
                connect_avoid_ms,
                connect_avoid_longest_ms,
            }),
            fields!(CapacityTuning {
                provisioning_limit,
                reservation_period_ms,
                alarm_delay_ms,
                scale_in_datapoints,
                scale_in_pause_ms,
                instances_from_zero,
                group_reaction_ms,
                status_check_period_ms,
                status_checks_to_fail,
                health_check_grace_ms,
                drain_longest_ms,
                series_limit,
            }),
            fields!(MetricsTuning {
                datapoint_delay_ms,
                datapoints_kept,
                alarm_action_ms,
                tracking_out_datapoints,
                tracking_in_datapoints,
                tracking_in_percent,
                scale_out_cooldown_ms,
                scale_in_cooldown_ms,
                scale_in_step_percent,
            }),
            fields!(PlatformTuning {
                fargate_vcpu_quota,
                fargate_launch_burst,
                fargate_launches_per_second,
                fargate_dependent_start_ms,
                fargate_windows_start_ms,
                fargate_hosts_per_zone,
                container_create_timeout_ms,
                container_start_timeout_ms,
                fargate_start_timeout_ms,
                interface_timeout_ms,
                pull_no_answer_ms,
                role_change_ms,
                create_interface_ms,
                planned_reconnect_ms,
                reconnecting_ms,
                server_volume_gib,
                server_system_mib,
                volume_io_kib,
                network_burst_ms,
                task_cleanup_wait_ms,
                image_cleanup_interval_ms,
                image_minimum_age_ms,
                images_per_cleanup,
                image_size_mib,
                pull_mib_per_second,
                fargate_pull_mib_per_second,
                unpacked_percent,
            }),
        ];
        base.into_iter().chain(topics.into_iter().flatten()).collect()
    }

    #[test]
    fn every_constant_has_exactly_one_entry() {
        let mut named: Vec<&str> = entries().flat_map(|entry| entry.fields).copied().collect();
        let mut fields = field_names();
        named.sort_unstable();
        fields.sort_unstable();
        assert_eq!(named, fields);
    }

    #[test]
    fn entries_are_complete_and_named_once() {
        let keys: BTreeSet<&str> = entries().map(|entry| entry.key).collect();
        assert_eq!(keys.len(), entries().count());
        for each in entries() {
            assert!(each.source.starts_with("ecs.md §"), "{}", each.key);
            assert!(!each.rule.ends_with('.') && each.note.ends_with('.'), "{}", each.key);
        }
        assert_eq!(entry("agent.silent").map(|entry| entry.fidelity), Some(Fidelity::Exact));
        assert_eq!(entry("nothing"), None);
    }

    /// The number as an entry writes it.
    fn words(length_ms: Millis) -> String {
        match length_ms {
            0..SECOND => format!("{length_ms} ms"),
            ms if ms % HOUR == 0 => format!("{} h", ms / HOUR),
            ms if ms % MINUTE == 0 && ms > MINUTE && ms / MINUTE != 2 => format!("{} min", ms / MINUTE),
            ms if ms % SECOND == 0 => format!("{} s", ms / SECOND),
            ms => format!("{}.{} s", ms / SECOND, ms % SECOND / 100),
        }
    }

    #[test]
    fn entries_state_the_numbers_that_the_engine_uses() {
        let tuning = Tuning::default();
        let stated = [
            ("reconcile_period_ms", tuning.reconcile_period_ms),
            ("healthy_settle_ms", tuning.healthy_settle_ms),
            ("stop_timeout_ms", tuning.stop_timeout_ms),
            ("heartbeat_period_ms", tuning.heartbeat_period_ms),
            ("heartbeat_patience_ms", tuning.heartbeat_patience_ms),
            ("agent_patience_ms", tuning.agent_patience_ms),
            ("reconnect_first_ms", tuning.reconnect_first_ms),
            ("reconnect_first_ms", tuning.reconnect_longest_ms),
            ("telemetry_period_ms", tuning.telemetry_period_ms),
            ("retransmission_ms", tuning.retransmission_ms),
            ("cached_pull_ms", tuning.cached_pull_ms),
            ("fargate_host_loss_ms", tuning.fargate_host_loss_ms),
            ("fargate_tells_ms", tuning.fargate_tells_ms),
            ("pull_attempts", tuning.pull_retry_first_ms),
            ("pull_attempts", tuning.pull_retry_longest_ms),
            ("throttle_first_ms", tuning.throttle_first_ms),
            ("throttle_first_ms", tuning.throttle_longest_ms),
            ("stopped_task_visible_ms", tuning.stopped_task_visible_ms),
            ("steady_state_repeat_ms", tuning.steady_state_repeat_ms),
            ("complaint_repeat_ms", tuning.complaint_repeat_ms),
        ];
        for (key, length_ms) in stated {
            let rule = entry(key).expect("the constant has an entry").rule;
            assert!(rule.contains(&words(length_ms)), "{key}: `{rule}` does not say {}", words(length_ms));
        }
        assert!(entry("throttle_after").unwrap().rule.contains(&format!("After {} tasks", tuning.throttle_after)));
        assert!(entry("launches_per_reconcile").unwrap().rule.contains(&tuning.launches_per_reconcile.to_string()));
        assert!(entry("pull_attempts").unwrap().rule.contains(&format!("tried {} times", tuning.pull_attempts)));
        assert_eq!(tuning.spot_notice_ms, 2 * MINUTE);
    }
}
