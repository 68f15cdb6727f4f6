//! Capacity providers and cluster auto scaling (ecs.md §7), minute by minute.

use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::capacity::{
    AutoScalingGroupProvider, CapacityCommand, CreateCapacityProvider, ManagedScalingRequest, UpdateAutoScalingGroup,
};
use ecs_playground::sim::command::{Command, InstanceStatusRequest, RunTask};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::capacity_provider::Setting;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::capacity::{CapacityFact, Hold, Release};
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::{Run, definition, service};
use crate::lives::{entered, known, path, stopped};
use crate::refused;

/// A group of `servers` m5.large and its provider; tasks of `web` are such that three fill one server.
fn managed(servers: u32, tasks: u32, scaling: &str, rest: &str) -> String {
    let of_web = definition("web", "").replace("cpu = 256, memory = 512", "cpu = 600, memory = 2500");
    let strategy = format!("capacity_provider_strategy = [{{ capacity_provider = \"web-cp\", weight = 1 }}]\n{rest}");
    format!(
        "[[setup]]
command = \"CreateAutoScalingGroup\"
request = {{ auto_scaling_group_name = \"web\", min_size = 0, max_size = 20, desired_capacity = {servers}, instance_types = [\"m5.large\"], new_instances_protected_from_scale_in = true }}
[[setup]]
command = \"CreateCapacityProvider\"
request = {{ name = \"web-cp\", auto_scaling_group_provider = {{ auto_scaling_group = \"web\", {scaling} }} }}
[[setup]]
command = \"PutClusterCapacityProviders\"
request = {{ capacity_providers = [\"web-cp\"], default_capacity_provider_strategy = [] }}
{of_web}{}",
        service("web", tasks, &strategy)
    )
}

fn target(percent: u32) -> String {
    format!("managed_scaling = {{ target_capacity = {percent} }}, managed_draining = \"DISABLED\"")
}

fn facts<T>(run: &Run, wanted: impl Fn(&CapacityFact) -> Option<T>) -> Vec<(Millis, T)> {
    let fact = |kind: &Kind| match kind {
        Kind::Capacity(fact) => wanted(fact),
        _ => None,
    };
    run.log.iter().filter_map(|observation| Some((observation.at_ms, fact(&observation.kind)?))).collect()
}

/// Every change of the desired capacity: when, from, to.
fn changes(run: &Run) -> Vec<(Millis, (u32, u32))> {
    facts(run, |fact| match fact {
        CapacityFact::DesiredCapacityChanged { from, to, .. } => Some((*from, *to)),
        _ => None,
    })
}

/// Values of the metric in tenths of a per cent, each with its minute.
fn reservations(run: &Run) -> Vec<(Millis, u32)> {
    let provider = run.sim.belief().capacity.named("web-cp").expect("the provider");
    run.sim.belief().capacity.providers[&provider].series.iter().map(|point| (point.at_ms, point.reservation_tenths)).collect()
}

fn create(scaling: ManagedScalingRequest, protection: Option<Setting>) -> Command {
    Command::Capacity(CapacityCommand::CreateCapacityProvider(CreateCapacityProvider {
        name: "other".to_string(),
        auto_scaling_group_provider: AutoScalingGroupProvider {
            auto_scaling_group: "free".to_string(),
            managed_scaling: Some(scaling),
            managed_termination_protection: protection,
            managed_draining: None,
        },
    }))
}

/// A cluster with a group `free` that no provider has yet.
fn with_free_group(protects: bool) -> Run {
    let group = format!(
        "[[setup]]\ncommand = \"CreateAutoScalingGroup\"\nrequest = {{ auto_scaling_group_name = \"free\", min_size = 0, max_size = 3, instance_types = [\"m5.large\"], new_instances_protected_from_scale_in = {protects} }}\n"
    );
    Run::begin(&format!("{group}{}", definition("web", "")), 4)
}

#[test]
fn section_7_1_ranges_of_managed_scaling() {
    type Field = fn(&mut ManagedScalingRequest, u32);
    let fields: [(&str, Field, u32, u32); 4] = [
        ("targetCapacity", |scaling, value| scaling.target_capacity = Some(value), 1, 100),
        ("minimumScalingStepSize", |scaling, value| scaling.minimum_scaling_step_size = Some(value), 1, 10_000),
        ("maximumScalingStepSize", |scaling, value| scaling.maximum_scaling_step_size = Some(value), 1, 10_000),
        ("instanceWarmupPeriod", |scaling, value| scaling.instance_warmup_period = Some(value), 0, 10_000),
    ];
    let answer = |set: Field, value: u32| {
        let mut scaling = ManagedScalingRequest::default();
        set(&mut scaling, value);
        let mut run = with_free_group(false);
        run.sim.apply(&create(scaling, None), &mut run.log)
    };
    for (name, set, low, high) in fields {
        assert!(answer(set, low).is_ok() && answer(set, high).is_ok(), "{name}");
        let refusal = answer(set, high + 1).unwrap_err();
        assert_eq!(refusal.code, "InvalidParameterException", "{name}");
        assert!(low == 0 || answer(set, low - 1).is_err(), "{name}");
    }
}

#[test]
fn section_7_1_termination_protection_needs_managed_scaling_and_a_group_that_protects() {
    let on = Some(Setting::Enabled);
    let off = ManagedScalingRequest { status: Some(Setting::Disabled), ..ManagedScalingRequest::default() };
    refused(&mut with_free_group(true), &create(off, on));
    let (code, _) = refused(&mut with_free_group(false), &create(ManagedScalingRequest::default(), on));
    assert_eq!(code, "ClientException");
    let mut run = with_free_group(true);
    run.give(create(ManagedScalingRequest::default(), on));
    assert_eq!(
        refused(&mut run, &create(ManagedScalingRequest::default(), on)).0,
        "InvalidParameterException",
        "its name is taken"
    );
}

#[test]
fn section_7_1_the_warm_up_is_300_seconds_when_nothing_else_is_said() {
    // Six tasks and no server: two come first, then a third must wait for the warm-up of those.
    let mut run = Run::begin(&managed(0, 9, &target(100), ""), 4);
    run.until(20 * MINUTE);
    let held = facts(&run, |fact| match fact {
        CapacityFact::ScalingHeld { why: Hold::WarmUp { until_ms }, .. } => Some(*until_ms),
        _ => None,
    });
    let launched = run.first("the launch", |kind| matches!(kind, Kind::InstanceLaunched { .. }));
    assert_eq!(held[0].1 - launched, 300 * SECOND);
    assert_eq!(changes(&run).iter().map(|(_, change)| *change).collect::<Vec<_>>(), [(0, 2), (2, 3)]);
    assert!(changes(&run)[1].0 >= held[0].1);
}

#[test]
fn section_7_2_a_value_a_minute_and_the_two_corner_cases() {
    let mut run = Run::begin(&managed(0, 0, &target(100), ""), 4);
    run.until(10 * MINUTE + SECOND);
    let values = reservations(&run);
    assert!(values.windows(2).all(|pair| pair[1].0 - pair[0].0 == MINUTE), "{values:?}");
    assert!(values.len() == 10 && values.iter().all(|(_, value)| *value == 1_000), "nothing there, nothing wanted: 100 %");
    assert!(changes(&run).is_empty());
    run.scale("web", 5).until(13 * MINUTE);
    assert_eq!(reservations(&run)[10].1, 2_000, "nothing there, something wanted: 200 %");
    assert_eq!(changes(&run)[0].1, (0, 2), "two servers first");
}

/// The first value of the metric once every task was asked for, and the first change of the group.
fn reaction(servers: u32, tasks: u32, percent: u32, rest: &str) -> (u32, Option<(u32, u32)>) {
    let mut run = Run::begin(&managed(servers, tasks, &target(percent), rest), 4);
    run.until(14 * MINUTE);
    (reservations(&run)[0].1, changes(&run).first().map(|(_, change)| *change))
}

#[test]
fn section_7_3_the_worked_examples_on_a_cluster() {
    assert_eq!(reaction(0, 5, 100, ""), (2_000, Some((0, 2))));
    assert_eq!(reaction(4, 18, 100, ""), (1_500, Some((4, 6))), "4 used, 6 waiting, 3 on each");
    assert_eq!(reaction(4, 18, 80, ""), (1_500, Some((4, 8))), "N* = 7.5");
    let packed = "placement_strategy = [\"binpack(memory)\"]";
    assert_eq!(reaction(3, 6, 100, packed), (667, None), "3, 1 empty: below, and not yet 15 values");
    assert_eq!(reaction(3, 6, 50, packed), (667, Some((3, 4))), "above 50: scale out");
    assert_eq!(reaction(10, 30, 90, packed), (1_000, Some((10, 12))), "10 used: a tenth to spare");
}

#[test]
fn section_7_3_a_tiny_task_on_each_of_five_never_scales_in() {
    let spread = "placement_strategy = [\"spread(instanceId)\"]";
    let mut run = Run::begin(&managed(5, 0, &target(100), spread), 4);
    run.until(5 * MINUTE).scale("web", 5).until(3 * HOUR);
    assert!(changes(&run).is_empty());
    assert_eq!(reservations(&run).last().unwrap().1, 1_000);
}

#[test]
fn section_7_3_steps_are_clamped_and_constraints_are_not_seen() {
    let steps = |steps: &str| {
        let scaling = format!("managed_scaling = {{ {steps} }}, managed_draining = \"DISABLED\"");
        let mut run = Run::begin(&managed(4, 24, &scaling, ""), 4);
        run.until(14 * MINUTE);
        changes(&run)[0].1
    };
    assert_eq!(steps("maximum_scaling_step_size = 2"), (4, 6));
    assert_eq!(steps("minimum_scaling_step_size = 5"), (4, 9));
    assert_eq!(steps(""), (4, 8));
    let nowhere = "placement_constraints = [\"memberOf(attribute:rack == r1)\"]";
    let (value, change) = reaction(2, 3, 100, nowhere);
    assert_eq!((value, change), (500, None), "they seem to fit on what is there");
}

#[test]
fn section_7_4_from_waiting_to_running_on_a_new_server_in_three_to_five_minutes() {
    let mut lengths = Vec::new();
    for seed in 0..12 {
        let mut run = Run::begin(&managed(2, 6, "managed_scaling = { instance_warmup_period = 60 }", ""), seed);
        run.until(5 * MINUTE).scale("web", 7).until(15 * MINUTE);
        let task = TaskId(7);
        let waited = entered(&run, task, TaskStatus::Running) - entered(&run, task, TaskStatus::Provisioning);
        assert!((110 * SECOND..=6 * MINUTE).contains(&waited), "seed {seed}: {waited}");
        lengths.push(waited);
    }
    lengths.sort_unstable();
    assert!((3 * MINUTE..=5 * MINUTE).contains(&lengths[6]), "{lengths:?}");
}

#[test]
fn section_7_4_fifteen_values_below_the_target_before_anything_goes() {
    let mut run = Run::begin(&managed(3, 6, &target(100), "placement_strategy = [\"binpack(memory)\"]"), 4);
    run.until(30 * MINUTE);
    let (at_ms, change) = changes(&run)[0];
    assert_eq!(change, (3, 2));
    assert!((15 * MINUTE..16 * MINUTE + 5 * SECOND).contains(&at_ms), "{at_ms}");
}

#[test]
fn section_7_5_a_scale_out_in_between_starts_the_count_anew() {
    let mut run = Run::begin(&managed(3, 6, &target(100), "placement_strategy = [\"binpack(memory)\"]"), 4);
    run.until(10 * MINUTE).scale("web", 11).until(20 * MINUTE);
    let out = changes(&run)[0];
    assert_eq!(out.1, (3, 4));
    run.scale("web", 6).until(HOUR);
    let scale_in = changes(&run)[1];
    assert!(scale_in.1.1 < scale_in.1.0);
    assert!(scale_in.0 >= 20 * MINUTE + 15 * MINUTE, "{}", scale_in.0);
    assert!(scale_in.0 >= out.0 + 15 * MINUTE);
}

#[test]
fn section_7_5_at_least_one_and_at_most_half_go_each_minute() {
    let mut run = Run::begin(&managed(10, 1, &target(100), ""), 4);
    run.until(40 * MINUTE);
    let steps: Vec<(u32, u32)> = changes(&run).iter().map(|(_, change)| *change).collect();
    assert_eq!(steps, [(10, 5), (5, 3), (3, 2), (2, 1)]);
    let times: Vec<Millis> = changes(&run).iter().map(|(at_ms, _)| *at_ms).collect();
    assert!(times.windows(2).all(|pair| (10 * SECOND..2 * MINUTE).contains(&(pair[1] - pair[0]))), "{times:?}");
}

#[test]
fn section_7_5_with_protection_only_an_empty_server_goes() {
    let scaling = "managed_scaling = {}, managed_termination_protection = \"ENABLED\", managed_draining = \"DISABLED\"";
    let mut run = Run::begin(&managed(3, 6, scaling, "placement_strategy = [\"binpack(memory)\"]"), 4);
    run.until(30 * MINUTE);
    let busy: Vec<InstanceId> = run.tasks("web").iter().filter_map(|task| known(&run, *task).instance).collect();
    let gone = facts(&run, |fact| match fact {
        CapacityFact::InstanceChosenForTermination { instance, .. } => Some(*instance),
        _ => None,
    });
    assert_eq!(gone.len(), 1);
    assert!(!busy.contains(&gone[0].1));
    assert!(run.times(|kind| matches!(kind, Kind::TaskStopDecided { .. })).is_empty());
}

/// Two busy servers, and someone lowers the group to one: how many servers are left, and why tasks ended.
fn lowered(protection: &str, draining: &str) -> (Run, usize, Vec<String>) {
    let scaling =
        format!("managed_scaling = {{}}, managed_termination_protection = \"{protection}\", managed_draining = \"{draining}\"");
    let spread = "placement_strategy = [\"spread(instanceId)\"]";
    let mut run = Run::begin(&managed(2, 0, &scaling, spread), 4);
    run.until(4 * MINUTE).scale("web", 2).until(7 * MINUTE);
    let lower = UpdateAutoScalingGroup {
        auto_scaling_group_name: "web".to_string(),
        desired_capacity: Some(1),
        // What came before was protected by the group.
        ..UpdateAutoScalingGroup::default()
    };
    run.give(Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(lower)));
    if protection == "DISABLED" {
        let free = ecs_playground::sim::command::capacity::SetInstanceProtection {
            auto_scaling_group_name: "web".to_string(),
            instance_ids: vec![InstanceId(1), InstanceId(2)],
            protected_from_scale_in: false,
        };
        run.give(Command::Capacity(CapacityCommand::SetInstanceProtection(free)));
    }
    run.until(10 * MINUTE);
    let reasons = run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::TaskStopped { reason, .. } => Some(reason.to_string()),
        _ => None,
    });
    let reasons: Vec<String> = reasons.collect();
    let left = run.sim.belief().registry.len() as usize;
    (run, left, reasons)
}

#[test]
fn section_7_5_the_four_ways_of_protection_and_draining() {
    for draining in ["ENABLED", "DISABLED"] {
        let (mut run, left, reasons) = lowered("ENABLED", draining);
        assert_eq!((left, reasons.len()), (2, 0), "busy servers are protected, draining {draining}");
        assert_eq!(facts(&run, |fact| matches!(fact, CapacityFact::ScaleInBlocked { .. }).then_some(())).len(), 1);
        // What must go all the same takes its tasks along.
        let task = run.tasks("web")[0];
        let instance = known(&run, task).instance.expect("on a server");
        run.give(Command::TerminateInstances { instance }).until(11 * MINUTE);
        assert_eq!(stopped(&run, task).1, format!("Host EC2 (instance {}) terminated.", instance.ec2_instance_id()));
    }
    let (run, left, reasons) = lowered("DISABLED", "ENABLED");
    assert_eq!(left, 1);
    assert!(reasons.len() == 1 && reasons[0].starts_with("Scaling activity initiated by"), "drained: {reasons:?}");
    let drained =
        run.first("DRAINING", |kind| matches!(kind, Kind::InstanceStatusChanged { status, .. } if status.name() == "DRAINING"));
    assert!(drained < run.first("the end", |kind| matches!(kind, Kind::InstanceTerminated { .. })));
    let (_, left, reasons) = lowered("DISABLED", "DISABLED");
    assert_eq!(left, 1);
    assert!(reasons.len() == 1 && reasons[0].starts_with("Host EC2 (instance i-"), "not drained: {reasons:?}");
}

#[test]
fn section_7_6_the_hook_holds_a_server_for_48_hours_at_most() {
    let scaling = "managed_scaling = {}, managed_draining = \"ENABLED\"";
    let scenario = managed(1, 0, scaling, "")
        .replace("new_instances_protected_from_scale_in = true", "new_instances_protected_from_scale_in = false");
    let mut run = Run::begin(&scenario, 4);
    run.until(4 * MINUTE);
    run.give(Command::RunTask(RunTask { task_definition: "web".to_string(), count: 1, ..RunTask::default() })).until(5 * MINUTE);
    let lower = UpdateAutoScalingGroup {
        auto_scaling_group_name: "web".to_string(),
        desired_capacity: Some(0),
        ..UpdateAutoScalingGroup::default()
    };
    run.give(Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(lower))).until(47 * HOUR);
    assert_eq!(known(&run, TaskId(1)).last_status, TaskStatus::Running, "a standalone task is left alone");
    assert_eq!(run.sim.belief().registry.iter().next().expect("it is held").status.name(), "DRAINING");
    run.until(49 * HOUR);
    let released = facts(&run, |fact| match fact {
        CapacityFact::TerminationReleased { why, .. } => Some(*why),
        _ => None,
    });
    assert_eq!(released.len(), 1);
    assert_eq!(released[0].1, Release::TimedOut);
    let held = facts(&run, |fact| matches!(fact, CapacityFact::TerminationHeld { .. }).then_some(()))[0].0;
    assert!((48 * HOUR..=48 * HOUR + MINUTE).contains(&(released[0].0 - held)));
}

/// Two servers, a service of two tasks; the first server is set to DRAINING.
fn drained(rest: &str, image_mib: u32) -> Run {
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";
    let images = format!("[images.\"web:1\"]\nsize_mib = {image_mib}\n");
    let mut run = Run::begin(&format!("{servers}{images}{}{}", definition("web", ""), service("web", 2, rest)), 4);
    run.until(2 * MINUTE);
    run.give(Command::RunTask(RunTask { task_definition: "web".to_string(), count: 1, ..RunTask::default() }));
    let status = InstanceStatusRequest::Draining;
    let instance = known(&run, run.tasks("web")[0]).instance.expect("on a server");
    run.give(Command::UpdateContainerInstancesState { instance, status });
    run
}

#[test]
fn section_7_6_min_100_waits_for_the_replacement_and_max_100_stops_first() {
    let gap = |rest: &str| {
        let mut run = drained(rest, 64);
        let old = run.tasks("web")[0];
        run.until(8 * MINUTE);
        let new = *run.tasks("web").last().unwrap();
        assert_ne!(known(&run, new).instance, known(&run, old).instance);
        let decided = run.first("the stop", |kind| matches!(kind, Kind::TaskStopDecided { task, .. } if *task == old));
        i64::try_from(decided).unwrap() - i64::try_from(known(&run, new).placed_at_ms()).unwrap()
    };
    assert!(gap("") >= 40_000, "healthy first");
    assert!(gap("minimum_healthy_percent = 50\nmaximum_percent = 100") <= 0, "stopped first");
}

#[test]
fn section_7_6_pending_tasks_are_stopped_at_once_and_others_left() {
    // The pull takes minutes: the tasks are PENDING.
    let mut run = drained("", 6_000);
    let (old, now_ms) = (TaskId(1), run.sim.now_ms());
    run.until(20 * MINUTE);
    assert!(!path(&run, old).contains("RUNNING"), "{}", path(&run, old));
    let stops = run.times(|kind| matches!(kind, Kind::TaskStopDecided { task, .. } if *task == old));
    assert!(stops[0] - now_ms <= 10 * SECOND, "{stops:?}");
    let alone = TaskId(3);
    assert!(known(&run, alone).service.is_none());
    assert_eq!(known(&run, alone).last_status, TaskStatus::Running);
    let back = Command::UpdateContainerInstancesState { instance: InstanceId(1), status: InstanceStatusRequest::Active };
    run.give(back);
    assert_eq!(run.sim.belief().registry.get(InstanceId(1)).unwrap().status.name(), "ACTIVE");
}

#[test]
fn section_7_6_without_spare_capacity_and_with_min_100_tasks_stay() {
    let servers = "servers = [{ type = \"t3.small\", zone = \"us-east-1a\" }, { type = \"t3.small\", zone = \"us-east-1b\" }]\n";
    let large = definition("web", "").replace("memory = 512", "memory = 1500");
    let mut run = Run::begin(&format!("{servers}{large}{}", service("web", 2, "")), 4);
    run.until(2 * MINUTE);
    let before = run.tasks("web");
    let status = InstanceStatusRequest::Draining;
    run.give(Command::UpdateContainerInstancesState { instance: InstanceId(1), status }).until(3 * HOUR);
    assert_eq!(run.tasks("web"), before);
    run.launch("t3.small", "us-east-1a", 1).until(3 * HOUR + 6 * MINUTE);
    assert!(run.tasks("web").iter().all(|task| known(&run, *task).instance != Some(InstanceId(1))), "until capacity arrives");
}

#[test]
fn section_7_7_definitions_for_managed_instances_are_read_though_the_option_is_left_out() {
    let text = |compatibility: &str| {
        format!(
            "{{\"family\":\"web\",\"requiresCompatibilities\":[\"{compatibility}\"],\"networkMode\":\"awsvpc\",\"cpu\":\"256\",\"memory\":\"512\",\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\"}}]}}"
        )
    };
    assert!(task_definition_from_json(&text("MANAGED_INSTANCES"), 1).is_ok());
    assert!(task_definition_from_json(&text("MANAGED"), 1).is_err());
    let left_out = ecs_playground::sim::ledger::entry("capacity.left-out").expect("the ledger says so");
    assert!(left_out.rule.contains("Managed Instances") && left_out.source.contains("§7.7"));
}
