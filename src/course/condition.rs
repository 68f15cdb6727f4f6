//! Something that holds at an instant or does not: comparisons of queries, all of which must hold.

use crate::course::amount::Amount;
use crate::course::query::{Query, Scene};

/// Comparisons joined by `and`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(pub Vec<Comparison>);

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub left: Query,
    pub operator: Operator,
    pub right: Operand,
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    AtLeast,
    More,
}

/// What a query is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    Number(u64),
    Query(Query),
}

impl Condition {
    /// Does it hold now? It does not while something it asks about does not exist.
    pub fn holds(&self, scene: &Scene) -> bool {
        self.0.iter().all(|comparison| comparison.holds(scene))
    }

    /// How many of its comparisons hold.
    pub fn count_held(&self, scene: &Scene) -> usize {
        self.0.iter().filter(|comparison| comparison.holds(scene)).count()
    }

    /// The number that matters now: the first comparison that does not hold, or the first of all, as `2 / 4`.
    pub fn number(&self, scene: &Scene) -> String {
        let telling = self.0.iter().find(|comparison| !comparison.holds(scene)).or(self.0.first());
        telling.map_or_else(String::new, |comparison| comparison.number(scene))
    }

    /// The number that the first comparison compares with.
    pub fn target(&self) -> Option<u64> {
        match &self.0.first()?.right {
            Operand::Number(number) => Some(*number),
            Operand::Query(_) => None,
        }
    }

    /// Every query in it.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.0.iter().flat_map(|comparison| {
            let right = match &comparison.right {
                Operand::Number(_) => None,
                Operand::Query(query) => Some(query),
            };
            std::iter::once(&comparison.left).chain(right)
        })
    }
}

impl Comparison {
    /// Does it hold now?
    pub fn holds(&self, scene: &Scene) -> bool {
        let left = self.left.ask(scene).and_then(|amount| amount.number());
        let (Some(left), Some(right)) = (left, self.right(scene)) else { return false };
        match self.operator {
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            Operator::Less => left < right,
            Operator::AtMost => left <= right,
            Operator::AtLeast => left >= right,
            Operator::More => left > right,
        }
    }

    fn right(&self, scene: &Scene) -> Option<u64> {
        match &self.right {
            Operand::Number(number) => Some(*number),
            Operand::Query(query) => query.ask(scene)?.number(),
        }
    }

    /// `2 / 4`: what is, and what it is compared with.
    fn number(&self, scene: &Scene) -> String {
        match (self.left.ask(scene), self.right(scene)) {
            (Some(left), Some(right)) => {
                let right: Amount = left.with_number(right);
                format!("{left} / {right}")
            }
            (Some(_) | None, _) => "–".to_string(),
        }
    }
}
