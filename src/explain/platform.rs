//! The platform: Fargate, networks, disks, quotas — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::sim::command::platform::PlatformCommand;
use crate::sim::engine::Sim;
use crate::sim::observation::platform::PlatformFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &PlatformCommand) -> String {
    match *command {}
}

/// What happened, in one sentence.
pub fn sentence(_: &Sim, fact: &PlatformFact) -> String {
    match *fact {}
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &PlatformFact) -> &'static str {
    match *fact {}
}

/// What the fact means for the learner.
pub fn tone(fact: &PlatformFact) -> Tone {
    match *fact {}
}

/// Whom the fact is about.
pub fn subject(fact: &PlatformFact) -> Option<About> {
    match *fact {}
}

/// Whom the command is about.
pub fn subject_of_command(command: &PlatformCommand) -> Option<About> {
    match *command {}
}

/// Would a learner's log name it?
pub fn is_headline(fact: &PlatformFact) -> bool {
    match *fact {}
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &PlatformFact) -> Vec<(&'static str, String)> {
    match *fact {}
}

/// The same for a command.
pub fn ids_of_command(command: &PlatformCommand) -> Vec<(&'static str, String)> {
    match *command {}
}
