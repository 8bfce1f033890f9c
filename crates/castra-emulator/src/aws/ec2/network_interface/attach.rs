//! Attaching and detaching (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html>).

use serde_json::json;

use super::{Attachment, Due, NetworkInterface, remove};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::{Instance, InstanceState, State, id, instance_type};
use crate::aws::error::Answer;

/// Attaches an interface to an instance; the attachment's id. It takes its time. The caller has checked that it can
/// be.
pub(crate) fn attach(
    account: &mut Account,
    region: &str,
    interface: &str,
    instance: &str,
    device_index: i64,
    delete_on_termination: bool,
) -> String {
    let attachment = Attachment {
        id: id::new("eni-attach", &mut account.chance),
        instance: Some(instance.to_owned()),
        device_index,
        attached: account.now,
        delete_on_termination,
        state: "attaching",
    };
    let id = attachment.id.clone();
    if let Some(interface) = account.region(region).ec2.interfaces.get_mut(interface) {
        interface.attachment = Some(attachment);
    }
    settle_later(account, region, interface);
    id
}

/// Detaches an interface, which takes its time.
fn detach(account: &mut Account, region: &str, interface: &str) {
    if let Some(found) = account.region(region).ec2.interfaces.get_mut(interface)
        && let Some(attachment) = &mut found.attachment
    {
        attachment.state = "detaching";
        settle_later(account, region, interface);
    }
}

/// Does with a terminated instance's interfaces what they are marked for: they go, or are detached
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html>).
pub(crate) fn instance_gone(account: &mut Account, region: &str, instance: &str) {
    let ec2 = &mut account.region(region).ec2;
    let attached = ec2.interfaces.values().filter(|interface| interface.instance() == Some(instance));
    let attached: Vec<_> = attached.map(|interface| (interface.id.clone(), interface.attachment.clone())).collect();
    for (interface, attachment) in attached {
        if attachment.is_some_and(|attachment| attachment.delete_on_termination) {
            remove(ec2, &interface);
        } else if let Some(interface) = ec2.interfaces.get_mut(&interface) {
            interface.attachment = None;
            interface.public_ip = None;
        }
    }
}

fn settle_later(account: &mut Account, region: &str, interface: &str) {
    let after = account.settings.timings.interface_attachment;
    let due = Due::Settle(interface.to_owned());
    account.schedule(region, after, What::Ec2(crate::aws::ec2::Due::Interface(due)));
}

/// What was attaching is attached, what was detaching detached.
pub(super) fn settle(ec2: &mut State, interface: &str) {
    let Some(interface) = ec2.interfaces.get_mut(interface) else { return };
    match &mut interface.attachment {
        Some(attachment) if attachment.state == "attaching" => attachment.state = "attached",
        Some(attachment) if attachment.state == "detaching" => {
            interface.attachment = None;
            interface.public_ip = None;
        }
        _ => {}
    }
}

/// Refuses an interface that is attached already.
pub(crate) fn check_free(interface: &NetworkInterface) -> Result<(), ApiError> {
    if interface.attachment.is_none() {
        return Ok(());
    }
    Err(ApiError::new("InvalidNetworkInterface.InUse", format!("Interface: [{}] in use.", interface.id)))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html>
pub(super) fn operation(call: &mut Call<'_>) -> Answer {
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    let instance = named::<Instance>(call, "InstanceId")?;
    let index = call.number("DeviceIndex").unwrap_or_default();
    check_free(interface)?;
    if !matches!(instance.state, InstanceState::Running | InstanceState::Stopped) {
        let message = format!("Instance '{}' is not 'running' or 'stopped'.", instance.id);
        return Err(ApiError::new("IncorrectState", message));
    }
    if instance.zone != interface.zone {
        let message = "You may not attach a network interface to an instance if they are not in the same availability \
                       zone";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    if instance.vpc != interface.vpc {
        let message = "You may not attach a network interface to an instance if they are not in the same VPC";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let all = call.look().ec2.interfaces.values();
    let attached: Vec<_> = all.filter(|other| other.instance() == Some(&instance.id)).collect();
    let taken = |other: &&NetworkInterface| other.attachment.as_ref().is_some_and(|at| at.device_index == index);
    if attached.iter().any(taken) {
        let message =
            format!("Instance '{}' already has an interface attached at device index '{index}'.", instance.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let count = attached.len() + 1;
    if instance_type::named(&instance.instance_type).is_some_and(|kind| count > kind.interfaces) {
        let message = format!("Interface count {count} exceeds the limit for {}", instance.instance_type);
        return Err(ApiError::new("AttachmentLimitExceeded", message));
    }
    let (interface, instance) = (interface.id.clone(), instance.id.clone());
    let attachment = attach(call.account, call.region, &interface, &instance, index, false);
    Ok(json!({ "AttachmentId": attachment, "NetworkCardIndex": 0 }))
}

/// The interface that has this attachment.
pub(super) fn attached_as<'a>(call: &'a Call<'_>, attachment: &str) -> Result<&'a NetworkInterface, ApiError> {
    let well_formed = ["eni-attach", "ela-attach"].iter().any(|prefix| id::well_formed(prefix, attachment));
    if !well_formed {
        let message = format!("Invalid id: \"{attachment}\" (expecting \"eni-attach-...\")");
        return Err(ApiError::new("InvalidNetworkInterfaceAttachmentId.Malformed", message));
    }
    let has = |interface: &&NetworkInterface| interface.attachment.as_ref().is_some_and(|at| at.id == attachment);
    call.look().ec2.interfaces.values().find(has).ok_or_else(|| {
        let message = format!("The attachment ID '{attachment}' does not exist");
        ApiError::new("InvalidAttachmentID.NotFound", message)
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html>
pub(super) fn detach_operation(call: &mut Call<'_>) -> Answer {
    let attachment = call.required("AttachmentId");
    let interface = attached_as(call, attachment)?;
    // https://repost.aws/knowledge-center/vpc-find-owner-unknown-interface-troubleshooting: what a service attached, it
    // alone detaches.
    if attachment.starts_with("ela-") {
        let message = "You are not allowed to manage 'ela-attach' attachments.";
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    check_owned(interface)?;
    if interface.attachment.as_ref().is_some_and(|attachment| attachment.device_index == 0) {
        let message = "The network interface at device index 0 and networkCard index 0 cannot be detached.";
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    let interface = interface.id.clone();
    detach(call.account, call.region, &interface);
    Ok(json!({}))
}

/// Refuses what a service made and keeps.
pub(super) fn check_owned(interface: &NetworkInterface) -> Result<(), ApiError> {
    if interface.requester.is_none() {
        return Ok(());
    }
    Err(ApiError::new("AuthFailure", "You do not have permission to access the specified resource."))
}
