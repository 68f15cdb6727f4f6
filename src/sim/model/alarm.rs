//! What an alarm is and when it turns: states, comparisons, and what missing data mean (CloudWatch's `PutMetricAlarm`).
//!
//! Pure arithmetic over datapoints that someone else found. Start reading at [`AlarmRule::judge`].

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::sim::model::metric::{Series, Statistic};

/// `StateValue` of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmState {
    Ok,
    Alarm,
    InsufficientData,
}

impl AlarmState {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// `ComparisonOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Comparison {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// Is the threshold crossed?
    pub fn breaches(self, value: u64, threshold: u64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// In words, as CloudWatch gives its reasons.
    pub fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// `TreatMissingData`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TreatMissingData {
    /// As if it were not there: with nothing else the state is INSUFFICIENT_DATA.
    #[default]
    #[serde(rename = "missing")]
    Missing,
    /// The state stays as it is.
    #[serde(rename = "ignore")]
    Ignore,
    #[serde(rename = "breaching")]
    Breaching,
    #[serde(rename = "notBreaching")]
    NotBreaching,
}

/// When an alarm turns. Values in thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlarmRule {
    pub series: Series,
    pub statistic: Statistic,
    pub comparison: Comparison,
    pub threshold: u64,
    /// Length of a period.
    pub period_minutes: u32,
    /// So many periods are looked at, and of them so many must breach.
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: u32,
    pub treat_missing_data: TreatMissingData,
}

impl AlarmRule {
    /// The state that follows from the newest periods, newest first; `None` is a period without data.
    // Ledger: metrics.alarm
    pub fn judge(&self, values: &[Option<u64>], before: AlarmState) -> AlarmState {
        let count = |wanted: fn(&Option<u64>) -> bool| values.iter().filter(|value| wanted(value)).count() as u32;
        let (missing, known) = (count(Option::is_none), count(Option::is_some));
        let crossed = values.iter().flatten().filter(|value| self.comparison.breaches(**value, self.threshold)).count() as u32;
        let (breaching, quiet) = match self.treat_missing_data {
            TreatMissingData::Breaching => (crossed + missing, known - crossed),
            TreatMissingData::NotBreaching => (crossed, known - crossed + missing),
            TreatMissingData::Missing | TreatMissingData::Ignore => (crossed, known - crossed),
        };
        if breaching >= self.datapoints_to_alarm {
            AlarmState::Alarm
        } else if quiet > self.evaluation_periods - self.datapoints_to_alarm {
            AlarmState::Ok
        } else if known == 0 && self.treat_missing_data == TreatMissingData::Missing {
            AlarmState::InsufficientData
        } else {
            // Too few data to say.
            before
        }
    }

    /// CloudWatch's own words for the state; `values` with the instants of their periods as text.
    pub fn reason(&self, values: &[(Rc<str>, Option<u64>)], before: AlarmState, now: AlarmState) -> String {
        let known: Vec<_> = values.iter().filter_map(|(at, value)| Some((at, (*value)?))).collect();
        let unknown = values.len() - known.len();
        if known.is_empty() {
            let (noun, verb) = if unknown == 1 { ("datapoint", "was") } else { ("datapoints", "were") };
            return match now {
                AlarmState::InsufficientData => format!("Insufficient Data: {unknown} {noun} {verb} unknown."),
                AlarmState::Ok | AlarmState::Alarm => {
                    let treated = if now == AlarmState::Alarm { "Breaching" } else { "NonBreaching" };
                    format!(
                        "Threshold Crossed: no datapoints were received for {unknown} periods and {unknown} missing {noun} {verb} treated as [{treated}]."
                    )
                }
            };
        }
        let counts = |value: u64| self.comparison.breaches(value, self.threshold) == (now == AlarmState::Alarm);
        let meant: Vec<String> =
            known.iter().filter(|(_, value)| counts(*value)).map(|(at, value)| format!("{} ({at})", decimal(*value))).collect();
        let needed = match now {
            AlarmState::Alarm => self.datapoints_to_alarm,
            AlarmState::Ok | AlarmState::InsufficientData => self.evaluation_periods - self.datapoints_to_alarm + 1,
        };
        format!(
            "Threshold Crossed: {} out of the last {} datapoints [{}] {} {}{} the threshold ({}) (minimum {needed} datapoint{} for {} -> {} transition).",
            meant.len(),
            values.len(),
            meant.join(", "),
            if meant.len() == 1 { "was" } else { "were" },
            if now == AlarmState::Alarm { "" } else { "not " },
            self.comparison.words(),
            decimal(self.threshold),
            if needed == 1 { "" } else { "s" },
            before.name(),
            now.name(),
        )
    }
}

