//! What makes placement cost the same in a large cluster as in a small one: sets and orders kept beside the instances.
//!
//! - For each *shape* (what a task needs) that has been placed: the set of instances where one more fits, exactly.
//! - For each zone: its members, and the orders of those that take tasks, by CPU and by memory (`order`), each from when `binpack`
//!   first asks for it: a cluster that never packs does not pay for orders.
//!
//! It is told of every change of an instance ([`Index::refresh`]) and must never change one. A shape it does not know is scanned
//! for, with the same result.

use std::cell::Cell;

use super::bits::Bits;
use super::filter;
use super::needs::Needs;
use super::order::Order;
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::placement::BinPackResource;

/// Shapes kept at a time; the one longest not placed makes room. More would cost every reservation more than a scan now and then.
const MAX_SHAPES: usize = 64;

/// Ids counted together in a shape: a multiple of the bits in a word.
const RUN: u32 = 512;

/// What the index knows of one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    zone: ZoneId,
    takes_tasks: bool,
    cpu_units: u32,
    memory_mib: u32,
}

/// Instances where one more task of this shape fits.
#[derive(Clone, Debug)]
pub struct Shape {
    needs: Needs,
    plain: bool,
    last_used: u64,
    /// Where one more fits.
    pub fits: Bits,
    /// How many those are.
    pub count: u32,
    /// How many those are in each run of [`RUN`] ids.
    counts: Vec<u16>,
}

/// One zone.
#[derive(Clone, Debug, Default)]
pub struct ZoneIndex {
    /// Every registered instance.
    pub members: Bits,
    /// By resource, as [`number_of`] numbers them.
    orders: [Order; 2],
}

/// The index of a registry.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// By id, from 1; none for an instance that is not registered.
    rows: Vec<Option<Row>>,
    zones: Vec<ZoneIndex>,
    shapes: Vec<Shape>,
    uses: u64,
    /// By resource: its orders are kept.
    kept: [bool; 2],
    /// By resource: a placement would have used its orders. They are made at the next change.
    wished: [Cell<bool>; 2],
}

const RESOURCES: [BinPackResource; 2] = [BinPackResource::Cpu, BinPackResource::Memory];

fn number_of(resource: BinPackResource) -> usize {
    match resource {
        BinPackResource::Cpu => 0,
        BinPackResource::Memory => 1,
    }
}

impl Row {
    fn of(instance: &ContainerInstance) -> Self {
        Self {
            zone: instance.zone,
            takes_tasks: instance.takes_tasks(),
            cpu_units: instance.remaining_cpu_units,
            memory_mib: instance.remaining_memory_mib,
        }
    }

    /// What remains of the resource, and of the other one.
    fn remaining(&self, resource: BinPackResource) -> (u32, u32) {
        match resource {
            BinPackResource::Cpu => (self.cpu_units, self.memory_mib),
            BinPackResource::Memory => (self.memory_mib, self.cpu_units),
        }
    }
}

impl Shape {
    /// Most tasks ask for CPU and memory alone, and then the two numbers tell them apart: every placement asks this twice, and to
    /// compare empty lists costs more than all else in the question.
    fn is_of(&self, needs: &Needs) -> bool {
        let (mine, plain) = (&self.needs, needs.is_plain());
        (mine.cpu_units, mine.memory_mib, self.plain) == (needs.cpu_units, needs.memory_mib, plain) && (plain || mine == needs)
    }

    fn holds(&self, instance: &ContainerInstance, row: Row) -> bool {
        row.takes_tasks
            && row.cpu_units >= self.needs.cpu_units
            && row.memory_mib >= self.needs.memory_mib
            && (self.plain || filter::fits(instance, &self.needs))
    }

    fn note(&mut self, id: InstanceId, fits: bool) {
        if !self.fits.set(id, fits) {
            return;
        }
        let run = (id.0 - 1) as usize / RUN as usize;
        if self.counts.len() <= run {
            self.counts.resize(run + 1, 0);
        }
        if fits {
            self.count += 1;
            self.counts[run] += 1;
        } else {
            self.count -= 1;
            self.counts[run] -= 1;
        }
    }

    /// The instance where one more fits with `rank` such instances of lower id.
    pub fn select(&self, rank: u32) -> Option<InstanceId> {
        let mut left = rank;
        for (run, count) in self.counts.iter().enumerate() {
            if left < u32::from(*count) {
                return self.fits.select(left, run as u32 * RUN);
            }
            left -= u32::from(*count);
        }
        None
    }
}

impl ZoneIndex {
    /// The order by one resource, in blocks that keep the maximum of the other. Empty unless [`Index::keeps_order`].
    pub fn order(&self, resource: BinPackResource) -> &Order {
        &self.orders[number_of(resource)]
    }

    fn insert(&mut self, resource: BinPackResource, id: InstanceId, row: Row) {
        let (remaining, other) = row.remaining(resource);
        self.orders[number_of(resource)].insert(id, remaining, other);
    }
}

impl Index {
    /// Takes note of what an instance has become: registered, changed, or filled.
    pub fn refresh(&mut self, instance: &ContainerInstance) {
        let row = Row::of(instance);
        for shape in &mut self.shapes {
            let fits = shape.holds(instance, row);
            shape.note(instance.id, fits);
        }
        self.replace_row(instance.id, Some(row));
    }

    /// Forgets an instance.
    pub fn forget(&mut self, id: InstanceId) {
        for shape in &mut self.shapes {
            shape.note(id, false);
        }
        self.replace_row(id, None);
    }

