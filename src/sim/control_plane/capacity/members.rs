//! The instances of a provider's group as ECS knows them: who belongs to it, who is busy, who has been drained (ecs.md §7.5, §7.6).

use std::collections::VecDeque;
use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::capacity::reservation::{self, Held, Room, Wanted};
use crate::sim::control_plane::capacity::{GroupReport, ReservationPoint};
use crate::sim::effects::Effects;
use crate::sim::ids::{CapacityProviderId, InstanceId, ObservationId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::placement::PlacementConstraint;
use crate::sim::model::task::TaskStatus;
use crate::sim::observation::Kind;
use crate::sim::observation::capacity::{CapacityFact, ReservationRecord, Verdict, WaitingGroup};

/// How far an instance that shall go has been drained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    NotYet,
    Done,
    /// It is no container instance.
    NotRegistered,
}

impl ControlPlane {
    /// An auto scaling group reports its instances.
    pub(crate) fn hear_of_group(&mut self, group: &str, report: GroupReport) {
        let provider = self.capacity.providers.iter_mut().find(|(_, provider)| &*provider.group == group);
        let Some((id, provider)) = provider else { return };
        let id = *id;
        let members: Vec<InstanceId> = report.members.keys().copied().collect();
        Rc::make_mut(provider).report = report;
        members.into_iter().for_each(|instance| self.join_provider(instance, id));
    }

    fn join_provider(&mut self, instance: InstanceId, provider: CapacityProviderId) {
        let known = self.agents.get(instance).is_some_and(|link| link.capacity_provider != Some(provider));
        if known {
            self.agents.get_mut(instance).expect("just seen").capacity_provider = Some(provider);
            self.registry.set_provider(instance, Some(provider));
        }
    }

    /// It has a task, wanted or ending, that is no daemon's (ecs.md §7.5).
    pub(crate) fn is_busy(&self, instance: InstanceId) -> bool {
        self.agents.get(instance).is_some_and(|link| link.tasks.iter().any(|task| !self.is_of_daemon(*task)))
    }

    fn is_of_daemon(&self, task: TaskId) -> bool {
        self.tasks[task].service.is_some_and(|(service, _)| self.is_daemon(service))
    }

    /// The value of `CapacityProviderReservation` for this minute, and how it came about. Said when it is another than before.
    pub(crate) fn publish_reservation(&mut self, fx: &mut Effects, id: CapacityProviderId) -> Rc<ReservationRecord> {
        let record = Rc::new(self.measure_reservation(fx, id));
        let changed = self.capacity.providers[&id].last.as_ref() != Some(&record);
        let cause = if changed { self.why_reserved(id) } else { None };
        let limit = fx.tuning.capacity.series_limit;
        let provider = Rc::make_mut(self.capacity.providers.get_mut(&id).expect("the provider exists"));
        let point = ReservationPoint {
            at_ms: fx.now_ms,
            needed: record.needed,
            running: record.running,
            reservation_tenths: record.reservation_tenths,
            target: record.target,
        };
        keep(&mut provider.series, point, limit);
        if changed {
            let fact = CapacityFact::ReservationPublished(record.clone());
            provider.last = Some(record.clone());
            provider.last_by = Some(fx.because(cause, |fx| fx.observe(Kind::Capacity(Rc::new(fact)))));
        }
        record
    }

    /// The newest of what counts: a task that waits, a task that keeps a server busy, a server that came or went, the settings.
    fn why_reserved(&self, id: CapacityProviderId) -> Option<ObservationId> {
        let provider = &self.capacity.providers[&id];
        let waiting = self.capacity.waiting(id).last().map(|task| self.tasks[task].newest);
        let servers = provider.report.members.keys().filter_map(|instance| self.agents.get(*instance));
        let busy = servers.flat_map(|link| &link.tasks).map(|task| self.tasks[*task].placed_by).max();
        waiting.max(busy).max(provider.report.newest).max(Some(provider.changed_by))
    }

