//! How NAT gateways are described.

use serde_json::{Value, json};

use super::NatGateway;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::resource::Description;
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html>.
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    Description {
        output: "NatGateways",
        ids: "NatGatewayIds",
        filters: &["nat-gateway-id", "state", "subnet-id", "vpc-id"],
        values: &|gateway: &NatGateway, name| {
            vec![match name {
                "state" => gateway.state.to_owned(),
                "subnet-id" => gateway.subnet.clone(),
                "vpc-id" => gateway.vpc.clone(),
                _ => gateway.id.clone(),
            }]
        },
        show: &show,
    }
    .answer(call)
}

pub(super) fn show(gateway: &NatGateway) -> Value {
    let status = match gateway.state {
        "pending" if gateway.public => "associating",
        "pending" => "assigning",
        "failed" => "failed",
        "deleting" => "disassociating",
        _ => "succeeded",
    };
    let address = json!({
        "AllocationId": gateway.allocation,
        "AssociationId": gateway.association,
        "NetworkInterfaceId": gateway.interface,
        "PrivateIp": gateway.private_ip,
        "PublicIp": gateway.public_ip,
        "IsPrimary": true,
        "Status": status,
    });
    let failure = gateway.failure.as_ref().filter(|_| gateway.state != "pending");
    json!({
        "NatGatewayId": gateway.id,
        "SubnetId": gateway.subnet,
        "VpcId": gateway.vpc,
        "State": gateway.state,
        "FailureCode": failure.map(|(code, _)| code),
        "FailureMessage": failure.map(|(_, message)| message),
        "CreateTime": epoch(gateway.created),
        "DeleteTime": gateway.deleted.map(epoch),
        "NatGatewayAddresses": [address],
        "ConnectivityType": if gateway.public { "public" } else { "private" },
        "AvailabilityMode": "zonal",
        "Tags": gateway.tags.shown(),
    })
}
