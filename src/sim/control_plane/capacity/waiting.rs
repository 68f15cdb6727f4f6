//! Tasks in PROVISIONING without an instance: how they begin to wait, and how they are placed when capacity comes (ecs.md §3.1, §7.4).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::Launch;
use crate::sim::control_plane::task::Task;
use crate::sim::decision::DecisionSummary;
use crate::sim::effects::Effects;
use crate::sim::ids::{CapacityProviderId, DecisionId, InstanceId, TaskDefinitionId, TaskId, ZoneId};
use crate::sim::model::task::{DesiredStatus, HealthStatus, StatusTimes, TaskStatus};
use crate::sim::neighbours::event::{CapacityEvent, NeighbourEvent};
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::observation::{Kind, Place};

/// A zone that means nothing: the task is nowhere yet.
const NOWHERE: ZoneId = ZoneId(1);

impl ControlPlane {
    /// A task begins in PROVISIONING without an instance.
    pub(super) fn begin_to_wait(
        &mut self,
        fx: &mut Effects,
        launch: &Launch,
        decision: DecisionId,
        key: u64,
        ordinal: u32,
    ) -> TaskId {
        let (id, provider) = (self.tasks.next_id(), launch.capacity_provider.expect("a strategy chose the provider"));
        let awaits = fx.observe(Kind::Capacity(Rc::new(CapacityFact::TaskAwaitsCapacity { task: id, provider })));
        let mut times = StatusTimes::default();
        times.enter(TaskStatus::Provisioning, fx.now_ms);
        self.tasks.insert(Task {
            definition: launch.definition,
            group: launch.group,
            service: launch.service,
            launch_type: LaunchType::Ec2,
            capacity_provider: Some(provider),
            zone: NOWHERE,
            instance: None,
            last_status: TaskStatus::Provisioning,
            desired_status: DesiredStatus::Running,
            health: HealthStatus::Unknown,
            network: None,
            target: None,
            named: false,
            proved: false,
            protection: None,
            times,
            stopped: None,
            exits: Vec::new(),
            decision,
            placed_by: awaits,
            newest: awaits,
            key,
            ordinal,
        });
        if let Some((service, _)) = launch.service {
            self.services.get_mut(service).expect("the service exists").tasks.insert(id);
        }
        self.capacity.count(launch.group, provider, 1);
        let waiting = self.capacity.waiting.entry(provider).or_default();
        waiting.insert(id, Rc::new(launch.clone()));
        if waiting.len() == 1 {
            self.look_again(fx, provider);
        }
        id
    }

    fn look_again(&self, fx: &mut Effects, provider: CapacityProviderId) {
        let period_ms = fx.tuning.reconcile_period_ms;
        fx.by_the_clock(|fx| fx.at_neighbour(period_ms, NeighbourEvent::Capacity(CapacityEvent::PlaceWaiting { provider })));
    }

    /// Places what waits for a provider, oldest first, as far as there is room; looks again while anything waits.
    /// Ledger: capacity.waiting.
    pub(crate) fn place_waiting(&mut self, fx: &mut Effects, provider: CapacityProviderId) {
        let waiting: Vec<TaskId> = self.capacity.waiting(provider).collect();
        // One that finds no room speaks for all that ask for the same.
        let mut hopeless = BTreeSet::new();
        for id in waiting {
            let task = &self.tasks[id];
            let same = (task.definition, task.group);
            if !hopeless.contains(&same) && !self.place_one(fx, id) {
                hopeless.insert(same);
            }
        }
        match self.capacity.waiting.get(&provider) {
            Some(waiting) if waiting.is_empty() => {
                self.capacity.waiting.remove(&provider);
            }
            Some(_) => self.look_again(fx, provider),
            None => {}
        }
    }

    fn place_one(&mut self, fx: &mut Effects, id: TaskId) -> bool {
        let task = &self.tasks[id];
        let (key, provider, awaits) = (task.key, task.capacity_provider, task.newest);
        let waiting = provider.and_then(|provider| self.capacity.waiting.get(&provider));
        let Some(launch) = waiting.and_then(|waiting| waiting.get(&id)).cloned() else { return false };
        let Ok((Place::Instance(instance), decision, summary)) = self.find_instance(fx, &launch, key) else { return false };
        self.capacity.waits_no_longer(id, provider);
        // It is owed to the instance that has come, when one came after it began to wait.
        let offered = self.agents.get(instance).and_then(|link| link.offered_by);
        fx.because(Some(awaits).max(offered), |fx| self.settle(fx, id, &launch, instance, decision, summary));
        true
    }

    fn settle(
        &mut self,
        fx: &mut Effects,
        id: TaskId,
        launch: &Launch,
        instance: InstanceId,
        decision: DecisionId,
        summary: DecisionSummary,
    ) {
        let place = Place::Instance(instance);
        let placed_by = fx.lead(Kind::TaskPlaced { task: id, place, decision, summary });
        let zone = self.registry.get(instance).expect("placed on a known instance").zone;
        let network = self.choose_subnet(launch, zone, self.tasks[id].ordinal);
        if network.is_some() {
            self.want_interface(fx, id);
        }
        let task = self.tasks.get_mut(id).expect("the task waits");
        task.network = network;
        (task.instance, task.zone, task.decision, task.placed_by, task.newest) =
            (Some(instance), zone, decision, placed_by, placed_by);
        let key = task.key;
        let needs = self.definitions[launch.definition].needs.clone();
        self.registry.reserve(instance, id, &needs, launch.group);
        self.agents.get_mut(instance).expect("a registered instance has an agent").assign(id);
        self.registry.count_task(instance, None, TaskStatus::Provisioning);
        let interface_first = needs.enis > 0;
        if !interface_first {
            self.set_status(fx, id, TaskStatus::Pending);
        }
        self.send_to_instance(fx, instance, id, key, interface_first);
    }

    /// Waiting tasks of a provider by what they need: revision, its constraints, how many.
    pub(super) fn waiting_groups(&self, provider: CapacityProviderId) -> Vec<(TaskId, TaskDefinitionId, u32)> {
        let mut groups: Vec<(TaskId, TaskDefinitionId, u32)> = Vec::new();
        for id in self.capacity.waiting(provider) {
            let definition = self.tasks[id].definition;
            let same = |(_, other, _): &&mut (TaskId, TaskDefinitionId, u32)| {
                *other == definition || self.definitions[*other].needs == self.definitions[definition].needs
            };
            match groups.iter_mut().find(same) {
                Some((_, _, count)) => *count += 1,
                None => groups.push((id, definition, 1)),
            }
        }
        groups
    }
}
