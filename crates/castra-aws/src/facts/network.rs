//! The existing network that a spec names.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Filter, Subnet as Described, Vpc as DescribedVpc, VpcCidrBlockStateCode};
use castra_core::inventory::Findings;
use castra_core::{Call, Result};
use futures::future::try_join;

use super::{NetworkFacts, SubnetFacts};
use crate::call::send;
use crate::kinds::SubnetOutput;
use crate::settings::Settings;
use crate::survey::Look;
use crate::tags::filter;

/// Looks at the VPC and the subnets that the settings name. None when they name none, or with problems found.
pub(crate) async fn existing(
    look: &Look<'_>,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<Option<NetworkFacts>> {
    let Some(id) = &settings.vpc_id else { return Ok(None) };
    let wanted: Vec<String> = settings.private_subnet_ids.iter().chain(&settings.public_subnet_ids).cloned().collect();
    let ec2 = &look.clients.ec2;
    // By filters and not by ids: one that isn't there would fail the whole call.
    let vpcs =
        async { send!(look.cx, Call::read("ec2", "DescribeVpcs"), ec2.describe_vpcs().filters(filter("vpc-id", id))) };
    let subnets = async {
        let wanted = Filter::builder().name("subnet-id").set_values(Some(wanted)).build();
        send!(look.cx, Call::read("ec2", "DescribeSubnets"), ec2.describe_subnets().filters(wanted))
    };
    let (vpcs, subnets) = try_join(vpcs, subnets).await?;
    let Some(vpc) = vpcs.vpcs().first() else {
        let message = format!("there is no VPC {id} in {}", settings.region);
        findings.problem("provider.vpc_id", message, "write the id of a VPC of that region and account");
        return Ok(None);
    };
    let private = of_kind("private_subnet_ids", &settings.private_subnet_ids, id, subnets.subnets(), findings);
    let public = of_kind("public_subnet_ids", &settings.public_subnet_ids, id, subnets.subnets(), findings);
    let (Some(private), Some(public)) = (private, public) else { return Ok(None) };
    let zones = |subnets: &[SubnetFacts]| -> BTreeSet<String> {
        subnets.iter().map(|subnet| subnet.output.zone.clone()).collect()
    };
    if !public.is_empty() && zones(&public) != zones(&private) {
        let list = |zones: BTreeSet<String>| zones.into_iter().collect::<Vec<_>>().join(", ");
        findings.problem(
            "provider.public_subnet_ids",
            format!(
                "the public subnets are in {}, the private ones in {}",
                list(zones(&public)),
                list(zones(&private))
            ),
            "name one public subnet in each zone that has a private one",
        );
        return Ok(None);
    }
    Ok(Some(NetworkFacts { vpc: id.clone(), cidrs: cidrs(vpc), private, public }))
}

/// The subnets of one list, each checked.
fn of_kind(
    key: &str,
    wanted: &[String],
    vpc: &str,
    found: &[Described],
    findings: &mut Findings,
) -> Option<Vec<SubnetFacts>> {
    let mut subnets: Vec<SubnetFacts> = Vec::new();
    for (i, id) in wanted.iter().enumerate() {
        let path = format!("provider.{key}[{i}]");
        let Some(described) = found.iter().find(|subnet| subnet.subnet_id() == Some(id)) else {
            findings.problem(&path, format!("there is no subnet {id}"), "write the id of a subnet of the VPC");
            continue;
        };
        if described.vpc_id() != Some(vpc) {
            let other = described.vpc_id().unwrap_or_default();
            findings.problem(&path, format!("{id} is in {other}, not in {vpc}"), "write the id of a subnet of the VPC");
            continue;
        }
        let Some(facts) = facts(described) else {
            findings.problem(&path, format!("{id} has no IPv4 range or no zone"), "name a subnet with IPv4 addresses");
            continue;
        };
        if let Some(other) = subnets.iter().find(|other| other.output.zone == facts.output.zone) {
            let message = format!("{id} is in {}, as {} is", facts.output.zone, other.output.id);
            findings.problem(&path, message, "name one subnet in each zone");
            continue;
        }
        subnets.push(facts);
    }
    (subnets.len() == wanted.len()).then_some(subnets)
}

fn facts(subnet: &Described) -> Option<SubnetFacts> {
    Some(SubnetFacts {
        output: SubnetOutput {
            id: subnet.subnet_id()?.to_owned(),
            cidr: subnet.cidr_block()?.parse().ok()?,
            zone: subnet.availability_zone()?.to_owned(),
        },
        free: subnet.available_ip_address_count().and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
    })
}

/// The ranges of a VPC that are in use.
fn cidrs(vpc: &DescribedVpc) -> Vec<ipnet::Ipv4Net> {
    let associated = vpc.cidr_block_association_set().iter().filter(|block| {
        block.cidr_block_state().and_then(|state| state.state()) == Some(&VpcCidrBlockStateCode::Associated)
    });
    let mut cidrs: Vec<ipnet::Ipv4Net> = associated
        .filter_map(|block| block.cidr_block())
        .chain(vpc.cidr_block())
        .filter_map(|text| text.parse().ok())
        .collect();
    cidrs.sort();
    cidrs.dedup();
    cidrs
}

impl NetworkFacts {
    /// With its subnets in the order of these zones.
    pub(super) fn ordered(mut self, zones: &[String]) -> Self {
        let place = |subnet: &SubnetFacts| zones.iter().position(|zone| *zone == subnet.output.zone);
        self.private.sort_by_key(place);
        self.public.sort_by_key(place);
        self
    }
}
