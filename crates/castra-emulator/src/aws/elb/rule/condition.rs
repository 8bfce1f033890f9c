//! Conditions of rules
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html>).

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::elb::refuse::invalid;

/// Fields, and the member that configures each.
const FIELDS: [(&str, &str); 6] = [
    ("path-pattern", "PathPatternConfig"),
    ("host-header", "HostHeaderConfig"),
    ("http-header", "HttpHeaderConfig"),
    ("http-request-method", "HttpRequestMethodConfig"),
    ("query-string", "QueryStringConfig"),
    ("source-ip", "SourceIpConfig"),
];

/// The conditions of a list, completed as describes show them; or why they can't be. `most` values are allowed in all.
pub(super) fn read(list: &[Value], most: usize) -> Result<Vec<Value>, ApiError> {
    if list.is_empty() {
        return Err(invalid("A condition must be specified"));
    }
    let mut conditions = Vec::with_capacity(list.len());
    let mut count = 0;
    for condition in list {
        let (shown, values) = one(condition)?;
        count += values;
        let field = shown.get("Field").and_then(Value::as_str).unwrap_or_default();
        // "Each rule can optionally include up to one of each of the following conditions: http-request-method,
        // host-header, path-pattern, and source-ip."
        let again = |other: &Value| other.get("Field").and_then(Value::as_str) == Some(field);
        if !matches!(field, "http-header" | "query-string") && conditions.iter().any(again) {
            return Err(invalid(format!("A rule can only have one '{field}' condition")));
        }
        conditions.push(shown);
    }
    if count > most {
        return Err(invalid(format!("A rule can only have '{most}' condition values")));
    }
    Ok(conditions)
}

/// One condition, and how many values it has.
fn one(condition: &Value) -> Result<(Value, usize), ApiError> {
    let field = condition.get("Field").and_then(Value::as_str).unwrap_or_default();
    let Some((_, member)) = FIELDS.iter().find(|(name, _)| *name == field) else {
        let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
        let message = format!("Condition field '{field}' must be one of '[{}]'", names.join(","));
        return Err(invalid(message));
    };
    if let Some((_, other)) = FIELDS.iter().find(|(_, other)| other != member && condition.get(*other).is_some()) {
        return Err(invalid(format!("The '{other}' field is not compatible with '{field}'")));
    }
    let pattern = matches!(field, "path-pattern" | "host-header");
    let plain = condition.get("Values").and_then(Value::as_array).filter(|values| !values.is_empty());
    if plain.is_some() && !pattern {
        return Err(invalid(format!("The 'Values' field is not compatible with '{field}'")));
    }
    let config = match (condition.get(*member), plain) {
        (Some(_), Some(_)) => {
            let message = format!("You cannot provide both Values and '{member}' for a condition of type '{field}'");
            return Err(invalid(message));
        }
        (Some(config), None) => config.clone(),
        (None, Some(values)) if values.len() > 1 => {
            return Err(invalid(format!("The '{field}' field contains too many values; the limit is '1'")));
        }
        (None, Some(values)) => json!({ "Values": values }),
        (None, None) if pattern => return Err(invalid("A condition value must be specified")),
        (None, None) => return Err(invalid(format!("A '{member}' must be specified with '{field}'"))),
    };
    let count = check(field, &config)?;
    let mut shown = json!({ "Field": field });
    if pattern && let Some(values) = config.get("Values") {
        shown["Values"] = values.clone();
    }
    shown[*member] = config;
    Ok((shown, count))
}

/// Refuses values that a field can't have; how many there are.
fn check(field: &str, config: &Value) -> Result<usize, ApiError> {
    let list = |member| config.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let values = list("Values");
    let count = values.len() + list("RegexValues").len();
    if count == 0 {
        return Err(invalid(match field {
            "path-pattern" | "host-header" => "A condition value must be specified".to_owned(),
            _ => format!("A '{field}' value must be specified"),
        }));
    }
    let long = |text: &str, what: &str, limit: usize| {
        if text.chars().count() > limit {
            return Err(invalid(format!("The '{what}' value is too long; the limit is '{limit}'")));
        }
        Ok(())
    };
    if field == "http-header" {
        let name = config.get("HttpHeaderName").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() {
            return Err(invalid("A 'HttpHeaderName' must be specified in 'HttpHeaderConfig'"));
        }
        long(name, "HttpHeaderName", 40)?;
    }
    for value in values {
        if field == "query-string" {
            let text = |member| value.get(member).and_then(Value::as_str);
            long(text("Key").unwrap_or_default(), "Key", 128)?;
            let value = text("Value");
            long(value.unwrap_or_default(), "Value", 128)?;
            if value.is_none_or(str::is_empty) {
                return Err(invalid("A 'Value' must be specified in 'QueryStringKeyValuePair'"));
            }
            continue;
        }
        let value = value.as_str().unwrap_or_default();
        match field {
            "http-request-method" => {
                long(value, field, 40)?;
                if !value.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')) {
                    let rule = "the allowed characters are A-Z, hyphen and underscore";
                    return Err(invalid(format!("The 'http-request-method' value is invalid; {rule}")));
                }
            }
            "source-ip" => {
                if value.parse::<IpNet>().is_err() {
                    return Err(invalid(format!("The 'source-ip' value '{value}' is not a valid CIDR block")));
                }
            }
            _ => long(value, field, 128)?,
        }
    }
    Ok(count)
}
