//! ModifyInstanceAttribute
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html>): "You can specify only
//! one attribute at a time".

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::plan::check_architecture;
use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::member::{flag, list, text};
use crate::aws::ec2::network_interface::set_groups;
use crate::aws::ec2::resource::{find, named};
use crate::aws::ec2::{SecurityGroup, image, instance_type};
use crate::aws::error::Answer;

/// A change of one attribute.
enum Change {
    Kind(String),
    /// Base64.
    UserData(String),
    TerminationProtection(bool),
    StopProtection(bool),
    ShutdownBehavior(String),
    SourceDestCheck(bool),
    EbsOptimized(bool),
    Groups(Vec<String>),
    /// Devices, and whether their volumes go with the instance.
    Volumes(Vec<(String, bool)>),
}

pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let instance = named::<Instance>(call, "InstanceId")?;
    let (id, state) = (instance.id.clone(), instance.state);
    let change = change(call)?;
    if state.going() {
        let message = format!("The instance '{id}' is in the '{}' state, in which it can't be modified.", state.name());
        return Err(ApiError::new("IncorrectInstanceState", message));
    }
    let stopped_only = matches!(change, Change::Kind(_) | Change::UserData(_) | Change::EbsOptimized(_));
    if stopped_only && state != InstanceState::Stopped {
        let message = format!("The instance '{id}' is not in the 'stopped' state.");
        return Err(ApiError::new("IncorrectInstanceState", message));
    }
    check(call, &id, &change)?;
    apply(call, &id, change)?;
    Ok(json!({}))
}

