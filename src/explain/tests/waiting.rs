//! Why tasks are where they are, or wait.

use crate::explain::causes::{causes, find};
use crate::explain::explanation::Outcome;
use crate::explain::fixes::{for_refused, for_task};
use crate::explain::refusals::why_throttled;
use crate::explain::starting::why_task_waits;
use crate::explain::testing::{Stage, family, launch, run_task, service};
use crate::explain::why::{why_here, why_run_failed, why_service_waits};
use crate::sim::command::capacity::CapacityCommand;
use crate::sim::command::{Command, CreateService, InstanceStatusRequest, LaunchType, RunTask};
use crate::sim::control_plane::task::Task;
use crate::sim::fault::{Direction, Fault, NetworkTarget};
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::placement::PlacementStrategy;
use crate::sim::model::task::TaskStatus;
use crate::sim::model::task_definition::{Compatibility, NetworkMode, TaskDefinition};
use crate::sim::observation::Kind;

fn task_where(stage: &Stage, is: impl Fn(&Task) -> bool) -> TaskId {
    stage.sim.belief().tasks.iter().find(|(_, task)| is(task)).map(|(id, _)| id).expect("there is such a task")
}

#[test]
fn a_service_that_waits_says_what_is_missing_where() {
    let mut stage = Stage::with(&["m5.large", "t3.micro", "m5.large"]);
    stage.register(family("big", 1_024, 6_500));
    let big = stage.service("big", 3);
    stage.run(40_000);
    let why = why_service_waits(&stage.sim, big).expect("one task waits");
    assert!(why.title.starts_with("big: 1 task waiting for "), "{}", why.title);
    let closest = stage.sim.belief().services[big].waiting.as_ref().unwrap().summary.closest.unwrap().0;
    assert!(
        why.sentence.contains(&format!("{} comes closest, but it has not enough memory left", closest.short())),
        "{}",
        why.sentence
    );
    assert!(why.sentence.contains("1,024 CPU units and 6,500 MiB"), "{}", why.sentence);
    let table = why.table.expect("there are servers");
    assert_eq!(table.rules, ["CPU 1,024", "memory 6,500 MiB"]);
    assert_eq!((table.rows.len(), table.rows[0].outcome, table.rows[0].instance), (3, Outcome::Closest, closest));
    let micro = table.rows.iter().find(|row| row.instance == InstanceId(2)).unwrap();
    assert_eq!(micro.cells[1].text, "931");
    assert_eq!((micro.cells[0].pass, micro.cells[1].pass, micro.outcome), (Some(true), Some(false), Outcome::Rejected));
    let said = why.service_text.unwrap();
    assert!(said.starts_with("(service big) was unable to place a task") && said.contains("insufficient memory"), "{said}");
}

#[test]
fn a_long_table_is_cut_and_counts_what_it_leaves_out() {
    let mut stage = Stage::with(&["t3.micro"; 20]);
    stage.register(family("big", 1_024, 2_000));
    let big = stage.service("big", 1);
    let table = why_service_waits(&stage.sim, big).unwrap().table.unwrap();
    assert_eq!((table.rows.len(), table.more.as_deref()), (12, Some("and 8 more: 8 fail on memory")));
}

#[test]
fn a_placement_is_told_step_by_step() {
    let mut stage = Stage::with(&["m5.large", "m5.large", "m5.large", "t3.micro"]);
    stage.register(family("web", 256, 1_000));
    stage.give(Command::CreateService(service("web", 4)));
    let before = stage.clone();
    stage.run(12_000);
    let last = stage.sim.belief().tasks.ids().next_back().unwrap();
    let mut replay = before;
    replay.sim.capture(stage.sim.belief().tasks[last].decision);
    replay.run(12_000);
    let decision = replay.sim.belief().captured().expect("it was recorded").clone();
    let why = why_here(&stage.sim, &stage.log, last, Some(&decision)).unwrap();
    let server = stage.sim.belief().tasks[last].instance.unwrap();
    assert_eq!(why.title, format!("web · {} is on {}", last.short(), server.short()));
    assert!(why.sentence.starts_with("3 of 4 servers could take it; a service without a placement strategy"), "{}", why.sentence);
    let names: Vec<&str> = why.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["spread(attribute:ecs.availability-zone)", "spread(instanceId)"]);
    assert!(why.steps[0].sentence.starts_with("Fewest tasks of web in the zone: us-east-1"), "{}", why.steps[0].sentence);
    assert!(why.steps[0].scores.iter().any(|(_, _, kept)| *kept));
    assert_eq!(why.table.unwrap().rows[0].outcome, Outcome::Chosen);
}

