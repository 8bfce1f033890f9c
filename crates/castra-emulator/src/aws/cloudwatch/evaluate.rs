//! Alarms evaluated: once a period, as long as there is something to see
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::alarm::{Alarm, Missing, StateValue};
use super::{Due, history};
use crate::aws::account::{Account, What};
use crate::aws::autoscaling;

/// Has an alarm evaluated when its next period has ended.
pub(super) fn schedule(account: &mut Account, region: &str, name: &str) {
    let now = account.now;
    let Some(alarm) = account.region(region).cloudwatch.alarms.get_mut(name) else { return };
    if alarm.next.is_some_and(|next| next > now) {
        return;
    }
    // Periods below a minute are evaluated as often as they are long, others every minute.
    let every = alarm.period.clamp(1, 60);
    let second = (now.as_second().div_euclid(every) + 1) * every;
    let at = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    alarm.next = Some(at);
    let after = Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO);
    account.schedule(region, after, What::CloudWatch(Due::Evaluate { alarm: name.to_owned(), at }));
}

/// Has the resting alarms of steady metrics evaluated.
pub(super) fn wake_steady(account: &mut Account) {
    if account.settings.cloudwatch.metrics.is_empty() {
        return;
    }
    let rests = |alarm: &&Alarm| {
        alarm.next.is_none() && account.settings.cloudwatch.metrics.iter().any(|steady| steady.is(&alarm.metric))
    };
    let mut resting = Vec::new();
    for (region, here) in &account.regions {
        let names = here.cloudwatch.alarms.values().filter(rests).map(|alarm| (region.clone(), alarm.name.clone()));
        resting.extend(names);
    }
    for (region, name) in resting {
        schedule(account, &region, &name);
    }
}

/// An alarm's moment has come, unless it was changed since.
pub(super) fn evaluate(account: &mut Account, region: &str, name: &str, at: Timestamp) {
    let Some(alarm) = account.region(region).cloudwatch.alarms.get_mut(name) else { return };
    if alarm.next != Some(at) {
        return;
    }
    alarm.next = None;
    let alarm = alarm.clone();
    let values = values(account, region, &alarm);
    let latest = values.iter().flatten().next_back().copied();
    let (state, seen) = judge(&alarm, &values);
    if let Some(state) = state {
        let skipped = values.iter().flatten().count().saturating_sub(alarm.evaluation_periods);
        let recent: Vec<f64> = values.iter().flatten().skip(skipped).copied().collect();
        let reason = reason(&alarm, state, &recent);
        let data = json!({
            "version": "1.0",
            "queryDate": account.now.to_string(),
            "statistic": alarm.statistic.shown(),
            "period": alarm.period,
            "recentDatapoints": recent,
            "threshold": alarm.threshold,
        });
        enter(account, region, name, state, reason, Some(data.to_string()), latest);
    }
    // With nothing to see and nothing to repeat the alarm rests until data come.
    let repeats = state == Some(StateValue::Alarm) && alarm.alarm_actions.iter().any(|action| scales(action));
    if seen || repeats {
        schedule(account, region, name);
    }
}

/// How many periods more than it needs an alarm looks at, should data be missing
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>; the page's example
/// has two).
const BEYOND: usize = 2;

/// The values of the alarm's periods, the oldest first.
fn values(account: &mut Account, region: &str, alarm: &Alarm) -> Vec<Option<f64>> {
    let steady = account.settings.cloudwatch.metrics.iter().find(|steady| steady.is(&alarm.metric));
    if let Some(steady) = steady {
        return vec![Some(steady.value); alarm.evaluation_periods];
    }
    let end = account.now.as_second().div_euclid(alarm.period) * alarm.period;
    let series = account.region(region).cloudwatch.series.get(&alarm.metric);
    let periods = (1..=alarm.evaluation_periods + BEYOND).rev().map(|back| {
        let start = end - alarm.period * i64::try_from(back).unwrap_or(i64::MAX / 2).min(i64::MAX / 2 / alarm.period);
        series.and_then(|series| series.between(start, start + alarm.period).get(alarm.statistic))
    });
    periods.collect()
}

/// What the values make of an alarm's state, none if it stays as it is; and whether there are any values. Of more values
/// than needed the latest count; of fewer, the missing ones are what they are said to be
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>, of which a test has
/// the table).
fn judge(alarm: &Alarm, values: &[Option<f64>]) -> (Option<StateValue>, bool) {
    let needed = alarm.datapoints_to_alarm.unwrap_or(alarm.evaluation_periods);
    let breaches = |value: f64| alarm.comparison.breaches(value, alarm.threshold);
    // Ages in periods, and whether they breach; the latest first.
    let aged = values.iter().rev().enumerate().filter_map(|(age, value)| Some((age + 1, breaches((*value)?))));
    let latest: Vec<(usize, bool)> = aged.take(alarm.evaluation_periods).collect();
    let missing = alarm.evaluation_periods - latest.len();
    let breaching = latest.iter().filter(|(_, breaches)| *breaches).count();
    let oldest = latest.last().map_or(0, |(age, _)| *age);
    let state = if breaching >= needed {
        Some(StateValue::Alarm)
    } else if missing == 0 {
        Some(StateValue::Ok)
    } else {
        match alarm.missing {
            Missing::Breaching if breaching + missing >= needed => Some(StateValue::Alarm),
            Missing::Breaching | Missing::NotBreaching => Some(StateValue::Ok),
            Missing::Ignore if latest.is_empty() => None,
            Missing::Unknown if latest.is_empty() => Some(StateValue::InsufficientData),
            _ if breaching < latest.len() => Some(StateValue::Ok),
            // All that there is breaches: enough if it began early enough.
            Missing::Unknown if oldest >= needed => Some(StateValue::Alarm),
            Missing::Unknown | Missing::Ignore => None,
        }
    };
    (state, !latest.is_empty())
}

