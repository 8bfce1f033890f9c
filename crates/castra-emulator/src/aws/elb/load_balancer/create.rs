//! CreateLoadBalancer (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).

use std::collections::BTreeSet;

use serde_json::json;

use super::super::attribute::{self, Subject};
use super::super::{Due, name, tag};
use super::placement::{self, Place};
use super::{Kind, LoadBalancer, node, security};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::Call;
use crate::aws::elb::refuse::{invalid, misconfigured};
use crate::aws::error::Answer;
use crate::aws::iam;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("Name");
    name::check_load_balancer(name)?;
    let kind = match call.text("Type") {
        None | Some("application") => Kind::Application,
        Some("network") => Kind::Network,
        Some(other) => {
            let message = format!("Load balancers with type '{other}' are not emulated");
            return Err(ApiError::new("OperationNotPermitted", message));
        }
    };
    let internal = call.text("Scheme") == Some("internal");
    if ["CustomerOwnedIpv4Pool", "IpamPools"].iter().any(|member| call.input.get(*member).is_some()) {
        return Err(misconfigured("Customer-owned addresses and IPAM pools are not emulated"));
    }
    let tags = tag::given(call)?;
    let places = placement::wanted(call, kind, internal)?;
    let Some(vpc) = places.first().map(|place| place.vpc.clone()) else {
        return Err(invalid("At least one subnet must be specified"));
    };
    let security_groups = security::initial(call, kind, &vpc)?;
    let ip_address_type = call.text("IpAddressType").unwrap_or("ipv4").to_owned();
    placement::check_ip_address_type(call, &ip_address_type, places.iter().map(|place| place.subnet.as_str()))?;
    if call.text("EnablePrefixForIpv6SourceNat") == Some("on") {
        return Err(misconfigured("Prefixes for IPv6 source NAT are not emulated"));
    }

    let wanted = LoadBalancer {
        arn: String::new(),
        name: name.to_owned(),
        kind,
        internal,
        created: call.now(),
        dns_name: String::new(),
        vpc,
        nodes: Vec::new(),
        enforce_on_private_link: (kind == Kind::Network && !security_groups.is_empty()).then(|| "on".to_owned()),
        security_groups,
        ip_address_type,
        active: false,
        failed: false,
        attributes: attribute::defaults(Subject::LoadBalancer { kind, internal }),
        tags,
    };
    // "This operation is idempotent": the same settings again find what they made.
    let region = call.region;
    if let Some(there) = call.here().elb.load_balancers.values().find(|it| it.name == name) {
        if same(there, &wanted, &places) {
            return Ok(json!({ "LoadBalancers": [there.shown(region)] }));
        }
        let message = format!("A load balancer with the same name '{name}' exists, but with different settings");
        return Err(ApiError::new("DuplicateLoadBalancerName", message));
    }
    check_count(call, kind)?;
    placement::check_room(call, &places)?;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
    iam::ensure_service_linked_role(call.account, "elasticloadbalancing.amazonaws.com");
    make(call, wanted, &places)
}

/// Whether a repeated creation asks for what is there. Tags count, as they do for the older kind of load balancer,
/// which names them in its refusal (<https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancer.html>).
fn same(there: &LoadBalancer, wanted: &LoadBalancer, places: &[Place]) -> bool {
    let groups = |of: &LoadBalancer| of.security_groups.iter().cloned().collect::<BTreeSet<_>>();
    there.kind == wanted.kind
        && there.internal == wanted.internal
        && there.ip_address_type == wanted.ip_address_type
        && there.tags == wanted.tags
        && groups(there) == groups(wanted)
        && there.nodes.len() == places.len()
        && places.iter().all(|place| there.nodes.iter().any(|node| node.is_at(place)))
}

fn check_count(call: &mut Call<'_>, kind: Kind) -> Result<(), ApiError> {
    let limits = &call.account.settings.load_balancing_limits;
    let most = match kind {
        Kind::Application => limits.application_load_balancers,
        Kind::Network => limits.network_load_balancers,
    };
    if call.here().elb.load_balancers.values().filter(|it| it.kind == kind).count() >= most {
        let message = format!("The maximum number of {} load balancers, {most}, has been reached", kind.text());
        return Err(ApiError::new("TooManyLoadBalancers", message));
    }
    Ok(())
}

fn make(call: &mut Call<'_>, mut wanted: LoadBalancer, places: &[Place]) -> Answer {
    let id = call.account.chance.hex(16);
    let path = format!("{}/{}/{id}", wanted.kind.short(), wanted.name);
    wanted.arn = call.arn("elasticloadbalancing", &format!("loadbalancer/{path}"));
    wanted.dns_name = dns_name(call, &wanted, &id);
    wanted.nodes = node::make(call.account, call.region, &wanted, places)?;
    let after = match wanted.kind {
        Kind::Application => call.account.settings.timings.application_load_balancer_provisioning,
        Kind::Network => call.account.settings.timings.network_load_balancer_provisioning,
    };
    call.schedule(after, What::Elb(Due::Active { load_balancer: wanted.arn.clone() }));
    let shown = wanted.shown(call.region);
    call.here().elb.load_balancers.insert(wanted.arn.clone(), wanted);
    Ok(json!({ "LoadBalancers": [shown] }))
}

/// The name under which clients reach it, in the form that its kind has
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html>).
fn dns_name(call: &mut Call<'_>, load_balancer: &LoadBalancer, id: &str) -> String {
    let (name, region) = (&load_balancer.name, call.region);
    match load_balancer.kind {
        Kind::Network => format!("{name}-{id}.elb.{region}.amazonaws.com"),
        Kind::Application => {
            let number = 1_000_000_000 + call.account.chance.below(1_000_000_000);
            let prefix = if load_balancer.internal { "internal-" } else { "" };
            format!("{prefix}{name}-{number}.{region}.elb.amazonaws.com")
        }
    }
}
