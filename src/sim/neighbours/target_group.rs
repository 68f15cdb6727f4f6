//! A target group of an Application Load Balancer: its settings, its targets, and the state of each (ecs.md §6.2).
//!
//! Here is what follows from one answer to one health check; who asks and when is in [`health_checks`](super::health_checks).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::sim::command::balancing::TargetType;
use crate::sim::ids::{ObservationId, TaskId};
use crate::sim::model::target::{Address, TargetReason, TargetState};
use crate::sim::time::Millis;

/// What the owner of a target group may set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    pub target_type: TargetType,
    pub interval_ms: Millis,
    pub timeout_ms: Millis,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    pub path: Rc<str>,
    /// Status codes that pass, as ranges.
    pub matcher: Vec<(u16, u16)>,
    pub deregistration_delay_ms: Millis,
    /// A target that becomes healthy gets its full share only after this.
    pub slow_start_ms: Millis,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    pub address: Address,
    pub state: TargetState,
    pub reason: Option<TargetReason>,
    /// Checks in a row that passed while it was unhealthy, and that failed while it was not.
    pub successes: u32,
    pub failures: u32,
    /// The rounds of checks leave it out until then: its first check has only just been.
    pub checked_until_ms: Millis,
    /// When it came into this state, and the observation of it.
    pub since_ms: Millis,
    pub turned_by: ObservationId,
}

/// What a target group is set to and whom it has: what its checks depend on, beside those who send it requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checking {
    pub name: Rc<str>,
    pub arn: Rc<str>,
    pub settings: Settings,
    pub targets: BTreeMap<TaskId, Target>,
}

/// One target group. Whoever writes to what its checks depend on makes the next round ask every target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TargetGroup {
    checking: Checking,
    /// Changes that ECS has not been told of.
    pub(crate) unreported: BTreeSet<TaskId>,
    /// Tells the running round of checks from stale ones; odd while one runs.
    pub(crate) turn: u32,
    /// Every target has passed and would pass again: nothing that decides the answers has changed since. Kept for groups whose every
    /// target is sent requests, because those who send them hear of each change.
    all_pass: bool,
}

impl Deref for TargetGroup {
    type Target = Checking;

    fn deref(&self) -> &Checking {
        &self.checking
    }
}

impl DerefMut for TargetGroup {
    fn deref_mut(&mut self) -> &mut Checking {
        self.all_pass = false;
        &mut self.checking
    }
}

/// What came of one health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Passed,
    Failed(TargetReason),
}

impl Settings {
    /// Does this status code pass?
    pub fn passes(&self, code: u16) -> bool {
        self.matcher.iter().any(|(low, high)| (*low..=*high).contains(&code))
    }
}

impl TargetGroup {
    /// A target group without a target.
    pub fn new(name: Rc<str>, arn: Rc<str>, settings: Settings) -> Self {
        let checking = Checking { name, arn, settings, targets: BTreeMap::new() };
        Self { checking, unreported: BTreeSet::new(), turn: 0, all_pass: false }
    }

    /// Need the next round ask nobody?
    pub(crate) fn all_pass(&self) -> bool {
        self.all_pass
    }

    /// Every target has passed, and whoever sends them requests will say when that may be otherwise.
    pub(crate) fn note_all_pass(&mut self) {
        self.all_pass = true;
    }

    /// Those who send it requests have to say that something is otherwise.
    pub(crate) fn check_again(&mut self) {
        self.all_pass = false;
    }

    /// Targets that requests are sent to: the healthy ones, or all when none is (fail open, ecs.md §6.2).
    pub fn in_service(&self) -> impl Iterator<Item = (TaskId, &Target)> {
        // Ledger: target.fail-open.
        let open = !self.targets.values().any(|target| target.state == TargetState::Healthy);
        let serves = move |target: &Target| match target.state {
            TargetState::Healthy => true,
            TargetState::Unhealthy => open,
            // A target whose first check has not passed is like an unhealthy one.
            TargetState::Initial => open,
            TargetState::Draining | TargetState::Unused => false,
        };
        self.targets.iter().filter(move |(_, target)| serves(target)).map(|(task, target)| (*task, target))
    }

    /// True when no target is healthy and requests go to all of them.
    pub fn fails_open(&self) -> bool {
        !self.targets.values().any(|target| target.state == TargetState::Healthy) && self.in_service().next().is_some()
    }

    /// How many targets are in a state.
    pub fn count(&self, state: TargetState) -> usize {
        self.targets.values().filter(|target| target.state == state).count()
    }
}

impl Target {
    /// A target just registered.
    pub fn registered(address: Address, now_ms: Millis, registered_by: ObservationId) -> Self {
        Self {
            address,
            state: TargetState::Initial,
            reason: Some(TargetReason::InitialHealthChecking),
            successes: 0,
            failures: 0,
            checked_until_ms: 0,
            since_ms: now_ms,
            turned_by: registered_by,
        }
    }

    /// True when a round of checks includes it.
    pub fn is_checked(&self, now_ms: Millis) -> bool {
        match self.state {
            TargetState::Initial | TargetState::Healthy | TargetState::Unhealthy => now_ms >= self.checked_until_ms,
            TargetState::Draining | TargetState::Unused => false,
        }
    }

