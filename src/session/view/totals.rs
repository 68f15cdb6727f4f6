//! The line of totals, and the board in sentences.

use crate::cost::MICRO;
use crate::cost::prices::{host_per_hour, volume_per_hour};
pub use crate::explain::names::{count as count_of, dollars, number as grouped};
use crate::session::later::later;
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::engine::Sim;

/// So many services are told of.
const MOST_SERVICES: usize = 12;

/// A price in micro-dollars an hour: `$0.096/h`.
pub fn per_hour(micro_dollars: u64) -> String {
    let thousandths = (micro_dollars + 500) / 1_000;
    format!("${}.{:03}/h", thousandths / 1_000, thousandths % 1_000)
}

/// `4 servers · 10 tasks running · $0.397/h`: the price of all that is paid for, as the meter has it.
pub fn totals(sim: &Sim) -> String {
    let alive = || sim.truth().hosts.iter().filter(|(_, host)| host.power != Power::Terminated);
    // What is on screen before the first touch has servers on demand and their disks, and nothing else.
    let of_servers = || {
        let volume = volume_per_hour(u64::from(sim.tuning().platform.server_volume_gib));
        let each = |host: &Host| host_per_hour(host) + volume;
        per_hour(alive().map(|(_, host)| each(host)).sum::<u64>() / MICRO)
    };
    let price = later().map_or_else(of_servers, |later| (later.per_hour)(sim));
    let running = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count() as u64;
    format!("{} · {} running · {price}", count_of(alive().count() as u64, "server"), count_of(running, "task"))
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
    use crate::cost::meter::Meter;
    use crate::session::Session;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(per_hour(384_000), "$0.384/h");
        assert_eq!(per_hour(129_600), "$0.130/h");
    }

    #[test]
    fn a_look_and_a_touch_see_the_same_price() {
        let session = Session::open();
        let sim = session.timeline().sim();
        let volume = volume_per_hour(u64::from(sim.tuning().platform.server_volume_gib));
        let look = sim.truth().hosts.iter().map(|(_, host)| host_per_hour(host) + volume);
        assert_eq!(look.sum::<u64>(), Meter::of(sim).total().per_hour);
        let words = totals(sim);
        assert!(words.ends_with(&per_hour(Meter::of(sim).total().per_hour / MICRO)), "{words}");
    }

    #[test]
    fn tasks_on_fargate_and_spot_are_paid_for() {
        let session = Session::open_scenario("fargate-only").expect("a scenario of the library");
        let words = totals(session.timeline().sim());
        assert!(words.starts_with("0 servers") && !words.contains("$0.00"), "{words}");
    }
}
