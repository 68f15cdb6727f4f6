//! The chain of causes behind a fact, from the first cause to the fact itself.

use std::mem::{Discriminant, discriminant};
use std::ops::Range;

pub use crate::explain::explanation::Cause;
use crate::explain::kinds::tone;
use crate::explain::words::sentence;
use crate::sim::engine::Sim;
use crate::sim::ids::ObservationId;
use crate::sim::observation::{Kind, Observation, ServiceEvent};

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

/// A chain that is longer than this repeats itself, or is long enough to be told by its ends.
const LONG: usize = 14;
/// So many links at each end are shown in any case, and at its beginning so many at most.
const AT_EACH_END: usize = 4;
const MOST_AT_FIRST: usize = 8;

/// The middle of a long chain that may be folded away, and whether all of it is of kinds that its ends show.
pub fn middle(chain: &[&Observation]) -> Option<(Range<usize>, bool)> {
    if chain.len() <= LONG {
        return None;
    }
    let to = chain.len() - AT_EACH_END;
    let shows_all = |from: usize| {
        let shown: Vec<_> = chain[..from].iter().chain(&chain[to..]).map(|fact| sort_of(fact)).collect();
        chain[from..to].iter().all(|fact| shown.contains(&sort_of(fact)))
    };
    match (AT_EACH_END..=MOST_AT_FIRST).find(|from| shows_all(*from)) {
        Some(from) => Some((from..to, true)),
        None => Some((AT_EACH_END..to, false)),
    }
}

/// What kind of fact it is; of a service, what it says.
fn sort_of(fact: &Observation) -> (Discriminant<Kind>, Option<Discriminant<ServiceEvent>>) {
    let said = if let Kind::ServiceEvent { event, .. } = &fact.kind { Some(discriminant(&**event)) } else { None };
    (discriminant(&fact.kind), said)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::explain::testing::{Stage, family};
    use crate::sim::data_plane::app::App;
    use crate::sim::time::MINUTE;

    #[test]
    fn a_chain_that_repeats_itself_is_folded_in_the_middle() {
        let crashes = App { runs_for_ms: Some(5_000), exit_code: 1, ..App::default() };
        let mut stage = Stage::of_apps(&["m5.large"], Rc::new(BTreeMap::from([(Rc::from("web"), crashes)])));
        stage.register(family("web", 64, 128));
        stage.service("web", 1);
        let newest = |stage: &Stage| stage.sim.belief().tasks.iter().last().expect("there are tasks").1.newest;
        assert_eq!(middle(&chain(&stage.log, newest(&stage))), None, "one crash is told whole");
        stage.run(4 * MINUTE);
        let chain = chain(&stage.log, newest(&stage));
        let (folded, repeats) = middle(&chain).expect("one crash leads to the next");
        assert!(chain.len() > 3 * LONG && repeats, "{} of {}", folded.len(), chain.len());
        assert_eq!(folded.end, chain.len() - AT_EACH_END);
        let shown = || chain[..folded.start].iter().chain(&chain[folded.end..]);
        assert!(folded.start <= MOST_AT_FIRST && shown().count() < LONG);
        assert!(chain[folded.clone()].iter().all(|fact| shown().any(|other| sort_of(other) == sort_of(fact))));
    }
}
