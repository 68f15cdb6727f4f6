//! Service tasks as targets of a load balancer and under the name of their service, as the control plane sees to them
//! (ecs.md §2.1, §2.4, §9.3).
//!
//! It asks the load balancer to register and deregister in its looks at the service, and learns how targets stand from reports that
//! come late. Start reading at [`ControlPlane::move_targets`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::service_load_balancer::{ServiceLoadBalancer, TargetGroups};
use crate::sim::control_plane::task::{BelievedTarget, Registration, Task};
use crate::sim::effects::{BALANCER_CALL_MS, Effects};
use crate::sim::ids::{ObservationId, ServiceId, TargetGroupId, TaskId};
use crate::sim::model::target::{Address, TargetReason, TargetState};
use crate::sim::model::task::{HealthStatus, TaskStatus};
use crate::sim::model::task_definition::{NetworkMode, TaskDefinition};
use crate::sim::neighbours::event::{BalancingEvent, NeighbourEvent};
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::observation::{Kind, ServiceEvent};
use crate::sim::random;

/// Ports that Linux gives out by itself (ecs.md §9.1).
/// Ledger: network.dynamic-ports.
const EPHEMERAL_PORTS: (u16, u16) = (32_768, 60_999);

/// Targets of one service that wait for the next look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Registrar {
    /// Tasks to register, with what has been heard of their health meanwhile.
    arrivals: BTreeMap<TaskId, (HealthStatus, Option<ObservationId>)>,
    /// Tasks to deregister.
    leaving: BTreeSet<TaskId>,
    /// Tasks deregistered in the last look, which the service has not said yet.
    left: BTreeSet<TaskId>,
}

impl Service {
    /// What has been heard of the health of a task that waits for its registration.
    pub(crate) fn arrival_of(&mut self, task: TaskId) -> Option<&mut (HealthStatus, Option<ObservationId>)> {
        self.registrar.as_mut()?.arrivals.get_mut(&task)
    }
}

impl ControlPlane {
    /// Must a task be registered with a load balancer, Cloud Map or Service Connect before it is RUNNING?
    pub(crate) fn awaits_registration(&self, id: TaskId) -> bool {
        let task = &self.tasks[id];
        self.revision_of(task).is_some_and(|revision| {
            (task.target.is_none() && !revision.load_balancers.is_empty()) || (!task.named && revision.is_named())
        })
    }

    /// Its containers run: it is ACTIVATING until the next look registers it.
    pub(crate) fn task_arrives(&mut self, fx: &mut Effects, id: TaskId) {
        self.set_status(fx, id, TaskStatus::Activating);
        let Some((service, _)) = self.tasks[id].service else { return };
        let service = self.services.get_mut(service).expect("the service exists");
        service.registrar.get_or_insert_default().arrivals.entry(id).or_insert((HealthStatus::Unknown, None));
    }

    /// It is not wanted any more: the next look deregisters it. Its name is taken away at once.
    pub(crate) fn task_leaves(&mut self, fx: &mut Effects, id: TaskId) {
        let task = &self.tasks[id];
        let registered = task.target.is_some();
        if task.named && !registered {
            let event = NeighbourEvent::Balancing(BalancingEvent::NameDrained { task: id });
            fx.at_neighbour(fx.tuning.balancing.name_drain_ms, event);
        }
        let Some(service) = task.service.and_then(|(service, _)| self.services.get_mut(service)) else { return };
        if registered {
            service.registrar.get_or_insert_default().leaving.insert(id);
        } else if let Some(registrar) = &mut service.registrar {
            registrar.arrivals.remove(&id);
        }
    }

    /// What one look does: says what the last one deregistered, deregisters, registers. In real logs these stand about ten
    /// seconds apart (ecs.md §2.4).
    ///
    /// Ledger: target.registration.
    pub(crate) fn move_targets(&mut self, fx: &mut Effects, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        let Some(registrar) = service.registrar.take() else { return };
        self.say_deregistered(fx, id, &registrar.left);
        self.deregister(fx, id, &registrar.leaving);
        self.register_arrivals(fx, id, &registrar.arrivals);
        if !registrar.leaving.is_empty() {
            let service = self.services.get_mut(id).expect("the service exists");
            service.registrar.get_or_insert_default().left = registrar.leaving;
        }
    }

