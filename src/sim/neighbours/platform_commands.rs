//! Commands about the platform, obeyed: quotas, the registry, subnets, account settings; and what IAM answers.

use std::rc::Rc;

use crate::sim::command::platform::{
    AccountSetting, PlatformCommand, PutAccountSetting, PutImage, QuotaCode, RequestServiceQuotaIncrease, Setting,
};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::retirement::RETIREMENT_WAIT_DAYS;
use crate::sim::engine::Sim;
use crate::sim::neighbours::event::PlatformEvent;
use crate::sim::neighbours::network;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;

/// An image is at most this large; the registry allows layers of 52,000 MiB. Chosen for teaching.
/// Ledger: limits.
const LARGEST_IMAGE_MIB: u32 = 100_000;

impl Sim {
    /// Does what is asked of the platform.
    pub(crate) fn obey_platform(&mut self, command: &PlatformCommand) -> Answer {
        match command {
            PlatformCommand::RequestServiceQuotaIncrease(request) => self.raise_quota(request),
            PlatformCommand::PutImage(request) => self.put_image(request),
            PlatformCommand::CreateSubnet(request) => self.create_subnet(request),
            PlatformCommand::PutAccountSetting(request) => self.put_account_setting(request),
            PlatformCommand::SetDiskWrites(request) => self.set_disk_writes(request),
            PlatformCommand::ModifyVolume(request) => self.modify_volume(request),
            PlatformCommand::ConfigureAgent(request) => self.configure_agent(request),
            PlatformCommand::SetHookFunction(request) => self.set_hook_function(request),
        }
    }

    // Ledger: quota.raise
    fn raise_quota(&mut self, request: &RequestServiceQuotaIncrease) -> Answer {
        let quota = match request.quota_code {
            QuotaCode::FargateOnDemandVcpus => &mut self.control.fargate.on_demand,
            QuotaCode::FargateSpotVcpus => &mut self.control.fargate.spot,
        };
        let (from, to) = (quota.vcpus, request.desired_value);
        if to <= from {
            let message = "You must provide a quota value greater than the current quota value.";
            return Err(Refusal::new("IllegalArgumentException", message));
        }
        quota.vcpus = to;
        self.observe_platform(PlatformFact::QuotaRaised { quota: request.quota_code, from, to });
        Ok(())
    }

    fn put_image(&mut self, request: &PutImage) -> Answer {
        if request.image.is_empty() || !(1..=LARGEST_IMAGE_MIB).contains(&request.size_mib) {
            return Err(Refusal::new("InvalidParameterException", "An image needs a name and a size of 1 to 100,000 MiB."));
        }
        self.data.images.put(&request.image, request.size_mib);
        self.observe_platform(PlatformFact::ImagePushed { image: Rc::from(request.image.as_str()), size_mib: request.size_mib });
        Ok(())
    }

    // Ledger: network.trunking, fargate_retirement_wait_days
    fn put_account_setting(&mut self, request: &PutAccountSetting) -> Answer {
        let (name, value) = (request.name, request.value.as_str());
        let refused = |values: &str| {
            Refusal::new("InvalidParameterException", format!("The value of {} must be one of {values}.", name.name()))
        };
        match name {
            AccountSetting::AwsvpcTrunking => {
                let known = [Setting::Enabled, Setting::Disabled].into_iter().find(|known| known.name() == value);
                self.control.awsvpc_trunking = known.ok_or_else(|| refused("enabled, disabled"))?;
            }
            AccountSetting::FargateTaskRetirementWaitPeriod => {
                let known = RETIREMENT_WAIT_DAYS.into_iter().find(|days| days.to_string() == value);
                self.control.fargate.retirement_wait_days = known.ok_or_else(|| refused("0, 7, 14"))?;
            }
        }
        self.observe_platform(PlatformFact::AccountSettingPut { name, value: Rc::from(value) });
        Ok(())
    }

    fn observe_platform(&mut self, fact: PlatformFact) {
        self.fx.observe(Kind::Platform(Rc::new(fact)));
    }
}

/// Something happens in the account's surroundings.
pub(crate) fn happen(sim: &mut Sim, event: PlatformEvent) {
    match event {
        PlatformEvent::InterfaceWanted { task } => network::interface_wanted(sim, task),
        PlatformEvent::InterfaceGone { task } => network::interface_gone(sim, task),
        PlatformEvent::TrunkWanted { instance } => network::trunk_wanted(sim, instance),
        PlatformEvent::RoleChanged { family } => role_changed(sim, family),
    }
}

/// The next time the control plane asks for the role of a family, IAM answers as things stand now.
fn role_changed(sim: &mut Sim, family: Rc<str>) {
    let refused = sim.data.start_failures.refuses_role_of(&family);
    let known = sim.control.refused_roles.contains_key(&family);
    match (known, refused) {
        (false, true) => {
            let fact = PlatformFact::RoleRefused { family: family.clone() };
            let observed = sim.fx.observe(Kind::Platform(Rc::new(fact)));
            sim.control.refused_roles.insert(family, observed);
        }
        (true, false) => {
            sim.control.refused_roles.remove(&family);
            sim.observe_platform(PlatformFact::RoleAccepted { family });
        }
        (false, false) | (true, true) => {}
    }
}
