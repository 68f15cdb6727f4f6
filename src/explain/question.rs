//! Where could a task go now? The question of a service or a RunTask, asked of the present belief without changing it.

use std::rc::Rc;

use crate::sim::command::{LaunchType, RunTask, SchedulingStrategy};
use crate::sim::control_plane::capacity::strategy::launch_type_of;
use crate::sim::control_plane::registry::Registry;
use crate::sim::control_plane::scheduler::{PlacementRequest, decide_in_full, obstacle};
use crate::sim::decision::{Decision, DefaultStrategy};
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, GroupId, InstanceId, ServiceId, TaskDefinitionId};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::needs::Needs;
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::model::task_definition::TaskDefinition;
use crate::sim::tuning::Obedience;

/// No task is in group 0.
const NO_GROUP: GroupId = GroupId(0);

/// A task that looks for a place.
#[derive(Clone, Debug)]
pub struct Question {
    pub definition: TaskDefinitionId,
    pub task_definition: Rc<TaskDefinition>,
    pub needs: Rc<Needs>,
    /// `service:web`.
    pub group_name: Rc<str>,
    pub launch_type: LaunchType,
    /// The capacity provider whose turn it is: only its servers are looked at.
    pub provider: Option<CapacityProviderId>,
    pub constraints: Vec<PlacementConstraint>,
    pub strategies: Vec<PlacementStrategy>,
    pub default: DefaultStrategy,
    /// A DAEMON service asks for each of these servers apart.
    pub only: Option<Vec<InstanceId>>,
}

impl Question {
    /// What the service scheduler would ask for a service now.
    pub fn of_service(sim: &Sim, service: ServiceId) -> Option<Self> {
        let service = sim.belief().services.get(service)?;
        let entry = sim.belief().definitions.get(service.revision().definition)?;
        let only = match service.scheduling_strategy {
            SchedulingStrategy::Replica => None,
            SchedulingStrategy::Daemon => {
                let served: Vec<_> = service.tasks.iter().filter_map(|task| sim.belief().tasks.get(*task)?.instance).collect();
                Some(sim.belief().registry.iter().map(|known| known.id).filter(|id| !served.contains(id)).collect())
            }
        };
        let provider = sim.belief().capacity.whose_turn(&service.revision().capacity_provider_strategy, service.group);
        Some(Self {
            definition: service.revision().definition,
            task_definition: entry.definition.clone(),
            needs: entry.needs.clone(),
            group_name: Rc::from(sim.belief().registry.group_name(service.group)),
            launch_type: provider.map_or(service.revision().launch_type, launch_type_of),
            provider,
            constraints: sim.belief().constraints_of(service.revision().definition, &service.constraints),
            strategies: obeyed(sim, &service.strategies),
            default: DefaultStrategy::Service,
            only,
        })
    }

    /// What RunTask would ask now.
    pub fn of_run(sim: &Sim, request: &RunTask) -> Option<Self> {
        let definition = sim.belief().definition_named(&request.task_definition)?;
        let entry = sim.belief().definitions.get(definition)?;
        let group_name = request.group.clone().unwrap_or_else(|| format!("family:{}", entry.definition.family));
        let strategy = request.capacity_provider_strategy.as_deref().unwrap_or_default();
        let group = sim.belief().registry.find_group(&group_name).unwrap_or(NO_GROUP);
        let provider = sim.belief().capacity.whose_turn(asked_or_default(sim, request, strategy), group);
        Some(Self {
            definition,
            task_definition: entry.definition.clone(),
            needs: entry.needs.clone(),
            group_name: Rc::from(group_name),
            launch_type: provider.map_or(request.launch_type, launch_type_of),
            provider,
            constraints: sim.belief().constraints_of(definition, &request.placement_constraints),
            strategies: obeyed(sim, &request.placement_strategy),
            default: DefaultStrategy::RunTask,
            only: None,
        })
    }

    /// The answer the present belief gives, in full.
    pub fn decide(&self, sim: &Sim) -> Decision {
        self.decide_on(&sim.belief().registry)
    }

    /// The answer of a registry that someone imagines.
    pub fn decide_on(&self, registry: &Registry) -> Decision {
        let mut decision = match registry.find_group(&self.group_name) {
            Some(group) => decide_in_full(registry, &self.request(group)),
            None => {
                // A group without tasks is asked about in a copy, where it may be written down.
                let mut copy = registry.clone();
                let group = copy.group(&self.group_name);
                decide_in_full(&copy, &self.request(group))
            }
        };
        if let Some(only) = &self.only {
            decision.rows.retain(|row| only.contains(&row.instance));
            decision.winner = decision.rows.iter().find(|row| row.is_feasible()).map(|row| row.instance);
            decision.closest = decision.closest.filter(|(instance, _)| only.contains(instance));
        }
        decision
    }

    /// Would this server of an imagined registry take the task?
    pub fn fits_on(&self, registry: &mut Registry, instance: InstanceId) -> bool {
        let group = registry.group(&self.group_name);
        obstacle(registry, &self.request(group), instance).is_none()
    }

    fn request(&self, group: GroupId) -> PlacementRequest<'_> {
        PlacementRequest {
            needs: &self.needs,
            group,
            constraints: &self.constraints,
            strategies: &self.strategies,
            default: self.default,
            zones: None,
            provider: self.provider,
            // Chance only ever picks among equals; who asks what is possible does not care which.
            chance: (0, 0),
        }
    }
}

/// An empty strategy means that of the cluster; none at all leaves it to the launch type (ecs.md §3.1).
fn asked_or_default<'a>(
    sim: &'a Sim,
    request: &RunTask,
    asked: &'a [CapacityProviderStrategyItem],
) -> &'a [CapacityProviderStrategyItem] {
    match (&request.capacity_provider_strategy, asked.is_empty()) {
        (Some(_), true) => &sim.belief().capacity.default_strategy,
        (_, _) => asked,
    }
}

fn obeyed(sim: &Sim, strategies: &[PlacementStrategy]) -> Vec<PlacementStrategy> {
    match sim.tuning().strategies {
        Obedience::Followed => strategies.to_vec(),
        Obedience::Ignored => Vec::new(),
    }
}
