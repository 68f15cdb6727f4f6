//! The half of the session that only an acting learner needs: gestures, answers, lessons, words.
//!
//! A page that is merely looked at does without it, so the page downloads it with the first touch ([`arrive`]); everywhere else it is
//! always there. Code that runs before the first touch must reach that half through [`later`] only: a direct call would
//! bring it back into the first download. Start reading at [`Later`].

use std::rc::Rc;

use crate::cost::meter::Meter;
use crate::explain::names::dollars;
use crate::import::action::Action;
use crate::session::Session;
use crate::session::asked::same_commands;
use crate::session::events::{self, EventList};
use crate::session::figures::Course;
use crate::session::forms;
use crate::session::frame::{
    BottomTab, BottomView, Choice, DetailsView, FargateView, FormGroup, Frame, LessonView, NeighbourView, RibbonView,
    ServerExtras, Tick, WhyView, WordView, ZoneMap,
};
use crate::session::intent::Intent;
use crate::session::lesson::LessonRun;
use crate::session::library;
use crate::session::timeline::Timeline;
use crate::session::view::segments::OnServer;
use crate::session::view::server::Context;
use crate::session::view::why::WhyCache;
use crate::session::view::{Shown, bottom, breakage, clock, details, extras, fargate, hue, map, neighbours, ribbon, words};
use crate::sim::command::Command;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId, ZoneId};
use crate::sim::observation::Observation;
use crate::sim::time::Millis;

/// Ways into the later half.
pub struct Later {
    /// Takes a gesture that is not about the pace of time alone.
    pub act: fn(&mut Session, Intent),
    /// Lets time pass for the open unit, to an instant in milliseconds.
    pub run_lesson: fn(&mut Session, Millis),
    /// Does an entry of the recording again; the opening has none.
    pub replay: fn(&mut Timeline, &Action),
    /// Tells what has happened since the list was last brought up to date.
    pub list_events: fn(&mut EventList, &Timeline),
    /// What happened, in one sentence.
    pub sentence: fn(&Timeline, &Observation) -> String,
    /// Are these the same commands?
    pub same_commands: fn(&[Command], &[Command]) -> bool,
    /// The marks on the timeline.
    pub ticks: fn(&Timeline) -> Vec<Tick>,
    /// The open unit as it is shown.
    pub lesson: fn(&LessonRun, &Sim) -> LessonView,
    /// What is selected.
    pub details: fn(&Shown) -> Option<DetailsView>,
    /// The answer to the present question.
    pub why: fn(&mut WhyCache, &Shown) -> Option<WhyView>,
    /// Takes a sample of the figures, if one is due.
    pub sample: fn(&mut Course, &Sim),
    /// Begins or ends following the figures of a run.
    pub follow_course: fn(&mut Timeline, Option<BottomTab>),
    /// Very many servers of a zone, and those of them that need a look.
    pub zone_map: fn(&Shown, ZoneId) -> (ZoneMap, Vec<InstanceId>),
    /// The services round ECS.
    pub neighbours: fn(&Shown, Option<&Frame>) -> Vec<Rc<NeighbourView>>,
    /// Tasks on Fargate.
    pub fargate: fn(&Shown, Option<&Frame>) -> Option<Rc<FargateView>>,
    /// What else binds on a server.
    pub extras: fn(&Context, InstanceId, &[OnServer]) -> Option<ServerExtras>,
    /// What can be asked for by filling in a form.
    pub forms: fn(&Shown) -> Vec<FormGroup>,
    /// What can be wrong with all tasks of a family.
    pub family_faults: fn(&str) -> Vec<Choice>,
    /// The deployment of a service.
    pub ribbon: fn(&Shown, ServiceId) -> Option<RibbonView>,
    /// What is open under the timeline.
    pub bottom: fn(&Shown, Option<&BottomView>) -> Option<BottomView>,
    /// What all that is paid for costs an hour: `$0.397/h`.
    pub per_hour: fn(&Sim) -> String,
    /// The glossary and the ledger.
    pub words: fn() -> Rc<Vec<WordView>>,
    /// The hashes of the long run of a scenario, for comparison with those of another machine.
    pub hash_of_long_run: fn(&str) -> Option<String>,
}

/// The later half itself.
pub static LATER: Later = Later {
    act: Session::act_on,
    run_lesson: Session::run_lesson_to,
    replay: Timeline::replay,
    list_events: EventList::follow,
    sentence: events::words,
    same_commands,
    ticks: clock::ticks,
    lesson: |lesson, sim| lesson.view(sim, &hue::of_family),
    details: details::details,
    why: WhyCache::why,
    sample: Course::follow,
    follow_course: bottom::follow_course,
    zone_map: map::zone_map,
    neighbours: neighbours::neighbours,
    fargate: fargate::lane,
    extras: extras::extras,
    forms: forms::groups,
    family_faults: breakage::family_faults,
    ribbon: ribbon::ribbon,
    bottom: bottom::bottom,
    per_hour: |sim| format!("{}/h", dollars(Meter::of(sim).total().per_hour)),
    words: || Rc::new(words::words()),
    hash_of_long_run: library::hash_of_long_run,
};

#[cfg(target_arch = "wasm32")]
mod place {
    use std::sync::OnceLock;

    use super::Later;

    static ARRIVED: OnceLock<&'static Later> = OnceLock::new();

    /// The later half, once it has been downloaded.
    pub fn later() -> Option<&'static Later> {
        ARRIVED.get().copied()
    }

    /// It has been downloaded. Whatever is shown next is made with it.
    pub fn arrive(later: &'static Later) {
        let _ = ARRIVED.set(later);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod place {
    use super::{LATER, Later};

    /// The later half, which is always there.
    pub fn later() -> Option<&'static Later> {
        Some(&LATER)
    }
}

pub use place::*;
