//! The engine: commands in, observations out, time forward.
//!
//! Everything that changes anything passes here once. Start reading at [`Sim::apply`] and [`Sim::advance_to`].

use std::rc::Rc;

use crate::sim::command::{Command, CreateService, LaunchInstances};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::{ControlPlane, quotas};
use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::app::Apps;
use crate::sim::data_plane::host::Power;
use crate::sim::effects::Effects;
use crate::sim::event::Event;
use crate::sim::faults::Faults;
use crate::sim::ids::{InstanceId, ServiceId, TaskId, ZoneId};
use crate::sim::later::LATER;
use crate::sim::message::Report;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::task_definition::TaskDefinition;
use crate::sim::model::zone::Zone;
use crate::sim::neighbours::{Neighbours, balancing_commands, metrics};
use crate::sim::observation::{Kind, Observation};
use crate::sim::queue::Scheduled;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Container instances of one cluster (ecs.md §13).
/// Ledger: limits.
pub(crate) const MOST_INSTANCES: usize = 5_000;

/// What a run starts from.
#[derive(Clone, Debug)]
pub struct Beginning {
    pub seed: u64,
    /// Zone names, `us-east-1a` first.
    pub zones: Vec<String>,
    pub apps: Apps,
    pub tuning: Tuning,
}

/// One run. A clone is a snapshot: entities are shared until one of the two writes to them.
#[derive(Clone, Debug)]
pub struct Sim {
    pub(crate) fx: Effects,
    pub(crate) control: ControlPlane,
    pub(crate) data: DataPlane,
    pub(crate) faults: Faults,
    pub(crate) neighbours: Neighbours,
}

impl Sim {
    /// An empty cluster at instant 0.
    pub fn new(beginning: Beginning) -> Self {
        let zones: Rc<[Zone]> = beginning.zones.iter().map(|name| Zone { name: Rc::from(name.as_str()) }).collect();
        Self {
            control: ControlPlane::new(zones, &beginning.tuning),
            fx: Effects::new(beginning.seed, Rc::new(beginning.tuning)),
            data: DataPlane::new(beginning.apps),
            faults: Faults::default(),
            neighbours: Neighbours::default(),
        }
    }

    /// The present instant.
    pub fn now_ms(&self) -> Millis {
        self.fx.now_ms
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.fx.seed
    }

    /// The constants of the run.
    pub fn tuning(&self) -> &Tuning {
        &self.fx.tuning
    }

    /// What the control plane believes.
    pub fn belief(&self) -> &ControlPlane {
        &self.control
    }

    /// Asks for one coming placement decision to be recorded in full; read it with `belief().captured()`.
    pub fn capture(&mut self, decision: crate::sim::ids::DecisionId) {
        self.control.capture(decision);
    }

    /// What is true.
    pub fn truth(&self) -> &DataPlane {
        &self.data
    }

    /// The road between.
    pub fn wire(&self) -> &crate::sim::wire::Wire {
        &self.fx.wire
    }

    /// What is broken now.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The services round ECS.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// The tasks of a service as its next look would sort them.
    pub(crate) fn stock_of(&self, service: ServiceId) -> Stock {
        self.control.take_stock(&self.fx, service)
    }

    /// Would the next look count the task as healthy?
    pub(crate) fn counts_as_healthy(&self, task: TaskId) -> bool {
        self.control.tasks.get(task).is_some_and(|known| self.control.counts_as_healthy(&self.fx, known))
    }

    /// How many observations there have been.
    pub fn observed(&self) -> u64 {
        self.fx.observed()
    }

    /// The instant of the next event, if anything will ever happen again.
    pub fn next_event_at(&self) -> Option<Millis> {
        self.fx.queue.next_at()
    }

    /// Does what is asked, now. A refusal changes nothing but is observed as well.
    pub fn apply(&mut self, command: &Command, observations: &mut Vec<Observation>) -> Answer {
        self.equip();
        self.hear(command.clone());
        let within_rates = self.control.api_rates.check(command, self.fx.now_ms, &self.fx.tuning);
        let answer = within_rates.and_then(|()| self.obey(command));
        if answer.is_ok() {
            self.control.api_rates.take(command, self.fx.now_ms, &self.fx.tuning);
            metrics::begin(&mut self.neighbours.metrics, &mut self.fx);
        }
        self.settle_traffic();
        self.answer(answer, observations)
    }

