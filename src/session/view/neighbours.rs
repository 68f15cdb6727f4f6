//! The services round ECS as cards on the board.

use std::rc::Rc;

use crate::session::frame::{Frame, NeighbourView};
use crate::session::view::{Shown, alarms, balancing, capacity, discovery, keep, subnets};

/// All that there is, in the order of the board: what brings requests, what adds servers, what gives addresses, what watches.
pub fn neighbours(shown: &Shown, old: Option<&Frame>) -> Vec<Rc<NeighbourView>> {
    let before = |key: &str| old.and_then(|frame| frame.neighbours.iter().find(|view| *view.key == *key));
    all(shown).into_iter().map(|view| keep(before(&view.key.clone()), view)).collect()
}

fn all(shown: &Shown) -> Vec<NeighbourView> {
    let requests = balancing::cards(shown).into_iter().chain(discovery::cards(shown));
    requests.chain(capacity::cards(shown)).chain(subnets::cards(shown)).chain(alarms::cards(shown)).collect()
}
