//! Builds the [`Frame`] from the session: one file for each part of the page.
//!
//! Each part is built anew and then compared with what was shown before: what did not change keeps its `Rc`.

use std::rc::Rc;

use crate::session::Question;
use crate::session::events::EventList;
use crate::session::frame::{
    BottomTab, Choice, Density, EventsView, Frame, ImportCheckView, NoticeView, ScenarioView, WordView, ZoneView,
};
use crate::session::intent::{Intent, Lens, Subject};
use crate::session::later::later;
use crate::session::lesson::LessonRun;
use crate::session::timeline::Timeline;
use crate::session::{choice, launch_mode};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ZoneId};

pub mod alarms;
pub mod balancing;
pub mod bill;
pub mod bottom;
pub mod breakage;
pub mod capacity;
pub mod charts;
pub mod clock;
pub mod commands;
pub mod control_plane;
pub mod deployments;
pub mod details;
pub mod discovery;
pub mod extras;
pub mod fargate;
pub mod groups;
pub mod hue;
pub mod map;
pub mod neighbours;
pub mod placement_form;
pub mod ribbon;
pub mod segments;
pub mod server;
pub mod server_state;
pub mod subnets;
pub mod totals;
pub mod unseen;
pub mod why;
pub mod words;
pub mod workload;

/// Everything a frame is made from.
pub struct Shown<'a> {
    pub scenario_id: &'a Rc<str>,
    pub timeline: &'a Timeline,
    pub playing: bool,
    pub speed: u32,
    pub lens: Lens,
    pub lesson: Option<&'a LessonRun>,
    pub selection: Option<Subject>,
    pub question: Option<&'a Question>,
    pub touched: bool,
    pub events: &'a EventList,
    pub notice: &'a Option<Rc<NoticeView>>,
    pub import_check: &'a Option<Rc<ImportCheckView>>,
    pub announcement: &'a Rc<str>,
    pub why_brought_up: u32,
    /// What is open under the timeline.
    pub bottom: Option<BottomTab>,
    /// Why the run may not be moved now.
    pub locked: Option<&'static str>,
}

impl Shown<'_> {
    /// Refuses the choice if it would move the run while it may not be moved.
    pub fn lock(&self, choice: &mut Choice) {
        if let Some(reason) = self.locked.filter(|_| choice.intent.moves_the_run()) {
            choice.refused = Some(Rc::from(reason));
        }
    }
}

/// What a picker offers.
type Entries = Rc<Vec<crate::session::frame::Entry>>;

/// Scenarios and units to choose from.
pub type Pickers = (Entries, Entries);

/// What was shown before, and what is worked out only once.
#[derive(Default)]
pub struct View {
    before: Option<Frame>,
    words: Option<Rc<Vec<WordView>>>,
    pickers: Pickers,
    why: why::WhyCache,
    clock: clock::TickCache,
}

/// The new value, or the old one when nothing changed.
pub(crate) fn keep<T: PartialEq>(old: Option<&Rc<T>>, new: T) -> Rc<T> {
    match old {
        Some(old) if **old == new => old.clone(),
        Some(_) | None => Rc::new(new),
    }
}

impl View {
    /// A view whose pickers offer these scenarios and units.
    pub fn offering(pickers: Pickers) -> Self {
        Self { pickers, ..Self::default() }
    }

