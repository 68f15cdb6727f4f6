//! Disks of servers: what fills them, what becomes of tasks then, and what agents clean up (ecs.md §2.3, §10, §14 #31, §16).

mod common;

use common::scenario::{Run, definition};
use ecs_playground::explain::starting::why_task_waits;
use ecs_playground::sim::command::platform::{ConfigureAgent, ModifyVolume, PlatformCommand, PutImage, SetDiskWrites};
use ecs_playground::sim::command::{Command, RunTask};
use ecs_playground::sim::data_plane::disk::DiskUse;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::agent_configuration::{PullBehavior, StorageDriver};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::platform::{Bottleneck, PlatformFact};
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};
use ecs_playground::sim::tuning::Tuning;

const SERVER: &str = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n";
const FIRST: InstanceId = InstanceId(1);
/// What a server has for images, logs and layers.
const CAPACITY_MIB: u64 = 26 * 1_024;
/// An image of 64 MiB on disk.
const IMAGE_MIB: u64 = 64 * 27 / 10;

fn app(family: &str, lines: &str) -> String {
    format!("{SERVER}[apps.{family}]\n{lines}\n")
}

fn run(family: &str) -> Command {
    let (task_definition, count) = (family.to_string(), 1);
    Command::RunTask(RunTask { task_definition, count, capacity_provider_strategy: Some(Vec::new()), ..RunTask::default() })
}

fn platform(run: &Run, accepts: impl Fn(&PlatformFact) -> bool) -> Vec<Millis> {
    run.times(|kind| matches!(kind, Kind::Platform(fact) if accepts(fact)))
}

fn fills(run: &Run) -> Vec<Millis> {
    platform(run, |fact| matches!(fact, PlatformFact::DiskFilled { .. }))
}

fn disk(run: &Run) -> DiskUse {
    run.sim.truth().disk_use(FIRST, run.sim.now_ms(), run.sim.tuning())
}

fn started(run: &Run, family: &str) -> Millis {
    run.first("its start", |kind| matches!(kind, Kind::ContainerStarted { container, .. } if **container == *family))
}

/// A reason of a container that never ran.
fn reasons(run: &Run) -> Vec<String> {
    let exits = run.sim.belief().tasks.iter().flat_map(|(_, task)| &task.exits);
    exits.filter_map(|exit| exit.reason.as_ref().map(ToString::to_string)).collect()
}

#[test]
fn section_10_a_json_file_log_without_rotation_grows_until_the_disk_is_full() {
    let scenario = app("web", "log_kib_per_second = 20480") + &definition("web", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("web")).until(10 * MINUTE);
    let since = started(&world, "web");
    let written = (10 * MINUTE - since) * 20 / SECOND;
    assert_eq!((disk(&world).images_mib, disk(&world).logs_mib), (IMAGE_MIB, written), "20 MiB a second");
    world.until(HOUR);
    let left_ms = (CAPACITY_MIB - IMAGE_MIB) * SECOND / 20;
    assert_eq!(fills(&world), [since + left_ms]);
    assert_eq!(disk(&world).used_mib(), CAPACITY_MIB, "and not a byte more");
    let exits = world.times(|kind| matches!(kind, Kind::ContainerExited { .. }));
    assert!(exits.is_empty(), "it runs on, and its log is lost");
}

#[test]
fn section_10_rotated_logs_and_logs_sent_away_do_not_fill_a_disk() {
    let rotated = ", logConfiguration = { logDriver = \"json-file\", options = { max-size = \"50m\", max-file = \"3\" } }";
    for (log, most_mib) in
        [(rotated, 150), (", logConfiguration = { logDriver = \"awslogs\", options = { awslogs-group = \"web\" } }", 0)]
    {
        let scenario = app("web", "log_kib_per_second = 20480") + &definition("web", log);
        let mut world = Run::begin(&scenario, 3);
        world.give(run("web")).until(2 * HOUR);
        assert_eq!((disk(&world).logs_mib, fills(&world)), (most_mib, vec![]), "{log}");
    }
}

#[test]
fn section_14_31_without_room_no_image_is_pulled_and_no_container_is_created() {
    let scenario = app("web", "log_kib_per_second = 204800") + &definition("web", "") + &definition("other", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("web")).until(5 * MINUTE).give(run("web")).give(run("other")).until(6 * MINUTE);
    assert_eq!(fills(&world).len(), 1);
    assert_eq!(
        reasons(&world),
        [
            "CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2: no space left on device",
            "CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /var/lib/docker/overlay2: no space left on device",
        ]
    );
    let failed = world.last("the failure", |kind| matches!(kind, Kind::ContainerCreateFailed { .. }));
    let causes = world.chain(failed);
    assert!(matches!(causes[1], Kind::Platform(fact) if matches!(**fact, PlatformFact::DiskFilled { .. })), "{causes:?}");
    assert!(causes.iter().any(|kind| matches!(kind, Kind::ContainerStarted { .. })), "the one that wrote: {causes:?}");
}

