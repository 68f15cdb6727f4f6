//! Random deployments, roll-backs and protection.

use super::Chaos;
use ecs_playground::sim::command::platform::{FunctionAnswer, PlatformCommand, SetHookFunction};
use ecs_playground::sim::command::services::{
    ContinueAction, ContinueServiceDeployment, ServicesCommand, StartTask, StopServiceDeployment, StopType, UpdateTaskProtection,
};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::model::deployment::{
    CanaryConfiguration, CircuitBreaker, DeploymentAlarms, DeploymentConfiguration, DeploymentStrategy, LifecycleStage,
    LinearConfiguration, ThresholdConfiguration, ThresholdType, ZoneRebalancing,
};
use ecs_playground::sim::model::lifecycle_hook::{HookTargetType, LifecycleHook, TimeoutAction};

/// Functions that hooks ask; one of them may not be made yet.
const FUNCTIONS: [&str; 2] = ["check", "approve"];

impl Chaos {
    /// The next command of this topic.
    pub(super) fn services_command(&mut self, sim: &Sim) -> Command {
        let service = self.service();
        match self.below(11) {
            10 => Command::Platform(PlatformCommand::SetHookFunction(self.function())),
            0 => Command::Services(ServicesCommand::StopServiceDeployment(StopServiceDeployment {
                service,
                stop_type: StopType::Rollback,
            })),
            1 => {
                let action = self.pick(&[ContinueAction::Continue, ContinueAction::Continue, ContinueAction::Rollback]);
                Command::Services(ServicesCommand::ContinueServiceDeployment(ContinueServiceDeployment { service, action }))
            }
            2 if !self.gentle => {
                let request = UpdateTaskProtection {
                    tasks: vec![self.task(sim)],
                    protection_enabled: !self.one_in(3),
                    expires_in_minutes: self.pick(&[None, Some(1), Some(5), Some(0)]),
                };
                Command::Services(ServicesCommand::UpdateTaskProtection(request))
            }
            9 => {
                let request = StartTask {
                    task_definition: self.family().to_string(),
                    container_instances: vec![self.instance(sim), self.instance(sim)],
                    group: None,
                    network_configuration: None,
                };
                Command::Services(ServicesCommand::StartTask(request))
            }
            3 => Command::UpdateService(UpdateService { service, force_new_deployment: true, ..UpdateService::default() }),
            4 | 5 => {
                let configuration = self.configuration();
                let definition = self.family().to_string();
                Command::UpdateService(UpdateService {
                    service,
                    task_definition: Some(definition),
                    deployment_configuration: Some(Box::new(configuration)),
                    ..UpdateService::default()
                })
            }
            6 if !self.gentle => Command::UpdateService(UpdateService {
                service,
                minimum_healthy_percent: self.pick(&[None, Some(0), Some(50), Some(100)]),
                maximum_percent: self.pick(&[None, Some(100), Some(150), Some(200)]),
                ..UpdateService::default()
            }),
            7 => Command::UpdateService(UpdateService {
                service,
                availability_zone_rebalancing: self.pick(&[Some(ZoneRebalancing::Enabled), Some(ZoneRebalancing::Disabled)]),
                health_check_grace_period_seconds: self.pick(&[None, Some(0), Some(60)]),
                ..UpdateService::default()
            }),
            _ => Command::UpdateService(UpdateService {
                service,
                desired_count: Some(self.below(6) as u32),
                task_definition: Some(self.family().to_string()),
                ..UpdateService::default()
            }),
        }
    }

    fn hook(&mut self) -> LifecycleHook {
        let target_type = self.pick(&[HookTargetType::Pause, HookTargetType::AwsLambda, HookTargetType::AwsLambda]);
        let stages: Vec<LifecycleStage> = target_type.stages().collect();
        LifecycleHook {
            target_type,
            hook_target_arn: match target_type {
                HookTargetType::Pause => None,
                HookTargetType::AwsLambda => Some(self.pick(&FUNCTIONS).into()),
            },
            lifecycle_stages: vec![self.pick(&stages), self.pick(&stages)],
            timeout_in_minutes: 1 + self.below(5) as u32,
            timeout_action: self.pick(&[TimeoutAction::Continue, TimeoutAction::Rollback]),
        }
    }

    /// The same as a scenario has them.
    pub(super) fn hook_lines(&mut self) -> String {
        let stage =
            self.pick(&["POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"]);
        let function = self.pick(&FUNCTIONS);
        format!(
            ", lifecycle_hooks = [{{ target_type = \"AWS_LAMBDA\", hook_target_arn = \"{function}\", lifecycle_stages = [\"PRE_SCALE_UP\", \"{stage}\"], timeout_in_minutes = 3 }}]"
        )
    }

    fn function(&mut self) -> SetHookFunction {
        let others = self.pick(&FunctionAnswer::ALL);
        SetHookFunction {
            function_name: self.pick(&FUNCTIONS).to_string(),
            answer: if self.one_in(2) { FunctionAnswer::Succeeded } else { others },
            after_invocations: self.below(4) as u32,
            call_back_delay_seconds: self.pick(&[None, Some(0), Some(1), Some(7), Some(400)]),
            duration_seconds: self.pick(&[0, 1, 20, 900, 901]),
        }
    }

    pub(super) fn configuration(&mut self) -> DeploymentConfiguration {
        let rolling = self.gentle || self.one_in(2);
        let others = [DeploymentStrategy::BlueGreen, DeploymentStrategy::Canary, DeploymentStrategy::Linear];
        let strategy = if rolling { DeploymentStrategy::Rolling } else { self.pick(&others) };
        let kind = self.pick(&[ThresholdType::Count, ThresholdType::BoundedPercent, ThresholdType::UnboundedPercent]);
        DeploymentConfiguration {
            deployment_circuit_breaker: CircuitBreaker {
                enable: rolling && !self.gentle,
                rollback: self.one_in(2),
                threshold_configuration: ThresholdConfiguration { kind, value: 1 + self.below(60) as u32 },
                reset_on_healthy_task: self.one_in(2),
            },
            strategy,
            bake_time_in_minutes: Some(self.below(3) as u32),
            lifecycle_hooks: (0..if rolling { 0 } else { self.below(4) }).map(|_| self.hook()).collect(),
            canary_configuration: CanaryConfiguration {
                canary_percent_tenths: self.pick(&[1, 50, 500, 1_000]),
                canary_bake_time_in_minutes: self.below(3) as u32,
            },
            linear_configuration: LinearConfiguration {
                step_percent_tenths: self.pick(&[30, 300, 333, 1_000]),
                step_bake_time_in_minutes: self.below(2) as u32,
            },
            alarms: DeploymentAlarms {
                alarm_names: vec![self.pick(&super::metrics::ALARMS).into()],
                enable: !self.gentle && self.one_in(4),
                rollback: self.one_in(2),
            },
        }
    }
}
