//! How a service is deployed (ecs.md §4): what may be asked for, and the states of a deployment as the API spells them.
//!
//! The fields are those of `deploymentConfiguration`; per cents with a fraction are whole numbers of tenths.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::sim::model::lifecycle_hook::LifecycleHook;

/// `deploymentConfiguration` without the two per cents, which stand beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeploymentConfiguration {
    pub deployment_circuit_breaker: CircuitBreaker,
    pub alarms: DeploymentAlarms,
    pub strategy: DeploymentStrategy,
    /// After production traffic has moved, both revisions stay this long. BLUE_GREEN requires it.
    /// Ledger: deployment.bake-time.
    pub bake_time_in_minutes: Option<u32>,
    pub lifecycle_hooks: Vec<LifecycleHook>,
    pub canary_configuration: CanaryConfiguration,
    pub linear_configuration: LinearConfiguration,
}

impl DeploymentConfiguration {
    /// How long both revisions stay after production traffic has moved, in minutes.
    /// Ledger: deployment.bake-time.
    pub fn bake_minutes(&self) -> u32 {
        self.bake_time_in_minutes.unwrap_or(0)
    }
}

/// `deploymentConfiguration.strategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeploymentStrategy {
    #[default]
    Rolling,
    /// All traffic moves at once.
    BlueGreen,
    /// A small share first, then the rest.
    Canary,
    /// Equal shares, one after the other.
    Linear,
}

impl DeploymentStrategy {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rolling => "ROLLING",
            Self::BlueGreen => "BLUE_GREEN",
            Self::Canary => "CANARY",
            Self::Linear => "LINEAR",
        }
    }

    /// As the service writes it in its errors.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rolling => "rolling",
            Self::BlueGreen => "blue/green",
            Self::Canary => "canary",
            Self::Linear => "linear",
        }
    }
}

/// `deploymentCircuitBreaker` (ecs.md §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
    pub threshold_configuration: ThresholdConfiguration,
    pub reset_on_healthy_task: bool,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        let threshold_configuration = ThresholdConfiguration::default();
        Self { enable: false, rollback: false, threshold_configuration, reset_on_healthy_task: true }
    }
}

/// How many failures are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThresholdConfiguration {
    #[serde(rename = "type")]
    pub kind: ThresholdType,
    pub value: u32,
}

impl Default for ThresholdConfiguration {
    fn default() -> Self {
        Self { kind: ThresholdType::BoundedPercent, value: 50 }
    }
}

/// `thresholdConfiguration.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ThresholdType {
    /// So many failures.
    Count,
    /// Per cent of the desired count, never fewer than 3 nor more than 200.
    BoundedPercent,
    /// Per cent of the desired count.
    UnboundedPercent,
}

impl ThresholdConfiguration {
    /// Ledger: deployment.threshold. So many failures stop the deployment (ecs.md §4.5, §18.4).
    pub fn failures(self, desired_count: u32) -> u32 {
        let percent = (u64::from(self.value) * u64::from(desired_count)).div_ceil(100).min(u64::from(u32::MAX)) as u32;
        match self.kind {
            ThresholdType::Count => self.value,
            ThresholdType::BoundedPercent => percent.clamp(3, 200),
            ThresholdType::UnboundedPercent => percent,
        }
    }
}

/// `alarms` (ecs.md §4.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeploymentAlarms {
    pub alarm_names: Vec<Rc<str>>,
    pub enable: bool,
    pub rollback: bool,
}

/// `canaryConfiguration` (ecs.md §4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CanaryConfiguration {
    /// 1 is 0.1 per cent.
    pub canary_percent_tenths: u32,
    pub canary_bake_time_in_minutes: u32,
}

impl Default for CanaryConfiguration {
    fn default() -> Self {
        Self { canary_percent_tenths: 50, canary_bake_time_in_minutes: 10 }
    }
}

/// `linearConfiguration` (ecs.md §4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinearConfiguration {
    /// 30 is 3 per cent.
    pub step_percent_tenths: u32,
    pub step_bake_time_in_minutes: u32,
}

impl Default for LinearConfiguration {
    fn default() -> Self {
        Self { step_percent_tenths: 100, step_bake_time_in_minutes: 6 }
    }
}

/// `lifecycleStage` of a service deployment, in the order they are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LifecycleStage {
    ReconcileService,
    PreScaleUp,
    ScaleUp,
    PostScaleUp,
    TestTrafficShift,
    PostTestTrafficShift,
    PreProductionTrafficShift,
    ProductionTrafficShift,
    PostProductionTrafficShift,
    BakeTime,
    CleanUp,
}

impl LifecycleStage {
    /// Every stage in order.
    pub const ALL: [Self; 11] = [
        Self::ReconcileService,
        Self::PreScaleUp,
        Self::ScaleUp,
        Self::PostScaleUp,
        Self::TestTrafficShift,
        Self::PostTestTrafficShift,
        Self::PreProductionTrafficShift,
        Self::ProductionTrafficShift,
        Self::PostProductionTrafficShift,
        Self::BakeTime,
        Self::CleanUp,
    ];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReconcileService => "RECONCILE_SERVICE",
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }

    /// The stage that follows.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }
}

/// `status` of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeploymentStatus {
    /// The newest: what the service is to become.
    Primary,
    /// Replaced by a newer one, and still has tasks.
    Active,
    /// Has no task any more.
    Inactive,
}

impl DeploymentStatus {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// `rolloutState` of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RolloutState {
    InProgress,
    Completed,
    Failed,
}

impl RolloutState {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

/// `availabilityZoneRebalancing` (ecs.md §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ZoneRebalancing {
    Enabled,
    Disabled,
}

impl ZoneRebalancing {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_5_worked_thresholds() {
        let usual = ThresholdConfiguration::default();
        for (desired, expected) in [(1, 3), (4, 3), (10, 5), (25, 13), (400, 200), (800, 200)] {
            assert_eq!(usual.failures(desired), expected, "desired {desired}");
        }
    }

    #[test]
    fn section_18_4_a_count_and_an_unbounded_per_cent_know_no_bounds() {
        let count = ThresholdConfiguration { kind: ThresholdType::Count, value: 1 };
        assert_eq!([1, 400].map(|desired| count.failures(desired)), [1, 1]);
        let unbounded = ThresholdConfiguration { kind: ThresholdType::UnboundedPercent, value: 50 };
        assert_eq!([1, 4, 25, 800].map(|desired| unbounded.failures(desired)), [1, 2, 13, 400]);
    }

    #[test]
    fn section_4_7_stages_follow_each_other() {
        let mut stage = LifecycleStage::ReconcileService;
        let mut names = vec![stage.name()];
        while let Some(next) = stage.next() {
            assert!(next > stage);
            stage = next;
            names.push(stage.name());
        }
        assert_eq!(names.len(), 11);
        assert_eq!(names[10], "CLEAN_UP");
    }

    #[test]
    fn section_4_7_defaults_of_canary_and_linear() {
        let canary = CanaryConfiguration::default();
        assert_eq!((canary.canary_percent_tenths, canary.canary_bake_time_in_minutes), (50, 10));
        let linear = LinearConfiguration::default();
        assert_eq!((linear.step_percent_tenths, linear.step_bake_time_in_minutes), (100, 6));
    }
}
