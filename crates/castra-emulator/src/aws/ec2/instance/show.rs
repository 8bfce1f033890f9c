//! Instances as answers show them (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>).

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Instance, InstanceState};
use crate::aws::call::epoch;
use crate::aws::ec2::network_interface::{private_name, public_name, show_association, status};
use crate::aws::ec2::volume::Volume;
use crate::aws::ec2::{NetworkInterface, State, availability_zone, instance_type};

/// What is attached to instances, to be found quickly.
pub(super) struct Attached<'a> {
    ec2: &'a State,
    interfaces: HashMap<&'a str, Vec<&'a NetworkInterface>>,
    volumes: HashMap<&'a str, Vec<&'a Volume>>,
}

impl<'a> Attached<'a> {
    /// What is attached to these.
    pub(super) fn of(ec2: &'a State, instances: &[&Instance]) -> Self {
        /// Up to so many, looking whether one is wanted is quicker than noting everything.
        const FEW: usize = 8;
        let wanted = |id: &str| instances.len() > FEW || instances.iter().any(|instance| instance.id == id);
        let mut interfaces: HashMap<_, Vec<_>> = HashMap::new();
        for interface in ec2.interfaces.values() {
            if let Some(instance) = interface.instance().filter(|id| wanted(id)) {
                interfaces.entry(instance).or_default().push(interface);
            }
        }
        let index = |interface: &&NetworkInterface| interface.attachment.as_ref().map(|at| at.device_index);
        interfaces.values_mut().for_each(|attached| attached.sort_by_key(index));
        let mut volumes: HashMap<_, Vec<_>> = HashMap::new();
        for volume in ec2.volumes.values() {
            if let Some(attachment) = volume.attachment.as_ref().filter(|attachment| wanted(&attachment.instance)) {
                volumes.entry(attachment.instance.as_str()).or_default().push(volume);
            }
        }
        let device = |volume: &&Volume| volume.attachment.as_ref().map(|at| at.device.clone());
        volumes.values_mut().for_each(|attached| attached.sort_by_key(device));
        Self { ec2, interfaces, volumes }
    }

