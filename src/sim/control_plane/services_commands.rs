//! Commands about services beyond the three that create, update and delete them.

use std::rc::Rc;

use crate::sim::command::services::{ContinueAction, ContinueServiceDeployment, ServicesCommand, StopServiceDeployment};
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::definition::DefinitionStatus;
use crate::sim::control_plane::deployment::{EndedBy, RolloutReason};
use crate::sim::control_plane::lifecycle_hooks::Verdict;
use crate::sim::effects::Effects;
use crate::sim::model::deployment::RolloutState;
use crate::sim::observation::Kind;
use crate::sim::observation::services::ServicesFact;

impl ControlPlane {
    /// Does what is asked.
    pub(crate) fn obey_services(&mut self, fx: &mut Effects, command: &ServicesCommand) -> Answer {
        match command {
            ServicesCommand::StopServiceDeployment(request) => self.stop_service_deployment(fx, request),
            ServicesCommand::ContinueServiceDeployment(request) => self.continue_service_deployment(fx, request),
            ServicesCommand::UpdateTaskProtection(request) => self.update_task_protection(fx, request),
            ServicesCommand::StartTask(request) => self.start_task(fx, request),
            ServicesCommand::DeregisterTaskDefinition { task_definition } => self.deregister_definition(fx, task_definition),
        }
    }

    /// `StopServiceDeployment` with `stopType` `ROLLBACK`: the newest deployment ends and the one completed last takes its place.
    fn stop_service_deployment(&mut self, fx: &mut Effects, request: &StopServiceDeployment) -> Answer {
        let id = self.wanted_service(&request.service)?;
        let service = self.services.get_mut(id).expect("it was found");
        if !service.deployment_in_progress() {
            return Err(Refusal::new("ServiceDeploymentNotFoundException", "There is no service deployment in progress."));
        }
        if service.has_no_way_back() {
            return Err(Refusal::new(
                "ConflictException",
                "The service deployment is in the CLEAN_UP stage and cannot be stopped.",
            ));
        }
        let deployment = service.primary_mut();
        let ended_by = EndedBy::Call("StopServiceDeployment");
        deployment.turn(RolloutState::Failed, RolloutReason::Ended(ended_by), fx.now_ms);
        service.wake();
        match self.services[id].staged() {
            Some(_) => self.roll_stages_back(fx, id, ended_by),
            None => self.roll_back(fx, id, ended_by),
        }
        Ok(())
    }

    /// `ContinueServiceDeployment`.
    fn continue_service_deployment(&mut self, fx: &mut Effects, request: &ContinueServiceDeployment) -> Answer {
        let id = self.wanted_service(&request.service)?;
        let paused = self.services[id].staged().is_some_and(|staged| staged.paused().is_some());
        if !paused {
            return Err(Refusal::new("ServiceDeploymentNotFoundException", "There is no service deployment that a hook holds."));
        }
        let cause = fx.cause.expect("a command");
        match request.action {
            ContinueAction::Continue => {
                self.release_hook(id, cause);
                if let Verdict::Passed(_) = self.judge_hooks(fx, id) {
                    self.go_on(fx, id, cause);
                }
            }
            ContinueAction::Rollback => self.roll_stages_back(fx, id, EndedBy::Call("ContinueServiceDeployment")),
        }
        Ok(())
    }

    /// `DeregisterTaskDefinition`: services and tasks that use it keep running and scaling; nothing new may use it (ecs.md §1.3).
    /// Ledger: service.inactive-definition.
    fn deregister_definition(&mut self, fx: &mut Effects, name: &str) -> Answer {
        if !name.contains(':') {
            return Err(Refusal::new("ClientException", "Revision is missing."));
        }
        let id = self.wanted_definition(name)?;
        fx.observe(Kind::Services(Rc::new(ServicesFact::TaskDefinitionDeregistered { definition: id })));
        self.definitions.get_mut(id).expect("it was found").status = DefinitionStatus::Inactive;
        Ok(())
    }
}
