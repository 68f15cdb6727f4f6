//! State machines of ecs.md §2–9 under random commands and faults: every way that is allowed is gone in some run, no other is.
//! (The life of a task is in `tasks`, the stages of a staged deployment are in `rollbacks.rs`.)

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use ecs_playground::sim::command::capacity::{CapacityCommand, UpdateAutoScalingGroup};
use ecs_playground::sim::command::platform::{AccountSetting, PlatformCommand, PutAccountSetting};
use ecs_playground::sim::command::{Command, InstanceStatusRequest};
use ecs_playground::sim::data_plane::task_truth::ContainerState;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::{DeploymentId, InstanceId, ServiceId, TargetGroupId, TaskId};
use ecs_playground::sim::model::container_instance::ContainerInstanceStatus;
use ecs_playground::sim::model::deployment::{DeploymentStatus, RolloutState};
use ecs_playground::sim::model::target::TargetState;
use ecs_playground::sim::observation::balancing::BalancingFact;
use ecs_playground::sim::observation::{Kind, Observation};

use ecs_playground::sim::time::{MINUTE, Millis, SECOND};

use crate::common::chaos::Chaos;
use crate::common::scenario::{Run, definition, service};
use crate::lives::{Kept, cluster};
use crate::tasks::ordered;

/// Ways that were gone, each with the seed of the first run.
type Gone = BTreeMap<(String, String), u64>;

/// What something was when it was last looked at.
struct Watch<Key, State> {
    /// By the seed of the run, too.
    last: BTreeMap<(u64, Key), State>,
    gone: Gone,
}

impl<Key: Ord, State: PartialEq + Copy + Debug> Watch<Key, State> {
    fn new() -> Self {
        Self { last: BTreeMap::new(), gone: Gone::new() }
    }

    fn see(&mut self, seed: u64, key: Key, state: State) {
        if let Some(before) = self.last.insert((seed, key), state).filter(|before| *before != state) {
            self.gone.entry((format!("{before:?}"), format!("{state:?}"))).or_insert(seed);
        }
    }
}

/// Kinds of random commands, as `chaos` numbers them.
fn only(kinds: &[u32]) -> u64 {
    kinds.iter().fold(0, |mask, kind| mask | 1 << kind)
}

/// Lets random runs happen event by event: some with every kind of command, some with those of the mask.
fn observe(runs: u64, mask: u64, mut look: impl FnMut(u64, &Sim, &[Observation])) {
    for seed in 0..runs {
        let mut chaos = Chaos::new(seed, if seed % 3 == 0 { u64::MAX } else { mask });
        let length = 60;
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        for _ in 0..length {
            let until_ms = sim.now_ms() + chaos.gap_ms();
            while sim.advance_one(until_ms, &mut log).is_some() {
                look(seed, &sim, &log);
                log.clear();
            }
            sim.advance_to(until_ms, &mut log);
            let command = chaos.command(&sim);
            let _ = sim.apply(&command, &mut log);
            look(seed, &sim, &log);
            log.clear();
        }
    }
}

/// In place of a seed: a run made for one way.
const DIRECTED: u64 = u64::MAX;

/// Lets a run go on until an instant, event by event.
fn step(run: &mut Run, until_ms: Millis, mut look: impl FnMut(&Run)) {
    while run.sim.advance_one(until_ms, &mut run.log).is_some() {
        look(run);
    }
}

/// Each line is `From To To …`; all of it and nothing else was gone.
fn is(gone: &Gone, machine: &str) {
    let ways = machine.lines().flat_map(|line| {
        let mut words = line.split_whitespace();
        let from = words.next().unwrap_or_default().to_string();
        words.map(move |to| (from.clone(), to.to_string())).collect::<Vec<_>>()
    });
    let allowed: BTreeSet<(String, String)> = ways.collect();
    let forbidden: Vec<_> = gone.iter().filter(|(way, _)| !allowed.contains(*way)).collect();
    assert!(forbidden.is_empty(), "gone, with the seed: {forbidden:?}");
    let missing: Vec<_> = allowed.iter().filter(|way| !gone.contains_key(*way)).collect();
    assert!(missing.is_empty(), "never gone: {missing:?}");
}

