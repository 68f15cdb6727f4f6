//! What target groups got in a span of time, and what became of it: what a load balancer publishes and charges for.
//!
//! Counts in millionths of a request, as in [`traffic`](super::traffic), so that nothing is rounded away before it is published.

use crate::sim::neighbours::metrics::minute::Datapoint;
use crate::sim::neighbours::target_group::TargetGroup;
use crate::sim::neighbours::traffic::{Loss, Route};
use crate::sim::time::Millis;

/// Requests of one target group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Received {
    /// Sent to its targets.
    pub requests: u64,
    /// Answered.
    pub answered: u64,
    /// Answered by a target with a status of 5xx.
    pub errors: u64,
    /// Milliseconds that the answered ones took, all together, and the shortest and the longest.
    latency: u128,
    fastest_ms: Millis,
    slowest_ms: Millis,
}

/// What load balancers have carried so far: what is charged for beside the hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Carried {
    /// Requests that came to a listener or a target group, answered or not, in millionths.
    pub requests: u128,
    /// KiB of the answers, in millionths.
    pub kib: u128,
}

impl Carried {
    /// What comes by these routes of so many requests in so many milliseconds.
    pub(crate) fn add(&mut self, offered_mrps: u64, routes: &[Route], span_ms: Millis) {
        let kib_a_second = |route: &Route| u128::from(route.served_mrps) * u128::from(route.response_kib);
        self.requests += u128::from(offered_mrps) * u128::from(span_ms);
        self.kib += routes.iter().map(kib_a_second).sum::<u128>() * u128::from(span_ms);
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self { requests: self.requests + other.requests, kib: self.kib + other.kib }
    }
}

impl Received {
    /// What came by a route in so many milliseconds.
    pub(crate) fn add(&mut self, route: &Route, span_ms: Millis) {
        let answered = route.served_mrps * span_ms;
        self.requests += route.offered_mrps * span_ms;
        if is_error_of_target(route.loss) {
            self.errors += (route.offered_mrps - route.served_mrps) * span_ms;
        }
        self.add_answered(answered, u128::from(answered) * u128::from(route.latency_ms), (route.latency_ms, route.latency_ms));
    }

    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.requests += other.requests;
        self.errors += other.errors;
        self.add_answered(other.answered, other.latency, (other.fastest_ms, other.slowest_ms));
        self
    }

    fn add_answered(&mut self, answered: u64, latency: u128, (fastest_ms, slowest_ms): (Millis, Millis)) {
        if answered > 0 {
            self.fastest_ms = if self.answered == 0 { fastest_ms } else { self.fastest_ms.min(fastest_ms) };
            self.slowest_ms = self.slowest_ms.max(slowest_ms);
            self.answered += answered;
            self.latency += latency;
        }
    }

    /// `RequestCountPerTarget`, in thousandths; nothing when the group has no target that requests are sent to.
    pub(crate) fn requests_per_target(&self, group: &TargetGroup) -> Option<u64> {
        (self.requests / 1_000).checked_div(group.in_service().count() as u64)
    }

    /// The average of `TargetResponseTime`, in thousandths of a millisecond; nothing when nothing was answered.
    pub(crate) fn response_time(&self) -> Option<u64> {
        (self.latency * 1_000).checked_div(u128::from(self.answered)).map(|average| average as u64)
    }

    /// `TargetResponseTime`: a sample for each answer.
    pub(crate) fn response_times(&self) -> Option<Datapoint> {
        let samples = (self.answered / 1_000_000).max(1);
        let average = self.response_time()?;
        let (minimum, maximum) = (self.fastest_ms * 1_000, self.slowest_ms * 1_000);
        Some(Datapoint { sum: average * samples, minimum, maximum, samples })
    }

    /// `HTTPCode_Target_5XX_Count`: a sample for each; nothing when there is none, as the load balancer does.
    pub(crate) fn error_count(&self) -> Option<Datapoint> {
        let samples = self.errors / 1_000_000;
        (samples > 0).then_some(Datapoint { sum: samples * 1_000, minimum: 1_000, maximum: 1_000, samples })
    }
}

/// Does the target itself answer what is lost so? What the load balancer answers in its place is counted elsewhere.
fn is_error_of_target(loss: Loss) -> bool {
    match loss {
        Loss::NotReady | Loss::Overload => true,
        Loss::NoTarget | Loss::Refused | Loss::Timeout | Loss::CutOff | Loss::UnknownEndpoint => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ids::{TargetGroupId, TaskId};
    use crate::sim::model::metric::Statistic;
    use crate::sim::model::target::Address;

    fn route(offered_mrps: u64, served_mrps: u64, loss: Loss, latency_ms: Millis) -> Route {
        let address = Address { instance: None, port: 80, container_port: 80 };
        let target_group = Some(TargetGroupId(1));
        Route { target_group, task: TaskId(1), address, offered_mrps, served_mrps, loss, latency_ms, response_kib: 20 }
    }

    #[test]
    fn a_slow_target_with_many_requests_weighs_more() {
        let mut received = Received::default();
        received.add(&route(3_000, 3_000, Loss::Refused, 100), 60_000);
        received.add(&route(1_000, 1_000, Loss::Refused, 20), 60_000);
        let times = received.response_times().expect("there are answers");
        let values = [Statistic::Average, Statistic::Minimum, Statistic::Maximum, Statistic::SampleCount];
        assert_eq!(values.map(|statistic| times.statistic(statistic)), [80_000, 20_000, 100_000, 240_000]);
        assert_eq!((received.requests / 1_000_000, received.error_count()), (240, None));
    }

    #[test]
    fn only_what_the_target_answers_itself_is_its_error() {
        let lost = |loss| {
            let mut received = Received::default();
            received.add(&route(10_000, 4_000, loss, 5), 10_000);
            received.error_count().map(|count| (count.statistic(Statistic::Sum), count.statistic(Statistic::Average)))
        };
        assert_eq!(lost(Loss::Overload), Some((60_000, 1_000)));
        assert_eq!(lost(Loss::NotReady), Some((60_000, 1_000)));
        assert_eq!([Loss::Refused, Loss::Timeout, Loss::CutOff].map(lost), [None; 3]);
    }

    #[test]
    fn nothing_answered_has_no_response_time() {
        let mut received = Received::default();
        received.add(&route(1_000, 0, Loss::Refused, 0), 60_000);
        assert_eq!((received.response_times(), received.requests), (None, 60_000_000));
        assert_eq!(received.and(received).requests, 120_000_000);
    }
}
