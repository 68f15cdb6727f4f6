//! Which of the eight identity hues a service or family has.

use std::rc::Rc;

use crate::session::frame::Hue;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;

/// The hue of a task definition family: by order of registration.
pub fn of_family(sim: &Sim, family: &str) -> Hue {
    let mut families: Vec<&Rc<str>> = Vec::new();
    for (_, entry) in sim.belief().definitions.iter() {
        if !families.contains(&&entry.definition.family) {
            families.push(&entry.definition.family);
        }
    }
    let index = families.iter().position(|known| &***known == family).unwrap_or(0);
    Hue((index % 8) as u8)
}

/// The hue of a task, believed or true.
pub fn of_task(sim: &Sim, task: TaskId) -> Hue {
    let believed = sim.belief().tasks.get(task).map(|known| sim.belief().definitions[known.definition].definition.family.clone());
    let family = believed.or_else(|| sim.truth().tasks.get(task).map(|truth| truth.payload.definition.family.clone()));
    family.map_or(Hue(0), |family| of_family(sim, &family))
}