    /// Brings the rules that the opening of the page does without.
    pub fn equip(&mut self) {
        self.fx.later = Some(&LATER);
    }

    /// [`Command::RegisterTaskDefinition`], for those who need no other command.
    pub fn register_task_definition(&mut self, definition: &TaskDefinition, observations: &mut Vec<Observation>) -> Answer {
        self.hear(Command::RegisterTaskDefinition(Box::new(definition.clone())));
        self.control.register_task_definition(&mut self.fx, definition.clone());
        self.answer(Ok(()), observations)
    }

    /// [`Command::CreateService`], for those who need no other command.
    pub fn create_service(&mut self, request: &CreateService, observations: &mut Vec<Observation>) -> Answer {
        self.hear(Command::CreateService(request.clone()));
        let answer = self.obey_create_service(request);
        self.answer(answer, observations)
    }

    fn hear(&mut self, command: Command) {
        self.fx.cause = None;
        self.fx.lead(Kind::CommandGiven(Rc::new(command)));
    }

    fn answer(&mut self, answer: Answer, observations: &mut Vec<Observation>) -> Answer {
        if let Err(refusal) = &answer {
            self.fx.observe(Kind::CommandRefused { code: refusal.code, message: Rc::from(refusal.message.as_str()) });
        }
        self.fx.take_observations(observations);
        answer
    }

    /// Lets everything happen that happens until `until_ms`, that instant included.
    pub fn advance_to(&mut self, until_ms: Millis, observations: &mut Vec<Observation>) {
        while let Some(scheduled) = self.fx.queue.pop_until(until_ms) {
            self.happen(scheduled);
            self.fx.take_observations(observations);
        }
        self.fx.now_ms = self.fx.now_ms.max(until_ms);
    }

    /// Lets only the next event happen, if it is due at `until_ms` or before; says whether one was.
    pub fn advance_one(&mut self, until_ms: Millis, observations: &mut Vec<Observation>) -> Option<Millis> {
        let scheduled = self.fx.queue.pop_until(until_ms)?;
        self.happen(scheduled);
        self.fx.take_observations(observations);
        Some(self.fx.now_ms)
    }

    /// Launches an instance that is up and registered within a moment: how a scenario begins.
    pub fn begin_with_instance(&mut self, launch: &LaunchInstances, observations: &mut Vec<Observation>) -> Answer {
        let (instance_type, zone) = self.launchable(launch)?;
        for _ in 0..launch.count {
            self.fx.cause = None;
            let instance = self.launch_one(launch, instance_type, zone);
            self.data.power_on_now(&mut self.fx, instance);
        }
        self.fx.take_observations(observations);
        Ok(())
    }

    fn happen(&mut self, scheduled: Scheduled) {
        let fx = &mut self.fx;
        fx.now_ms = scheduled.at_ms;
        fx.cause = scheduled.cause;
        match scheduled.event {
            Event::Control(timer) => self.control.on_timer(fx, timer),
            Event::Data(timer) => self.data.on_timer(fx, timer),
            Event::InstructionArrives { instance, instruction } => self.data.hear(fx, instance, instruction),
            Event::ReportArrives { instance, report } => {
                // A request to connect is no answer: only what follows it ends the silence.
                if report != Report::Connect {
                    fx.wire.heard(instance);
                }
                if let (Report::Telemetry(telemetry), Some(later)) = (&report, fx.later) {
                    (later.hear_usage)(&mut self.neighbours, &self.control, instance, &telemetry.usage);
                }
                self.control.hear_from_agent(fx, instance, report);
            }
            Event::FargateInstructionArrives { instruction } => self.data.fargate_hears(fx, instruction),
            Event::FargateReportArrives { report } => self.control.hear_from_fargate(fx, report),
            Event::TerminationReported { instance } => self.control.termination_reported(fx, instance),
            Event::SpotNoticeOver { fault } => self.spot_notice_over(fault),
            Event::Neighbour(event) => {
                let later = fx.later.expect("a command has set it going");
                (later.on_neighbour)(self, event);
            }
        }
        self.settle_traffic();
    }

    /// What has changed about tasks is worked out for those who send them requests.
    fn settle_traffic(&mut self) {
        if let Some(later) = self.fx.later.filter(|_| !self.data.touched.is_empty()) {
            (later.settle_traffic)(self);
        }
    }

