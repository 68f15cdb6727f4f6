//! Capacity providers and how a strategy divides tasks among them (ecs.md §3.7, §7.1).
//!
//! Plain data and arithmetic; it must never place or launch anything. Start reading at [`next_provider`].

use serde::{Deserialize, Serialize};

use crate::sim::time::Millis;

/// One item of a capacity provider strategy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityProviderStrategyItem {
    /// `FARGATE`, `FARGATE_SPOT` or the name of an auto scaling group provider.
    pub capacity_provider: String,
    /// Tasks that go here before any are divided by weight.
    #[serde(default)]
    pub base: u32,
    /// Its part of the tasks beyond the base.
    #[serde(default)]
    pub weight: u32,
}

/// A setting that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    #[serde(rename = "ENABLED")]
    Enabled,
    #[serde(rename = "DISABLED")]
    Disabled,
}

impl Setting {
    /// It is on.
    pub fn is_on(self) -> bool {
        self == Self::Enabled
    }

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// `managedScaling` of an auto scaling group provider, complete with its defaults (ecs.md §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ManagedScaling {
    pub status: Setting,
    /// In per cent.
    pub target_capacity: u32,
    pub minimum_scaling_step_size: u32,
    pub maximum_scaling_step_size: u32,
    pub instance_warmup_period_ms: Millis,
}

/// Which item of a strategy gets the next task, given how many tasks each has: the base first, then by weight.
///
/// `None` when no item may take one. Of equal ones the first listed.
pub fn next_provider(items: &[CapacityProviderStrategyItem], counts: &[u32]) -> Option<usize> {
    if let Some(at) = (0..items.len()).find(|at| counts[*at] < items[*at].base) {
        return Some(at);
    }
    // The next share of each, (beyond + 1) / weight, compared crosswise.
    let share = |at: usize| u64::from(counts[at].saturating_sub(items[at].base)) + 1;
    let weighted = (0..items.len()).filter(|at| items[*at].weight > 0);
    weighted.reduce(|best, at| {
        let (mine, its) = (share(at) * u64::from(items[best].weight), share(best) * u64::from(items[at].weight));
        if mine < its { at } else { best }
    })
}

/// Which item gives a task away, given how many each has: the one that would have got the last of them. A base is given up last.
///
/// `None` when none has a task.
pub fn provider_to_leave(items: &[CapacityProviderStrategyItem], counts: &[u32]) -> Option<usize> {
    let beyond = |at: usize| u64::from(counts[at].saturating_sub(items[at].base));
    let over = (0..items.len()).filter(|at| beyond(*at) > 0);
    let most = over.reduce(|best, at| {
        let (mine, its) = (beyond(at) * u64::from(items[best].weight), beyond(best) * u64::from(items[at].weight));
        if mine >= its { at } else { best }
    });
    most.or_else(|| (0..items.len()).rev().find(|at| counts[*at] > 0))
}

/// How many of `tasks` each item gets.
pub fn split(items: &[CapacityProviderStrategyItem], tasks: u32) -> Vec<u32> {
    let mut counts = vec![0; items.len()];
    for _ in 0..tasks {
        match next_provider(items, &counts) {
            Some(at) => counts[at] += 1,
            None => break,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(capacity_provider: &str, base: u32, weight: u32) -> CapacityProviderStrategyItem {
        CapacityProviderStrategyItem { capacity_provider: capacity_provider.to_string(), base, weight }
    }

    #[test]
    fn section_3_7_base_2_weights_1_and_3_of_10_tasks() {
        assert_eq!(split(&[item("FARGATE", 2, 1), item("FARGATE_SPOT", 0, 3)], 10), [4, 6]);
    }

    #[test]
    fn section_3_7_weight_0_gets_tasks_through_its_base_only() {
        let items = [item("FARGATE", 2, 0), item("FARGATE_SPOT", 0, 1)];
        assert_eq!(split(&items, 1), [1, 0]);
        assert_eq!(split(&items, 9), [2, 7]);
        assert_eq!(split(&[item("FARGATE", 0, 0), item("FARGATE_SPOT", 0, 0)], 3), [0, 0]);
    }

    #[test]
    fn section_3_7_equal_weights_take_turns_from_the_first() {
        let items = [item("a", 0, 1), item("b", 0, 1), item("c", 0, 1)];
        assert_eq!(split(&items, 1), [1, 0, 0]);
        assert_eq!(split(&items, 7), [3, 2, 2]);
    }

    #[test]
    fn section_3_7_leaving_is_coming_the_other_way_round() {
        let all = [
            vec![item("FARGATE", 2, 1), item("FARGATE_SPOT", 0, 3)],
            vec![item("FARGATE", 3, 0), item("FARGATE_SPOT", 0, 1)],
            vec![item("a", 0, 1), item("b", 0, 1), item("c", 4, 5)],
        ];
        for items in all {
            for tasks in 1..40 {
                let mut counts = split(&items, tasks);
                let leaves = provider_to_leave(&items, &counts).expect("there are tasks");
                counts[leaves] -= 1;
                assert_eq!(counts, split(&items, tasks - 1), "{tasks} of {items:?}");
            }
        }
        assert_eq!(provider_to_leave(&[item("a", 1, 1)], &[0]), None);
    }

    #[test]
    fn section_3_7_what_one_provider_has_already_counts() {
        let items = [item("FARGATE", 0, 1), item("FARGATE_SPOT", 0, 1)];
        assert_eq!(next_provider(&items, &[5, 2]), Some(1));
        assert_eq!(next_provider(&items, &[2, 2]), Some(0));
    }

    #[test]
    fn section_3_7_the_greatest_numbers_do_not_overflow() {
        let items = [item("a", 100_000, 1_000), item("b", 0, 999)];
        assert_eq!(next_provider(&items, &[u32::MAX, u32::MAX - 1]), Some(0));
    }
}
