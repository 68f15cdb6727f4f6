//! Services: deployments and their life-cycle, task protection — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::sim::command::services::ServicesCommand;
use crate::sim::engine::Sim;
use crate::sim::observation::services::ServicesFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &ServicesCommand) -> String {
    match *command {}
}

/// What happened, in one sentence.
pub fn sentence(_: &Sim, fact: &ServicesFact) -> String {
    match *fact {}
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &ServicesFact) -> &'static str {
    match *fact {}
}

/// What the fact means for the learner.
pub fn tone(fact: &ServicesFact) -> Tone {
    match *fact {}
}

/// Whom the fact is about.
pub fn subject(fact: &ServicesFact) -> Option<About> {
    match *fact {}
}

/// Whom the command is about.
pub fn subject_of_command(command: &ServicesCommand) -> Option<About> {
    match *command {}
}

/// Would a learner's log name it?
pub fn is_headline(fact: &ServicesFact) -> bool {
    match *fact {}
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &ServicesFact) -> Vec<(&'static str, String)> {
    match *fact {}
}

/// The same for a command.
pub fn ids_of_command(command: &ServicesCommand) -> Vec<(&'static str, String)> {
    match *command {}
}
