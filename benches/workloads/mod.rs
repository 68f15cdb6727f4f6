//! What is measured, natively and in the browser alike: placement through the command path, a quiet day of heartbeats, and an
//! hour at the quotas.
//!
//! Nothing here prints or knows which clock it is given. Rates are the best of several samples, because whatever else the machine
//! does only ever slows one down. Start reading at [`CASES`] and [`Case::measure`].

mod churn;
mod events;
mod plain_scan;
mod quotas;

use ecs_playground::sim::command::LaunchInstances;
use ecs_playground::sim::data_plane::app::Apps;
use ecs_playground::sim::engine::{Beginning, Sim};
use ecs_playground::sim::model::placement::{BinPackResource, PlacementStrategy, SpreadField};
use ecs_playground::sim::tuning::Tuning;
use ecs_playground::sim::tuning::platform::PlatformTuning;

/// Milliseconds since some moment.
pub type Clock = fn() -> f64;

/// One line of the table.
#[derive(Clone, Copy)]
pub struct Case {
    pub work: Work,
    pub instances: u32,
}

/// What is done over and over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    BinPack,
    Spread,
    Random,
    Heartbeats,
    Quotas,
}

/// Rates of a case: of the simulator, and of references written in this bench that do nothing but the bare work.
pub struct Rates {
    pub per_second: f64,
    pub references: Vec<(&'static str, f64)>,
}

/// Everything that is measured.
pub const CASES: [Case; 13] = {
    let works = [Work::BinPack, Work::Spread, Work::Random, Work::Heartbeats];
    let sizes = [100, 1_000, 5_000];
    let mut cases = [Case { work: Work::Quotas, instances: 5_000 }; 13];
    let mut number = 0;
    while number < works.len() * sizes.len() {
        cases[number] = Case { work: works[number / sizes.len()], instances: sizes[number % sizes.len()] };
        number += 1;
    }
    cases
};

impl Case {
    /// Sets the case up and measures it.
    pub fn measure(self, clock: Clock) -> Rates {
        match self.work {
            Work::BinPack | Work::Spread | Work::Random => churn::measure(clock, self.instances, &self.work.strategies()),
            Work::Heartbeats => events::measure(clock, self.instances),
            Work::Quotas => quotas::measure(clock, self.instances),
        }
    }
}

impl Work {
    /// What a line of the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BinPack => "binpack(memory)",
            Self::Spread => "spread(zone), spread(instanceId)",
            Self::Random => "random",
            Self::Heartbeats => "heartbeats and telemetry, 24 h",
            Self::Quotas => "at the quotas",
        }
    }

    /// What is counted.
    pub fn unit(self) -> &'static str {
        match self {
            Self::BinPack | Self::Spread | Self::Random => "placements",
            Self::Heartbeats => "events",
            Self::Quotas => "simulated seconds",
        }
    }

    fn strategies(self) -> Vec<PlacementStrategy> {
        let zone = SpreadField::Attribute("ecs.availability-zone".into());
        match self {
            Self::BinPack => vec![PlacementStrategy::BinPack { resource: BinPackResource::Memory }],
            Self::Spread => {
                vec![PlacementStrategy::Spread { field: zone }, PlacementStrategy::Spread { field: SpreadField::InstanceId }]
            }
            Self::Random => vec![PlacementStrategy::Random],
            Self::Heartbeats | Self::Quotas => Vec::new(),
        }
    }
}

/// A cluster of connected m5.2xlarge (8 vCPU, 31 GiB to give) in three zones.
fn cluster(instances: u32) -> Sim {
    let zones: Vec<String> = ["us-east-1a", "us-east-1b", "us-east-1c"].map(str::to_owned).to_vec();
    // An account whose API quotas let everything be asked for at one instant.
    let platform = PlatformTuning { api_rate_factor: 1_000_000, ..PlatformTuning::default() };
    let tuning = Tuning { platform, ..Tuning::default() };
    let mut sim = Sim::new(Beginning { seed: 1, zones: zones.clone(), apps: Apps::default(), tuning });
    let mut log = Vec::new();
    for number in 0..instances {
        let launch = LaunchInstances {
            instance_type: "m5.2xlarge".to_owned(),
            zone: zones[number as usize % zones.len()].clone(),
            count: 1,
            spot: false,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        };
        sim.begin_with_instance(&launch, &mut log).expect("the type is offered");
        log.clear();
    }
    sim.advance_to(2_000, &mut log);
    assert_eq!(sim.belief().registry.len(), instances, "every instance has registered");
    sim
}

/// Of several samples, each a count and how long it took in milliseconds: the greatest rate a second.
fn best_rate(samples: &[(u64, f64)]) -> f64 {
    samples.iter().map(|(count, ms)| *count as f64 * 1_000.0 / ms).fold(0.0, f64::max)
}

/// A case and its rates as tab-separated values: work, instances, unit, rate, then name and rate of each reference.
pub fn row(case: Case, rates: &Rates) -> String {
    let references = rates.references.iter().map(|(name, rate)| format!("\t{name}\t{rate:.0}"));
    let unit = case.work.unit();
    format!("{}\t{}\t{unit}\t{:.0}{}", case.work.name(), case.instances, rates.per_second, references.collect::<String>())
}
