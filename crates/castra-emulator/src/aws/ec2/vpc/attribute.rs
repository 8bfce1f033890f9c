//! Attributes of VPCs (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns-support.html>).

use serde_json::{Value, json};

use super::Vpc;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let vpc = named::<Vpc>(call, "VpcId")?;
    let (member, value) = match call.required("Attribute") {
        "enableDnsSupport" => ("EnableDnsSupport", vpc.dns_support),
        "enableDnsHostnames" => ("EnableDnsHostnames", vpc.dns_hostnames),
        _ => ("EnableNetworkAddressUsageMetrics", vpc.usage_metrics),
    };
    Ok(json!({ "VpcId": vpc.id, member: { "Value": value } }))
}

/// One attribute at a time
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html>).
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    const ATTRIBUTES: [&str; 3] = ["EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"];
    let vpc = named::<Vpc>(call, "VpcId")?.id.clone();
    let given = ATTRIBUTES.into_iter().filter_map(|name| {
        let value = call.input.get(name)?.get("Value").and_then(Value::as_bool)?;
        Some((name, value))
    });
    let given: Vec<_> = given.collect();
    let [(attribute, value)] = *given else {
        let message = "Fields for multiple attribute types specified, or none: exactly one attribute can be modified.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    };
    if let Some(vpc) = call.ec2().vpcs.get_mut(&vpc) {
        match attribute {
            "EnableDnsSupport" => vpc.dns_support = value,
            "EnableDnsHostnames" => vpc.dns_hostnames = value,
            _ => vpc.usage_metrics = value,
        }
    }
    Ok(json!({}))
}
