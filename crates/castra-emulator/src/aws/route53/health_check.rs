//! Health checks: what they are to check is kept; nothing is checked
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html>).

use serde_json::{Map, Value, json};

use super::{error, page};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A health check.
#[derive(Debug, Clone)]
pub(super) struct HealthCheck {
    pub(super) id: String,
    reference: String,
    /// As it was asked for.
    asked: Value,
    /// With what goes without saying.
    config: Value,
    pub(super) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateHealthCheck", create),
    ("DeleteHealthCheck", delete),
    ("GetHealthCheck", get),
    ("GetHealthCheckCount", count),
    ("ListHealthChecks", list),
];

const MOST: usize = 100;

impl HealthCheck {
    fn shown(&self) -> Value {
        json!({
            "Id": self.id,
            "CallerReference": self.reference,
            "HealthCheckConfig": self.config,
            "HealthCheckVersion": 1,
        })
    }

    fn children(&self) -> impl Iterator<Item = &str> {
        let children = self.config.get("ChildHealthChecks").and_then(Value::as_array);
        children.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html>
fn create(call: &mut Call<'_>) -> Answer {
    let reference = call.required("CallerReference");
    let asked = call.input.get("HealthCheckConfig").unwrap_or(&Value::Null);
    let answer = |check: &HealthCheck| {
        let location = format!("https://route53.amazonaws.com/2013-04-01/healthcheck/{}", check.id);
        json!({ "HealthCheck": check.shown(), "Location": location })
    };
    let state = &call.account.route53;
    // "If you send a CreateHealthCheck request with the same CallerReference and settings as a previous request [..]
    // Amazon Route 53 returns the settings for the existing health check"; with other settings it refuses.
    if let Some(same) = state.health_checks.values().find(|check| check.reference == reference) {
        if same.asked == *asked {
            return Ok(answer(same));
        }
        let message = "A health check with the specified caller reference and different settings already exists.";
        return Err(ApiError::new("HealthCheckAlreadyExists", message).status(409));
    }
    if state.health_checks.len() >= call.account.settings.route53_limits.health_checks {
        return Err(ApiError::new(
            "TooManyHealthChecks",
            "You have reached the maximum number of active health checks.",
        ));
    }
    let config = config(asked)?;
    let check = HealthCheck {
        id: call.account.chance.uuid(),
        reference: reference.to_owned(),
        asked: asked.clone(),
        config,
        tags: Tags::default(),
    };
    let missing = check.children().find(|child| !call.account.route53.health_checks.contains_key(*child));
    if let Some(missing) = missing {
        return Err(error::invalid_input(format!(
            "Invalid parameter: the child health check {missing} does not exist."
        )));
    }
    let answer = answer(&check);
    call.account.route53.health_checks.insert(check.id.clone(), check);
    Ok(answer)
}

/// The settings with their defaults, and which must be there
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html>).
fn config(asked: &Value) -> Result<Value, ApiError> {
    let mut config: Map<String, Value> = asked.as_object().cloned().unwrap_or_default();
    let kind = asked.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let has = |member: &str| asked.get(member).is_some();
    let invalid = |message: &str| Err(error::invalid_input(format!("Invalid parameter: {message}")));
    let mut usual = |member: &str, value: Value| {
        config.entry(member).or_insert(value);
    };
    usual("Inverted", false.into());
    usual("Disabled", false.into());
    match kind.as_str() {
        "CALCULATED" => {
            if !has("HealthThreshold") || !has("ChildHealthChecks") {
                return invalid("A calculated health check needs HealthThreshold and ChildHealthChecks.");
            }
        }
        "CLOUDWATCH_METRIC" => {
            if !has("AlarmIdentifier") {
                return invalid("A health check of an alarm needs AlarmIdentifier.");
            }
            usual("InsufficientDataHealthStatus", "LastKnownStatus".into());
        }
        "RECOVERY_CONTROL" => {
            if !has("RoutingControlArn") {
                return invalid("A health check of a routing control needs RoutingControlArn.");
            }
        }
        endpoint => {
            if !has("IPAddress") && !has("FullyQualifiedDomainName") {
                return invalid("Either IPAddress or FullyQualifiedDomainName is required.");
            }
            if endpoint == "TCP" && !has("Port") {
                return invalid("Port is required for TCP health checks.");
            }
            if endpoint.ends_with("STR_MATCH") && !has("SearchString") {
                return invalid("SearchString is required for health checks that match a string.");
            }
            if asked.get("RequestInterval").is_some_and(|interval| !matches!(interval.as_i64(), Some(10 | 30))) {
                return invalid("RequestInterval must be 10 or 30.");
            }
            let secure = endpoint.starts_with("HTTPS");
            usual("Port", if secure { 443 } else { 80 }.into());
            usual("RequestInterval", 30.into());
            usual("FailureThreshold", 3.into());
            usual("MeasureLatency", false.into());
            usual("EnableSNI", secure.into());
        }
    }
    Ok(Value::Object(config))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a HealthCheck, ApiError> {
    let id = call.required("HealthCheckId");
    call.account.route53.health_checks.get(id).ok_or_else(|| error::no_such_health_check(id))
}

fn get(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "HealthCheck": find(call)?.shown() }))
}

fn count(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "HealthCheckCount": call.account.route53.health_checks.len() }))
}

/// "Amazon Route 53 does not prevent you from deleting a health check even if the health check is associated with one
/// or more resource record sets"; only another health check's child stays
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHealthCheck.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    let parent = |check: &&HealthCheck| check.children().any(|child| child == id);
    if let Some(parent) = call.account.route53.health_checks.values().find(parent) {
        let message = format!("The health check {id} is in use by the health check {}.", parent.id);
        return Err(ApiError::new("HealthCheckInUse", message).status(400));
    }
    call.account.route53.health_checks.remove(&id);
    Ok(json!({}))
}

fn list(call: &mut Call<'_>) -> Answer {
    let size = page::size(call, MOST)?;
    let marker = call.text("Marker").unwrap_or_default();
    let checks = call.account.route53.health_checks.values();
    let (page, next) = page::cut(checks, |check| check.id.as_str() >= marker, size);
    Ok(json!({
        "HealthChecks": page.iter().map(|check| check.shown()).collect::<Vec<Value>>(),
        "Marker": marker,
        "IsTruncated": next.is_some(),
        "NextMarker": next.map(|check| &check.id),
        "MaxItems": call.text("MaxItems").map_or_else(|| MOST.to_string(), str::to_owned),
    }))
}
