//! The Why tab: the explanation floor's answers, with what can be clicked.

use std::rc::Rc;

use crate::explain::answers::{self, Inquiry};
use crate::explain::explanation::{Cause, Cell, Explanation, Grid, Outcome, Row, Table};
use crate::explain::fixes::Fix;
use crate::explain::refusals::why_throttled;
use crate::explain::{causes, fixes, starting, why};
use crate::session::frame::{CauseView, Choice, Folded, RowOutcome, TableView, WhyCell, WhyRow, WhyStep, WhyTable, WhyView};
use crate::session::intent::Intent;
use crate::session::view::Shown;
use crate::session::{Question, choice, events};
use crate::sim::decision::Decision;
use crate::sim::ids::{DecisionId, ObservationId, ServiceId, TaskId};
use crate::sim::observation::Kind;
use crate::sim::time::{self, Millis};

/// Fixes are tried out on copies of the cluster, which takes time: they are looked for again only when so much has changed.
const FIXES_LAST_MS: Millis = 10_000;

/// No fact has this id: an answer about the present as a whole has no causes to walk back.
const NO_FACT: ObservationId = ObservationId(0);

/// What was worked out before.
#[derive(Default)]
pub struct WhyCache {
    decision: Option<(DecisionId, u32, Option<Rc<Decision>>)>,
    fixes: Option<(Question, usize, Millis, Vec<Choice>)>,
}

impl WhyCache {
    /// The answer to the present question.
    pub fn why(&mut self, shown: &Shown) -> Option<WhyView> {
        let question = shown.question?;
        match question {
            Question::Task(task) => self.of_task(shown, question, *task),
            Question::Service(service) => self.of_service(shown, question, *service),
            Question::Inquiry(inquiry) => self.of_inquiry(shown, question, *inquiry),
            Question::Observation(id) => self.of_observation(shown, question, *id),
        }
    }

    fn of_task(&mut self, shown: &Shown, question: &Question, id: TaskId) -> Option<WhyView> {
        let (sim, log) = (shown.timeline.sim(), shown.timeline.log());
        let task = sim.belief().tasks.get(id)?;
        if task.is_starting() && task.is_wanted() {
            let explanation = starting::why_task_waits(sim, id)?;
            let fixes = self.fixes(shown, question);
            return Some(view(shown, explanation, fixes, task.newest));
        }
        if let Some(explanation) = ending(shown, id) {
            let fixes = self.fixes(shown, question);
            return Some(view(shown, explanation, fixes, task.newest));
        }
        let placed_at_ms = causes::find(log, task.placed_by)?.at_ms;
        let decision = self.decision(shown, task.decision, placed_at_ms);
        let explanation = why::why_here(sim, log, id, decision.as_deref())?;
        let of = if task.is_wanted() { task.placed_by } else { task.newest };
        Some(view(shown, explanation, Vec::new(), of))
    }

    fn of_service(&mut self, shown: &Shown, question: &Question, id: ServiceId) -> Option<WhyView> {
        let sim = shown.timeline.sim();
        let service = sim.belief().services.get(id)?;
        let Some(explanation) = why::why_service_waits(sim, id) else {
            let unfinished = answers::of_service(sim, id).contains(&Inquiry::Deployment(id));
            return self.of_inquiry(shown, question, Inquiry::Deployment(id)).filter(|_| unfinished);
        };
        let of = service.waiting.as_ref().map_or(service.changed_by, |waiting| waiting.observation);
        let of = explanation.of.unwrap_or(of);
        let fixes = self.fixes(shown, question);
        Some(view(shown, explanation, fixes, of))
    }

