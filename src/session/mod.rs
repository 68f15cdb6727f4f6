//! The whole app without a browser: an [`intent::Intent`] goes in, a [`frame::Frame`] comes out.
//!
//! Start reading at [`Session::take`] (what each gesture does) and [`view`] (what is shown).

use std::rc::Rc;

use crate::explain::answers::Inquiry;
use crate::explain::headline;
use crate::import::scenario::Scenario;
use crate::import::task_definition::task_definition_from_json;
use crate::import::{placement_text, task_definition};
use crate::session::events::EventList;
use crate::session::frame::{BottomTab, Choice, Frame, ImportCheckView, NoticeView};
use crate::session::intent::{Intent, Lens, Subject};
use crate::session::later::later;
use crate::session::lesson::LessonRun;
use crate::session::timeline::Timeline;
use crate::session::view::View;
use crate::sim::command::{Command, LaunchType, RunTask, UpdateService};
use crate::sim::control_plane::api::check_rebalancing;
use crate::sim::ids::{ObservationId, TaskId};
use crate::sim::model::deployment::ZoneRebalancing;
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{self, HOUR, Millis};
use crate::sim::tuning::Tuning;

pub mod asked;
pub mod events;
pub mod figures;
pub mod forms;
pub mod frame;
mod guide;
pub mod intent;
pub mod later;
pub mod launch_mode;
pub mod lesson;
pub mod library;
pub mod timeline;
pub mod view;

/// Speeds on offer, simulated seconds a second.
pub const SPEEDS: [u32; 8] = [1, 2, 5, 10, 30, 60, 200, 600];
/// The run ends here: a day.
const LONGEST_RUN_MS: Millis = 24 * HOUR;
/// Announcements are at least this far apart, in wall time.
const ANNOUNCE_EVERY_MS: Millis = 2_000;
/// An announcement of a step names so many events at most.
const MOST_ANNOUNCED: usize = 3;
/// Said of whatever moves the run while a prediction is asked for.
const LOCKED: &str = "Commit your prediction first: until then time stands still and nothing can be changed.";

/// What the Why tab is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Why is this task where it is, or waiting?
    Task(TaskId),
    /// Why does this service wait?
    Service(crate::sim::ids::ServiceId),
    /// One of the questions that things offer.
    Inquiry(Inquiry),
    /// How did this come about?
    Observation(ObservationId),
}

/// The app.
pub struct Session {
    scenario_id: Rc<str>,
    timeline: Timeline,
    /// The open unit.
    lesson: Option<LessonRun>,
    playing: bool,
    speed: u32,
    lens: Lens,
    selection: Option<Subject>,
    question: Option<Question>,
    touched: bool,
    events: EventList,
    notice: Option<Rc<NoticeView>>,
    import_check: Option<Rc<ImportCheckView>>,
    announcement: Rc<str>,
    announced_before_ms: Millis,
    announced: usize,
    why_brought_up: u32,
    /// What is open under the timeline.
    bottom: Option<BottomTab>,
    view: View,
    frame: Rc<Frame>,
}

impl Session {
    /// Opens the first scenario, alive.
    pub fn open() -> Self {
        let opening = library::opening();
        let pickers = (Rc::new(opening.scenarios), Rc::new(opening.units));
        Self::begin(library::SCENARIOS[0].id, Rc::new(opening.scenario), pickers)
    }

    /// Opens one of the page's scenarios.
    pub fn open_scenario(id: &str) -> Option<Self> {
        let pickers = (Rc::new(library::entries()), Rc::new(library::unit_entries()));
        Some(Self::begin(id, library::scenario(id)?, pickers))
    }

