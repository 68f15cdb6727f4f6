//! The fast path: the rules of `place_plainly` as operations on sets of instances and walks along orders.
//!
//! It must pick exactly the instance the plain reading picks. Start reading at [`place`].

use std::borrow::Cow;

use super::bits::Bits;
use super::index::ZoneIndex;
use super::strategy::{Step, tasks_by_value, value_of};
use super::{Placement, PlacementFailure, PlacementRequest, constraint, filter};
use crate::sim::control_plane::registry::Registry;
use crate::sim::ids::InstanceId;
use crate::sim::model::placement::{BinPackResource, PlacementConstraint};

/// The instances that are left, and what is known of them.
struct Left<'a> {
    /// Borrowed from the index until something narrows it.
    bits: Cow<'a, Bits>,
    /// The set is what fits in some zones, so that the orders of those zones hardly hold anything else.
    /// Otherwise it is small enough to look at each.
    whole_zones: bool,
}

/// Where a task goes. Does not reserve.
pub fn place(registry: &Registry, request: &PlacementRequest) -> Result<Placement, PlacementFailure> {
    let (mut left, feasible) = that_fit(registry, request);
    satisfy_constraints(registry, request, &mut left);
    if left.bits.is_empty() {
        return Err(request.failure(registry, feasible));
    }
    let mut chain = request.chain();
    while let Some(step) = chain.next() {
        match step {
            Step::Random => {}
            Step::SpreadZones => left.keep_emptiest_zones(registry, request),
            Step::SpreadInstances => left.keep_emptiest_instances(registry, request),
            Step::SpreadAttribute(name) => left.keep_emptiest_values(registry, request, name),
            Step::BinPack(resource)
                if left.has_order(registry, resource) && chain.clone().next().is_none() && !request.is_random() =>
            {
                let (_, instance) = left.fullest(registry, request, resource);
                return Ok(request.success(registry, feasible, instance));
            }
            Step::BinPack(resource) => left.keep_fullest(registry, request, resource),
        }
    }
    let instance = left.select(registry, request);
    Ok(request.success(registry, feasible, instance))
}

/// Instances with room for the task, from the index when the shape is known, and how many those are.
fn that_fit<'a>(registry: &'a Registry, request: &PlacementRequest) -> (Left<'a>, Option<u32>) {
    match registry.index().shape(request.needs) {
        Some(shape) => (Left { bits: Cow::Borrowed(&shape.fits), whole_zones: true }, Some(shape.count)),
        None => {
            let fitting = registry.iter().filter(|instance| filter::fits(instance, request.needs));
            let bits: Bits = fitting.map(|instance| instance.id).collect();
            let count = bits.count();
            (Left { bits: Cow::Owned(bits), whole_zones: true }, Some(count))
        }
    }
}

fn satisfy_constraints(registry: &Registry, request: &PlacementRequest, left: &mut Left) {
    if let Some(provider) = request.provider {
        left.bits.to_mut().keep(registry.members(provider));
        left.whole_zones = false;
    }
    if let Some(zones) = request.zones {
        let mut allowed = Bits::default();
        zones.iter().filter_map(|zone| registry.index().zone(*zone)).for_each(|zone| allowed.add(&zone.members));
        left.bits.to_mut().keep(&allowed);
    }
    for each in request.constraints {
        match each {
            PlacementConstraint::DistinctInstance => {
                left.bits.to_mut().take_out(registry.group_counts(request.group).present());
            }
            PlacementConstraint::MemberOf(_) => {
                left.bits.to_mut().retain(|id| {
                    registry.get(id).is_some_and(|instance| constraint::holds(registry, request.group, each, instance))
                });
                left.whole_zones = false;
            }
        }
    }
}

