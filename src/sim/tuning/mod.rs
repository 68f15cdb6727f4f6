//! Every constant of the engine in one place, so that the ledger can name its source and a proof can change it.
//!
//! Times in milliseconds. The numbers are those of ecs.md §16 unless `ledger` says "chosen for teaching".

use balancing::BalancingTuning;
use capacity::CapacityTuning;
use metrics::MetricsTuning;
use platform::PlatformTuning;
use services::ServicesTuning;

use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};

pub mod balancing;
pub mod capacity;
pub mod metrics;
pub mod platform;
pub mod services;

/// The constants of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// The service scheduler looks at each service this often.
    pub reconcile_period_ms: Millis,
    /// A new task without health checks counts as healthy after running this long.
    pub healthy_settle_ms: Millis,
    /// SIGTERM to SIGKILL when the container does not say.
    pub stop_timeout_ms: Millis,
    /// The control plane sends each agent a heartbeat this often.
    pub heartbeat_period_ms: Millis,
    /// An agent not heard from for this long is marked disconnected.
    pub heartbeat_patience_ms: Millis,
    /// An agent that hears nothing closes the connection after this and up to as much again.
    pub agent_patience_ms: Millis,
    /// First and longest wait between two attempts of an agent to connect, and the growth in tenths.
    pub reconnect_first_ms: Millis,
    pub reconnect_longest_ms: Millis,
    pub reconnect_growth_tenths: u64,
    /// Metrics and container health leave an agent this often.
    pub telemetry_period_ms: Millis,
    /// One way through the network between an agent and the control plane: quantiles.
    pub wire_delay_ms: Vec<Millis>,
    /// A lost packet is sent again after this long, doubling each time.
    pub retransmission_ms: Millis,
    /// Launch of an EC2 instance to its agent's registration: quantiles.
    pub boot_ms: Vec<Millis>,
    /// Placement to image pull on EC2 (`bridge`, `host`): quantiles.
    pub created_to_pull_ms: Vec<Millis>,
    /// Image pull on a server that has never seen the image: quantiles for a small image.
    pub pull_ms: Vec<Millis>,
    /// Image pull on a server that has the image.
    pub cached_pull_ms: Millis,
    /// Creating and starting a container.
    pub container_start_ms: Vec<Millis>,
    /// Work of an app that handles SIGTERM: quantiles.
    pub container_stop_ms: Vec<Millis>,
    /// Creating and attaching a network interface on EC2, and detaching it.
    pub eni_attach_ms: Vec<Millis>,
    pub eni_detach_ms: Vec<Millis>,
    /// Fargate: creation to image pull, pull, pull to running, and the end.
    pub fargate_created_to_pull_ms: Vec<Millis>,
    pub fargate_pull_ms: Vec<Millis>,
    pub fargate_start_ms: Vec<Millis>,
    pub fargate_deprovision_ms: Vec<Millis>,
    /// Fargate: the decision to stop a task to its SIGTERM: quantiles. And the end of its containers to ECS knowing it.
    pub fargate_told_ms: Vec<Millis>,
    pub fargate_tells_ms: Millis,
    /// AWS notices the loss of a host under Fargate after this.
    pub fargate_host_loss_ms: Millis,
    /// A failing image pull is tried this often before the task fails, first wait and growth as the agent's.
    pub pull_attempts: u32,
    pub pull_retry_first_ms: Millis,
    pub pull_retry_longest_ms: Millis,
    /// Notice before EC2 or Fargate takes Spot capacity back.
    pub spot_notice_ms: Millis,
    /// Failures to start before a service is throttled, first wait and longest wait.
    pub throttle_after: u32,
    pub throttle_first_ms: Millis,
    pub throttle_longest_ms: Millis,
    /// Tasks a service may start in one reconcile: 500 a minute.
    pub launches_per_reconcile: u32,
    /// A stopped task can still be described this long.
    pub stopped_task_visible_ms: Millis,
    /// A service in steady state says so again after this long.
    pub steady_state_repeat_ms: Millis,
    /// A complaint that still stands is made again after this long.
    pub complaint_repeat_ms: Millis,
    /// Strategies are followed. Switched off only to prove that a unit notices.
    pub strategies: Obedience,
    pub services: ServicesTuning,
    pub balancing: BalancingTuning,
    pub capacity: CapacityTuning,
    pub metrics: MetricsTuning,
    pub platform: PlatformTuning,
}

/// Does the scheduler follow the strategies it is given?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obedience {
    Followed,
    Ignored,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            reconcile_period_ms: 10 * SECOND,
            healthy_settle_ms: 40 * SECOND,
            stop_timeout_ms: 30 * SECOND,
            heartbeat_period_ms: 30 * SECOND,
            heartbeat_patience_ms: 95 * SECOND,
            agent_patience_ms: 60 * SECOND,
            reconnect_first_ms: 250,
            reconnect_longest_ms: 120 * SECOND,
            reconnect_growth_tenths: 15,
            telemetry_period_ms: 20 * SECOND,
            wire_delay_ms: vec![15, 25, 35, 60, 120],
            retransmission_ms: 300,
            boot_ms: vec![40 * SECOND, 58 * SECOND, 75 * SECOND, 97 * SECOND, 160 * SECOND],
            created_to_pull_ms: vec![70, 300, 700, 1_100, 1_600],
            pull_ms: vec![2_000, 2_800, 3_600, 4_500, 5_600],
            cached_pull_ms: 50,
            container_start_ms: vec![900, 1_050, 1_200, 1_350, 1_700],
            container_stop_ms: vec![300, 900, 1_600, 2_400, 3_500],
            eni_attach_ms: vec![11_500, 12_600, 13_400, 14_300, 16_000],
            eni_detach_ms: vec![11_000, 11_700, 12_400, 13_100, 14_000],
            fargate_created_to_pull_ms: vec![11_700, 12_900, 15_700, 18_400, 24_400],
            fargate_pull_ms: vec![3_000, 3_900, 5_000, 7_000, 10_000],
            fargate_start_ms: vec![1_080, 1_200, 1_540, 3_000, 5_000],
            fargate_deprovision_ms: vec![22_000, 22_600, 23_100, 24_000, 33_300],
            fargate_told_ms: vec![8_600, 10_400, 11_800],
            fargate_tells_ms: 10 * SECOND,
            fargate_host_loss_ms: 60 * SECOND,
            pull_attempts: 5,
            pull_retry_first_ms: 1_100,
            pull_retry_longest_ms: 5 * SECOND,
            spot_notice_ms: 2 * MINUTE,
            throttle_after: 3,
            throttle_first_ms: 30 * SECOND,
            throttle_longest_ms: 1_620 * SECOND,
            launches_per_reconcile: 83,
            stopped_task_visible_ms: HOUR,
            steady_state_repeat_ms: 6 * HOUR,
            complaint_repeat_ms: 6 * HOUR,
            strategies: Obedience::Followed,
            services: ServicesTuning::default(),
            balancing: BalancingTuning::default(),
            capacity: CapacityTuning::default(),
            metrics: MetricsTuning::default(),
            platform: PlatformTuning::default(),
        }
    }
}
