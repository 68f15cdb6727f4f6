//! The line of totals, and the board in sentences.

use crate::cost::MICRO;
use crate::cost::prices::host_per_hour;
pub use crate::explain::names::{count as count_of, dollars, number as grouped};
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;

/// So many services are told of.
const MOST_SERVICES: usize = 12;

/// A price in micro-dollars an hour: `$0.096/h`.
pub fn per_hour(micro_dollars: u64) -> String {
    let thousandths = (micro_dollars + 500) / 1_000;
    format!("${}.{:03}/h", thousandths / 1_000, thousandths % 1_000)
}

/// `4 servers · 10 tasks · $0.384/h`.
pub fn totals(sim: &Sim) -> String {
    let alive = || sim.truth().hosts.iter().filter(|(_, host)| host.power != Power::Terminated);
    let price: u64 = alive().map(|(_, host)| host_per_hour(host) / MICRO).sum();
    let running = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count() as u64;
    format!("{} · {} running · {}", count_of(alive().count() as u64, "server"), count_of(running, "task"), per_hour(price))
}

/// What is on screen, for someone who cannot see it.
pub fn summary(sim: &Sim) -> String {
    let belief = sim.belief();
    let mut sentences = vec![format!("{}.", totals(sim))];
    for (_, service) in belief.services.iter().take(MOST_SERVICES) {
        let running = service.tasks.iter().filter(|task| belief.tasks[**task].is_running()).count();
        sentences.push(format!("Service {}: {running} of {} running.", service.name, service.desired_count));
    }
    let silent = belief.registry.iter().filter(|known| !known.agent_connected).count() as u64;
    if silent > 0 {
        sentences.push(format!("{} not connected.", count_of(silent, "server")));
    }
    let faults = sim.faults().active().count() as u64;
    if faults > 0 {
        sentences.push(format!("{} in force.", count_of(faults, "fault")));
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(per_hour(384_000), "$0.384/h");
        assert_eq!(per_hour(129_600), "$0.130/h");
    }
}
