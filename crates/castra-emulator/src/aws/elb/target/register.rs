//! RegisterTargets and DeregisterTargets
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html>).

use std::net::Ipv4Addr;
use std::time::Duration;

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::step::Step;
use super::{Idle, Phase, Target, TargetKey, look_again, watch};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::ec2::{InstanceState, id};
use crate::aws::elb::arn::Resource;
use crate::aws::elb::load_balancer::Kind;
use crate::aws::elb::refuse::invalid;
use crate::aws::elb::target_group::{self, TargetGroup, TargetType};
use crate::aws::error::Answer;

/// Where addresses outside the VPC may be
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-type>).
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// Instance types that network load balancers can't register by instance id
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html>).
const UNSUPPORTED: [&str; 14] =
    ["c1", "cc1", "cc2", "cg1", "cg2", "cr1", "g1", "g2", "hi1", "hs1", "m1", "m2", "m3", "t1"];

/// The targets that a call names, on the group's port where they name none.
fn named(call: &Call<'_>, group: &TargetGroup) -> Vec<(TargetKey, Option<String>)> {
    let target = |target: &Value| {
        let text = |member| target.get(member).and_then(Value::as_str).map(str::to_owned);
        let port = target.get("Port").and_then(Value::as_i64).or(group.port).unwrap_or(0);
        (TargetKey { id: text("Id").unwrap_or_default(), port }, text("AvailabilityZone"))
    };
    call.list("Targets").iter().map(target).collect()
}

pub(super) fn register_targets(call: &mut Call<'_>) -> Answer {
    let group = target_group::find(call, call.required("TargetGroupArn"))?.clone();
    let targets = named(call, &group);
    if targets.is_empty() {
        return Err(invalid("At least one target must be specified"));
    }
    let zones = match group.target_type {
        TargetType::Instance => check_instances(call, &group, &targets)?,
        TargetType::Ip => check_addresses(call, &group, &targets)?,
        TargetType::Alb => check_load_balancer(call, &group, &targets)?,
        TargetType::Lambda => {
            let id = targets.first().map_or("", |(key, _)| key.id.as_str());
            return Err(ApiError::new("InvalidTarget", format!("The function '{id}' does not exist")));
        }
    };
    check_count(&call.account.settings, &group, targets.iter().map(|(key, _)| key))?;
    for ((key, _), zone) in targets.into_iter().zip(zones) {
        add(call.account, call.region, &group.arn, key, zone);
    }
    look_again(call.account);
    Ok(json!({}))
}

/// Registers an instance on the group's port, as RegisterTargets would.
pub(super) fn instance(account: &mut Account, region: &str, group: &str, instance: &str) -> Result<(), ApiError> {
    let not_found = || Resource::TargetGroup.not_found(group);
    let found = account.region(region).elb.target_groups.get(group).ok_or_else(not_found)?;
    let key = TargetKey { id: instance.to_owned(), port: found.port.unwrap_or(0) };
    let found = found.clone();
    check_running(account, region, &found, std::slice::from_ref(&key))?;
    check_count(&account.settings, &found, std::iter::once(&key))?;
    add(account, region, group, key, None);
    look_again(account);
    Ok(())
}

/// One that is registered stays as it is; one that drains is back.
fn add(account: &mut Account, region: &str, group: &str, key: TargetKey, zone: Option<String>) {
    let Some(group) = account.region(region).elb.target_groups.get_mut(group) else { return };
    let target = group.targets.entry(key).or_insert_with(|| Target::new(zone.clone()));
    if target.phase == Phase::Draining {
        *target = Target::new(zone);
    }
}

fn check_count<'a>(
    settings: &crate::aws::Settings,
    group: &TargetGroup,
    new: impl Iterator<Item = &'a TargetKey>,
) -> Result<(), ApiError> {
    let most = settings.load_balancing_limits.targets_per_target_group;
    let mut new: Vec<_> = new.filter(|key| !group.targets.contains_key(key)).collect();
    new.sort_unstable();
    new.dedup();
    if group.targets.len() + new.len() > most {
        let message = format!("The maximum number of targets for a target group, {most}, has been reached");
        return Err(ApiError::new("TooManyTargets", message));
    }
    Ok(())
}

type Zones = Vec<Option<String>>;

fn check_instances(
    call: &mut Call<'_>,
    group: &TargetGroup,
    targets: &[(TargetKey, Option<String>)],
) -> Result<Zones, ApiError> {
    for (key, zone) in targets {
        // "This parameter is not supported if the target type [..] is instance or alb."
        // (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html)
        if zone.is_some() {
            let message = "You cannot specify an Availability Zone for targets with target type 'instance'";
            return Err(invalid(message));
        }
        if !id::well_formed("i", &key.id) {
            return Err(invalid(format!("Instance ID '{}' is not valid", key.id)));
        }
    }
    let keys: Vec<_> = targets.iter().map(|(key, _)| key.clone()).collect();
    check_running(call.account, call.region, group, &keys)?;
    Ok(vec![None; targets.len()])
}

