//! What may let a task start: the faults that stand in its way, healed, or the server that it waits for.

use crate::explain::awaiting_capacity;
use crate::explain::candidates::{Candidate, Sort, Speed, silenced_by};
use crate::explain::cures::cure_label;
use crate::sim::command::Command;
use crate::sim::engine::Sim;
use crate::sim::fault::Fault;
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
    match fault {
        Fault::RegistrySlow { .. } | Fault::RegistryFailure => true,
        Fault::DiskFull { instance: full } => instance == Some(*full),
        Fault::StartFailure { family, .. } => {
            let known = sim.belief().tasks.get(task);
            known.is_some_and(|known| sim.belief().definitions[known.definition].definition.is_named(family))
        }
        Fault::NetworkCut { .. }
        | Fault::PacketLoss { .. }
        | Fault::AgentStop { .. }
        | Fault::ServerDeath { .. }
        | Fault::ZoneFailure { .. } => instance.is_some_and(|instance| silenced_by(sim, fault).contains(&instance)),
        Fault::ContainerExit { .. }
        | Fault::OutOfMemory { .. }
        | Fault::AppHang { .. }
        | Fault::ClientNetworkCut { .. }
        | Fault::PacketDelay { .. }
        | Fault::SpotInterruption { .. }
        | Fault::FargateSpotInterruption { .. }
        | Fault::FargateTaskRetirement { .. }
        | Fault::FargateCapacityUnavailable { .. } => false,
    }
}
