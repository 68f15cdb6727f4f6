//! Commands about services: deployments and their life-cycle, task protection.

use serde::{Deserialize, Serialize};

use crate::sim::command::platform::NetworkConfiguration;
use crate::sim::ids::{InstanceId, TaskId};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ServicesCommand {
    StopServiceDeployment(StopServiceDeployment),
    ContinueServiceDeployment(ContinueServiceDeployment),
    UpdateTaskProtection(UpdateTaskProtection),
    StartTask(StartTask),
    DeregisterTaskDefinition {
        /// `family:revision`.
        task_definition: String,
    },
}

/// `StopServiceDeployment`. The API names the deployment; here it is the one in progress.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopServiceDeployment {
    pub service: String,
    #[serde(default)]
    pub stop_type: StopType,
}

/// `stopType`: the API knows one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StopType {
    #[default]
    Rollback,
}

/// `ContinueServiceDeployment`: decides about a deployment that a `PAUSE` hook holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinueServiceDeployment {
    pub service: String,
    #[serde(default)]
    pub action: ContinueAction,
}

/// `action`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContinueAction {
    #[default]
    Continue,
    Rollback,
}

/// `StartTask`: the caller chooses the container instances, and placement only looks whether the task fits there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartTask {
    /// `family` for the newest revision, or `family:revision`.
    pub task_definition: String,
    /// 1 to 10, by number in the order of their launch.
    pub container_instances: Vec<InstanceId>,
    /// `None` is `family:FAMILY`.
    #[serde(default)]
    pub group: Option<String>,
    /// `None` is a subnet with room in every zone.
    #[serde(default)]
    pub network_configuration: Option<NetworkConfiguration>,
}

/// `UpdateTaskProtection`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateTaskProtection {
    /// By number, in order of creation.
    pub tasks: Vec<TaskId>,
    pub protection_enabled: bool,
    /// 1 to 2,880; `None` is 120.
    #[serde(default)]
    pub expires_in_minutes: Option<u32>,
}
