//! What a learner is told who asks why in the midst of each failure of ecs.md §14: the runs of `failures/`, at the instant at which the
//! symptom shows. The texts in `failures/*/answer.txt` are there to be read; every fix in them has been tried out on a copy of the run.
//!
//! `UPDATE_EXPECT=1 cargo test --test failure_answers` writes the texts; read what changed.

#[path = "common/answer_text.rs"]
mod answer_text;
#[path = "common/folders.rs"]
mod folders;

use std::fmt::Write as _;
use std::fs;

use answer_text::text;
use ecs_playground::explain::answers::{self, Inquiry};
use ecs_playground::explain::causes::{causes, find};
use ecs_playground::explain::explanation::Explanation;
use ecs_playground::explain::fixes::{self, Fix};
use ecs_playground::explain::why::why_service_waits;
use ecs_playground::explain::{starting, words};
use ecs_playground::import::duration;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::ObservationId;
use ecs_playground::sim::observation::{Kind, Observation};
use ecs_playground::sim::time::clock;
use expect_test::expect_file;
use folders::{WrittenRun, folder, names};
use serde::Deserialize;

/// Longer chains of causes are cut in the middle.
const MOST_CAUSES: usize = 10;

/// What matters here of `failure.toml`.
#[derive(Deserialize)]
struct Failure {
    symptom_at: String,
    message: String,
}

/// A failure in which no command helps, and why.
const BEYOND_COMMANDS: [(&str, &str); 5] = [
    ("section_14_10_crash_loop", "the app itself is broken"),
    ("section_14_15_rollback_looks_like_success", "the service is well; its new revision is not"),
    ("section_14_16_slow_deployments", "it only takes long"),
    ("section_14_17_sigterm_ignored", "it only takes long"),
    ("section_14_22_fargate_spot_with_one_task", "it comes back by itself"),
];

struct Answers<'a> {
    sim: &'a Sim,
    log: &'a [Observation],
    text: String,
    fixes: usize,
}

impl Answers<'_> {
    fn answer(&mut self, question: &str, explanation: Option<Explanation>, of: Option<ObservationId>, help: Vec<Fix>) {
        let Some(explanation) = explanation else { return };
        writeln!(self.text, "# {question}\n\n{}", text(&explanation)).unwrap();
        let chain = explanation.of.or(of).map(|of| causes(self.sim, self.log, of)).unwrap_or_default();
        if !chain.is_empty() {
            writeln!(self.text, "Led to by:").unwrap();
        }
        for (index, cause) in chain.iter().enumerate() {
            let cut = chain.len() > MOST_CAUSES && (MOST_CAUSES / 2..chain.len() - MOST_CAUSES / 2).contains(&index);
            if !cut {
                writeln!(self.text, "{}. {} {}", cause.number, clock(cause.at_ms), cause.text).unwrap();
            }
        }
        if !help.is_empty() {
            writeln!(self.text, "\nWould help:").unwrap();
        }
        self.fixes += help.len();
        for fix in help {
            let commands: Vec<String> = fix.commands.iter().map(|command| words::command_label(self.sim, command)).collect();
            writeln!(self.text, "- {} [{}]", fix.label, commands.join("; ")).unwrap();
        }
        writeln!(self.text).unwrap();
    }

    fn inquiry(&mut self, inquiry: Inquiry) {
        let answer = answers::answer(self.sim, self.log, inquiry);
        self.answer(&answers::label(self.sim, inquiry), answer, None, fixes::for_inquiry(self.sim, inquiry));
    }
}

fn check(name: &str) {
    let text = fs::read_to_string(folder("failures", name).join("failure.toml")).expect("it says what fails");
    if !text.contains("symptom_at") {
        // It is refused before anything runs.
        return;
    }
    let failure: Failure = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (scenario, mut run) = WrittenRun::begin("failures", name);
    run.follow(&scenario, duration::parse(&failure.symptom_at).expect("an instant"));
    let mut answers = Answers { sim: &run.sim, log: &run.log, text: String::new(), fixes: 0 };
    let said = run.lines.iter().position(|line| line.contains(&failure.message)).map(|at| run.log[at].id);
    let raised = said.and_then(|id| answers::of_fact(&run.sim, &find(&run.log, id)?.kind));
    if let Some(id) = said {
        let led_to = Explanation { title: "The message".to_owned(), sentence: failure.message.clone(), ..Explanation::default() };
        let fact = find(&run.log, id).expect("it was observed");
        let refused = match (fact.cause.and_then(|cause| find(&run.log, cause)).map(|cause| &cause.kind), &fact.kind) {
            (Some(Kind::CommandGiven(command)), Kind::CommandRefused { code, .. }) => fixes::for_refused(&run.sim, code, command),
            (Some(_), _) | (None, _) => Vec::new(),
        };
        answers.answer("What led to this?", Some(led_to), Some(id), refused);
    }
    raised.into_iter().for_each(|inquiry| answers.inquiry(inquiry));
    for (id, service) in run.sim.belief().services.iter() {
        if raised != Some(Inquiry::ServiceWaits(id)) {
            let (why, help) = (why_service_waits(&run.sim, id), fixes::for_service(&run.sim, id));
            answers.answer(&format!("Why {}?", service.name), why, Some(service.changed_by), help);
        }
        let asked = answers::of_service(&run.sim, id);
        let asked = asked.into_iter().filter(|inquiry| matches!(inquiry, Inquiry::Deployment(_)) && raised != Some(*inquiry));
        asked.for_each(|inquiry| answers.inquiry(inquiry));
    }
    let drains = run.sim.truth().hosts.iter().flat_map(|(id, _)| answers::of_server(&run.sim, id));
    let drains = drains.filter(|inquiry| matches!(inquiry, Inquiry::Drains(_)) && raised != Some(*inquiry));
    drains.for_each(|inquiry| answers.inquiry(inquiry));
    let waiting = run.sim.belief().tasks.iter().find_map(|(id, _)| Some((id, starting::why_task_waits(&run.sim, id)?)));
    if let Some((task, why)) = waiting {
        let newest = run.sim.belief().tasks.get(task).map(|known| known.newest);
        answers.answer("Why does a task wait?", Some(why), newest, fixes::for_task(&run.sim, task));
    }
    let (text, fixes) = (answers.text, answers.fixes);
    let beyond = BEYOND_COMMANDS.iter().any(|(known, _)| *known == name);
    assert_eq!(fixes == 0, beyond, "{name}: is there anything that would help?\n{text}");
    expect_file![folder("failures", name).join("answer.txt")].assert_eq(&text);
}

#[test]
fn every_failure_is_explained() {
    let (all, mut wrong) = (names("failures"), Vec::new());
    for name in &all {
        if std::panic::catch_unwind(|| check(name)).is_err() {
            wrong.push(name.as_str());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
