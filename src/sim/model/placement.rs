//! Placement constraints and strategies: what a caller may say about where tasks go.
//!
//! They only say it; `control_plane::scheduler` follows them. It must never look at an instance.

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::expression_parser::ExpressionError;

/// Binding: an instance that does not satisfy it never gets the task.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlacementConstraint {
    /// `distinctInstance`: each task of a group on an instance of its own.
    DistinctInstance,
    /// `memberOf`: only on instances that satisfy the expression. A recording holds its text; plain serde data cannot.
    #[serde(skip)]
    MemberOf(Rc<Expression>),
}

/// Best effort: orders the instances that are left after the constraints.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlacementStrategy {
    /// `random`
    Random,
    /// `spread`: evenly over the values of a field.
    Spread {
        /// What tells one place from another.
        field: SpreadField,
    },
    /// `binpack`: where the least of a resource is left.
    BinPack {
        /// The resource compared.
        resource: BinPackResource,
    },
}

/// What `spread` keeps even.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SpreadField {
    /// `instanceId`, which `host` also means.
    InstanceId,
    /// `attribute:NAME`, by name.
    Attribute(Rc<str>),
}

/// What `binpack` fills up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BinPackResource {
    /// `cpu`
    Cpu,
    /// `memory`
    Memory,
}

impl PlacementConstraint {
    /// Most constraints one request may carry (API26:RunTask).
    /// Ledger: quota.values.
    pub const MAX_COUNT: usize = 10;

    /// Reads the `type` and `expression` of the API.
    pub fn parse(kind: &str, expression: Option<&str>) -> Result<Self, PlacementError> {
        let expression = expression.unwrap_or("");
        match kind {
            "distinctInstance" if expression.is_empty() => Ok(Self::DistinctInstance),
            "distinctInstance" => {
                Err(PlacementError::new("expression", "DistinctInstance placement constraint cannot have an expression."))
            }
            "memberOf" if expression.trim().is_empty() => {
                Err(PlacementError::new("expression", "MemberOf placement constraint must have an expression."))
            }
            "memberOf" => {
                Expression::parse(expression).map(|parsed| Self::MemberOf(Rc::new(parsed))).map_err(PlacementError::in_expression)
            }
            unknown => Err(PlacementError::new(
                "type",
                format!("Invalid placement constraint type '{unknown}'. Valid values: distinctInstance, memberOf."),
            )),
        }
    }

    /// The `type` of the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DistinctInstance => "distinctInstance",
            Self::MemberOf(_) => "memberOf",
        }
    }
}

impl fmt::Display for PlacementConstraint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DistinctInstance => out.write_str("distinctInstance"),
            Self::MemberOf(expression) => write!(out, "memberOf({expression})"),
        }
    }
}

impl PlacementStrategy {
    /// Most strategies one request may carry (API26:RunTask).
    /// Ledger: quota.values.
    pub const MAX_COUNT: usize = 5;

    /// Reads the `type` and `field` of the API; the type may be in any case, as the service takes it.
    pub fn parse(kind: &str, field: Option<&str>) -> Result<Self, PlacementError> {
        let field = field.unwrap_or("");
        match kind.to_ascii_lowercase().as_str() {
            "random" if field.is_empty() => Ok(Self::Random),
            "random" => Err(PlacementError::new("field", "Random placement strategy cannot have a field.")),
            "spread" => SpreadField::parse(field).map(|field| Self::Spread { field }),
            "binpack" => BinPackResource::parse(field).map(|resource| Self::BinPack { resource }),
            _ => Err(PlacementError::new(
                "type",
                format!("Invalid placement strategy type '{kind}'. Valid values: random, spread, binpack."),
            )),
        }
    }

    /// The `type` of the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Spread { .. } => "spread",
            Self::BinPack { .. } => "binpack",
        }
    }

    /// The `field` of the API.
    pub fn field(&self) -> Option<String> {
        match self {
            Self::Random => None,
            Self::Spread { field } => Some(field.to_string()),
            Self::BinPack { resource } => Some(resource.name().to_owned()),
        }
    }
}

impl fmt::Display for PlacementStrategy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field() {
            Some(field) => write!(out, "{}({field})", self.kind()),
            None => out.write_str(self.kind()),
        }
    }
}

