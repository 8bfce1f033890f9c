//! DescribeInstances (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>).

use std::collections::BTreeMap;

use serde_json::Value;

use super::show::{Attached, monitoring, reservation};
use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::network_interface::{private_name, public_name, status};
use crate::aws::ec2::resource::listed;
use crate::aws::ec2::{NetworkInterface, availability_zone, page};
use crate::aws::error::Answer;

const FILTERS: &[&str] = &[
    "affinity",
    "architecture",
    "availability-zone",
    "availability-zone-id",
    "block-device-mapping.attach-time",
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.status",
    "block-device-mapping.volume-id",
    "boot-mode",
    "capacity-reservation-id",
    "client-token",
    "current-instance-boot-mode",
    "dns-name",
    "ebs-optimized",
    "ena-support",
    "enclave-options.enabled",
    "group-id",
    "group-name",
    "hibernation-options.configured",
    "host-id",
    "hypervisor",
    "iam-instance-profile.arn",
    "iam-instance-profile.id",
    "iam-instance-profile.name",
    "image-id",
    "instance-id",
    "instance-lifecycle",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "instance.group-id",
    "instance.group-name",
    "ip-address",
    "ipv6-address",
    "kernel-id",
    "key-name",
    "launch-index",
    "launch-time",
    "maintenance-options.auto-recovery",
    "metadata-options.http-endpoint",
    "metadata-options.http-protocol-ipv4",
    "metadata-options.http-protocol-ipv6",
    "metadata-options.http-put-response-hop-limit",
    "metadata-options.http-tokens",
    "metadata-options.instance-metadata-tags",
    "metadata-options.state",
    "monitoring-state",
    "network-interface.addresses.association.public-ip",
    "network-interface.addresses.primary",
    "network-interface.addresses.private-ip-address",
    "network-interface.association.public-ip",
    "network-interface.attachment.attachment-id",
    "network-interface.attachment.delete-on-termination",
    "network-interface.attachment.device-index",
    "network-interface.attachment.instance-id",
    "network-interface.attachment.status",
    "network-interface.availability-zone",
    "network-interface.description",
    "network-interface.group-id",
    "network-interface.mac-address",
    "network-interface.network-interface-id",
    "network-interface.owner-id",
    "network-interface.private-dns-name",
    "network-interface.requester-managed",
    "network-interface.source-dest-check",
    "network-interface.status",
    "network-interface.subnet-id",
    "network-interface.vpc-id",
    "operator.managed",
    "operator.principal",
    "outpost-arn",
    "owner-id",
    "placement-group-name",
    "placement-partition-number",
    "platform",
    "platform-details",
    "private-dns-name",
    "private-ip-address",
    "product-code",
    "product-code.type",
    "ramdisk-id",
    "reason",
    "requester-id",
    "reservation-id",
    "root-device-name",
    "root-device-type",
    "source-dest-check",
    "spot-instance-request-id",
    "state-reason-code",
    "state-reason-message",
    "subnet-id",
    "tenancy",
    "usage-operation",
    "virtualization-type",
    "vpc-id",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    if call.number("MaxResults").is_some() && !call.list("InstanceIds").is_empty() {
        let message = "The parameter instancesSet cannot be used with the parameter maxResults";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let filters = Filters::of(call, FILTERS)?;
    let instances = listed::<Instance>(call, "InstanceIds")?;
    let attached = Attached::of(&call.look().ec2, &instances);
    let passing =
        instances.into_iter().filter(|instance| filters.pass(&instance.tags, |name| values(&attached, instance, name)));
    let mut reservations: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in passing {
        reservations.entry(&instance.reservation).or_default().push(instance);
    }
    let reservations = reservations.into_values().map(|mut instances| {
        instances.sort_by_key(|instance| instance.launch_index);
        reservation(&attached, &instances)
    });
    page::of(call, "Reservations", reservations.collect())
}

fn values(attached: &Attached<'_>, instance: &Instance, name: &str) -> Vec<String> {
    if let Some(member) = name.strip_prefix("network-interface.") {
        return of_interfaces(attached, instance, member);
    }
    if let Some(member) = name.strip_prefix("block-device-mapping.") {
        let attachments =
            attached.volumes(instance).iter().filter_map(|volume| Some((volume, volume.attachment.as_ref()?)));
        let value = |(volume, attachment): (&&crate::aws::ec2::Volume, &crate::aws::ec2::volume::VolumeAttachment)| {
            match member {
                "attach-time" => attachment.attached.to_string(),
                "delete-on-termination" => attachment.delete_on_termination.to_string(),
                "device-name" => attachment.device.clone(),
                "status" => attachment.state.to_owned(),
                _ => volume.id.clone(),
            }
        };
        return attachments.map(value).collect();
    }
    if let Some(option) = name.strip_prefix("metadata-options.") {
        return of_metadata(instance, option);
    }
    of_instance(attached, instance, name)
}

fn of_instance(attached: &Attached<'_>, instance: &Instance, name: &str) -> Vec<String> {
    let ec2 = attached.ec2();
    let primary =
        attached.interfaces(instance).first().copied().filter(|_| instance.state != InstanceState::Terminated);
    let of_primary = |value: &dyn Fn(&NetworkInterface) -> Vec<String>| primary.map(value).unwrap_or_default();
    let public = || primary?.public_address(ec2);
    let placed = |member: &str| instance.request.pointer(&format!("/Placement/{member}")).and_then(Value::as_str);
    let live = primary.is_some();
    let value = match name {
        "architecture" => instance.architecture.clone(),
        "availability-zone" => instance.zone.clone(),
        "availability-zone-id" => availability_zone::id_of(&ec2.owner, &ec2.region, &instance.zone),
        "boot-mode" => instance.boot_mode.clone(),
        "client-token" => return instance.token.iter().cloned().collect(),
        "dns-name" => return public().map(|address| public_name(&ec2.region, address)).into_iter().collect(),
        "ebs-optimized" => instance.ebs_optimized.to_string(),
        "ena-support" => (!instance.instance_type.starts_with("t2.")).to_string(),
        "enclave-options.enabled" | "hibernation-options.configured" | "operator.managed" => "false".to_owned(),
        "group-id" | "instance.group-id" => return of_primary(&|interface| interface.groups.clone()),
        "group-name" | "instance.group-name" => {
            let groups = |interface: &NetworkInterface| {
                let groups = interface.groups.iter().filter_map(|id| ec2.security_groups.get(id));
                groups.map(|group| group.name.clone()).collect()
            };
            return of_primary(&groups);
        }
        "hypervisor" => "xen".to_owned(),
        "iam-instance-profile.arn" => return instance.profile.iter().map(|(arn, _)| arn.clone()).collect(),
        "iam-instance-profile.name" => {
            let name = |arn: &String| arn.rsplit('/').next().unwrap_or_default().to_owned();
            return instance.profile.iter().map(|(arn, _)| name(arn)).collect();
        }
        "image-id" => instance.image.clone(),
        "instance-id" => instance.id.clone(),
        "instance-state-code" => instance.state.code().to_string(),
        "instance-state-name" => instance.state.name().to_owned(),
        "instance-type" => instance.instance_type.clone(),
        "ip-address" => return public().map(|address| address.to_string()).into_iter().collect(),
        "key-name" => return instance.key_name.iter().cloned().collect(),
        "launch-index" => instance.launch_index.to_string(),
        "launch-time" => instance.launched.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "maintenance-options.auto-recovery" => "default".to_owned(),
        "monitoring-state" => monitoring(instance).to_owned(),
        "owner-id" => ec2.owner.clone(),
        "placement-group-name" => placed("GroupName").unwrap_or_default().to_owned(),
        "platform-details" => "Linux/UNIX".to_owned(),
        "private-dns-name" => {
            return of_primary(&|interface| vec![private_name(&ec2.region, interface.address())]);
        }
        "private-ip-address" => return of_primary(&|interface| vec![interface.address().to_string()]),
        "reason" => return instance.reason.iter().map(|reason| reason.sentence.clone()).collect(),
        "requester-id" => return instance.requester.iter().map(|requester| (*requester).to_owned()).collect(),
        "reservation-id" => instance.reservation.clone(),
        "root-device-name" => instance.root_device.clone(),
        "root-device-type" => "ebs".to_owned(),
        "source-dest-check" => return of_primary(&|interface| vec![interface.source_dest_check.to_string()]),
        "state-reason-code" => return instance.reason.iter().map(|reason| reason.code.clone()).collect(),
        "state-reason-message" => return instance.reason.iter().map(|reason| reason.message.clone()).collect(),
        "subnet-id" if live => instance.subnet.clone(),
        "tenancy" => placed("Tenancy").unwrap_or("default").to_owned(),
        "usage-operation" => "RunInstances".to_owned(),
        "virtualization-type" => "hvm".to_owned(),
        "vpc-id" if live => instance.vpc.clone(),
        _ => return Vec::new(),
    };
    vec![value]
}

fn of_metadata(instance: &Instance, option: &str) -> Vec<String> {
    let member = match option {
        "http-endpoint" => "HttpEndpoint",
        "http-protocol-ipv6" => "HttpProtocolIpv6",
        "http-put-response-hop-limit" => "HttpPutResponseHopLimit",
        "http-tokens" => "HttpTokens",
        "instance-metadata-tags" => "InstanceMetadataTags",
        "state" => "State",
        // IPv4 can't be switched off by itself.
        _ => return vec!["enabled".to_owned()],
    };
    match instance.metadata.get(member) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(value) => vec![value.to_string()],
        None => Vec::new(),
    }
}

