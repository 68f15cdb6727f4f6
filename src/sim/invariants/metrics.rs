//! Metrics, alarms and scaling: what is believed of them follows from what can be read.

use super::must;
use crate::sim::engine::Sim;
use crate::sim::neighbours::metrics::Metrics;
use crate::sim::neighbours::metrics::scaling::ScalableTarget;
use crate::sim::time::MINUTE;

/// Says the first thing that is not as it must be.
pub(super) fn check(sim: &Sim) -> Result<(), String> {
    let metrics = &sim.neighbours.metrics;
    let ends: Vec<_> = metrics.minutes().map(|minute| minute.ended_at_ms).collect();
    must(ends.len() <= sim.fx.tuning.metrics.datapoints_kept as usize, || "too many minutes are kept".to_string())?;
    must(ends.windows(2).all(|pair| pair[1] == pair[0] + MINUTE), || format!("a minute is missing: {ends:?}"))?;
    for (name, alarm) in metrics.alarms() {
        let due = metrics.judged_at_ms.is_some_and(|judged_ms| alarm.since_ms < judged_ms);
        must(!due || metrics.judge(alarm) == alarm.state, || format!("alarm {name} is {:?} against its data", alarm.state))?;
    }
    let unknown = sim.control.alarms.keys().find(|name| metrics.alarm(name).is_none());
    must(unknown.is_none(), || format!("ECS believes in alarm {unknown:?}, which does not exist"))?;
    for (service, target) in metrics.scalable_targets() {
        target_is_sound(metrics, target).map_err(|what| format!("scalable target of service {}: {what}", service.0))?;
    }
    Ok(())
}

fn target_is_sound(metrics: &Metrics, target: &ScalableTarget) -> Result<(), String> {
    must(target.min_capacity <= target.max_capacity, || "its bounds are upside down".to_string())?;
    let within = |activity: &crate::sim::neighbours::metrics::scaling::Activity| {
        (activity.within.0..=activity.within.1).contains(&activity.to)
    };
    must(target.last.as_ref().is_none_or(within), || format!("scaled out of its bounds: {:?}", target.last))?;
    let alarms = target.policies.values().flat_map(|policy| policy.alarms());
    let missing = alarms.into_iter().find(|alarm| metrics.alarm(alarm).is_none());
    must(missing.is_none(), || format!("its alarm {missing:?} does not exist"))
}