    fn say_deregistered(&mut self, fx: &mut Effects, id: ServiceId, left: &BTreeSet<TaskId>) {
        let targets = left.iter().filter_map(|task| self.tasks.get(*task)?.target.as_ref());
        for (arn, count) in count_by_group(targets.flat_map(|target| &target.registrations)) {
            let cause = left.iter().filter_map(|task| self.tasks.get(*task)).map(|task| task.newest).max();
            fx.because(cause, |fx| self.say(fx, id, ServiceEvent::DeregisteredTargets { count, target_group: arn }));
        }
    }

    fn deregister(&mut self, fx: &mut Effects, id: ServiceId, leaving: &BTreeSet<TaskId>) {
        let decided = |task: &Task| task.stopped.as_ref().map(|stopped| stopped.decided_by);
        let cause = leaving.iter().filter_map(|task| decided(self.tasks.get(*task)?)).max();
        for task in leaving {
            let Some(task_known) = self.tasks.get(*task) else { continue };
            let because = decided(task_known);
            for each in task_known.target.iter().flat_map(|target| &target.registrations) {
                let event = BalancingEvent::DeregisterTarget { target_group: each.target_group, task: *task };
                fx.because(because, |fx| fx.at_neighbour(BALANCER_CALL_MS, NeighbourEvent::Balancing(event)));
            }
        }
        if !leaving.is_empty() {
            let event = ServiceEvent::BegunDraining { count: leaving.len() as u32 };
            fx.because(cause, |fx| self.say(fx, id, event));
        }
    }

    fn register_arrivals(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        arrivals: &BTreeMap<TaskId, (HealthStatus, Option<ObservationId>)>,
    ) {
        let mut registered = Vec::new();
        for task in arrivals.keys() {
            let (load_balancers, named) = self.registers(*task);
            let Some(known) = self.tasks.get_mut(*task) else { continue };
            known.named |= named;
            let (cause, named) = (Some(known.newest), known.named);
            if !load_balancers.is_empty() {
                fx.because(cause, |fx| self.register_target(fx, *task, &load_balancers, arrivals[task]));
                registered.push(*task);
            } else if named {
                fx.because(cause, |fx| self.comes_to_run(fx, *task, arrivals[task]));
            }
        }
        let targets = registered.iter().filter_map(|task| self.tasks[*task].target.as_ref());
        for (arn, count) in count_by_group(targets.flat_map(|target| &target.registrations)) {
            let cause = registered.iter().map(|task| self.tasks[*task].newest).max();
            fx.because(cause, |fx| self.say(fx, id, ServiceEvent::RegisteredTargets { count, target_group: arn }));
        }
    }

    /// The target groups that a task registers in, and whether it is found by a name: what its revision says. One that came up as the
    /// newer one of two registers in the alternate target groups, whatever has become of its deployment since.
    ///
    /// Ledger: deployment.traffic, target.named.
    fn registers(&self, task: TaskId) -> (Vec<ServiceLoadBalancer>, bool) {
        let deployment = self.tasks.get(task).and_then(|known| {
            let (service, deployment) = known.service?;
            self.services[service].deployment(deployment)
        });
        let Some(deployment) = deployment else { return (Vec::new(), false) };
        let load_balancers = &deployment.revision.load_balancers;
        let load_balancers = match deployment.target_groups {
            TargetGroups::Primary => load_balancers.clone(),
            TargetGroups::Alternate => load_balancers.iter().filter_map(ServiceLoadBalancer::swapped).collect(),
        };
        (load_balancers, deployment.revision.is_named())
    }

    fn register_target(
        &mut self,
        fx: &mut Effects,
        id: TaskId,
        load_balancers: &[ServiceLoadBalancer],
        heard: (HealthStatus, Option<ObservationId>),
    ) {
        let task = &self.tasks[id];
        let definition = &self.definitions[task.definition].definition;
        let registrations: Vec<Registration> = load_balancers
            .iter()
            .map(|each| Registration {
                target_group: each.target_group,
                arn: each.arn.clone(),
                address: address(task, definition, each.container_port),
                state: TargetState::Initial,
                reason: Some(TargetReason::RegistrationInProgress),
            })
            .collect();
        for each in &registrations {
            let event = BalancingEvent::RegisterTarget { target_group: each.target_group, task: id, address: each.address };
            fx.at_neighbour(BALANCER_CALL_MS, NeighbourEvent::Balancing(event));
        }
        let task = self.tasks.get_mut(id).expect("the task exists");
        task.target = Some(BelievedTarget { state: TargetState::Initial, since_ms: fx.now_ms, registrations });
        self.comes_to_run(fx, id, heard);
    }

