//! Turns what an author wrote into a [`Unit`], or into complaints that name line and column.
//!
//! Every query is asked once of the opened scenario, so that a misspelt service is found here and not in front of a learner.

use std::rc::Rc;

use crate::import::located::{self, Spanned};

use crate::course::condition::Condition;
use crate::course::goal::{Goal, Over};
use crate::course::moves::Move;
use crate::course::mutation::Mutation;
use crate::course::opening;
use crate::course::prose::Prose;
use crate::course::query::{Query, service_id};
use crate::course::query_text::{self, Complaint};
use crate::course::unit::{
    Ask, Decoy, Exercise, Explanation, LoadScenario, NumberAsked, OptionText, Pointer, Question, Run, Slow, Step, StepKind, Unit,
};
use crate::course::unit_input::{
    DoInput, ExplainInput, GoalInput, MoveInput, MutationInput, QuestionInput, RunInput, StepInput, UnitInput,
};
use crate::import::action::Action;
use crate::import::duration;
use crate::import::scenario::Scenario;
use crate::import::toml_error::TextError;
use crate::sim::engine::Sim;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Reads a whole unit.
pub fn read(text: &str, load_scenario: LoadScenario) -> Result<Unit, Vec<TextError>> {
    let input: UnitInput = located::read(text).map_err(|error| vec![error])?;
    let place = "scenario".to_string();
    let scenario = load_scenario(input.scenario.get_ref())
        .map_err(|message| vec![TextError::at(text, input.scenario.span().start, place, message)])?;
    let sim = opening::open(&scenario, Tuning::default());
    let mut reader = Reader { text, load_scenario, names: &input.names, sim, errors: Vec::new() };
    let unit = reader.unit(&input, scenario);
    if reader.errors.is_empty() { Ok(unit) } else { Err(reader.errors) }
}

struct Reader<'a> {
    text: &'a str,
    load_scenario: LoadScenario<'a>,
    names: &'a [String],
    /// The scenario in force, opened.
    sim: Sim,
    errors: Vec<TextError>,
}