    fn of_observation(&mut self, shown: &Shown, question: &Question, id: ObservationId) -> Option<WhyView> {
        let (sim, log) = (shown.timeline.sim(), shown.timeline.log());
        let observation = causes::find(log, id)?;
        if let Some(explanation) = why::why_run_failed(sim, log, id).or_else(|| why_throttled(sim, log, id)) {
            let fixes = self.fixes(shown, question);
            return Some(view(shown, explanation, fixes, id));
        }
        let explanation = Explanation {
            title: format!("What led to this, at {}", time::clock(observation.at_ms)),
            sentence: events::words(shown.timeline, observation),
            ..Explanation::default()
        };
        if let Kind::TaskPlaced { task, .. } = &observation.kind
            && let Some(mut placed) = self.of_task(shown, question, *task)
        {
            let led_here = view(shown, explanation, Vec::new(), id);
            (placed.causes, placed.folded) = (led_here.causes, led_here.folded);
            return Some(placed);
        }
        let inquiry = answers::of_fact(sim, &observation.kind);
        let Some(answer) = inquiry.and_then(|inquiry| answers::answer(sim, log, inquiry)) else {
            let fixes = self.fixes(shown, question);
            return Some(view(shown, explanation, fixes, id));
        };
        let sentence = format!("{}. {}", explanation.sentence.trim_end_matches('.'), answer.sentence);
        let fixes = self.fixes(shown, question);
        Some(view(shown, Explanation { title: explanation.title, sentence, ..answer }, fixes, id))
    }

    fn of_inquiry(&mut self, shown: &Shown, question: &Question, inquiry: Inquiry) -> Option<WhyView> {
        let answer = answers::answer(shown.timeline.sim(), shown.timeline.log(), inquiry)?;
        let of = answer.of.unwrap_or(NO_FACT);
        let fixes = self.fixes(shown, question);
        Some(view(shown, answer, fixes, of))
    }

    fn decision(&mut self, shown: &Shown, id: DecisionId, taken_at_ms: Millis) -> Option<Rc<Decision>> {
        let forks = shown.timeline.forks();
        match &self.decision {
            Some((known, of_fork, decision)) if *known == id && *of_fork == forks => decision.clone(),
            Some(_) | None => {
                let decision = shown.timeline.decision(id, taken_at_ms);
                self.decision = Some((id, forks, decision.clone()));
                decision
            }
        }
    }

    fn fixes(&mut self, shown: &Shown, question: &Question) -> Vec<Choice> {
        let (sim, entries) = (shown.timeline.sim(), shown.timeline.entries().len());
        if let Some((known, of_entries, at_ms, fixes)) = &self.fixes
            && (known, of_entries) == (question, &entries)
            && sim.now_ms().abs_diff(*at_ms) < FIXES_LAST_MS
        {
            return fixes.clone();
        }
        let found = match question {
            Question::Task(task) => fixes::for_task(sim, *task),
            Question::Service(service) => fixes::for_service(sim, *service),
            Question::Inquiry(inquiry) => fixes::for_inquiry(sim, *inquiry),
            Question::Observation(id) => of_fact(shown, *id),
        };
        let choices: Vec<Choice> = found.into_iter().map(|fix| choice(fix.label, Intent::DoAll(fix.commands.into()))).collect();
        self.fixes = Some((question.clone(), entries, sim.now_ms(), choices.clone()));
        choices
    }
}

/// Why a task that is not wanted any more is not gone yet, or has ended.
fn ending(shown: &Shown, id: TaskId) -> Option<Explanation> {
    let sim = shown.timeline.sim();
    let unwanted = sim.belief().tasks.get(id).is_some_and(|task| !task.is_wanted());
    unwanted.then(|| starting::why_stopped(sim, id).or_else(|| starting::why_task_waits(sim, id))).flatten()
}

