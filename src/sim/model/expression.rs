//! The cluster query language: a condition on one container instance, as `memberOf` constraints write it.
//!
//! Built by [`Expression::parse`] only (see `expression_parser`), so a value of this type is always well formed and prints
//! back to text that parses to the same value. It must never change what it looks at: matching is a pure question to a [`Subject`].
//! Source: DG23:cluster-query-language.

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use super::expression_value::{Date, Pattern, Version, compare_text, write_value};

/// A container instance as the language sees it.
pub trait Subject {
    /// The attribute of this name: `None` when there is none, `Some(None)` when it has no value.
    fn attribute(&self, name: &str) -> Option<Option<&str>>;
    /// Whether the agent is believed to be connected.
    fn agent_connected(&self) -> bool;
    /// The version of the agent, such as `1.89.2`; `None` when it has not been reported.
    fn agent_version(&self) -> Option<&str>;
    /// Such as `i-0abc…`; `None` for an instance that is not an EC2 one.
    fn ec2_instance_id(&self) -> Option<&str>;
    /// When it registered, in milliseconds since 1970-01-01T00:00:00Z of the simulated calendar.
    fn registered_at_ms(&self) -> u64;
    /// Tasks it is believed to run.
    fn running_tasks_count(&self) -> u32;
    /// Whether any group of the tasks placed here satisfies `test`.
    fn any_task_group(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Whether a task of exactly this group is placed here.
    fn has_task_group(&self, group: &str) -> bool {
        self.any_task_group(&mut |each| each == group)
    }
}

/// A condition on one container instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expression {
    /// Any of two or more.
    Or(Vec<Expression>),
    /// All of two or more.
    And(Vec<Expression>),
    /// The opposite.
    Not(Box<Expression>),
    /// A question with no parts.
    Condition(Condition),
}

/// One subject, one operator, its argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// `attribute:NAME`
    Attribute {
        /// The part after the colon.
        name: Rc<str>,
        /// What its value must be.
        test: TextTest,
    },
    /// `task:group`: holds when any task placed on the instance is of such a group.
    TaskGroup(TextTest),
    /// `ec2InstanceId`
    Ec2InstanceId(TextTest),
    /// `agentConnected`, read as `true` or `false`.
    AgentConnected(TextTest),
    /// `agentVersion`
    AgentVersion(Relation, Version),
    /// `registeredAt`
    RegisteredAt(Relation, Date),
    /// `runningTasksCount`
    RunningTasksCount(Relation, u32),
}

/// What a text must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// `exists`
    Exists,
    /// `!exists`
    NotExists,
    /// `==`, `>` and the others.
    Compare(Relation, Rc<str>),
    /// `in [a, b]`
    In(Vec<Rc<str>>),
    /// `!in [a, b]`
    NotIn(Vec<Rc<str>>),
    /// `=~`: the whole text matches.
    Matches(Pattern),
    /// `!~`
    NotMatches(Pattern),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
}

impl Relation {
    /// The shorter spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
        }
    }
}

impl Expression {
    /// Longest expression the service takes, in characters (§3.4).
    /// Ledger: expression.limits.
    pub const MAX_CHARS: usize = 2000;

    /// Whether the instance satisfies it.
    /// Ledger: expression.negation.
    pub fn matches(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.matches(subject)),
            Self::And(parts) => parts.iter().all(|part| part.matches(subject)),
            Self::Not(inner) => !inner.matches(subject),
            Self::Condition(condition) => condition.matches(subject),
        }
    }

    /// The smallest part that made it false, in the words of the language; `None` when the instance satisfies it.
    /// Of an `and` that is the first false part; an `or` fails as a whole, and so does a `not`.
    pub fn first_failing(&self, subject: &impl Subject) -> Option<String> {
        match self {
            Self::And(parts) => parts.iter().find_map(|part| part.first_failing(subject)),
            Self::Or(_) | Self::Not(_) | Self::Condition(_) => (!self.matches(subject)).then(|| self.to_string()),
        }
    }
}

impl Condition {
    fn matches(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Attribute { name, test } => test.matches_attribute(subject.attribute(name)),
            Self::TaskGroup(test) => test.matches_groups(subject),
            Self::Ec2InstanceId(test) => test.matches_attribute(subject.ec2_instance_id().map(Some)),
            Self::AgentConnected(test) => {
                let connected = if subject.agent_connected() { "true" } else { "false" };
                test.matches_attribute(Some(Some(connected)))
            }
            Self::AgentVersion(relation, version) => subject
                .agent_version()
                .and_then(Version::parse)
                .map_or(*relation == Relation::NotEqual, |reported| relation.holds(reported.cmp(version))),
            Self::RegisteredAt(relation, date) => relation.holds(subject.registered_at_ms().cmp(&date.unix_ms())),
            Self::RunningTasksCount(relation, count) => relation.holds(subject.running_tasks_count().cmp(count)),
        }
    }
}

