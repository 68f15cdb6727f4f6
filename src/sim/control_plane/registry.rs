//! Container instances as believed, the tasks placed on them, and the index kept beside them.
//!
//! Every change goes through a method here, so that instances, counts and index agree ([`Registry::check`] says whether they do).
//! It records decisions and reports; it must never take a decision. Start reading at [`Registry::reserve`].

use std::collections::BTreeMap;
use std::rc::Rc;

use super::scheduler::bits::Bits;
use super::scheduler::group_counts::GroupCounts;
use super::scheduler::index::Index;
use super::scheduler::needs::Needs;
use crate::sim::ids::{CapacityProviderId, GroupId, InstanceId, TaskId, ZoneId};
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus, PlacedTask};
use crate::sim::model::task::TaskStatus;
use crate::sim::time::Millis;

/// What the control plane believes of its container instances.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// By id, from 1; ids arrive in any order and leave gaps.
    slots: Vec<Option<Rc<ContainerInstance>>>,
    /// Beside the instances, so that a heartbeat copies no instance a snapshot still shares.
    last_heard_at_ms: Vec<Millis>,
    registered: u32,
    groups: Vec<Rc<GroupCounts>>,
    group_ids: Rc<BTreeMap<Rc<str>, GroupId>>,
    index: Index,
    /// Instances of each capacity provider, by its number.
    members: Vec<Bits>,
}

/// A provider without instances.
static NO_MEMBERS: Bits = Bits::EMPTY;

impl Registry {
    /// Adds an instance. One that registers again under its id replaces what was believed of it.
    pub fn register(&mut self, instance: ContainerInstance) {
        self.deregister(instance.id);
        let slot = slot_of(instance.id);
        if self.slots.len() <= slot {
            self.slots.resize(slot + 1, None);
            self.last_heard_at_ms.resize(slot + 1, 0);
        }
        self.last_heard_at_ms[slot] = instance.registered_at_ms;
        self.registered += 1;
        for placed in &instance.tasks {
            Rc::make_mut(&mut self.groups[number_of(placed.group)]).add(instance.id, instance.zone);
        }
        self.index.refresh(&instance);
        let (id, provider) = (instance.id, instance.capacity_provider);
        self.slots[slot] = Some(Rc::new(instance));
        self.note_provider(id, provider, true);
    }

    /// The instance belongs to this capacity provider from now on, or to none.
    pub fn set_provider(&mut self, id: InstanceId, provider: Option<CapacityProviderId>) {
        let Some(instance) = self.instance_mut(id) else { return };
        let before = std::mem::replace(&mut instance.capacity_provider, provider);
        self.note_provider(id, before, false);
        self.note_provider(id, provider, true);
    }

    fn note_provider(&mut self, id: InstanceId, provider: Option<CapacityProviderId>, member: bool) {
        let Some(CapacityProviderId(number)) = provider else { return };
        let number = number as usize;
        if self.members.len() <= number {
            self.members.resize(number + 1, Bits::default());
        }
        self.members[number].set(id, member);
    }

    /// Registered instances of a capacity provider, for the scheduler.
    pub(super) fn members(&self, provider: CapacityProviderId) -> &Bits {
        self.members.get(provider.0 as usize).unwrap_or(&NO_MEMBERS)
    }

    /// Takes an instance out, with the tasks counted on it, and gives back what was believed of it, now INACTIVE.
    pub fn deregister(&mut self, id: InstanceId) -> Option<Rc<ContainerInstance>> {
        let mut instance = self.slots.get_mut(slot_of(id))?.take()?;
        self.registered -= 1;
        self.index.forget(id);
        self.note_provider(id, instance.capacity_provider, false);
        for placed in &instance.tasks {
            Rc::make_mut(&mut self.groups[number_of(placed.group)]).take(id, instance.zone);
        }
        Rc::make_mut(&mut instance).status = ContainerInstanceStatus::Inactive;
        Some(instance)
    }

    /// The instance, while it is registered.
    pub fn get(&self, id: InstanceId) -> Option<&ContainerInstance> {
        self.slots.get(slot_of(id))?.as_deref()
    }

