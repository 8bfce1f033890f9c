//! EC2's actions and resources
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>).

use serde_json::Value;

use super::access::{Access, at, tags};
use super::{iam, launch};
use crate::aws::call::Call;

/// What an operation creates, and what it takes: paths in the input with the resource type that they name.
type Rule = (&'static [&'static str], &'static [(&'static str, &'static str)]);

pub(super) fn needed(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let mut needed = match operation {
        "RunInstances" => launch::needed(call, &launch::merged(call), operation),
        "CreateTags" | "DeleteTags" => of_tagged(call, operation),
        _ => by_rule(call, operation),
    };
    if let Some(profile) = call.input.get("IamInstanceProfile").filter(|_| operation != "RunInstances") {
        needed.extend(iam::pass_profile(call, profile, "ec2.amazonaws.com"));
    }
    needed
}

fn by_rule(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let action = format!("ec2:{operation}");
    let Some((made, taken)) = rule(operation) else {
        return vec![Access::new(call, action, "*")];
    };
    let mut needed = Vec::new();
    for kind in made {
        let specifications = call.list("TagSpecifications");
        let given: Vec<&Value> = of_kind(specifications, kind).collect();
        let lists = given.iter().filter_map(|specification| specification.get("Tags").and_then(Value::as_array));
        let given: Vec<Value> = lists.flatten().cloned().collect();
        let resource = match (*kind, call.text("KeyName"), call.text("GroupName")) {
            ("key-pair", Some(name), _) | ("placement-group", _, Some(name)) => arn(call, kind, name),
            _ => arn(call, kind, "*"),
        };
        needed.push(Access::new(call, action.clone(), resource.clone()).with_tags(tags(&given)));
        needed.extend(create_tags(call, &resource, &given, operation));
    }
    for (path, kind) in taken {
        for id in at(call.input, path) {
            let resource = arn(call, kind, &known_id(call, path, id));
            needed.push(Access::new(call, action.clone(), resource));
        }
    }
    if needed.is_empty() {
        needed.push(Access::new(call, action, "*"));
    }
    needed
}

/// Tag specifications of a kind; EIPs and NAT gateways are called differently in ARNs.
pub(super) fn of_kind<'a>(specifications: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    specifications
        .iter()
        .filter(move |specification| specification.get("ResourceType").and_then(Value::as_str) == Some(kind))
}

/// "To tag resources on creation, users must have permission for the ec2:CreateTags action"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>).
pub(super) fn create_tags(call: &Call<'_>, resource: &str, given: &[Value], operation: &str) -> Option<Access> {
    if given.is_empty() {
        return None;
    }
    let access = Access::new(call, "ec2:CreateTags", resource).with("ec2:CreateAction", Some(operation));
    Some(access.with_tags(tags(given)))
}

/// The ARN of a resource of EC2's.
pub(super) fn arn(call: &Call<'_>, kind: &str, id: &str) -> String {
    // Images and snapshots may be anyone's.
    let account = if matches!(kind, "image" | "snapshot") { "" } else { call.account.id.as_str() };
    format!("arn:aws:ec2:{}:{account}:{kind}/{id}", call.region)
}

/// The id that stands in an ARN: launch templates can be given by name.
fn known_id(call: &Call<'_>, path: &str, id: &str) -> String {
    if !path.ends_with("LaunchTemplateName") {
        return id.to_owned();
    }
    let here = call.account.regions.get(call.region);
    let templates = here.into_iter().flat_map(|here| here.ec2.launch_templates.values());
    templates.into_iter().find(|template| template.name == id).map_or_else(|| "*".to_owned(), |found| found.id.clone())
}

/// CreateTags and DeleteTags are about what they name, by the prefixes of ids.
fn of_tagged(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let list = call.list("Tags");
    let ids = call.texts("Resources");
    let access = ids.into_iter().map(|id| {
        let resource = kind_of(id).map_or_else(|| "*".to_owned(), |kind| arn(call, kind, id));
        Access::new(call, format!("ec2:{operation}"), resource).with_tags(tags(list))
    });
    access.collect()
}

/// The resource type of an id
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
fn kind_of(id: &str) -> Option<&'static str> {
    const KINDS: &[(&str, &str)] = &[
        ("ami", "image"),
        ("acl", "network-acl"),
        ("dopt", "dhcp-options"),
        ("eipalloc", "elastic-ip"),
        ("eni", "network-interface"),
        ("i", "instance"),
        ("igw", "internet-gateway"),
        ("key", "key-pair"),
        ("lt", "launch-template"),
        ("nat", "natgateway"),
        ("pg", "placement-group"),
        ("rtb", "route-table"),
        ("sg", "security-group"),
        ("sgr", "security-group-rule"),
        ("snap", "snapshot"),
        ("subnet", "subnet"),
        ("vol", "volume"),
        ("vpc", "vpc"),
        ("vpce", "vpc-endpoint"),
    ];
    let (prefix, _) = id.split_once('-')?;
    KINDS.iter().find(|(known, _)| *known == prefix).map(|(_, kind)| *kind)
}