#[test]
fn section_2_2_a_container_is_pulled_created_run_and_stopped() {
    let mut watch: Watch<(TaskId, usize), ContainerState> = Watch::new();
    let simple = |state| match state {
        ContainerState::Exited(_) => ContainerState::Exited(0),
        other => other,
    };
    let mut look = |seed, sim: &Sim| {
        for (task, truth) in sim.truth().tasks.iter() {
            for (index, container) in truth.containers.iter().enumerate() {
                watch.see(seed, (task, index), simple(container.state));
            }
        }
    };
    observe(8, only(&[0, 2, 3, 4, 6, 7, 9, 13, 27]), |seed, sim, _| look(seed, sim));
    // Containers that wait for another, or are on their way, when their task is stopped.
    for tenths in 0..80 {
        let mut run = Run::begin(&ordered(""), 4);
        step(&mut run, 5 * SECOND + tenths * 100, |_| {});
        let (seed, task) = (DIRECTED - tenths, run.tasks("web")[0]);
        look(seed, &run.sim);
        run.give(Command::StopTask { task, reason: None });
        step(&mut run, 20 * SECOND, |run| look(seed, &run.sim));
    }
    // On Fargate their images have come before they may start.
    let on_fargate = "networkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\"]\ncpu = \"512\"\nmemory = \"1024\"";
    let on_fargate = format!("{}launch_type = \"FARGATE\"\n", ordered("").replace("networkMode = \"bridge\"", on_fargate));
    for tens in 1..6 {
        let mut run = Run::begin(&on_fargate, 4);
        let seed = DIRECTED - 1_000 - tens;
        step(&mut run, tens * 10 * SECOND, |run| look(seed, &run.sim));
        let task = run.tasks("web")[0];
        run.give(Command::StopTask { task, reason: None });
        step(&mut run, 2 * MINUTE, |run| look(seed, &run.sim));
    }
    is(
        &watch.gone,
        "Fresh Pulling NeverRan
         Pulling Pulled Creating NeverRan
         Pulled Creating NeverRan
         Creating Running NeverRan
         Running Ending Exited(0)
         Ending Exited(0)",
    );
}

#[test]
fn section_4_3_a_rollout_is_completed_or_fails_and_only_a_roll_back_begins_it_again() {
    let mut rollouts: Watch<(ServiceId, DeploymentId), RolloutState> = Watch::new();
    let mut statuses: Watch<(ServiceId, DeploymentId), DeploymentStatus> = Watch::new();
    observe(30, only(&[0, 3, 17, 19, 30]), |seed, sim, _| {
        for (id, service) in sim.belief().services.iter() {
            for deployment in &service.deployments {
                rollouts.see(seed, (id, deployment.id), deployment.rollout_state);
                statuses.see(seed, (id, deployment.id), deployment.status);
            }
            let primary = service.deployments.iter().filter(|each| each.status == DeploymentStatus::Primary).count();
            assert_eq!(primary, 1, "seed {seed}: one deployment is PRIMARY");
        }
    });
    is(&rollouts.gone, "InProgress Completed Failed\nCompleted InProgress");
    is(&statuses.gone, "Primary Active\nActive Primary");
}

#[test]
fn section_6_2_a_target_turns_as_its_checks_say_until_it_drains() {
    let mut watch: Watch<(TargetGroupId, TaskId), TargetState> = Watch::new();
    let mut look = |seed, log: &[Observation]| {
        for observation in log {
            let Kind::Balancing(fact) = &observation.kind else { continue };
            match &**fact {
                BalancingFact::TargetRegistered { target_group, task } => {
                    watch.see(seed, (*target_group, *task), TargetState::Initial);
                }
                BalancingFact::TargetTurned { target_group, task, state, .. } => {
                    watch.see(seed, (*target_group, *task), *state);
                }
                _ => {}
            }
        }
    };
    observe(24, only(&[0, 2, 3, 6, 15, 16, 19, 20, 28]), |seed, _, log| look(seed, log));
    // It fails its first check, and before the second its task is stopped.
    let slow = format!("{}[apps.web]\nready_after = \"10m\"\n", cluster(Kept::Bridge, true));
    let mut run = Run::begin(&slow, 4);
    while run.sim.belief().tasks.iter().all(|(_, task)| task.target.is_none()) {
        run.sim.advance_one(MINUTE, &mut run.log).expect("it is registered");
    }
    run.scale("web", 0).until(3 * MINUTE);
    look(DIRECTED, &run.log);
    is(
        &watch.gone,
        "Initial Healthy Unhealthy Draining
         Healthy Unhealthy Draining
         Unhealthy Healthy Draining
         Draining Unused",
    );
}

