//! The surroundings of the account: images in the registry, quotas.

use std::rc::Rc;

use crate::session::forms::{Filled, FormKind, field, form, number, options, pick, switch, text};
use crate::session::frame::{Control, FormView};
use crate::sim::command::Command;
use crate::sim::command::platform::{
    AccountSetting, CreateSubnet, PlatformCommand, PutAccountSetting, PutImage, QuotaCode, RequestServiceQuotaIncrease, Setting,
};
use crate::sim::control_plane::retirement::RETIREMENT_WAIT_DAYS;
use crate::sim::engine::Sim;

/// Quotas that can be raised, by code.
const QUOTAS: [(&str, QuotaCode); 2] = [("on-demand", QuotaCode::FargateOnDemandVcpus), ("spot", QuotaCode::FargateSpotVcpus)];

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [subnet_form(sim), Some(trunking_form(sim)), image_form(sim), Some(quota_form(sim)), Some(retirement_form(sim))]
        .into_iter()
        .flatten()
        .collect()
}

/// Sizes of subnets on offer: the part of the address that is fixed, and what is left of it for tasks.
const SIZES: [(&str, &str); 4] =
    [("28", "/28: 11 addresses"), ("27", "/27: 27 addresses"), ("24", "/24: 251 addresses"), ("20", "/20: 4,091 addresses")];

fn subnet_form(sim: &Sim) -> Option<FormView> {
    let fields = vec![
        field("name", "Subnet id", text("subnet-a")),
        field("zone", "Zone", pick(sim.belief().zones.iter().map(|zone| zone.name.clone()))?),
        field("size", "Size", options(&SIZES)),
    ];
    let line = "Services in awsvpc mode take addresses from the subnets that they are told of, one for each task.";
    Some(form(FormKind::CreateSubnet, "A subnet", line, "Create subnet", fields))
}

/// The setting of the account that is not in force.
fn trunking_form(sim: &Sim) -> FormView {
    let on = sim.belief().awsvpc_trunking == Setting::Enabled;
    let fields = vec![field("trunking", "awsvpcTrunking", switch(!on))];
    let line = if on {
        "On: servers launched from now on register with a trunk, and have room for many more tasks in awsvpc mode."
    } else {
        "Off: a server has as many awsvpc tasks as it has interfaces to spare. Holds for servers launched after a change."
    };
    form(FormKind::Trunking, "Account setting: trunking", line, "Set", fields)
}

/// How long tasks on Fargate have notice of maintenance.
fn retirement_form(sim: &Sim) -> FormView {
    let days = sim.belief().fargate.retirement_wait_days;
    let words = |days: u32| if days == 0 { "0: no notice".to_owned() } else { format!("{days} days") };
    let options = RETIREMENT_WAIT_DAYS.map(|days| (Rc::from(days.to_string()), Rc::from(words(days)))).to_vec();
    let choice = Control::Pick { value: Rc::from(days.to_string()), options };
    let fields = vec![field("days", "fargateTaskRetirementWaitPeriod", choice)];
    let line = format!("Now {days} days. Holds for notices of AWS maintenance given after a change.");
    form(FormKind::RetirementWait, "Account setting: Fargate maintenance", &line, "Set", fields)
}

fn image_form(sim: &Sim) -> Option<FormView> {
    let mut images: Vec<Rc<str>> = Vec::new();
    for container in sim.belief().definitions.iter().flat_map(|(_, entry)| &entry.definition.containers) {
        if !images.contains(&container.image) {
            images.push(container.image.clone());
        }
    }
    let fields =
        vec![field("image", "Image", pick(images)?), field("size_mib", "Compressed size", number(2_000, 1, 100_000, 100, "MiB"))];
    let line = "The next pull takes as long as this size needs.";
    Some(form(FormKind::PutImage, "Push an image", line, "Push", fields))
}

fn quota_form(sim: &Sim) -> FormView {
    let present = u64::from(sim.belief().fargate.on_demand.vcpus);
    let fields = vec![
        field("quota", "Quota", options(&[("on-demand", "Fargate vCPU"), ("spot", "Fargate Spot vCPU")])),
        field("value", "New value", number(present * 2, 1, 100_000, 10, "vCPU")),
    ];
    form(FormKind::RaiseQuota, "Raise a quota", "Granted at once; it can only grow.", "Raise quota", fields)
}

/// `PutImage`.
pub fn put_image(filled: &Filled) -> Vec<Command> {
    let request = PutImage { image: filled.text("image"), size_mib: filled.number("size_mib") };
    vec![Command::Platform(PlatformCommand::PutImage(request))]
}

/// `CreateSubnet`.
pub fn create_subnet(filled: &Filled) -> Vec<Command> {
    let request = CreateSubnet {
        subnet_id: filled.text("name"),
        availability_zone: filled.text("zone"),
        cidr_block: format!("10.0.0.0/{}", filled.text("size")),
    };
    vec![Command::Platform(PlatformCommand::CreateSubnet(request))]
}

/// `PutAccountSetting`.
pub fn trunking(filled: &Filled) -> Vec<Command> {
    let value = if filled.is_on("trunking") { Setting::Enabled } else { Setting::Disabled };
    put_account_setting(AccountSetting::AwsvpcTrunking, value.name().to_owned())
}

/// The same for Fargate.
pub fn retirement_wait(filled: &Filled) -> Vec<Command> {
    put_account_setting(AccountSetting::FargateTaskRetirementWaitPeriod, filled.text("days"))
}

fn put_account_setting(name: AccountSetting, value: String) -> Vec<Command> {
    vec![Command::Platform(PlatformCommand::PutAccountSetting(PutAccountSetting { name, value }))]
}

/// `RequestServiceQuotaIncrease`.
pub fn raise_quota(filled: &Filled) -> Vec<Command> {
    let wanted = filled.text("quota");
    let quota_code = QUOTAS.iter().find(|(name, _)| *name == wanted).map_or(QuotaCode::FargateOnDemandVcpus, |(_, code)| *code);
    let request = RequestServiceQuotaIncrease { quota_code, desired_value: filled.number("value") };
    vec![Command::Platform(PlatformCommand::RequestServiceQuotaIncrease(request))]
}
