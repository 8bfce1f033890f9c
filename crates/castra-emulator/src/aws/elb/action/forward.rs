//! Forwarding to target groups
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html>).

use serde_json::{Value, json};

use super::Place;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::elb::arn::Resource;
use crate::aws::elb::load_balancer::Kind;
use crate::aws::elb::refuse::{invalid, misconfigured};
use crate::aws::elb::target_group::{self, Protocol, TargetGroup, TargetType};

/// A forward action, completed with defaults.
pub(super) fn read(call: &mut Call<'_>, action: &Value, place: &Place<'_>) -> Result<Value, ApiError> {
    let single = action.get("TargetGroupArn").and_then(Value::as_str);
    let tuples = action.pointer("/ForwardConfig/TargetGroups").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut groups: Vec<(&str, i64)> = Vec::new();
    for tuple in tuples {
        let arn = tuple.get("TargetGroupArn").and_then(Value::as_str).unwrap_or_default();
        let weight = tuple.get("Weight").and_then(Value::as_i64).unwrap_or(1);
        if !(0..=999).contains(&weight) {
            return Err(invalid(format!("Target group weight '{weight}' must be between '0-999' inclusive")));
        }
        if groups.iter().any(|(other, _)| *other == arn) {
            return Err(invalid(format!("Target group '{arn}' was specified more than once")));
        }
        groups.push((arn, weight));
    }
    match (single, groups.as_slice()) {
        (None, []) => return Err(invalid("A target group ARN must be specified for actions of type 'forward'")),
        (Some(single), []) => groups.push((single, 1)),
        (None, _) => {}
        (Some(single), [(only, _)]) if *only == single => {}
        // "If you specify both ForwardConfig and TargetGroupArn, you can specify only one target group using
        // ForwardConfig and it must be the same target group specified in TargetGroupArn."
        (Some(_), _) => {
            let message = "If both a target group ARN and a forward configuration are specified, the configuration \
                           must hold that target group and no other";
            return Err(invalid(message));
        }
    }
    let most = call.account.settings.load_balancing_limits.target_groups_per_action;
    if groups.len() > most {
        let message = format!("Up to {most} target groups can be specified in an action");
        return Err(ApiError::new("TooManyTargetGroups", message));
    }
    for (arn, _) in &groups {
        check(call, arn, place)?;
    }
    let tuples: Vec<_> =
        groups.iter().map(|(arn, weight)| json!({ "TargetGroupArn": arn, "Weight": weight })).collect();
    let mut shown = json!({
        "ForwardConfig": { "TargetGroups": tuples, "TargetGroupStickinessConfig": stickiness(action, place.kind())? },
    });
    if let [(only, _)] = groups.as_slice() {
        shown["TargetGroupArn"] = (*only).into();
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupStickinessConfig.html>
fn stickiness(action: &Value, kind: Kind) -> Result<Value, ApiError> {
    let given = action.pointer("/ForwardConfig/TargetGroupStickinessConfig");
    let enabled = given.and_then(|it| it.get("Enabled")?.as_bool()).unwrap_or(false);
    let seconds = given.and_then(|it| it.get("DurationSeconds")?.as_i64());
    if kind == Kind::Application && enabled {
        let seconds =
            seconds.ok_or_else(|| invalid("A duration must be specified if target group stickiness is enabled"))?;
        if !(1..=604_800).contains(&seconds) {
            let message = format!("Target group stickiness duration '{seconds}' must be between '1-604800' inclusive");
            return Err(invalid(message));
        }
        return Ok(json!({ "Enabled": true, "DurationSeconds": seconds }));
    }
    Ok(json!({ "Enabled": enabled }))
}

/// Whether a listener there can forward to that target group.
fn check(call: &mut Call<'_>, arn: &str, place: &Place<'_>) -> Result<(), ApiError> {
    Resource::TargetGroup.check(arn)?;
    let group = target_group::find(call, arn)
        .map_err(|_| ApiError::new("TargetGroupNotFound", format!("Target group '{arn}' not found")))?;
    if !fits(group, place) {
        let message = format!(
            "The listener and its associated target group '{arn}' have incompatible protocols: '{}' and '{}'",
            place.protocol.text(),
            group.protocol.map_or("lambda", Protocol::text),
        );
        return Err(ApiError::new("IncompatibleProtocols", message));
    }
    if group.vpc.as_ref().is_some_and(|vpc| *vpc != place.load_balancer.vpc) {
        let vpc = &place.load_balancer.vpc;
        let message = format!("The following target groups are not in the load balancer VPC '{vpc}': '{arn}'");
        return Err(misconfigured(message));
    }
    let other = call.here().elb.load_balancer_of(arn).is_some_and(|it| it.arn != place.load_balancer.arn);
    if other {
        let message =
            format!("The following target groups cannot be associated with more than one load balancer: {arn}");
        return Err(ApiError::new("TargetGroupAssociationLimit", message));
    }
    Ok(())
}

/// Which protocols go together: any of HTTP on application load balancers
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html>); on network
/// load balancers as <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html>
/// lists them.
fn fits(group: &TargetGroup, place: &Place<'_>) -> bool {
    let Some(protocol) = group.protocol else {
        return group.target_type == TargetType::Lambda && place.kind() == Kind::Application;
    };
    match place.protocol {
        Protocol::Http | Protocol::Https => protocol.is_http(),
        Protocol::Tcp => matches!(protocol, Protocol::Tcp | Protocol::TcpUdp),
        Protocol::Tls => matches!(protocol, Protocol::Tcp | Protocol::Tls),
        Protocol::Udp => matches!(protocol, Protocol::Udp | Protocol::TcpUdp),
        Protocol::TcpUdp => protocol == Protocol::TcpUdp,
    }
}
