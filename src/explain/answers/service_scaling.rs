//! Why a service was scaled out, and why it is not scaled in (ecs.md §7.8): what Application Auto Scaling saw and reckoned.

use std::rc::Rc;

use crate::explain::answers::newest;
use crate::explain::causes::chain;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::metrics::{cause_words, held_words, series_name};
use crate::explain::names::{count, list, service_name};
use crate::sim::command::metrics::ScaleIn;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::model::alarm::{AlarmState, decimal};
use crate::sim::neighbours::metrics::alarms::Alarm;
use crate::sim::neighbours::metrics::scaling::{Policy, ScalableTarget, Tracking, Verdict, proportional};
use crate::sim::neighbours::metrics::scaling_acts::{signals, standing};
use crate::sim::observation::metrics::{Basis, MetricsFact, ScalingCause};
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::clock;

/// So many steps of a scale-out are listed, the newest.
const MOST_STEPS: usize = 12;

/// The newest step up, with the numbers it was worked out from.
pub(super) fn why_out(sim: &Sim, log: &[Observation], service: ServiceId) -> Option<Explanation> {
    let stepped_up = |kind: &Kind| matches!(kind, Kind::Metrics(fact) if is_step_up(fact, service));
    let observed = newest(log, stepped_up)?;
    let Kind::Metrics(fact) = &observed.kind else { return None };
    let MetricsFact::ScalingActivity { from, to, cause, .. } = &**fact else { return None };
    let name = service_name(sim, service);
    let title = format!("{name} was scaled out from {from} to {to} at {}", clock(observed.at_ms));
    let service_text = Some(format!("Setting desired count to {to}. Cause: {}", cause_words(cause)));
    let (alarm, policy, basis) = match cause {
        ScalingCause::Alarm { alarm, policy, basis } => (alarm, policy, basis),
        ScalingCause::MinCapacity | ScalingCause::MaxCapacity => {
            let sentence = format!("Its minimum capacity was set to {to}, above the {from} tasks it wanted.");
            return Some(Explanation { title, sentence, service_text, of: Some(observed.id), ..Explanation::default() });
        }
    };
    let target = sim.neighbours().metrics.scalable_target(service);
    let tracking = target.and_then(|target| tracking(target, policy));
    let sentence = match tracking {
        Some(tracking) => proportional_words(tracking, basis, *to),
        None => format!(
            "Alarm {alarm} is in ALARM: its metric is {}, its threshold {}. Policy {policy} answers by the step that is set for so \
             large a difference: {} running tasks become {to}.",
            decimal(basis.value),
            decimal(basis.threshold),
            basis.running
        ),
    };
    let said = chain(log, observed.id).into_iter().find_map(|link| alarm_reason(&link.kind, alarm));
    let grids = steps_of(sim, log, service).into_iter().chain(said.map(|reason| datapoints_of(sim, alarm, &reason))).collect();
    Some(Explanation { title, sentence, grids, service_text, of: Some(observed.id), ..Explanation::default() })
}

/// All steps up since the last one down, oldest first; nothing when there was only one.
fn steps_of(sim: &Sim, log: &[Observation], of: ServiceId) -> Option<Grid> {
    let target = sim.neighbours().metrics.scalable_target(of);
    let step = |observation: &Observation| {
        let Kind::Metrics(fact) = &observation.kind else { return None };
        match &**fact {
            MetricsFact::ScalingActivity { service, from, to, cause } if *service == of => Some((*from, *to, cause.clone())),
            _ => None,
        }
    };
    let since = log.iter().rposition(|observation| step(observation).is_some_and(|(from, to, _)| to < from));
    let row = |observation: &Observation| {
        let (from, to, cause) = step(observation)?;
        let because = match &cause {
            ScalingCause::Alarm { basis, policy, .. } => match target.and_then(|target| tracking(target, policy)) {
                Some(tracking) => format!("{}: {}", series_name(&tracking.series), formula(basis).0),
                None => format!("policy {policy}: {}, threshold {}", decimal(basis.value), decimal(basis.threshold)),
            },
            ScalingCause::MinCapacity | ScalingCause::MaxCapacity => cause_words(&cause),
        };
        Some(vec![clock(observation.at_ms), format!("{from} → {to} tasks"), because])
    };
    let mut rows: Vec<Vec<String>> = log[since.map_or(0, |last| last + 1)..].iter().filter_map(row).collect();
    let left_out = rows.len().saturating_sub(MOST_STEPS);
    rows.drain(..left_out);
    (rows.len() > 1).then(|| Grid {
        title: "Step by step".to_owned(),
        line: match left_out {
            0 => "Oldest first.".to_owned(),
            more => format!("Oldest first; {more} earlier are left out."),
        },
        heads: vec!["At", "what", "because"],
        rows,
    })
}

fn is_step_up(fact: &MetricsFact, of: ServiceId) -> bool {
    matches!(fact, MetricsFact::ScalingActivity { service, from, to, .. } if *service == of && to > from)
}

