//! Every example and rule of ecs.md §7.8, without a run around them.

use super::*;
use crate::sim::model::metric::{MetricName, Of};
use crate::sim::time::SECOND;

const NOW_MS: Millis = 1_000 * SECOND;
/// In per cent: what scaling in takes away at most.
const STEP: u32 = 10;

fn tracking(target: u64, scale_in: ScaleIn) -> Policy {
    Policy::TargetTracking(Tracking {
        series: Series { metric: MetricName::CpuUtilization, of: Of::Service("web".into()) },
        statistic: Statistic::Average,
        target: target * 1_000,
        scale_in,
        alarm_high: "high".into(),
        alarm_low: "low".into(),
        out_ms: 300 * SECOND,
        in_ms: 300 * SECOND,
    })
}

fn steps(
    adjustment_type: AdjustmentType,
    min_adjustment_magnitude: u32,
    adjustments: &[(Option<i32>, Option<i32>, i32)],
) -> Steps {
    let adjustments = adjustments.iter().map(|(lower, upper, change)| StepAdjustment {
        metric_interval_lower_bound: *lower,
        metric_interval_upper_bound: *upper,
        scaling_adjustment: *change,
    });
    Steps { adjustment_type, adjustments: adjustments.collect(), min_adjustment_magnitude, cooldown_ms: 300 * SECOND }
}

fn target(policies: &[(&str, Policy)]) -> ScalableTarget {
    ScalableTarget {
        min_capacity: 1,
        max_capacity: 100,
        policies: policies.iter().map(|(name, policy)| (Rc::from(*name), policy.clone())).collect(),
        registered_by: ObservationId(1),
        cooling_out: None,
        cooling_in_until_ms: 0,
        last: None,
        held: None,
    }
}

/// A policy of 70 per cent for each name.
fn cpu(names: &[&str]) -> ScalableTarget {
    let policies: Vec<_> = names.iter().map(|name| (*name, tracking(70, ScaleIn::Enabled))).collect();
    target(&policies)
}

fn signal(policy: &str, side: SignalSide, value: u64) -> Signal {
    let threshold = if side == SignalSide::Low { 63_000 } else { 70_000 };
    Signal { policy: policy.into(), alarm: "alarm".into(), turned_by: ObservationId(2), value: value * 1_000, threshold, side }
}

fn standing(desired: u32, running: u32) -> Standing {
    Standing { desired, running, deployment: DeploymentState::Completed }
}

/// The new desired count, or what holds it.
fn verdict(target: &ScalableTarget, signals: &[Signal], standing: Standing) -> Result<u32, Option<Held>> {
    match target.decide(NOW_MS, signals, standing, STEP) {
        Verdict::Scale { to, .. } => Ok(to),
        Verdict::Held { by, .. } => Err(Some(by)),
        Verdict::Stay => Err(None),
    }
}

#[test]
fn section_7_8_scaling_out_is_proportional() {
    for (running, metric, wanted) in [(4, 140, 8), (4, 71, 5), (10, 105, 15), (3, 100, 5), (1, 69, 1)] {
        assert_eq!(proportional(running, metric * 1_000, 70_000), wanted, "{running} at {metric}");
    }
    assert_eq!(verdict(&cpu(&["cpu"]), &[signal("cpu", SignalSide::High, 90)], standing(4, 4)), Ok(6));
}

#[test]
fn section_7_8_scaling_out_ends_within_the_bounds() {
    let bounded = ScalableTarget { min_capacity: 3, max_capacity: 7, ..cpu(&["cpu"]) };
    let high = [signal("cpu", SignalSide::High, 90)];
    assert_eq!(verdict(&bounded, &high, standing(1, 1)), Ok(3), "someone had asked for less by hand");
    assert_eq!(verdict(&bounded, &high, standing(6, 6)), Ok(7));
}

#[test]
fn section_7_8_the_running_count_is_the_base() {
    // Two of six could not be placed: what is wanted already covers the need.
    assert_eq!(verdict(&cpu(&["cpu"]), &[signal("cpu", SignalSide::High, 90)], standing(6, 4)), Err(None));
    assert_eq!(verdict(&cpu(&["cpu"]), &[signal("cpu", SignalSide::High, 140)], standing(6, 4)), Ok(8));
}

#[test]
fn section_7_8_with_several_policies_the_largest_scales_out() {
    let both = cpu(&["cpu", "memory"]);
    let signals = [signal("cpu", SignalSide::High, 80), signal("memory", SignalSide::High, 140)];
    assert_eq!(verdict(&both, &signals, standing(4, 4)), Ok(8));
    let mixed = [signal("cpu", SignalSide::High, 80), signal("memory", SignalSide::Low, 10)];
    assert_eq!(verdict(&both, &mixed, standing(4, 4)), Ok(5), "any may scale out");
}

#[test]
fn section_7_8_scaling_in_needs_all_to_agree() {
    let both = cpu(&["cpu", "memory"]);
    assert_eq!(verdict(&both, &[signal("cpu", SignalSide::Low, 10)], standing(20, 20)), Err(None));
    let agreed = [signal("cpu", SignalSide::Low, 10), signal("memory", SignalSide::Low, 10)];
    assert_eq!(verdict(&both, &agreed, standing(20, 20)), Ok(18));
    let never = target(&[("cpu", tracking(70, ScaleIn::Enabled)), ("memory", tracking(70, ScaleIn::Disabled))]);
    assert_eq!(
        verdict(&never, &[signal("cpu", SignalSide::Low, 10)], standing(20, 20)),
        Ok(18),
        "one that never scales in is not asked"
    );
    assert_eq!(verdict(&never, &[signal("memory", SignalSide::Low, 10)], standing(20, 20)), Err(None));
}