    fn obey(&mut self, command: &Command) -> Answer {
        let fx = &mut self.fx;
        match command {
            Command::RegisterTaskDefinition(definition) => {
                quotas::check_revisions(&self.control, definition)?;
                self.control.register_task_definition(fx, (**definition).clone());
                Ok(())
            }
            Command::CreateService(request) => {
                quotas::check_placement(&request.placement_strategy, &request.placement_constraints)?;
                quotas::check_grace_period(request.health_check_grace_period_seconds)?;
                self.obey_create_service(request)
            }
            Command::UpdateService(request) => balancing_commands::update_service(self, request),
            Command::DeleteService { service } => self.control.delete_service(fx, service),
            Command::RunTask(request) => {
                quotas::check_placement(&request.placement_strategy, &request.placement_constraints)?;
                self.control.run_task(fx, request)
            }
            Command::StopTask { task, reason } => self.control.stop_task_asked(fx, *task, reason.as_deref()),
            Command::LaunchInstances(launch) => self.launch_instances(launch),
            Command::UpdateContainerInstancesState { instance, status } => {
                self.control.update_instance_state(fx, *instance, *status)
            }
            Command::DeregisterContainerInstance { instance } => self.control.deregister_instance(fx, *instance),
            Command::TerminateInstances { instance } => self.terminate(*instance),
            Command::InjectFault(fault) => self.inject(fault),
            Command::HealFault { fault } => self.heal(*fault),
            Command::Services(command) => self.control.obey_services(fx, command),
            Command::Balancing(command) => balancing_commands::obey(self, command),
            Command::Capacity(command) => self.obey_capacity(command),
            Command::Metrics(command) => metrics::commands::obey(self, command),
            Command::Platform(command) => self.obey_platform(command),
        }
    }

    fn obey_create_service(&mut self, request: &CreateService) -> Answer {
        let plain = request.load_balancers.is_empty()
            && request.service_connect_configuration.is_none()
            && request.service_registries.is_empty();
        match self.fx.later.filter(|_| !plain) {
            Some(later) => (later.create_balanced_service)(self, request),
            None => self.control.create_service(&mut self.fx, request),
        }
    }

    fn launch_instances(&mut self, launch: &LaunchInstances) -> Answer {
        let (instance_type, zone) = self.launchable(launch)?;
        if launch.count == 0 {
            return Err(Refusal::new("InvalidParameterException", "At least one instance must be launched."));
        }
        let standing = self.data.hosts.iter().filter(|(_, host)| host.power != Power::Terminated).count();
        if standing + launch.count as usize > MOST_INSTANCES {
            return Err(Refusal::new("InstanceLimitExceeded", "A cluster has at most 5,000 container instances."));
        }
        let cause = self.fx.cause;
        for _ in 0..launch.count {
            self.fx.cause = cause;
            self.launch_one(launch, instance_type, zone);
        }
        Ok(())
    }

    pub(crate) fn launch_one(
        &mut self,
        launch: &LaunchInstances,
        instance_type: &'static InstanceType,
        zone: ZoneId,
    ) -> InstanceId {
        let instance = self.data.launch_host(&mut self.fx, instance_type, zone, launch.spot);
        self.data.set_spot_draining(instance, launch.ecs_enable_spot_instance_draining);
        self.faults.reach_new_instance(&mut self.fx, instance, zone);
        self.control.expect_instance(instance, instance_type, zone, launch);
        instance
    }

    fn launchable(&self, launch: &LaunchInstances) -> Result<(&'static InstanceType, ZoneId), Refusal> {
        let instance_type = InstanceType::named(&launch.instance_type).ok_or_else(|| {
            Refusal::new("InvalidParameterValue", format!("Invalid value '{}' for InstanceType.", launch.instance_type))
        })?;
        let zone = self
            .control
            .zone_named(&launch.zone)
            .ok_or_else(|| Refusal::new("InvalidParameterValue", format!("Invalid availability zone: [{}]", launch.zone)))?;
        quotas::check_attributes(launch.attributes.len())?;
        Ok((instance_type, zone))
    }

    fn terminate(&mut self, instance: InstanceId) -> Answer {
        if self.data.hosts.get(instance).is_none() {
            return Err(Refusal::new(
                "InvalidInstanceID.NotFound",
                format!("The instance ID '{}' does not exist", instance.ec2_instance_id()),
            ));
        }
        self.data.terminate_host(&mut self.fx, instance);
        Ok(())
    }
}