    /// The frame of what is to be shown now.
    pub fn frame(&mut self, shown: &Shown) -> Frame {
        let sim = shown.timeline.sim();
        let later = later();
        if let (None, Some(later)) = (&self.words, later) {
            self.words = Some((later.words)());
        }
        let before = self.before.take();
        let old = before.as_ref();
        let frame = Frame {
            scenario: keep(old.map(|frame| &frame.scenario), scenario(shown, self.pickers.clone())),
            clock: clock::clock(shown, &mut self.clock),
            mode: launch_mode::mode_of(sim),
            lens: shown.lens,
            totals: Rc::from(totals::totals(sim)),
            summary: Rc::from(totals::summary(sim)),
            control_plane: keep(old.map(|frame| &frame.control_plane), control_plane::control_plane(shown, old)),
            zones: zones(shown, old),
            fargate: later.and_then(|later| (later.fargate)(shown, old)),
            density: density(sim.truth().hosts.len()),
            selection: shown.selection,
            details: later
                .and_then(|later| (later.details)(shown))
                .map(|view| keep(old.and_then(|frame| frame.details.as_ref()), view)),
            why_brought_up: shown.why_brought_up,
            why: later
                .and_then(|later| (later.why)(&mut self.why, shown))
                .map(|view| keep(old.and_then(|frame| frame.why.as_ref()), view)),
            events: keep(old.map(|frame| &frame.events), events(shown)),
            breakage: keep(old.map(|frame| &frame.breakage), breakage::breakage(shown)),
            workload: keep(old.map(|frame| &frame.workload), workload::workload(sim)),
            lesson: later
                .zip(shown.lesson)
                .map(|(later, lesson)| keep(old.and_then(|frame| frame.lesson.as_ref()), (later.lesson)(lesson, sim))),
            neighbours: later.map_or_else(Vec::new, |later| (later.neighbours)(shown, old)),
            forms: later.map_or_else(Rc::default, |later| keep(old.map(|frame| &frame.forms), (later.forms)(shown))),
            bottom: later.and_then(|later| (later.bottom)(shown, old.and_then(|frame| frame.bottom.as_ref()))),
            words: self.words.clone().unwrap_or_default(),
            announcement: shown.announcement.clone(),
            notice: shown.notice.clone(),
            import_check: shown.import_check.clone(),
        };
        self.before = Some(frame.clone());
        frame
    }
}

fn density(servers: usize) -> Density {
    match servers {
        0..=8 => Density::Full,
        9..=60 => Density::Compact,
        61..=400 => Density::Dense,
        _ => Density::Map,
    }
}

fn scenario(shown: &Shown, (scenarios, units): Pickers) -> ScenarioView {
    let scenario = shown.timeline.scenario();
    let first_action = scenario.first_action.as_ref().filter(|_| !shown.touched);
    let first_action = first_action.map(|first| choice(first.label.clone(), Intent::DoFirst));
    ScenarioView {
        id: shown.scenario_id.clone(),
        title: scenario.title.clone(),
        sentence: scenario.sentence.clone(),
        first_action,
        scenarios,
        units,
    }
}

fn zones(shown: &Shown, old: Option<&Frame>) -> Vec<Rc<ZoneView>> {
    let sim = shown.timeline.sim();
    let context = server::Context::of(shown);
    let is_map = density(sim.truth().hosts.len()) == Density::Map;
    let zones = sim.belief().zones.iter().enumerate().map(|(index, zone)| {
        let before = old.and_then(|frame| frame.zones.get(index));
        let id = ZoneId(index as u32 + 1);
        let believed = sim.belief().registry.iter().filter(|known| known.zone == id);
        let mapped = is_map.then(later).flatten().map(|later| (later.zone_map)(shown, id));
        let (map, servers) = match mapped {
            Some((map, notable)) => (Some(keep(before.and_then(|zone| zone.map.as_ref()), map)), notable),
            None => (None, servers_of(sim, id).collect()),
        };
        let old_server = |instance| before.and_then(|zone| zone.servers.iter().find(|server| server.id == instance));
        let mut faults = breakage::badges_of_zone(sim, &zone.name);
        faults.iter_mut().filter_map(|fault| fault.heal.as_mut()).for_each(|heal| shown.lock(heal));
        let view = ZoneView {
            index: index as u32,
            name: zone.name.clone(),
            task_count: believed.map(|known| known.tasks.len() as u32).sum(),
            faults,
            servers: servers.into_iter().map(|instance| keep(old_server(instance), server::server(&context, instance))).collect(),
            map,
            selected: shown.selection == Some(Subject::Zone(index as u32)),
        };
        keep(before, view)
    });
    zones.collect()
}

/// What has happened comes in words with the later half: a first look shows no list of it.
fn servers_of(sim: &Sim, zone: ZoneId) -> impl Iterator<Item = InstanceId> {
    let of_zone = sim.truth().hosts.iter().filter(move |(_, host)| host.zone == zone).map(|(instance, _)| instance);
    of_zone.filter(|instance| server_state::is_on_board(sim, *instance))
}

fn events(shown: &Shown) -> EventsView {
    let selected = match shown.question {
        Some(Question::Observation(id)) => Some(*id),
        Some(Question::Task(_) | Question::Service(_) | Question::Inquiry(_)) | None => None,
    };
    let mark = |row: &Rc<crate::session::frame::EventRow>| match Some(row.observation) == selected {
        true => Rc::new(crate::session::frame::EventRow { selected: true, ..(**row).clone() }),
        false => row.clone(),
    };
    EventsView { rows: shown.events.rows().map(mark).collect(), total: shown.events.total() }
}
