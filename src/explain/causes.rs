//! The chain of causes behind a fact, from the first cause to the fact itself.

pub use crate::explain::explanation::Cause;
use crate::explain::kinds::tone;
use crate::explain::words::sentence;
use crate::sim::engine::Sim;
use crate::sim::ids::ObservationId;
use crate::sim::observation::Observation;

/// The fact of this id. `log` holds observations in order of their ids, gaps allowed.
pub fn find(log: &[Observation], id: ObservationId) -> Option<&Observation> {
    log.binary_search_by_key(&id, |observation| observation.id).ok().map(|index| &log[index])
}

/// The facts that led to `of`, first cause first, `of` last. Ends early where the log has a gap.
pub fn chain(log: &[Observation], of: ObservationId) -> Vec<&Observation> {
    let mut chain = Vec::new();
    let mut next = find(log, of);
    while let Some(observation) = next {
        chain.push(observation);
        // A cause is older than its effect, so this ends.
        next = observation.cause.filter(|cause| *cause < observation.id).and_then(|cause| find(log, cause));
    }
    chain.reverse();
    chain
}

/// The same in words, numbered from 1.
pub fn causes(sim: &Sim, log: &[Observation], of: ObservationId) -> Vec<Cause> {
    let link = |(index, observation): (usize, &Observation)| Cause {
        number: index as u32 + 1,
        at_ms: observation.at_ms,
        text: sentence(sim, observation),
        observation: observation.id,
        tone: tone(&observation.kind),
    };
    chain(log, of).into_iter().enumerate().map(link).collect()
}
