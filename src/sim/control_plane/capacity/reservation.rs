//! `CapacityProviderReservation`: how many instances are needed, and what that is of those there are (ecs.md §7.2, §7.3, §18.5).
//!
//! Arithmetic only: it counts what it is given and must never change anything. Start reading at [`measure`].

use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::needs::Needs;
use crate::sim::observation::capacity::{Dimension, Verdict};

/// What is left on one instance, for an estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    pub cpu_units: u32,
    pub memory_mib: u32,
    pub enis: u32,
    pub gpus: u32,
    /// Ports taken, of either protocol in its own list.
    pub tcp_ports: Vec<u16>,
    pub udp_ports: Vec<u16>,
}

/// An instance of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// It has a task that is no daemon.
    pub busy: bool,
    /// `None` when it takes no tasks.
    pub room: Option<Room>,
}

/// Waiting tasks with the same needs.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub needs: &'a Needs,
    pub tasks: u32,
    /// `distinctInstance`: one on each instance.
    pub distinct: bool,
}

/// What a value of the metric is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    pub verdicts: Vec<Verdict>,
    /// N.
    pub running: u32,
    pub empty: u32,
    pub calculated: u32,
    pub increase: u32,
    /// M.
    pub needed: u32,
}

/// Counts M and N: waiting tasks are packed onto free capacity, then onto new instances of the largest type.
// Ledger: capacity.needed.
pub fn measure(wanted: &[Wanted], mut held: Vec<Held>, types: &[&InstanceType], steps: (u32, u32)) -> Measured {
    let (smallest, largest) = (extreme(types, u32::min), extreme(types, u32::max));
    let mut new: Vec<Held> = Vec::new();
    let mut verdicts = Vec::new();
    for group in wanted {
        if let Some(dimension) = too_big(group.needs, &smallest) {
            verdicts.push(Verdict::TooBig(dimension));
            continue;
        }
        let mut left = group.tasks;
        for instance in &mut held {
            left -= fill(instance, group, left);
        }
        let (fit, before) = (group.tasks - left, new.len());
        for instance in &mut new {
            left -= fill(instance, group, left);
        }
        while left > 0 {
            let mut instance = Held { busy: false, room: Some(largest.clone()) };
            left -= fill(&mut instance, group, left).max(1);
            new.push(instance);
        }
        verdicts.push(Verdict::Counted { fit, new_instances: (new.len() - before) as u32 });
    }
    let (running, calculated) = (held.len() as u32, new.len() as u32);
    let increase = if calculated == 0 { 0 } else { calculated.clamp(steps.0, steps.1.max(steps.0)) };
    let empty = held.iter().filter(|instance| !instance.busy).count() as u32;
    Measured { verdicts, running, empty, calculated, increase, needed: running - empty + increase }
}

/// M ÷ N in tenths of a per cent, rounded; 100 % when there is nothing and nothing is wanted, 200 % when all is still to come (ecs.md §7.2).
pub fn reservation_tenths(needed: u32, running: u32) -> u32 {
    match (needed, running) {
        (0, 0) => 1_000,
        (_, 0) => 2_000,
        (needed, running) => ((u64::from(needed) * 1_000 + u64::from(running) / 2) / u64::from(running)) as u32,
    }
}

/// How many instances bring the metric to its target (ecs.md §7.2): N* = M × 100 ÷ target, rounded up.
pub fn desired_for(needed: u32, running: u32, target: u32, from_zero: u32) -> u32 {
    match (needed, running) {
        (0, 0) => 0,
        (_, 0) => from_zero,
        (needed, _) => (u64::from(needed) * 100).div_ceil(u64::from(target)) as u32,
    }
}

/// Puts as many tasks of the group as fit, and `most` at most, onto an instance; says how many.
fn fill(instance: &mut Held, group: &Wanted, most: u32) -> u32 {
    let Some(room) = &mut instance.room else { return 0 };
    let tasks = room.holds(group).min(most);
    if tasks > 0 {
        instance.busy = true;
        room.take(group.needs, tasks);
    }
    tasks
}