    /// It is registered wherever it has to be, and its containers run.
    fn comes_to_run(&mut self, fx: &mut Effects, id: TaskId, (health, health_by): (HealthStatus, Option<ObservationId>)) {
        self.progress(fx, id, TaskStatus::Running);
        fx.because(health_by, |fx| self.change_health(fx, id, health));
    }

    /// Nobody calls a task any more that is to be stopped: SIGTERM.
    pub(crate) fn name_drained(&mut self, fx: &mut Effects, id: TaskId) {
        let Some(task) = self.tasks.get(id).filter(|task| task.last_status == TaskStatus::Deactivating) else { return };
        let stopped = task.stopped.as_ref().expect("it is to be stopped");
        let (code, decided_by) = (stopped.code, stopped.decided_by);
        fx.because(Some(decided_by), |fx| self.tell_to_stop(fx, id, code));
    }

    /// The load balancer reports one target that has changed.
    pub(crate) fn hear_of_target(
        &mut self,
        fx: &mut Effects,
        group: TargetGroupId,
        id: TaskId,
        state: TargetState,
        reason: Option<TargetReason>,
    ) {
        let now_ms = fx.now_ms;
        let Some(target) = self.tasks.get_mut(id).and_then(|task| task.target.as_mut()) else { return };
        let Some(mine) = target.registrations.iter_mut().find(|each| each.target_group == group) else { return };
        (mine.state, mine.reason) = (state, reason);
        let worst = target.registrations.iter().map(|each| each.state).max_by_key(|state| badness(*state)).expect("this one");
        if target.state != worst {
            (target.state, target.since_ms) = (worst, now_ms);
        }
        let learned =
            fx.observe(Kind::Balancing(BalancingFact::TargetHealthLearned { target_group: group, task: id, state }.into()));
        let task = self.tasks.get_mut(id).expect("the task exists");
        if task.is_wanted() {
            task.newest = learned;
        }
        self.wake_service_of(id);
        if state == TargetState::Unused {
            fx.because(Some(learned), |fx| self.stop_drained_task(fx, id));
        }
    }

    /// Every target of a task that is to be stopped is unused: SIGTERM.
    fn stop_drained_task(&mut self, fx: &mut Effects, id: TaskId) {
        let task = &self.tasks[id];
        let unused = task.target.iter().flat_map(|target| &target.registrations).all(|each| each.state == TargetState::Unused);
        if unused && task.last_status == TaskStatus::Deactivating {
            let code = task.stopped.as_ref().expect("it is to be stopped").code;
            self.tell_to_stop(fx, id, code);
        }
    }
}

/// With several target groups a task is as well as it is in the worst of them; it waits for all before it stops (ecs.md §2.1).
fn badness(state: TargetState) -> u8 {
    match state {
        TargetState::Unused => 0,
        TargetState::Healthy => 1,
        TargetState::Initial => 2,
        TargetState::Draining => 3,
        TargetState::Unhealthy => 4,
    }
}

fn count_by_group<'a>(registrations: impl Iterator<Item = &'a Registration>) -> Vec<(Rc<str>, u32)> {
    let mut counts: BTreeMap<TargetGroupId, (Rc<str>, u32)> = BTreeMap::new();
    for each in registrations {
        counts.entry(each.target_group).or_insert_with(|| (each.arn.clone(), 0)).1 += 1;
    }
    counts.into_values().collect()
}

/// Where a task is reached: at its own address, at a fixed port of its instance, or at one that the instance has chosen.
fn address(task: &Task, definition: &TaskDefinition, container_port: u16) -> Address {
    let mapping =
        definition.containers.iter().flat_map(|each| &each.port_mappings).find(|each| each.container_port == container_port);
    let port = match (definition.network_mode, mapping.map(|each| each.host_port)) {
        (NetworkMode::Bridge, None | Some(0)) => {
            let (low, high) = EPHEMERAL_PORTS;
            low + (random::mix(&[task.key, u64::from(container_port)]) % u64::from(high - low + 1)) as u16
        }
        (NetworkMode::Bridge, Some(port)) => port,
        (NetworkMode::Host | NetworkMode::Awsvpc | NetworkMode::None, _) => container_port,
    };
    Address { instance: task.instance, port, container_port }
}
