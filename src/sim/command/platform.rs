//! Commands about the platform: Fargate, networks, disks, quotas.

use serde::{Deserialize, Serialize};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PlatformCommand {
    RequestServiceQuotaIncrease(RequestServiceQuotaIncrease),
    PutImage(PutImage),
}

/// A quota that can be raised, by its code in Service Quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum QuotaCode {
    /// `Fargate On-Demand vCPU resource count`.
    #[serde(rename = "L-3032A538")]
    FargateOnDemandVcpus,
    /// `Fargate Spot vCPU resource count`.
    #[serde(rename = "L-36FBB829")]
    FargateSpotVcpus,
}

impl QuotaCode {
    /// As Service Quotas names it.
    pub fn quota_name(self) -> &'static str {
        match self {
            Self::FargateOnDemandVcpus => "Fargate On-Demand vCPU resource count",
            Self::FargateSpotVcpus => "Fargate Spot vCPU resource count",
        }
    }
}

/// `RequestServiceQuotaIncrease` of Service Quotas, granted at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestServiceQuotaIncrease {
    pub quota_code: QuotaCode,
    pub desired_value: u32,
}

/// `PutImage` of the registry, with what matters here of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutImage {
    /// As task definitions name it: `shop/api:4`.
    pub image: String,
    /// Sum of its compressed layers.
    pub size_mib: u32,
}
