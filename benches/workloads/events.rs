//! A quiet day: agents that answer heartbeats and send telemetry for 24 simulated hours. Counted is what leaves the queue.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Clock, Rates, best_rate};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Parts of the day that are timed apart, for each hundred agents: long enough for the coarse clock of a browser.
const PARTS: u64 = 12;
/// Events of one sample of a reference.
const REFERENCE_EVENTS: u64 = 200_000;

/// The best part of the day, beside a bare heap and a bare ring of milliseconds with as many timers.
pub fn measure(clock: Clock, instances: u32) -> Rates {
    let mut sim = super::cluster(instances);
    let (mut samples, mut observations) = (Vec::new(), Vec::new());
    let parts = PARTS * u64::from(instances) / 100;
    for part in 1..=parts {
        let (begin, mut events) = (clock(), 0);
        while sim.advance_one(part * DAY_MS / parts, &mut observations).is_some() {
            events += 1;
            observations.clear();
        }
        samples.push((events, clock() - begin));
    }
    let timers = periods(instances);
    let heap: Vec<_> = (0..8).map(|_| (REFERENCE_EVENTS, run_heap(clock, &timers))).collect();
    let ring: Vec<_> = (0..8).map(|_| (REFERENCE_EVENTS, run_ring(clock, &timers))).collect();
    Rates { per_second: best_rate(&samples), references: vec![("heap", best_rate(&heap)), ("ring", best_rate(&ring))] }
}

/// Two timers for each agent: heartbeats and telemetry.
fn periods(instances: u32) -> Vec<u64> {
    (0..instances * 2).map(|number| if number % 2 == 0 { 30_000 } else { 20_000 }).collect()
}

fn phase(number: usize, period: u64) -> u64 {
    number as u64 * 7_919 % period
}

/// Timers in a binary heap of (instant, sequence, number); returns milliseconds.
fn run_heap(clock: Clock, periods: &[u64]) -> f64 {
    let mut heap = BinaryHeap::new();
    let mut sequence = 0;
    for (number, period) in periods.iter().enumerate() {
        sequence += 1;
        heap.push(Reverse((phase(number, *period), sequence, number)));
    }
    let begin = clock();
    for _ in 0..REFERENCE_EVENTS {
        let Reverse((at, _, number)) = heap.pop().expect("timers never end");
        sequence += 1;
        heap.push(Reverse((at + periods[number], sequence, number)));
    }
    clock() - begin
}

/// Timers in a ring of slots, one a millisecond, longer than the longest period; returns milliseconds.
fn run_ring(clock: Clock, periods: &[u64]) -> f64 {
    const SLOTS: u64 = 32_768;
    let mut ring: Vec<Vec<usize>> = vec![Vec::new(); SLOTS as usize];
    for (number, period) in periods.iter().enumerate() {
        ring[phase(number, *period) as usize].push(number);
    }
    let begin = clock();
    let (mut now, mut events) = (0_u64, 0);
    while events < REFERENCE_EVENTS {
        let mut due = std::mem::take(&mut ring[(now % SLOTS) as usize]);
        for number in due.drain(..) {
            ring[((now + periods[number]) % SLOTS) as usize].push(number);
            events += 1;
        }
        ring[(now % SLOTS) as usize] = due;
        now += 1;
    }
    clock() - begin
}
