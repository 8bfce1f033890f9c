//! What happened to alarms.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::page;
use super::state::State;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// How many entries a region keeps.
const KEPT: usize = 2_000;

/// Something that happened to an alarm.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    alarm: String,
    at: Timestamp,
    kind: &'static str,
    summary: String,
    data: String,
}

pub(super) const OPERATIONS: Operations = &[("DescribeAlarmHistory", describe)];

/// Writes an entry: `ConfigurationUpdate`, `StateUpdate` or `Action`.
pub(super) fn write(state: &mut State, alarm: &str, at: Timestamp, kind: &'static str, summary: &str, data: &Value) {
    state.history.push_front(Entry {
        alarm: alarm.to_owned(),
        at,
        kind,
        summary: summary.chars().take(255).collect(),
        data: data.to_string(),
    });
    state.history.truncate(KEPT);
}

/// DescribeAlarmHistory
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html>): thirty days, also
/// of alarms that were deleted.
fn describe(call: &mut Call<'_>) -> Answer {
    let (name, kind) = (call.text("AlarmName"), call.text("HistoryItemType"));
    let types = call.texts("AlarmTypes");
    let seconds = |member: &str| call.input.get(member).and_then(Value::as_f64);
    let (from, to) = (seconds("StartDate"), seconds("EndDate"));
    let oldest = call.now().checked_sub(SignedDuration::from_hours(30 * 24)).ok();
    #[expect(clippy::cast_precision_loss, reason = "seconds of our age fit a double")]
    let wanted = |entry: &&Entry| {
        let second = entry.at.as_millisecond() as f64 / 1000.0;
        name.is_none_or(|name| entry.alarm == name)
            && kind.is_none_or(|kind| entry.kind == kind)
            && (types.is_empty() || types.contains(&"MetricAlarm"))
            && from.is_none_or(|from| second >= from)
            && to.is_none_or(|to| second <= to)
            && oldest.is_none_or(|oldest| entry.at >= oldest)
    };
    let show = |entry: &Entry| {
        json!({
            "AlarmName": entry.alarm,
            "AlarmType": "MetricAlarm",
            "Timestamp": epoch(entry.at),
            "HistoryItemType": entry.kind,
            "HistorySummary": entry.summary,
            "HistoryData": entry.data,
        })
    };
    let mut shown: Vec<Value> = call.here().cloudwatch.history.iter().filter(wanted).map(show).collect();
    if call.text("ScanBy") == Some("TimestampAscending") {
        shown.reverse();
    }
    let most = call.number("MaxRecords").and_then(|most| usize::try_from(most).ok()).unwrap_or(100);
    let (items, next) = page::of(call, shown, most)?;
    let mut output = json!({ "AlarmHistoryItems": items });
    if let (Some(next), Some(members)) = (next, output.as_object_mut()) {
        members.insert("NextToken".to_owned(), next.into());
    }
    Ok(output)
}
