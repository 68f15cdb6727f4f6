//! Fixes: the right ones are offered, and every one that is offered works.

use crate::explain::answers::{self, Inquiry};
use crate::explain::fixes::{Fix, MOST_FIXES, for_inquiry, for_run, for_service, for_task};
use crate::explain::testing::{Stage, container, family, launch, run_task, service};
use crate::explain::why::{run_task_behind, why_service_waits};
use crate::sim::command::platform::{PlatformCommand, PutImage, SetDiskWrites};
use crate::sim::command::{Command, InstanceStatusRequest, UpdateService};
use crate::sim::fault::{Direction, Fault, NetworkTarget};
use crate::sim::ids::{InstanceId, ServiceId};
use crate::sim::model::alarm::AlarmState;
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::placement::PlacementConstraint;
use crate::sim::model::start_error::StartError;
use crate::sim::model::task_definition::{NetworkMode, PortMapping, Protocol};
use crate::sim::observation::Kind;
use crate::sim::random::{Concern, Stream};
use crate::sim::time::MINUTE;

fn labels(fixes: &[Fix]) -> Vec<&str> {
    fixes.iter().map(|fix| fix.label.as_str()).collect()
}

/// Applied to a copy, the fix brings a new task of the service to RUNNING; without it none comes.
fn assert_works(stage: &Stage, service: ServiceId, fix: &Fix) {
    let mut copy = stage.clone();
    let first_new = copy.sim.belief().tasks.next_id();
    for command in &fix.commands {
        copy.give(command.clone());
    }
    copy.run(8 * MINUTE);
    let runs = copy
        .sim
        .belief()
        .tasks
        .iter()
        .any(|(id, task)| id >= first_new && task.service.is_some_and(|(of, _)| of == service) && task.is_running());
    assert!(runs, "{fix:?} does not help:\n{:#?}", copy.sim.belief().services[service].waiting);
}

#[test]
fn too_little_memory_offers_less_a_server_fargate_and_room() {
    let mut stage = Stage::with(&["m5.large", "m5.large"]);
    stage.register(family("job", 100, 3_300));
    stage.give(Command::RunTask(run_task("job")));
    stage.run(20_000);
    stage.register(family("big", 500, 5_000));
    let big = stage.service("big", 2);
    let fixes = for_service(&stage.sim, big);
    let job = stage.sim.belief().tasks.ids().next().unwrap();
    let on = stage.sim.belief().tasks[job].instance.unwrap();
    assert_eq!(
        labels(&fixes),
        [
            "Ask for 4,685 MiB or less".to_owned(),
            "Add one m5.large in us-east-1a".to_owned(),
            "Use Fargate: 1 vCPU and 5 GB".to_owned(),
            format!("Stop job · {}: frees 3,300 MiB on {}", job.short(), on.short()),
        ]
    );
    fixes.iter().for_each(|fix| assert_works(&stage, big, fix));
}

#[test]
fn a_cut_network_is_healed_first() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let cut = Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(1)), direction: Direction::Both };
    stage.give(Command::InjectFault(cut));
    stage.run(200_000);
    let web = stage.service("web", 1);
    let fixes = for_service(&stage.sim, web);
    assert_eq!(fixes[0].label, format!("Heal the network between {} and ECS", InstanceId(1).short()));
    assert_eq!(fixes[1].label, "Add one m5.large in us-east-1b");
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

#[test]
fn a_drained_server_can_be_made_active() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let instance = InstanceId(1);
    stage.give(Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Draining });
    let web = stage.service("web", 1);
    let fixes = for_service(&stage.sim, web);
    assert_eq!(fixes[0].label, format!("Make {} ACTIVE again", instance.short()));
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

