//! A volume of a task definition: what the containers of a task may mount.
//!
//! It must never hold the state of an attached volume; that belongs to the task.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// One entry of `volumes`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Volume {
    /// What mount points call it.
    pub name: Rc<str>,
    /// Where its bytes are.
    pub source: VolumeSource,
}

/// Where the bytes of a volume are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VolumeSource {
    /// A folder of the instance; without a path Docker makes one that lives as long as the task.
    Host {
        /// `host.sourcePath`.
        source_path: Option<Rc<str>>,
    },
    /// A volume managed by a Docker volume driver.
    Docker {
        /// `dockerVolumeConfiguration.driver`, `local` when not given.
        driver: Rc<str>,
    },
    /// An Amazon EFS file system.
    Efs {
        /// `efsVolumeConfiguration.fileSystemId`.
        file_system_id: Rc<str>,
    },
    /// An FSx for Windows File Server file system.
    FsxWindowsFileServer {
        /// `fsxWindowsFileServerVolumeConfiguration.fileSystemId`.
        file_system_id: Rc<str>,
    },
    /// An Amazon EBS volume described when the task is started (`configuredAtLaunch`).
    ConfiguredAtLaunch,
}