/// What would help where the fact raises a question.
fn of_fact(shown: &Shown, id: ObservationId) -> Vec<Fix> {
    let (sim, log) = (shown.timeline.sim(), shown.timeline.log());
    let Some(fact) = causes::find(log, id) else { return Vec::new() };
    match (&fact.kind, answers::of_fact(sim, &fact.kind)) {
        (Kind::PlacementFailed { service: None, .. }, _) => {
            why::run_task_behind(log, id).map_or_else(Vec::new, |request| fixes::for_run(sim, request))
        }
        (Kind::CommandRefused { code, .. }, _) => {
            match fact.cause.and_then(|cause| causes::find(log, cause)).map(|cause| &cause.kind) {
                Some(Kind::CommandGiven(command)) => fixes::for_refused(sim, code, command),
                Some(_) | None => Vec::new(),
            }
        }
        (_, inquiry) => inquiry.map_or_else(Vec::new, |inquiry| fixes::for_inquiry(sim, inquiry)),
    }
}

fn view(shown: &Shown, explanation: Explanation, mut fixes: Vec<Choice>, of: ObservationId) -> WhyView {
    fixes.iter_mut().for_each(|fix| shown.lock(fix));
    let mut sentence = explanation.sentence;
    if let Some(tie_break) = explanation.tie_break {
        sentence.push(' ');
        sentence.push_str(&tie_break);
    }
    let causes = causes::causes(shown.timeline.sim(), shown.timeline.log(), of);
    let cause = |cause: &Cause| CauseView {
        number: cause.number,
        at_ms: cause.at_ms,
        time: Rc::from(time::clock(cause.at_ms)),
        text: match shown.timeline.observation(cause.observation) {
            Some(observation) => Rc::from(events::words(shown.timeline, observation)),
            None => Rc::from(cause.text.as_str()),
        },
        observation: cause.observation,
        tone: events::tone(cause.tone),
    };
    let step = |step: crate::explain::explanation::Step| WhyStep {
        name: Rc::from(step.name),
        sentence: Rc::from(step.sentence),
        scores: step.scores.into_iter().map(|(name, score, kept)| (Rc::from(name), Rc::from(score), kept)).collect(),
    };
    WhyView {
        title: Rc::from(explanation.title),
        sentence: Rc::from(sentence),
        table: explanation.table.map(table),
        steps: explanation.steps.into_iter().map(step).collect(),
        grids: explanation.grids.into_iter().map(grid).collect(),
        service_text: explanation.service_text.map(Rc::from),
        fixes,
        causes: causes.iter().map(cause).collect(),
        folded: folded(shown, of),
        about: shown.question.cloned().unwrap_or(Question::Observation(of)),
    }
}

fn folded(shown: &Shown, of: ObservationId) -> Option<Folded> {
    let (middle, repeats) = causes::middle(&causes::chain(shown.timeline.log(), of))?;
    let kinds = if repeats { "of the same kinds" } else { "in between" };
    Some(Folded { from: middle.start, to: middle.end, words: Rc::from(format!("{} more {kinds}", middle.len())) })
}

fn grid(grid: Grid) -> TableView {
    let row = |row: Vec<String>| row.into_iter().map(Rc::from).collect();
    TableView {
        title: Rc::from(grid.title),
        line: Rc::from(grid.line),
        heads: grid.heads,
        rows: grid.rows.into_iter().map(row).collect(),
    }
}

fn table(table: Table) -> WhyTable {
    WhyTable {
        rules: table.rules.into_iter().map(Rc::from).collect(),
        rows: table.rows.into_iter().map(row).collect(),
        more: table.more.map(Rc::from),
    }
}

fn row(row: Row) -> WhyRow {
    let cell = |cell: Cell| WhyCell { text: Rc::from(cell.text), pass: cell.pass };
    WhyRow {
        instance: row.instance,
        name: Rc::from(row.name),
        cells: row.cells.into_iter().map(cell).collect(),
        outcome: match row.outcome {
            Outcome::Chosen => RowOutcome::Chosen,
            Outcome::Closest => RowOutcome::Closest,
            Outcome::Feasible => RowOutcome::Feasible,
            Outcome::Rejected => RowOutcome::Rejected,
        },
    }
}