#[test]
fn constraints_can_be_dropped_one_by_one() {
    let mut stage = Stage::with(&["m5.large", "m5.large"]);
    stage.register(family("web", 256, 512));
    let mut request = service("web", 3);
    let arm = PlacementConstraint::parse("memberOf", Some("attribute:ecs.cpu-architecture == x86_64")).unwrap();
    request.placement_constraints = vec![PlacementConstraint::DistinctInstance, arm.clone()];
    stage.give(Command::CreateService(request));
    stage.run(12_000);
    let web = stage.sim.belief().service_named("web").unwrap();
    let fixes = for_service(&stage.sim, web);
    assert_eq!(labels(&fixes)[..2], ["Drop distinctInstance", "Add one m5.large in us-east-1a"]);
    let kept = UpdateService { service: "web".to_owned(), placement_constraints: Some(vec![arm]), ..UpdateService::default() };
    assert_eq!(fixes[0].commands, [Command::UpdateService(kept)]);
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

#[test]
fn a_taken_port_needs_a_server_not_less_memory() {
    let mut stage = Stage::with(&["m5.large"]);
    let mut definition = family("web", 256, 512);
    definition.containers[0].port_mappings = vec![PortMapping { container_port: 80, host_port: 80, protocol: Protocol::Tcp }];
    stage.register(definition);
    let web = stage.service("web", 2);
    let fixes = for_service(&stage.sim, web);
    assert_eq!(labels(&fixes), ["Add one m5.large in us-east-1b", "Use Fargate: 0.25 vCPU and 0.5 GB"]);
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

/// One server, whose disk an image of 25 GB has filled, and a service that cannot start there.
fn full_of_images() -> (Stage, ServiceId) {
    let mut stage = Stage::with(&["m5.large"]);
    for (image, size_mib) in [("model:latest", 9_000), ("web:latest", 1_000)] {
        let image = PutImage { image: image.to_owned(), size_mib };
        stage.give(Command::Platform(PlatformCommand::PutImage(image)));
    }
    stage.register(family("model", 256, 512));
    stage.register(family("web", 256, 512));
    stage.service("model", 1);
    stage.run(8 * MINUTE);
    let web = stage.service("web", 1);
    (stage, web)
}

#[test]
fn a_full_disk_offers_a_larger_volume_or_another_server() {
    let (mut stage, web) = full_of_images();
    stage.run(MINUTE);
    let why = why_service_waits(&stage.sim, web).expect("it fails");
    let server = InstanceId(1).short();
    assert_eq!(why.title, "web is throttled");
    assert!(why.sentence.contains(&format!("the disk of {server} is full.")), "{}", why.sentence);
    let fixes = for_service(&stage.sim, web);
    let again = "then force a new deployment to end the wait";
    assert_eq!(
        labels(&fixes),
        [
            format!("Grow the volume of {server} from 30 to 60 GiB, {again}"),
            format!("Drain {server} and add one m5.large in us-east-1a, {again}"),
        ],
        "nothing is left of stopped tasks, and no log grows"
    );
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
    let failed = stage.sim.belief().tasks.iter().filter(|(_, task)| !task.is_wanted()).map(|(id, _)| id).max().unwrap();
    assert_eq!(labels(&for_task(&stage.sim, failed)), labels(&fixes), "and so it is for the task that failed");
}

#[test]
fn a_disk_full_of_logs_offers_logs_that_rotate_and_what_stopped_tasks_left_to_be_removed() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("chatty", 256, 512));
    stage.register(family("web", 256, 512));
    let writes = |log| {
        let writes = SetDiskWrites { family: "chatty".to_owned(), log_kib_per_second: Some(log), layer_kib_per_second: None };
        Command::Platform(PlatformCommand::SetDiskWrites(writes))
    };
    stage.give(writes(60 * 1_024));
    stage.service("chatty", 1);
    stage.run(8 * MINUTE);
    let web = stage.service("web", 1);
    stage.run(MINUTE);
    let server = InstanceId(1).short();
    let fixes = for_service(&stage.sim, web);
    let rotate = "Stop the tasks of chatty, start them with logs that rotate at 100 MiB, and remove the old logs after a minute";
    assert!(fixes[0].label.starts_with(&format!("Grow the volume of {server}")), "{fixes:?}");
    assert!(!fixes.iter().any(|fix| fix.label.starts_with("Let the agent of")), "nothing is left of stopped tasks: {fixes:?}");
    assert!(fixes[1].label.starts_with(rotate), "{fixes:?}");
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
    // Once the log has gone with its task, what it left is removed only after three hours.
    let chatty = stage.sim.belief().tasks.ids().next().unwrap();
    let none = UpdateService { service: "chatty".to_owned(), desired_count: Some(0), ..UpdateService::default() };
    stage.give(Command::UpdateService(none));
    stage.run(2 * MINUTE);
    assert!(!stage.sim.belief().tasks[chatty].is_wanted());
    let fixes = for_service(&stage.sim, web);
    let clean_up = format!("Let the agent of {server} remove what stopped tasks left after a minute");
    assert!(fixes.iter().any(|fix| fix.label.starts_with(&clean_up)), "{fixes:?}");
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

#[test]
fn a_service_whose_new_revision_fails_can_go_back() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let web = stage.service("web", 1);
    stage.run(2 * MINUTE);
    stage.register(family("next", 256, 512));
    let broken = Fault::StartFailure { family: "next".to_owned(), error: StartError::LogGroupMissing };
    stage.give(Command::InjectFault(broken));
    let next = UpdateService { service: "web".to_owned(), task_definition: Some("next".to_owned()), ..UpdateService::default() };
    stage.give(Command::UpdateService(next));
    stage.run(MINUTE);
    let fixes = for_service(&stage.sim, web);
    assert!(fixes[0].label.starts_with("Create the log group that next names"), "{fixes:?}");
    assert_eq!(fixes[1].label, "Go back to web:1");
    fixes.iter().for_each(|fix| assert_works(&stage, web, fix));
}

