//! The ghosts of a prediction as the board shows them.

use std::rc::Rc;

use crate::course::query::{needs, service_id};
use crate::course::unit::{Ask, StepKind};
use crate::session::frame::{Choice, GhostChoice, GhostView, Hue};
use crate::session::intent::Intent;
use crate::session::lesson::answer_key::{Put, Reply};
use crate::session::lesson::stage::Stage;
use crate::session::lesson::{Answer, LessonRun};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;

/// The hue of a task definition family.
pub type HueOf<'a> = &'a dyn Fn(&Sim, &str) -> Hue;

impl LessonRun {
    /// Ghosts on a server.
    pub fn ghosts_for(&self, instance: InstanceId, sim: &Sim, hue: HueOf) -> Vec<GhostView> {
        self.ghosts_put(Put::On(instance), sim, hue)
    }

    /// Ghosts on the shelf: predicted to find no place.
    pub fn ghosts_nowhere(&self, sim: &Sim, hue: HueOf) -> Vec<GhostView> {
        self.ghosts_put(Put::Nowhere, sim, hue)
    }

    /// What putting the next ghost on this server does, while a prediction with ghosts is asked for. No server refuses:
    /// whether a task fits is part of the prediction.
    pub fn ghost_slot(&self, instance: InstanceId) -> Option<Choice> {
        let Stage::Predicting(Reply::Ghosts(puts)) = &self.stage else { return None };
        let ghost = puts.iter().position(|put| *put == Put::NotYet)? as u32 + 1;
        Some(place(ghost, Some(instance), &format!("Put task {ghost} here")))
    }

    /// For each ghost, where it is and where it may go.
    pub(super) fn ghost_choices(&self, puts: &[Put], sim: &Sim, hue: HueOf) -> Vec<GhostChoice> {
        let (label, hue) = self.ghost_kind(sim, hue);
        let choice = |(index, put): (usize, &Put)| {
            let number = index as u32 + 1;
            let mut places: Vec<_> = sim
                .belief()
                .registry
                .iter()
                .map(|known| {
                    let name = format!("{} · {}", known.id.short(), sim.belief().zone_name(known.zone));
                    let choice = place(number, Some(known.id), &name);
                    (choice.label.clone(), *put == Put::On(known.id), choice)
                })
                .collect();
            let nowhere = place(number, None, "Nowhere yet");
            places.push((nowhere.label.clone(), *put == Put::Nowhere, nowhere));
            GhostChoice { number, label: label.clone(), hue, places }
        };
        puts.iter().enumerate().map(choice).collect()
    }

    fn ghosts_put(&self, put: Put, sim: &Sim, hue: HueOf) -> Vec<GhostView> {
        let Some(puts) = self.puts() else { return Vec::new() };
        let (label, hue) = self.ghost_kind(sim, hue);
        let (cpu_units, memory_mib) = self.ghost_family(sim).and_then(|family| needs(sim, &family)).unwrap_or((0, 0));
        let verdict = self.prediction.as_ref().and_then(|prediction| prediction.verdict.as_ref());
        let view = |index: usize| GhostView {
            number: index as u32 + 1,
            label: label.clone(),
            hue,
            cpu_units,
            memory_mib,
            outcome: verdict.and_then(|verdict| verdict.outcomes.get(index).copied()),
        };
        (0..puts.len()).filter(|index| puts[*index] == put).map(view).collect()
    }

    /// The ghosts being placed, or those of the prediction that stands.
    fn puts(&self) -> Option<&[Put]> {
        let reply = match (&self.stage, &self.prediction) {
            (Stage::Predicting(reply), _) => reply,
            (_, Some(prediction)) => &prediction.reply,
            (_, None) => return None,
        };
        match reply {
            Reply::Ghosts(puts) => Some(puts),
            Reply::Option(_) | Reply::Number(_) => None,
        }
    }

    fn ghost_kind(&self, sim: &Sim, hue: HueOf) -> (Rc<str>, Hue) {
        let family = self.ghost_family(sim);
        let hue = family.as_ref().map_or(Hue(0), |family| hue(sim, family));
        (family.unwrap_or_else(|| Rc::from("")), hue)
    }

    fn ghost_family(&self, sim: &Sim) -> Option<Rc<str>> {
        let step = self.prediction.as_ref().map_or(self.step, |prediction| prediction.step);
        let StepKind::Predict(question) = &self.unit.steps[step].kind else { return None };
        let Ask::Ghosts { service, .. } = &question.ask else { return None };
        let service = &sim.belief().services[service_id(sim, service)?];
        Some(sim.belief().definitions[service.revision().definition].definition.family.clone())
    }
}

fn place(ghost: u32, instance: Option<InstanceId>, label: &str) -> Choice {
    Choice { label: Rc::from(label), intent: Intent::Lesson(Answer::PlaceGhost { ghost, instance }), refused: None }
}