/// "The target must be in the running state when you register it", and in the group's VPC.
fn check_running(account: &mut Account, region: &str, group: &TargetGroup, keys: &[TargetKey]) -> Result<(), ApiError> {
    let instances = &account.region(region).ec2.instances;
    let of = |key: &TargetKey| instances.get(&key.id);
    let refuse = |bad: Vec<&TargetKey>, message: &dyn Fn(String) -> String| {
        if bad.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = bad.into_iter().map(|key| format!("'{}'", key.id)).collect();
        Err(ApiError::new("InvalidTarget", message(ids.join(", "))))
    };
    refuse(keys.iter().filter(|key| of(key).is_none()).collect(), &|ids| {
        format!("The following targets do not exist: {ids}")
    })?;
    let vpc = group.vpc.as_deref().unwrap_or_default();
    refuse(keys.iter().filter(|key| of(key).is_some_and(|it| it.vpc != vpc)).collect(), &|ids| {
        format!("The following targets are not in the target group VPC '{vpc}': {ids}")
    })?;
    let stopped = |key: &&TargetKey| of(key).is_some_and(|it| it.state != InstanceState::Running);
    refuse(keys.iter().filter(stopped).collect(), &|ids| {
        format!("The following targets are not in a running state and cannot be registered: {ids}")
    })?;
    let old = |key: &&TargetKey| {
        let family = of(key).and_then(|it| it.instance_type.split('.').next());
        family.is_some_and(|family| UNSUPPORTED.contains(&family))
    };
    if let Some(key) = keys.iter().find(|key| group.is_network() && old(key)) {
        return Err(ApiError::new("InvalidTarget", format!("Targets {{{}}} are not supported", key.id)));
    }
    Ok(())
}

fn check_addresses(
    call: &mut Call<'_>,
    group: &TargetGroup,
    targets: &[(TargetKey, Option<String>)],
) -> Result<Zones, ApiError> {
    let vpc = group.vpc.as_deref().unwrap_or_default();
    let mut zones = Vec::with_capacity(targets.len());
    for (key, zone) in targets {
        let text = &key.id;
        let address: Ipv4Addr =
            text.parse().map_err(|_| invalid(format!("The IP address '{text}' is not a valid IPv4 address")))?;
        let within = call.ec2().subnets.values().find(|it| it.vpc == vpc && it.cidr.contains(&address));
        let within = within.map(|subnet| subnet.zone.clone());
        let in_vpc = within.is_some() || call.ec2().vpcs.get(vpc).is_some_and(|it| it.cidr.contains(&address));
        if in_vpc {
            zones.push(zone.clone().or(within));
            continue;
        }
        let private = PRIVATE
            .iter()
            .any(|(network, length)| Ipv4Net::new(*network, *length).is_ok_and(|network| network.contains(&address)));
        if !private {
            let message = format!("The IP address '{text}' is not within a valid range");
            return Err(invalid(message));
        }
        // "If the IP address is outside the VPC, this parameter is required."
        // (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html)
        if zone.is_none() {
            let message = format!("You must specify an Availability Zone for '{text}', which is outside the VPC");
            return Err(invalid(message));
        }
        zones.push(zone.clone());
    }
    Ok(zones)
}

fn check_load_balancer(
    call: &mut Call<'_>,
    group: &TargetGroup,
    targets: &[(TargetKey, Option<String>)],
) -> Result<Zones, ApiError> {
    let [(key, _)] = targets else { return Err(invalid("Only one load balancer can be registered")) };
    let elb = &call.here().elb;
    let target = elb.load_balancers.get(&key.id).filter(|it| Some(&it.vpc) == group.vpc.as_ref());
    let listens = elb.listeners.values().any(|it| it.load_balancer == key.id && it.port == key.port);
    if target.is_none_or(|it| it.kind != Kind::Application) || !listens {
        let message = format!("The load balancer '{}' has no listener on port {} to be a target", key.id, key.port);
        return Err(ApiError::new("InvalidTarget", message));
    }
    Ok(vec![None])
}

pub(super) fn deregister_targets(call: &mut Call<'_>) -> Answer {
    let group = target_group::find(call, call.required("TargetGroupArn"))?.clone();
    // "If the specified target does not exist, the action returns successfully."
    for (key, _) in named(call, &group) {
        deregister(call.account, call.region, &group.arn, &key);
    }
    Ok(json!({}))
}

/// Lets a target drain and answers for how long
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay>).
pub(super) fn deregister(account: &mut Account, region: &str, group: &str, key: &TargetKey) -> Duration {
    let Some(found) = account.region(region).elb.target_groups.get_mut(group) else { return Duration::ZERO };
    let delay = found.attributes.get("deregistration_delay.timeout_seconds").and_then(|it| it.parse().ok());
    let delay = Duration::from_secs(delay.unwrap_or(0));
    let Some(target) = found.targets.get(key) else { return Duration::ZERO };
    match target.phase {
        Phase::Draining => return delay,
        // What the load balancer never served has nothing to drain; what ended is only taken off the list.
        Phase::Unused(Idle::NotInUse | Idle::ZoneNotEnabled | Idle::Terminated | Idle::IpUnusable) => {
            found.targets.remove(key);
            return Duration::ZERO;
        }
        _ if delay.is_zero() => {
            found.targets.remove(key);
            return Duration::ZERO;
        }
        _ => {}
    }
    watch::take(account, region, group.to_owned(), key.clone(), Step::Become(Phase::Draining, Some(delay)));
    delay
}
