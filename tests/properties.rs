//! Properties of the simulator under random commands and faults. `soak` runs the same for longer.

mod common;

use common::chaos::{Chaos, KINDS};
use ecs_playground::cost::meter::Meter;
use ecs_playground::sim::command::{Command, InstanceStatusRequest, LaunchInstances, SchedulingStrategy, UpdateService};
use ecs_playground::sim::control_plane::scheduler::{PlacementRequest, obstacle};
use ecs_playground::sim::control_plane::service::{Service, ServiceStatus};
use ecs_playground::sim::data_plane::host::Power;
use ecs_playground::sim::decision::DefaultStrategy;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::hash::hash_observations;
use ecs_playground::sim::ids::{FaultId, InstanceId, TaskId};
use ecs_playground::sim::invariants;
use ecs_playground::sim::log_checker::LogChecker;
use ecs_playground::sim::model::container_instance::ContainerInstanceStatus;
use ecs_playground::sim::model::deployment::{LifecycleStage, RolloutState};
use ecs_playground::sim::model::needs::Needs;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::observation::{Kind, Observation};
use ecs_playground::sim::time::{HOUR, MINUTE, Millis};
use proptest::prelude::*;

/// Commands with the gaps before them: a recording without its beginning.
type Script = Vec<(Millis, Command)>;

/// Plays a random run and writes down what was asked.
fn record(chaos: &mut Chaos, sim: &mut Sim, length: usize, log: &mut Vec<Observation>) -> Script {
    (0..length)
        .map(|_| {
            let gap_ms = chaos.gap_ms();
            sim.advance_to(sim.now_ms() + gap_ms, log);
            let command = chaos.command(sim);
            let _ = sim.apply(&command, log);
            (gap_ms, command)
        })
        .collect()
}

fn play(sim: &mut Sim, script: &Script, log: &mut Vec<Observation>) {
    for (gap_ms, command) in script {
        sim.advance_to(sim.now_ms() + gap_ms, log);
        let _ = sim.apply(command, log);
    }
}

/// What two runs must have in common to be the same.
fn mark(sim: &Sim, log: &[Observation]) -> (u64, u64) {
    (sim.state_hash(), hash_observations(0, log))
}

/// No scheduler starts tasks beyond the maximum; only a change of what is wanted may leave more than that.
fn maxima_hold(sim: &Sim, log: &[Observation]) -> Result<(), String> {
    for observation in log {
        let Kind::TaskPlaced { task, .. } = observation.kind else { continue };
        let Some((id, _)) = sim.belief().tasks[task].service else { continue };
        let service = &sim.belief().services[id];
        let daemon = service.scheduling_strategy == SchedulingStrategy::Daemon;
        // Two whole revisions stand side by side.
        let most = if service.staged().is_some() { service.maximum().max(2 * service.desired_count) } else { service.maximum() };
        if !daemon && service.tasks.len() as u32 > most {
            return Err(format!("service {} has {} tasks, at most {most}", service.name, service.tasks.len()));
        }
    }
    Ok(())
}

