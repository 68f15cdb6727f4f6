//! Fargate (ecs.md §8): sizes, phases, limits, Spot, maintenance, and what it does not do.

use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::capacity::{CapacityCommand, PutClusterCapacityProviders};
use ecs_playground::sim::command::platform::{
    AccountSetting, PlatformCommand, PutAccountSetting, QuotaCode, RequestServiceQuotaIncrease,
};
use ecs_playground::sim::command::{Command, LaunchType, RunTask};
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::model::capacity_provider::CapacityProviderStrategyItem;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::Run;
use crate::lives::{Kept, cluster, container_end, entered, first_task, known, path, spent, stopped};
use crate::refused;

/// What the service says to a task definition of this size.
fn registered(cpu: u32, memory_mib: u32, rest: &str) -> Result<(), String> {
    let text = format!(
        "{{\"family\":\"web\",\"requiresCompatibilities\":[\"FARGATE\"],\"networkMode\":\"awsvpc\",\"cpu\":\"{cpu}\",\"memory\":\"{memory_mib}\"{rest},\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\"}}]}}"
    );
    task_definition_from_json(&text, 1).map(|_| ()).map_err(|errors| errors[0].to_string())
}

#[test]
fn section_8_1_every_size_of_the_table_and_none_between() {
    // CPU units; GB from, to and step.
    for (cpu, from, to, step) in
        [(512, 1, 4, 1), (1_024, 2, 8, 1), (2_048, 4, 16, 1), (4_096, 8, 30, 1), (8_192, 16, 60, 4), (16_384, 32, 120, 8)]
    {
        for gib in 1..=130 {
            let exists = (from..=to).contains(&gib) && (gib - from) % step == 0;
            assert_eq!(registered(cpu, gib * 1_024, "").is_ok(), exists, "{cpu} {gib} GB");
        }
    }
    for (cpu, listed) in [(256, [512, 1_024, 2_048]), (32_768, [61_440, 122_880, 249_856])] {
        for memory in listed {
            assert!(registered(cpu, memory, "").is_ok(), "{cpu} {memory}");
            assert!(registered(cpu, memory + 256, "").is_err(), "{cpu} {memory}");
        }
    }
    let none = registered(256, 4_096, "").unwrap_err();
    assert!(none.contains("No Fargate configuration exists for given values."), "{none}");
}

#[test]
fn section_8_1_ephemeral_storage_and_windows() {
    let storage = |gib: u32| registered(256, 512, &format!(",\"ephemeralStorage\":{{\"sizeInGiB\":{gib}}}")).is_ok();
    assert!(storage(21) && storage(200) && !storage(20) && !storage(201));
    let windows = ",\"runtimePlatform\":{\"operatingSystemFamily\":\"WINDOWS_SERVER_2022_CORE\"}";
    assert!(registered(512, 1_024, windows).is_err(), "a whole vCPU at least");
    assert!(registered(1_024, 2_048, windows).is_ok());
}

#[test]
fn section_8_2_interface_then_micro_vm_then_pull_then_start() {
    let mut to_pull: Vec<Millis> = Vec::new();
    for seed in 0..20 {
        let mut run = Run::begin(&cluster(Kept::Fargate, false), seed);
        run.until(3 * MINUTE);
        let task = run.tasks("web")[0];
        let begun = known(&run, task).placed_at_ms();
        let pull = run.first("the pull", |kind| matches!(kind, Kind::ImagePullStarted { .. }));
        let pulled = run.first("the pulled image", |kind| matches!(kind, Kind::ImagePullFinished { .. }));
        let started = run.first("the start", |kind| matches!(kind, Kind::ContainerStarted { .. }));
        let interface = entered(&run, task, TaskStatus::Pending) - begun;
        assert!((3_900..=17_700).contains(&interface), "created to connectivityAt: {interface}");
        assert!((11_700..=24_500).contains(&(pull - begun)), "created to pullStarted: {}", pull - begun);
        assert!((3_000..=10_000).contains(&(pulled - pull)), "a small image: {}", pulled - pull);
        assert!((1_000..=5_100).contains(&(started - pulled)), "pullStopped to RUNNING: {}", started - pulled);
        to_pull.push(pull - begun);
    }
    to_pull.sort_unstable();
    assert!((13_000..=18_500).contains(&to_pull[10]), "median 15.7 s: {}", to_pull[10]);
}

