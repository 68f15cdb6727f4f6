//! Constants of Fargate capacity, networks and disks.

use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};

/// Spans in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformTuning {
    /// vCPUs of Fargate On-Demand, and as many of Fargate Spot, that a new account may run at once.
    pub fargate_vcpu_quota: u32,
    /// Fargate tasks that may be started at once, and the steady rate after that.
    pub fargate_launch_burst: u32,
    pub fargate_launches_per_second: u32,
    /// From the notice that AWS maintains what lies under a task on Fargate to its retirement, in days.
    pub fargate_retirement_wait_days: u32,
    /// Buckets of API calls hold and regain so many times what those of a new account do.
    pub api_rate_factor: u64,
    /// On Fargate, image pull to running of a container that waits for others: quantiles.
    pub fargate_dependent_start_ms: Vec<Millis>,
    /// On Fargate, image pull to running of a Windows container: quantiles.
    pub fargate_windows_start_ms: Vec<Millis>,
    /// Hosts under Fargate in each zone on which tasks of the account may lie.
    pub fargate_hosts_per_zone: u64,
    /// An agent, and Fargate, give the creation and the start of a container this long.
    pub container_create_timeout_ms: Millis,
    pub container_start_timeout_ms: Millis,
    pub fargate_start_timeout_ms: Millis,
    /// A registry that does not answer is waited for so long in each attempt.
    pub pull_no_answer_ms: Millis,
    /// Fargate gives the network interface of a task so much time.
    pub interface_timeout_ms: Millis,
    /// A change of a role in IAM is felt after this: quantiles.
    pub role_change_ms: Vec<Millis>,
    /// EC2 answers a request for a network interface after this.
    pub create_interface_ms: Millis,
    /// An agent keeps a connection so long, and then takes so long to open the next: quantiles.
    pub planned_reconnect_ms: Vec<Millis>,
    pub reconnecting_ms: Vec<Millis>,
    /// The root volume of a server, and what its system takes of it.
    pub server_volume_gib: u32,
    pub server_system_mib: u64,
    /// What one I/O operation writes, on average.
    pub volume_io_kib: u64,
    /// A rested server is faster than its baseline for so long, at its fastest.
    pub network_burst_ms: Millis,
    /// An agent removes the containers of a stopped task after so long.
    pub task_cleanup_wait_ms: Millis,
    /// It looks for unused images this often, removes those pulled at least so long ago, and so many at a time.
    pub image_cleanup_interval_ms: Millis,
    pub image_minimum_age_ms: Millis,
    pub images_per_cleanup: u32,
    /// Compressed size of an image nobody has said anything of; the pull times of small images are for it.
    pub image_size_mib: u32,
    /// What every MiB more of an image costs on a server, and on Fargate.
    pub pull_mib_per_second: u64,
    pub fargate_pull_mib_per_second: u64,
    /// Size of an image on disk in per cent of its compressed size.
    pub unpacked_percent: u64,
}

impl Default for PlatformTuning {
    fn default() -> Self {
        Self {
            fargate_vcpu_quota: 6,
            fargate_launch_burst: 100,
            fargate_launches_per_second: 20,
            fargate_retirement_wait_days: 7,
            api_rate_factor: 1,
            fargate_dependent_start_ms: vec![11_400, 30_000, 31_100, 37_600, 51_750],
            fargate_windows_start_ms: vec![8 * MINUTE, 10 * MINUTE, 12 * MINUTE],
            fargate_hosts_per_zone: 64,
            container_create_timeout_ms: 4 * MINUTE,
            container_start_timeout_ms: 3 * MINUTE,
            fargate_start_timeout_ms: MINUTE,
            pull_no_answer_ms: 15 * SECOND,
            interface_timeout_ms: 3 * MINUTE,
            role_change_ms: vec![SECOND, 5 * SECOND],
            create_interface_ms: SECOND,
            planned_reconnect_ms: vec![30 * MINUTE, 35 * MINUTE],
            reconnecting_ms: vec![SECOND, 2 * SECOND, 5 * SECOND],
            server_volume_gib: 30,
            server_system_mib: 4 * 1_024,
            volume_io_kib: 32,
            network_burst_ms: 5 * MINUTE,
            task_cleanup_wait_ms: 3 * HOUR,
            image_cleanup_interval_ms: 30 * MINUTE,
            image_minimum_age_ms: HOUR,
            images_per_cleanup: 5,
            image_size_mib: 64,
            pull_mib_per_second: 30,
            fargate_pull_mib_per_second: 10,
            unpacked_percent: 270,
        }
    }
}
