//! One change as a request has it: what can be told without looking at the zone
//! (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_Change.html>).

use serde_json::{Map, Value};

use super::error;
use super::name::Name;
use super::record::{Content, Key, ROUTING, RecordSet};
use super::value;
use crate::aws::ApiError;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Upsert,
    Delete,
}

/// A change.
pub(super) struct Change {
    pub(super) action: Action,
    pub(super) record: RecordSet,
}

/// "Cannot have more than 400 records in a RRSet" (<https://github.com/rancher/rancher/issues/10253> has it with an
/// older limit; the present one: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>).
const MOST_VALUES: usize = 400;

impl Change {
    /// Reads one. What is wrong with its form refuses the request as a whole; what is wrong with its values is added to
    /// the batch's `problems`, and there is no change then.
    pub(super) fn read(change: &Value, problems: &mut Vec<String>) -> Result<Option<Self>, ApiError> {
        let action = match change.get("Action").and_then(Value::as_str) {
            Some("DELETE") => Action::Delete,
            Some("UPSERT") => Action::Upsert,
            _ => Action::Create,
        };
        let asked = change.get("ResourceRecordSet").unwrap_or(&Value::Null);
        let text = |member: &str| asked.get(member).and_then(Value::as_str);
        check_form(change, asked)?;
        let before = problems.len();
        let name = kept(Name::read(text("Name").unwrap_or_default()), problems);
        let kind = text("Type").unwrap_or_default();
        let content = match asked.get("AliasTarget") {
            Some(alias) => {
                let target = alias.get("DNSName").and_then(Value::as_str).unwrap_or_default();
                let zone = alias.get("HostedZoneId").and_then(Value::as_str).unwrap_or_default();
                let evaluate_health = alias.get("EvaluateTargetHealth").and_then(Value::as_bool).unwrap_or(false);
                let zone = zone.rsplit('/').next().unwrap_or_default().to_owned();
                kept(Name::read(target), problems).map(|target| Content::Alias { zone, target, evaluate_health })
            }
            None => {
                let records = asked.get("ResourceRecords").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let values = records.iter().filter_map(|record| record.get("Value").and_then(Value::as_str));
                let values: Vec<String> = values.map(str::to_owned).collect();
                check_values(kind, &values, problems);
                Some(Content::Values { ttl: asked.get("TTL").and_then(Value::as_i64).unwrap_or_default(), values })
            }
        };
        let routing =
            ROUTING.iter().filter_map(|(member, _)| Some(((*member).to_owned(), asked.get(*member)?.clone())));
        let routing: Map<String, Value> = routing.collect();
        let (Some(name), Some(content), true) = (name, content, problems.len() == before) else { return Ok(None) };
        let key = Key { name, kind: kind.to_owned(), set: text("SetIdentifier").map(str::to_owned) };
        let record = RecordSet { key, content, routing, health_check: text("HealthCheckId").map(str::to_owned) };
        Ok(Some(Self { action, record }))
    }
}

/// How many values a change counts as, and how many characters they are: "When the value of the Action element is
/// UPSERT, each ResourceRecord element is counted twice" (as there).
pub(super) fn size(change: &Value) -> (usize, usize) {
    let times = if change.get("Action").is_some_and(|action| action == "UPSERT") { 2 } else { 1 };
    let records = change.pointer("/ResourceRecordSet/ResourceRecords").and_then(Value::as_array);
    let values = records.into_iter().flatten().filter_map(|record| record.get("Value").and_then(Value::as_str));
    values.fold((0, 0), |(count, characters), value| (count + times, characters + times * value.chars().count()))
}

/// Which members go together
/// (<https://github.com/ministryofjustice/modernisation-platform/pull/10072> has the message).
fn check_form(change: &Value, asked: &Value) -> Result<(), ApiError> {
    let has = |member: &str| asked.get(member).is_some();
    let of = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("null").to_owned();
    let place = format!(
        "Change with [Action={}, Name={}, Type={}, SetIdentifier={}]",
        of(change.get("Action")),
        of(asked.get("Name")),
        of(asked.get("Type")),
        of(asked.get("SetIdentifier")),
    );
    let invalid = |what: &str| Err(error::invalid_input(format!("Invalid request: {what} in {place}")));
    let contents = "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
                    TrafficPolicyInstanceId], but found";
    let (alias, ttl, records) = (has("AliasTarget"), has("TTL"), has("ResourceRecords"));
    if has("TrafficPolicyInstanceId") {
        return Err(error::invalid_input("The emulator has no traffic policies."));
    }
    if alias && (ttl || records) {
        return invalid(&format!("{contents} more than one"));
    }
    if !(alias || ttl && records) {
        return invalid(&format!("{contents} none"));
    }
    let policies = ROUTING.iter().filter(|(member, _)| has(member)).count();
    let members = "[Weight, Region, Failover, GeoLocation, GeoProximityLocation, CidrRoutingConfig, or \
                   MultiValueAnswer]";
    match (has("SetIdentifier"), policies) {
        (false, 0) | (true, 1) => Ok(()),
        (false, _) => invalid("Missing field 'SetIdentifier'"),
        (true, 0) => invalid(&format!("Expected exactly one of {members}, but found none")),
        (true, _) => invalid(&format!("Expected exactly one of {members}, but found more than one")),
    }
}

fn check_values(kind: &str, values: &[String], problems: &mut Vec<String>) {
    problems.extend(values.iter().filter_map(|value| value::check(kind, value).err()));
    let mut seen = Vec::new();
    for value in values {
        if seen.contains(&value) {
            problems.push(format!("Duplicate Resource Record: '{value}'"));
        }
        seen.push(value);
    }
    // <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat>
    let most = if matches!(kind, "CNAME" | "SOA") { 1 } else { MOST_VALUES };
    if values.len() > most {
        problems.push(format!("Cannot have more than {most} records in a RRSet."));
    }
}

fn kept<T>(read: Result<T, String>, problems: &mut Vec<String>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}