#[test]
fn section_8_2_windows_takes_about_ten_minutes() {
    let scenario = cluster(Kept::Fargate, false)
        .replace("\"256\"", "\"1024\"")
        .replace("\"512\"", "\"2048\"")
        .replace("networkMode", "runtimePlatform = { operatingSystemFamily = \"WINDOWS_SERVER_2022_CORE\" }\nnetworkMode");
    let mut run = Run::begin(&scenario, 4);
    run.until(20 * MINUTE);
    let task = run.tasks("web")[0];
    let took = entered(&run, task, TaskStatus::Running) - known(&run, task).placed_at_ms();
    assert!((8 * MINUTE..=13 * MINUTE).contains(&took), "{took}");
}

fn on_fargate(count: u32) -> Command {
    let request = RunTask { task_definition: "web".to_string(), count, launch_type: LaunchType::Fargate, ..RunTask::default() };
    Command::RunTask(request)
}

fn raised(vcpus: u32) -> Command {
    let request = RequestServiceQuotaIncrease { quota_code: QuotaCode::FargateOnDemandVcpus, desired_value: vcpus };
    Command::Platform(PlatformCommand::RequestServiceQuotaIncrease(request))
}

#[test]
fn section_8_3_six_vcpus_for_a_new_account_on_demand_and_on_spot() {
    for launch_type in ["FARGATE", "FARGATE_SPOT"] {
        let scenario = cluster(Kept::Fargate, false)
            .replace("launch_type = \"FARGATE\"", &format!("launch_type = \"{launch_type}\""))
            .replace("desired_count = 1", "desired_count = 30");
        let mut run = Run::begin(&scenario, 4);
        run.until(5 * MINUTE);
        assert_eq!(run.tasks("web").len(), 24, "a quarter of a vCPU each");
        if launch_type == "FARGATE" {
            run.give(raised(8)).until(7 * MINUTE);
            assert_eq!(run.tasks("web").len(), 30);
        }
    }
}

