//! What may let a task start: the faults that stand in its way, healed, or the server that it waits for.

use crate::explain::awaiting_capacity;
use crate::explain::candidates::{Candidate, Sort, Speed, silenced_by};
use crate::explain::cures::cure_label;
use crate::sim::command::Command;
use crate::sim::engine::Sim;
use crate::sim::fault::{Fault, Struck};
use crate::sim::ids::TaskId;

/// The healing of each fault that can keep this task from starting, and more capacity.
pub(crate) fn candidates_for_task(sim: &Sim, task: TaskId) -> Vec<Candidate> {
    let healings =
        sim.faults().active().filter(|(_, active)| stands_in_the_way(sim, &active.what, task)).map(|(fault, active)| Candidate {
            sort: Sort::Heal,
            label: cure_label(sim, &active.what),
            commands: vec![Command::HealFault { fault }],
            speed: Speed::Later,
        });
    healings.chain(awaiting_capacity::candidates(sim, task)).collect()
}

fn stands_in_the_way(sim: &Sim, fault: &Fault, task: TaskId) -> bool {
    let instance = sim.belief().tasks.get(task).and_then(|known| known.instance);
    match fault.struck() {
        Struck::ImageRegistry => true,
        Struck::Family(family) => {
            let known = sim.belief().tasks.get(task).filter(|_| matches!(fault, Fault::StartFailure { .. }));
            known.is_some_and(|known| sim.belief().definitions[known.definition].definition.is_named(family))
        }
        Struck::Server(full) if matches!(fault, Fault::DiskFull { .. }) => instance == Some(full),
        Struck::Server(_) | Struck::Zone(_) | Struck::AgentRoad(_) => {
            instance.is_some_and(|instance| silenced_by(sim, fault).contains(&instance))
        }
        Struck::Task(_) | Struck::ClientRoad(_) => false,
    }
}
