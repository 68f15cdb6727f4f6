//! Commands about capacity, with what EC2 Auto Scaling and ECS refuse.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::capacity::{
    AttachInstances, CapacityCommand, CreateAutoScalingGroup, CreateCapacityProvider, SetInstanceProtection,
    UpdateAutoScalingGroup, UpdateCapacityProvider,
};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::data_plane::host::Power;
use crate::sim::engine::{MOST_INSTANCES, Sim};
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::model::capacity_provider::Setting;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::neighbours::auto_scaling_group::{Group, Member, MemberState};
use crate::sim::neighbours::event::CapacityEvent;
use crate::sim::neighbours::health_checks;
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::time::SECOND;

fn no_instance(instance: InstanceId) -> Refusal {
    Refusal::new("InvalidInstanceID.NotFound", format!("The instance ID '{}' does not exist", instance.ec2_instance_id()))
}

fn wrong_state(message: String) -> Refusal {
    Refusal::new("IncorrectInstanceState", message)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}

impl Sim {
    /// Does what is asked about capacity.
    pub(crate) fn obey_capacity(&mut self, command: &CapacityCommand) -> Answer {
        match command {
            CapacityCommand::CreateAutoScalingGroup(request) => self.create_group(request),
            CapacityCommand::UpdateAutoScalingGroup(request) => self.update_group(request),
            CapacityCommand::SetInstanceProtection(request) => self.protect_by_hand(request),
            CapacityCommand::AttachInstances(request) => self.attach(request),
            CapacityCommand::StopInstances { instance } => self.stop_instance(*instance),
            CapacityCommand::StartInstances { instance } => self.start_instance(*instance),
            CapacityCommand::CreateCapacityProvider(request) => self.create_provider(request),
            CapacityCommand::UpdateCapacityProvider(request) => self.update_provider(request),
            CapacityCommand::PutClusterCapacityProviders(request) => {
                self.control.put_cluster_capacity_providers(&mut self.fx, request)
            }
        }
    }

    fn create_group(&mut self, request: &CreateAutoScalingGroup) -> Answer {
        let name: Rc<str> = Rc::from(request.auto_scaling_group_name.as_str());
        if self.neighbours.auto_scaling.groups.contains_key(&name) {
            return Err(Refusal::new("AlreadyExists", "AutoScalingGroup by this name already exists."));
        }
        let desired = request.desired_capacity.unwrap_or(request.min_size);
        check_sizes(request.min_size, request.max_size, desired)?;
        let (types, zones) = (named_types(&request.instance_types)?, self.named_zones(&request.availability_zones)?);
        if request.spot_percentage > 100 {
            return Err(invalid("The Spot percentage must be from 0 to 100."));
        }
        let grace_ms = match request.health_check_grace_period {
            Some(seconds) => u64::from(seconds) * SECOND,
            None => self.fx.tuning.capacity.health_check_grace_ms,
        };
        let changed_by = self.lead_capacity(CapacityFact::GroupCreated { group: name.clone() });
        let group = Group {
            min: request.min_size,
            max: request.max_size,
            desired,
            types,
            zones,
            spot_percentage: request.spot_percentage,
            protects_new: request.new_instances_protected_from_scale_in,
            capacity_rebalance: request.capacity_rebalance,
            spot_draining: request.ecs_enable_spot_instance_draining,
            grace_ms,
            hook: false,
            members: BTreeMap::new(),
            policy: None,
            changed_by,
            acting: false,
            blocked: 0,
        };
        self.neighbours.auto_scaling.groups.insert(name.clone(), group);
        self.stir_group(&name);
        let period_ms = self.fx.tuning.capacity.status_check_period_ms;
        self.fx.cause = None;
        self.later_in_group(period_ms, CapacityEvent::HealthChecks { group: name });
        Ok(())
    }

    fn update_group(&mut self, request: &UpdateAutoScalingGroup) -> Answer {
        let name = self.wanted_group(&request.auto_scaling_group_name)?;
        let group = &self.neighbours.auto_scaling.groups[&name];
        let (min, max) = (request.min_size.unwrap_or(group.min), request.max_size.unwrap_or(group.max));
        // Without a word about it, the desired capacity follows the new bounds.
        let desired = request.desired_capacity.unwrap_or_else(|| group.desired.max(min).min(max));
        check_sizes(min, max, desired)?;
        let changed_by = self.lead_capacity(CapacityFact::GroupUpdated { group: name.clone() });
        let group = self.group(&name).expect("the group exists");
        (group.min, group.max, group.changed_by) = (min, max, changed_by);
        group.protects_new = request.new_instances_protected_from_scale_in.unwrap_or(group.protects_new);
        self.set_desired(&name, desired);
        Ok(())
    }

    fn protect_by_hand(&mut self, request: &SetInstanceProtection) -> Answer {
        let name = self.wanted_group(&request.auto_scaling_group_name)?;
        let members = &self.neighbours.auto_scaling.groups[&name].members;
        if let Some(stranger) = request.instance_ids.iter().find(|instance| !members.contains_key(instance)) {
            return Err(invalid(format!(
                "The instance {} is not part of Auto Scaling group {name}.",
                stranger.ec2_instance_id()
            )));
        }
        let instances = request.instance_ids.iter().map(|instance| (*instance, request.protected_from_scale_in)).collect();
        self.later_in_group(0, CapacityEvent::ProtectionSet { group: name, instances });
        Ok(())
    }