    /// Counts one check; says into which state it turns the target, if it does.
    ///
    /// Ledger: target.first-success. A new target is healthy after one success; the threshold is for coming back (ecs.md §6.2).
    pub fn count_check(&mut self, settings: &Settings, checked: Checked) -> Option<TargetState> {
        let turned = match (self.state, checked) {
            (TargetState::Initial, Checked::Passed) => Some(TargetState::Healthy),
            (TargetState::Healthy, Checked::Passed) => {
                self.failures = 0;
                None
            }
            (TargetState::Unhealthy, Checked::Passed) => {
                self.successes += 1;
                (self.successes >= settings.healthy_threshold).then_some(TargetState::Healthy)
            }
            (TargetState::Initial | TargetState::Healthy, Checked::Failed(_)) => {
                self.failures += 1;
                (self.failures >= settings.unhealthy_threshold).then_some(TargetState::Unhealthy)
            }
            (TargetState::Unhealthy, Checked::Failed(reason)) => {
                self.successes = 0;
                self.reason = Some(reason);
                None
            }
            (TargetState::Draining | TargetState::Unused, Checked::Passed | Checked::Failed(_)) => None,
        };
        if turned.is_some() {
            (self.successes, self.failures) = (0, 0);
            self.reason = match checked {
                Checked::Passed => None,
                Checked::Failed(reason) => Some(reason),
            };
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            target_type: TargetType::Ip,
            interval_ms: 30_000,
            timeout_ms: 5_000,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            path: Rc::from("/"),
            matcher: vec![(200, 200), (204, 206)],
            deregistration_delay_ms: 300_000,
            slow_start_ms: 0,
        }
    }

    /// States that a row of checks (`+` passes, `-` fails) turns a target into.
    fn check(from: TargetState, checks: &str, expected: &[(usize, TargetState)]) {
        let address = Address { instance: None, port: 80, container_port: 80 };
        let mut target = Target { state: from, ..Target::registered(address, 0, ObservationId(1)) };
        let mut turned = Vec::new();
        for (number, sign) in checks.chars().enumerate() {
            let checked = if sign == '+' { Checked::Passed } else { Checked::Failed(TargetReason::Timeout) };
            if let Some(state) = target.count_check(&settings(), checked) {
                target.state = state;
                turned.push((number + 1, state));
            }
        }
        assert_eq!(turned, expected, "{from:?} {checks}");
    }

    #[test]
    fn section_6_2_one_success_makes_a_new_target_healthy_and_the_threshold_an_unhealthy_one() {
        check(TargetState::Initial, "+", &[(1, TargetState::Healthy)]);
        check(TargetState::Initial, "-+", &[(2, TargetState::Healthy)]);
        check(TargetState::Initial, "--", &[(2, TargetState::Unhealthy)]);
        check(TargetState::Healthy, "-+-+--", &[(6, TargetState::Unhealthy)]);
        check(TargetState::Unhealthy, "++++-+++++", &[(10, TargetState::Healthy)]);
        check(TargetState::Draining, "++--", &[]);
    }

    #[test]
    fn section_6_2_the_matcher_takes_lists_and_ranges() {
        let passing: Vec<u16> = [200, 201, 204, 205, 206, 207, 503].into_iter().filter(|code| settings().passes(*code)).collect();
        assert_eq!(passing, [200, 204, 205, 206]);
    }

    #[test]
    fn whoever_writes_to_targets_or_settings_lets_all_be_checked_again() {
        let writes: [fn(&mut TargetGroup); 3] = [
            |group| group.settings.timeout_ms = 2_000,
            |group| group.targets.clear(),
            |group| group.targets.values_mut().for_each(|target| target.failures = 1),
        ];
        for write in writes {
            let mut group = TargetGroup::new(Rc::from("tg"), Rc::from("arn"), settings());
            group.note_all_pass();
            assert!(group.all_pass() && group.targets.is_empty(), "reading changes nothing");
            write(&mut group);
            assert!(!group.all_pass());
        }
    }

    #[test]
    fn section_6_2_all_unhealthy_fails_open() {
        let address = Address { instance: None, port: 80, container_port: 80 };
        let in_state = |state| Target { state, ..Target::registered(address, 0, ObservationId(1)) };
        let mut group = TargetGroup::new(Rc::from("tg"), Rc::from("arn"), settings());
        group.targets.insert(TaskId(1), in_state(TargetState::Unhealthy));
        group.targets.insert(TaskId(2), in_state(TargetState::Unhealthy));
        group.targets.insert(TaskId(3), in_state(TargetState::Draining));
        let ids = |group: &TargetGroup| group.in_service().map(|(task, _)| task.0).collect::<Vec<_>>();
        assert_eq!((ids(&group), group.fails_open()), (vec![1, 2], true));
        group.targets.get_mut(&TaskId(2)).unwrap().state = TargetState::Healthy;
        assert_eq!((ids(&group), group.fails_open()), (vec![2], false));
    }
}
