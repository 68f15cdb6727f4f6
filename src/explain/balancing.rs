//! Load balancing: target groups, traffic, discovery — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::sim::command::balancing::BalancingCommand;
use crate::sim::engine::Sim;
use crate::sim::observation::balancing::BalancingFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &BalancingCommand) -> String {
    match *command {}
}

/// What happened, in one sentence.
pub fn sentence(_: &Sim, fact: &BalancingFact) -> String {
    match *fact {}
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &BalancingFact) -> &'static str {
    match *fact {}
}

/// What the fact means for the learner.
pub fn tone(fact: &BalancingFact) -> Tone {
    match *fact {}
}

/// Whom the fact is about.
pub fn subject(fact: &BalancingFact) -> Option<About> {
    match *fact {}
}

/// Whom the command is about.
pub fn subject_of_command(command: &BalancingCommand) -> Option<About> {
    match *command {}
}

/// Would a learner's log name it?
pub fn is_headline(fact: &BalancingFact) -> bool {
    match *fact {}
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &BalancingFact) -> Vec<(&'static str, String)> {
    match *fact {}
}

/// The same for a command.
pub fn ids_of_command(command: &BalancingCommand) -> Vec<(&'static str, String)> {
    match *command {}
}
