//! Random commands and faults of the platform.

use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::platform::{PlatformCommand, PutImage, QuotaCode, RequestServiceQuotaIncrease};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::model::start_error::StartError;

use super::Chaos;

impl Chaos {
    /// Quotas and images.
    pub(super) fn platform_command(&mut self, _: &Sim) -> Command {
        Command::Platform(match self.below(2) {
            0 => PlatformCommand::RequestServiceQuotaIncrease(RequestServiceQuotaIncrease {
                quota_code: self.pick(&[QuotaCode::FargateOnDemandVcpus, QuotaCode::FargateSpotVcpus]),
                desired_value: self.below(14) as u32,
            }),
            _ => PlatformCommand::PutImage(PutImage {
                image: self.pick(&["nginx:1", "api:1", "eni:1", "crash:1"]).to_string(),
                size_mib: self.pick(&[0, 5, 64, 400, 3_000, 30_000]),
            }),
        })
    }

    /// What keeps tasks from starting.
    pub(super) fn platform_fault(&mut self, sim: &Sim) -> Fault {
        if self.one_in(3) {
            return Fault::FargateCapacityUnavailable { zone: self.zone(sim) };
        }
        Fault::StartFailure { family: self.family().to_string(), error: self.pick(&StartError::ALL) }
    }
}
