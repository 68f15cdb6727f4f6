//! A registered task definition, with what placement needs to know of it worked out once.

use std::rc::Rc;

use crate::sim::model::needs::Needs;
use crate::sim::model::task_definition::TaskDefinition;

/// One registered revision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Definition {
    pub definition: Rc<TaskDefinition>,
    pub needs: Rc<Needs>,
    pub status: DefinitionStatus,
}

/// `status` of a task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefinitionStatus {
    Active,
    /// Deregistered: what uses it goes on, nothing new may.
    Inactive,
}

impl Definition {
    /// Works out the needs of a revision.
    pub fn of(definition: TaskDefinition) -> Self {
        let needs = Rc::new(Needs::of(&definition));
        Self { definition: Rc::new(definition), needs, status: DefinitionStatus::Active }
    }

    /// True when an essential container has a health check, so that health can be known (ecs.md §6.1).
    pub fn has_health_check(&self) -> bool {
        self.definition.containers.iter().any(|container| container.essential && container.health_check.is_some())
    }
}