fn extreme(types: &[&InstanceType], choose: fn(u32, u32) -> u32) -> Room {
    let of = |read: fn(&InstanceType) -> u32| types.iter().map(|kind| read(kind)).reduce(choose).unwrap_or(0);
    Room {
        cpu_units: of(|kind| kind.cpu_units),
        memory_mib: of(|kind| kind.memory_mib),
        enis: of(|kind| u32::from(kind.task_enis)),
        gpus: of(|kind| u32::from(kind.gpus)),
        tcp_ports: Vec::new(),
        udp_ports: Vec::new(),
    }
}

fn too_big(needs: &Needs, smallest: &Room) -> Option<Dimension> {
    let lacks = [
        (needs.cpu_units > smallest.cpu_units, Dimension::Cpu),
        (needs.memory_mib > smallest.memory_mib, Dimension::Memory),
        (u32::from(needs.enis) > smallest.enis, Dimension::NetworkInterfaces),
        (u32::from(needs.gpus) > smallest.gpus, Dimension::Gpus),
    ];
    lacks.into_iter().find(|(lacks, _)| *lacks).map(|(_, dimension)| dimension)
}

impl Room {
    /// All of a new instance of this type.
    pub fn of_type(kind: &InstanceType) -> Self {
        extreme(&[kind], u32::max)
    }

    fn holds(&self, group: &Wanted) -> u32 {
        let needs = group.needs;
        let times = |left: u32, need: u32| left.checked_div(need).unwrap_or(u32::MAX);
        let taken = needs.tcp_ports.iter().any(|port| self.tcp_ports.contains(port))
            || needs.udp_ports.iter().any(|port| self.udp_ports.contains(port));
        if taken {
            return 0;
        }
        let ports = !needs.tcp_ports.is_empty() || !needs.udp_ports.is_empty();
        let alone = if ports || group.distinct { 1 } else { u32::MAX };
        [
            times(self.cpu_units, needs.cpu_units),
            times(self.memory_mib, needs.memory_mib),
            times(self.enis, u32::from(needs.enis)),
            times(self.gpus, u32::from(needs.gpus)),
        ]
        .into_iter()
        .fold(alone, u32::min)
    }

    fn take(&mut self, needs: &Needs, tasks: u32) {
        self.cpu_units -= needs.cpu_units * tasks;
        self.memory_mib -= needs.memory_mib * tasks;
        self.enis -= u32::from(needs.enis) * tasks;
        self.gpus -= u32::from(needs.gpus) * tasks;
        self.tcp_ports.extend(&needs.tcp_ports);
        self.udp_ports.extend(&needs.udp_ports);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM_ZERO: u32 = 2;
    const ANY_STEP: (u32, u32) = (1, 10_000);

    /// Three of these fit on an m5.large.
    fn third() -> Needs {
        Needs::of_size(600, 2_500)
    }

    fn kind(name: &str) -> &'static InstanceType {
        InstanceType::named(name).unwrap()
    }

    fn busy() -> Held {
        Held { busy: true, room: Some(Room { cpu_units: 0, memory_mib: 0, ..Room::of_type(kind("m5.large")) }) }
    }

    fn idle() -> Held {
        Held { busy: false, room: Some(Room::of_type(kind("m5.large"))) }
    }

    fn held(all: u32, empty: u32) -> Vec<Held> {
        (0..all).map(|number| if number < empty { idle() } else { busy() }).collect()
    }

    /// One row of the table in ecs.md §7.3: N, M, the metric in tenths of a per cent, and the instances that follow.
    fn check(held: Vec<Held>, waiting: u32, target: u32, expected: (u32, u32, u32, u32)) {
        let needs = third();
        let wanted = [Wanted { needs: &needs, tasks: waiting, distinct: false }];
        let measured = measure(if waiting > 0 { &wanted } else { &[] }, held, &[kind("m5.large")], ANY_STEP);
        let (needed, running) = (measured.needed, measured.running);
        let desired = desired_for(needed, running, target, FROM_ZERO);
        assert_eq!((running, needed, reservation_tenths(needed, running), desired), expected);
    }

    #[test]
    fn section_7_3_from_zero_two_instances_come_first() {
        check(Vec::new(), 5, 100, (0, 2, 2_000, 2));
        check(Vec::new(), 50, 100, (0, 17, 2_000, 2));
        check(Vec::new(), 0, 100, (0, 0, 1_000, 0));
    }

