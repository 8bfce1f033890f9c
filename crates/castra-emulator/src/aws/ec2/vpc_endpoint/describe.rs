//! How endpoints are described.

use serde_json::{Value, json};

use super::VpcEndpoint;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::State;
use crate::aws::ec2::resource::Description;
use crate::aws::error::Answer;
use crate::chance::Chance;

/// The policy of an endpoint that has got none
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
const EVERYTHING: &str = "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\
                          \"Action\":\"*\",\"Resource\":\"*\"}]}";

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>.
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let ec2 = &call.look().ec2;
    Description {
        output: "VpcEndpoints",
        ids: "VpcEndpointIds",
        filters: &[
            "ip-address-type",
            "service-name",
            "service-region",
            "vpc-endpoint-id",
            "vpc-endpoint-state",
            "vpc-endpoint-type",
            "vpc-id",
        ],
        values: &|endpoint: &VpcEndpoint, name| {
            vec![match name {
                "ip-address-type" => "ipv4".to_owned(),
                "service-name" => endpoint.service.clone(),
                "service-region" => ec2.region.clone(),
                "vpc-endpoint-state" => endpoint.state.to_owned(),
                "vpc-endpoint-type" => endpoint.kind.to_owned(),
                "vpc-id" => endpoint.vpc.clone(),
                _ => endpoint.id.clone(),
            }]
        },
        show: &|endpoint| show(ec2, endpoint),
    }
    .answer(call)
}

pub(super) fn show(ec2: &State, endpoint: &VpcEndpoint) -> Value {
    let groups = endpoint
        .groups
        .iter()
        .map(|id| json!({ "GroupId": id, "GroupName": ec2.security_groups.get(id).map(|group| &group.name) }));
    let zone = format!("Z{}", Chance::of(0, &ec2.region).letters(13));
    let host = endpoint.service.rsplit('.').next().unwrap_or_default();
    let suffix = endpoint.id.get(endpoint.id.len().saturating_sub(8)..).unwrap_or_default();
    let names: Vec<Value> = if endpoint.kind == "Interface" {
        let name = format!("{}-{suffix}.{host}.{}.vpce.amazonaws.com", endpoint.id, ec2.region);
        vec![json!({ "DnsName": name, "HostedZoneId": zone })]
    } else {
        Vec::new()
    };
    json!({
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.kind,
        "VpcId": endpoint.vpc,
        "ServiceName": endpoint.service,
        "ServiceRegion": ec2.region,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy.as_deref().unwrap_or(EVERYTHING),
        "RouteTableIds": endpoint.route_tables,
        "SubnetIds": endpoint.subnets,
        "Groups": groups.collect::<Vec<_>>(),
        "IpAddressType": "ipv4",
        "DnsOptions": { "DnsRecordIpType": "ipv4" },
        "PrivateDnsEnabled": endpoint.private_dns,
        "RequesterManaged": false,
        "NetworkInterfaceIds": endpoint.interfaces,
        "DnsEntries": names,
        "CreationTimestamp": epoch(endpoint.created),
        "OwnerId": ec2.owner,
        "Tags": endpoint.tags.shown(),
    })
}
