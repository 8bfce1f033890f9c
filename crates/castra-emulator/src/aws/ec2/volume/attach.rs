//! Attaching and detaching volumes (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html>).

use serde_json::Value;

use super::describe::show_attachment;
use super::{Due, Volume, VolumeAttachment};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::ec2::resource::{find, named};
use crate::aws::ec2::{Instance, InstanceState, State, instance_type};
use crate::aws::error::Answer;

/// Refuses what isn't a device's name
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html>).
pub(crate) fn check_device(device: &str) -> Result<(), ApiError> {
    let short = device.strip_prefix("/dev/").unwrap_or(device);
    let letters = short.strip_prefix("sd").or_else(|| short.strip_prefix("xvd")).unwrap_or_default();
    let name = letters.trim_end_matches(|character: char| character.is_ascii_digit());
    if (1..=2).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    let message = format!("Value ({device}) for parameter device is invalid. {device} is not a valid EBS device name.");
    Err(ApiError::new("InvalidParameterValue", message))
}

/// The volumes of an instance.
fn of_instance<'a>(ec2: &'a State, instance: &'a str) -> impl Iterator<Item = (&'a Volume, &'a VolumeAttachment)> {
    ec2.volumes.values().filter_map(move |volume| {
        let attachment = volume.attachment.as_ref().filter(|attachment| attachment.instance == instance)?;
        Some((volume, attachment))
    })
}

/// Whether an instance has a volume at that device.
pub(crate) fn device_taken(ec2: &State, instance: &str, device: &str) -> bool {
    of_instance(ec2, instance).any(|(_, attachment)| attachment.device == device)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html>
pub(super) fn attach(call: &mut Call<'_>) -> Answer {
    let device = call.required("Device");
    let volume = named::<Volume>(call, "VolumeId")?;
    let instance = named::<Instance>(call, "InstanceId")?;
    check_device(device)?;
    if volume.attachment.is_some() {
        let message = format!("{} is already attached to an instance", volume.id);
        return Err(ApiError::new("VolumeInUse", message));
    }
    if volume.state != "available" {
        return Err(ApiError::new("IncorrectState", format!("{} is not 'available'.", volume.id)));
    }
    if !matches!(instance.state, InstanceState::Running | InstanceState::Stopped | InstanceState::Stopping) {
        return Err(ApiError::new("IncorrectState", format!("Instance '{}' is not 'running'.", instance.id)));
    }
    if volume.zone != instance.zone {
        let message =
            format!("The volume '{}' is not in the same availability zone as instance '{}'", volume.id, instance.id);
        return Err(ApiError::new("InvalidVolume.ZoneMismatch", message));
    }
    let ec2 = &call.look().ec2;
    if device_taken(ec2, &instance.id, device) {
        let message = format!("Invalid value '{device}' for unixDevice. Attachment point {device} is already in use");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let limit = instance_type::named(&instance.instance_type).map_or(usize::MAX, |kind| kind.attachments);
    if of_instance(ec2, &instance.id).count() >= limit {
        let message = format!("Instance '{}' can't have more than {limit} volumes.", instance.id);
        return Err(ApiError::new("AttachmentLimitExceeded", message));
    }
    let (volume, instance, now) = (volume.id.clone(), instance.id.clone(), call.now());
    let mut shown = Value::Null;
    if let Some(volume) = call.ec2().volumes.get_mut(&volume) {
        volume.state = "in-use";
        volume.attachment = Some(VolumeAttachment {
            instance,
            device: device.to_owned(),
            attached: now,
            delete_on_termination: false,
            state: "attaching",
        });
        shown = show_attachment(volume).unwrap_or_default();
    }
    settle_later(call, volume);
    Ok(shown)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html>
pub(super) fn detach(call: &mut Call<'_>) -> Answer {
    let volume = named::<Volume>(call, "VolumeId")?;
    let wanted = call.text("InstanceId").map(|id| find::<Instance>(call, id)).transpose()?;
    let Some(attachment) = &volume.attachment else {
        let message = format!("Volume '{}' is in the '{}' state.", volume.id, volume.state);
        return Err(ApiError::new("IncorrectState", message));
    };
    if attachment.state == "detaching" {
        let message = format!("Volume '{}' is in the 'detaching' state.", volume.id);
        return Err(ApiError::new("IncorrectState", message));
    }
    let elsewhere = wanted.is_some_and(|instance| instance.id != attachment.instance)
        || call.text("Device").is_some_and(|device| device != attachment.device);
    if elsewhere {
        let message = format!(
            "The volume '{}' is not attached to instance '{}'{}",
            volume.id,
            wanted.map_or(attachment.instance.as_str(), |instance| instance.id.as_str()),
            call.text("Device").map(|device| format!(" as device {device}")).unwrap_or_default(),
        );
        return Err(ApiError::new("InvalidAttachment.NotFound", message));
    }
    let instance = call.look().ec2.instances.get(&attachment.instance);
    let root = instance
        .is_some_and(|instance| instance.root_device == attachment.device && instance.state != InstanceState::Stopped);
    if root {
        let message = format!("Unable to detach root volume '{}' from instance '{}'", volume.id, attachment.instance);
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    let volume = volume.id.clone();
    let mut shown = Value::Null;
    if let Some(volume) = call.ec2().volumes.get_mut(&volume) {
        if let Some(attachment) = &mut volume.attachment {
            attachment.state = "detaching";
        }
        shown = show_attachment(volume).unwrap_or_default();
    }
    settle_later(call, volume);
    Ok(shown)
}

fn settle_later(call: &mut Call<'_>, volume: String) {
    let after = call.account.settings.timings.volume_attachment;
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Volume(Due::Settle(volume))));
}

/// What was coming or going has come or gone.
pub(super) fn settle(account: &mut Account, region: &str, id: &str) {
    let ec2 = &mut account.region(region).ec2;
    let Some(volume) = ec2.volumes.get_mut(id) else { return };
    match (volume.state, &mut volume.attachment) {
        // A volume whose key can't be used doesn't come to be; with an instance, it goes with that.
        ("deleting", _) | ("error", None) => {
            ec2.volumes.remove(id);
        }
        ("creating", None) => volume.state = "available",
        ("creating", Some(attachment)) => {
            volume.state = "in-use";
            attachment.state = "attached";
        }
        ("in-use", Some(attachment)) if attachment.state == "attaching" => attachment.state = "attached",
        ("in-use", Some(attachment)) if attachment.state == "detaching" => {
            volume.state = "available";
            volume.attachment = None;
        }
        _ => {}
    }
}

/// Does with a terminated instance's volumes what they are marked for: they go, or are left
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html>).
pub(crate) fn instance_gone(ec2: &mut State, instance: &str) {
    ec2.volumes.retain(|_, volume| {
        let Some(attachment) = volume.attachment.as_ref().filter(|attachment| attachment.instance == instance) else {
            return true;
        };
        if attachment.delete_on_termination || volume.state == "error" {
            return false;
        }
        volume.attachment = None;
        volume.state = "available";
        true
    });
}
