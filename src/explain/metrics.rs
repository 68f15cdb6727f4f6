//! Metrics: alarms, scaling policies — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::sim::command::metrics::MetricsCommand;
use crate::sim::engine::Sim;
use crate::sim::observation::metrics::MetricsFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &MetricsCommand) -> String {
    match *command {}
}

/// What happened, in one sentence.
pub fn sentence(_: &Sim, fact: &MetricsFact) -> String {
    match *fact {}
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &MetricsFact) -> &'static str {
    match *fact {}
}

/// What the fact means for the learner.
pub fn tone(fact: &MetricsFact) -> Tone {
    match *fact {}
}

/// Whom the fact is about.
pub fn subject(fact: &MetricsFact) -> Option<About> {
    match *fact {}
}

/// Whom the command is about.
pub fn subject_of_command(command: &MetricsCommand) -> Option<About> {
    match *command {}
}

/// Would a learner's log name it?
pub fn is_headline(fact: &MetricsFact) -> bool {
    match *fact {}
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &MetricsFact) -> Vec<(&'static str, String)> {
    match *fact {}
}

/// The same for a command.
pub fn ids_of_command(command: &MetricsCommand) -> Vec<(&'static str, String)> {
    match *command {}
}