    /// An instance's interfaces, the primary first.
    pub(super) fn interfaces(&self, instance: &Instance) -> &[&'a NetworkInterface] {
        self.interfaces.get(instance.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// An instance's volumes that it shows: none before it runs.
    pub(super) fn volumes(&self, instance: &Instance) -> &[&'a Volume] {
        if instance.state == InstanceState::Pending {
            return &[];
        }
        self.volumes.get(instance.id.as_str()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn ec2(&self) -> &'a State {
        self.ec2
    }
}

/// The reservation that a launch answers with: it doesn't know of public addresses yet
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html#API_RunInstances_Examples>).
pub(super) fn launched(ec2: &State, instances: &[&Instance]) -> Value {
    let mut shown = reservation(&Attached::of(ec2, instances), instances);
    for instance in shown.pointer_mut("/Instances").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = instance.as_object_mut() {
            members.remove("PublicIpAddress");
            members.insert("PublicDnsName".to_owned(), "".into());
        }
    }
    shown
}

/// A reservation of these instances, which are all of one
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Reservation.html>).
pub(super) fn reservation(attached: &Attached<'_>, instances: &[&Instance]) -> Value {
    let first = instances.first();
    json!({
        "ReservationId": first.map(|instance| &instance.reservation),
        "OwnerId": attached.ec2.owner,
        "RequesterId": first.and_then(|instance| instance.requester),
        "Groups": [],
        "Instances": instances.iter().map(|instance| show(attached, instance)).collect::<Vec<_>>(),
    })
}

pub(super) fn show(attached: &Attached<'_>, instance: &Instance) -> Value {
    let ec2 = attached.ec2;
    let kind = instance_type::named(&instance.instance_type);
    let nitro = kind.is_some_and(|kind| kind.family.hypervisor == "nitro");
    let volumes = attached.volumes(instance).iter().filter_map(|volume| {
        let attachment = volume.attachment.as_ref()?;
        Some(json!({
            "DeviceName": attachment.device,
            "Ebs": {
                "AttachTime": epoch(attachment.attached),
                "DeleteOnTermination": attachment.delete_on_termination,
                "Status": attachment.state,
                "VolumeId": volume.id,
            },
        }))
    });
    let mut shown = json!({
        "InstanceId": instance.id,
        "AmiLaunchIndex": instance.launch_index,
        "ImageId": instance.image,
        "InstanceType": instance.instance_type,
        "State": instance.state.shown(),
        "StateTransitionReason": instance.reason.as_ref().map_or("", |reason| reason.sentence.as_str()),
        "StateReason": state_reason(instance),
        "LaunchTime": epoch(instance.launched),
        "Placement": placement(ec2, instance),
        "Monitoring": { "State": monitoring(instance) },
        "Architecture": instance.architecture,
        "RootDeviceName": instance.root_device,
        "RootDeviceType": "ebs",
        "VirtualizationType": "hvm",
        // AWS says Xen for Nitro too.
        "Hypervisor": "xen",
        "EbsOptimized": instance.ebs_optimized,
        "EnaSupport": nitro,
        "BootMode": instance.boot_mode,
        "CurrentInstanceBootMode": if instance.boot_mode == "legacy-bios" { "legacy-bios" } else { "uefi" },
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "UsageOperationUpdateTime": epoch(instance.created),
        "BlockDeviceMappings": volumes.collect::<Vec<_>>(),
        "ClientToken": instance.token.as_deref().unwrap_or_default(),
        "KeyName": instance.key_name,
        "ProductCodes": [],
        "Tags": instance.tags.shown(),
        "PublicDnsName": "",
        "PrivateDnsName": "",
        "NetworkInterfaces": [],
        "SecurityGroups": [],
        "Operator": { "Managed": false },
    });
    let kept = |member: &str| instance.request.get(member).cloned();
    shown["CpuOptions"] = cpu_options(instance);
    shown["MetadataOptions"] = instance.metadata.clone();
    shown["CapacityReservationSpecification"] =
        kept("CapacityReservationSpecification").unwrap_or_else(|| json!({ "CapacityReservationPreference": "open" }));
    let configured = kept("HibernationOptions").and_then(|options| options.get("Configured").cloned());
    shown["HibernationOptions"] = json!({ "Configured": configured.unwrap_or_else(|| json!(false)) });
    let enclaves = kept("EnclaveOptions").and_then(|options| options.get("Enabled").cloned());
    shown["EnclaveOptions"] = json!({ "Enabled": enclaves.unwrap_or_else(|| json!(false)) });
    shown["MaintenanceOptions"] = json!({ "AutoRecovery": kept("MaintenanceOptions").and_then(|options| options.get("AutoRecovery").cloned())
            .unwrap_or_else(|| json!("default")), "RebootMigration": "default" });
    if let Some((arn, _)) = &instance.profile {
        shown["IamInstanceProfile"] = json!({ "Arn": arn });
    }
    if instance.state != InstanceState::Terminated {
        network(attached, instance, &mut shown);
    }
    shown
}

/// What an instance shows of its network while it has one.
fn network(attached: &Attached<'_>, instance: &Instance, shown: &mut Value) {
    let ec2 = attached.ec2;
    let interfaces = attached.interfaces(instance);
    shown["VpcId"] = instance.vpc.as_str().into();
    shown["SubnetId"] = instance.subnet.as_str().into();
    shown["NetworkInterfaces"] = interfaces.iter().map(|interface| show_interface(ec2, interface)).collect();
    let names = ec2.subnets.get(&instance.subnet).map(|subnet| {
        json!({
            "HostnameType": subnet.hostname_type,
            "EnableResourceNameDnsARecord": subnet.resource_name_records.0,
            "EnableResourceNameDnsAAAARecord": subnet.resource_name_records.1,
        })
    });
    if let Some(names) = names {
        shown["PrivateDnsNameOptions"] = names;
    }
    let Some(primary) = interfaces.first() else { return };
    shown["SourceDestCheck"] = primary.source_dest_check.into();
    shown["SecurityGroups"] = groups(ec2, primary);
    shown["PrivateIpAddress"] = primary.address().to_string().into();
    shown["PrivateDnsName"] = private_name(&ec2.region, primary.address()).into();
    if let Some(public) = primary.public_address(ec2) {
        shown["PublicIpAddress"] = public.to_string().into();
        if ec2.vpcs.get(&instance.vpc).is_some_and(|vpc| vpc.dns_hostnames) {
            shown["PublicDnsName"] = public_name(&ec2.region, public).into();
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html>
fn show_interface(ec2: &State, interface: &NetworkInterface) -> Value {
    let named = ec2.vpcs.get(&interface.vpc).is_some_and(|vpc| vpc.dns_hostnames);
    let addresses = interface.addresses.iter().enumerate().map(|(at, address)| {
        json!({
            "PrivateIpAddress": address.to_string(),
            "PrivateDnsName": named.then(|| private_name(&ec2.region, *address)),
            "Primary": at == 0,
            "Association": association(ec2, interface, *address),
        })
    });
    let attachment = interface.attachment.as_ref().map(|attachment| {
        json!({
            "AttachTime": epoch(attachment.attached),
            "AttachmentId": attachment.id,
            "DeleteOnTermination": attachment.delete_on_termination,
            "DeviceIndex": attachment.device_index,
            "NetworkCardIndex": 0,
            "Status": attachment.state,
        })
    });
    json!({
        "NetworkInterfaceId": interface.id,
        "Description": interface.description,
        "SubnetId": interface.subnet,
        "VpcId": interface.vpc,
        "OwnerId": ec2.owner,
        "MacAddress": interface.mac,
        "PrivateIpAddress": interface.address().to_string(),
        "PrivateDnsName": named.then(|| private_name(&ec2.region, interface.address())),
        "PrivateIpAddresses": addresses.collect::<Vec<_>>(),
        "SourceDestCheck": interface.source_dest_check,
        "Status": status(interface),
        "Groups": groups(ec2, interface),
        "InterfaceType": interface.kind,
        "Ipv6Addresses": [],
        "Attachment": attachment,
        "Association": association(ec2, interface, interface.address()),
        "Operator": { "Managed": false },
    })
}

/// As the interface's own description has it, but for members that an instance's doesn't have.
fn association(ec2: &State, interface: &NetworkInterface, private: std::net::Ipv4Addr) -> Option<Value> {
    let mut shown = show_association(ec2, interface, private)?;
    if let Some(members) = shown.as_object_mut() {
        members.remove("AllocationId");
        members.remove("AssociationId");
    }
    Some(shown)
}

fn groups(ec2: &State, interface: &NetworkInterface) -> Value {
    let name = |id: &String| ec2.security_groups.get(id).map_or("", |group| group.name.as_str());
    interface.groups.iter().map(|id| json!({ "GroupId": id, "GroupName": name(id) })).collect()
}

fn state_reason(instance: &Instance) -> Option<Value> {
    let reason = instance.reason.as_ref()?;
    Some(json!({ "Code": reason.code, "Message": reason.message }))
}

pub(super) fn monitoring(instance: &Instance) -> &'static str {
    if instance.monitoring { "enabled" } else { "disabled" }
}

fn placement(ec2: &State, instance: &Instance) -> Value {
    let given = |member: &str| instance.request.pointer(&format!("/Placement/{member}")).cloned();
    json!({
        "AvailabilityZone": instance.zone,
        "AvailabilityZoneId": availability_zone::id_of(&ec2.owner, &ec2.region, &instance.zone),
        "GroupName": given("GroupName").unwrap_or_else(|| json!("")),
        "Tenancy": given("Tenancy").unwrap_or_else(|| json!("default")),
        "PartitionNumber": given("PartitionNumber"),
    })
}

/// Cores and threads as they are chosen, or all that the type has.
fn cpu_options(instance: &Instance) -> Value {
    let given = |member: &str| instance.request.pointer(&format!("/CpuOptions/{member}")).and_then(Value::as_i64);
    let (cores, threads) = instance_type::named(&instance.instance_type)
        .map_or((1, 1), |kind| (kind.vcpus / kind.family.threads_per_core.max(1), kind.family.threads_per_core));
    json!({
        "CoreCount": given("CoreCount").unwrap_or(cores),
        "ThreadsPerCore": given("ThreadsPerCore").unwrap_or(threads),
    })
}