    fn begin(id: &str, scenario: Rc<Scenario>, pickers: view::Pickers) -> Self {
        let timeline = Timeline::open(scenario, None, Tuning::default());
        let (scenario_id, announcement) = (Rc::from(id), Rc::from(""));
        let (playing, speed, lens) = (true, 5, Lens::Both);
        let mut events = EventList::default();
        if let Some(later) = later() {
            (later.list_events)(&mut events, &timeline);
        }
        let mut view = View::offering(pickers);
        let frame = view.frame(&view::Shown {
            scenario_id: &scenario_id,
            timeline: &timeline,
            playing,
            speed,
            lens,
            lesson: None,
            selection: None,
            question: None,
            touched: false,
            events: &events,
            notice: &None,
            import_check: &None,
            announcement: &announcement,
            why_brought_up: 0,
            bottom: None,
            locked: None,
        });
        Self {
            scenario_id,
            lesson: None,
            playing,
            speed,
            lens,
            selection: None,
            question: None,
            touched: false,
            events,
            notice: None,
            import_check: None,
            announcement,
            announced_before_ms: 0,
            announced: timeline.log().len(),
            why_brought_up: 0,
            bottom: None,
            frame: Rc::new(frame),
            view,
            timeline,
        }
    }

    /// What the page shows.
    pub fn frame(&self) -> &Rc<Frame> {
        &self.frame
    }

    /// The run.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Takes one gesture. One that needs the later half is lost while that is not [there](Intent::needs_later).
    pub fn take(&mut self, intent: Intent) {
        match self.locked().filter(|_| intent.moves_the_run()) {
            Some(reason) => self.notice = Some(notice(reason, Vec::new())),
            None => self.follow(intent),
        }
        self.refresh();
    }