    fn attach(&mut self, request: &AttachInstances) -> Answer {
        let name = self.wanted_group(&request.auto_scaling_group_name)?;
        let group = &self.neighbours.auto_scaling.groups[&name];
        let desired = group.desired + request.instance_ids.len() as u32;
        if desired > group.max {
            return Err(invalid(format!(
                "AutoScalingGroup {name} has max size {}; attaching would exceed it. New desired capacity: {desired}.",
                group.max
            )));
        }
        let mut seen = Vec::new();
        for instance in &request.instance_ids {
            if seen.contains(instance) || !self.may_be_attached(*instance) {
                return Err(invalid(format!("Instance {} cannot be attached.", instance.ec2_instance_id())));
            }
            seen.push(*instance);
        }
        let cause = self.fx.cause;
        for instance in &request.instance_ids {
            let host = &self.data.hosts[*instance];
            let member = Member {
                zone: host.zone,
                instance_type: host.instance_type,
                spot: host.spot,
                since_ms: host.launched_at_ms,
                protected: self.neighbours.auto_scaling.groups[&name].protects_new,
                state: MemberState::InService,
                failed_checks: 0,
            };
            self.add_member(&name, *instance, member);
            self.fx.cause = cause;
            self.note_capacity(CapacityFact::InstanceAttached { group: name.clone(), instance: *instance });
        }
        self.set_desired(&name, desired);
        self.report_group(&name);
        Ok(())
    }

    /// One that is stopped already is no error.
    fn stop_instance(&mut self, instance: InstanceId) -> Answer {
        let host = self.data.hosts.get(instance).ok_or_else(|| no_instance(instance))?;
        let id = instance.ec2_instance_id();
        if host.spot {
            let message = format!(
                "You can't stop the Spot Instance '{id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests."
            );
            return Err(Refusal::new("UnsupportedOperation", message));
        }
        if host.power == Power::Terminated {
            return Err(wrong_state(format!("The instance '{id}' is not in a state from which it can be stopped.")));
        }
        self.data.stop_host(&mut self.fx, instance);
        health_checks::instance_changes(self, instance);
        Ok(())
    }

    /// One that runs already is no error.
    fn start_instance(&mut self, instance: InstanceId) -> Answer {
        let host = self.data.hosts.get(instance).ok_or_else(|| no_instance(instance))?;
        if host.power == Power::Terminated {
            let id = instance.ec2_instance_id();
            return Err(wrong_state(format!("The instance '{id}' is not in a state from which it can be started.")));
        }
        self.data.start_host(&mut self.fx, instance);
        health_checks::instance_changes(self, instance);
        Ok(())
    }

    fn may_be_attached(&self, instance: InstanceId) -> bool {
        let runs = self.data.hosts.get(instance).is_some_and(|host| host.power == Power::On);
        runs && !self.neighbours.auto_scaling.member_of.contains_key(&instance)
    }

    fn create_provider(&mut self, request: &CreateCapacityProvider) -> Answer {
        let settings = &request.auto_scaling_group_provider;
        let Some(group) = self.neighbours.auto_scaling.groups.get(settings.auto_scaling_group.as_str()) else {
            return Err(Refusal::new("ClientException", "The specified Auto Scaling group ARN does not exist."));
        };
        check_protection(group, settings.managed_termination_protection)?;
        self.control.create_capacity_provider(&mut self.fx, request)?;
        self.install(&request.name);
        Ok(())
    }

    fn update_provider(&mut self, request: &UpdateCapacityProvider) -> Answer {
        let id = self.control.wanted_provider(&request.name)?;
        let provider = &self.control.capacity.providers[&id];
        if let Some(group) = self.neighbours.auto_scaling.groups.get(&provider.group) {
            check_protection(group, request.managed_termination_protection)?;
        }
        self.control.update_capacity_provider(&mut self.fx, request)?;
        self.install(&request.name);
        Ok(())
    }

    /// What ECS puts on the group: the lifecycle hook of managed draining. The group reports itself from now on.
    fn install(&mut self, provider: &str) {
        let id = self.control.wanted_provider(provider).expect("just made");
        let (name, draining) = {
            let provider = &self.control.capacity.providers[&id];
            (provider.group.clone(), provider.draining)
        };
        if let Some(group) = self.group(&name) {
            group.hook = draining.is_on();
        }
        self.report_group(&name);
    }

    fn wanted_group(&self, name: &str) -> Result<Rc<str>, Refusal> {
        let found = self.neighbours.auto_scaling.groups.get_key_value(name).map(|(name, _)| name.clone());
        found.ok_or_else(|| invalid(format!("AutoScalingGroup name not found - AutoScalingGroup: {name} not found")))
    }

    fn named_zones(&self, names: &[String]) -> Result<Vec<ZoneId>, Refusal> {
        if names.is_empty() {
            return Ok((1..=self.control.zones.len() as u32).map(ZoneId).collect());
        }
        let zone =
            |name: &String| self.control.zone_named(name).ok_or_else(|| invalid(format!("Invalid availability zones: [{name}]")));
        names.iter().map(zone).collect()
    }
}

fn check_sizes(min: u32, max: u32, desired: u32) -> Answer {
    if min > max {
        return Err(invalid(format!("Max bound, {max}, must be greater than or equal to min bound, {min}")));
    }
    if max as usize > MOST_INSTANCES {
        return Err(invalid("A cluster has at most 5,000 container instances."));
    }
    if !(min..=max).contains(&desired) {
        return Err(invalid(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

fn named_types(names: &[String]) -> Result<Vec<&'static InstanceType>, Refusal> {
    if names.is_empty() {
        return Err(invalid("You must specify an instance type."));
    }
    let kind =
        |name: &String| InstanceType::named(name).ok_or_else(|| invalid(format!("The instance type {name} is not supported.")));
    names.iter().map(kind).collect()
}

fn check_protection(group: &Group, wanted: Option<Setting>) -> Answer {
    if wanted.is_some_and(Setting::is_on) && !group.protects_new {
        return Err(Refusal::new(
            "ClientException",
            "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.",
        ));
    }
    Ok(())
}
