//! What requests do to the tasks that get any.
//!
//! A list by task, because every measurement of every task reads here; a snapshot shares it until one of the two writes.

use std::hash::{Hash, Hasher};

use crate::sim::data_plane::contention::Load;
use crate::sim::ids::TaskId;
use crate::sim::shared::Shared;

/// The loads of all tasks.
#[derive(Clone, Debug, Default)]
pub struct Loads {
    /// By id of the task, from 1; a task that is offered nothing has none.
    rows: Shared<Vec<Load>>,
    /// How many tasks are offered something.
    count: usize,
}

impl Loads {
    /// What requests do to a task, if it gets any.
    pub fn get(&self, task: TaskId) -> Option<&Load> {
        self.rows.get(slot_of(task)).filter(|load| load.offered_mrps > 0)
    }

    /// The same for writing, by those who have looked.
    pub(super) fn row_mut(&mut self, task: TaskId) -> &mut Load {
        &mut self.rows[slot_of(task)]
    }

    /// Does the task get requests?
    pub fn contains(&self, task: TaskId) -> bool {
        self.get(task).is_some()
    }

    /// Nobody gets any.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Tasks that get requests, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (TaskId, &Load)> {
        let tasks = (1..=self.rows.len() as u32).map(TaskId);
        tasks.zip(self.rows.iter()).filter(|(_, load)| load.offered_mrps > 0)
    }

    /// So many requests a second come to a task from now on, in thousandths; with none its load is forgotten.
    pub(super) fn offer(&mut self, task: TaskId, offered_mrps: u64) {
        match (self.contains(task), offered_mrps) {
            (false, 0) => return,
            (true, 0) => self.count -= 1,
            (true, _) => {}
            (false, _) => self.count += 1,
        }
        if self.rows.len() <= slot_of(task) {
            self.rows.resize(slot_of(task) + 1, Load::default());
        }
        let load = self.row_mut(task);
        *load = if offered_mrps == 0 { Load::default() } else { Load { offered_mrps, ..*load } };
    }
}

/// Rows without a load leave no trace.
impl Hash for Loads {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.count.hash(state);
        self.iter().for_each(|row| row.hash(state));
    }
}

fn slot_of(task: TaskId) -> usize {
    task.0 as usize - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tasks_that_are_offered_something_have_a_load() {
        let mut loads = Loads::default();
        loads.offer(TaskId(3), 0);
        assert!(loads.is_empty() && !loads.contains(TaskId(3)));
        loads.offer(TaskId(3), 5_000);
        loads.offer(TaskId(1), 1_000);
        loads.row_mut(TaskId(3)).latency_ms = 40;
        let before = loads.clone();
        loads.offer(TaskId(3), 7_000);
        assert_eq!(loads.get(TaskId(3)).map(|load| (load.offered_mrps, load.latency_ms)), Some((7_000, 40)));
        loads.offer(TaskId(1), 0);
        assert_eq!(loads.iter().map(|(task, _)| task).collect::<Vec<_>>(), [TaskId(3)]);
        loads.offer(TaskId(3), 0);
        loads.offer(TaskId(3), 1_000);
        assert_eq!(loads.get(TaskId(3)).map(|load| load.latency_ms), Some(0), "nothing is left of an earlier load");
        assert_eq!(before.iter().count(), 2);
    }
}