/// The one change that the call asks for, by a member of its own or by `Attribute` and `Value`.
fn change(call: &Call<'_>) -> Result<Change, ApiError> {
    let input = call.input;
    let invalid = |message: String| ApiError::new("InvalidParameterValue", message);
    let value = |member: &str| input.get(member);
    let of_text = |member: &str| value(member).and_then(|value| text(value, "Value")).map(str::to_owned);
    let of_flag = |member: &str| value(member).and_then(|value| flag(value, "Value"));
    let mut changes = Vec::new();
    if let Some(attribute) = call.text("Attribute") {
        let given = call.text("Value").unwrap_or_default();
        let yes =
            || given.parse::<bool>().map_err(|_| invalid(format!("Value ({given}) for parameter value is invalid.")));
        match attribute {
            "instanceType" => changes.push(Change::Kind(given.to_owned())),
            "userData" => changes.push(Change::UserData(given.to_owned())),
            "disableApiTermination" => changes.push(Change::TerminationProtection(yes()?)),
            "disableApiStop" => changes.push(Change::StopProtection(yes()?)),
            "instanceInitiatedShutdownBehavior" => changes.push(Change::ShutdownBehavior(given.to_owned())),
            "sourceDestCheck" => changes.push(Change::SourceDestCheck(yes()?)),
            "ebsOptimized" => changes.push(Change::EbsOptimized(yes()?)),
            // With its devices in a member of its own.
            "blockDeviceMapping" | "groupSet" => {}
            other => {
                let message = format!("The attribute '{other}' can't be modified.");
                return Err(ApiError::new("UnsupportedOperation", message));
            }
        }
    }
    changes.extend(of_text("InstanceType").map(Change::Kind));
    changes.extend(of_text("UserData").map(Change::UserData));
    changes.extend(of_flag("DisableApiTermination").map(Change::TerminationProtection));
    changes.extend(of_flag("DisableApiStop").map(Change::StopProtection));
    changes.extend(of_text("InstanceInitiatedShutdownBehavior").map(Change::ShutdownBehavior));
    changes.extend(of_flag("SourceDestCheck").map(Change::SourceDestCheck));
    changes.extend(of_flag("EbsOptimized").map(Change::EbsOptimized));
    if !call.list("Groups").is_empty() {
        changes.push(Change::Groups(call.texts("Groups").into_iter().map(str::to_owned).collect()));
    }
    if !call.list("BlockDeviceMappings").is_empty() {
        let devices = list(input, "BlockDeviceMappings").iter().map(|mapping| {
            let device = text(mapping, "DeviceName").unwrap_or_default().to_owned();
            let delete = mapping.get("Ebs").and_then(|ebs| flag(ebs, "DeleteOnTermination"));
            delete.map(|delete| (device, delete)).ok_or_else(|| {
                ApiError::new("UnsupportedOperation", "Only DeleteOnTermination of a volume can be modified.")
            })
        });
        changes.push(Change::Volumes(devices.collect::<Result<_, _>>()?));
    }
    for member in ["EnaSupport", "EnclaveOptions", "Kernel", "Ramdisk", "SriovNetSupport"] {
        if value(member).is_some() {
            return Err(ApiError::new("UnsupportedOperation", format!("{member} can't be modified.")));
        }
    }
    if changes.len() > 1 {
        let message = "Fields for multiple attribute types specified";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    changes.pop().ok_or_else(|| ApiError::new("InvalidParameterCombination", "No attributes specified."))
}

fn check(call: &Call<'_>, id: &str, change: &Change) -> Result<(), ApiError> {
    let ec2 = &call.look().ec2;
    let Some(instance) = ec2.instances.get(id) else { return Ok(()) };
    match change {
        Change::Kind(name) => {
            let Some(kind) = instance_type::named(name) else {
                let message = format!("Invalid value '{name}' for InstanceType.");
                return Err(ApiError::new("InvalidParameterValue", message));
            };
            let zone = crate::aws::ec2::availability_zone::id_of(&ec2.owner, &ec2.region, &instance.zone);
            if !instance_type::offered(kind, &zone) {
                let message = format!(
                    "Your requested instance type ({name}) is not supported in your requested Availability Zone ({}).",
                    instance.zone
                );
                return Err(ApiError::new("Unsupported", message));
            }
            if let Ok(image) = image::find(call.account, ec2, &instance.image) {
                check_architecture(kind, &image)?;
            }
        }
        Change::UserData(data) if BASE64_STANDARD.decode(data).map_or(0, |bytes| bytes.len()) > 16 * 1024 => {
            return Err(ApiError::new("InvalidParameterValue", "User data is limited to 16384 bytes"));
        }
        Change::ShutdownBehavior(behavior) if behavior != "stop" && behavior != "terminate" => {
            let message = format!(
                "Value ({behavior}) for parameter instanceInitiatedShutdownBehavior is invalid. Expected 'stop' or 'terminate'."
            );
            return Err(ApiError::new("InvalidParameterValue", message));
        }
        Change::Groups(groups) => {
            for group in groups {
                find::<SecurityGroup>(call, group)?;
            }
        }
        Change::Volumes(devices) => {
            let has = |device: &str| crate::aws::ec2::volume::device_taken(ec2, id, device);
            if let Some((device, _)) = devices.iter().find(|(device, _)| !has(device)) {
                let message = format!("No device is currently mapped at {device}");
                return Err(ApiError::new("InvalidInstanceAttributeValue", message));
            }
        }
        _ => {}
    }
    Ok(())
}

fn apply(call: &mut Call<'_>, id: &str, change: Change) -> Result<(), ApiError> {
    let primary = call.look().ec2.interfaces.values().find(|interface| {
        interface.instance() == Some(id) && interface.attachment.as_ref().is_some_and(|at| at.device_index == 0)
    });
    let primary = primary.map(|interface| interface.id.clone()).unwrap_or_default();
    if let Change::Groups(groups) = change {
        return set_groups(call, &primary, groups);
    }
    let ec2 = call.ec2();
    if let Change::Volumes(devices) = change {
        for attachment in ec2.volumes.values_mut().filter_map(|volume| volume.attachment.as_mut()) {
            let wanted = devices.iter().find(|(device, _)| attachment.instance == id && *device == attachment.device);
            if let Some((_, delete)) = wanted {
                attachment.delete_on_termination = *delete;
            }
        }
        return Ok(());
    }
    if let (Change::SourceDestCheck(check), Some(interface)) = (&change, ec2.interfaces.get_mut(&primary)) {
        interface.source_dest_check = *check;
    }
    let Some(instance) = ec2.instances.get_mut(id) else { return Ok(()) };
    match change {
        Change::Kind(kind) => instance.instance_type = kind,
        Change::UserData(data) => instance.user_data = Some(data).filter(|data| !data.is_empty()),
        Change::TerminationProtection(on) => instance.termination_protection = on,
        Change::StopProtection(on) => instance.stop_protection = on,
        Change::ShutdownBehavior(behavior) => instance.shutdown_behavior = behavior,
        Change::EbsOptimized(on) => instance.ebs_optimized = on,
        Change::SourceDestCheck(check) => instance.source_dest_check = check,
        Change::Groups(_) | Change::Volumes(_) => {}
    }
    Ok(())
}
