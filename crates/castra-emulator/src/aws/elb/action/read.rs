//! Actions out of a request.

use serde_json::{Map, Value, json};

use super::{Actions, Place, forward};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::elb::load_balancer::Kind;
use crate::aws::elb::refuse::invalid;
use crate::aws::elb::target_group::Protocol;

/// What content a fixed response can have.
const CONTENT_TYPES: [&str; 5] = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

impl Actions {
    /// The actions of a list, completed with defaults; or why they can't be.
    pub(in crate::aws::elb) fn read(call: &mut Call<'_>, list: &[Value], place: &Place<'_>) -> Result<Self, ApiError> {
        if list.is_empty() {
            return Err(invalid("At least one action must be specified"));
        }
        check_order(list)?;
        let mut actions = Vec::with_capacity(list.len());
        for action in list {
            actions.push(read(call, action, place)?);
        }
        actions.sort_by_key(|action| action.get("Order").and_then(Value::as_i64));
        check_route(&actions)?;
        Ok(Self(actions))
    }
}

fn bad_action(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidLoadBalancerAction", message)
}

/// "This value is required for rules with multiple actions."
fn check_order(list: &[Value]) -> Result<(), ApiError> {
    let mut orders: Vec<_> = list.iter().filter_map(|action| action.get("Order").and_then(Value::as_i64)).collect();
    if list.len() > 1 && orders.len() < list.len() {
        return Err(bad_action("The 'Order' of each action must be specified if there are several"));
    }
    orders.sort_unstable();
    orders.dedup();
    if list.len() > 1 && orders.len() < list.len() {
        return Err(bad_action("Each action must have an 'Order' of its own"));
    }
    Ok(())
}

/// "Each rule must include exactly one of the following routing actions: forward, fixed-response, or redirect, and it
/// must be the last action to be performed."
fn check_route(actions: &[Value]) -> Result<(), ApiError> {
    let routes = |action: &Value| {
        matches!(action.get("Type").and_then(Value::as_str), Some("forward" | "fixed-response" | "redirect"))
    };
    if actions.iter().filter(|action| routes(action)).count() == 1 && actions.last().is_some_and(routes) {
        return Ok(());
    }
    let message = "Exactly one action of type 'forward', 'redirect' or 'fixed-response' must be specified, as the last";
    Err(bad_action(message))
}

fn read(call: &mut Call<'_>, action: &Value, place: &Place<'_>) -> Result<Value, ApiError> {
    let kind = action.get("Type").and_then(Value::as_str).unwrap_or_default();
    if place.kind() == Kind::Network && kind != "forward" {
        let message = format!("Actions of type '{kind}' are not supported by load balancers with type 'network'");
        return Err(bad_action(message));
    }
    let mut shown = match kind {
        "forward" => forward::read(call, action, place)?,
        "redirect" => json!({ "RedirectConfig": redirect(action, place)? }),
        "fixed-response" => json!({ "FixedResponseConfig": fixed_response(action)? }),
        other => authentication(action, other, place)?,
    };
    shown["Type"] = kind.into();
    if let Some(order) = action.get("Order") {
        shown["Order"] = order.clone();
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html>
fn redirect(action: &Value, place: &Place<'_>) -> Result<Value, ApiError> {
    let config = action.get("RedirectConfig").ok_or_else(|| missing("RedirectConfig", "redirect"))?;
    let mut full = Map::new();
    let defaults = [
        ("Protocol", "#{protocol}"),
        ("Port", "#{port}"),
        ("Host", "#{host}"),
        ("Path", "/#{path}"),
        ("Query", "#{query}"),
    ];
    for (member, default) in defaults {
        full.insert(member.to_owned(), config.get(member).cloned().unwrap_or_else(|| default.into()));
    }
    // "You must modify at least one of the following components to avoid a redirect loop: protocol, hostname, port, or
    // path."
    let kept = |(member, default): &(&str, &str)| full.get(*member).and_then(Value::as_str) == Some(*default);
    if defaults.iter().filter(|(member, _)| *member != "Query").all(kept) {
        return Err(bad_action("The redirect configuration is not valid because it creates a loop."));
    }
    let text = |member: &str| full.get(member).and_then(Value::as_str).unwrap_or_default();
    // "You can't redirect HTTPS to HTTP."
    if place.protocol == Protocol::Https && text("Protocol") == "HTTP" {
        return Err(bad_action("HTTPS listeners cannot redirect to HTTP"));
    }
    let port = text("Port");
    if port != "#{port}" && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(invalid(format!("Port '{port}' must be in the range '1-65535' or '#{{port}}'")));
    }
    if !text("Path").starts_with('/') {
        return Err(invalid(format!("Path '{}' must start with '/'", text("Path"))));
    }
    full.insert("StatusCode".to_owned(), config.get("StatusCode").cloned().unwrap_or_default());
    Ok(full.into())
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html>
fn fixed_response(action: &Value) -> Result<Value, ApiError> {
    let config = action.get("FixedResponseConfig").ok_or_else(|| missing("FixedResponseConfig", "fixed-response"))?;
    let content = config.get("ContentType").and_then(Value::as_str);
    if content.is_some_and(|content| !CONTENT_TYPES.contains(&content)) {
        let message = "The ContentType must be one of:'text/html', 'application/json', 'application/javascript', \
                       'text/css', 'text/plain'";
        return Err(bad_action(message));
    }
    Ok(config.clone())
}

/// Authentication is on HTTPS listeners only; secrets aren't shown again
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html>).
fn authentication(action: &Value, kind: &str, place: &Place<'_>) -> Result<Value, ApiError> {
    if place.protocol != Protocol::Https {
        return Err(bad_action(format!("Actions of type '{kind}' are supported only on HTTPS listeners")));
    }
    let member = match kind {
        "authenticate-oidc" => "AuthenticateOidcConfig",
        "authenticate-cognito" => "AuthenticateCognitoConfig",
        _ => "JwtValidationConfig",
    };
    let mut config = action.get(member).cloned().ok_or_else(|| missing(member, kind))?;
    if let Some(config) = config.as_object_mut() {
        config.remove("ClientSecret");
        config.remove("UseExistingClientSecret");
        if member != "JwtValidationConfig" {
            let mut default = |member: &str, value: Value| {
                config.entry(member.to_owned()).or_insert(value);
            };
            default("SessionCookieName", "AWSELBAuthSessionCookie".into());
            default("Scope", "openid".into());
            default("SessionTimeout", 604_800.into());
            default("OnUnauthenticatedRequest", "authenticate".into());
        }
    }
    Ok(json!({ member: config }))
}

fn missing(member: &str, kind: &str) -> ApiError {
    bad_action(format!("A '{member}' must be specified for actions of type '{kind}'"))
}