#[test]
fn section_14_31_a_thin_pool_keeps_a_tenth_of_its_blocks_back() {
    let scenario = app("web", "log_kib_per_second = 20480") + &definition("web", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(Command::Platform(PlatformCommand::ConfigureAgent(ConfigureAgent {
        storage_driver: Some(StorageDriver::Devicemapper),
        ..ConfigureAgent::default()
    })));
    // 26,624 MiB are 53,248 blocks; after 20 minutes some 2,400 MiB are left.
    world.give(run("web")).until(20 * MINUTE).give(run("web")).until(21 * MINUTE);
    let reason = &reasons(&world)[0];
    let expected = " free data blocks which is less than minimum required 5324 free data blocks. Create more free space in thin pool or use dm.min_free_space option to change behavior";
    assert!(
        reason.starts_with("CannotCreateContainerError: Error response from daemon: devmapper: Thin Pool has 5128"),
        "{reason}"
    );
    assert!(reason.ends_with(expected), "{reason}");
}

#[test]
fn section_10_an_app_that_cannot_write_its_layer_ends() {
    let scenario = app("web", "layer_kib_per_second = 204800") + &definition("web", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("web")).until(5 * MINUTE);
    let exit = world.last("its exit", |kind| matches!(kind, Kind::ContainerExited { exit_code: 1, .. }));
    let causes = world.chain(exit);
    assert!(matches!(causes[1], Kind::Platform(fact) if matches!(**fact, PlatformFact::DiskFilled { .. })), "{causes:?}");
    let held = disk(&world);
    assert_eq!((held.layers_mib, held.stopped_mib), (0, CAPACITY_MIB - IMAGE_MIB), "its layer stays");
}

#[test]
fn section_2_3_containers_of_stopped_tasks_go_after_three_hours() {
    let scenario = app("job", "runs_for = \"60s\"\nlog_kib_per_second = 1024") + &definition("job", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("job")).until(2 * MINUTE);
    let stopped = world.first("its end", |kind| matches!(kind, Kind::ContainerExited { .. }));
    assert_eq!(disk(&world).stopped_mib, 60);
    world.until(5 * HOUR);
    assert_eq!(
        platform(&world, |fact| matches!(fact, PlatformFact::ContainersRemoved { freed_mib: 60, .. })),
        [stopped + 3 * HOUR]
    );
    assert_eq!(disk(&world).used_mib(), 0, "its image has gone in the next half hour");
    let removed = platform(&world, |fact| matches!(fact, PlatformFact::ImageRemoved { .. }));
    assert_eq!(removed, [(stopped + 3 * HOUR).next_multiple_of(30 * MINUTE)]);
}

#[test]
fn section_2_3_a_silent_agent_cleans_nothing_up() {
    let scenario = app("job", "runs_for = \"60s\"\nlog_kib_per_second = 1024") + &definition("job", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("job")).until(2 * MINUTE);
    world.inject(ecs_playground::sim::fault::Fault::AgentStop { instance: FIRST }).until(5 * HOUR);
    assert_eq!(disk(&world).stopped_mib, 60);
    world.give(Command::HealFault { fault: ecs_playground::sim::ids::FaultId(1) });
    let removed = platform(&world, |fact| matches!(fact, PlatformFact::ContainersRemoved { .. }));
    assert_eq!(removed, [5 * HOUR], "it does so when it comes back");
}

#[test]
fn section_16_five_images_at_a_time_the_one_used_longest_ago_first() {
    let mut scenario = SERVER.to_string();
    for number in 0..7 {
        scenario += &format!("[apps.job{number}]\nruns_for = \"30s\"\n");
    }
    for number in 0..7 {
        scenario += &definition(&format!("job{number}"), "");
    }
    let mut world = Run::begin(&scenario, 3);
    world.give(Command::Platform(PlatformCommand::ConfigureAgent(ConfigureAgent {
        ecs_engine_task_cleanup_wait_duration_seconds: Some(60),
        ..ConfigureAgent::default()
    })));
    for number in 0..7_u64 {
        world.until((1 + number) * MINUTE).give(run(&format!("job{number}")));
    }
    world.until(3 * HOUR);
    let mut removed = Vec::new();
    for observation in &world.log {
        if let Kind::Platform(fact) = &observation.kind
            && let PlatformFact::ImageRemoved { image, .. } = &**fact
        {
            removed.push((observation.at_ms / MINUTE, image.to_string()));
        }
    }
    let expected: Vec<_> = (0..7).map(|number| (if number < 5 { 90 } else { 120 }, format!("job{number}:1"))).collect();
    assert_eq!(removed, expected, "the last was pulled at 7 minutes: at 60 minutes none is an hour old");
}

#[test]
fn a_larger_volume_makes_room_and_writers_go_on() {
    let scenario = app("web", "log_kib_per_second = 204800") + &definition("web", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("web")).until(5 * MINUTE);
    let grow =
        |size| Command::Platform(PlatformCommand::ModifyVolume(ModifyVolume { size: Some(size), ..ModifyVolume::default() }));
    let refusal = world.sim.apply(&grow(29), &mut world.log).unwrap_err();
    assert_eq!(refusal.message, "New size cannot be smaller than existing size 30.");
    world.give(grow(31)).until(6 * MINUTE);
    assert_eq!(fills(&world)[1], 5 * MINUTE + 1_024 * 5, "a GiB lasts five seconds");
}

#[test]
fn an_image_on_disk_stays_as_it_was_pulled_whatever_is_pushed_under_its_name() {
    let scenario = app("web", "log_kib_per_second = 20480") + &definition("web", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("web")).until(5 * MINUTE);
    let push = PutImage { image: "web:1".to_string(), size_mib: 10_000 };
    world.give(Command::Platform(PlatformCommand::PutImage(push))).until(HOUR);
    assert_eq!(disk(&world).images_mib, IMAGE_MIB);
    assert_eq!(fills(&world), [started(&world, "web") + (CAPACITY_MIB - IMAGE_MIB) * SECOND / 20], "as without it");
}

#[test]
fn an_image_that_comes_shortly_before_a_disk_is_full_does_not_hide_that_it_is() {
    let scenario = app("web", "log_kib_per_second = 204800") + &definition("web", "") + &definition("other", "");
    // Somewhere in these fifteen seconds the disk fills between the pull of the second task and its start.
    let offsets = (0..60).map(|quarter| 124 * SECOND + quarter * 250);
    let mut between = 0;
    for at_ms in offsets {
        let mut world = Run::begin(&scenario, 3);
        world.give(run("web")).until(at_ms).give(run("other")).until(5 * MINUTE);
        assert_eq!((fills(&world).len(), disk(&world).used_mib()), (1, CAPACITY_MIB), "begun at {at_ms} ms");
        let pulled = world.times(|kind| matches!(kind, Kind::ImagePullFinished { image, .. } if **image == *"other:1"));
        let ran = world.times(|kind| matches!(kind, Kind::ContainerStarted { container, .. } if **container == *"other"));
        between += usize::from(pulled < fills(&world) && ran > fills(&world));
    }
    assert!(between > 0, "no run was close enough");
}

#[test]
fn apps_may_begin_to_write_while_they_run() {
    let mut world = Run::begin(&(SERVER.to_string() + &definition("web", "")), 3);
    let writes = |rate| {
        let (family, log_kib_per_second) = ("web".to_string(), Some(rate));
        Command::Platform(PlatformCommand::SetDiskWrites(SetDiskWrites {
            family,
            log_kib_per_second,
            layer_kib_per_second: None,
        }))
    };
    world.give(run("web")).until(MINUTE).give(writes(1_024)).until(2 * MINUTE).give(writes(0)).until(3 * MINUTE);
    assert_eq!(disk(&world).logs_mib, 60);
    let unknown = Command::Platform(PlatformCommand::SetDiskWrites(SetDiskWrites {
        family: "nobody".to_string(),
        log_kib_per_second: None,
        layer_kib_per_second: None,
    }));
    assert!(world.sim.apply(&unknown, &mut world.log).is_err());
}

const LARGE: &str = "[images.\"a:1\"]\nsize_mib = 1264\n[images.\"b:1\"]\nsize_mib = 1264\n";

/// How long the pull of each task took, in seconds, in order of their ends.
fn pull_seconds(world: &Run) -> Vec<u64> {
    let began = |task| world.first("its pull", |kind| matches!(kind, Kind::ImagePullStarted { task: of, .. } if *of == task));
    let ended = world.log.iter().filter_map(|observation| match observation.kind {
        Kind::ImagePullFinished { task, .. } => Some((observation.at_ms - began(task)) / SECOND),
        _ => None,
    });
    ended.collect()
}

#[test]
fn section_10_large_pulls_on_one_server_slow_each_other_and_placement_does_not_see_it() {
    let scenario = SERVER.to_string() + LARGE + &definition("a", "") + &definition("b", "");
    let mut alone = Run::begin(&scenario, 3);
    alone.give(run("a")).until(5 * MINUTE);
    let mut both = Run::begin(&scenario, 3);
    both.give(run("a")).give(run("b")).until(40 * SECOND);
    let waits = both.sim.belief().tasks.ids().next().and_then(|task| why_task_waits(&both.sim, task)).expect("it is PENDING");
    assert!(waits.sentence.contains("the volume of i-0e11 has no more to give, shared with 1 other pull"), "{}", waits.sentence);
    both.until(5 * MINUTE);
    // 1,200 MiB alone at 30 MiB a second; 3,000 operations of 32 KiB unpack 34.7 MiB a second for both.
    assert_eq!(pull_seconds(&alone), [43]);
    let slowed = pull_seconds(&both);
    assert!(slowed.iter().all(|seconds| (70..=75).contains(seconds)), "{slowed:?}");
    let placed = both.times(|kind| matches!(kind, Kind::TaskPlaced { .. }));
    assert_eq!(placed, [SECOND, SECOND], "and were placed at once");
    let pulled = both.last("the end of a pull", |kind| matches!(kind, Kind::ImagePullFinished { .. }));
    let causes = both.chain(pulled);
    assert!(matches!(causes[1], Kind::Platform(fact) if matches!(**fact, PlatformFact::PullsHeldBack { .. })), "{causes:?}");
}

#[test]
fn section_10_pulls_of_one_image_come_together() {
    let mut world = Run::begin(&(SERVER.to_string() + LARGE + &definition("a", "")), 3);
    world.give(run("a")).give(run("a")).until(5 * MINUTE);
    let seconds = pull_seconds(&world);
    assert!(seconds.iter().all(|seconds| (40..=45).contains(seconds)), "{seconds:?}");
}

#[test]
fn section_10_what_apps_write_takes_from_what_pulls_get() {
    let scenario = app("b", "layer_kib_per_second = 61440") + LARGE + &definition("a", "") + &definition("b", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(run("b")).until(2 * MINUTE).give(run("a")).until(10 * MINUTE);
    // 94 MiB less 60 MiB a second are 12.5 MiB of image.
    let seconds = *pull_seconds(&world).last().expect("two pulls");
    assert!((94..=102).contains(&seconds), "{seconds}");
}

#[test]
fn section_10_a_small_server_has_its_baseline_when_its_network_credits_are_spent() {
    let mut tuning = Tuning::default();
    tuning.platform.network_burst_ms = SECOND;
    let server = "servers = [{ type = \"t3.micro\", zone = \"us-east-1a\" }]\n[images.\"a:1\"]\nsize_mib = 1664\n";
    let mut world = Run::tuned(&(server.to_string() + &definition("a", "")), 3, tuning);
    world.give(run("a")).until(20 * MINUTE);
    // One second at 5 Gbit/s above 64 Mbit/s is 588 MiB; at 30 MiB/s against 7.6 it lasts for 788 MiB, the other 812 take 106 s.
    let spent = platform(&world, |fact| matches!(fact, PlatformFact::BurstSpent { what: Bottleneck::Network, .. }));
    assert_eq!(spent.len(), 1);
    assert!((132..=138).contains(&pull_seconds(&world)[0]), "{:?}", pull_seconds(&world));
}

#[test]
fn section_2_3_an_image_that_was_cleaned_up_is_pulled_once_more() {
    let scenario = app("job", "runs_for = \"30s\"") + &definition("job", "");
    let mut world = Run::begin(&scenario, 3);
    world.give(Command::Platform(PlatformCommand::ConfigureAgent(ConfigureAgent {
        ecs_image_pull_behavior: Some(PullBehavior::Once),
        ecs_engine_task_cleanup_wait_duration_seconds: Some(60),
        ..ConfigureAgent::default()
    })));
    world.give(run("job")).until(10 * MINUTE).give(run("job")).until(2 * HOUR).give(run("job")).until(3 * HOUR);
    let cached: Vec<bool> = world
        .log
        .iter()
        .filter_map(|observation| match observation.kind {
            Kind::ImagePullFinished { cached, .. } => Some(cached),
            _ => None,
        })
        .collect();
    assert_eq!(cached, [false, true, false]);
}