fn of_interfaces(attached: &Attached<'_>, instance: &Instance, member: &str) -> Vec<String> {
    let ec2 = attached.ec2();
    let value = |interface: &&NetworkInterface| -> Vec<String> {
        let attachment = interface.attachment.as_ref();
        let of_attachment = |value: fn(&crate::aws::ec2::network_interface::Attachment) -> String| {
            attachment.map(value).into_iter().collect()
        };
        match member {
            "addresses.association.public-ip" | "association.public-ip" => {
                interface.public_address(ec2).map(|address| address.to_string()).into_iter().collect()
            }
            "addresses.primary" => {
                interface.addresses.iter().enumerate().map(|(at, _)| (at == 0).to_string()).collect()
            }
            "addresses.private-ip-address" => interface.addresses.iter().map(ToString::to_string).collect(),
            "attachment.attachment-id" => of_attachment(|attachment| attachment.id.clone()),
            "attachment.delete-on-termination" => {
                of_attachment(|attachment| attachment.delete_on_termination.to_string())
            }
            "attachment.device-index" => of_attachment(|attachment| attachment.device_index.to_string()),
            "attachment.instance-id" => vec![instance.id.clone()],
            "attachment.status" => of_attachment(|attachment| attachment.state.to_owned()),
            "availability-zone" => vec![interface.zone.clone()],
            "description" => vec![interface.description.clone()],
            "group-id" => interface.groups.clone(),
            "mac-address" => vec![interface.mac.clone()],
            "network-interface-id" => vec![interface.id.clone()],
            "owner-id" => vec![ec2.owner.clone()],
            "private-dns-name" => vec![private_name(&ec2.region, interface.address())],
            "requester-managed" => vec![interface.requester.is_some().to_string()],
            "source-dest-check" => vec![interface.source_dest_check.to_string()],
            "status" => vec![status(interface).to_owned()],
            "subnet-id" => vec![interface.subnet.clone()],
            _ => vec![interface.vpc.clone()],
        }
    };
    attached.interfaces(instance).iter().flat_map(value).collect()
}