    #[test]
    fn section_7_3_four_used_and_six_waiting() {
        check(held(4, 0), 6, 100, (4, 6, 1_500, 6));
        check(held(4, 0), 6, 80, (4, 6, 1_500, 8));
    }

    #[test]
    fn section_7_3_three_with_one_empty() {
        check(held(3, 1), 0, 100, (3, 2, 667, 2));
        check(held(3, 1), 0, 50, (3, 2, 667, 4));
    }

    #[test]
    fn section_7_3_ten_used_with_a_spare_tenth() {
        check(held(10, 0), 0, 90, (10, 10, 1_000, 12));
    }

    #[test]
    fn section_7_3_five_with_one_tiny_task_each_never_scale_in() {
        check(held(5, 0), 0, 100, (5, 5, 1_000, 5));
    }

    #[test]
    fn section_7_3_a_task_that_fits_an_empty_instance_needs_no_other() {
        check(held(3, 1), 2, 100, (3, 3, 1_000, 3));
    }

    #[test]
    fn section_7_3_a_task_bigger_than_the_smallest_type_is_left_out() {
        let big = Needs::of_size(1_024, 12_000);
        let wanted = [Wanted { needs: &big, tasks: 1, distinct: false }];
        let measured = measure(&wanted, held(2, 0), &[kind("m5.large"), kind("m5.xlarge")], ANY_STEP);
        assert_eq!(measured.verdicts, [Verdict::TooBig(Dimension::Memory)]);
        assert_eq!((measured.needed, measured.running), (2, 2));
        let measured = measure(&wanted, held(2, 0), &[kind("m5.xlarge")], ANY_STEP);
        assert_eq!(measured.verdicts, [Verdict::Counted { fit: 0, new_instances: 1 }]);
    }

    #[test]
    fn section_7_3_the_largest_type_is_what_new_instances_are_counted_in() {
        let needs = third();
        let wanted = [Wanted { needs: &needs, tasks: 6, distinct: false }];
        let one = measure(&wanted, Vec::new(), &[kind("m5.large")], ANY_STEP);
        let mixed = measure(&wanted, Vec::new(), &[kind("m5.large"), kind("m5.xlarge")], ANY_STEP);
        assert_eq!((one.calculated, mixed.calculated), (2, 1));
    }

    #[test]
    fn section_7_3_step_sizes_bound_the_increase() {
        let needs = third();
        let wanted = [Wanted { needs: &needs, tasks: 30, distinct: false }];
        let increase = |steps| measure(&wanted, held(1, 0), &[kind("m5.large")], steps).increase;
        assert_eq!((increase(ANY_STEP), increase((1, 4)), increase((20, 50))), (10, 4, 20));
        assert_eq!(measure(&[], held(1, 0), &[kind("m5.large")], (5, 9)).increase, 0);
    }

    #[test]
    fn section_7_3_ports_and_distinct_instances_take_one_instance_each() {
        let port = Needs { tcp_ports: vec![8_080], ..Needs::of_size(64, 64) };
        let ports = measure(&[Wanted { needs: &port, tasks: 3, distinct: false }], held(1, 1), &[kind("m5.large")], ANY_STEP);
        assert_eq!(ports.verdicts, [Verdict::Counted { fit: 1, new_instances: 2 }]);
        let small = Needs::of_size(64, 64);
        let distinct = measure(&[Wanted { needs: &small, tasks: 3, distinct: true }], Vec::new(), &[kind("m5.large")], ANY_STEP);
        assert_eq!(distinct.calculated, 3);
    }

    #[test]
    fn section_7_3_groups_share_new_instances() {
        let (large, small) = (Needs::of_size(1_200, 2_000), Needs::of_size(400, 1_000));
        let wanted = [Wanted { needs: &large, tasks: 2, distinct: false }, Wanted { needs: &small, tasks: 3, distinct: false }];
        let measured = measure(&wanted, Vec::new(), &[kind("m5.large")], ANY_STEP);
        assert_eq!(measured.calculated, 2);
    }
}
