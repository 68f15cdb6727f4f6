//! The run as something one can move about in: a recording, snapshots, and the instant being looked at.
//!
//! A recording is scenario, seed and timed actions; everything else follows from it. Going back is a nearby snapshot plus
//! replay. Acting in the past forks: the recording is cut there, and undo brings the other future back.

use std::rc::Rc;

use crate::import::action::Action;
use crate::import::scenario::Scenario;
use crate::session::figures::Course;
use crate::session::later::later;
use crate::sim::command::Command;
use crate::sim::control_plane::api::Refusal;
use crate::sim::decision::Decision;
use crate::sim::engine::Sim;
use crate::sim::ids::{DecisionId, ObservationId};
use crate::sim::observation::Observation;
use crate::sim::time::{HOUR, Millis, SECOND};
use crate::sim::tuning::Tuning;

/// Snapshots are at least this far apart at first.
const FIRST_GAP_MS: Millis = 5 * SECOND;
/// With so many snapshots every second one is dropped and the gap doubles.
const MOST_SNAPSHOTS: usize = 64;
/// A step to the next event gives up after this.
const LONGEST_STEP_MS: Millis = HOUR;

/// One timed action of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at_ms: Millis,
    pub action: Action,
    /// Done by the learner, not by the scenario's script: can be undone.
    pub by_learner: bool,
}

/// A place one can go back to.
#[derive(Clone, Debug)]
struct Snapshot {
    sim: Sim,
    /// Entries of the recording applied so far.
    applied: usize,
}

/// A recording and how far it had been run: what undo goes back to.
#[derive(Clone, Debug)]
struct Past {
    entries: Rc<Vec<Entry>>,
    now_ms: Millis,
    end_ms: Millis,
    label: Rc<str>,
}

/// The run.
#[derive(Clone, Debug)]
pub struct Timeline {
    scenario: Rc<Scenario>,
    entries: Rc<Vec<Entry>>,
    sim: Sim,
    applied: usize,
    /// Every observation of the run, the future that has been seen included; ids count from 1 without gaps.
    log: Vec<Observation>,
    snapshots: Vec<Snapshot>,
    gap_ms: Millis,
    end_ms: Millis,
    undo: Vec<Past>,
    redo: Vec<Past>,
    forks: u32,
    /// The course of the figures, while somebody looks at it.
    course: Option<Course>,
}

impl Timeline {
    /// Begins a run and goes to the instant at which the scenario opens. The scenario has been checked when it was read.
    pub fn open(scenario: Rc<Scenario>, seed: Option<u64>, tuning: Tuning) -> Self {
        let mut log = Vec::new();
        let sim = scenario.begin(seed, tuning, &mut log).expect("the scenario was tried when it was read");
        let script = scenario.script.iter();
        let entries = script.map(|step| Entry { at_ms: step.at_ms, action: step.action.clone(), by_learner: false }).collect();
        let mut timeline = Self {
            entries: Rc::new(entries),
            snapshots: vec![Snapshot { sim: sim.clone(), applied: 0 }],
            end_ms: sim.now_ms(),
            sim,
            applied: 0,
            log,
            gap_ms: FIRST_GAP_MS,
            undo: Vec::new(),
            redo: Vec::new(),
            forks: 0,
            course: None,
            scenario,
        };
        let open_at_ms = timeline.scenario.open_at_ms;
        timeline.advance_to(open_at_ms);
        timeline
    }

    /// The cluster at the instant being looked at.
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    /// The scenario it began from.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// The instant being looked at.
    pub fn now_ms(&self) -> Millis {
        self.sim.now_ms()
    }

    /// The instant at which the run begins.
    pub fn begin_ms(&self) -> Millis {
        self.snapshots[0].sim.now_ms()
    }

    /// The furthest instant that has been run.
    pub fn end_ms(&self) -> Millis {
        self.end_ms
    }

    /// What has been observed until the instant being looked at.
    pub fn log(&self) -> &[Observation] {
        &self.log[..self.seen()]
    }

    /// Everything observed on this recording, the future that has been seen included.
    pub fn whole_log(&self) -> &[Observation] {
        &self.log
    }

    fn seen(&self) -> usize {
        self.sim.observed() as usize
    }

    /// Grows whenever what was observed before may not be so any more: after a fork, undo, redo.
    pub fn forks(&self) -> u32 {
        self.forks
    }

    /// The timed actions of the recording.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Did the learner give this command at this instant, rather than the scenario?
    pub fn is_by_learner(&self, at_ms: Millis, command: &Command) -> bool {
        self.entries.iter().any(|entry| {
            entry.by_learner
                && entry.at_ms == at_ms
                && match &entry.action {
                    Action::Plain(given) => **given == *command,
                    Action::OnTask(..) => false,
                }
        })
    }

    /// One observation of the run.
    pub fn observation(&self, id: ObservationId) -> Option<&Observation> {
        self.log.get((id.0 as usize).checked_sub(1)?)
    }

