//! GetLaunchTemplateData: a template's data that would launch an instance's like
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetLaunchTemplateData.html>).

use serde_json::{Value, json};

use crate::aws::call::Call;
use crate::aws::ec2::Instance;
use crate::aws::ec2::resource;
use crate::aws::error::Answer;

pub(super) fn data(call: &mut Call<'_>) -> Answer {
    let instance: &Instance = resource::named(call, "InstanceId")?;
    let ec2 = &call.look().ec2;
    let volumes = ec2.volumes.values().filter_map(|volume| {
        let attachment = volume.attachment.as_ref().filter(|attachment| attachment.instance == instance.id)?;
        let mut ebs = json!({
            "Encrypted": volume.encrypted,
            "DeleteOnTermination": attachment.delete_on_termination,
            "VolumeSize": volume.size,
            "VolumeType": volume.kind,
        });
        for (member, number) in [("Iops", volume.iops), ("Throughput", volume.throughput)] {
            if let Some(number) = number {
                ebs[member] = number.into();
            }
        }
        if let Some(snapshot) = &volume.snapshot {
            ebs["SnapshotId"] = snapshot.as_str().into();
        }
        Some(json!({ "DeviceName": attachment.device, "Ebs": ebs }))
    });
    let interfaces = ec2.interfaces.values().filter_map(|interface| {
        let attachment = interface.attachment.as_ref();
        let attachment = attachment.filter(|attachment| attachment.instance.as_ref() == Some(&instance.id))?;
        Some(json!({
            "DeviceIndex": attachment.device_index,
            "DeleteOnTermination": attachment.delete_on_termination,
            "Description": interface.description,
            "Groups": interface.groups,
            "SubnetId": interface.subnet,
            "AssociatePublicIpAddress": interface.public_ip.is_some(),
        }))
    });
    let mut data = json!({
        "EbsOptimized": instance.ebs_optimized,
        "BlockDeviceMappings": volumes.collect::<Vec<_>>(),
        "NetworkInterfaces": interfaces.collect::<Vec<_>>(),
        "ImageId": instance.image,
        "InstanceType": instance.instance_type,
        "Monitoring": { "Enabled": instance.monitoring },
        "Placement": { "AvailabilityZone": instance.zone, "Tenancy": "default", "GroupName": "" },
        "DisableApiTermination": instance.termination_protection,
        "DisableApiStop": instance.stop_protection,
        "InstanceInitiatedShutdownBehavior": instance.shutdown_behavior,
        "MetadataOptions": instance.metadata,
    });
    if let Some(options) = data.get_mut("MetadataOptions").and_then(Value::as_object_mut) {
        options.remove("State");
    }
    if let Some(key) = &instance.key_name {
        data["KeyName"] = key.as_str().into();
    }
    if let Some(user_data) = &instance.user_data {
        data["UserData"] = user_data.as_str().into();
    }
    if let Some((arn, _)) = &instance.profile {
        data["IamInstanceProfile"] = json!({ "Arn": arn });
    }
    let tags = instance.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
    let tags: Vec<Value> = tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    if !tags.is_empty() {
        data["TagSpecifications"] = json!([{ "ResourceType": "instance", "Tags": tags }]);
    }
    Ok(json!({ "LaunchTemplateData": data }))
}
