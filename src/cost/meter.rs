//! The meter: what a run has cost so far, and what it costs an hour as it stands, by item.
//!
//! It reads a run and changes nothing. Start reading at [`Meter::of`].

use crate::cost::prices::{host_per_hour, over, task_per_hour, volume_for, volume_per_hour};
use crate::cost::{NanoDollars, load_balancer};
use crate::sim::command::LaunchType;
use crate::sim::data_plane::host::Host;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::time::{MINUTE, Millis, SECOND};

/// The least that is billed for a server (ecs.md §11.2).
const LEAST_BILLED_MS: Millis = MINUTE;

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// EC2 servers on demand.
    Servers,
    /// EC2 Spot servers.
    SpotServers,
    Fargate,
    FargateSpot,
    /// Disks of servers.
    Storage,
    LoadBalancer,
}

impl Item {
    /// Every item, in the order shown.
    pub const ALL: [Self; 6] =
        [Self::Servers, Self::SpotServers, Self::Fargate, Self::FargateSpot, Self::Storage, Self::LoadBalancer];

    /// How the page calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Servers => "Servers",
            Self::SpotServers => "Spot servers",
            Self::Fargate => "Fargate",
            Self::FargateSpot => "Fargate Spot",
            Self::Storage => "Disks of servers",
            Self::LoadBalancer => "Load balancer",
        }
    }
}

/// One line of the meter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub so_far: NanoDollars,
    pub per_hour: NanoDollars,
}

/// All lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    readings: [Reading; Item::ALL.len()],
}

impl Meter {
    /// Reads a run as it stands.
    pub fn of(sim: &Sim) -> Self {
        let (now_ms, mut meter) = (sim.now_ms(), Self::default());
        for (instance, host) in sim.truth().hosts.iter() {
            meter.add_server(sim, instance, host);
        }
        for line in sim.truth().usage.lines() {
            let item = match line.kind.launch_type {
                LaunchType::Ec2 => continue,
                LaunchType::Fargate => Item::Fargate,
                LaunchType::FargateSpot => Item::FargateSpot,
            };
            let per_hour = task_per_hour(&line.kind);
            meter.add(item, over(per_hour, line.billed_ms(now_ms)), per_hour * line.running());
        }
        let balanced = load_balancer::reading(sim);
        meter.add(Item::LoadBalancer, balanced.so_far, balanced.per_hour);
        meter
    }

    /// What one item has cost and costs.
    pub fn reading(&self, item: Item) -> Reading {
        self.readings[item as usize]
    }

    /// The sum of all items.
    pub fn total(&self) -> Reading {
        let sum = |of: fn(&Reading) -> NanoDollars| self.readings.iter().map(of).sum();
        Reading { so_far: sum(|reading| reading.so_far), per_hour: sum(|reading| reading.per_hour) }
    }

    /// A server is billed from its launch to its termination but for when it is stopped, by the second, a minute at least; one without
    /// power as well.
    pub fn billed_ms(host: &Host, now_ms: Millis) -> Millis {
        whole_seconds(host.up_ms(now_ms))
    }

    /// What the volume of a server has cost, stopped or not, and costs an hour while it stands.
    // Ledger: cost.volume
    pub fn storage(sim: &Sim, instance: InstanceId, host: &Host) -> Reading {
        let size_gib = sim.truth().volume_of(instance, sim.tuning()).size_gib;
        let there_ms = whole_seconds(host.terminated_at_ms.unwrap_or(sim.now_ms()) - host.launched_at_ms);
        let so_long_ms = there_ms - (host.volume_since_ms - host.launched_at_ms);
        let gib_ms = host.volume_gib_ms + u64::from(size_gib) * so_long_ms;
        let per_hour = if host.terminated_at_ms.is_none() { volume_per_hour(u64::from(size_gib)) } else { 0 };
        Reading { so_far: volume_for(gib_ms), per_hour }
    }

    fn add_server(&mut self, sim: &Sim, instance: InstanceId, host: &Host) {
        let billed_ms = Self::billed_ms(host, sim.now_ms());
        let per_hour = host_per_hour(host);
        let item = if host.spot { Item::SpotServers } else { Item::Servers };
        let runs = u64::from(host.terminated_at_ms.is_none() && host.stopped_at_ms.is_none());
        self.add(item, over(per_hour, billed_ms), runs * per_hour);
        let storage = Self::storage(sim, instance, host);
        self.add(Item::Storage, storage.so_far, storage.per_hour);
    }

    fn add(&mut self, item: Item, so_far: NanoDollars, per_hour: NanoDollars) {
        let reading = &mut self.readings[item as usize];
        reading.so_far += so_far;
        reading.per_hour += per_hour;
    }
}

fn whole_seconds(length_ms: Millis) -> Millis {
    (length_ms.div_ceil(SECOND) * SECOND).max(LEAST_BILLED_MS)
}
