//! What a version of a launch template holds: written, and read back.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateBlockDeviceMapping, LaunchTemplateBlockDeviceMappingRequest,
    LaunchTemplateEbsBlockDeviceRequest, LaunchTemplateHttpTokensState,
    LaunchTemplateIamInstanceProfileSpecificationRequest, LaunchTemplateInstanceMetadataEndpointState,
    LaunchTemplateInstanceMetadataOptionsRequest, LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    LaunchTemplateTagSpecification, LaunchTemplateTagSpecificationRequest, RequestLaunchTemplateData, ResourceType,
    ResponseLaunchTemplateData, VolumeType,
};
use castra_core::resource::At;
use castra_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

use super::LaunchTemplate;
use crate::client::Clients;
use crate::tags;
use crate::user_data::UserData;

/// What the client token of a version depends on: everything in it, references resolved.
pub(super) fn parameters(wanted: &LaunchTemplate, at: &At<'_, Clients>) -> Result<Value> {
    Ok(json!([wanted, wanted.root_device, at.get(&wanted.profile)?.id, groups(wanted, at)?]))
}

fn groups(wanted: &LaunchTemplate, at: &At<'_, Clients>) -> Result<Vec<String>> {
    wanted.security_groups.iter().map(|group| at.get(group)).collect()
}

/// A complete version.
pub(super) fn request(wanted: &LaunchTemplate, at: &At<'_, Clients>) -> Result<RequestLaunchTemplateData> {
    let size = i32::try_from(wanted.root_disk_gib).map_err(|_| {
        Error::new(ErrorKind::Invalid, format!("{} GiB is more than a disk can have", wanted.root_disk_gib))
    })?;
    let disk = LaunchTemplateEbsBlockDeviceRequest::builder()
        .volume_size(size)
        .volume_type(VolumeType::Gp3)
        .encrypted(true)
        .delete_on_termination(true)
        .build();
    let root = LaunchTemplateBlockDeviceMappingRequest::builder().device_name(&wanted.root_device).ebs(disk).build();
    // Naming the interface is the only way to refuse a public address in a subnet that gives them by itself.
    let interface = LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .associate_public_ip_address(false)
        .set_groups(Some(groups(wanted, at)?))
        .delete_on_termination(true)
        .build();
    let metadata = LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .http_endpoint(LaunchTemplateInstanceMetadataEndpointState::Enabled)
        .http_tokens(LaunchTemplateHttpTokensState::from(wanted.metadata_tokens.as_str()))
        .http_put_response_hop_limit(wanted.metadata_hop_limit)
        .build();
    let profile =
        LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(at.get(&wanted.profile)?.id).build();
    let tagged = |resource| {
        LaunchTemplateTagSpecificationRequest::builder()
            .resource_type(resource)
            .set_tags(Some(tags::to_ec2(&wanted.node_tags)))
            .build()
    };
    Ok(RequestLaunchTemplateData::builder()
        .image_id(&wanted.image)
        .instance_type(InstanceType::from(wanted.machine_type.as_str()))
        .iam_instance_profile(profile)
        .network_interfaces(interface)
        .block_device_mappings(root)
        .metadata_options(metadata)
        .user_data(wanted.user_data.encoded())
        .tag_specifications(tagged(ResourceType::Instance))
        .tag_specifications(tagged(ResourceType::Volume))
        .build())
}

/// The live values of the fields that a version holds.
///
/// Where the live value is more than the field can say (a public address, a disk that isn't encrypted), it is shown
/// as what it is, which differs from anything wanted.
pub(super) fn fields(data: &ResponseLaunchTemplateData) -> Map<String, Value> {
    let profile = data.iam_instance_profile();
    let profile = profile.and_then(|profile| profile.name().or_else(|| profile.arn()?.rsplit('/').next()));
    let metadata = data.metadata_options();
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("image", json!(data.image_id()));
    set("machine_type", json!(data.instance_type().map(InstanceType::as_str)));
    set("profile", json!(profile));
    set("security_groups", groups_of(data));
    set("root_disk_gib", disk(data.block_device_mappings()));
    set("user_data", json!(data.user_data().and_then(UserData::digest_of)));
    let tokens = metadata.and_then(|options| options.http_tokens());
    set("metadata_tokens", json!(tokens.map(LaunchTemplateHttpTokensState::as_str)));
    set("metadata_hop_limit", json!(metadata.and_then(|options| options.http_put_response_hop_limit())));
    set("node_tags", node_tags(data.tag_specifications()));
    fields
}

fn groups_of(data: &ResponseLaunchTemplateData) -> Value {
    match data.network_interfaces() {
        [one] if one.associate_public_ip_address() == Some(false) => json!(one.groups()),
        [] => json!({ "groups": data.security_group_ids(), "public_address": "as the subnet has it" }),
        several => {
            let groups: Vec<&String> = several.iter().flat_map(|interface| interface.groups()).collect();
            json!({ "groups": groups, "interfaces": several.len(), "public_address": true })
        }
    }
}

