//! What changes a load balancer: its subnets, its security groups, its kind of addresses.

use serde_json::json;

use super::super::refuse::{invalid, misconfigured};
use super::placement::{self, Place};
use super::{Kind, find, node, security};
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// SetSubnets (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html>): the list
/// replaces the one before; nodes in subnets that stay are kept.
pub(super) fn set_subnets(call: &mut Call<'_>) -> Answer {
    let load_balancer = find(call, call.required("LoadBalancerArn"))?.clone();
    if call.text("EnablePrefixForIpv6SourceNat") == Some("on") {
        return Err(misconfigured("Prefixes for IPv6 source NAT are not emulated"));
    }
    let places = resolve(call, &load_balancer)?;
    let ip_address_type = call.text("IpAddressType").unwrap_or(&load_balancer.ip_address_type).to_owned();
    placement::check_ip_address_type(call, &ip_address_type, places.iter().map(|place| place.subnet.as_str()))?;
    if places.iter().any(|place| place.vpc != load_balancer.vpc) {
        return Err(misconfigured("All subnets must belong to the VPC of the load balancer"));
    }
    let (kept, gone): (Vec<_>, Vec<_>) =
        load_balancer.nodes.iter().cloned().partition(|node| places.iter().any(|place| node.is_at(place)));
    let new: Vec<_> = places.into_iter().filter(|place| !kept.iter().any(|node| node.is_at(place))).collect();
    placement::check_room(call, &new)?;
    let made = node::make(call.account, call.region, &load_balancer, &new)?;
    let linger = call.account.settings.timings.load_balancer_interface_linger;
    node::let_go(call.account, call.region, &gone, linger);
    let changed = find(call, &load_balancer.arn)?;
    changed.ip_address_type = ip_address_type;
    changed.nodes = kept.into_iter().chain(made).collect();
    changed.nodes.sort_by(|a, b| a.zone.cmp(&b.zone));
    Ok(json!({ "AvailabilityZones": changed.shown_zones(), "IpAddressType": changed.ip_address_type }))
}

/// The places that the call wants; an Elastic IP address that the load balancer holds already isn't in its own way.
fn resolve(call: &mut Call<'_>, load_balancer: &super::LoadBalancer) -> Result<Vec<Place>, crate::aws::ApiError> {
    let held: Vec<_> = load_balancer
        .nodes
        .iter()
        .filter_map(|node| match &node.fixed {
            Some(node::Fixed::Elastic { allocation, .. }) => Some(allocation.clone()),
            _ => None,
        })
        .collect();
    let mut set_aside = Vec::new();
    for allocation in held {
        if let Some(address) = call.ec2().addresses.get_mut(&allocation) {
            set_aside.push((allocation, address.association.take()));
        }
    }
    let places = placement::wanted(call, load_balancer.kind, load_balancer.internal);
    for (allocation, association) in set_aside {
        if let Some(address) = call.ec2().addresses.get_mut(&allocation) {
            address.association = association;
        }
    }
    places
}

/// SetSecurityGroups (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html>).
pub(super) fn set_security_groups(call: &mut Call<'_>) -> Answer {
    let load_balancer = find(call, call.required("LoadBalancerArn"))?.clone();
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    if load_balancer.kind == Kind::Network && load_balancer.security_groups.is_empty() {
        let message =
            "You cannot set security groups on a Network Load Balancer which was created without any security groups.";
        return Err(misconfigured(message));
    }
    let groups = security::named(call, &load_balancer.vpc)?;
    if groups.is_empty() {
        return Err(invalid("At least one security group must be specified"));
    }
    let enforce = call.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic");
    if enforce.is_some() && load_balancer.kind == Kind::Application {
        let message = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is not supported by load balancers with \
                       type 'application'";
        return Err(misconfigured(message));
    }
    let changed = find(call, &load_balancer.arn)?;
    changed.security_groups = groups;
    if let Some(enforce) = enforce {
        changed.enforce_on_private_link = Some(enforce.to_owned());
    }
    let changed = changed.clone();
    node::regroup(call.account, call.region, &changed);
    let mut answer = json!({ "SecurityGroupIds": changed.security_groups });
    if let Some(enforce) = changed.enforce_on_private_link {
        answer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = json!(enforce);
    }
    Ok(answer)
}

/// SetIpAddressType (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html>).
pub(super) fn set_ip_address_type(call: &mut Call<'_>) -> Answer {
    let wanted = call.required("IpAddressType").to_owned();
    let load_balancer = find(call, call.required("LoadBalancerArn"))?.clone();
    placement::check_ip_address_type(call, &wanted, load_balancer.nodes.iter().map(|node| node.subnet.as_str()))?;
    find(call, &load_balancer.arn)?.ip_address_type.clone_from(&wanted);
    Ok(json!({ "IpAddressType": wanted }))
}