/// Few cases in the ordinary test run; `PROPTEST_CASES=2000 cargo test --test properties` for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn invariants_hold_after_every_event(seed: u64, mask in 1_u64..1 << KINDS, length in 1_usize..40) {
        let mut chaos = Chaos::new(seed, mask);
        let mut log = Vec::new();
        let mut checker = LogChecker::default();
        let mut sim = chaos.begin(&mut log);
        let mut spent = 0;
        let mut look = |sim: &Sim, log: &mut Vec<Observation>| {
            let result = invariants::check(sim).and_then(|()| checker.read_all(log)).and_then(|()| maxima_hold(sim, log));
            let cost = Meter::of(sim).total().so_far;
            prop_assert!(cost >= spent, "it cost {spent} and now only {cost}");
            spent = cost;
            log.clear();
            result.map_err(TestCaseError::fail)
        };
        look(&sim, &mut log)?;
        for _ in 0..length {
            let until_ms = sim.now_ms() + chaos.gap_ms();
            while sim.advance_one(until_ms, &mut log).is_some() {
                look(&sim, &mut log)?;
            }
            sim.advance_to(until_ms, &mut log);
            let command = chaos.command(&sim);
            let _ = sim.apply(&command, &mut log);
            look(&sim, &mut log)?;
        }
    }

    #[test]
    fn a_snapshot_goes_on_as_the_run_it_was_taken_from(seed: u64, mask in 1_u64..1 << KINDS, before in 0_usize..30, after in 1_usize..30) {
        let mut chaos = Chaos::new(seed, mask);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        record(&mut chaos, &mut sim, before, &mut log);
        let (mut snapshot, mut log_of_snapshot) = (sim.clone(), log.clone());
        let rest = record(&mut chaos, &mut sim, after, &mut log);
        play(&mut snapshot, &rest, &mut log_of_snapshot);
        prop_assert_eq!(mark(&snapshot, &log_of_snapshot), mark(&sim, &log));
    }

    #[test]
    fn a_fork_equals_a_fresh_run_and_leaves_the_trunk_alone(seed: u64, mask in 1_u64..1 << KINDS, before in 0_usize..30, after in 1_usize..30) {
        let mut chaos = Chaos::new(seed, mask);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        let prefix = record(&mut chaos, &mut sim, before, &mut log);
        let trunk = mark(&sim, &log);
        let (mut fork, mut log_of_fork) = (sim.clone(), log.clone());
        let branch = record(&mut chaos, &mut fork, after, &mut log_of_fork);
        prop_assert_eq!(mark(&sim, &log), trunk);

        let mut fresh_log = Vec::new();
        let mut fresh = Chaos::new(seed, mask).begin(&mut fresh_log);
        play(&mut fresh, &prefix, &mut fresh_log);
        play(&mut fresh, &branch, &mut fresh_log);
        prop_assert_eq!(mark(&fresh, &fresh_log), mark(&fork, &log_of_fork));
    }

    #[test]
    fn cutting_time_into_other_frames_changes_nothing(seed: u64, mask in 1_u64..1 << KINDS, frame_ms in 1_u64..90_000) {
        let mut chaos = Chaos::new(seed, mask);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        record(&mut chaos, &mut sim, 12, &mut log);
        let end_ms = sim.now_ms() + 20 * MINUTE;
        let (mut framed, mut log_of_framed) = (sim.clone(), log.clone());
        let (mut stepped, mut log_of_stepped) = (sim.clone(), log.clone());
        sim.advance_to(end_ms, &mut log);
        while framed.now_ms() < end_ms {
            let frame_ms = 1 + chaos.below(frame_ms);
            framed.advance_to((framed.now_ms() + frame_ms).min(end_ms), &mut log_of_framed);
        }
        while stepped.advance_one(end_ms, &mut log_of_stepped).is_some() {}
        stepped.advance_to(end_ms, &mut log_of_stepped);
        prop_assert_eq!(mark(&framed, &log_of_framed), mark(&sim, &log));
        prop_assert_eq!(mark(&stepped, &log_of_stepped), mark(&sim, &log));
    }

    #[test]
    fn healed_and_with_room_every_service_comes_to_rest(seed: u64, mask in 1_u64..1 << KINDS, length in 1_usize..30) {
        let mut chaos = Chaos::gentle(seed, mask);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        record(&mut chaos, &mut sim, length, &mut log);
        repair(&mut sim, &mut log);
        // The longest throttle is 27 minutes.
        sim.advance_to(sim.now_ms() + HOUR, &mut log);
        for (_, service) in sim.belief().services.iter().filter(|(_, service)| service.desired_count > 0) {
            let running = service.tasks.iter().filter(|task| sim.belief().tasks[**task].last_status == TaskStatus::Running);
            let waits = servers_without_room(&sim, service);
            prop_assert_eq!(running.count() as u32 + waits, service.desired_count, "service {}: {:?}", service.name, service.waiting);
            prop_assert!(service.tasks.iter().all(|task| sim.belief().tasks[*task].definition == service.revision().definition));
        }
    }

    #[test]
    fn refused_commands_change_nothing_but_the_log(seed: u64, length in 0_usize..20, aim in 0_u32..1_000) {
        let mut chaos = Chaos::new(seed, u64::MAX);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        record(&mut chaos, &mut sim, length, &mut log);
        let mut refused = 0;
        let nobody = [
            Command::StopTask { task: TaskId(100_000 + aim), reason: None },
            Command::DeleteService { service: format!("nobody-{aim}") },
            Command::DeregisterContainerInstance { instance: InstanceId(100_000 + aim) },
            Command::TerminateInstances { instance: InstanceId(100_000 + aim) },
            Command::HealFault { fault: FaultId(100_000 + aim) },
        ];
        let drawn: Vec<Command> = (0..20).map(|_| chaos.command(&sim)).collect();
        for command in nobody.into_iter().chain(drawn) {
            let (before, seen) = (sim.world_hash(), log.len());
            let mut trial = sim.clone();
            if trial.apply(&command, &mut log).is_err() {
                refused += 1;
                prop_assert_eq!(trial.world_hash(), before, "{:?}", command);
                prop_assert_eq!(log.len(), seen + 2);
            }
            log.truncate(seen);
            prop_assert_eq!(sim.world_hash(), before);
        }
        prop_assert!(refused >= 5);
    }
}