#[test]
fn a_random_placement_says_that_chance_took_it() {
    let mut stage = Stage::with(&["m5.large", "m5.large"]);
    stage.register(family("web", 256, 1_000));
    let mut request = run_task("web");
    request.placement_strategy = vec![PlacementStrategy::Random];
    let mut replay = stage.clone();
    stage.give(Command::RunTask(request.clone()));
    let task = stage.sim.belief().tasks.ids().next().unwrap();
    replay.sim.capture(stage.sim.belief().tasks[task].decision);
    replay.give(Command::RunTask(request));
    let decision = replay.sim.belief().captured().unwrap().clone();
    let why = why_here(&stage.sim, &stage.log, task, Some(&decision)).unwrap();
    assert!(why.sentence.contains("chance took"), "{}", why.sentence);
    assert!(why.tie_break.unwrap().contains("a draw from the seed"));
}

#[test]
fn a_run_task_without_a_place_names_the_reason_of_the_api() {
    let mut stage = Stage::with(&["t3.micro"]);
    stage.register(family("big", 1_024, 2_000));
    stage.give(Command::RunTask(run_task("big")));
    let failed = stage.newest(|kind| matches!(kind, Kind::PlacementFailed { .. })).id;
    let why = why_run_failed(&stage.sim, &stage.log, failed).unwrap();
    assert_eq!(why.service_text.as_deref(), Some("failures[0].reason: RESOURCE:MEMORY"));
    assert!(why.sentence.ends_with("RunTask tries once and gives up; run it again when there is room."), "{}", why.sentence);
}

#[test]
fn a_throttled_call_names_its_bucket_and_when_to_ask_again() {
    let mut stage = Stage::with(&["t3.micro"]);
    let web = Command::RegisterTaskDefinition(Box::new(family("web", 64, 64)));
    (0..20).for_each(|_| stage.give(web.clone()));
    stage.run(400);
    assert!(stage.sim.apply(&web, &mut stage.log).is_err());
    let refused = stage.newest(|kind| matches!(kind, Kind::CommandRefused { .. })).id;
    let why = why_throttled(&stage.sim, &stage.log, refused).unwrap();
    assert_eq!(why.service_text.as_deref(), Some("ThrottlingException: Rate exceeded"));
    let sentence = "Calls of this sort come out of one bucket of the account: 20 at once, and 1 a second after that. It was empty; the \
                    next call was to be taken 0.6 s later, from 0:03.0 on. From now on that is in 0.6 s: ask again then.";
    assert!(why.sentence.starts_with(sentence), "{}", why.sentence);
    assert_eq!(why.grids[0].title, "Task definition modify actions");
    assert_eq!(why.grids[0].rows[2], ["In the bucket then", "0.4"]);
    assert_eq!(for_refused(&stage.sim, "ThrottlingException", &web), []);
    stage.run(600);
    let why = why_throttled(&stage.sim, &stage.log, refused).unwrap();
    assert!(why.sentence.contains("There is a call in it now: ask again."), "{}", why.sentence);
    assert_eq!(why.grids[0].rows[3], ["In it now", "1.0"]);
    let again = for_refused(&stage.sim, "ThrottlingException", &web);
    assert_eq!(again[0].commands, [web]);
}

#[test]
fn a_task_behind_a_stopping_one_waits_in_the_agents_queue() {
    let mut stage = Stage::with(&["t3.micro"]);
    stage.register(family("web", 1_024, 800));
    stage.give(Command::RunTask(run_task("web")));
    stage.run(30_000);
    let old = task_where(&stage, Task::is_running);
    stage.give(Command::StopTask { task: old, reason: None });
    stage.give(Command::RunTask(run_task("web")));
    stage.run(200);
    let new = task_where(&stage, |task| task.last_status == TaskStatus::Pending);
    let why = why_task_waits(&stage.sim, new).unwrap();
    let holder = format!("in truth web · {} still holds the room", old.short());
    assert!(why.sentence.contains(&holder), "{}", why.sentence);
    let stopping = why_task_waits(&stage.sim, old).unwrap();
    assert!(stopping.sentence.contains("SIGTERM"), "{}", stopping.sentence);
}

#[test]
fn a_task_on_a_dead_server_names_belief_and_truth() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    stage.give(Command::InjectFault(Fault::ServerDeath { instance: InstanceId(1) }));
    stage.give(Command::RunTask(run_task("web")));
    stage.run(5_000);
    let task = task_where(&stage, |_| true);
    let why = why_task_waits(&stage.sim, task).unwrap();
    assert!(why.sentence.contains("In truth the server has no power"), "{}", why.sentence);
    assert!(why.sentence.contains("still believes it connected"), "{}", why.sentence);
}

#[test]
fn a_task_that_runs_has_nothing_to_wait_for() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let web = stage.service("web", 1);
    stage.run(30_000);
    assert_eq!(why_task_waits(&stage.sim, task_where(&stage, |_| true)), None);
    assert_eq!(why_service_waits(&stage.sim, web), None);
}

#[test]
fn an_image_that_cannot_be_pulled_is_the_registrys_fault() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    stage.give(Command::InjectFault(Fault::RegistryFailure));
    stage.give(Command::RunTask(run_task("web")));
    stage.run(3_000);
    let why = why_task_waits(&stage.sim, task_where(&stage, |_| true)).unwrap();
    assert!(why.sentence.contains("the image registry fails"), "{}", why.sentence);
    assert!(why.sentence.ends_with("ECS only sees that it is PENDING."), "{}", why.sentence);
}

