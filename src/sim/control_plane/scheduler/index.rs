//! What makes placement cost the same in a large cluster as in a small one: sets and orders kept beside the instances.
//!
//! - For each *shape* (what a task needs) that has been placed: the set of instances where one more fits, exactly.
//! - For each zone: its members, and two orders of those that take tasks, by CPU and by memory (`order`).
//!
//! It is told of every change of an instance ([`Index::refresh`]) and must never change one. A shape it does not know is scanned
//! for, with the same result.

use super::bits::Bits;
use super::filter;
use super::needs::Needs;
use super::order::Order;
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::placement::BinPackResource;

/// Shapes kept at a time; the one longest not placed makes room. More would cost every reservation more than a scan now and then.
const MAX_SHAPES: usize = 64;

/// What the index knows of one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Row {
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
}

/// One zone.
#[derive(Clone, Debug, Default)]
pub struct ZoneIndex {
    /// Every registered instance.
    pub members: Bits,
    by_cpu: Order,
    by_memory: Order,
}

/// The index of a registry.
#[derive(Clone, Debug, Default)]
pub struct Index {
    rows: Vec<Row>,
    zones: Vec<ZoneIndex>,
    shapes: Vec<Shape>,
    uses: u64,
}

impl Shape {
    fn holds(&self, instance: &ContainerInstance, row: Row) -> bool {
        row.takes_tasks
            && row.cpu_units >= self.needs.cpu_units
            && row.memory_mib >= self.needs.memory_mib
            && (self.plain || filter::fits(instance, &self.needs))
    }

    fn note(&mut self, id: InstanceId, fits: bool) {
        if self.fits.set(id, fits) {
            self.count = if fits { self.count + 1 } else { self.count - 1 };
        }
    }
}

impl ZoneIndex {
    /// The order by one resource, in blocks that keep the maximum of the other.
    pub fn order(&self, resource: BinPackResource) -> &Order {
        match resource {
            BinPackResource::Cpu => &self.by_cpu,
            BinPackResource::Memory => &self.by_memory,
        }
    }

    fn insert(&mut self, id: InstanceId, row: Row) {
        self.by_cpu.insert(id, row.cpu_units, row.memory_mib);
        self.by_memory.insert(id, row.memory_mib, row.cpu_units);
    }

    fn remove(&mut self, id: InstanceId, row: Row) {
        self.by_cpu.remove(id, row.cpu_units);
        self.by_memory.remove(id, row.memory_mib);
    }
}

impl Index {
    /// Takes note of what an instance has become: registered, changed, or filled.
    pub fn refresh(&mut self, instance: &ContainerInstance) {
        let row = Row {
            takes_tasks: instance.takes_tasks(),
            cpu_units: instance.remaining_cpu_units,
            memory_mib: instance.remaining_memory_mib,
        };
        for shape in &mut self.shapes {
            let fits = shape.holds(instance, row);
            shape.note(instance.id, fits);
        }
        self.zone_mut(instance.zone).members.set(instance.id, true);
        self.replace_row(instance.id, instance.zone, row);
    }

    /// Forgets an instance.
    pub fn forget(&mut self, instance: &ContainerInstance) {
        for shape in &mut self.shapes {
            shape.note(instance.id, false);
        }
        self.zone_mut(instance.zone).members.set(instance.id, false);
        self.replace_row(instance.id, instance.zone, Row::default());
    }

    fn replace_row(&mut self, id: InstanceId, zone: ZoneId, row: Row) {
        let slot = id.0 as usize - 1;
        if self.rows.len() <= slot {
            self.rows.resize(slot + 1, Row::default());
        }
        let old = std::mem::replace(&mut self.rows[slot], row);
        if old == row {
            return;
        }
        let zone = self.zone_mut(zone);
        if old.takes_tasks {
            zone.remove(id, old);
        }
        if row.takes_tasks {
            zone.insert(id, row);
        }
    }

    /// Makes a shape known, or notes that it is still used.
    pub fn learn<'a>(
        &mut self,
        needs: &Needs,
        instances: impl Iterator<Item = &'a ContainerInstance>,
    ) {
        self.uses += 1;
        if let Some(shape) = self.shapes.iter_mut().find(|shape| shape.needs == *needs) {
            shape.last_used = self.uses;
            return;
        }
        if self.shapes.len() == MAX_SHAPES {
            let oldest = (0..MAX_SHAPES).min_by_key(|at| self.shapes[*at].last_used);
            oldest.map(|at| self.shapes.swap_remove(at));
        }
        let fits: Bits = instances
            .filter(|instance| filter::fits(instance, needs))
            .map(|instance| instance.id)
            .collect();
        let count = fits.count();
        self.shapes.push(Shape {
            needs: needs.clone(),
            plain: needs.is_plain(),
            last_used: self.uses,
            fits,
            count,
        });
    }

    /// The shape, when it is known.
    pub fn shape(&self, needs: &Needs) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.needs == *needs)
    }

    /// Zones that have or had an instance.
    pub fn zones(&self) -> impl Iterator<Item = (ZoneId, &ZoneIndex)> {
        self.zones
            .iter()
            .enumerate()
            .map(|(number, zone)| (ZoneId(number as u32), zone))
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
            let fitting = instances
                .iter()
                .filter(|instance| filter::fits(instance, &shape.needs));
            if shape.fits.iter().ne(fitting.map(|instance| instance.id))
                || shape.count != shape.fits.count()
            {
                return Err(format!(
                    "the set of instances that fit {:?} is wrong",
                    shape.needs
                ));
            }
        }
        for (id, zone) in self.zones() {
            zone.by_cpu.check()?;
            zone.by_memory.check()?;
            let here: Vec<_> = instances
                .iter()
                .filter(|instance| instance.zone == id)
                .collect();
            let mut by_cpu: Vec<_> = here
                .iter()
                .filter(|each| each.takes_tasks())
                .map(|each| (each.remaining_cpu_units, each.id, each.remaining_memory_mib))
                .collect();
            let mut by_memory: Vec<_> = by_cpu
                .iter()
                .map(|(cpu, id, memory)| (*memory, *id, *cpu))
                .collect();
            by_cpu.sort_unstable();
            by_memory.sort_unstable();
            if zone.members.iter().ne(here.iter().map(|each| each.id)) {
                return Err(format!("the members of {id:?} are wrong"));
            }
            if zone.by_cpu.iter().ne(by_cpu) || zone.by_memory.iter().ne(by_memory) {
                return Err(format!("an order of {id:?} is not that of its instances"));
            }
        }
        Ok(())
    }
}