/// The resource types of an operation; none for those whose resource is always `*`.
fn rule(operation: &str) -> Option<Rule> {
    const TEMPLATE: &[(&str, &str)] =
        &[("LaunchTemplateId", "launch-template"), ("LaunchTemplateName", "launch-template")];
    Some(match operation {
        "AllocateAddress" => (&["elastic-ip"], &[]),
        "AssignPrivateIpAddresses"
        | "DeleteNetworkInterface"
        | "DescribeNetworkInterfaceAttribute"
        | "ModifyNetworkInterfaceAttribute"
        | "UnassignPrivateIpAddresses" => (&[], &[("NetworkInterfaceId", "network-interface")]),
        "AssociateAddress" => (
            &[],
            &[("AllocationId", "elastic-ip"), ("InstanceId", "instance"), ("NetworkInterfaceId", "network-interface")],
        ),
        "AssociateIamInstanceProfile"
        | "DescribeInstanceAttribute"
        | "GetConsoleOutput"
        | "GetLaunchTemplateData"
        | "ModifyInstanceAttribute"
        | "ModifyInstanceMetadataOptions" => (&[], &[("InstanceId", "instance")]),
        "AssociateRouteTable" => {
            (&[], &[("RouteTableId", "route-table"), ("SubnetId", "subnet"), ("GatewayId", "internet-gateway")])
        }
        "AssociateSubnetCidrBlock" | "CreateSubnetCidrReservation" | "DeleteSubnet" | "ModifySubnetAttribute" => {
            (&[], &[("SubnetId", "subnet")])
        }
        "AssociateVpcCidrBlock" | "DeleteVpc" | "DescribeVpcAttribute" | "ModifyVpcAttribute" => {
            (&[], &[("VpcId", "vpc")])
        }
        "AttachInternetGateway" | "DetachInternetGateway" => {
            (&[], &[("InternetGatewayId", "internet-gateway"), ("VpcId", "vpc")])
        }
        "AttachNetworkInterface" => (&[], &[("InstanceId", "instance"), ("NetworkInterfaceId", "network-interface")]),
        "AttachVolume" | "DetachVolume" => (&[], &[("InstanceId", "instance"), ("VolumeId", "volume")]),
        "AuthorizeSecurityGroupEgress"
        | "AuthorizeSecurityGroupIngress"
        | "DeleteSecurityGroup"
        | "ModifySecurityGroupRules"
        | "RevokeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "UpdateSecurityGroupRuleDescriptionsEgress"
        | "UpdateSecurityGroupRuleDescriptionsIngress" => (&[], &[("GroupId", "security-group")]),
        "CreateInternetGateway" => (&["internet-gateway"], &[]),
        "CreateKeyPair" | "ImportKeyPair" => (&["key-pair"], &[]),
        "CreateLaunchTemplate" => (&["launch-template"], &[]),
        "CreateLaunchTemplateVersion"
        | "DeleteLaunchTemplate"
        | "DeleteLaunchTemplateVersions"
        | "ModifyLaunchTemplate" => (&[], TEMPLATE),
        "CreateNatGateway" => (&["natgateway"], &[("SubnetId", "subnet"), ("AllocationId", "elastic-ip")]),
        "CreateNetworkInterface" => (&["network-interface"], &[("SubnetId", "subnet"), ("Groups", "security-group")]),
        "CreatePlacementGroup" => (&["placement-group"], &[]),
        "CreateRoute" | "DeleteRoute" | "DeleteRouteTable" | "ReplaceRoute" | "ReplaceRouteTableAssociation" => {
            (&[], &[("RouteTableId", "route-table")])
        }
        "CreateRouteTable" => (&["route-table"], &[("VpcId", "vpc")]),
        "CreateSecurityGroup" => (&["security-group"], &[("VpcId", "vpc")]),
        "CreateSnapshot" => (&["snapshot"], &[("VolumeId", "volume")]),
        "CreateSubnet" => (&["subnet"], &[("VpcId", "vpc")]),
        "CreateVolume" => (&["volume"], &[("SnapshotId", "snapshot")]),
        "CreateVpc" => (&["vpc"], &[]),
        "CreateVpcEndpoint" => (
            &["vpc-endpoint"],
            &[
                ("VpcId", "vpc"),
                ("RouteTableIds", "route-table"),
                ("SubnetIds", "subnet"),
                ("SecurityGroupIds", "security-group"),
            ],
        ),
        "DeleteInternetGateway" => (&[], &[("InternetGatewayId", "internet-gateway")]),
        "DeleteKeyPair" => (&[], &[("KeyName", "key-pair")]),
        "DeleteNatGateway" => (&[], &[("NatGatewayId", "natgateway")]),
        "DeletePlacementGroup" => (&[], &[("GroupName", "placement-group")]),
        "DeleteSnapshot" => (&[], &[("SnapshotId", "snapshot")]),
        "DeleteVolume" | "ModifyVolume" => (&[], &[("VolumeId", "volume")]),
        "DeleteVpcEndpoints" => (&[], &[("VpcEndpointIds", "vpc-endpoint")]),
        "DeregisterImage" => (&[], &[("ImageId", "image")]),
        "ModifyVpcEndpoint" => (
            &[],
            &[
                ("VpcEndpointId", "vpc-endpoint"),
                ("AddRouteTableIds", "route-table"),
                ("RemoveRouteTableIds", "route-table"),
                ("AddSubnetIds", "subnet"),
                ("RemoveSubnetIds", "subnet"),
                ("AddSecurityGroupIds", "security-group"),
                ("RemoveSecurityGroupIds", "security-group"),
            ],
        ),
        "MonitorInstances" | "RebootInstances" | "StartInstances" | "StopInstances" | "TerminateInstances"
        | "UnmonitorInstances" => (&[], &[("InstanceIds", "instance")]),
        "ReleaseAddress" => (&[], &[("AllocationId", "elastic-ip")]),
        _ => return None,
    })
}