impl TextTest {
    /// A negated operator is the opposite of the plain one, so what is missing is also "not equal".
    /// The documentation does not say; chosen because it keeps `a != b` and `not (a == b)` the same.
    fn matches_attribute(&self, attribute: Option<Option<&str>>) -> bool {
        let value = attribute.flatten();
        match self {
            Self::Exists => attribute.is_some(),
            Self::NotExists => attribute.is_none(),
            Self::Compare(Relation::Equal, wanted) => value == Some(&**wanted),
            Self::Compare(Relation::NotEqual, wanted) => value != Some(&**wanted),
            Self::Compare(relation, wanted) => value.is_some_and(|value| relation.holds(compare_text(value, wanted))),
            Self::In(list) => value.is_some_and(|value| list.iter().any(|each| &**each == value)),
            Self::NotIn(list) => !value.is_some_and(|value| list.iter().any(|each| &**each == value)),
            Self::Matches(pattern) => value.is_some_and(|value| pattern.is_match(value)),
            Self::NotMatches(pattern) => !value.is_some_and(|value| pattern.is_match(value)),
        }
    }

    fn matches_groups(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Exists => subject.any_task_group(&mut |_| true),
            Self::NotExists => !subject.any_task_group(&mut |_| true),
            Self::Compare(Relation::Equal, wanted) => subject.has_task_group(wanted),
            Self::Compare(Relation::NotEqual, wanted) => !subject.has_task_group(wanted),
            Self::Compare(relation, wanted) => subject.any_task_group(&mut |group| relation.holds(compare_text(group, wanted))),
            Self::In(list) => list.iter().any(|each| subject.has_task_group(each)),
            Self::NotIn(list) => !list.iter().any(|each| subject.has_task_group(each)),
            Self::Matches(pattern) => subject.any_task_group(&mut |group| pattern.is_match(group)),
            Self::NotMatches(pattern) => !subject.any_task_group(&mut |group| pattern.is_match(group)),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => write_joined(out, parts, " or "),
            Self::And(parts) => write_joined(out, parts, " and "),
            Self::Not(inner) => {
                out.write_str("not ")?;
                write_operand(out, inner)
            }
            Self::Condition(condition) => write!(out, "{condition}"),
        }
    }
}

fn write_joined(out: &mut fmt::Formatter<'_>, parts: &[Expression], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(word)?;
        }
        write_operand(out, part)?;
    }
    Ok(())
}

/// Compound operands always get parentheses: nobody has to remember which of `and` and `or` binds tighter.
fn write_operand(out: &mut fmt::Formatter<'_>, operand: &Expression) -> fmt::Result {
    match operand {
        Expression::Or(_) | Expression::And(_) => write!(out, "({operand})"),
        Expression::Not(_) | Expression::Condition(_) => write!(out, "{operand}"),
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute { name, test } => write!(out, "attribute:{name} {test}"),
            Self::TaskGroup(test) => write!(out, "task:group {test}"),
            Self::Ec2InstanceId(test) => write!(out, "ec2InstanceId {test}"),
            Self::AgentConnected(test) => write!(out, "agentConnected {test}"),
            Self::AgentVersion(relation, version) => {
                write!(out, "agentVersion {} {version}", relation.name())
            }
            Self::RegisteredAt(relation, date) => {
                write!(out, "registeredAt {} {date}", relation.name())
            }
            Self::RunningTasksCount(relation, count) => {
                write!(out, "runningTasksCount {} {count}", relation.name())
            }
        }
    }
}

impl fmt::Display for TextTest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => out.write_str("exists"),
            Self::NotExists => out.write_str("!exists"),
            Self::Compare(relation, value) => {
                write!(out, "{} ", relation.name())?;
                write_value(out, value)
            }
            Self::In(values) => write_list(out, "in", values),
            Self::NotIn(values) => write_list(out, "!in", values),
            Self::Matches(pattern) => {
                out.write_str("=~ ")?;
                write_value(out, pattern.source())
            }
            Self::NotMatches(pattern) => {
                out.write_str("!~ ")?;
                write_value(out, pattern.source())
            }
        }
    }
}

fn write_list(out: &mut fmt::Formatter<'_>, operator: &str, values: &[Rc<str>]) -> fmt::Result {
    write!(out, "{operator} [")?;
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write_value(out, value)?;
    }
    out.write_str("]")
}

#[cfg(test)]
mod tests;