/// Thousandths as people write them: `67.5`.
pub fn decimal(thousandths: u64) -> String {
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let text = format!("{whole}.{rest:03}");
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::model::metric::{MetricName, Of};

    fn rule(needed: u32, looked_at: u32, treat_missing_data: TreatMissingData) -> AlarmRule {
        AlarmRule {
            series: Series { metric: MetricName::CpuUtilization, of: Of::Cluster },
            statistic: Statistic::Average,
            comparison: Comparison::GreaterThanThreshold,
            threshold: 70_000,
            period_minutes: 1,
            evaluation_periods: looked_at,
            datapoints_to_alarm: needed,
            treat_missing_data,
        }
    }

    /// `X` breaches, `0` does not, `-` is missing; newest first.
    fn values(text: &str) -> Vec<Option<u64>> {
        text.chars()
            .map(|c| match c {
                'X' => Some(80_000),
                '0' => Some(10_000),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn section_7_8_three_of_three_must_breach() {
        use AlarmState::{Alarm, InsufficientData, Ok};
        let of_three = |text, before| rule(3, 3, TreatMissingData::Missing).judge(&values(text), before);
        for (text, state) in [("XXX", Alarm), ("XX0", Ok), ("0XX", Ok), ("000", Ok), ("0--", Ok), ("---", InsufficientData)] {
            assert_eq!(of_three(text, Alarm), state, "{text}");
        }
        for before in [Alarm, Ok, InsufficientData] {
            assert_eq!(of_three("XX-", before), before, "too few to say");
        }
    }

    #[test]
    fn m_of_n_and_missing_data() {
        use AlarmState::{Alarm, InsufficientData, Ok};
        let of_three = |treat, text, before| rule(2, 3, treat).judge(&values(text), before);
        assert_eq!(of_three(TreatMissingData::Missing, "X0X", Ok), Alarm);
        assert_eq!(of_three(TreatMissingData::Missing, "X00", Alarm), Ok);
        for (treat, state) in [
            (TreatMissingData::Missing, InsufficientData),
            (TreatMissingData::Ignore, Alarm),
            (TreatMissingData::Breaching, Alarm),
            (TreatMissingData::NotBreaching, Ok),
        ] {
            assert_eq!(of_three(treat, "---", Alarm), state, "{treat:?}");
        }
        assert_eq!(of_three(TreatMissingData::Breaching, "0--", Ok), Alarm);
        assert_eq!(of_three(TreatMissingData::NotBreaching, "X--", Ok), Ok);
        assert_eq!(of_three(TreatMissingData::Ignore, "X-0", Alarm), Alarm);
    }

    #[test]
    fn the_threshold_itself() {
        for (comparison, at, above) in [
            (Comparison::GreaterThanThreshold, false, true),
            (Comparison::GreaterThanOrEqualToThreshold, true, true),
            (Comparison::LessThanThreshold, false, false),
            (Comparison::LessThanOrEqualToThreshold, true, false),
        ] {
            assert_eq!((comparison.breaches(70, 70), comparison.breaches(71, 70)), (at, above), "{comparison:?}");
        }
    }

    #[test]
    fn reasons_are_given_as_cloudwatch_gives_them() {
        let named = |text: &str| -> Vec<(Rc<str>, Option<u64>)> {
            values(text).into_iter().enumerate().map(|(back, value)| (Rc::from(format!("0:0{}", 5 - back)), value)).collect()
        };
        let three = rule(3, 3, TreatMissingData::Missing);
        assert_eq!(
            three.reason(&named("XXX"), AlarmState::Ok, AlarmState::Alarm),
            "Threshold Crossed: 3 out of the last 3 datapoints [80.0 (0:05), 80.0 (0:04), 80.0 (0:03)] were greater than the threshold (70.0) (minimum 3 datapoints for OK -> ALARM transition)."
        );
        assert_eq!(
            three.reason(&named("0XX"), AlarmState::Alarm, AlarmState::Ok),
            "Threshold Crossed: 1 out of the last 3 datapoints [10.0 (0:05)] was not greater than the threshold (70.0) (minimum 1 datapoint for ALARM -> OK transition)."
        );
        assert_eq!(
            three.reason(&named("---"), AlarmState::Ok, AlarmState::InsufficientData),
            "Insufficient Data: 3 datapoints were unknown."
        );
        assert_eq!([decimal(67_500), decimal(70_000), decimal(1)], ["67.5", "70.0", "0.001"]);
    }
}