#[test]
fn section_7_8_scaling_in_is_gradual_and_not_below_the_need() {
    let low = |value| [signal("cpu", SignalSide::Low, value)];
    assert_eq!(verdict(&cpu(&["cpu"]), &low(5), standing(40, 40)), Ok(36));
    assert_eq!(verdict(&cpu(&["cpu"]), &low(5), standing(4, 4)), Ok(3), "one at least");
    assert_eq!(verdict(&cpu(&["cpu"]), &low(62), standing(40, 40)), Ok(36));
    assert_eq!(verdict(&cpu(&["cpu"]), &low(68), standing(40, 40)), Ok(39), "what the metric asks for is less");
    assert_eq!(verdict(&cpu(&["cpu"]), &low(62), standing(1, 1)), Err(None), "one task at 62 per cent is needed");
}

#[test]
fn section_7_8_bounds_hold() {
    let mut bounded = cpu(&["cpu"]);
    (bounded.min_capacity, bounded.max_capacity) = (2, 10);
    assert_eq!(verdict(&bounded, &[signal("cpu", SignalSide::High, 300)], standing(4, 4)), Ok(10));
    assert_eq!(verdict(&bounded, &[signal("cpu", SignalSide::High, 300)], standing(10, 10)), Err(Some(Held::MaxCapacity)));
    assert_eq!(verdict(&bounded, &[signal("cpu", SignalSide::Low, 1)], standing(2, 2)), Err(Some(Held::MinCapacity)));
}

#[test]
fn section_7_8_no_scaling_in_while_a_deployment_is_in_progress() {
    let deploying = Standing { deployment: DeploymentState::InProgress, ..standing(20, 20) };
    let web = cpu(&["cpu"]);
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::Low, 10)], deploying), Err(Some(Held::DeploymentInProgress)));
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::High, 140)], deploying), Ok(40), "out all the same");
}

#[test]
fn section_7_8_in_the_pause_after_scaling_out_only_a_larger_need_adds_more() {
    let mut web = cpu(&["cpu"]);
    // Four tasks at 105 wanted six; six run now, and the metric is as it was.
    web.cooling_out = Some(CoolingOut { until_ms: NOW_MS + SECOND, base: 4 });
    let cooldown = Err(Some(Held::Cooldown { until_ms: NOW_MS + SECOND }));
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::High, 105)], standing(6, 6)), cooldown);
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::High, 140)], standing(6, 6)), Ok(8), "a larger need from the same base");
    web.cooling_out = Some(CoolingOut { until_ms: NOW_MS, base: 4 });
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::High, 105)], standing(6, 6)), Ok(9), "the pause is over");
}

#[test]
fn section_7_8_the_pause_after_scaling_in_holds_back_only_scaling_in() {
    let mut web = cpu(&["cpu"]);
    web.cooling_in_until_ms = NOW_MS + SECOND;
    let cooldown = Err(Some(Held::Cooldown { until_ms: NOW_MS + SECOND }));
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::Low, 10)], standing(20, 20)), cooldown);
    assert_eq!(verdict(&web, &[signal("cpu", SignalSide::High, 140)], standing(20, 20)), Ok(40));
}

#[test]
fn section_7_8_steps_follow_the_distance_from_the_threshold() {
    let steps = steps(AdjustmentType::ChangeInCapacity, 0, &[(Some(0), Some(15), 1), (Some(15), None, 4), (None, Some(0), -1)]);
    let to = |value: u64| steps.wish(10, value * 1_000, 70_000);
    assert_eq!([to(70), to(84), to(85), to(200)], [Some(11), Some(11), Some(14), Some(14)]);
    assert_eq!([to(69), to(1)], [Some(9), Some(9)]);
    let web = target(&[("steps", Policy::StepScaling(steps))]);
    assert_eq!(verdict(&web, &[signal("steps", SignalSide::Step, 90)], standing(10, 10)), Ok(14));
    assert_eq!(verdict(&web, &[signal("steps", SignalSide::Step, 60)], standing(10, 10)), Ok(9));
}

#[test]
fn section_7_8_steps_in_per_cent_and_to_an_exact_count() {
    let percent = |change, magnitude| steps(AdjustmentType::PercentChangeInCapacity, magnitude, &[(Some(0), None, change)]);
    for (base, change, magnitude, to) in
        [(10, 25, 0, 12), (3, 10, 0, 4), (10, -25, 0, 8), (3, -10, 0, 2), (4, 10, 2, 6), (4, -10, 2, 2)]
    {
        assert_eq!(percent(change, magnitude).wish(base, 80_000, 70_000), Some(to), "{base} {change} {magnitude}");
    }
    assert_eq!(steps(AdjustmentType::ExactCapacity, 0, &[(Some(0), None, 7)]).wish(3, 80_000, 70_000), Some(7));
    assert_eq!(percent(10, 0).wish(3, 60_000, 70_000), None, "no step for this side");
}