#[test]
fn what_waits_for_nothing_gets_no_fix() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    let web = stage.service("web", 1);
    assert_eq!(for_service(&stage.sim, web), []);
}

#[test]
fn a_run_task_is_run_again_with_the_fix_or_after_it() {
    let mut stage = Stage::with(&["t3.micro"]);
    stage.register(family("big", 500, 1_200));
    let request = run_task("big");
    stage.give(Command::RunTask(request.clone()));
    let failed = stage.newest(|kind| matches!(kind, Kind::PlacementFailed { .. })).id;
    assert_eq!(run_task_behind(&stage.log, failed), Some(&request));
    let fixes = for_run(&stage.sim, &request);
    assert_eq!(
        labels(&fixes),
        ["Ask for 931 MiB or less", "Add one t3.small in us-east-1b, then run the task again", "Use Fargate: 0.5 vCPU and 2 GB"]
    );
    for fix in &fixes {
        let mut copy = stage.clone();
        fix.commands.iter().for_each(|command| copy.give(command.clone()));
        if !matches!(fix.commands.last(), Some(Command::RunTask(_))) {
            copy.run(5 * MINUTE);
            copy.give(Command::RunTask(request.clone()));
        }
        copy.run(2 * MINUTE);
        assert!(copy.sim.belief().tasks.iter().any(|(_, task)| task.is_running()), "{fix:?}");
    }
}

#[test]
fn a_task_on_a_dead_server_starts_when_power_is_back() {
    let mut stage = Stage::with(&["m5.large"]);
    stage.register(family("web", 256, 512));
    stage.give(Command::InjectFault(Fault::ServerDeath { instance: InstanceId(1) }));
    stage.give(Command::RunTask(run_task("web")));
    stage.run(5_000);
    let task = stage.sim.belief().tasks.ids().next().unwrap();
    let fixes = for_task(&stage.sim, task);
    assert_eq!(labels(&fixes), [format!("Give {} power again", InstanceId(1).short())]);
    fixes[0].commands.iter().for_each(|command| stage.give(command.clone()));
    stage.run(5 * MINUTE);
    assert!(stage.sim.belief().tasks[task].is_running());
}

/// A cluster made by chance, with services that may or may not find room, and trouble.
fn random_stage(seed: u64) -> Stage {
    let mut chance = Stream::of(seed, Concern::Usage, &[]);
    let types = ["t3.micro", "t3.small", "m5.large", "c5.large", "m5.xlarge"];
    let servers: Vec<&str> = (0..chance.between(1, 4)).map(|_| types[chance.below(5) as usize]).collect();
    let mut stage = Stage::with(&servers);
    for name in ["web", "api", "batch"] {
        let (cpu, memory) = (chance.between(1, 16) as u32 * 128, chance.between(1, 30) as u32 * 256);
        let mut definition = family(name, cpu, memory);
        if chance.percent(30) {
            definition.containers.push(container("side", 64, 128));
        }
        if chance.percent(20) {
            let port = chance.between(80, 81) as u16;
            definition.containers[0].port_mappings =
                vec![PortMapping { container_port: port, host_port: port, protocol: Protocol::Tcp }];
        }
        stage.register(definition);
        let mut request = service(name, chance.between(1, 4) as u32);
        if chance.percent(30) {
            request.placement_constraints.push(PlacementConstraint::DistinctInstance);
        }
        if chance.percent(20) {
            let expression = "attribute:ecs.instance-type =~ m5.*";
            request.placement_constraints.push(PlacementConstraint::parse("memberOf", Some(expression)).unwrap());
        }
        stage.give(Command::CreateService(request));
    }
    stage.run(60_000);
    let instance = InstanceId(chance.between(1, servers.len() as u64) as u32);
    match chance.below(4) {
        0 => stage.give(Command::InjectFault(Fault::AgentStop { instance })),
        1 => stage.give(Command::InjectFault(Fault::ZoneFailure { zone: "us-east-1a".to_owned() })),
        2 => stage.give(Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Draining }),
        _ => stage.give(Command::LaunchInstances(launch("t3.micro", "us-east-1b"))),
    }
    stage.run(4 * MINUTE);
    stage
}

#[test]
fn every_fix_of_many_random_clusters_works() {
    let mut offered = 0;
    for seed in 1..=40 {
        let stage = random_stage(seed);
        for (id, known) in stage.sim.belief().services.iter() {
            let fixes = for_service(&stage.sim, id);
            assert!(fixes.len() <= MOST_FIXES);
            assert!(known.waiting.is_some() || fixes.is_empty());
            offered += fixes.len();
            fixes.iter().for_each(|fix| assert_works(&stage, id, fix));
        }
    }
    assert!(offered > 60, "only {offered} fixes were offered");
}

