//! A changed constant of the engine: a unit that teaches the constant must notice.

use crate::sim::time::Millis;
use crate::sim::tuning::{Obedience, Tuning};

/// One constant with another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// The scheduler does not follow the strategies it is given.
    StrategiesIgnored,
    /// A constant that is one span of time, by its name in `Tuning`.
    Span { name: String, value_ms: Millis },
}

impl Mutation {
    /// Checks the name.
    pub fn span(name: &str, value_ms: Millis) -> Result<Self, String> {
        match field(&mut Tuning::default(), name) {
            Some(_) => Ok(Self::Span { name: name.to_string(), value_ms }),
            None => Err(format!("`{name}` is not a span of time among the constants of the engine")),
        }
    }

    /// The constants of the engine, with this one changed.
    pub fn tuning(&self) -> Tuning {
        let mut tuning = Tuning::default();
        match self {
            Self::StrategiesIgnored => tuning.strategies = Obedience::Ignored,
            Self::Span { name, value_ms } => *field(&mut tuning, name).expect("the name was checked") = *value_ms,
        }
        tuning
    }
}

fn field<'a>(tuning: &'a mut Tuning, name: &str) -> Option<&'a mut Millis> {
    Some(match name {
        "reconcile_period_ms" => &mut tuning.reconcile_period_ms,
        "healthy_settle_ms" => &mut tuning.healthy_settle_ms,
        "stop_timeout_ms" => &mut tuning.stop_timeout_ms,
        "heartbeat_period_ms" => &mut tuning.heartbeat_period_ms,
        "heartbeat_patience_ms" => &mut tuning.heartbeat_patience_ms,
        "agent_patience_ms" => &mut tuning.agent_patience_ms,
        "telemetry_period_ms" => &mut tuning.telemetry_period_ms,
        "cached_pull_ms" => &mut tuning.cached_pull_ms,
        "fargate_host_loss_ms" => &mut tuning.fargate_host_loss_ms,
        "spot_notice_ms" => &mut tuning.spot_notice_ms,
        "throttle_first_ms" => &mut tuning.throttle_first_ms,
        "throttle_longest_ms" => &mut tuning.throttle_longest_ms,
        _ => return None,
    })
}