    /// Lets time pass; what the recording holds for that time is done again.
    pub fn advance_to(&mut self, until_ms: Millis) {
        while let Some(entry) = self.entries.get(self.applied).filter(|entry| entry.at_ms <= until_ms).cloned() {
            self.run_to(entry.at_ms);
            self.applied += 1;
            if let Some(later) = later() {
                (later.replay)(self, &entry.action);
            }
        }
        self.run_to(until_ms);
    }

    pub(super) fn replay(&mut self, action: &Action) {
        let mut fresh = Vec::new();
        if let Ok(command) = action.resolve(&self.sim) {
            // A refusal was observed when it was recorded, and is again.
            let _ = self.sim.apply(&command, &mut fresh);
        }
        self.keep(fresh);
    }

    fn run_to(&mut self, until_ms: Millis) {
        while self.now_ms() < until_ms {
            let last = self.snapshots.last().map_or(0, |snapshot| snapshot.sim.now_ms());
            let mut pause_ms = until_ms.min(last.max(self.now_ms()) + self.gap_ms);
            if let Some(due_ms) = self.course.as_ref().map(Course::due_ms).filter(|due_ms| *due_ms > self.now_ms()) {
                pause_ms = pause_ms.min(due_ms);
            }
            let mut fresh = Vec::new();
            self.sim.advance_to(pause_ms, &mut fresh);
            self.keep(fresh);
            if let Some((course, later)) = self.course.as_mut().zip(later()) {
                (later.sample)(course, &self.sim);
            }
            if self.now_ms() >= last + self.gap_ms {
                self.snapshots.push(Snapshot { sim: self.sim.clone(), applied: self.applied });
                self.thin_snapshots();
            }
        }
        self.end_ms = self.end_ms.max(self.now_ms());
    }

    /// Observations of a replay are known already; only those beyond the log are added.
    fn keep(&mut self, fresh: Vec<Observation>) {
        for observation in fresh {
            if observation.id.0 as usize > self.log.len() {
                self.log.push(observation);
            }
        }
    }

    fn thin_snapshots(&mut self) {
        if self.snapshots.len() > MOST_SNAPSHOTS {
            let mut index = 0;
            self.snapshots.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.gap_ms *= 2;
        }
    }

    /// The next instant at which anything happens, on the recording or in the cluster.
    pub fn next_change_ms(&self) -> Option<Millis> {
        let next_entry = self.entries.get(self.applied).map(|entry| entry.at_ms);
        [next_entry, self.sim.next_event_at()].into_iter().flatten().min()
    }

    /// Lets events happen until one that `is_telling` of its observation. Tells whether there is one within an hour; if not, time
    /// stands where it stood.
    pub fn step_to_event(&mut self, is_telling: impl Fn(&Observation) -> bool) -> bool {
        let here = self.clone();
        let found = self.run_to_event(is_telling);
        if !found {
            *self = here;
        }
        found
    }

    fn run_to_event(&mut self, is_telling: impl Fn(&Observation) -> bool) -> bool {
        let limit_ms = self.now_ms() + LONGEST_STEP_MS;
        loop {
            let before = self.seen();
            let Some(next_ms) = self.next_change_ms().filter(|next| *next <= limit_ms) else {
                return false;
            };
            // An event due this very instant happens with the first step beyond it.
            self.advance_to(next_ms.max(self.now_ms() + 1));
            if self.log[before..self.seen()].iter().any(&is_telling) {
                return true;
            }
        }
    }

    /// Goes to an instant: back by a snapshot and replay, forward by running.
    pub fn seek(&mut self, to_ms: Millis) {
        if to_ms < self.now_ms() {
            let snapshot =
                self.snapshots.iter().rev().find(|snapshot| snapshot.sim.now_ms() <= to_ms).unwrap_or(&self.snapshots[0]);
            (self.sim, self.applied) = (snapshot.sim.clone(), snapshot.applied);
        }
        let to_ms = to_ms.max(self.now_ms());
        self.replay_quietly(to_ms);
    }

    /// Runs over known ground without taking snapshots again.
    fn replay_quietly(&mut self, to_ms: Millis) {
        let gap_ms = std::mem::replace(&mut self.gap_ms, Millis::MAX / 4);
        self.advance_to(to_ms);
        self.gap_ms = gap_ms;
    }

    /// Acts now: all commands, or up to the first refusal. In the past this forks: what came after is kept for undo only.
    pub fn act(&mut self, commands: &[Command], label: Rc<str>) -> Result<(), Refusal> {
        self.remember(label);
        let redo = std::mem::take(&mut self.redo);
        self.cut();
        let mut answer = Ok(());
        for (index, command) in commands.iter().enumerate() {
            answer = self.act_once(command);
            if answer.is_err() {
                if index == 0 {
                    // Nothing has changed, so there is nothing to undo.
                    self.undo.pop();
                    self.redo = redo;
                }
                break;
            }
        }
        answer
    }