    fn measure_reservation(&self, fx: &Effects, id: CapacityProviderId) -> ReservationRecord {
        let provider = &self.capacity.providers[&id];
        let groups = self.waiting_groups(id);
        let wanted: Vec<Wanted> = groups
            .iter()
            .map(|(task, definition, tasks)| Wanted {
                needs: &self.definitions[*definition].needs,
                tasks: *tasks,
                distinct: self.wants_distinct_instances(*task),
            })
            .collect();
        let held = provider.report.members.keys().map(|instance| self.held(*instance)).collect();
        let scaling = provider.scaling;
        let steps = (scaling.minimum_scaling_step_size, scaling.maximum_scaling_step_size);
        let measured = reservation::measure(&wanted, held, &provider.report.types, steps);
        let from_zero = fx.tuning.capacity.instances_from_zero.min(scaling.maximum_scaling_step_size);
        let verdicts = groups.iter().zip(&measured.verdicts).map(|((task, definition, tasks), verdict)| WaitingGroup {
            definition: *definition,
            service: self.tasks[*task].service.map(|(service, _)| service),
            tasks: *tasks,
            verdict: *verdict,
        });
        let all_too_big = !groups.is_empty() && measured.verdicts.iter().all(|verdict| matches!(verdict, Verdict::TooBig(_)));
        ReservationRecord {
            provider: id,
            groups: verdicts.collect(),
            running: measured.running,
            empty: measured.empty,
            calculated: measured.calculated,
            increase: measured.increase,
            needed: measured.needed,
            reservation_tenths: match all_too_big {
                // Ledger: capacity.needed. It stays at its target: no scaling at all (ecs.md §7.3).
                true => scaling.target_capacity * 10,
                false => reservation::reservation_tenths(measured.needed, measured.running),
            },
            target: scaling.target_capacity,
            desired: reservation::desired_for(measured.needed, measured.running, scaling.target_capacity, from_zero),
        }
    }

    fn wants_distinct_instances(&self, task: TaskId) -> bool {
        let service = self.tasks[task].service.and_then(|(service, _)| self.services.get(service));
        let of_service = service.is_some_and(|service| service.constraints.contains(&PlacementConstraint::DistinctInstance));
        of_service
            || self.definitions[self.tasks[task].definition]
                .definition
                .placement_constraints
                .contains(&PlacementConstraint::DistinctInstance)
    }

    /// One that has not registered yet has all of its type to give.
    fn held(&self, instance: InstanceId) -> Held {
        let busy = self.is_busy(instance);
        let room = match (self.registry.get(instance), self.agents.get(instance)) {
            (Some(known), _) if known.takes_tasks() => Some(Room {
                cpu_units: known.remaining_cpu_units,
                memory_mib: known.remaining_memory_mib,
                enis: known.free_enis,
                gpus: known.free_gpus,
                tcp_ports: known.tcp_ports.clone(),
                udp_ports: known.udp_ports.clone(),
            }),
            (None, Some(link)) => Some(Room::of_type(link.instance_type)),
            (Some(_), _) | (None, None) => None,
        };
        Held { busy, room }
    }

    /// Instances whose protection from scale-in is not as managed termination protection wants it: on while busy (ecs.md §7.5).
    /// Ledger: capacity.protection.
    pub(crate) fn protection_to_set(&self, id: CapacityProviderId) -> Vec<(InstanceId, bool)> {
        let provider = &self.capacity.providers[&id];
        if !provider.termination_protection.is_on() {
            return Vec::new();
        }
        let wanted = provider.report.members.iter().map(|(instance, protected)| (*instance, *protected, self.is_busy(*instance)));
        wanted.filter(|(_, protected, busy)| protected != busy).map(|(instance, _, busy)| (instance, busy)).collect()
    }

    /// Managed draining: an instance of a group shall go, or EC2 has given notice.
    pub(crate) fn drain_instance(&mut self, fx: &mut Effects, instance: InstanceId) {
        self.set_instance_status(fx, instance, ContainerInstanceStatus::Draining);
    }

    /// Has everything that ran on an instance ended? Of one that ECS no longer hears, nothing is left that is believed RUNNING.
    pub(crate) fn drained(&self, instance: InstanceId) -> Drained {
        let (Some(known), Some(link)) = (self.registry.get(instance), self.agents.get(instance)) else {
            return Drained::NotRegistered;
        };
        let last = if known.agent_connected { TaskStatus::Deprovisioning } else { TaskStatus::Running };
        let left = link.tasks.iter().any(|task| self.tasks[*task].last_status <= last);
        if left { Drained::NotYet } else { Drained::Done }
    }
}

fn keep(series: &mut VecDeque<ReservationPoint>, point: ReservationPoint, limit: usize) {
    series.push_back(point);
    while series.len() > limit {
        series.pop_front();
    }
}