fn reason(alarm: &Alarm, state: StateValue, values: &[f64]) -> String {
    let count = values.len();
    if state == StateValue::InsufficientData || count == 0 {
        return "Insufficient Data: no datapoints were received for the period.".to_owned();
    }
    let not = if state == StateValue::Ok { "not " } else { "" };
    let shown: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    let (noun, verb) = if count == 1 { ("datapoint", "was") } else { ("datapoints", "were") };
    format!(
        "Threshold Crossed: {count} {noun} [{}] {verb} {not}{} the threshold ({:?}).",
        shown.join(", "),
        alarm.comparison.words(),
        alarm.threshold
    )
}

/// Whether an action is a scaling policy.
fn scales(action: &str) -> bool {
    action.starts_with("arn:") && action.contains(":autoscaling:") && action.contains(":scalingPolicy:")
}

/// Puts an alarm into a state, and acts: on a change, and as for scaling policies every minute that it stays in ALARM
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>).
pub(super) fn enter(
    account: &mut Account,
    region: &str,
    name: &str,
    state: StateValue,
    reason: String,
    data: Option<String>,
    value: Option<f64>,
) {
    let now = account.now;
    let Some(alarm) = account.region(region).cloudwatch.alarms.get_mut(name) else { return };
    let before = alarm.state;
    let changed = before != state;
    (alarm.state, alarm.reason, alarm.reason_data, alarm.updated) = (state, reason, data, now);
    if changed {
        alarm.transitioned = now;
    }
    let alarm = alarm.clone();
    let here = &mut account.region(region).cloudwatch;
    if changed {
        let summary = format!("Alarm updated from {} to {}", before.shown(), state.shown());
        let data = json!({
            "version": "1.0",
            "oldState": { "stateValue": before.shown() },
            "newState": { "stateValue": state.shown(), "stateReason": alarm.reason },
        });
        history::write(here, name, now, "StateUpdate", &summary, &data);
    }
    if !alarm.actions_enabled {
        return;
    }
    let actions = match state {
        StateValue::Ok => &alarm.ok_actions,
        StateValue::Alarm => &alarm.alarm_actions,
        StateValue::InsufficientData => &alarm.insufficient_data_actions,
    };
    for action in actions {
        if scales(action) {
            let done = autoscaling::alarm(account, region, action, &alarm.name, alarm.threshold, value);
            if changed {
                let summary = match done {
                    Ok(()) => format!("Successfully executed action {action}"),
                    Err(why) => format!("Failed to execute action {action}. Received error: \"{why}\""),
                };
                let here = &mut account.region(region).cloudwatch;
                history::write(here, name, now, "Action", &summary, &json!({ "actionState": "Succeeded" }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::aws::cloudwatch::{Comparison, Metric, Statistic};

    /// The documentation's tables: `X` breaches, `0` doesn't, `-` is missing. For each way to treat the missing the
    /// state; `.` stays as it is.
    #[test]
    fn missing_data() {
        let three_of_three =
            [("0-X-X", "OOOO"), ("0----", "OOOO"), ("-----", "I.AO"), ("0XX-X", "AAAA"), ("--X--", "A.AO")];
        let two_of_three =
            [("0-X-X", "AAAA"), ("00X0X", "AAAA"), ("0-X--", "OOAO"), ("----0", "OOAO"), ("---X-", "A.AO")];
        for (table, needed) in [(three_of_three, 3), (two_of_three, 2)] {
            for (data, expected) in table {
                let treatments = [Missing::Unknown, Missing::Ignore, Missing::Breaching, Missing::NotBreaching];
                for (missing, expected) in treatments.into_iter().zip(expected.chars()) {
                    let alarm = alarm(needed, missing);
                    let values: Vec<Option<f64>> = data
                        .chars()
                        .map(|it| match it {
                            'X' => Some(1.0),
                            '0' => Some(0.0),
                            _ => None,
                        })
                        .collect();
                    let state = match judge(&alarm, &values).0 {
                        None => '.',
                        Some(StateValue::Ok) => 'O',
                        Some(StateValue::Alarm) => 'A',
                        Some(StateValue::InsufficientData) => 'I',
                    };
                    assert_eq!(state, expected, "{needed} of 3, {data}, {missing:?}");
                }
            }
        }
    }

    fn alarm(needed: usize, missing: Missing) -> Alarm {
        let now: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
        Alarm {
            name: "a".to_owned(),
            arn: "a".to_owned(),
            description: None,
            metric: Metric { namespace: "n".to_owned(), name: "m".to_owned(), dimensions: BTreeMap::new() },
            statistic: Statistic::Average,
            period: 60,
            unit: None,
            evaluation_periods: 3,
            datapoints_to_alarm: Some(needed),
            threshold: 0.5,
            comparison: Comparison::Greater,
            missing,
            actions_enabled: true,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            state: StateValue::Ok,
            reason: String::new(),
            reason_data: None,
            configured: now,
            updated: now,
            transitioned: now,
            tags: BTreeMap::new(),
            next: None,
        }
    }
}