fn disk(mappings: &[LaunchTemplateBlockDeviceMapping]) -> Value {
    let [mapping] = mappings else { return json!(format!("{} disks", mappings.len())) };
    let Some(disk) = mapping.ebs() else { return Value::Null };
    if disk.encrypted() == Some(true) && disk.volume_type() == Some(&VolumeType::Gp3) {
        return json!(disk.volume_size());
    }
    json!({
        "size": disk.volume_size(),
        "type": disk.volume_type().map(VolumeType::as_str),
        "encrypted": disk.encrypted().unwrap_or(false),
    })
}

/// The tags of machines, where their disks have the same.
fn node_tags(specifications: &[LaunchTemplateTagSpecification]) -> Value {
    let of = |resource: &ResourceType| -> BTreeMap<String, String> {
        let mine = specifications.iter().filter(|specification| specification.resource_type() == Some(resource));
        mine.flat_map(|specification| tags::from_ec2(specification.tags())).collect()
    };
    let (instance, volume) = (of(&ResourceType::Instance), of(&ResourceType::Volume));
    if instance == volume { json!(instance) } else { json!({ "instance": instance, "volume": volume }) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{
        LaunchTemplateEbsBlockDevice, LaunchTemplateIamInstanceProfileSpecification,
        LaunchTemplateInstanceMetadataOptions, LaunchTemplateInstanceNetworkInterfaceSpecification, Tag,
    };

    use super::*;

    fn tagged(resource: ResourceType, value: &str) -> LaunchTemplateTagSpecification {
        let tag = Tag::builder().key("team").value(value).build();
        LaunchTemplateTagSpecification::builder().resource_type(resource).tags(tag).build()
    }

    fn mapping(encrypted: bool) -> LaunchTemplateBlockDeviceMapping {
        let disk = LaunchTemplateEbsBlockDevice::builder()
            .volume_size(100)
            .volume_type(VolumeType::Gp3)
            .encrypted(encrypted)
            .build();
        LaunchTemplateBlockDeviceMapping::builder().device_name("/dev/xvda").ebs(disk).build()
    }

    fn interface(public: bool) -> LaunchTemplateInstanceNetworkInterfaceSpecification {
        LaunchTemplateInstanceNetworkInterfaceSpecification::builder()
            .device_index(0)
            .associate_public_ip_address(public)
            .groups("sg-1")
            .build()
    }

    #[test]
    fn a_version_is_read_with_every_field() {
        let script = UserData::new("#!/bin/sh\n").unwrap();
        let data = ResponseLaunchTemplateData::builder()
            .image_id("ami-1")
            .instance_type(InstanceType::M7iXlarge)
            .iam_instance_profile(LaunchTemplateIamInstanceProfileSpecification::builder().name("demo-node").build())
            .network_interfaces(interface(false))
            .block_device_mappings(mapping(true))
            .metadata_options(
                LaunchTemplateInstanceMetadataOptions::builder()
                    .http_tokens(LaunchTemplateHttpTokensState::Required)
                    .http_put_response_hop_limit(2)
                    .build(),
            )
            .user_data(script.encoded())
            .tag_specifications(tagged(ResourceType::Instance, "platform"))
            .tag_specifications(tagged(ResourceType::Volume, "platform"))
            .build();
        assert_eq!(
            Value::from(fields(&data)),
            json!({
                "image": "ami-1", "machine_type": "m7i.xlarge", "profile": "demo-node", "security_groups": ["sg-1"],
                "root_disk_gib": 100, "user_data": script.digest(), "metadata_tokens": "required",
                "metadata_hop_limit": 2, "node_tags": {"team": "platform"},
            })
        );
    }

    #[test]
    fn what_a_field_cannot_say_shows_as_a_difference() {
        let public = ResponseLaunchTemplateData::builder().network_interfaces(interface(true)).build();
        assert_ne!(groups_of(&public), json!(["sg-1"]));
        let unnamed = ResponseLaunchTemplateData::builder().security_group_ids("sg-1").build();
        assert_ne!(groups_of(&unnamed), json!(["sg-1"]));
        assert_eq!(disk(&[mapping(true)]), 100);
        assert_ne!(disk(&[mapping(false)]), 100);
        assert_ne!(disk(&[mapping(true), mapping(true)]), 100);
    }

    #[test]
    fn tags_of_other_resources_are_not_the_nodes() {
        // moto adds the template's own tags to its first version.
        let own = tagged(ResourceType::LaunchTemplate, "x");
        let both = [tagged(ResourceType::Instance, "a"), tagged(ResourceType::Volume, "a"), own];
        assert_eq!(node_tags(&both), json!({"team": "a"}));
        assert_ne!(node_tags(&both[..1]), json!({"team": "a"}));
    }
}