    fn act_once(&mut self, command: &Command) -> Result<(), Refusal> {
        let entry = Entry { at_ms: self.now_ms(), action: Action::Plain(Box::new(command.clone())), by_learner: true };
        Rc::make_mut(&mut self.entries).insert(self.applied, entry);
        self.applied += 1;
        let mut fresh = Vec::new();
        let answer = self.sim.apply(command, &mut fresh);
        self.keep(fresh);
        answer
    }

    fn remember(&mut self, label: Rc<str>) {
        self.undo.push(Past { entries: self.entries.clone(), now_ms: self.now_ms(), end_ms: self.end_ms, label });
    }

    /// Drops what the recording holds of the learner's for later than now, and what is known of that future.
    fn cut(&mut self) {
        self.forks += 1;
        let applied = self.applied;
        let entries = Rc::make_mut(&mut self.entries);
        let mut index = 0;
        entries.retain(|entry| {
            index += 1;
            index <= applied || !entry.by_learner
        });
        self.log.truncate(self.sim.observed() as usize);
        let now_ms = self.sim.now_ms();
        self.snapshots.retain(|snapshot| snapshot.sim.now_ms() <= now_ms && snapshot.applied <= applied);
        self.end_ms = now_ms;
        if let Some(course) = &mut self.course {
            course.forget_after(now_ms);
        }
    }

    /// What undo would take back.
    pub fn undo_label(&self) -> Option<&Rc<str>> {
        self.undo.last().map(|past| &past.label)
    }

    /// Is there something to do again?
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Takes the last action back: the recording is what it was before, at the instant of the action.
    pub fn undo(&mut self) {
        if let Some(past) = self.undo.pop() {
            let present = self.present(past.label.clone());
            self.redo.push(present);
            self.go_back_to(&past);
        }
    }

    /// Does again what was taken back.
    pub fn redo(&mut self) {
        if let Some(past) = self.redo.pop() {
            let present = self.present(past.label.clone());
            self.undo.push(present);
            self.go_back_to(&past);
        }
    }

    fn present(&self, label: Rc<str>) -> Past {
        Past { entries: self.entries.clone(), now_ms: self.now_ms(), end_ms: self.end_ms, label }
    }

    fn go_back_to(&mut self, past: &Past) {
        self.forks += 1;
        let same = self.entries.iter().zip(past.entries.iter()).take_while(|(one, other)| one == other).count();
        self.entries = past.entries.clone();
        self.snapshots.retain(|snapshot| snapshot.applied <= same);
        let first_new_ms = self.entries.get(same).map_or(Millis::MAX, |entry| entry.at_ms);
        self.snapshots.retain(|snapshot| snapshot.applied == same || snapshot.sim.now_ms() <= first_new_ms);
        let known_ms = first_new_ms.min(past.now_ms);
        let index = self.snapshots.iter().rposition(|snapshot| snapshot.sim.now_ms() <= known_ms).unwrap_or(0);
        self.snapshots.truncate(index + 1);
        let snapshot = &self.snapshots[index];
        (self.sim, self.applied) = (snapshot.sim.clone(), snapshot.applied);
        self.log.truncate(self.sim.observed() as usize);
        self.end_ms = self.sim.now_ms();
        if let Some(course) = &mut self.course {
            course.forget_after(self.end_ms);
        }
        self.advance_to(past.end_ms);
        self.seek(past.now_ms);
    }

    /// The course of the figures, while it is followed.
    pub fn course(&self) -> Option<&Course> {
        self.course.as_ref()
    }

    /// From now on the figures are followed; those of the run so far are read off by running it again.
    pub fn follow_course(&mut self) {
        if self.course.is_some() {
            return;
        }
        let mut rerun = self.clone();
        let first = &self.snapshots[0];
        (rerun.sim, rerun.applied) = (first.sim.clone(), first.applied);
        let mut course = Course::of_run(self.begin_ms(), self.end_ms);
        course.follow(&rerun.sim);
        rerun.course = Some(course);
        rerun.replay_quietly(self.end_ms);
        self.course = rerun.course;
    }

    /// Nobody looks at the figures any more.
    pub fn forget_course(&mut self) {
        self.course = None;
    }

    /// The full record of one decision that has been taken on this recording, by running up to it again.
    pub fn decision(&self, decision: DecisionId, taken_at_ms: Millis) -> Option<Rc<Decision>> {
        let mut rerun = self.clone();
        let before =
            |snapshot: &&Snapshot| snapshot.sim.now_ms() <= taken_at_ms && snapshot.sim.belief().decisions() < decision.0;
        let snapshot = self.snapshots.iter().rev().find(before)?;
        (rerun.sim, rerun.applied) = (snapshot.sim.clone(), snapshot.applied);
        rerun.sim.capture(decision);
        rerun.replay_quietly(taken_at_ms);
        rerun.sim.belief().captured().cloned()
    }
}