#[test]
fn a_fargate_task_that_stops_goes_on_until_it_is_told() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(TaskDefinition {
        network_mode: NetworkMode::Awsvpc,
        cpu_units: Some(256),
        memory_mib: Some(512),
        requires_compatibilities: vec![Compatibility::Fargate],
        ..family("web", 256, 512)
    });
    stage.give(Command::RunTask(RunTask { launch_type: LaunchType::Fargate, ..run_task("web") }));
    stage.run(60_000);
    let task = task_where(&stage, |task| task.last_status == TaskStatus::Running);
    stage.give(Command::StopTask { task, reason: None });
    let mut says = |after_ms, words: &str| {
        stage.run(after_ms);
        let why = why_task_waits(&stage.sim, task).unwrap();
        assert!(why.sentence.contains(words), "{}", why.sentence);
    };
    says(5_000, "in truth its containers go on");
    says(12_000, "its network interface");
}

#[test]
fn causes_lead_from_the_cut_network_to_the_waiting_service() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let cut = Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(1)), direction: Direction::Both };
    stage.give(Command::InjectFault(cut));
    stage.run(200_000);
    let web = stage.service("web", 1);
    let failed = stage.sim.belief().services[web].waiting.as_ref().unwrap().observation;
    let chain = causes(&stage.sim, &stage.log, failed);
    assert_eq!(chain.first().map(|cause| cause.number), Some(1));
    assert_eq!(chain.last().map(|cause| cause.observation), Some(failed));
    assert!(chain.iter().any(|cause| cause.text.starts_with("Fault: The network between")), "{chain:?}");
    assert!(chain.is_sorted_by_key(|cause| cause.at_ms));
    assert_eq!(find(&stage.log, failed).unwrap().id, failed);
}

#[test]
fn a_drained_server_shows_its_status() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.give(Command::UpdateContainerInstancesState { instance: InstanceId(1), status: InstanceStatusRequest::Draining });
    stage.give(Command::LaunchInstances(launch("m5.large", "us-east-1a")));
    stage.register(family("web", 256, 512));
    let web = stage.service("web", 1);
    let why = why_service_waits(&stage.sim, web).unwrap();
    let table = why.table.unwrap();
    assert_eq!(table.rules[0], "status");
    assert_eq!(table.rows[0].cells[0].text, "DRAINING");
    assert!(why.sentence.starts_with("The cluster has no ACTIVE server"), "{}", why.sentence);
}

fn capacity(stage: &mut Stage, command: &str, request: serde_json::Value) {
    let command: CapacityCommand = serde_json::from_value(serde_json::json!({ command: request })).expect("a command");
    stage.give(Command::Capacity(command));
}

#[test]
fn a_task_that_waits_for_a_group_at_its_maximum_says_so_and_what_would_help() {
    let mut stage = Stage::with(&[]);
    stage.register(family("web", 256, 1_000));
    let group =
        serde_json::json!({ "auto_scaling_group_name": "g", "min_size": 0, "max_size": 0, "instance_types": ["m5.large"] });
    capacity(&mut stage, "CreateAutoScalingGroup", group);
    let on = serde_json::json!({ "auto_scaling_group": "g", "managed_scaling": {} });
    capacity(&mut stage, "CreateCapacityProvider", serde_json::json!({ "name": "cp", "auto_scaling_group_provider": on }));
    let item = serde_json::json!([{ "capacity_provider": "cp", "weight": 1 }]);
    let put = serde_json::json!({ "capacity_providers": ["cp"], "default_capacity_provider_strategy": item });
    capacity(&mut stage, "PutClusterCapacityProviders", put);
    let strategy = serde_json::from_value(serde_json::json!([{ "capacity_provider": "cp", "weight": 1 }])).expect("a strategy");
    stage.give(Command::CreateService(CreateService { capacity_provider_strategy: Some(strategy), ..service("web", 1) }));
    stage.run(200_000);
    let task = task_where(&stage, Task::waits_for_capacity);
    let why = why_task_waits(&stage.sim, task).expect("it waits");
    assert_eq!(
        why.sentence,
        "No server of capacity provider cp has room for it. Its auto scaling group g has 0 servers, a desired capacity of 0 and a \
         maximum of 0. Managed scaling waits: its auto scaling group is at its maximum of 0."
    );
    assert_eq!(why.grids[0].rows, [["web:1", "1", "1 new server"]]);
    let of_metric: Vec<(&str, &str)> = why.grids[1].rows.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
    assert_eq!(of_metric[1], ("0 − 0 empty + 1 new", "1"));
    assert_eq!(of_metric[2], ("no server yet", "200 %"));
    assert_eq!(of_metric[4], ("first step from zero", "2"));
    let fixes = for_task(&stage.sim, task);
    assert_eq!(fixes.len(), 1);
    assert_eq!(fixes[0].label, "Raise maximum and desired capacity of auto scaling group g to 1");
}