    /// Registered instances by id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &ContainerInstance> {
        self.slots.iter().filter_map(Option::as_deref)
    }

    /// How many instances are registered.
    pub fn len(&self) -> u32 {
        self.registered
    }

    /// No instance is registered.
    pub fn is_empty(&self) -> bool {
        self.registered == 0
    }

    /// Zones with registered instances, and how many each has.
    pub fn zones(&self) -> impl Iterator<Item = (ZoneId, u32)> {
        self.index.zones().map(|(zone, index)| (zone, index.members.count())).filter(|(_, count)| *count > 0)
    }

    /// Sets the status; false when the instance is not registered.
    pub fn set_status(&mut self, id: InstanceId, status: ContainerInstanceStatus) -> bool {
        self.change(id, |instance| instance.status = status)
    }

    /// The agent is believed connected or gone from now on; false when the instance is not registered.
    pub fn set_agent_connected(&mut self, id: InstanceId, connected: bool, now_ms: Millis) -> bool {
        self.change(id, |instance| {
            let since = instance.disconnected_since_ms.unwrap_or(now_ms);
            instance.agent_connected = connected;
            instance.disconnected_since_ms = (!connected).then_some(since);
        })
    }

    /// Sets or adds an attribute (`PutAttributes`); false when the instance is not registered.
    pub fn put_attribute(&mut self, id: InstanceId, name: Rc<str>, value: Option<Rc<str>>) -> bool {
        self.change(id, |instance| {
            Rc::make_mut(&mut instance.attributes).insert(name, value);
        })
    }

    /// Takes an attribute away (`DeleteAttributes`); false when the instance is not registered.
    pub fn delete_attribute(&mut self, id: InstanceId, name: &str) -> bool {
        self.change(id, |instance| {
            Rc::make_mut(&mut instance.attributes).remove(name);
        })
    }

    /// Sets how many of its tasks are reported RUNNING and how many are on their way.
    #[cfg(test)]
    pub fn set_task_counts(&mut self, id: InstanceId, running: u32, pending: u32) {
        if let Some(instance) = self.instance_mut(id) {
            (instance.running_tasks, instance.pending_tasks) = (running, pending);
        }
    }

    /// A task of it came from one status to another, or into its first: keeps both counts up to date.
    pub fn count_task(&mut self, id: InstanceId, from: Option<TaskStatus>, to: TaskStatus) {
        let is_pending = |status: TaskStatus| status < TaskStatus::Running;
        let is_running = |status: TaskStatus| status == TaskStatus::Running;
        let was = |counts: fn(TaskStatus) -> bool| from.is_some_and(counts);
        if was(is_pending) == is_pending(to) && was(is_running) == is_running(to) {
            return;
        }
        if let Some(instance) = self.instance_mut(id) {
            instance.pending_tasks = instance.pending_tasks + u32::from(is_pending(to)) - u32::from(was(is_pending));
            instance.running_tasks = instance.running_tasks + u32::from(is_running(to)) - u32::from(was(is_running));
        }
    }

    /// A heartbeat or any other message arrived.
    pub fn heard_from(&mut self, id: InstanceId, now_ms: Millis) {
        if let Some(last) = self.last_heard_at_ms.get_mut(slot_of(id)) {
            *last = now_ms;
        }
    }

    /// When a message of the instance last arrived, in milliseconds of simulated time; `None` when it is not registered.
    pub fn last_heard_at_ms(&self, id: InstanceId) -> Option<Millis> {
        self.get(id).map(|_| self.last_heard_at_ms[slot_of(id)])
    }

    /// Takes what a task needs from the instance it was placed on. Panics when the instance is not registered or has less left:
    /// the scheduler places only where the task fits.
    pub fn reserve(&mut self, id: InstanceId, task: TaskId, needs: &Needs, group: GroupId) {
        self.learn(needs);
        let instance = self.slots[slot_of(id)].as_mut().map(Rc::make_mut).expect("the instance is registered");
        take(instance, needs);
        instance.tasks.push(PlacedTask { task, group });
        self.index.refresh(instance);
        Rc::make_mut(&mut self.groups[number_of(group)]).add(id, instance.zone);
    }

    /// Gives back what a task took, when its desired status becomes STOPPED (ecs.md §2.6). Nothing happens when the instance is
    /// no longer registered or does not hold the task.
    pub fn release(&mut self, id: InstanceId, task: TaskId, needs: &Needs, group: GroupId) {
        let Some(instance) = self.slots.get_mut(slot_of(id)).and_then(Option::as_mut) else {
            return;
        };
        let Some(at) = instance.tasks.iter().position(|placed| placed.task == task) else {
            return;
        };
        let instance = Rc::make_mut(instance);
        instance.tasks.remove(at);
        give_back(instance, needs);
        self.index.refresh(instance);
        Rc::make_mut(&mut self.groups[number_of(group)]).take(id, instance.zone);
    }

    /// Prepares the index for tasks of this kind. [`reserve`](Self::reserve) does so too; before that, placing one scans.
    pub fn learn(&mut self, needs: &Needs) {
        self.index.learn(needs, self.slots.iter().filter_map(Option::as_deref));
    }

    /// The group of this name, new or known.
    pub fn group(&mut self, name: &str) -> GroupId {
        if let Some(id) = self.find_group(name) {
            return id;
        }
        let group = GroupCounts::new(name);
        let id = GroupId(self.groups.len() as u32 + 1);
        Rc::make_mut(&mut self.group_ids).insert(group.name.clone(), id);
        self.groups.push(Rc::new(group));
        id
    }

    /// The group of this name, if it is known.
    pub fn find_group(&self, name: &str) -> Option<GroupId> {
        self.group_ids.get(name).copied()
    }

    /// The name of a group.
    pub fn group_name(&self, group: GroupId) -> &str {
        &self.group_counts(group).name
    }

    /// The name of a group as a key of chance.
    pub fn group_key(&self, group: GroupId) -> u64 {
        self.group_counts(group).key
    }

    /// Tasks of a group in a zone on its instances whose desired status is RUNNING.
    /// Ledger: placement.spread-counts.
    pub fn tasks_in_zone(&self, group: GroupId, zone: ZoneId) -> u32 {
        self.group_counts(group).in_zone(zone)
    }

    /// Tasks of a group on an instance whose desired status is RUNNING.
    pub fn tasks_on(&self, group: GroupId, id: InstanceId) -> u32 {
        self.group_counts(group).on(id)
    }

    /// The counts of a group, for the scheduler.
    pub(super) fn group_counts(&self, group: GroupId) -> &GroupCounts {
        &self.groups[number_of(group)]
    }

    /// The index, for the scheduler.
    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    fn instance_mut(&mut self, id: InstanceId) -> Option<&mut ContainerInstance> {
        self.slots.get_mut(slot_of(id))?.as_mut().map(Rc::make_mut)
    }

    fn change(&mut self, id: InstanceId, change: impl FnOnce(&mut ContainerInstance)) -> bool {
        let Some(instance) = self.slots.get_mut(slot_of(id)).and_then(Option::as_mut) else {
            return false;
        };
        let instance = Rc::make_mut(instance);
        change(instance);
        self.index.refresh(instance);
        true
    }

    /// Instances, counts and index agree, and nothing is reserved twice.
    pub fn check(&self) -> Result<(), String> {
        let instances: Vec<&ContainerInstance> = self.iter().collect();
        if instances.len() != self.registered as usize {
            return Err(format!("{} instances, noted {}", instances.len(), self.registered));
        }
        for instance in &instances {
            if instance.remaining_cpu_units > instance.registered_cpu_units
                || instance.remaining_memory_mib > instance.registered_memory_mib
            {
                return Err(format!("{:?} has more left than it registered", instance.id));
            }
            if !instance.tcp_ports.is_sorted_by(|a, b| a < b) || !instance.udp_ports.is_sorted_by(|a, b| a < b) {
                return Err(format!("{:?} has a port taken twice", instance.id));
            }
        }
        for (number, members) in self.members.iter().enumerate() {
            let provider = Some(CapacityProviderId(number as u32));
            let here = instances.iter().filter(|instance| instance.capacity_provider == provider);
            if members.iter().ne(here.map(|instance| instance.id)) {
                return Err(format!("the members of {provider:?} are wrong"));
            }
        }
        for (number, counts) in self.groups.iter().enumerate() {
            let (by_instance, by_zone) = recount(&instances, GroupId(number as u32 + 1));
            counts.check(&by_instance, &by_zone)?;
        }
        self.index.check(&instances)
    }
}

