//! Causes: a learner walks back from what happened to what brought it about, across truth, wire and belief.

mod common;

use common::scenario::{Run, SERVERS, definition, is_placed, service, web};
use ecs_playground::sim::command::{Command, LaunchInstances};
use ecs_playground::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::{Kind, ServiceEvent};
use ecs_playground::sim::time::{MINUTE, SECOND};
use ecs_playground::sim::tuning::Tuning;

fn launch(instance_type: &str) -> Command {
    let (instance_type, zone) = (instance_type.to_string(), "us-east-1a".to_string());
    Command::LaunchInstances(LaunchInstances {
        instance_type,
        zone,
        count: 1,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes: Vec::new(),
    })
}

fn names(chain: &[&Kind]) -> Vec<String> {
    chain.iter().map(|kind| format!("{kind:?}").split([' ', '(']).next().unwrap().to_string()).collect()
}

#[test]
fn a_replacement_leads_back_to_the_exit_and_the_fault() {
    let mut run = Run::begin(&web(2), 13);
    run.until(70 * SECOND);
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(2 * MINUTE);
    let placed = run.last("the replacement", is_placed);
    assert_eq!(names(&run.chain(placed)), ["TaskPlaced", "TaskStopDecided", "ContainerExited", "FaultInjected", "CommandGiven"]);
}

#[test]
fn a_placement_failure_leads_back_through_the_silence_to_the_cut() {
    let scenario = web(1).replace("count = 3", "count = 1");
    let mut run = Run::begin(&scenario, 14);
    let target = NetworkTarget::Instance(InstanceId(1));
    run.until(MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(5 * MINUTE);
    run.scale("web", 2).until(6 * MINUTE);
    let failed = run.last("the failure", |kind| matches!(kind, Kind::PlacementFailed { .. }));
    let expected = ["PlacementFailed", "AgentDisconnected", "MessagesLost", "FaultInjected", "CommandGiven"];
    assert_eq!(names(&run.chain(failed)), expected);
}

#[test]
fn an_unhealthy_replacement_leads_back_to_the_hanging_app() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 3 }";
    let scenario = web(2).replace("memory = 512", &format!("memory = 512{check}"));
    let mut run = Run::begin(&scenario, 15);
    run.until(70 * SECOND);
    let task = run.tasks("web")[0];
    run.inject(Fault::AppHang { task }).until(4 * MINUTE);
    let placed = run.last("the replacement", is_placed);
    let expected = ["TaskPlaced", "TaskHealthChanged", "HealthCheckTurned", "AppHung", "FaultInjected", "CommandGiven"];
    assert_eq!(names(&run.chain(placed)), expected);
    let stop = run.last("the stop", |kind| matches!(kind, Kind::TaskStopDecided { .. }));
    assert_eq!(names(&run.chain(stop))[1], "TaskHealthChanged");
}

