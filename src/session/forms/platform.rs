//! The surroundings of the account: images in the registry, quotas.

use std::rc::Rc;

use crate::session::forms::{Filled, FormKind, field, form, number, options, pick};
use crate::session::frame::FormView;
use crate::sim::command::Command;
use crate::sim::command::platform::{PlatformCommand, PutImage, QuotaCode, RequestServiceQuotaIncrease};
use crate::sim::engine::Sim;

/// Quotas that can be raised, by code.
const QUOTAS: [(&str, QuotaCode); 2] = [("on-demand", QuotaCode::FargateOnDemandVcpus), ("spot", QuotaCode::FargateSpotVcpus)];

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [image_form(sim), Some(quota_form(sim))].into_iter().flatten().collect()
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

/// `RequestServiceQuotaIncrease`.
pub fn raise_quota(filled: &Filled) -> Vec<Command> {
    let wanted = filled.text("quota");
    let quota_code = QUOTAS.iter().find(|(name, _)| *name == wanted).map_or(QuotaCode::FargateOnDemandVcpus, |(_, code)| *code);
    let request = RequestServiceQuotaIncrease { quota_code, desired_value: filled.number("value") };
    vec![Command::Platform(PlatformCommand::RequestServiceQuotaIncrease(request))]
}