fn tracking<'a>(target: &'a ScalableTarget, policy: &str) -> Option<&'a Tracking> {
    match target.policies.get(policy)? {
        Policy::TargetTracking(tracking) => Some(tracking),
        Policy::StepScaling(_) => None,
    }
}

fn amount(tracking: &Tracking, thousandths: u64) -> String {
    let unit = tracking.series.metric.unit();
    let tenths = decimal(thousandths / 100 * 100);
    if unit.is_empty() { tenths } else { format!("{tenths} {unit}") }
}

/// `3 running tasks × 91.2 ÷ 70.0 = 3.9, rounded up to 4`.
fn formula(basis: &Basis) -> (String, u32) {
    let wanted = proportional(basis.running, basis.value, basis.threshold);
    let exact = u64::from(basis.running) * basis.value * 1_000 / basis.threshold.max(1);
    let tenths = exact / 100 * 100;
    let hidden = if tenths.is_multiple_of(1_000) && tenths / 1_000 < u64::from(wanted) { "a little over " } else { "" };
    let formula = format!(
        "{} × {} ÷ {} = {hidden}{}, rounded up to {wanted}",
        count(u64::from(basis.running), "running task"),
        decimal(basis.value / 100 * 100),
        decimal(basis.threshold / 100 * 100),
        decimal(tenths)
    );
    (formula, wanted)
}

fn proportional_words(tracking: &Tracking, basis: &Basis, to: u32) -> String {
    let (formula, wanted) = formula(basis);
    let bounded = match wanted.cmp(&to) {
        std::cmp::Ordering::Greater => format!(" Its maximum capacity makes it {to}."),
        std::cmp::Ordering::Less | std::cmp::Ordering::Equal => String::new(),
    };
    format!(
        "{} was {}, above the target of {}. As many tasks as bring it back to the target if the work stays the same: {formula}.{bounded}",
        series_name(&tracking.series),
        amount(tracking, basis.value),
        amount(tracking, basis.threshold)
    )
}

fn alarm_reason(kind: &Kind, of: &str) -> Option<Rc<str>> {
    let Kind::Metrics(fact) = kind else { return None };
    let MetricsFact::AlarmStateChanged { alarm, to: AlarmState::Alarm, reason, .. } = &**fact else { return None };
    (**alarm == *of).then(|| reason.clone())
}

fn datapoints_of(sim: &Sim, alarm: &str, reason: &str) -> Grid {
    let values = sim.neighbours().metrics.alarm(alarm).map(|known| sim.neighbours().metrics.values(&known.rule));
    let value = |value: Option<u64>| value.map_or_else(|| "no data".to_owned(), |value| decimal(value / 100 * 100));
    Grid {
        title: format!("Alarm {alarm}"),
        line: format!("It went off so: {reason} Its newest values:"),
        heads: vec!["Minute from", "value"],
        rows: values.into_iter().flatten().map(|(at_ms, of)| vec![clock(at_ms), value(of)]).collect(),
    }
}

/// What is missing for a step down.
pub(super) fn why_not_in(sim: &Sim, service: ServiceId) -> Option<Explanation> {
    let metrics = &sim.neighbours().metrics;
    let target = metrics.scalable_target(service)?;
    let (name, desired) = (service_name(sim, service), sim.belief().services.get(service)?.desired_count);
    let sentence = reason_to_stay(sim, service, target, desired);
    let rows = target.policies.iter().filter_map(|(name, policy)| policy_row(sim, name, policy)).collect();
    let grids = vec![Grid {
        title: "What each policy waits for".to_owned(),
        line: "It scales in only when all target tracking policies agree, out when any one wants to.".to_owned(),
        heads: vec!["Policy", "alarm", "state", "datapoints", "newest"],
        rows,
    }];
    Some(Explanation {
        title: format!("{name} keeps {}", count(u64::from(desired), "task")),
        sentence,
        grids,
        ..Explanation::default()
    })
}

