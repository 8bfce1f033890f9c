//! CreateTargetGroup (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).

use std::collections::BTreeMap;

use serde_json::json;

use super::super::attribute::{self, Subject};
use super::super::refuse::{invalid, misconfigured};
use super::super::{name, tag};
use super::{HealthCheck, Protocol, TargetGroup, TargetType};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("Name");
    name::check_target_group(name)?;
    let target_type = TargetType::named(call.text("TargetType").unwrap_or("instance"));
    let protocol = protocol(call, target_type)?;
    let version = version(call, protocol)?;
    let port = call.number("Port");
    let vpc = call.text("VpcId").map(str::to_owned);
    check_presence(target_type, port.is_some(), vpc.is_some())?;
    if let Some(vpc) = &vpc {
        let not_found = || invalid(format!("The VPC ID '{vpc}' is not found"));
        let created = call.ec2().vpcs.get(vpc).ok_or_else(not_found)?.created;
        if !call.account.shows(vpc, created) {
            return Err(not_found());
        }
    }
    if call.text("IpAddressType") == Some("ipv6") {
        return Err(misconfigured("The VPC must have an associated IPv6 CIDR block"));
    }
    if call.number("TargetControlPort").is_some() {
        return Err(misconfigured("The target optimizer is not emulated"));
    }
    let grpc = version.as_deref() == Some("GRPC");
    let health_check = HealthCheck::default(protocol, target_type, grpc).changed(call, protocol, target_type)?;
    let tags = tag::given(call)?;
    let mut wanted = TargetGroup {
        arn: String::new(),
        name: name.to_owned(),
        created: call.now(),
        target_type,
        protocol,
        version,
        port,
        vpc,
        health_check,
        attributes: attribute::defaults(Subject::TargetGroup { protocol, target_type }),
        targets: BTreeMap::new(),
        tags,
    };
    // "This operation is idempotent": the same settings again find what they made.
    let elb = &call.here().elb;
    if let Some(there) = elb.target_groups.values().find(|it| it.name == name) {
        if same(there, &wanted) {
            return Ok(json!({ "TargetGroups": [there.shown(elb)] }));
        }
        let message = format!("A target group with the same name '{name}' exists, but with different settings");
        return Err(ApiError::new("DuplicateTargetGroupName", message));
    }
    let most = call.account.settings.load_balancing_limits.target_groups;
    if call.here().elb.target_groups.len() >= most {
        let message = format!("The maximum number of target groups, {most}, has been reached");
        return Err(ApiError::new("TooManyTargetGroups", message));
    }
    let id = call.account.chance.hex(16);
    wanted.arn = call.arn("elasticloadbalancing", &format!("targetgroup/{name}/{id}"));
    let elb = &mut call.here().elb;
    let shown = wanted.shown(elb);
    elb.target_groups.insert(wanted.arn.clone(), wanted);
    Ok(json!({ "TargetGroups": [shown] }))
}

fn same(there: &TargetGroup, wanted: &TargetGroup) -> bool {
    there.target_type == wanted.target_type
        && there.protocol == wanted.protocol
        && there.version == wanted.version
        && there.port == wanted.port
        && there.vpc == wanted.vpc
        && there.health_check == wanted.health_check
        && there.tags == wanted.tags
}

fn protocol(call: &Call<'_>, target_type: TargetType) -> Result<Option<Protocol>, ApiError> {
    let Some(text) = call.text("Protocol") else {
        return if target_type == TargetType::Lambda { Ok(None) } else { Err(invalid("A protocol must be specified")) };
    };
    if target_type == TargetType::Lambda {
        return Err(invalid("Protocol cannot be specified for target groups with target type 'lambda'"));
    }
    let protocol = Protocol::named(text)
        .ok_or_else(|| misconfigured(format!("Target groups with the {text} protocol are not emulated")))?;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
    if target_type == TargetType::Alb && protocol != Protocol::Tcp {
        let message = format!("Protocol '{text}' is not supported for target groups with target type 'alb'");
        return Err(misconfigured(message));
    }
    Ok(Some(protocol))
}

/// HTTP and HTTPS have versions
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version>).
fn version(call: &Call<'_>, protocol: Option<Protocol>) -> Result<Option<String>, ApiError> {
    let given = call.text("ProtocolVersion");
    if !protocol.is_some_and(Protocol::is_http) {
        return match given {
            None => Ok(None),
            Some(_) => Err(invalid("A protocol version can only be specified with the HTTP and HTTPS protocols")),
        };
    }
    let version = given.unwrap_or("HTTP1");
    if ["HTTP1", "HTTP2", "GRPC"].contains(&version) {
        return Ok(Some(version.to_owned()));
    }
    Err(invalid(format!("Protocol version '{version}' must be one of 'GRPC, HTTP1, HTTP2'")))
}

fn check_presence(target_type: TargetType, port: bool, vpc: bool) -> Result<(), ApiError> {
    let lambda = target_type == TargetType::Lambda;
    for (there, subject, capitalised) in [(port, "port", "Port"), (vpc, "VPC ID", "VPC ID")] {
        if there && lambda {
            let message = format!("{capitalised} cannot be specified for target groups with target type 'lambda'");
            return Err(invalid(message));
        }
        if !there && !lambda {
            return Err(invalid(format!("A {subject} must be specified")));
        }
    }
    Ok(())
}