    fn replace_row(&mut self, id: InstanceId, row: Option<Row>) {
        let slot = id.0 as usize - 1;
        if self.rows.len() <= slot {
            self.rows.resize(slot + 1, None);
        }
        let old = std::mem::replace(&mut self.rows[slot], row);
        if old != row {
            self.replace_in_zones(id, old, row);
        }
        for resource in RESOURCES {
            if self.wished[number_of(resource)].take() && !self.kept[number_of(resource)] {
                self.make_orders(resource);
            }
        }
    }

    fn replace_in_zones(&mut self, id: InstanceId, old: Option<Row>, new: Option<Row>) {
        if old.map(|row| row.zone) != new.map(|row| row.zone) {
            old.map(|row| self.zone_mut(row.zone).members.set(id, false));
            new.map(|row| self.zone_mut(row.zone).members.set(id, true));
        }
        for resource in RESOURCES.into_iter().filter(|resource| self.kept[number_of(*resource)]) {
            if let Some(row) = old.filter(|row| row.takes_tasks) {
                let order = &mut self.zones[row.zone.0 as usize].orders[number_of(resource)];
                order.remove(id, row.remaining(resource).0);
            }
            if let Some(row) = new.filter(|row| row.takes_tasks) {
                self.zones[row.zone.0 as usize].insert(resource, id, row);
            }
        }
    }

    fn make_orders(&mut self, resource: BinPackResource) {
        self.kept[number_of(resource)] = true;
        for (slot, row) in self.rows.iter().enumerate() {
            if let Some(row) = row.filter(|row| row.takes_tasks) {
                self.zones[row.zone.0 as usize].insert(resource, InstanceId(slot as u32 + 1), row);
            }
        }
    }

    /// The orders by this resource are kept. When they are not, asking is a wish: they are made at the next change.
    pub fn keeps_order(&self, resource: BinPackResource) -> bool {
        self.wished[number_of(resource)].set(true);
        self.kept[number_of(resource)]
    }

    /// Makes a shape known, or notes that it is still used.
    pub fn learn<'a>(&mut self, needs: &Needs, instances: impl Iterator<Item = &'a ContainerInstance>) {
        self.uses += 1;
        if let Some(shape) = self.shapes.iter_mut().find(|shape| shape.is_of(needs)) {
            shape.last_used = self.uses;
            return;
        }
        if self.shapes.len() == MAX_SHAPES {
            let oldest = (0..MAX_SHAPES).min_by_key(|at| self.shapes[*at].last_used);
            oldest.map(|at| self.shapes.swap_remove(at));
        }
        let mut shape = Shape {
            needs: needs.clone(),
            plain: needs.is_plain(),
            last_used: self.uses,
            fits: Bits::default(),
            count: 0,
            counts: Vec::new(),
        };
        instances.filter(|instance| filter::fits(instance, needs)).for_each(|instance| shape.note(instance.id, true));
        self.shapes.push(shape);
    }

    /// The shape, when it is known.
    pub fn shape(&self, needs: &Needs) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.is_of(needs))
    }

    /// Zones that have or had an instance.
    pub fn zones(&self) -> impl Iterator<Item = (ZoneId, &ZoneIndex)> {
        self.zones.iter().enumerate().map(|(number, zone)| (ZoneId(number as u32), zone))
    }

    /// One zone, if it has or had an instance.
    pub fn zone(&self, zone: ZoneId) -> Option<&ZoneIndex> {
        self.zones.get(zone.0 as usize)
    }

    fn zone_mut(&mut self, zone: ZoneId) -> &mut ZoneIndex {
        let number = zone.0 as usize;
        if self.zones.len() <= number {
            self.zones.resize(number + 1, ZoneIndex::default());
        }
        &mut self.zones[number]
    }

    /// Everything kept here agrees with the instances it was told of.
    pub fn check(&self, instances: &[&ContainerInstance]) -> Result<(), String> {
        for shape in &self.shapes {
            let fitting = instances.iter().filter(|instance| filter::fits(instance, &shape.needs));
            let fitting: Vec<InstanceId> = fitting.map(|instance| instance.id).collect();
            let ranked = (0..shape.count).map_while(|rank| shape.select(rank));
            if shape.fits.iter().ne(fitting.iter().copied()) || ranked.ne(fitting) {
                return Err(format!("the set of instances that fit {:?} is wrong", shape.needs));
            }
        }
        for (id, zone) in self.zones() {
            let here = instances.iter().filter(|instance| instance.zone == id);
            if zone.members.iter().ne(here.clone().map(|each| each.id)) {
                return Err(format!("the members of {id:?} are wrong"));
            }
            let rows = here.filter(|each| each.takes_tasks()).map(|each| (each.id, Row::of(each)));
            let rows: Vec<(InstanceId, Row)> = rows.collect();
            for resource in RESOURCES {
                self.check_order(zone.order(resource), resource, &rows)?;
            }
        }
        Ok(())
    }

    fn check_order(&self, order: &Order, resource: BinPackResource, rows: &[(InstanceId, Row)]) -> Result<(), String> {
        order.check()?;
        let mut expected = Vec::new();
        if self.kept[number_of(resource)] {
            expected.extend(rows.iter().map(|(id, row)| {
                let (remaining, other) = row.remaining(resource);
                (remaining, *id, other)
            }));
        }
        expected.sort_unstable();
        if order.iter().eq(expected) { Ok(()) } else { Err(format!("an order by {resource:?} is not that of its instances")) }
    }
}