fn reason_to_stay(sim: &Sim, service: ServiceId, target: &ScalableTarget, desired: u32) -> String {
    if desired <= target.min_capacity {
        return format!("It is at its minimum capacity of {}: nothing scales it below that.", target.min_capacity);
    }
    if target.policies.is_empty() {
        return "It has no scaling policy, so nothing ever asks for fewer tasks.".to_owned();
    }
    let lows: Vec<(&Tracking, &Alarm)> = scaling_in(target)
        .filter_map(|tracking| Some((tracking, sim.neighbours().metrics.alarm(&tracking.alarm_low)?)))
        .collect();
    let waiting: Vec<String> = lows
        .iter()
        .filter(|(_, alarm)| alarm.state != AlarmState::Alarm)
        .map(|(tracking, alarm)| what_is_missing(sim, tracking, alarm))
        .collect();
    if !waiting.is_empty() {
        return waiting.join(" ");
    }
    let metrics = &sim.neighbours().metrics;
    let (signals, stands) = (signals(metrics, target), standing(sim, service));
    match target.decide(sim.now_ms(), &signals, stands, sim.tuning().metrics.scale_in_step_percent) {
        Verdict::Held { by, .. } => format!("Its alarm asks for fewer tasks, but {}.", held_words(by)),
        Verdict::Scale { to, .. } if to < desired => {
            format!("Its alarm is in ALARM: at the next look its desired count becomes {to}.")
        }
        Verdict::Scale { to, .. } => format!("It is about to be scaled out to {to}."),
        Verdict::Stay if lows.is_empty() => {
            "None of its policies scales in: that is switched off (DisableScaleIn), or no alarm of a step policy is in ALARM."
                .to_owned()
        }
        Verdict::Stay => needed_all_the_same(sim, &lows, stands.running),
    }
}

fn scaling_in(target: &ScalableTarget) -> impl Iterator<Item = &Tracking> {
    target.policies.values().filter_map(|policy| match policy {
        Policy::TargetTracking(tracking) if tracking.scale_in == ScaleIn::Enabled => Some(tracking),
        Policy::TargetTracking(_) | Policy::StepScaling(_) => None,
    })
}

/// How the newest datapoints of an alarm stand: below its threshold, not below, missing, and below in a row up to now.
struct Tally {
    breaching: u32,
    quiet: u32,
    missing: u32,
    in_a_row: u32,
}

fn tally(sim: &Sim, alarm: &Alarm) -> Tally {
    let values: Vec<_> = sim.neighbours().metrics.values(&alarm.rule).collect();
    let breaches = |value: &Option<u64>| value.is_some_and(|value| alarm.rule.comparison.breaches(value, alarm.rule.threshold));
    let tally = |wanted: &dyn Fn(&Option<u64>) -> bool| values.iter().filter(|(_, value)| wanted(value)).count() as u32;
    Tally {
        breaching: tally(&breaches),
        quiet: tally(&|value| value.is_some() && !breaches(value)),
        missing: tally(&|value| value.is_none()),
        in_a_row: values.iter().take_while(|(_, value)| breaches(value)).count() as u32,
    }
}

fn what_is_missing(sim: &Sim, tracking: &Tracking, alarm: &Alarm) -> String {
    let (tally, needed) = (tally(sim, alarm), alarm.rule.datapoints_to_alarm);
    let others = [(tally.quiet, "not below"), (tally.missing, "missing")];
    let others: Vec<String> =
        others.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", list(&others)) };
    format!(
        "{} must be below {} ({} % of its target) in {needed} of the newest {needed} minutes; it is in {}{others}. If it stays below from \
         now on, that takes {} more min.",
        series_name(&tracking.series),
        amount(tracking, alarm.rule.threshold),
        alarm.rule.threshold * 100 / tracking.target.max(1),
        tally.breaching,
        needed.saturating_sub(tally.in_a_row)
    )
}

/// The alarms ask for less, but what the metric asks for, rounded up to whole tasks, is what runs.
fn needed_all_the_same(sim: &Sim, lows: &[(&Tracking, &Alarm)], running: u32) -> String {
    let most = lows.iter().filter_map(|(tracking, alarm)| {
        let value = sim.neighbours().metrics.newest(&alarm.rule.series, alarm.rule.statistic)?;
        let basis = Basis { running, value, threshold: tracking.target };
        Some((formula(&basis).1, basis))
    });
    match most.max_by_key(|(wanted, _)| *wanted) {
        Some((_, basis)) => format!("All alarms ask for fewer tasks, but so many are needed: {}.", formula(&basis).0),
        None => "Its metric has no value to reckon with.".to_owned(),
    }
}

fn policy_row(sim: &Sim, name: &str, policy: &Policy) -> Option<Vec<String>> {
    let tracking = match policy {
        Policy::StepScaling(_) => {
            return Some(vec![name.to_owned(), "of your own".to_owned(), "–".to_owned(), "–".to_owned(), "–".to_owned()]);
        }
        Policy::TargetTracking(tracking) => tracking,
    };
    let alarm = sim.neighbours().metrics.alarm(&tracking.alarm_low)?;
    let (tally, newest) = (tally(sim, alarm), sim.neighbours().metrics.newest(&tracking.series, tracking.statistic));
    let below = match tracking.scale_in {
        ScaleIn::Disabled => "never scales in".to_owned(),
        ScaleIn::Enabled => {
            format!("{} of {} below {}", tally.breaching, alarm.rule.evaluation_periods, amount(tracking, alarm.rule.threshold))
        }
    };
    let newest = newest.map_or_else(|| "no data".to_owned(), |value| amount(tracking, value));
    Some(vec![name.to_owned(), tracking.alarm_low.to_string(), alarm.state.name().to_owned(), below, newest])
}