impl SpreadField {
    /// Reads the `field` of the API.
    pub fn parse(field: &str) -> Result<Self, PlacementError> {
        match (field, field.strip_prefix("attribute:")) {
            ("instanceId" | "host", _) => Ok(Self::InstanceId),
            (_, Some(name)) if !name.is_empty() => Ok(Self::Attribute(name.into())),
            (unknown, _) => Err(PlacementError::new(
                "field",
                format!(
                    "Invalid field '{unknown}' for spread placement strategy. Valid values: instanceId, host, attribute:NAME."
                ),
            )),
        }
    }
}

impl fmt::Display for SpreadField {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstanceId => out.write_str("instanceId"),
            Self::Attribute(name) => write!(out, "attribute:{name}"),
        }
    }
}

impl BinPackResource {
    /// Reads the `field` of the API, in any case.
    pub fn parse(field: &str) -> Result<Self, PlacementError> {
        [Self::Cpu, Self::Memory].into_iter().find(|resource| resource.name().eq_ignore_ascii_case(field)).ok_or_else(|| {
            PlacementError::new(
                "field",
                format!("Invalid field '{field}' for binpack placement strategy. Valid values: cpu, memory."),
            )
        })
    }

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }
}

/// Why a constraint or a strategy was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementError {
    /// The key of the API that is wrong: `type`, `field` or `expression`.
    pub key: &'static str,
    /// What the service would answer.
    pub message: String,
    /// For a wrong expression: the character it stops making sense at, counted from 0.
    pub position: Option<usize>,
}

impl PlacementError {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { key, message: message.into(), position: None }
    }

    fn in_expression(error: ExpressionError) -> Self {
        Self {
            key: "expression",
            message: format!("Invalid placement constraint expression: {error}"),
            position: Some(error.position),
        }
    }
}

impl fmt::Display for PlacementError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for PlacementError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_read_back_what_they_print() {
        for (kind, field, printed) in [
            ("random", None, "random"),
            ("spread", Some("instanceId"), "spread(instanceId)"),
            ("spread", Some("host"), "spread(instanceId)"),
            ("spread", Some("attribute:ecs.availability-zone"), "spread(attribute:ecs.availability-zone)"),
            ("binpack", Some("cpu"), "binpack(cpu)"),
            ("binPack", Some("MEMORY"), "binpack(memory)"),
        ] {
            let strategy = PlacementStrategy::parse(kind, field).expect(printed);
            assert_eq!(strategy.to_string(), printed);
            let again = PlacementStrategy::parse(strategy.kind(), strategy.field().as_deref());
            assert_eq!(again, Ok(strategy));
        }
    }

    #[test]
    fn wrong_strategies_name_the_key_and_the_choices() {
        for (kind, field, key, part) in [
            ("scatter", None, "type", "'scatter'"),
            ("random", Some("cpu"), "field", "cannot have a field"),
            ("spread", None, "field", "instanceId, host, attribute:NAME"),
            ("spread", Some("attribute:"), "field", "'attribute:'"),
            ("binpack", Some("disk"), "field", "'disk'"),
        ] {
            let error = PlacementStrategy::parse(kind, field).unwrap_err();
            assert_eq!(error.key, key, "{error}");
            assert!(error.message.contains(part), "{error}");
        }
    }

    #[test]
    fn constraints_are_read_and_refused() {
        assert_eq!(PlacementConstraint::parse("distinctInstance", None), Ok(PlacementConstraint::DistinctInstance));
        let member = PlacementConstraint::parse("memberOf", Some("attribute:a==b")).unwrap();
        assert_eq!(member.to_string(), "memberOf(attribute:a == b)");
        assert_eq!(member.kind(), "memberOf");
        for (kind, expression, key, position) in [
            ("distinctInstance", Some("attribute:a == b"), "expression", None),
            ("memberOf", None, "expression", None),
            ("memberOf", Some(" "), "expression", None),
            ("memberOf", Some("attribute:a == "), "expression", Some(15)),
            ("nearby", None, "type", None),
        ] {
            let error = PlacementConstraint::parse(kind, expression).unwrap_err();
            assert_eq!((error.key, error.position), (key, position), "{error}");
        }
    }
}
