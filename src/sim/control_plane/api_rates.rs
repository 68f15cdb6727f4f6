//! How fast the account may call the API of ECS (ecs.md §13): a bucket of calls for each category of actions.
//!
//! Only calls from outside are counted: what ECS does by itself takes nothing. Start reading at [`ApiRates::take`].

use crate::sim::command::Command;
use crate::sim::command::capacity::CapacityCommand;
use crate::sim::command::platform::PlatformCommand;
use crate::sim::command::services::ServicesCommand;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::time::{Millis, SECOND};
use crate::sim::tuning::Tuning;

/// Thousandths of a call: so many come back in a millisecond as calls in a second.
const MILLI: u64 = 1_000;

/// Until then a scenario is set up: what stood there before the clock ran has cost no call.
/// Ledger: quota.api-rates.
pub const SET_UP_MS: Millis = SECOND;

/// Actions that share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiCategory {
    ClusterModify,
    ClusterResourceModify,
    ServiceModify,
    TaskDefinitionModify,
    CapacityProviderModify,
    TaskProtection,
    SettingModify,
}

impl ApiCategory {
    /// Every one, in order.
    pub const ALL: [Self; 7] = [
        Self::ClusterModify,
        Self::ClusterResourceModify,
        Self::ServiceModify,
        Self::TaskDefinitionModify,
        Self::CapacityProviderModify,
        Self::TaskProtection,
        Self::SettingModify,
    ];

    /// That of a command; none of what is no call of ECS.
    // Ledger: quota.api-rates
    pub fn of(command: &Command) -> Option<Self> {
        match command {
            Command::RegisterTaskDefinition(_) | Command::Services(ServicesCommand::DeregisterTaskDefinition { .. }) => {
                Some(Self::TaskDefinitionModify)
            }
            Command::CreateService(_)
            | Command::UpdateService(_)
            | Command::DeleteService { .. }
            | Command::Services(ServicesCommand::StopServiceDeployment(_) | ServicesCommand::ContinueServiceDeployment(_)) => {
                Some(Self::ServiceModify)
            }
            Command::RunTask(_)
            | Command::StopTask { .. }
            | Command::UpdateContainerInstancesState { .. }
            | Command::DeregisterContainerInstance { .. }
            | Command::Services(ServicesCommand::StartTask(_)) => Some(Self::ClusterResourceModify),
            Command::Services(ServicesCommand::UpdateTaskProtection(_)) => Some(Self::TaskProtection),
            Command::Capacity(command) => match command {
                CapacityCommand::CreateCapacityProvider(_) | CapacityCommand::UpdateCapacityProvider(_) => {
                    Some(Self::CapacityProviderModify)
                }
                CapacityCommand::PutClusterCapacityProviders(_) => Some(Self::ClusterModify),
                CapacityCommand::CreateAutoScalingGroup(_)
                | CapacityCommand::UpdateAutoScalingGroup(_)
                | CapacityCommand::SetInstanceProtection(_)
                | CapacityCommand::AttachInstances(_)
                | CapacityCommand::StopInstances { .. }
                | CapacityCommand::StartInstances { .. } => None,
            },
            Command::Platform(PlatformCommand::PutAccountSetting(_)) => Some(Self::SettingModify),
            Command::LaunchInstances(_)
            | Command::TerminateInstances { .. }
            | Command::InjectFault(_)
            | Command::HealFault { .. }
            | Command::Balancing(_)
            | Command::Metrics(_)
            | Command::Platform(
                PlatformCommand::RequestServiceQuotaIncrease(_)
                | PlatformCommand::PutImage(_)
                | PlatformCommand::CreateSubnet(_)
                | PlatformCommand::SetDiskWrites(_)
                | PlatformCommand::ModifyVolume(_)
                | PlatformCommand::ConfigureAgent(_)
                | PlatformCommand::SetHookFunction(_),
            ) => None,
        }
    }

    /// As the API reference names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterModify => "Cluster modify actions",
            Self::ClusterResourceModify => "Cluster resource modify actions",
            Self::ServiceModify => "Service modify actions",
            Self::TaskDefinitionModify => "Task definition modify actions",
            Self::CapacityProviderModify => "Capacity provider modify actions",
            Self::TaskProtection => "Task protection actions",
            Self::SettingModify => "Setting modify actions",
        }
    }

    /// Calls that a full bucket holds, and calls that come back each second.
    // Ledger: quota.api-rates, api_rate_factor
    pub fn burst_and_rate(self, tuning: &Tuning) -> (u64, u64) {
        let (burst, rate) = match self {
            Self::ClusterModify | Self::TaskDefinitionModify => (20, 1),
            Self::ClusterResourceModify => (100, 40),
            Self::ServiceModify => (50, 5),
            Self::CapacityProviderModify | Self::SettingModify => (10, 1),
            Self::TaskProtection => (200, 80),
        };
        (burst * tuning.platform.api_rate_factor, rate * tuning.platform.api_rate_factor)
    }
}

/// The buckets of an account; full ones at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ApiRates {
    buckets: [Bucket; ApiCategory::ALL.len()],
}

/// What has been taken and had not come back at an instant: a full bucket keeps as nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Bucket {
    taken_milli: u64,
    at_ms: Millis,
}

impl ApiRates {
    /// Is there a call in the bucket?
    // Ledger: quota.api-rates
    pub(crate) fn check(&self, command: &Command, now_ms: Millis, tuning: &Tuning) -> Answer {
        match ApiCategory::of(command) {
            Some(category) if now_ms > SET_UP_MS && self.milli_calls(category, now_ms, tuning) < MILLI => {
                Err(Refusal::new("ThrottlingException", "Rate exceeded"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Takes a call that was found in the bucket and was accepted.
    pub fn take(&mut self, command: &Command, now_ms: Millis, tuning: &Tuning) {
        if let Some(category) = ApiCategory::of(command).filter(|_| now_ms > SET_UP_MS) {
            let taken_milli = self.taken_milli(category, now_ms, tuning) + MILLI;
            self.buckets[category as usize] = Bucket { taken_milli, at_ms: now_ms };
        }
    }

    /// Thousandths of a call in a bucket.
    pub fn milli_calls(&self, category: ApiCategory, now_ms: Millis, tuning: &Tuning) -> u64 {
        category.burst_and_rate(tuning).0 * MILLI - self.taken_milli(category, now_ms, tuning)
    }

    /// How long until there is a call in a bucket.
    pub fn wait_ms(&self, category: ApiCategory, now_ms: Millis, tuning: &Tuning) -> Millis {
        let missing = MILLI.saturating_sub(self.milli_calls(category, now_ms, tuning));
        missing.div_ceil(category.burst_and_rate(tuning).1)
    }

    fn taken_milli(&self, category: ApiCategory, now_ms: Millis, tuning: &Tuning) -> u64 {
        let Bucket { taken_milli, at_ms } = self.buckets[category as usize];
        taken_milli.saturating_sub((now_ms - at_ms) * category.burst_and_rate(tuning).1)
    }

    /// No bucket is more than empty or more than full, or comes from the future.
    pub(crate) fn are_sound(&self, now_ms: Millis, tuning: &Tuning) -> bool {
        let sound = |(category, bucket): (ApiCategory, &Bucket)| {
            bucket.at_ms <= now_ms && bucket.taken_milli <= category.burst_and_rate(tuning).0 * MILLI
        };
        ApiCategory::ALL.into_iter().zip(&self.buckets).all(sound)
    }
}
