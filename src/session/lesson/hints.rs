//! The three hints of an exercise. The exact one is made from the actions themselves, so that it cannot say anything else.

use std::rc::Rc;

use crate::course::moves::Move;
use crate::course::query::Scene;
use crate::course::unit::Exercise;
use crate::explain::requests::command_label;
use crate::import::action::Action;
use crate::sim::engine::Sim;

/// Nudge, pointer, exact.
pub const COUNT: usize = 3;

/// The first `shown` hints.
pub fn hints(exercise: &Exercise, shown: usize, scene: &Scene) -> Vec<Rc<str>> {
    let all: [&dyn Fn() -> String; COUNT] =
        [&|| exercise.nudge.render(scene), &|| exercise.pointer.render(scene), &|| exact(&exercise.exact, scene.sim)];
    all.iter().take(shown).map(|hint| Rc::from(hint())).collect()
}

/// What one move says: how it leads in, and the action.
pub fn sentence(made: &Move, sim: &Sim) -> String {
    let action = match made.action.resolve(sim) {
        Ok(command) => command_label(sim, &command),
        Err(_) => unresolved(&made.action),
    };
    match &made.say {
        Some(say) => format!("{say} {action}."),
        None => format!("{action}."),
    }
}

fn exact(moves: &[Move], sim: &Sim) -> String {
    moves.iter().map(|one| sentence(one, sim)).collect::<Vec<_>>().join(" ")
}

/// An action on a task that does not exist yet, or no more.
fn unresolved(action: &Action) -> String {
    match action {
        Action::Plain(_) => String::new(),
        Action::OnTask(name, _) => format!("Task {} of {}", name.ordinal, name.group),
    }
}
