//! What the account may use of Fargate at once (ecs.md §8.3), as the control plane counts it.
//!
//! It counts what was started and has not STOPPED; it must never ask the platform. Start reading at [`FargateAccount::refusal`].

use std::collections::BTreeMap;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::{LaunchPace, ServiceStatus};
use crate::sim::decision::LaunchRefusal;
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{ObservationId, ServiceId, TaskId};
use crate::sim::time::{Millis, SECOND};
use crate::sim::tuning::Tuning;

/// CPU units of one vCPU.
pub(crate) const UNITS_OF_A_VCPU: u32 = 1_024;

/// Quotas and use of one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FargateAccount {
    pub on_demand: VcpuQuota,
    pub spot: VcpuQuota,
    pub launches: LaunchBucket,
    /// Tasks that have to move, each with the observation of that.
    pub retiring: BTreeMap<TaskId, ObservationId>,
    /// Tasks that have notice, each with the instant from which it has to move.
    pub notices: BTreeMap<TaskId, Millis>,
    /// `fargateTaskRetirementWaitPeriod`.
    pub retirement_wait_days: u32,
}

/// `Fargate On-Demand vCPU resource count` or `Fargate Spot vCPU resource count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VcpuQuota {
    pub vcpus: u32,
    /// Of tasks that have not STOPPED.
    pub used_cpu_units: u32,
}

/// Starts that may still be made at once; refilled steadily.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaunchBucket {
    /// In thousandths of a task.
    pub milli_tasks: u64,
    pub refilled_at_ms: Millis,
}

impl FargateAccount {
    /// A new account.
    pub fn new(tuning: &Tuning) -> Self {
        let quota = VcpuQuota { vcpus: tuning.platform.fargate_vcpu_quota, used_cpu_units: 0 };
        let milli_tasks = u64::from(tuning.platform.fargate_launch_burst) * 1_000;
        Self {
            on_demand: quota,
            spot: quota,
            launches: LaunchBucket { milli_tasks, refilled_at_ms: 0 },
            retiring: BTreeMap::new(),
            notices: BTreeMap::new(),
            retirement_wait_days: tuning.platform.fargate_retirement_wait_days,
        }
    }

    /// The quota a launch type draws on; none on EC2.
    pub(crate) fn quota_mut(&mut self, launch_type: LaunchType) -> Option<&mut VcpuQuota> {
        match launch_type {
            LaunchType::Ec2 => None,
            LaunchType::Fargate => Some(&mut self.on_demand),
            LaunchType::FargateSpot => Some(&mut self.spot),
        }
    }
}

impl VcpuQuota {
    /// Why one more task of this size is refused.
    // Ledger: fargate.vcpu-quota
    fn refusal(&self, cpu_units: u32) -> Option<LaunchRefusal> {
        let allowed = u64::from(self.vcpus) * u64::from(UNITS_OF_A_VCPU);
        if u64::from(cpu_units) > allowed {
            Some(LaunchRefusal::CpuConfiguration)
        } else if u64::from(self.used_cpu_units) + u64::from(cpu_units) > allowed {
            Some(LaunchRefusal::Vcpus)
        } else {
            None
        }
    }
}

impl ControlPlane {
    /// Why Fargate does not start one more task of this size for the account now.
    pub(crate) fn fargate_refusal(&mut self, fx: &Effects, launch_type: LaunchType, cpu_units: u32) -> Option<LaunchRefusal> {
        if let Some(refusal) = self.fargate.quota_mut(launch_type)?.refusal(cpu_units) {
            return Some(refusal);
        }
        // The burst cannot be used up under the first quota, and raising it is a command.
        let too_fast = fx.later.is_some_and(|later| !(later.take_fargate_launch)(self, fx));
        too_fast.then_some(LaunchRefusal::LaunchRate)
    }
}

impl ControlPlane {
    /// What is left of the 500 tasks a minute that a service may start, counted over ten seconds.
    pub(crate) fn launches_left(&mut self, fx: &Effects, id: ServiceId) -> u32 {
        let pace = &mut self.services.get_mut(id).expect("the service exists").pace;
        if fx.now_ms >= pace.since_ms + fx.tuning.reconcile_period_ms {
            *pace = LaunchPace { since_ms: fx.now_ms, launched: 0, ..*pace };
        }
        fx.tuning.launches_per_reconcile.saturating_sub(pace.launched)
    }

    /// The account has started tasks on Fargate too fast: the service looks again as soon as a few more may be.
    // Ledger: fargate_launch_burst
    pub(crate) fn wait_for_launches(&mut self, fx: &mut Effects, id: ServiceId) {
        let pace = &mut self.services.get_mut(id).expect("the service exists").pace;
        if !std::mem::replace(&mut pace.goes_on, true) {
            fx.control_timer(SECOND, ControlTimer::LaunchesGoOn(id));
        }
    }

    /// That moment has come.
    pub(crate) fn go_on_launching(&mut self, fx: &mut Effects, id: ServiceId) {
        let Some(service) = self.services.get_mut(id) else { return };
        service.pace.goes_on = false;
        if let Some(later) = fx.later.filter(|_| service.status == ServiceStatus::Active) {
            (later.look)(self, fx, id);
        }
    }
}

/// Takes one start out of the bucket of the account, if there is one (ecs.md §8.3).
// Ledger: fargate_launch_burst
pub(crate) fn take_fargate_launch(control: &mut ControlPlane, fx: &Effects) -> bool {
    refill(control, fx);
    let bucket = &mut control.fargate.launches;
    let left = bucket.milli_tasks.checked_sub(1_000);
    bucket.milli_tasks = left.unwrap_or(bucket.milli_tasks);
    left.is_some()
}

/// Are there so many starts in the bucket?
pub(crate) fn has_fargate_launches(control: &mut ControlPlane, fx: &Effects, count: u32) -> bool {
    refill(control, fx);
    control.fargate.launches.milli_tasks >= u64::from(count) * 1_000
}

fn refill(control: &mut ControlPlane, fx: &Effects) {
    let tuning = &fx.tuning.platform;
    let bucket = &mut control.fargate.launches;
    let gained = (fx.now_ms - bucket.refilled_at_ms) * u64::from(tuning.fargate_launches_per_second) * 1_000 / SECOND;
    bucket.milli_tasks = (bucket.milli_tasks + gained).min(u64::from(tuning.fargate_launch_burst) * 1_000);
    bucket.refilled_at_ms = fx.now_ms;
}
