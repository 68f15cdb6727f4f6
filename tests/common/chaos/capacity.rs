//! Random commands about capacity: groups that come and change, providers on them, strategies that name some of them.

use ecs_playground::sim::command::capacity::{
    AttachInstances, AutoScalingGroupProvider, CapacityCommand, CreateAutoScalingGroup, CreateCapacityProvider,
    ManagedScalingRequest, PutClusterCapacityProviders, SetInstanceProtection, UpdateAutoScalingGroup, UpdateCapacityProvider,
};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::capacity_provider::{CapacityProviderStrategyItem, Setting};

use super::{Chaos, KINDS_OF_SERVER};

impl Chaos {
    /// The next command about capacity.
    pub(super) fn capacity(&mut self, sim: &Sim) -> Command {
        // A strategy may wait for a group at its maximum for ever.
        let drawn = self.below(if self.gentle { 10 } else { 15 });
        match drawn {
            0 | 1 => Command::Capacity(CapacityCommand::CreateAutoScalingGroup(self.create_group())),
            2 => Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(UpdateAutoScalingGroup {
                auto_scaling_group_name: self.group_name(),
                min_size: self.maybe(3),
                max_size: self.maybe(6),
                desired_capacity: self.maybe(5),
                new_instances_protected_from_scale_in: None,
            })),
            3 | 4 => Command::Capacity(CapacityCommand::CreateCapacityProvider(self.create_provider())),
            5 | 6 => Command::Capacity(CapacityCommand::PutClusterCapacityProviders(self.put(sim))),
            7 => Command::Capacity(CapacityCommand::UpdateCapacityProvider(UpdateCapacityProvider {
                name: self.provider_name(),
                managed_scaling: Some(self.scaling()),
                managed_termination_protection: self.setting(),
                managed_draining: self.setting(),
            })),
            8 => Command::Capacity(CapacityCommand::SetInstanceProtection(SetInstanceProtection {
                auto_scaling_group_name: self.group_name(),
                instance_ids: self.member(sim),
                protected_from_scale_in: self.one_in(2),
            })),
            9 => Command::Capacity(CapacityCommand::AttachInstances(AttachInstances {
                auto_scaling_group_name: self.group_name(),
                instance_ids: vec![self.instance(sim)],
            })),
            12 => Command::Capacity(CapacityCommand::StopInstances { instance: self.instance(sim) }),
            13 | 14 => Command::Capacity(CapacityCommand::StartInstances { instance: self.instance(sim) }),
            _ => Command::UpdateService(UpdateService {
                service: self.service(),
                capacity_provider_strategy: Some(self.strategy()),
                desired_count: Some(self.below(12) as u32),
                ..UpdateService::default()
            }),
        }
    }

    /// A strategy for what is launched next, now and then; most of the time the launch type decides.
    pub(super) fn maybe_strategy(&mut self) -> Option<Vec<CapacityProviderStrategyItem>> {
        (!self.gentle && self.one_in(3)).then(|| if self.one_in(3) { Vec::new() } else { self.strategy() })
    }

    fn maybe(&mut self, bound: u64) -> Option<u32> {
        if self.one_in(2) { Some(self.below(bound) as u32) } else { None }
    }

    fn setting(&mut self) -> Option<Setting> {
        self.pick(&[None, Some(Setting::Enabled), Some(Setting::Disabled)])
    }

    fn group_name(&mut self) -> String {
        format!("g{}", 1 + self.below(3))
    }

    fn provider_name(&mut self) -> String {
        format!("cp{}", 1 + self.below(3))
    }

    fn create_group(&mut self) -> CreateAutoScalingGroup {
        let (min, spread) = (self.below(2) as u32, self.below(6) as u32);
        let mut types = vec![self.pick(&KINDS_OF_SERVER).to_string()];
        if self.one_in(3) {
            types.push(self.pick(&KINDS_OF_SERVER).to_string());
        }
        CreateAutoScalingGroup {
            auto_scaling_group_name: self.group_name(),
            min_size: min,
            max_size: min + spread,
            desired_capacity: None,
            instance_types: types,
            availability_zones: Vec::new(),
            spot_percentage: self.pick(&[0, 0, 50, 100]),
            new_instances_protected_from_scale_in: self.one_in(2),
            capacity_rebalance: self.one_in(2),
            health_check_grace_period: self.pick(&[None, Some(0), Some(60)]),
            ecs_enable_spot_instance_draining: self.one_in(2),
        }
    }

    fn scaling(&mut self) -> ManagedScalingRequest {
        ManagedScalingRequest {
            status: self.pick(&[None, None, Some(Setting::Disabled)]),
            target_capacity: self.pick(&[None, Some(50), Some(90)]),
            minimum_scaling_step_size: self.pick(&[None, Some(2)]),
            maximum_scaling_step_size: self.pick(&[None, Some(3)]),
            instance_warmup_period: self.pick(&[None, Some(0), Some(60)]),
        }
    }

    fn create_provider(&mut self) -> CreateCapacityProvider {
        let managed_scaling = if self.one_in(5) { None } else { Some(self.scaling()) };
        CreateCapacityProvider {
            name: self.provider_name(),
            auto_scaling_group_provider: AutoScalingGroupProvider {
                auto_scaling_group: self.group_name(),
                managed_scaling,
                managed_termination_protection: self.setting(),
                managed_draining: self.setting(),
            },
        }
    }

    fn put(&mut self, sim: &Sim) -> PutClusterCapacityProviders {
        let known = ["cp1", "cp2", "cp3", "FARGATE", "FARGATE_SPOT"];
        let named = known.iter().filter(|name| sim.belief().capacity.named(name).is_some());
        let mut capacity_providers: Vec<String> = named.map(|name| name.to_string()).collect();
        if self.one_in(4) {
            capacity_providers.pop();
        }
        let default = if !self.gentle && self.one_in(2) { self.strategy() } else { Vec::new() };
        PutClusterCapacityProviders { capacity_providers, default_capacity_provider_strategy: default }
    }

    fn strategy(&mut self) -> Vec<CapacityProviderStrategyItem> {
        let names = match self.below(8) {
            0 => vec!["FARGATE".to_string(), "FARGATE_SPOT".to_string()],
            1 => vec!["cp1".to_string(), "FARGATE".to_string()],
            2 => vec!["cp1".to_string(), "cp2".to_string()],
            _ => vec![self.provider_name()],
        };
        let base = self.below(3) as u32;
        let item = |(at, capacity_provider)| CapacityProviderStrategyItem {
            capacity_provider,
            base: if at == 0 { base } else { 0 },
            weight: 1 + at as u32,
        };
        names.into_iter().enumerate().map(item).collect()
    }

    fn member(&mut self, sim: &Sim) -> Vec<InstanceId> {
        let groups = &sim.neighbours().auto_scaling.groups;
        let members: Vec<InstanceId> = groups.values().flat_map(|group| group.members.keys().copied()).collect();
        if members.is_empty() { Vec::new() } else { vec![self.pick(&members)] }
    }
}
