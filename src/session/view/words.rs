//! The Words tab: the glossary, and how true to the real service each rule is.

use std::rc::Rc;

use crate::explain::glossary;
use crate::session::frame::WordView;
use crate::sim::ledger;

/// Terms first, then the fidelity ledger.
pub fn words() -> Vec<WordView> {
    let terms = glossary::TERMS.iter().map(|term| WordView {
        term: Rc::from(term.word),
        meaning: Rc::from(term.meaning),
        fidelity: Rc::from(""),
        source: Rc::from(""),
    });
    let rules = ledger::entries().map(|entry| WordView {
        term: Rc::from(entry.rule),
        meaning: Rc::from(entry.note),
        fidelity: Rc::from(entry.fidelity.name()),
        source: Rc::from(entry.source),
    });
    terms.chain(rules).collect()
}
