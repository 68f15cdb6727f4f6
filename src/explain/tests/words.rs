//! Sentences of real runs.

use std::collections::BTreeSet;

use crate::explain::capacity::hold;
use crate::explain::testing::{Stage, family, run_task};
use crate::explain::words::{ids, is_headline, kind_name, sentence};
use crate::sim::command::{Command, InstanceStatusRequest, LaunchType, UpdateService};
use crate::sim::data_plane::app::Apps;
use crate::sim::engine::{Beginning, Sim};
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::observation::capacity::Hold;
use crate::sim::observation::{Kind, Observation};
use crate::sim::tuning::Tuning;

fn said(stage: &Stage, is: impl Fn(&Kind) -> bool) -> String {
    sentence(&stage.sim, stage.newest(is))
}

/// A stage on which much goes wrong.
fn eventful() -> Stage {
    let mut stage = Stage::with(&["m5.large", "t3.small"]);
    stage.register(family("web", 256, 512));
    stage.service("web", 3);
    stage.run(60_000);
    let first = *stage.sim.belief().tasks.ids().collect::<Vec<_>>().first().unwrap();
    stage.give(Command::InjectFault(Fault::ContainerExit { target: AppTarget::Task(first), code: 1 }));
    stage.run(30_000);
    let cut = Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(2)), direction: Direction::Both };
    stage.give(Command::InjectFault(cut));
    stage.run(200_000);
    stage.register(family("batch", 2_048, 7_000));
    stage.give(Command::RunTask(run_task("batch")));
    stage.give(Command::UpdateContainerInstancesState { instance: InstanceId(1), status: InstanceStatusRequest::Draining });
    stage.run(60_000);
    stage
}

#[test]
fn facts_are_told_in_the_words_of_the_run() {
    let stage = eventful();
    let web = stage.sim.belief().tasks.ids().map(|id: TaskId| format!("web · {}", id.short())).collect::<BTreeSet<_>>();
    let exited = said(&stage, |kind| matches!(kind, Kind::ContainerExited { .. }));
    assert!(web.iter().any(|name| exited == format!("Container web of {name} exited with code 1")), "{exited}");
    let lost = said(&stage, |kind| matches!(kind, Kind::AgentDisconnected { .. }));
    let server = InstanceId(2).short();
    assert!(lost.starts_with(&format!("ECS marks the agent of {server} disconnected: nothing heard for ")), "{lost}");
    let drained = said(&stage, |kind| matches!(kind, Kind::InstanceStatusChanged { .. }));
    assert_eq!(
        drained,
        format!("{} is DRAINING: it takes no new tasks, and services move theirs elsewhere", InstanceId(1).short())
    );
    let failed = said(&stage, |kind| matches!(kind, Kind::PlacementFailed { service: None, .. }));
    assert!(failed.starts_with("No server can take a task of batch:1 (a standalone one); closest is "), "{failed}");
}

#[test]
fn a_placement_says_how_many_servers_had_room() {
    let mut stage = Stage::with(&["m5.large", "t3.micro"]);
    stage.register(family("web", 256, 2_000));
    stage.service("web", 1);
    let task = *stage.sim.belief().tasks.ids().collect::<Vec<_>>().first().unwrap();
    let placed = said(&stage, |kind| matches!(kind, Kind::TaskPlaced { .. }));
    assert_eq!(placed, format!("web · {} placed on {} (1 of 2 servers has room)", task.short(), InstanceId(1).short()));
}

#[test]
fn service_events_are_verbatim() {
    let stage = eventful();
    let started = said(&stage, |kind| matches!(kind, Kind::ServiceEvent { .. }));
    assert!(started.starts_with("(service web) "), "{started}");
}

#[test]
fn forgotten_tasks_keep_a_name() {
    let stage = eventful();
    let observation = stage.newest(|kind| matches!(kind, Kind::TaskStopped { .. })).clone();
    let empty = Stage::with(&[]);
    let told = sentence(&empty.sim, &observation);
    assert!(told.starts_with("task "), "{told}");
}

#[test]
fn every_fact_of_a_run_has_a_sentence_a_name_and_ids_that_fit() {
    let mut stage = eventful();
    let to_fargate =
        UpdateService { service: "web".to_owned(), launch_type: Some(LaunchType::Fargate), ..UpdateService::default() };
    let refused = stage.sim.apply(&Command::UpdateService(to_fargate), &mut stage.log);
    assert!(refused.is_err());
    let mut names = BTreeSet::new();
    for observation in &stage.log {
        let told = sentence(&stage.sim, observation);
        assert!(told.len() > 10 && !told.contains("{"), "{told}");
        names.insert(kind_name(&observation.kind));
        let debug = format!("{:?}", observation.kind);
        assert!(debug.starts_with(kind_name(&observation.kind)), "{debug}");
        for (field, id) in ids(&observation.kind) {
            assert!(!field.is_empty() && !id.is_empty());
        }
    }
    assert!(names.len() > 20, "{names:?}");
}

#[test]
fn a_log_of_headlines_is_shorter_and_still_tells_the_story() {
    let stage = eventful();
    let headlines: Vec<&Observation> = stage.log.iter().filter(|observation| is_headline(&observation.kind)).collect();
    assert!(headlines.len() < stage.log.len());
    for wanted in ["FaultInjected", "AgentDisconnected", "TaskPlaced", "TaskStopped", "PlacementFailed", "InstanceStatusChanged"]
    {
        assert!(headlines.iter().any(|observation| kind_name(&observation.kind) == wanted), "{wanted}");
    }
}

#[test]
fn the_pause_before_a_scale_in_is_told_as_it_is_tuned() {
    let why = Hold::AfterScaleOut { until_ms: 1_300_000 };
    let mut tuning = Tuning::default();
    let words = |tuning: &Tuning| {
        let zones = vec!["us-east-1a".to_owned()];
        hold(&Sim::new(Beginning { seed: 7, zones, apps: Apps::default(), tuning: tuning.clone() }), why)
    };
    assert_eq!(words(&tuning), "no scale-in before 21:40.0, 15 min after the last scale-out");
    tuning.capacity.scale_in_pause_ms = 300_000;
    assert_eq!(words(&tuning), "no scale-in before 21:40.0, 5 min after the last scale-out");
}
