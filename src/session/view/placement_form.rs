//! How a service places its tasks, as the form edits it.

use std::rc::Rc;

use crate::session::choice;
use crate::session::frame::{Choice, PlacementForm};
use crate::session::intent::Intent;
use crate::session::launch_mode;
use crate::sim::command::{LaunchType, SchedulingStrategy};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::model::placement::PlacementConstraint;

const AZ: &str = "spread(attribute:ecs.availability-zone)";
/// Everything a strategy is offered as.
const STRATEGIES: [&str; 5] = [AZ, "spread(instanceId)", "binpack(memory)", "binpack(cpu)", "random"];
/// Templates with the names of the console (ecs.md §3.5).
const TEMPLATES: [(&str, &[&str]); 5] = [
    ("AZ Balanced Spread", &[AZ, "spread(instanceId)"]),
    ("AZ Balanced BinPack", &[AZ, "binpack(memory)"]),
    ("BinPack", &["binpack(memory)"]),
    ("Random", &["random"]),
    ("Default", &[]),
];

/// The form of a service; a DAEMON service places one task on each server and takes no strategy.
pub fn form(sim: &Sim, service: &Service) -> Option<PlacementForm> {
    if service.scheduling_strategy == SchedulingStrategy::Daemon {
        return None;
    }
    let strategies: Vec<Rc<str>> = service.strategies.iter().map(|strategy| Rc::from(strategy.to_string())).collect();
    let constraints: Vec<Rc<str>> = service.constraints.iter().map(|constraint| Rc::from(constraint.to_string())).collect();
    let own = || constraints.iter().map(|constraint| constraint.to_string()).collect::<Vec<_>>();
    let set = |label: &str, strategies: Vec<String>, constraints: Vec<String>| {
        let intent = Intent::SetPlacement { service: service.name.to_string(), strategies, constraints };
        on_ec2_only(service, choice(label, intent))
    };
    let templates = TEMPLATES.iter().map(|(label, chain)| set(label, chain.iter().map(|text| text.to_string()).collect(), own()));
    let distinct = service.constraints.contains(&PlacementConstraint::DistinctInstance);
    let (label, toggled) = match distinct {
        true => {
            ("Allow several on one server", own().into_iter().filter(|constraint| constraint != "distinctInstance").collect())
        }
        false => ("One task per host (distinctInstance)", own().into_iter().chain(["distinctInstance".to_string()]).collect()),
    };
    let kept = service.strategies.iter().map(ToString::to_string).collect();
    Some(PlacementForm {
        locked: None,
        service: service.name.clone(),
        templates: templates.collect(),
        strategy_options: Rc::new(STRATEGIES.iter().map(|text| Rc::from(*text)).collect()),
        distinct_instance: set(label, kept, toggled),
        launch_types: [LaunchType::Ec2, LaunchType::Fargate, LaunchType::FargateSpot]
            .map(|to| launch_type(sim, service, to))
            .to_vec(),
        strategies,
        constraints,
    })
}

fn on_ec2_only(service: &Service, mut choice: Choice) -> Choice {
    if service.revision().launch_type != LaunchType::Ec2 {
        choice.refused = Some(Rc::from("Fargate takes no placement strategies or constraints."));
    }
    choice
}

fn launch_type(sim: &Sim, service: &Service, to: LaunchType) -> Choice {
    let label = crate::explain::names::launch_type_name(to);
    let mut choice = choice(label, Intent::DoAll(launch_mode::move_service(sim, service, to).into()));
    if service.revision().launch_type == to {
        choice.refused = Some(Rc::from("This is where it runs."));
    }
    choice
}
