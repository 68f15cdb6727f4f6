//! Faults of the application: exits, memory, hanging.

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::Phase;
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::fault::{Fault, Struck};
use crate::sim::ids::{FaultId, ObservationId, TaskId};
use crate::sim::model::task_definition::TaskDefinition;
use crate::sim::observation::Kind;
use crate::sim::random::Concern;

/// How long after a start a broken app lasts: quantiles. Chosen for teaching.
/// Ledger: fault.broken-app.
const BROKEN_APP_LASTS_MS: [u64; 3] = [2_000, 4_000, 9_000];

/// A fault of every task of a family, or of one revision of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FamilyFault {
    pub what: Rc<Fault>,
    /// The memory limit that is outgrown, if there is one.
    pub outgrown_mib: Option<u32>,
    pub injected_by: ObservationId,
}

impl FamilyFault {
    /// Memory that outgrows one limit outgrows smaller ones too, and may stay below a larger one.
    /// Ledger: fault.out-of-memory.
    fn strikes(&self, definition: &TaskDefinition) -> bool {
        let Struck::Family(name) = self.what.struck() else { return false };
        match self.outgrown_mib {
            Some(outgrown) => {
                name.split(':').next() == Some(&definition.family)
                    && definition.memory_limit_mib().is_some_and(|mib| mib <= outgrown)
            }
            None => definition.is_named(name),
        }
    }
}

impl DataPlane {
    /// The essential container of a task ends as the fault says.
    pub(crate) fn strike(&mut self, fx: &mut Effects, task: TaskId, fault: &Fault) {
        let Some(truth) = self.tasks.get(task) else { return };
        let essential = (0..truth.containers.len())
            .find(|index| truth.container_definition(*index).essential && truth.containers[*index].state.is_alive());
        let Some(index) = essential else { return };
        if let Fault::ContainerExit { code, .. } = fault {
            self.exit(fx, task, index, *code, false);
        } else if let Fault::OutOfMemory { .. } = fault {
            self.exit(fx, task, index, 137, true);
        }
    }

    /// From now on every task of the family is struck soon after its start; those that run are struck now.
    pub(crate) fn break_family(&mut self, fx: &mut Effects, fault: FaultId, broken: FamilyFault) {
        let running: Vec<_> = self
            .tasks
            .iter()
            .filter(|(_, truth)| truth.phase == Phase::Running && broken.strikes(&truth.payload.definition))
            .map(|(task, _)| task)
            .collect();
        for task in running {
            fx.because(fx.cause, |fx| self.strike(fx, task, &broken.what));
        }
        self.family_faults.insert(fault, broken);
    }

    /// The family's app is put right.
    pub(crate) fn mend_family(&mut self, fault: FaultId) {
        self.family_faults.remove(&fault);
    }

    /// A container of a broken family has started: its end is near.
    pub(crate) fn family_faults_begin(&mut self, fx: &mut Effects, task: TaskId, index: usize) {
        let Some(truth) = self.tasks.get(task).filter(|truth| truth.container_definition(index).essential) else { return };
        let (key, turn, definition) = (truth.payload.key, truth.turn, &truth.payload.definition);
        for (fault, broken) in &self.family_faults {
            if broken.strikes(definition) {
                let lasts_ms = fx.draw(Concern::AppExit, &[key, u64::from(fault.0)], &BROKEN_APP_LASTS_MS);
                fx.data_timer(lasts_ms, DataTimer::AppFault { task, fault: *fault, turn });
            }
        }
    }

    pub(crate) fn family_fault_strikes(&mut self, fx: &mut Effects, task: TaskId, fault: FaultId, turn: u32) {
        let Some(FamilyFault { what, injected_by, .. }) = self.family_faults.get(&fault).cloned() else { return };
        if self.tasks.get(task).is_some_and(|truth| truth.turn == turn) {
            fx.because(Some(injected_by), |fx| self.strike(fx, task, &what));
        }
    }

    /// The app stops answering, or answers again.
    pub(crate) fn set_hung(&mut self, fx: &mut Effects, task: TaskId, hung: Hanging) {
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.phase != Phase::Ended) else { return };
        truth.hung = hung == Hanging::Hangs;
        truth.answers_by = Some(fx.lead(match hung {
            Hanging::Hangs => Kind::AppHung { task },
            Hanging::Answers => Kind::AppRecovered { task },
        }));
        self.touch(task);
    }
}

/// Does the app answer?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hanging {
    Hangs,
    Answers,
}
