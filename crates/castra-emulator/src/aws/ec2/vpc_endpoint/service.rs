//! Services that endpoints lead to
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>): some of AWS's own.

use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::{Tags, availability_zone, page};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// Services with interface endpoints, by the last part of their name.
const INTERFACE: [&str; 22] = [
    "acm-pca",
    "autoscaling",
    "dynamodb",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "kms",
    "logs",
    "monitoring",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "xray",
];

/// Services with gateway endpoints
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
const GATEWAY: [&str; 2] = ["dynamodb", "s3"];

/// A service of a region, as one kind of endpoint leads to it.
#[derive(Debug, Clone)]
pub(super) struct Service {
    /// `com.amazonaws.eu-central-1.s3`.
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// What is before the region in its private DNS name; none = it has no such name.
    pub(super) host: &'static str,
}

impl Service {
    /// The name that private DNS gives the endpoint's addresses.
    pub(super) fn private_dns(&self, region: &str) -> String {
        // The registry's two services put their name the other way round.
        let host = match self.host {
            "ecr.api" => "api.ecr",
            "ecr.dkr" => "*.dkr.ecr",
            host => host,
        };
        format!("{host}.{region}.amazonaws.com")
    }
}

fn all(region: &str) -> Vec<Service> {
    let of = |kind: &'static str| {
        move |host: &'static str| Service { name: format!("com.amazonaws.{region}.{host}"), kind, host }
    };
    GATEWAY.into_iter().map(of("Gateway")).chain(INTERFACE.into_iter().map(of("Interface"))).collect()
}

/// The service that an endpoint of that kind is to lead to.
pub(super) fn find(region: &str, name: &str, kind: &str) -> Result<Service, ApiError> {
    let named: Vec<_> = all(region).into_iter().filter(|service| service.name == name).collect();
    if named.is_empty() {
        let message = format!("The Vpc Endpoint Service '{name}' does not exist");
        return Err(ApiError::new("InvalidServiceName", message));
    }
    let kinds: Vec<_> = named.iter().map(|service| service.kind).collect();
    named.into_iter().find(|service| service.kind == kind).ok_or_else(|| {
        let message =
            format!("Endpoint type ({kind}) does not match available service types ([{}]).", kinds.join(", "));
        ApiError::new("InvalidParameter", message)
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    const KNOWN: &[&str] = &["owner", "service-name", "service-region", "service-type", "supported-ip-address-types"];
    let filters = Filters::of(call, KNOWN)?;
    let names = call.texts("ServiceNames");
    let services = all(call.region);
    if let Some(unknown) = names.iter().find(|name| !services.iter().any(|service| service.name == **name)) {
        let message = format!("The Vpc Endpoint Service '{unknown}' does not exist");
        return Err(ApiError::new("InvalidServiceName", message));
    }
    let passing = services.iter().filter(|service| {
        (names.is_empty() || names.contains(&service.name.as_str()))
            && filters.pass(&Tags::default(), |name| {
                vec![match name {
                    "owner" => "amazon".to_owned(),
                    "service-name" => service.name.clone(),
                    "service-region" => call.region.to_owned(),
                    "service-type" => service.kind.to_owned(),
                    _ => "ipv4".to_owned(),
                }]
            })
    });
    let shown: Vec<Value> = passing.map(|service| show(call, service)).collect();
    let mut answer = page::of(call, "ServiceDetails", shown)?;
    let details = answer.get("ServiceDetails").and_then(Value::as_array);
    let mut names: Vec<String> = details
        .into_iter()
        .flatten()
        .filter_map(|service| service.get("ServiceName")?.as_str().map(str::to_owned))
        .collect();
    names.sort_unstable();
    names.dedup();
    answer["ServiceNames"] = names.into();
    Ok(answer)
}

fn show(call: &Call<'_>, service: &Service) -> Value {
    let zones = availability_zone::zones(&call.account.id, call.region);
    let id = Chance::of(0, &format!("{} {}", service.name, service.kind)).hex(17);
    let private = (service.kind == "Interface").then(|| service.private_dns(call.region));
    json!({
        "ServiceName": service.name,
        "ServiceId": format!("vpce-svc-{id}"),
        "ServiceType": [{ "ServiceType": service.kind }],
        "ServiceRegion": call.region,
        "AvailabilityZones": zones.iter().map(|zone| &zone.name).collect::<Vec<_>>(),
        "AvailabilityZoneIds": zones.iter().map(|zone| &zone.id).collect::<Vec<_>>(),
        "Owner": "amazon",
        "BaseEndpointDnsNames": [format!("{}.{}.vpce.amazonaws.com", service.host, call.region)],
        "PrivateDnsName": private,
        "PrivateDnsNames": private.iter().map(|name| json!({ "PrivateDnsName": name })).collect::<Vec<_>>(),
        "VpcEndpointPolicySupported": true,
        "AcceptanceRequired": false,
        "ManagesVpcEndpoints": false,
        "SupportedIpAddressTypes": ["ipv4"],
        "Tags": [],
    })
}
