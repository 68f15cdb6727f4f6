//! `StartTask`: one task on each container instance that the caller names (ecs.md §3.1, §3.6).

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::services::StartTask;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::launch::Launch;
use crate::sim::decision::ROLE_NOT_ASSUMABLE;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, TaskDefinitionId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::observation::Kind;
use crate::sim::observation::services::ServicesFact;

impl ControlPlane {
    /// Tries once on each: what does not fit is a failure in the answer, and nobody tries again.
    // Ledger: placement.start-task
    pub(crate) fn start_task(&mut self, fx: &mut Effects, request: &StartTask) -> Answer {
        if !(1..=10).contains(&request.container_instances.len()) {
            return Err(Refusal::new("InvalidParameterException", "Between 1 and 10 container instances must be specified."));
        }
        let definition = self.wanted_definition(&request.task_definition)?;
        self.check_network(definition, request.network_configuration.as_ref())?;
        if self.role_is_refused(definition).is_some() {
            return Err(Refusal::new("ClientException", ROLE_NOT_ASSUMABLE));
        }
        let family = self.definitions[definition].definition.family.clone();
        let group_name = request.group.clone().unwrap_or_else(|| format!("family:{family}"));
        let launch = Launch {
            definition,
            group: self.registry.group(&group_name),
            service: None,
            launch_type: LaunchType::Ec2,
            strategy: Rc::from([]),
            capacity_provider: None,
            constraints: Rc::from([]),
            strategies: Rc::from([]),
            zone: None,
            network: request.network_configuration.as_ref().map(|network| Rc::new(network.awsvpc_configuration.clone())),
        };
        for instance in &request.container_instances {
            match self.failure_of(*instance) {
                Some(reason) => {
                    let fact = ServicesFact::StartTaskFailed { instance: *instance, reason };
                    fx.observe(Kind::Services(Rc::new(fact)));
                }
                None => self.start_on(fx, &launch, definition, *instance, &group_name),
            }
        }
        Ok(())
    }

    fn start_on(
        &mut self,
        fx: &mut Effects,
        launch: &Launch,
        definition: TaskDefinitionId,
        instance: InstanceId,
        group_name: &str,
    ) {
        let Err(unplaced) = self.launch_on(fx, launch, instance) else { return };
        let silent = unplaced.summary.silent_instance().and_then(|instance| self.agents.get(instance)?.disconnected_by);
        let kind = Kind::PlacementFailed {
            group: Rc::from(group_name),
            service: None,
            definition,
            decision: unplaced.decision,
            summary: unplaced.summary,
        };
        fx.because(silent, |fx| fx.observe(kind));
    }

    /// `MISSING` when ECS has never known it, `INACTIVE` when it was deregistered or takes no tasks.
    fn failure_of(&self, instance: InstanceId) -> Option<&'static str> {
        match self.registry.get(instance).map(|known| known.status) {
            Some(ContainerInstanceStatus::Active) => None,
            None if !self.deregistered.contains(&instance) => Some("MISSING"),
            Some(_) | None => Some("INACTIVE"),
        }
    }
}
