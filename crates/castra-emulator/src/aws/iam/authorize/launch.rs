//! What launching instances needs
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>,
//! RunInstances; <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances>).

use serde_json::{Map, Value};

use super::access::{Access, at, tags};
use super::ec2::{arn, create_tags, of_kind};
use super::iam;
use crate::aws::call::Call;
use crate::aws::ec2::{Specification, resolve_template};

/// RunInstances' input over the launch template that it names.
pub(super) fn merged(call: &Call<'_>) -> Value {
    let named = call.input.get("LaunchTemplate");
    let mut merged = named.and_then(|named| template(call, named)).unwrap_or_default();
    if let Some(input) = call.input.as_object() {
        merged.extend(input.iter().map(|(member, value)| (member.clone(), value.clone())));
    }
    Value::Object(merged)
}

/// What a launch template's version says, with the template's id under `LaunchTemplate`.
pub(super) fn template(call: &Call<'_>, named: &Value) -> Option<Map<String, Value>> {
    let text = |member| named.get(member).and_then(Value::as_str).map(str::to_owned);
    let specification =
        Specification { id: text("LaunchTemplateId"), name: text("LaunchTemplateName"), version: text("Version") };
    let here = call.account.regions.get(call.region)?;
    let (_, _, _, data) = resolve_template(&here.ec2, &specification).ok()?;
    data.as_object().cloned()
}

/// What a launch of that needs.
pub(super) fn needed(call: &Call<'_>, launch: &Value, operation: &str) -> Vec<Access> {
    let new = |kind: &str, id: &str| Access::new(call, "ec2:RunInstances", arn(call, kind, id));
    let text = |path: &str| at(launch, path).first().copied();
    let profile = launch.get("IamInstanceProfile");
    let profile_arn = profile.and_then(|profile| iam::profile_arn(call, profile));
    let mut instance = new("instance", "*")
        .with("ec2:InstanceType", text("InstanceType"))
        .with("ec2:InstanceProfile", profile_arn)
        .with("ec2:AvailabilityZone", text("Placement.AvailabilityZone"))
        .with("ec2:Tenancy", Some(text("Placement.Tenancy").unwrap_or("default")))
        .with("ec2:MetadataHttpTokens", text("MetadataOptions.HttpTokens"))
        .with("ec2:MetadataHttpEndpoint", text("MetadataOptions.HttpEndpoint"));
    let template_id = template_arn(call);
    instance = instance.with("ec2:LaunchTemplate", template_id.clone());
    let mut needed = vec![instance];
    for image in at(launch, "ImageId") {
        needed.push(new("image", image));
    }
    let subnets: Vec<&str> = [at(launch, "SubnetId"), at(launch, "NetworkInterfaces.SubnetId")].concat();
    let subnet = subnets.first().map(|id| arn(call, "subnet", id));
    for id in &subnets {
        needed.push(new("subnet", id));
    }
    let interfaces = at(launch, "NetworkInterfaces.NetworkInterfaceId");
    if interfaces.is_empty() {
        needed.push(new("network-interface", "*").with("ec2:Subnet", subnet));
    }
    for id in interfaces {
        needed.push(new("network-interface", id));
    }
    for id in [at(launch, "SecurityGroupIds"), at(launch, "NetworkInterfaces.Groups")].concat() {
        needed.push(new("security-group", id));
    }
    needed.push(new("volume", "*"));
    for id in at(launch, "BlockDeviceMappings.Ebs.SnapshotId") {
        needed.push(new("snapshot", id));
    }
    for name in at(launch, "KeyName") {
        needed.push(new("key-pair", name));
    }
    for name in at(launch, "Placement.GroupName") {
        needed.push(new("placement-group", name));
    }
    if let Some(id) = template_id {
        needed.push(Access::new(call, "ec2:RunInstances", id));
    }
    let specifications = launch.get("TagSpecifications").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for kind in ["instance", "volume", "network-interface"] {
        let lists = of_kind(specifications, kind).filter_map(|of| of.get("Tags").and_then(Value::as_array));
        let given: Vec<Value> = lists.flatten().cloned().collect();
        let resource = arn(call, kind, "*");
        if let Some(access) = needed.iter_mut().find(|access| access.resource == resource) {
            *access = access.clone().with_tags(tags(&given));
        }
        needed.extend(create_tags(call, &resource, &given, operation));
    }
    if let Some(profile) = profile {
        needed.extend(iam::pass_profile(call, profile, "ec2.amazonaws.com"));
    }
    needed
}

/// The ARN of the launch template that a call names.
pub(super) fn template_arn(call: &Call<'_>) -> Option<String> {
    let named = call.input.get("LaunchTemplate")?;
    let text = |member| named.get(member).and_then(Value::as_str);
    let here = call.account.regions.get(call.region)?;
    let mut templates = here.ec2.launch_templates.values();
    let found = templates.find(|template| {
        text("LaunchTemplateId") == Some(&template.id) || text("LaunchTemplateName") == Some(&template.name)
    });
    Some(arn(call, "launch-template", &found?.id))
}