/// Tasks of a group by instance, and by number of the zone.
fn recount(instances: &[&ContainerInstance], group: GroupId) -> (Vec<(InstanceId, u32)>, Vec<u32>) {
    let (mut by_instance, mut by_zone) = (Vec::new(), Vec::new());
    for instance in instances {
        let count = instance.tasks.iter().filter(|placed| placed.group == group).count() as u32;
        let zone = instance.zone.0 as usize;
        if count > 0 {
            by_instance.push((instance.id, count));
            by_zone.resize(by_zone.len().max(zone + 1), 0);
            by_zone[zone] += count;
        }
    }
    (by_instance, by_zone)
}

fn slot_of(id: InstanceId) -> usize {
    id.0 as usize - 1
}

fn number_of(group: GroupId) -> usize {
    group.0 as usize - 1
}

fn take(instance: &mut ContainerInstance, needs: &Needs) {
    let less = |left: u32, need: u32| left.checked_sub(need).expect("the task fits where it was placed");
    instance.remaining_cpu_units = less(instance.remaining_cpu_units, needs.cpu_units);
    instance.remaining_memory_mib = less(instance.remaining_memory_mib, needs.memory_mib);
    instance.free_enis = less(instance.free_enis, u32::from(needs.enis));
    instance.free_gpus = less(instance.free_gpus, u32::from(needs.gpus));
    take_ports(&mut instance.tcp_ports, &needs.tcp_ports);
    take_ports(&mut instance.udp_ports, &needs.udp_ports);
}

fn take_ports(ports: &mut Vec<u16>, needed: &[u16]) {
    for port in needed {
        let at = ports.binary_search(port).expect_err("the port was free where the task was placed");
        ports.insert(at, *port);
    }
}

fn give_back(instance: &mut ContainerInstance, needs: &Needs) {
    instance.remaining_cpu_units += needs.cpu_units;
    instance.remaining_memory_mib += needs.memory_mib;
    instance.free_enis += u32::from(needs.enis);
    instance.free_gpus += u32::from(needs.gpus);
    instance.tcp_ports.retain(|port| needs.tcp_ports.binary_search(port).is_err());
    instance.udp_ports.retain(|port| needs.udp_ports.binary_search(port).is_err());
}
