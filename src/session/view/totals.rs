//! The line of totals, and the board in sentences.

use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;

/// So many services are told of.
const MOST_SERVICES: usize = 12;

/// A price in micro-dollars an hour: `$0.096/h`.
pub fn per_hour(micro_dollars: u64) -> String {
    format!("${}.{:03}/h", micro_dollars / 1_000_000, micro_dollars / 1_000 % 1_000)
}

/// A sum in nano-dollars, with as many places as it takes to see it: `$0.384`, `$0.00021`.
pub fn dollars(nano: u64) -> String {
    let places = match nano {
        0 => 2,
        1..10_000_000 => 5,
        10_000_000..10_000_000_000 => 3,
        _ => 2,
    };
    let unit = 10_u64.pow(9 - places);
    let rounded = (nano + unit / 2) / unit;
    let whole = 10_u64.pow(places);
    format!("${}.{:0width$}", grouped(rounded / whole), rounded % whole, width = places as usize)
}

/// A number with its thousands set apart: `7,807`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 server`, `2 servers`.
pub fn count_of(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(count)) }
}

/// `4 servers · 10 tasks · $0.384/h`.
pub fn totals(sim: &Sim) -> String {
    let alive = || sim.truth().hosts.iter().filter(|(_, host)| host.power != Power::Terminated);
    let price: u64 = alive().map(|(_, host)| u64::from(host.instance_type.micro_dollars_per_hour)).sum();
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
        assert_eq!(grouped(7_807), "7,807");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
        assert_eq!(per_hour(384_000), "$0.384/h");
        assert_eq!(dollars(384_000_000), "$0.384");
        assert_eq!(dollars(210_000), "$0.00021");
        assert_eq!(dollars(12_345_678_900_000), "$12,345.68");
        assert_eq!(dollars(0), "$0.00");
        assert_eq!(count_of(1, "server"), "1 server");
    }
}