#[test]
fn an_exit_behind_a_cut_is_still_the_cause_when_it_becomes_known() {
    let mut run = Run::begin(&web(3), 16);
    let target = NetworkTarget::Instance(InstanceId(1));
    run.until(MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(2 * MINUTE);
    let task = *run.sim.truth().hosts[InstanceId(1)].tasks.first().expect("a task on each server");
    run.inject(Fault::OutOfMemory { target: AppTarget::Task(task) }).until(8 * MINUTE);
    assert_eq!(run.sim.belief().tasks[task].last_status, TaskStatus::Running);
    let fault = run.sim.faults().active().next().unwrap().0;
    run.give(Command::HealFault { fault }).until(15 * MINUTE);
    let placed = run.last("the replacement", is_placed);
    assert_eq!(names(&run.chain(placed))[..3], ["TaskPlaced", "TaskStopDecided", "ContainerExited"]);
}

#[test]
fn a_task_that_waited_for_room_still_leads_back_to_its_loss() {
    let scenario = format!(
        "servers = [{{ type = \"t3.small\", zone = \"us-east-1a\" }}]\n{}{}",
        definition("web", "").replace("memory = 512", "memory = 1500"),
        service("web", 1, "")
    );
    let mut run = Run::begin(&scenario, 17);
    run.until(MINUTE).inject(Fault::ServerDeath { instance: InstanceId(1) }).until(5 * MINUTE);
    run.give(Command::DeregisterContainerInstance { instance: InstanceId(1) }).until(10 * MINUTE);
    let launch = launch("t3.small");
    run.give(launch).until(15 * MINUTE);
    let placed = run.last("the replacement", is_placed);
    assert_eq!(names(&run.chain(placed)), ["TaskPlaced", "TaskStopDecided", "InstanceDeregistered", "CommandGiven"]);
}

#[test]
fn a_daemon_on_a_new_server_leads_back_to_its_registration() {
    let scenario = format!(
        "{SERVERS}{}[[services]]\nname = \"web\"\ntask_definition = \"web\"\nscheduling_strategy = \"DAEMON\"\n",
        definition("web", "")
    );
    let mut run = Run::begin(&scenario, 18);
    let launch = launch("m5.large");
    run.until(MINUTE).give(launch).until(5 * MINUTE);
    let placed = run.last("the daemon", is_placed);
    assert_eq!(names(&run.chain(placed))[..2], ["TaskPlaced", "InstanceRegistered"]);
    assert_eq!(names(&run.chain(placed)).last().unwrap(), "CommandGiven");
}

#[test]
fn every_event_of_a_service_has_a_cause() {
    let mut run = Run::begin(&web(3), 19);
    run.until(MINUTE).scale("web", 5).until(10 * MINUTE).scale("web", 1).until(20 * MINUTE);
    let mut steady = 0;
    for observation in &run.log {
        if let Kind::ServiceEvent { event, .. } = &observation.kind {
            assert!(observation.cause.is_some(), "{observation:?}");
            steady += usize::from(**event == ServiceEvent::SteadyState);
        }
    }
    assert_eq!(steady, 3);
}

/// The cause of each time that the control plane took the agent of the first server for disconnected.
fn silences(run: &Run) -> Vec<Vec<String>> {
    let lost = run.log.iter().filter(|observation| matches!(observation.kind, Kind::AgentDisconnected { .. }));
    lost.map(|observation| names(&run.chain(observation.id))).collect()
}

/// One server that is up again five seconds after it has power.
fn quick_to_boot(seed: u64) -> Run {
    let tuning = Tuning { boot_ms: vec![5 * SECOND; 5], ..Tuning::default() };
    Run::tuned(&web(1).replace("count = 3", "count = 1"), seed, tuning)
}

fn lose_power_for_a_second(run: &mut Run) {
    let until_ms = run.sim.now_ms() + SECOND;
    run.inject(Fault::ServerDeath { instance: InstanceId(1) }).until(until_ms);
    let fault = run.sim.faults().active().last().expect("no power").0;
    run.give(Command::HealFault { fault });
}

fn cut(run: &mut Run) {
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(1)), direction: Direction::Both });
}

#[test]
fn an_agent_that_came_back_after_a_quick_reboot_and_is_not_heard_is_silent_because_of_the_power() {
    let mut run = quick_to_boot(20);
    run.until(MINUTE);
    lose_power_for_a_second(&mut run);
    cut(&mut run);
    run.until(5 * MINUTE);
    let up = *run.times(|kind| matches!(kind, Kind::AgentStarted { .. })).last().expect("it started");
    let silent = run.first("the silence", |kind| matches!(kind, Kind::AgentDisconnected { .. }));
    assert!((MINUTE..silent).contains(&up), "up at {up}, silent at {silent}");
    assert_eq!(silences(&run), [["AgentDisconnected", "PowerLost", "FaultInjected", "CommandGiven"]]);
}

#[test]
fn what_an_agent_said_before_it_lost_its_power_does_not_end_the_cause_of_its_silence() {
    let mut run = quick_to_boot(21);
    let target = NetworkTarget::Instance(InstanceId(1));
    run.until(MINUTE).inject(Fault::PacketDelay { target, extra_ms: 20 * SECOND });
    run.inject(Fault::AgentStop { instance: InstanceId(1) }).until(61 * SECOND);
    let fault = run.sim.faults().active().last().expect("the agent is stopped").0;
    // Asked and answered, it says what it knows 40 seconds later; that is on its way for 20 seconds more.
    run.give(Command::HealFault { fault }).until(110 * SECOND);
    run.inject(Fault::ServerDeath { instance: InstanceId(1) }).until(6 * MINUTE);
    let heard = run.first("the agent is heard", |kind| matches!(kind, Kind::AgentConnected { .. }));
    assert!((110 * SECOND..130 * SECOND).contains(&heard), "after the power was lost: {heard}");
    assert_eq!(silences(&run).last().unwrap(), &["AgentDisconnected", "PowerLost", "FaultInjected", "CommandGiven"]);
}

#[test]
fn once_it_has_been_heard_after_its_return_an_agent_is_silent_because_of_something_new() {
    let mut run = quick_to_boot(22);
    run.until(MINUTE);
    lose_power_for_a_second(&mut run);
    run.until(90 * SECOND);
    cut(&mut run);
    run.until(5 * MINUTE);
    assert_eq!(silences(&run), [["AgentDisconnected", "MessagesLost", "FaultInjected", "CommandGiven"]]);
}
