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
    use crate::sim::time::{HOUR, MINUTE, SECOND};
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
            fields!(ServicesTuning {
                alarm_bake_ms,
                rebalance_watch_ms,
                protection_minutes,
                stage_longest_ms,
                deployment_longest_ms,
                call_back_ms,
                function_longest_ms,
            }),
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
                name_drain_ms,
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
                fargate_retirement_wait_days,
                api_rate_factor,
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

    /// Every number of `Tuning` with the name of its field, as its debug text writes them.
    fn numbers() -> Vec<(String, Vec<u64>)> {
        let text = format!("{:#?}", Tuning::default());
        let mut found: Vec<(String, Vec<u64>)> = Vec::new();
        let mut list = false;
        for line in text.lines().map(|line| line.trim().trim_end_matches(',')) {
            let number = |text: &str| text.parse::<u64>().ok();
            match (line.split_once(": "), number(line)) {
                (Some((name, "[")), _) => (list, _) = (true, found.push((name.to_owned(), Vec::new()))),
                (Some((name, value)), _) => found.extend(number(value).map(|value| (name.to_owned(), vec![value]))),
                (None, Some(value)) if list => found.last_mut().expect("a list has a name").1.push(value),
                (None, _) => list = false,
            }
        }
        found
    }

    /// How an entry may write a number; the number alone before ` to `.
    fn written(name: &str, number: u64) -> Vec<String> {
        if !name.ends_with("_ms") {
            let (thousands, rest) = (number / 1_000, number % 1_000);
            return vec![if thousands > 0 { format!("{thousands},{rest:03}") } else { rest.to_string() }];
        }
        let whole = [(1, "ms"), (SECOND, "s"), (MINUTE, "min"), (HOUR, "h")];
        let whole = whole
            .into_iter()
            .filter(|(unit, _)| number.is_multiple_of(*unit))
            .map(|(unit, name)| format!("{} {name}", number / unit));
        whole.chain([format!("{}.{} s", number / SECOND, (number % SECOND + 50) / 100)]).collect()
    }

    /// Numbers that their entries write in another way, with the words.
    const IN_OTHER_WORDS: &[(&str, &str)] = &[
        ("api_rate_factor", "those of a new account"),
        ("reconnect_growth_tenths", "half as long again"),
        ("reservation_period_ms", "every minute"),
        ("fargate_start_timeout_ms", "one minute"),
        ("server_system_mib", "4 GiB"),
        ("deployment_longest_ms", "30 days"),
    ];

    #[test]
    fn entries_state_the_numbers_that_the_engine_uses() {
        let (numbers, mut other) = (numbers(), BTreeSet::new());
        assert!(numbers.len() > 100, "{} numbers are seen", numbers.len());
        let mut missing = Vec::new();
        for (name, values) in &numbers {
            let of = entries().find(|each| each.fields.contains(&name.as_str())).expect("every constant has an entry");
            let said = format!("{} ", of.rule);
            if let Some((name, words)) = IN_OTHER_WORDS.iter().find(|(other, _)| other == name) {
                assert!(said.contains(words), "{name}: `{said}` does not say `{words}`");
                other.insert(*name);
                continue;
            }
            let states = |number: u64| {
                let mut forms = written(name, number).into_iter();
                forms.any(|form| {
                    let begins = form.split_once(' ').map_or(form.as_str(), |(number, _)| number);
                    said.contains(&format!(" {form}")) || said.contains(&format!(" {begins} to "))
                })
            };
            // Of quantiles the shortest and the longest.
            if ![values[0], values[values.len() - 1]].into_iter().all(states) {
                missing.push(format!("{name} {values:?}: {said}"));
            }
        }
        assert!(missing.is_empty(), "entries that do not say their numbers: {missing:#?}");
        assert_eq!(other.len(), IN_OTHER_WORDS.len(), "{other:?}");
    }
}
