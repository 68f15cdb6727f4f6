//! Lifecycle hooks of a deployment (ecs.md §4.7): what stands in a configuration, and what a function may answer.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::sim::model::deployment::LifecycleStage;

/// The deployment does not leave these stages before the hook has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleHook {
    #[serde(default)]
    pub target_type: HookTargetType,
    /// The function of an `AWS_LAMBDA` hook, by its name.
    #[serde(default)]
    pub hook_target_arn: Option<Rc<str>>,
    pub lifecycle_stages: Vec<LifecycleStage>,
    #[serde(default = "one_day")]
    pub timeout_in_minutes: u32,
    #[serde(default)]
    pub timeout_action: TimeoutAction,
}

fn one_day() -> u32 {
    1_440
}

/// `targetType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HookTargetType {
    /// Someone decides with `ContinueServiceDeployment`.
    #[default]
    #[serde(rename = "PAUSE")]
    Pause,
    /// A function is asked until it has decided.
    #[serde(rename = "AWS_LAMBDA")]
    AwsLambda,
}

/// What happens when nobody has decided in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeoutAction {
    #[default]
    Rollback,
    Continue,
}

/// `status` of a hook at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookStatus {
    AwaitingAction,
    InProgress,
    Succeeded,
    Failed,
    TimedOut,
}

impl HookStatus {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::AwaitingAction => "AWAITING_ACTION",
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
        }
    }

    /// Nothing more is waited for.
    pub fn is_over(self) -> bool {
        match self {
            Self::AwaitingAction | Self::InProgress => false,
            Self::Succeeded | Self::Failed | Self::TimedOut => true,
        }
    }
}

/// What comes back from a function that ECS has invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookAnswer {
    Succeeded,
    Failed,
    /// Ask again after `callBackDelay`, in seconds; `None` leaves it to ECS.
    InProgress {
        call_back_delay_seconds: Option<u32>,
    },
    Nothing(NoAnswer),
}

/// Why a function gave no `hookStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoAnswer {
    /// It ended without one.
    NoHookStatus,
    /// Lambda ended it at its limit.
    TimedOut,
    /// The role of the hook may not invoke it.
    AccessDenied,
    /// There is no such function.
    NotFound,
}

impl HookTargetType {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "PAUSE",
            Self::AwsLambda => "AWS_LAMBDA",
        }
    }

    /// Stages that a hook of this type may hold (ecs.md §4.7).
    pub fn may_hold(self, stage: LifecycleStage) -> bool {
        match stage {
            LifecycleStage::PreScaleUp
            | LifecycleStage::PostScaleUp
            | LifecycleStage::PostTestTrafficShift
            | LifecycleStage::PreProductionTrafficShift
            | LifecycleStage::PostProductionTrafficShift => true,
            LifecycleStage::TestTrafficShift | LifecycleStage::ProductionTrafficShift => self == Self::AwsLambda,
            LifecycleStage::ReconcileService | LifecycleStage::ScaleUp | LifecycleStage::BakeTime | LifecycleStage::CleanUp => {
                false
            }
        }
    }

    /// All of them, in order.
    pub fn stages(self) -> impl Iterator<Item = LifecycleStage> {
        LifecycleStage::ALL.into_iter().filter(move |stage| self.may_hold(*stage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_7_which_hook_may_hold_which_stage() {
        let names = |target: HookTargetType| target.stages().map(LifecycleStage::name).collect::<Vec<_>>();
        assert_eq!(
            names(HookTargetType::Pause),
            [
                "PRE_SCALE_UP",
                "POST_SCALE_UP",
                "POST_TEST_TRAFFIC_SHIFT",
                "PRE_PRODUCTION_TRAFFIC_SHIFT",
                "POST_PRODUCTION_TRAFFIC_SHIFT"
            ]
        );
        assert_eq!(
            names(HookTargetType::AwsLambda),
            [
                "PRE_SCALE_UP",
                "POST_SCALE_UP",
                "TEST_TRAFFIC_SHIFT",
                "POST_TEST_TRAFFIC_SHIFT",
                "PRE_PRODUCTION_TRAFFIC_SHIFT",
                "PRODUCTION_TRAFFIC_SHIFT",
                "POST_PRODUCTION_TRAFFIC_SHIFT"
            ]
        );
    }
}
