//! Availability Zone rebalancing (ecs.md §3.11): one task more in the emptiest zone, and when it is healthy, one less in the fullest.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::Launch;
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::service::{Service, Steadiness};
use crate::sim::effects::Effects;
use crate::sim::ids::{ObservationId, ServiceId, TaskId, ZoneId};
use crate::sim::model::deployment::ZoneRebalancing;
use crate::sim::model::task::StopCode;
use crate::sim::observation::ServiceEvent;

/// How far the rebalancing of a service has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rebalance {
    /// It has said that it is not balanced.
    pub begun_by: Option<ObservationId>,
    /// A task was started in one zone so that one in another can be stopped.
    pub moving: Option<ZoneMove>,
    /// It found no place and has said so; it goes on looking for one in silence.
    pub gave_up: bool,
}

/// One task on its way from zone to zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZoneMove {
    pub started: TaskId,
    pub from: ZoneId,
    pub to: ZoneId,
}

impl ControlPlane {
    /// The step of one look: ends a move, or begins one when the service is steady and its zones are uneven.
    /// Ledger: service.rebalancing.
    pub(crate) fn rebalance(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let service = &self.services[id];
        if service.zone_rebalancing == ZoneRebalancing::Disabled || self.zones.len() < 2 {
            return;
        }
        if let Some(zone_move) = service.rebalance.moving {
            return self.finish_move(fx, id, zone_move);
        }
        if !matches!(service.steady, Steadiness::Since(_)) || service.tasks.len() != stock.current.len() {
            return;
        }
        let zones = self.zones_of(service);
        let fullest = zones.iter().copied().max_by_key(|(zone, count)| (*count, std::cmp::Reverse(*zone)));
        let (Some((from, most)), Some(fewest)) = (fullest, zones.iter().map(|(_, count)| *count).min()) else { return };
        let watched_ms = fx.now_ms + fx.tuning.services.rebalance_watch_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        service.rests_until_ms = service.rests_until_ms.min(watched_ms);
        if most - fewest <= 1 {
            let begun_by = std::mem::take(&mut service.rebalance).begun_by;
            if begun_by.is_some() {
                let event = ServiceEvent::ZoneBalanced { zones: self.named(&zones) };
                fx.because(begun_by, |fx| self.say(fx, id, event));
            }
        } else {
            self.begin_move(fx, id, &zones, (from, most));
        }
    }

    /// Zones where its tasks could run, and how many do.
    fn zones_of(&self, service: &Service) -> Vec<(ZoneId, u32)> {
        let zones: Vec<ZoneId> = match service.revision().launch_type {
            LaunchType::Ec2 => self.registry.zones().map(|(zone, _)| zone).collect(),
            LaunchType::Fargate | LaunchType::FargateSpot => (1..=self.zones.len() as u32).map(ZoneId).collect(),
        };
        let tasks_in = |zone| service.tasks.iter().filter(|task| self.tasks[**task].zone == zone).count() as u32;
        let in_subnets = |zone: &ZoneId| {
            let subnets = service.revision().network.as_ref().map(|network| &network.subnets);
            subnets.is_none_or(|subnets| subnets.iter().any(|subnet| self.subnets.get(subnet) == Some(zone)))
        };
        zones.into_iter().filter(in_subnets).map(|zone| (zone, tasks_in(zone))).collect()
    }

    fn named(&self, zones: &[(ZoneId, u32)]) -> Vec<(Rc<str>, u32)> {
        zones.iter().map(|(zone, count)| (self.zone_name(*zone).clone(), *count)).collect()
    }