#[test]
fn section_8_3_run_task_has_a_burst_of_100_and_20_a_second() {
    let mut run = Run::begin(&cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 0"), 4);
    run.give(raised(1_000));
    for _ in 0..10 {
        run.give(on_fargate(10));
    }
    let throttled = ("ThrottlingException", "Rate exceeded".to_string());
    assert_eq!(refused(&mut run, &on_fargate(1)), throttled);
    run.until(run.sim.now_ms() + SECOND).give(on_fargate(10)).give(on_fargate(10));
    assert_eq!(refused(&mut run, &on_fargate(1)), throttled, "20 a second");
    // The same through the capacity provider: the call is refused, and no task of it is a failure.
    let put = PutClusterCapacityProviders {
        capacity_providers: vec!["FARGATE".to_string()],
        default_capacity_provider_strategy: Vec::new(),
    };
    run.give(Command::Capacity(CapacityCommand::PutClusterCapacityProviders(put)));
    let item = CapacityProviderStrategyItem { capacity_provider: "FARGATE".to_string(), base: 0, weight: 1 };
    let by_provider = RunTask {
        task_definition: "web".to_string(),
        count: 1,
        capacity_provider_strategy: Some(vec![item]),
        ..RunTask::default()
    };
    assert_eq!(refused(&mut run, &Command::RunTask(by_provider.clone())), throttled);
    assert!(run.times(|kind| matches!(kind, Kind::PlacementFailed { .. })).is_empty());
    run.until(run.sim.now_ms() + SECOND).give(Command::RunTask(by_provider));
}

#[test]
fn section_8_3_a_service_starts_at_most_500_tasks_a_minute() {
    let mut run = Run::begin(&cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 0"), 4);
    run.give(raised(1_000)).scale("web", 2_000).until(3 * MINUTE);
    let placed = run.times(|kind| matches!(kind, Kind::TaskPlaced { .. }));
    let most = placed.iter().map(|at| placed.iter().filter(|other| (*at..*at + MINUTE).contains(other)).count()).max();
    assert_eq!(most, Some(6 * 83), "six looks of ten seconds, and no more than 500");
    assert!(placed.len() >= 1_200, "{}", placed.len());
}

#[test]
fn section_8_4_two_minutes_of_notice_are_sigterm_and_the_stop_timeout() {
    for (stop_timeout, seconds) in [("", 30), (", stopTimeout = 120", 120)] {
        let scenario = format!(
            "{}[apps.web]\nignores_sigterm = true\n",
            cluster(Kept::Fargate, false)
                .replace("memory = 512 }", &format!("memory = 512{stop_timeout} }}"))
                .replace("launch_type = \"FARGATE\"", "launch_type = \"FARGATE_SPOT\"")
        );
        let (mut run, task) = first_task(&scenario);
        run.inject(Fault::FargateSpotInterruption { task }).until(10 * MINUTE);
        assert_eq!(stopped(&run, task), ("SpotInterruption", "Your Spot Task was interrupted.".to_string()));
        assert_eq!(container_end(&run, task).0, Some(137));
        let stopping = spent(&run, task, TaskStatus::Stopping);
        assert!((seconds * SECOND - SECOND..=seconds * SECOND + SECOND).contains(&stopping), "{stopping}");
        let new = run.tasks("web")[0];
        assert_eq!(known(&run, new).launch_type, LaunchType::FargateSpot, "no fallback to On-Demand");
    }
}

#[test]
fn section_8_4_a_shortage_of_spot_is_no_reason_to_use_on_demand() {
    let scenario = cluster(Kept::Fargate, false)
        .replace("launch_type = \"FARGATE\"", "launch_type = \"FARGATE_SPOT\"")
        .replace("desired_count = 1", "desired_count = 0");
    let mut run = Run::begin(&scenario, 4);
    for zone in ["us-east-1a", "us-east-1b", "us-east-1c"] {
        run.inject(Fault::FargateCapacityUnavailable { zone: zone.to_string() });
    }
    run.scale("web", 2).until(30 * MINUTE);
    let belief = run.sim.belief();
    assert!(belief.tasks.iter().all(|(_, task)| task.launch_type == LaunchType::FargateSpot));
    assert!(belief.tasks.iter().all(|(_, task)| task.times.entered(TaskStatus::Running).is_none()));
    assert!(!run.said("Capacity is unavailable at this time.").is_empty());
}

/// `fargateTaskRetirementWaitPeriod`.
fn notice(days: &str) -> Command {
    let name = AccountSetting::FargateTaskRetirementWaitPeriod;
    Command::Platform(PlatformCommand::PutAccountSetting(PutAccountSetting { name, value: days.to_string() }))
}

#[test]
fn section_8_5_a_retired_task_is_replaced_within_the_percentages_of_its_service() {
    let maintenance = "ECS is performing maintenance on the underlying infrastructure hosting the task".to_string();
    for (percents, healthy_first) in [("", true), ("minimum_healthy_percent = 0\nmaximum_percent = 100", false)] {
        let scenario = cluster(Kept::Fargate, false).replace("desired_count = 1", &format!("desired_count = 1\n{percents}"));
        let (mut run, task) = first_task(&scenario);
        run.give(notice("0")).inject(Fault::FargateTaskRetirement { task }).until(8 * MINUTE);
        assert_eq!(stopped(&run, task), ("TerminationNotice", maintenance.clone()));
        let new = run.tasks("web")[0];
        let placed = run.last("the placement", |kind| matches!(kind, Kind::TaskPlaced { .. }));
        let retires = |kind: &&Kind| matches!(kind, Kind::FaultInjected { .. });
        assert!(run.chain(placed).iter().any(retires), "it is owed to the maintenance");
        let (runs, stops) = (entered(&run, new, TaskStatus::Running), entered(&run, task, TaskStatus::Stopping));
        assert_eq!(runs + 40 * SECOND <= stops, healthy_first, "{percents}");
        assert_eq!(run.tasks("web").len(), 1);
        assert_eq!(run.said("deployment completed").len(), 1, "it is no deployment");
    }
    let (mut run, _) = first_task(&cluster(Kept::Fargate, false));
    run.give(on_fargate(1)).until(5 * MINUTE);
    let alone = run.sim.belief().tasks.next_id().0 - 1;
    let alone = ecs_playground::sim::ids::TaskId(alone);
    run.give(notice("0")).inject(Fault::FargateTaskRetirement { task: alone }).until(8 * MINUTE);
    assert_eq!(stopped(&run, alone), ("TerminationNotice", maintenance));
    assert_eq!(run.tasks("web").len(), 1, "nobody replaces a standalone task");
}

#[test]
fn section_8_5_notice_is_given_7_days_before_or_0_or_14() {
    const DAY: Millis = 24 * HOUR;
    for (setting, days) in [(None, 7), (Some("0"), 0), (Some("7"), 7), (Some("14"), 14)] {
        let (mut run, task) = first_task(&cluster(Kept::Fargate, false));
        if let Some(setting) = setting {
            run.give(notice(setting));
        }
        let noticed_ms = run.sim.now_ms();
        run.inject(Fault::FargateTaskRetirement { task });
        // What is set later does not hold for a notice that has been given, and a second notice changes nothing.
        run.until(noticed_ms + MINUTE).give(notice("14"));
        if days > 0 {
            run.inject(Fault::FargateTaskRetirement { task });
        }
        run.until(noticed_ms + days * DAY).until(noticed_ms + days * DAY + 10 * MINUTE);
        let placed = run.times(|kind| matches!(kind, Kind::TaskPlaced { .. }));
        let replaced_ms = placed.last().expect("the replacement") - noticed_ms;
        assert!((days * DAY..days * DAY + 15 * SECOND).contains(&replaced_ms), "{setting:?}: {replaced_ms}");
        assert_eq!((placed.len(), stopped(&run, task).0), (2, "TerminationNotice"), "{setting:?}");
        assert!(run.sim.belief().fargate.notices.is_empty());
    }
}

#[test]
fn section_8_5_a_task_that_has_gone_needs_no_notice() {
    let (mut run, task) = first_task(&cluster(Kept::Fargate, false));
    run.inject(Fault::FargateTaskRetirement { task }).until(5 * MINUTE);
    assert_eq!(run.sim.belief().fargate.notices.len(), 1);
    run.give(Command::StopTask { task, reason: None }).until(8 * 24 * HOUR);
    assert!(run.sim.belief().fargate.notices.is_empty());
    assert_eq!(run.times(|kind| matches!(kind, Kind::TaskPlaced { .. })).len(), 2, "only the one that was stopped is replaced");
}

#[test]
fn section_8_5_no_other_wait_can_be_set() {
    let (mut run, _) = first_task(&cluster(Kept::Fargate, false));
    let refusal = refused(&mut run, &notice("1"));
    assert_eq!(refusal.0, "InvalidParameterException");
    assert!(refusal.1.contains("fargateTaskRetirementWaitPeriod must be one of 0, 7, 14"), "{}", refusal.1);
}

#[test]
fn section_8_6_every_start_pulls_and_every_task_has_its_own_interface() {
    let (mut run, task) = first_task(&cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 2"));
    run.give(Command::StopTask { task, reason: None }).until(6 * MINUTE);
    let cached = |kind: &Kind| matches!(kind, Kind::ImagePullFinished { cached: true, .. });
    assert!(run.times(cached).is_empty());
    assert_eq!(run.times(|kind| matches!(kind, Kind::ImagePullStarted { .. })).len(), 3);
    let interfaces: Vec<_> = run.sim.truth().tasks.iter().filter_map(|(_, truth)| truth.interface()).collect();
    assert!(interfaces.len() == 2 && interfaces[0] != interfaces[1], "{interfaces:?}");
    assert!(run.tasks("web").iter().all(|task| known(&run, *task).instance.is_none()));
    assert!(path(&run, task).starts_with("PROVISIONING"));
}

#[test]
fn section_8_6_neither_bridge_nor_host_nor_privileged() {
    let with = |mode: &str, rest: &str| {
        let text = format!(
            "{{\"family\":\"web\",\"requiresCompatibilities\":[\"FARGATE\"],\"networkMode\":\"{mode}\",\"cpu\":\"256\",\"memory\":\"512\",\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\"{rest}}}]}}"
        );
        task_definition_from_json(&text, 1).map(|_| ()).map_err(|errors| errors[0].to_string())
    };
    for mode in ["bridge", "host", "none"] {
        let refusal = with(mode, "").unwrap_err();
        assert!(refusal.contains("Fargate only supports network mode 'awsvpc'."), "{refusal}");
    }
    let refusal = with("awsvpc", ",\"privileged\":true").unwrap_err();
    assert!(refusal.contains("do not support privileged"), "{refusal}");
    assert!(with("awsvpc", "").is_ok());
    let mut run = Run::begin(&cluster(Kept::Bridge, false), 4);
    let message = "Task definition does not support launch_type FARGATE.".to_string();
    assert_eq!(refused(&mut run, &on_fargate(1)), ("InvalidParameterException", message));
}
