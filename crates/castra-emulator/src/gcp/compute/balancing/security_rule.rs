//! Rules of security policies (<https://cloud.google.com/armor/docs/configure-security-policies>).

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, list, text};

/// The priority of the default rule, the last to be tried.
pub(super) const LAST: i64 = i32::MAX as i64;

/// "SRC_IPS_V1: the maximum number of source ranges is 10" (<https://cloud.google.com/armor/quotas>).
const MOST_RANGES: usize = 10;

/// What a rule does with what it matches (the discovery document's `action`).
const ACTIONS: &[&str] = &[
    "allow",
    "deny",
    "deny(403)",
    "deny(404)",
    "deny(429)",
    "deny(502)",
    "deny(STATUS)",
    "fairshare",
    "rate_based_ban",
    "redirect",
    "throttle",
];

/// The rule that a policy has if no other is given.
pub(super) fn default() -> Value {
    json!({
        "description": "default rule", "priority": LAST, "action": "allow",
        "match": { "versionedExpr": "SRC_IPS_V1", "config": { "srcIpRanges": ["*"] } },
    })
}

/// A rule's priority: the lowest number is tried first.
pub(super) fn priority(rule: &Value) -> i64 {
    rule.get("priority").and_then(Value::as_i64).unwrap_or_default()
}

/// Holds a rule against what rules are made of, and puts in what isn't said. `at` is where it is in the body.
pub(super) fn complete(at: &str, rule: &mut Value) -> Result<(), ApiError> {
    let Value::Object(rule) = rule else { return Ok(()) };
    let at = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
    match rule.get("priority") {
        None => return Err(ApiError::required(&at("priority"))),
        Some(value) if !value.as_i64().is_some_and(|number| (0..=LAST).contains(&number)) => {
            return Err(ApiError::field(&at("priority"), value, format!("Must be between 0 and {LAST}.")));
        }
        Some(_) => {}
    }
    let action = text(rule, "action");
    if action.is_empty() {
        return Err(ApiError::required(&at("action")));
    }
    if !ACTIONS.contains(&action) {
        return Err(ApiError::field(&at("action"), &Value::from(action), "Unknown action."));
    }
    if matches!(action, "throttle" | "rate_based_ban") && !rule.contains_key("rateLimitOptions") {
        return Err(ApiError::required(&at("rateLimitOptions")));
    }
    let last = rule.get("priority").and_then(Value::as_i64) == Some(LAST);
    match (rule.get("match"), rule.get("networkMatch")) {
        (Some(Value::Object(matcher)), _) => matches(&at("match"), matcher, last)?,
        (_, Some(_)) => {}
        _ => return Err(ApiError::required(&at("match"))),
    }
    rule.entry("preview").or_insert(false.into());
    rule.insert("kind".to_owned(), "compute#securityPolicyRule".into());
    Ok(())
}

/// What a rule matches: sources, or what an expression says.
fn matches(at: &str, matcher: &Document, last: bool) -> Result<(), ApiError> {
    let at = |field: &str| format!("{at}.{field}");
    let ranges = matcher.get("config").and_then(Value::as_object).map_or(&[][..], |config| list(config, "srcIpRanges"));
    let expression = matcher.contains_key("expr");
    if expression == matcher.contains_key("versionedExpr") {
        let message = format!("Exactly one of '{}' and '{}' must be specified.", at("versionedExpr"), at("expr"));
        return Err(ApiError::invalid(message));
    }
    if expression && last {
        let why = "The default rule must match all sources.";
        return Err(ApiError::field(&at("expr"), &Value::from(""), why));
    }
    if expression {
        return Ok(());
    }
    if ranges.is_empty() {
        return Err(ApiError::required(&at("config.srcIpRanges")));
    }
    if ranges.len() > MOST_RANGES {
        let why = format!("A rule can have {MOST_RANGES} source IP ranges at most.");
        return Err(ApiError::field(&at("config.srcIpRanges"), &Value::from(ranges.len()), why));
    }
    let everyone = ranges.len() == 1 && ranges.first() == Some(&Value::from("*"));
    if last && !everyone {
        let why = "The default rule must match all sources: '*'.";
        return Err(ApiError::field(&at("config.srcIpRanges"), &Value::Array(ranges.to_vec()), why));
    }
    let wrong = ranges.iter().find(|range| !everyone && !is_range(range.as_str().unwrap_or_default()));
    match wrong {
        Some(range) => {
            let why = "Must be a valid IP address or CIDR range, or '*' alone.";
            Err(ApiError::field(&at("config.srcIpRanges"), range, why))
        }
        None => Ok(()),
    }
}

fn is_range(text: &str) -> bool {
    text.parse::<IpNet>().is_ok() || text.parse::<IpAddr>().is_ok()
}