#[test]
fn section_7_6_an_instance_drains_and_may_come_back() {
    let mut watch: Watch<InstanceId, ContainerInstanceStatus> = Watch::new();
    let mut look = |seed, sim: &Sim| {
        for instance in sim.belief().registry.iter() {
            watch.see(seed, instance.id, instance.status);
        }
    };
    observe(15, only(&[8, 9, 10, 11, 26]), |seed, sim, _| look(seed, sim));
    // With a trunk, one is deregistered while it registers, one while it drains and one while it takes tasks.
    let mut run = Run::begin(&definition("web", ""), 4);
    let on = PutAccountSetting { name: AccountSetting::AwsvpcTrunking, value: "enabled".to_string() };
    run.give(Command::Platform(PlatformCommand::PutAccountSetting(on.clone())));
    run.launch("m5.large", "us-east-1a", 3);
    while run.sim.belief().registry.is_empty() {
        run.sim.advance_one(6 * MINUTE, &mut run.log).expect("it registers");
    }
    look(DIRECTED, &run.sim);
    let first = run.sim.belief().registry.iter().next().expect("it registers").id;
    run.give(Command::DeregisterContainerInstance { instance: first });
    step(&mut run, 6 * MINUTE, |run| look(DIRECTED, &run.sim));
    let others: Vec<InstanceId> = run.sim.belief().registry.iter().map(|instance| instance.id).collect();
    let &[second, third] = &others[..] else { panic!("{others:?}") };
    run.give(Command::UpdateContainerInstancesState { instance: second, status: InstanceStatusRequest::Draining });
    look(DIRECTED, &run.sim);
    for instance in [second, third] {
        run.give(Command::DeregisterContainerInstance { instance });
        look(DIRECTED, &run.sim);
    }
    // Eleven tasks take all addresses of the zone's subnet, so that a trunk gets none.
    let subnet = "[[subnets]]\nsubnet_id = \"subnet-a\"\navailability_zone = \"us-east-1a\"\ncidr_block = \"10.0.1.0/28\"\n";
    let servers = "[[servers]]\ntype = \"m5.4xlarge\"\nzone = \"us-east-1a\"\ncount = 2\n";
    let awsvpc = definition("web", "").replace("\"bridge\"", "\"awsvpc\"");
    let there = "network_configuration = { awsvpc_configuration = { subnets = [\"subnet-a\"] } }";
    let mut run = Run::begin(&format!("{subnet}{servers}{awsvpc}{}", service("web", 11, there)), 4);
    run.until(MINUTE).give(Command::Platform(PlatformCommand::PutAccountSetting(on)));
    run.launch("m5.large", "us-east-1a", 1);
    step(&mut run, 6 * MINUTE, |run| look(DIRECTED - 1, &run.sim));
    is(
        &watch.gone,
        "Registering Active Deregistering RegistrationFailed\nActive Draining Deregistering\nDraining Active Deregistering",
    );
}

/// While its trunk is deleted an instance stays DEREGISTERING, whatever its group does with the server.
#[test]
fn section_9_2_a_server_that_is_deregistering_has_nothing_to_drain() {
    let setup = |command: &str, request: &str| format!("[[setup]]\ncommand = \"{command}\"\nrequest = {{ {request} }}\n");
    let text = [
        setup("PutAccountSetting", "name = \"awsvpcTrunking\", value = \"enabled\""),
        setup(
            "CreateAutoScalingGroup",
            "auto_scaling_group_name = \"g\", min_size = 0, max_size = 1, desired_capacity = 1, instance_types = [\"m5.large\"]",
        ),
        setup("CreateCapacityProvider", "name = \"cp\", auto_scaling_group_provider = { auto_scaling_group = \"g\" }"),
        setup("PutClusterCapacityProviders", "capacity_providers = [\"cp\"], default_capacity_provider_strategy = []"),
    ];
    let mut run = Run::begin(&(text.concat() + &definition("web", "")), 4);
    run.until(6 * MINUTE);
    let instance = run.sim.belief().registry.iter().next().expect("it is registered").id;
    run.give(Command::DeregisterContainerInstance { instance });
    let shrink = UpdateAutoScalingGroup {
        auto_scaling_group_name: "g".to_string(),
        desired_capacity: Some(0),
        ..UpdateAutoScalingGroup::default()
    };
    run.give(Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(shrink)));
    let mut statuses = BTreeSet::new();
    step(&mut run, 10 * MINUTE, |run| statuses.extend(run.sim.belief().registry.get(instance).map(|known| known.status.name())));
    assert_eq!(statuses, BTreeSet::from(["DEREGISTERING"]));
    assert!(run.sim.belief().registry.is_empty());
}