impl Reader<'_> {
    fn complain(&mut self, byte: usize, place: impl Into<String>, message: impl Into<String>) {
        self.errors.push(TextError::at(self.text, byte, place, message));
    }

    /// A complaint about a character of a string: one beyond its opening quote.
    fn complain_in(&mut self, place: &str, text: &Spanned<String>, complaint: Complaint) {
        self.complain(text.span().start + 1 + complaint.at, place, complaint.message);
    }

    fn unit(&mut self, input: &UnitInput, scenario: Rc<Scenario>) -> Unit {
        let time_limit_ms = self.duration("time_limit", &input.time_limit);
        let mutations = input.breaks.iter().filter_map(|mutation| self.mutation(mutation)).collect();
        let steps = input.steps.iter().enumerate().filter_map(|(index, step)| self.step(index, step)).collect();
        Unit {
            id: Rc::from(input.id.as_str()),
            part: Rc::from(input.part.as_str()),
            title: Rc::from(input.title.as_str()),
            idea: Rc::from(input.idea.as_str()),
            scenario,
            time_limit_ms,
            mutations,
            steps,
        }
    }

    fn duration(&mut self, place: &str, text: &Spanned<String>) -> Millis {
        duration::parse(text.get_ref()).unwrap_or_else(|message| {
            self.complain(text.span().start, place, message);
            0
        })
    }

    fn mutation(&mut self, input: &Spanned<MutationInput>) -> Option<Mutation> {
        let MutationInput { constant, value } = input.get_ref();
        let result = match (constant.as_str(), value.as_str()) {
            ("strategies", "ignored") => Ok(Mutation::StrategiesIgnored),
            ("strategies", other) => Err(format!("`{other}` is not a way to treat strategies; use ignored")),
            (name, value) => duration::parse(value).and_then(|value_ms| Mutation::span(name, value_ms)),
        };
        result.map_err(|message| self.complain(input.span().start, "breaks", message)).ok()
    }

    fn scenario(&mut self, place: &str, id: &Spanned<String>) -> Option<Rc<Scenario>> {
        match (self.load_scenario)(id.get_ref()) {
            Ok(scenario) => {
                self.sim = opening::open(&scenario, Tuning::default());
                Some(scenario)
            }
            Err(message) => {
                self.complain(id.span().start, format!("{place}.scenario"), message);
                None
            }
        }
    }

    fn step(&mut self, index: usize, step: &Spanned<StepInput>) -> Option<Step> {
        let (place, byte, input) = (format!("steps[{index}]"), step.span().start, step.get_ref());
        let scenario = input.scenario.as_ref().and_then(|id| self.scenario(&place, id));
        let text = input.text.iter().map(|text| self.prose(&format!("{place}.text"), text)).collect();
        let mut kinds = Vec::new();
        kinds.extend(input.situation.as_ref().map(|_| StepKind::Situation));
        kinds.extend(
            input.predict.as_ref().map(|asked| StepKind::Predict(self.question(&format!("{place}.predict"), byte, asked))),
        );
        kinds.extend(input.run.as_ref().map(|run| StepKind::Run(self.run(&format!("{place}.run"), run))));
        kinds.extend(input.report.as_ref().map(|asked| StepKind::Report(self.question(&format!("{place}.report"), byte, asked))));
        kinds.extend(
            input.explain.as_ref().map(|explain| StepKind::Explain(self.explanation(&format!("{place}.explain"), explain))),
        );
        kinds.extend(input.exercise.as_ref().map(|exercise| StepKind::Do(self.exercise(&format!("{place}.do"), exercise))));
        kinds.extend(input.done.as_ref().map(|_| StepKind::Done));
        if kinds.len() != 1 {
            self.complain(byte, place, "a step is exactly one of situation, predict, run, report, explain, do, done");
        }
        Some(Step { title: Rc::from(input.title.as_str()), scenario, text, kind: kinds.pop()? })
    }

    fn prose(&mut self, place: &str, text: &Spanned<String>) -> Prose {
        let prose = self.goal_text(place, text);
        if prose.has_blanks() {
            self.complain(text.span().start, place, "`{target}` and `{for}` belong into the text of a goal only");
        }
        prose
    }

    fn goal_text(&mut self, place: &str, text: &Spanned<String>) -> Prose {
        let prose = match Prose::parse(text.get_ref()) {
            Ok(prose) => prose,
            Err(complaint) => {
                self.complain_in(place, text, complaint);
                return Prose::default();
            }
        };
        if let Some(number) = prose.bare_number(self.names) {
            let at = text.get_ref().find(&number).unwrap_or(0);
            let message =
                format!("`{number}` is typed by hand; write a query in braces, or list the name it belongs to in `names`");
            self.complain_in(place, text, Complaint { at, message });
        }
        prose.queries().for_each(|query| self.check_names(place, text, query));
        prose
    }

    fn condition(&mut self, place: &str, text: &Spanned<String>) -> Condition {
        match query_text::condition(text.get_ref()) {
            Ok(condition) => {
                condition.queries().for_each(|query| self.check_names(place, text, query));
                condition
            }
            Err(complaint) => {
                self.complain_in(place, text, complaint);
                Condition(Vec::new())
            }
        }
    }

    fn check_names(&mut self, place: &str, text: &Spanned<String>, query: &Query) {
        if let Some(message) = query.unknown_name(&self.sim) {
            self.complain(text.span().start, place, message);
        }
    }

    fn service(&mut self, place: &str, name: &Spanned<String>) -> Rc<str> {
        if service_id(&self.sim, name.get_ref()).is_none() {
            self.complain(name.span().start, place, format!("there is no service `{}` in the scenario", name.get_ref()));
        }
        Rc::from(name.get_ref().as_str())
    }

    fn question(&mut self, place: &str, byte: usize, input: &QuestionInput) -> Question {
        let ghosts = input.ghosts.as_ref().map(|ghosts| Ask::Ghosts {
            service: self.service(&format!("{place}.ghosts"), &ghosts.service),
            count: ghosts.count,
        });
        let options = self.options(place, input);
        let number = input.number.as_ref().map(|number| {
            let answer = query_text::query(number.answer.get_ref()).unwrap_or_else(|complaint| {
                self.complain_in(&format!("{place}.number"), &number.answer, complaint);
                Query::Elapsed
            });
            self.check_names(&format!("{place}.number"), &number.answer, &answer);
            let unit = Rc::from(number.unit.as_str());
            Ask::Number(NumberAsked { answer, unit, least: number.least, most: number.most, near: number.near })
        });
        let mut asked: Vec<Ask> = [ghosts, options, number].into_iter().flatten().collect();
        if asked.len() != 1 {
            self.complain(byte, place, "a question has exactly one of ghosts, options, number");
        }
        let right = self.prose(&format!("{place}.right"), &input.right);
        let wrong = self.prose(&format!("{place}.wrong"), &input.wrong);
        Question { ask: asked.pop().unwrap_or(Ask::Options(Vec::new())), right, wrong }
    }

    fn options(&mut self, place: &str, input: &QuestionInput) -> Option<Ask> {
        let place = format!("{place}.options");
        let options = input.options.iter().map(|option| OptionText {
            text: self.prose(&place, &option.text),
            when: self.condition(&place, &option.when),
            picture: option.picture.as_ref().map(|picture| self.prose(&place, picture)),
        });
        let options: Vec<OptionText> = options.collect();
        (!options.is_empty()).then_some(Ask::Options(options))
    }

    fn run(&mut self, place: &str, input: &RunInput) -> Run {
        let slow = input.slow.as_ref().map(|slow| Slow {
            when: self.condition(&format!("{place}.slow.when"), &slow.when),
            speed: slow.speed,
            for_ms: self.duration(&format!("{place}.slow.for"), &slow.length),
        });
        Run {
            moves: self.moves(&format!("{place}.moves"), &input.moves),
            speed: input.speed,
            slow,
            until: self.condition(&format!("{place}.until"), &input.until),
            settle_ms: input.settle.as_ref().map_or(0, |text| self.duration(&format!("{place}.settle"), text)),
            at_most_ms: self.duration(&format!("{place}.at_most"), &input.at_most),
        }
    }

    fn moves(&mut self, place: &str, input: &[MoveInput]) -> Rc<[Move]> {
        input.iter().filter_map(|input| self.one_move(place, input)).collect()
    }

    fn one_move(&mut self, place: &str, input: &MoveInput) -> Option<Move> {
        let byte = input.action.span().start;
        if let Some(at) = &input.action.get_ref().at {
            self.complain(at.span().start, place, "a move has `wait` and `when` instead of `at`");
        }
        if let Some(say) = &input.say
            && self.prose(place, say).queries().next().is_some()
        {
            self.complain(say.span().start, place, "what leads in to a move has no numbers");
        }
        Some(Move {
            wait_ms: input.wait.as_ref().map_or(0, |wait| self.duration(place, wait)),
            when: input.when.as_ref().map(|when| self.condition(place, when)),
            action: Action::read(input.action.get_ref()).map_err(|message| self.complain(byte, place, message)).ok()?,
            say: input.say.as_ref().map(|say| Rc::from(say.get_ref().as_str())),
        })
    }

    fn explanation(&mut self, place: &str, input: &ExplainInput) -> Explanation {
        let why = input.why.as_ref();
        let why = why.map(|why| Pointer { service: self.service(&format!("{place}.why"), &why.service), placed: why.placed });
        let claims = input.claims.iter().map(|claim| self.condition(&format!("{place}.claims"), claim)).collect();
        Explanation { why, claims }
    }

    fn exercise(&mut self, place: &str, input: &DoInput) -> Exercise {
        let decoys = input.decoys.iter().map(|decoy| Decoy {
            name: Rc::from(decoy.name.as_str()),
            moves: self.moves(&format!("{place}.decoys"), &decoy.moves),
        });
        let decoys = decoys.collect();
        Exercise {
            goals: input
                .goals
                .iter()
                .enumerate()
                .map(|(index, goal)| self.goal(&format!("{place}.goals[{index}]"), goal))
                .collect(),
            speed: input.speed,
            nudge: self.prose(&format!("{place}.nudge"), &input.nudge),
            pointer: self.prose(&format!("{place}.pointer"), &input.pointer),
            exact: self.moves(&format!("{place}.exact"), &input.exact),
            solution: self.moves(&format!("{place}.solution"), &input.solution),
            decoys,
        }
    }

    fn goal(&mut self, place: &str, goal: &Spanned<GoalInput>) -> Goal {
        let (byte, input) = (goal.span().start, goal.get_ref());
        let length_ms = input.length.as_ref().map(|length| self.duration(&format!("{place}.for"), length));
        let shapes = [
            (&input.eventually, Some(Over::Eventually)),
            (&input.hold, length_ms.map(Over::For)),
            (&input.always, Some(Over::Always)),
            (&input.never, Some(Over::Never)),
        ];
        let given: Vec<_> = shapes.into_iter().filter_map(|(text, over)| text.as_ref().map(|text| (text, over))).collect();
        if given.len() != 1 {
            self.complain(byte, place, "a goal has exactly one of eventually, hold, always, never");
        }
        if input.hold.is_some() != input.length.is_some() {
            self.complain(byte, place, "`hold` and `for` go together");
        }
        let condition = given.first().map(|(text, _)| self.condition(place, text)).unwrap_or(Condition(Vec::new()));
        let text = self.goal_text(&format!("{place}.text"), &input.text).filled(condition.target(), length_ms);
        if text.has_blanks() {
            let message = "`{target}` needs a condition that compares with a number, `{for}` needs the key `for`";
            self.complain(input.text.span().start, place, message);
        }
        Goal {
            text,
            condition,
            over: given.first().and_then(|(_, over)| *over).unwrap_or(Over::Eventually),
            then: input.then,
            within_ms: input.within.as_ref().map(|within| self.duration(&format!("{place}.within"), within)),
        }
    }
}