    /// Why the run may not be moved now.
    fn locked(&self) -> Option<&'static str> {
        self.lesson.as_ref().filter(|lesson| lesson.is_predicting()).map(|_| LOCKED)
    }

    fn follow(&mut self, intent: Intent) {
        match intent {
            Intent::Play => self.playing = true,
            Intent::Pause => self.playing = false,
            Intent::SetSpeed(speed) => self.speed = speed.clamp(1, 600),
            Intent::Elapsed(wall_ms) => self.elapse(wall_ms),
            Intent::DismissNotice => self.notice = None,
            acting => {
                if let Some(later) = later() {
                    (later.act)(self, acting);
                }
            }
        }
    }

    /// The later half could not be downloaded.
    pub fn tell_later_is_missing(&mut self) {
        let advice = Rc::from("Check the connection, then do it again. The cluster is as it was.");
        self.notice = Some(notice("A part of the page could not be loaded", vec![advice]));
        self.refresh();
    }

    /// What has arrived with the later half is shown.
    pub fn later_arrived(&mut self) {
        self.refresh();
    }

    /// A gesture that needs the later half.
    fn act_on(&mut self, intent: Intent) {
        match intent {
            // `follow` has seen to these.
            Intent::Play | Intent::Pause | Intent::SetSpeed(_) | Intent::Elapsed(_) | Intent::DismissNotice => {}
            Intent::StepToNextEvent => self.step(Self::step_to_event),
            Intent::StepBy(span_ms) => self.step(|session| session.run_to(session.timeline.now_ms() + span_ms)),
            Intent::Seek(to_ms) => {
                self.playing = false;
                self.timeline.seek(to_ms.min(LONGEST_RUN_MS));
                self.arrive();
            }
            Intent::Undo => {
                self.timeline.undo();
                self.arrive();
            }
            Intent::Redo => {
                self.timeline.redo();
                self.arrive();
            }
            Intent::Restart if self.lesson.is_some() => self.answer(&lesson::Answer::AgainStep),
            Intent::Restart => self.reopen(&self.scenario_id.clone()),
            Intent::OpenScenario(id) => self.reopen(&id),
            Intent::OpenUnit(id) => self.open_unit(&id),
            Intent::LeaveUnit => self.reopen(library::SCENARIOS[0].id),
            Intent::Lesson(answer) => {
                self.notice = None;
                self.answer(&answer);
            }
            Intent::Select(subject) => self.select(subject),
            Intent::SetLens(lens) => self.lens = lens,
            Intent::ShowBottom(tab) => self.bottom = tab,
            Intent::AskWhy(task) => {
                self.selection = Some(Subject::Task(task));
                self.question = Some(Question::Task(task));
            }
            Intent::WhyWaiting(service) => self.select(Some(Subject::Service(service))),
            Intent::Ask(inquiry) => self.question = Some(Question::Inquiry(inquiry)),
            Intent::ShowObservation(id) => self.show_observation(id),
            Intent::DoFirst => self.do_first(),
            Intent::Do(commands) | Intent::DoAll(commands) => self.act(&commands),
            Intent::SetLaunchMode(mode) => self.act(&launch_mode::commands_for(self.timeline.sim(), mode)),
            Intent::SetPlacement { service, strategies, constraints } => self.set_placement(service, &strategies, &constraints),
            Intent::Submit(kind, filled) => match forms::commands(self.timeline.sim(), kind, &forms::Filled(&filled)) {
                Ok(commands) => self.act(&commands),
                Err(reason) => self.notice = Some(notice("This cannot be done", vec![Rc::from(reason)])),
            },
            Intent::ImportTaskDefinition(text) => self.import(&text),
            Intent::CheckTaskDefinition(text) => self.import_check = Some(Rc::new(check(&text))),
        }
    }

    fn elapse(&mut self, wall_ms: Millis) {
        if self.playing {
            self.run_to(self.timeline.now_ms() + wall_ms * u64::from(self.speed));
        }
        self.announced_before_ms += wall_ms;
        if self.announced_before_ms >= ANNOUNCE_EVERY_MS {
            let newest = self.fresh_headlines().pop();
            self.announce(newest);
        }
    }

    fn run_to(&mut self, to_ms: Millis) {
        let to_ms = to_ms.min(LONGEST_RUN_MS);
        match &self.lesson {
            Some(_) => {
                if let Some(later) = later() {
                    (later.run_lesson)(self, to_ms);
                }
            }
            None => self.timeline.advance_to(to_ms),
        }
        if self.timeline.now_ms() >= LONGEST_RUN_MS {
            self.playing = false;
        }
    }

    /// A step of the learner's: what it brought is announced at once.
    fn step(&mut self, go: impl FnOnce(&mut Self)) {
        (self.playing, self.notice) = (false, None);
        self.announced = self.timeline.log().len();
        let before_ms = self.timeline.now_ms();
        go(self);
        let passed_ms = self.timeline.now_ms() - before_ms;
        if passed_ms > 0 {
            let mut happened = self.fresh_headlines();
            let more = happened.len().saturating_sub(MOST_ANNOUNCED);
            happened.truncate(MOST_ANNOUNCED);
            let what = match (happened.is_empty(), more) {
                (true, _) => "nothing happened".to_string(),
                (false, 0) => happened.join("; "),
                (false, more) => format!("{}; and {more} more", happened.join("; ")),
            };
            self.announce(Some(format!("{}, {} later: {what}.", time::clock(self.timeline.now_ms()), time::span(passed_ms))));
        }
    }

    /// The unit, if one is open, sees the step as time that passed.
    fn step_to_event(&mut self) {
        let before_ms = self.timeline.now_ms();
        if !self.timeline.step_to_event(|observation| headline::is_headline(&observation.kind)) {
            let line = "Everything stays as it is until you change or break something.";
            self.notice = Some(notice("Nothing happens in the next hour", vec![Rc::from(line)]));
            return;
        }
        let after_ms = self.timeline.now_ms();
        if self.lesson.is_some() {
            self.timeline.seek(before_ms);
            self.run_lesson_to(after_ms);
        }
    }

    /// Puts another run on the page.
    fn begin_run(&mut self, timeline: Timeline) {
        self.events = EventList::default();
        self.announced = timeline.log().len();
        self.timeline = timeline;
        (self.selection, self.question, self.notice, self.import_check) = (None, None, None, None);
    }

    fn reopen(&mut self, id: &str) {
        let Some(scenario) = library::scenario(id) else { return };
        self.begin_run(Timeline::open(scenario, None, Tuning::default()));
        self.scenario_id = Rc::from(id);
        self.lesson = None;
        self.touched = false;
        self.playing = true;
    }

    fn select(&mut self, subject: Option<Subject>) {
        self.selection = subject;
        match subject {
            Some(Subject::Task(task)) => self.question = Some(Question::Task(task)),
            Some(Subject::Service(service)) => self.question = Some(Question::Service(service)),
            Some(
                Subject::ControlPlane
                | Subject::Instance(_)
                | Subject::Zone(_)
                | Subject::ImageRegistry
                | Subject::TargetGroup(_)
                | Subject::CapacityProvider(_)
                | Subject::Deployment(..)
                | Subject::Listener(_)
                | Subject::AutoScalingGroup(_)
                | Subject::Alarm(_)
                | Subject::Subnet(_),
            )
            | None => {}
        }
    }

    /// Goes to the instant of an observation and shows what led to it.
    fn show_observation(&mut self, id: ObservationId) {
        let Some(at_ms) = self.timeline.observation(id).map(|observation| observation.at_ms) else { return };
        self.question = Some(Question::Observation(id));
        if self.locked().is_none() {
            self.playing = false;
            self.timeline.seek(at_ms);
            self.arrive();
        }
    }

    fn do_first(&mut self) {
        let action = self.timeline.scenario().first_action.as_ref().and_then(|first| first.action());
        match action.map(|action| action.resolve(self.timeline.sim())) {
            Some(Ok(command)) => self.act(&[command]),
            Some(Err(message)) => self.notice = Some(notice("This cannot be done now", vec![Rc::from(message)])),
            None => {}
        }
    }

    /// Acts on the cluster; a refusal is told in the service's words.
    fn act(&mut self, commands: &[Command]) {
        let Some(first) = commands.first() else { return };
        self.touched = true;
        self.notice = None;
        let label: Rc<str> = Rc::from(crate::explain::requests::command_label(self.timeline.sim(), first));
        let before = self.timeline.log().len();
        if let Err(refusal) = self.timeline.act(commands, label) {
            self.notice = Some(notice(refusal.code, vec![Rc::from(refusal.message)]));
        }
        self.tell_failed_placements(before);
        self.tell_lesson();
        if !self.playing {
            let newest = self.fresh_headlines().pop();
            self.announce(newest);
        }
    }

    /// RunTask answers with failures; they would be gone with the answer, so they are told.
    fn tell_failed_placements(&mut self, before: usize) {
        let log = self.timeline.log();
        let failed = |observation: &&Observation| matches!(&observation.kind, Kind::PlacementFailed { service: None, .. });
        let failures: Vec<&Observation> = log[before.min(log.len())..].iter().filter(failed).collect();
        let Some(last) = failures.last() else { return };
        let sentence = events::words(&self.timeline, last);
        let title = format!("RunTask placed nothing: {} of its tasks found no server", failures.len());
        self.question = Some(Question::Observation(last.id));
        self.why_brought_up += 1;
        self.notice = Some(notice(&title, vec![Rc::from(sentence)]));
    }

    fn set_placement(&mut self, service: String, strategies: &[String], constraints: &[String]) {
        let read = placement_text::strategies(strategies)
            .and_then(|strategies| Ok((strategies, placement_text::constraints(constraints)?)));
        match read {
            Ok((strategies, constraints)) => {
                let rebalancing = self.rebalancing_to_give_up(&service, &strategies, &constraints);
                self.act(&[Command::UpdateService(UpdateService {
                    service,
                    placement_strategy: Some(strategies),
                    placement_constraints: Some(constraints),
                    availability_zone_rebalancing: rebalancing,
                    ..UpdateService::default()
                })]);
            }
            Err(message) => self.notice = Some(notice("This placement cannot be used", vec![Rc::from(message)])),
        }
    }

    /// Zone rebalancing is on without anyone having asked for it; a placement that cannot have it is meant to go without.
    fn rebalancing_to_give_up(
        &self,
        service: &str,
        strategies: &[PlacementStrategy],
        constraints: &[PlacementConstraint],
    ) -> Option<ZoneRebalancing> {
        let belief = self.timeline.sim().belief();
        let service = &belief.services[belief.service_named(service)?];
        let refused = check_rebalancing(service.scheduling_strategy, service.maximum_percent, strategies, constraints).is_err();
        (service.zone_rebalancing == ZoneRebalancing::Enabled && refused).then_some(ZoneRebalancing::Disabled)
    }

    /// Registers a task definition and runs one task of it where it can run.
    fn import(&mut self, text: &str) {
        match task_definition_from_json(text, 1) {
            Ok(imported) => {
                let run = RunTask {
                    network_configuration: None,

                    task_definition: imported.definition.family.to_string(),
                    count: 1,
                    launch_type: if imported.definition.launches_on_fargate() { LaunchType::Fargate } else { LaunchType::Ec2 },
                    group: None,
                    placement_strategy: Vec::new(),
                    placement_constraints: Vec::new(),
                    capacity_provider_strategy: None,
                };
                self.import_check = None;
                self.act(&[Command::RegisterTaskDefinition(Box::new(imported.definition)), Command::RunTask(run)]);
            }
            Err(errors) => {
                let lines = errors.iter().map(import_error).collect();
                self.notice = Some(notice("This task definition cannot be registered", lines));
            }
        }
    }

    /// Somewhere else in time: what happened there is no news.
    fn arrive(&mut self) {
        self.announced = self.timeline.log().len();
        self.recount_goals();
    }

    /// What has happened since the last announcement, in words.
    fn fresh_headlines(&mut self) -> Vec<String> {
        let Some(later) = later() else { return Vec::new() };
        let log = self.timeline.log();
        let fresh = log[self.announced.min(log.len())..].iter().filter(|observation| headline::is_headline(&observation.kind));
        let fresh = fresh.map(|observation| (later.sentence)(&self.timeline, observation)).collect();
        self.announced = log.len();
        fresh
    }

    fn announce(&mut self, words: Option<String>) {
        self.announced_before_ms = 0;
        if let Some(words) = words {
            self.announcement = Rc::from(words);
        }
    }

    fn refresh(&mut self) {
        if let Some(later) = later() {
            (later.list_events)(&mut self.events, &self.timeline);
            (later.follow_course)(&mut self.timeline, self.bottom);
        }
        self.frame = Rc::new(self.view.frame(&view::Shown {
            scenario_id: &self.scenario_id,
            timeline: &self.timeline,
            playing: self.playing,
            speed: self.speed,
            lens: self.lens,
            lesson: self.lesson.as_ref(),
            selection: self.selection,
            question: self.question.as_ref(),
            touched: self.touched,
            events: &self.events,
            notice: &self.notice,
            import_check: &self.import_check,
            announcement: &self.announcement,
            why_brought_up: self.why_brought_up,
            bottom: self.bottom,
            locked: self.locked(),
        }));
    }
}

fn notice(title: &str, lines: Vec<Rc<str>>) -> Rc<NoticeView> {
    Rc::new(NoticeView { title: Rc::from(title), lines })
}

fn import_error(error: &task_definition::ImportError) -> Rc<str> {
    Rc::from(format!("{}, line {}, column {}: {}", error.place, error.line, error.column, error.message))
}

fn check(text: &str) -> ImportCheckView {
    match task_definition_from_json(text, 1) {
        Ok(imported) => ImportCheckView {
            good: Some(Rc::from(view::workload::summary_of(&imported.definition))),
            errors: Vec::new(),
            notes: imported.notes.iter().map(|note| Rc::from(format!("{}: {}", note.place, note.message))).collect(),
        },
        Err(errors) => ImportCheckView { good: None, errors: errors.iter().map(import_error).collect(), notes: Vec::new() },
    }
}

/// A choice that can be made.
pub(crate) fn choice(label: impl Into<Rc<str>>, intent: Intent) -> Choice {
    Choice { label: label.into(), intent, refused: None }
}