#[test]
fn asking_leaves_the_run_as_it_was() {
    let stage = random_stage(3);
    let (now_ms, observed) = (stage.sim.now_ms(), stage.sim.observed());
    for id in stage.sim.belief().services.ids() {
        for_service(&stage.sim, id);
    }
    assert_eq!((stage.sim.now_ms(), stage.sim.observed()), (now_ms, observed));
    assert!(stage.sim.belief().registry.check().is_ok());
    assert!(stage.sim.belief().registry.iter().any(|known| known.status != ContainerInstanceStatus::Inactive));
}

#[test]
fn a_server_that_boots_already_makes_another_needless() {
    let mut stage = Stage::with(&["t3.micro"]);
    stage.register(family("web", 256, 2_000));
    let web = stage.service("web", 1);
    assert!(labels(&for_service(&stage.sim, web)).iter().any(|label| label.starts_with("Add one ")));
    stage.give(Command::LaunchInstances(launch("m5.large", "us-east-1a")));
    stage.run(1_000);
    assert_eq!(labels(&for_service(&stage.sim, web)), ["Use Fargate: 0.25 vCPU and 2 GB"]);
}

#[test]
fn a_large_cluster_is_answered_as_well() {
    let mut stage = Stage::with(&["m5.large"; 300]);
    stage.register(family("web", 512, 1_900));
    stage.give(Command::CreateService(service("web", 1_200)));
    stage.run(4 * MINUTE);
    stage.register(family("job", 128, 256));
    stage.give(Command::CreateService(service("job", 3)));
    stage.register(family("big", 1_024, 4_000));
    let big = stage.service("big", 1);
    let fixes = for_service(&stage.sim, big);
    assert_eq!(labels(&fixes)[0], "Add one m5.large in us-east-1a");
    fixes.iter().for_each(|fix| assert_works(&stage, big, fix));
}

#[test]
fn a_silent_agent_nobody_watches_for_offers_the_alarm_that_tells() {
    let mut stage = Stage::with(&["m5.large", "m5.large"]);
    let server = InstanceId(1);
    let asked = Inquiry::ServerNoticed(server);
    assert_eq!(for_inquiry(&stage.sim, asked), [], "nothing is wrong");
    stage.give(Command::InjectFault(Fault::AgentStop { instance: server }));
    stage.run(MINUTE);
    let fixes = for_inquiry(&stage.sim, asked);
    let alarm = fixes.iter().find(|fix| fix.label.starts_with("Put an alarm on silent agents (agents-silent)"));
    let alarm = alarm.unwrap_or_else(|| panic!("{:?}", labels(&fixes))).clone();
    let told = |stage: &Stage| {
        let said = answers::answer(&stage.sim, &stage.log, asked).expect("the server is there").sentence;
        !said.contains("No alarm watches for silent agents")
    };
    assert!(!told(&stage));
    alarm.commands.into_iter().for_each(|command| stage.give(command));
    assert!(told(&stage));
    let left = for_inquiry(&stage.sim, asked);
    assert!(left.iter().all(|fix| !fix.label.contains("alarm")), "one watches now: {:?}", labels(&left));
    stage.run(5 * MINUTE);
    let state = stage.sim.neighbours().metrics.alarm("agents-silent").expect("it was put").state;
    assert_eq!(state, AlarmState::Alarm);
}

/// A service of tasks with network interfaces of their own, more than the server has.
fn out_of_interfaces(kind: &str) -> (Stage, ServiceId) {
    let mut stage = Stage::with(&[kind]);
    let mut web = family("web", 64, 128);
    web.network_mode = NetworkMode::Awsvpc;
    stage.register(web);
    let web = stage.service("web", 6);
    (stage, web)
}

#[test]
fn trunking_is_offered_where_interfaces_are_used_up_and_the_type_can() {
    let trunk = |fixes: Vec<Fix>| fixes.into_iter().find(|fix| fix.label.starts_with("Turn awsvpcTrunking on"));
    let (mut stage, web) = out_of_interfaces("c5.large");
    let fix = trunk(for_service(&stage.sim, web)).expect("a c5.large can have a trunk");
    assert!(fix.label.ends_with("room for 10 tasks in awsvpc mode instead of 2"), "{}", fix.label);
    fix.commands.into_iter().for_each(|command| stage.give(command));
    stage.run(8 * MINUTE);
    assert_eq!(stage.sim.belief().services[web].tasks.len(), 6, "one such server is enough");
    assert!(stage.sim.belief().services[web].waiting.is_none());
    let (stage, web) = out_of_interfaces("t3.medium");
    assert!(stage.sim.belief().services[web].waiting.is_some());
    assert_eq!(trunk(for_service(&stage.sim, web)), None, "a t3.medium cannot");
}
