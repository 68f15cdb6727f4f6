//! What the load balancer costs: the hours it stands, and what it carries (ecs.md §11.4).
//!
//! One Application Load Balancer has all listeners and target groups.

use crate::cost::NanoDollars;
use crate::cost::meter::Reading;
use crate::cost::prices::{LCU, LOAD_BALANCER};
use crate::sim::engine::Sim;
use crate::sim::neighbours::received::Carried;
use crate::sim::time::HOUR;

/// One load balancer capacity unit for an hour: 25 new connections a second, or a gigabyte of answers.
const LCU_CONNECTIONS: u128 = 25 * 3_600;
const LCU_KIB: u128 = 1_024 * 1_024;
/// Requests and KiB are counted in millionths.
const MILLIONTHS: u128 = 1_000_000;

/// What it has cost, and costs an hour as things stand.
// Ledger: cost.load-balancer
pub fn reading(sim: &Sim) -> Reading {
    let Some(since_ms) = sim.neighbours().balancer.since_ms else { return Reading::default() };
    let hours = (sim.now_ms() - since_ms).div_ceil(HOUR).max(1);
    let (so_far, hourly) = sim.neighbours().traffic.carried(sim.now_ms());
    Reading { so_far: hours * LOAD_BALANCER.nano() + units(so_far), per_hour: LOAD_BALANCER.nano() + units(hourly) }
}

/// The dimension that is used most is the one that is paid for.
fn units(carried: Carried) -> NanoDollars {
    let nano = u128::from(LCU.nano());
    let by_connections = carried.requests * nano / (LCU_CONNECTIONS * MILLIONTHS);
    let by_volume = carried.kib * nano / (LCU_KIB * MILLIONTHS);
    by_connections.max(by_volume) as NanoDollars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_11_4_a_capacity_unit_is_25_connections_a_second_or_a_gigabyte_an_hour() {
        let carried = |requests, kib| units(Carried { requests: requests * MILLIONTHS, kib: kib * MILLIONTHS });
        assert_eq!(carried(90_000, 0), 8_000_000);
        assert_eq!(carried(0, 1_048_576), 8_000_000);
        assert_eq!(carried(45_000, 3 * 1_048_576), 24_000_000, "not the sum");
    }
}