    /// One more in the emptiest zone that has a place, if that is better than the fullest, which has `most`.
    fn begin_move(&mut self, fx: &mut Effects, id: ServiceId, zones: &[(ZoneId, u32)], (from, most): (ZoneId, u32)) {
        let service = &self.services[id];
        let revision = service.revision();
        let mut launch = Launch {
            definition: revision.definition,
            group: service.group,
            service: Some((id, service.deployment)),
            launch_type: revision.launch_type,
            strategy: revision.capacity_provider_strategy.clone(),
            capacity_provider: None,
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
            zone: None,
            network: revision.network.clone(),
        };
        let (room, gave_up) = ((service.tasks.len() as u32) < service.maximum(), service.rebalance.gave_up);
        let mut emptier: Vec<_> =
            zones.iter().filter(|(_, count)| most - count > 1).map(|(zone, count)| (*count, *zone)).collect();
        emptier.sort_unstable();
        let mut to = from;
        let placeable = emptier.into_iter().any(|(_, zone)| {
            to = zone;
            launch.zone = Some(zone);
            self.has_place(fx, &launch)
        });
        if gave_up && !placeable {
            return;
        }
        let begun_by = self.say_unbalanced(fx, id, zones);
        if !placeable {
            fx.because(Some(begun_by), |fx| self.stop_rebalancing(fx, id));
            self.services.get_mut(id).expect("the service exists").rebalance.gave_up = true;
        } else if room && let Ok(task) = fx.because(Some(begun_by), |fx| self.launch(fx, &launch)) {
            let placed_by = self.tasks[task].placed_by;
            let event = ServiceEvent::StartedToRebalance { zone: self.zone_name(to).clone(), task };
            fx.because(Some(placed_by), |fx| self.say(fx, id, event));
            let service = self.services.get_mut(id).expect("the service exists");
            service.rebalance.moving = Some(ZoneMove { started: task, from, to });
            service.wake();
        }
    }

    /// Says once that the zones are uneven.
    fn say_unbalanced(&mut self, fx: &mut Effects, id: ServiceId, zones: &[(ZoneId, u32)]) -> ObservationId {
        let service = &self.services[id];
        if let Some(begun_by) = service.rebalance.begun_by {
            return begun_by;
        }
        let newest = service.tasks.iter().map(|task| self.tasks[*task].newest).max().unwrap_or(service.changed_by);
        let event = ServiceEvent::NotZoneBalanced { zones: self.named(zones) };
        let begun_by = fx.because(Some(newest), |fx| self.say(fx, id, event));
        let service = self.services.get_mut(id).expect("the service exists");
        (service.rebalance.begun_by, service.rebalance.gave_up) = (Some(begun_by), false);
        begun_by
    }

    /// When the new task is healthy, one of the fullest zone goes.
    fn finish_move(&mut self, fx: &mut Effects, id: ServiceId, ZoneMove { started, from, .. }: ZoneMove) {
        let service = &self.services[id];
        if !service.tasks.contains(&started) {
            self.services.get_mut(id).expect("the service exists").rebalance.moving = None;
            return;
        }
        if !self.counts_as_healthy(fx, &self.tasks[started]) {
            return;
        }
        let there: Vec<TaskId> = service.tasks.iter().copied().filter(|task| self.tasks[*task].zone == from).collect();
        let candidates: BTreeSet<TaskId> = self.unprotected(fx, &there).into_iter().collect();
        if candidates.is_empty() {
            return;
        }
        let reason = format!("Availability-zone rebalancing initiated by (deployment {})", service.deployment.ecs_svc());
        let chosen = self.choose_to_stop(fx, id, &candidates);
        let cause = self.tasks[started].newest;
        fx.because(Some(cause), |fx| self.stop_task(fx, chosen, StopCode::ServiceSchedulerInitiated, &reason));
        self.forgive_losses(id, 1);
        let event = ServiceEvent::StoppedToRebalance { zone: self.zone_name(from).clone(), task: chosen };
        fx.because(Some(self.tasks[chosen].newest), |fx| self.say(fx, id, event));
        self.services.get_mut(id).expect("the service exists").rebalance.moving = None;
    }

    /// Something else is wanted now.
    pub(crate) fn stop_rebalancing(&mut self, fx: &mut Effects, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        if std::mem::take(&mut service.rebalance).begun_by.is_some() {
            self.say(fx, id, ServiceEvent::StoppedRebalancing);
        }
    }
}
