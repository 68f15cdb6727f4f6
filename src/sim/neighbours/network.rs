//! The subnets of the account and who has an address in them (ecs.md §9.1, §14 #29), as EC2 keeps them.
//!
//! ECS asks EC2 for an interface when a task is placed, and gives it back when the task has stopped. Start reading at
//! [`interface_wanted`].

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::platform::{CreateSubnet, PublicIp};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId, ZoneId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;

/// All subnets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network {
    subnets: BTreeMap<Rc<str>, Subnet>,
    leases: BTreeMap<TaskId, Rc<str>>,
}

/// One subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subnet {
    pub zone: ZoneId,
    /// Addresses that can be given away.
    pub addresses: u32,
    pub taken: u32,
}

impl Network {
    /// Subnets by id.
    pub fn subnets(&self) -> impl Iterator<Item = (&Rc<str>, &Subnet)> {
        self.subnets.iter()
    }

    /// The subnet in which a task has its address.
    pub fn lease(&self, task: TaskId) -> Option<&Rc<str>> {
        self.leases.get(&task)
    }

    /// Tasks that have an address.
    pub fn leases(&self) -> impl Iterator<Item = (TaskId, &Rc<str>)> {
        self.leases.iter().map(|(task, subnet)| (*task, subnet))
    }

    fn take(&mut self, task: TaskId, subnet: &Rc<str>) -> bool {
        let Some(known) = self.subnets.get_mut(subnet).filter(|known| known.taken < known.addresses) else { return false };
        known.taken += 1;
        self.leases.insert(task, subnet.clone());
        true
    }

    fn give_back(&mut self, task: TaskId) {
        if let Some(subnet) = self.leases.remove(&task) {
            self.subnets.get_mut(&subnet).expect("it was leased from").taken -= 1;
        }
    }
}

/// AWS keeps the first four addresses and the last of every subnet for itself.
/// Ledger: network.addresses.
const KEPT_BY_AWS: u32 = 5;

impl Sim {
    /// `CreateSubnet`.
    pub(crate) fn create_subnet(&mut self, request: &CreateSubnet) -> Answer {
        let wrong = |message: String| Refusal::new("InvalidParameterValue", message);
        let zone = self.control.zone_named(&request.availability_zone);
        let zone = zone.ok_or_else(|| wrong(format!("Invalid availability zone: [{}]", request.availability_zone)))?;
        let prefix = request.cidr_block.rsplit_once('/').and_then(|(_, prefix)| prefix.parse::<u32>().ok());
        let prefix = prefix.filter(|prefix| (16..=28).contains(prefix));
        let prefix = prefix
            .ok_or_else(|| Refusal::new("InvalidSubnet.Range", format!("The CIDR '{}' is invalid.", request.cidr_block)))?;
        let id: Rc<str> = Rc::from(request.subnet_id.as_str());
        if id.is_empty() || self.control.subnets.contains_key(&id) {
            return Err(wrong(format!("The subnet ID '{id}' is empty or taken.")));
        }
        let addresses = (1 << (32 - prefix)) - KEPT_BY_AWS;
        self.neighbours.network.subnets.insert(id.clone(), Subnet { zone, addresses, taken: 0 });
        self.control.subnets.insert(id.clone(), zone);
        self.fx.observe(Kind::Platform(Rc::new(PlatformFact::SubnetCreated { subnet: id, zone, addresses })));
        Ok(())
    }
}

/// ECS asks EC2 for a network interface in the subnet of a task.
// Ledger: network.addresses
pub(crate) fn interface_wanted(sim: &mut Sim, task: TaskId) {
    let Some(known) = sim.control.tasks.get(task).filter(|known| known.is_wanted()) else { return };
    let Some(network) = known.network.clone() else { return };
    if sim.neighbours.network.take(task, &network.subnet) {
        return;
    }
    let assignment = match network.public_ip {
        PublicIp::Enabled => "enabled",
        PublicIp::Disabled => "disabled",
    };
    let subnet = &network.subnet;
    let reason = format!(
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment {assignment} in subnet '{subnet}': InsufficientFreeAddressesInSubnet"
    );
    let on_instance = known.instance.is_some();
    sim.fx.lead(Kind::Platform(Rc::new(PlatformFact::AddressesExhausted { task, subnet: subnet.clone() })));
    if on_instance {
        sim.control.interface_refused(&mut sim.fx, task, &reason);
    } else {
        sim.data.told_by(&sim.fx, task);
        sim.data.end_task(&mut sim.fx, task, StopCode::TaskFailedToStart, &reason);
    }
}

/// EC2 makes the trunk network interface of an instance, unless every subnet of its zone is full.
// Ledger: network.trunking
pub(crate) fn trunk_wanted(sim: &mut Sim, instance: InstanceId) {
    if !sim.control.is_registering(instance) {
        return;
    }
    let zone = sim.data.hosts[instance].zone;
    let mut of_zone = sim.neighbours.network.subnets.values().filter(|subnet| subnet.zone == zone).peekable();
    let full = of_zone.peek().is_some() && of_zone.all(|subnet| subnet.taken >= subnet.addresses);
    if full {
        sim.fx.lead(Kind::Platform(Rc::new(PlatformFact::TrunkRefused { instance, zone })));
        sim.control.set_instance_status(&mut sim.fx, instance, ContainerInstanceStatus::RegistrationFailed);
    } else {
        sim.control.set_instance_status(&mut sim.fx, instance, ContainerInstanceStatus::Active);
    }
}

/// The task has stopped: its interface is deleted.
pub(crate) fn interface_gone(sim: &mut Sim, task: TaskId) {
    sim.neighbours.network.give_back(task);
}
