//! How an ECS agent is configured, as `/etc/ecs/ecs.config` of its server says: pulls and clean-up (ecs.md §2.3).

use serde::{Deserialize, Serialize};

use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// `ECS_IMAGE_PULL_BEHAVIOR`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PullBehavior {
    /// Asks the registry; when that fails, the image on disk will do.
    #[default]
    #[serde(rename = "default")]
    Default,
    /// Asks the registry; when that fails, so does the task.
    #[serde(rename = "always")]
    Always,
    /// Asks the registry only for an image never pulled on this server, or cleaned up since.
    #[serde(rename = "once")]
    Once,
    /// Asks the registry only for an image that is not on disk, and never cleans images up.
    #[serde(rename = "prefer-cached")]
    PreferCached,
}

impl PullBehavior {
    /// Every behaviour.
    pub const ALL: [Self; 4] = [Self::Default, Self::Always, Self::Once, Self::PreferCached];

    /// The spelling of the variable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Always => "always",
            Self::Once => "once",
            Self::PreferCached => "prefer-cached",
        }
    }
}

/// What Docker keeps layers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StorageDriver {
    /// Files of the root volume.
    #[default]
    #[serde(rename = "overlay2")]
    Overlay2,
    /// Blocks of a thin pool, as on the first Amazon Linux.
    #[serde(rename = "devicemapper")]
    Devicemapper,
}

/// One agent's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgentConfiguration {
    pub pull_behavior: PullBehavior,
    pub storage_driver: StorageDriver,
    /// A stopped task's containers are removed after so long.
    pub task_cleanup_wait_ms: Millis,
    /// Nobody switched image clean-up off.
    pub cleans_images: bool,
    /// Unused images are looked for this often.
    pub image_cleanup_interval_ms: Millis,
    /// An image stays so long after its pull.
    pub image_minimum_age_ms: Millis,
    /// As many are removed at a time.
    pub images_per_cleanup: u32,
}

impl AgentConfiguration {
    /// With nothing in the file.
    pub fn of(tuning: &Tuning) -> Self {
        Self {
            pull_behavior: PullBehavior::Default,
            storage_driver: StorageDriver::Overlay2,
            task_cleanup_wait_ms: tuning.platform.task_cleanup_wait_ms,
            cleans_images: true,
            image_cleanup_interval_ms: tuning.platform.image_cleanup_interval_ms,
            image_minimum_age_ms: tuning.platform.image_minimum_age_ms,
            images_per_cleanup: tuning.platform.images_per_cleanup,
        }
    }

    /// Are unused images removed?
    pub fn removes_images(&self) -> bool {
        self.cleans_images && self.pull_behavior != PullBehavior::PreferCached
    }
}