/// Servers that are to have a task of this DAEMON service and have no room for it: added servers do not help them.
fn servers_without_room(sim: &Sim, service: &Service) -> u32 {
    if service.scheduling_strategy != SchedulingStrategy::Daemon {
        return 0;
    }
    let belief = sim.belief();
    let served: Vec<_> = service.tasks.iter().filter_map(|task| belief.tasks[*task].instance).collect();
    let without = |needs: &Needs, instance: InstanceId| {
        let (group, chance) = (service.group, (0, 0));
        let (constraints, strategies, default) = (&[], &[], DefaultStrategy::Service);
        let request = PlacementRequest { needs, group, constraints, strategies, default, zones: None, provider: None, chance };
        obstacle(&belief.registry, &request, instance)
    };
    let (nothing, needs) = (Needs::default(), &belief.definitions[service.revision().definition].needs);
    let full = belief.registry.iter().map(|known| known.id).filter(|instance| {
        !served.contains(instance) && without(&nothing, *instance).is_none() && without(needs, *instance).is_some()
    });
    full.count() as u32
}

/// Heals every fault, gives up instances that EC2 has terminated unnoticed (ecs.md §6.4: nobody else does), makes the others take
/// tasks again, deploys anew what has stalled (ecs.md §4.5: nothing else starts tasks of a FAILED deployment) and adds room.
fn repair(sim: &mut Sim, log: &mut Vec<Observation>) {
    let faults: Vec<FaultId> = sim.faults().active().map(|(fault, _)| fault).collect();
    for fault in faults {
        sim.apply(&Command::HealFault { fault }, log).expect("the fault is in force");
    }
    let gone = |instance: &InstanceId| sim.truth().hosts[*instance].power == Power::Terminated;
    let zombies: Vec<InstanceId> = sim.belief().registry.iter().map(|instance| instance.id).filter(gone).collect();
    for instance in zombies {
        sim.apply(&Command::DeregisterContainerInstance { instance }, log).expect("the instance is registered");
    }
    let draining: Vec<InstanceId> = sim
        .belief()
        .registry
        .iter()
        .filter(|instance| instance.status == ContainerInstanceStatus::Draining)
        .map(|instance| instance.id)
        .collect();
    for instance in draining {
        let command = Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Active };
        sim.apply(&command, log).expect("the instance is registered");
    }
    let failed = |service: &Service| service.primary().rollout_state == RolloutState::Failed;
    let services = sim.belief().services.iter().filter(|(_, service)| service.status == ServiceStatus::Active && failed(service));
    let stalled: Vec<String> = services.map(|(_, service)| service.name.to_string()).collect();
    for service in stalled {
        let command = UpdateService { service, force_new_deployment: true, ..UpdateService::default() };
        sim.apply(&Command::UpdateService(command), log).expect("the service is ACTIVE");
    }
    let zones: Vec<String> = sim.belief().zones.iter().map(|zone| zone.name.to_string()).collect();
    for zone in zones {
        let launch = LaunchInstances {
            instance_type: "m5.2xlarge".into(),
            zone,
            count: 12,
            spot: false,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        };
        sim.apply(&Command::LaunchInstances(launch), log).expect("there is room for more");
    }
}

/// Kinds of command that begin, decide about and set functions for deployments.
const DEPLOYING: u64 = 1 << 3 | 1 << 30;

/// Where nothing breaks, deployments come far enough for every hook to be asked, to answer and to be late.
#[test]
fn invariants_hold_while_hooks_decide_about_deployments() {
    let (mut answered, mut late, mut done) = (0, 0, 0);
    for seed in 0..12 {
        let mut chaos = Chaos::new(seed, DEPLOYING);
        let mut log = Vec::new();
        let mut checker = LogChecker::default();
        let mut sim = chaos.begin(&mut log);
        for _ in 0..40 {
            let until_ms = sim.now_ms() + 3 * chaos.gap_ms();
            while sim.advance_one(until_ms, &mut log).is_some() {
                invariants::check(&sim).and_then(|()| checker.read_all(&log)).unwrap_or_else(|what| panic!("{seed}: {what}"));
                for fact in log.drain(..) {
                    let Kind::Services(fact) = &fact.kind else { continue };
                    match &**fact {
                        ServicesFact::HookAnswered { .. } => answered += 1,
                        ServicesFact::HookTimedOut { .. } => late += 1,
                        ServicesFact::LifecycleStageEntered { stage: LifecycleStage::CleanUp, .. } => done += 1,
                        _ => {}
                    }
                }
            }
            sim.advance_to(until_ms, &mut log);
            let command = chaos.command(&sim);
            let _ = sim.apply(&command, &mut log);
        }
    }
    assert!(answered > 50 && late > 3 && done > 3, "{answered} answers, {late} hooks too late, {done} deployments done");
}

/// Scripts in a hurry are throttled, and only they.
#[test]
fn the_api_throttles_some_runs_and_not_many() {
    let (mut given, mut throttled) = (0, 0);
    for seed in 0..40 {
        let mut chaos = Chaos::new(seed, 1 | 1 << 13);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        record(&mut chaos, &mut sim, 60, &mut log);
        given += 60;
        throttled +=
            log.iter().filter(|fact| matches!(fact.kind, Kind::CommandRefused { code: "ThrottlingException", .. })).count();
    }
    assert!((20..given / 10).contains(&throttled), "{throttled} of {given}");
}