impl Left<'_> {
    fn keep_emptiest_zones(&mut self, registry: &Registry, request: &PlacementRequest) {
        let (mut fewest, mut kept): (u32, Vec<&ZoneIndex>) = (u32::MAX, Vec::new());
        for (id, zone) in registry.index().zones() {
            let tasks = registry.tasks_in_zone(request.group, id);
            if tasks > fewest || !self.bits.meets(&zone.members) {
                continue;
            }
            if tasks < fewest {
                kept.clear();
            }
            fewest = tasks;
            kept.push(zone);
        }
        if let [zone] = kept[..] {
            self.bits.to_mut().keep(&zone.members);
        } else {
            let mut allowed = Bits::default();
            kept.iter().for_each(|zone| allowed.add(&zone.members));
            self.bits.to_mut().keep(&allowed);
        }
    }

    fn keep_emptiest_instances(&mut self, registry: &Registry, request: &PlacementRequest) {
        registry.group_counts(request.group).keep_fewest(self.bits.to_mut());
        self.whole_zones = false;
    }

    fn keep_emptiest_values(&mut self, registry: &Registry, request: &PlacementRequest, attribute: &str) {
        let counts = tasks_by_value(registry, request.group, attribute);
        self.keep_least(|id| {
            let value = registry.get(id).and_then(|instance| value_of(instance, attribute));
            counts.get(&value).copied().unwrap_or(0)
        });
    }

    fn keep_fullest(&mut self, registry: &Registry, request: &PlacementRequest, resource: BinPackResource) {
        if !self.has_order(registry, resource) {
            let instance = |id| registry.get(id).expect("instances in the index are registered");
            return self.keep_least(|id| match resource {
                BinPackResource::Cpu => instance(id).remaining_cpu_units,
                BinPackResource::Memory => instance(id).remaining_memory_mib,
            });
        }
        let (least, _) = self.fullest(registry, request, resource);
        let (_, need_other) = needed(request, resource);
        let equal =
            self.zones(registry).flat_map(|zone| zone.order(resource).equal(least, need_other, |id| self.bits.contains(id)));
        self.bits = Cow::Owned(equal.collect());
        self.whole_zones = false;
    }

    /// Walking along the orders of a resource finds what is left quickly.
    fn has_order(&self, registry: &Registry, resource: BinPackResource) -> bool {
        self.whole_zones && registry.index().keeps_order(resource)
    }

    /// The instance with the least remaining, of equal ones the lowest id, and what remains on it.
    fn fullest(&self, registry: &Registry, request: &PlacementRequest, resource: BinPackResource) -> (u32, InstanceId) {
        let (need, need_other) = needed(request, resource);
        self.zones(registry)
            .filter_map(|zone| zone.order(resource).least(need, need_other, |id| self.bits.contains(id)))
            .min()
            .expect("whatever is left is in the order of its zone")
    }

    /// Zones where something is left.
    fn zones<'r>(&self, registry: &'r Registry) -> impl Iterator<Item = &'r ZoneIndex> {
        registry.index().zones().map(|(_, zone)| zone).filter(|zone| self.bits.meets(&zone.members))
    }

    fn keep_least(&mut self, score: impl Fn(InstanceId) -> u32) {
        let least = self.bits.iter().map(&score).min();
        self.bits.to_mut().retain(|id| Some(score(id)) == least);
        self.whole_zones = false;
    }

    fn select(&self, registry: &Registry, request: &PlacementRequest) -> InstanceId {
        let chosen = match (&self.bits, registry.index().shape(request.needs)) {
            _ if !request.is_random() => self.bits.first(),
            (Cow::Borrowed(_), Some(shape)) => shape.select(request.draw(shape.count)),
            (Cow::Borrowed(_) | Cow::Owned(_), _) => self.bits.select(request.draw(self.bits.count()), 0),
        };
        chosen.expect("a strategy keeps at least one instance")
    }
}

/// What the task needs of the resource, and of the other one.
fn needed(request: &PlacementRequest, resource: BinPackResource) -> (u32, u32) {
    let needs = request.needs;
    match resource {
        BinPackResource::Cpu => (needs.cpu_units, needs.memory_mib),
        BinPackResource::Memory => (needs.memory_mib, needs.cpu_units),
    }
}
