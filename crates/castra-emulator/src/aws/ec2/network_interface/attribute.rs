//! Attributes of interfaces.

use serde_json::{Value, json};

use super::attach::{attached_as, check_owned};
use super::make::{GroupsError, check_groups};
use super::{NetworkInterface, describe};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::SecurityGroup;
use crate::aws::ec2::resource::{find, named};
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    let shown = describe::show(&call.look().ec2, interface);
    let mut answer = json!({ "NetworkInterfaceId": interface.id });
    match call.text("Attribute") {
        Some("description") => answer["Description"] = json!({ "Value": interface.description }),
        Some("groupSet") => answer["Groups"] = shown.get("Groups").cloned().unwrap_or_default(),
        Some("sourceDestCheck") => answer["SourceDestCheck"] = json!({ "Value": interface.source_dest_check }),
        Some("attachment") => {
            if let Some(attachment) = shown.get("Attachment") {
                answer["Attachment"] = attachment.clone();
            }
        }
        Some("associatePublicIpAddress") => {
            answer["AssociatePublicIpAddress"] = interface.public_ip.is_some().into();
        }
        _ => {
            let message = "The request must contain the parameter attribute";
            return Err(ApiError::new("MissingParameter", message));
        }
    }
    Ok(answer)
}

/// "You can specify only one attribute at a time"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html>).
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    const SERVED: [&str; 4] = ["Attachment", "Description", "Groups", "SourceDestCheck"];
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    check_owned(interface)?;
    let id = interface.id.clone();
    let known = ["NetworkInterfaceId", "DryRun"];
    let mut given = call.input.as_object().into_iter().flat_map(|input| input.keys().map(String::as_str));
    let given: Vec<&str> = given.by_ref().filter(|name| !known.contains(name)).collect();
    let [attribute] = *given else {
        let message = "Exactly one attribute can be modified at a time.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    };
    if !SERVED.contains(&attribute) {
        return Err(ApiError::new("UnsupportedOperation", format!("{attribute} can't be modified.")));
    }
    let value = call.input.get(attribute).unwrap_or(&Value::Null);
    match attribute {
        "Attachment" => {
            let attachment = value.get("AttachmentId").and_then(Value::as_str).unwrap_or_default();
            if attached_as(call, attachment)?.id != id {
                let message = format!("The attachment ID '{attachment}' does not exist");
                return Err(ApiError::new("InvalidAttachmentID.NotFound", message));
            }
            let delete = value.get("DeleteOnTermination").and_then(Value::as_bool);
            let attachment = call.ec2().interfaces.get_mut(&id).and_then(|interface| interface.attachment.as_mut());
            if let (Some(attachment), Some(delete)) = (attachment, delete) {
                attachment.delete_on_termination = delete;
            }
        }
        "Groups" => {
            let groups: Vec<String> = call.texts("Groups").into_iter().map(str::to_owned).collect();
            for group in &groups {
                find::<SecurityGroup>(call, group)?;
            }
            set_groups(call, &id, groups)?;
        }
        _ => {
            let value = value.get("Value");
            if let Some(interface) = call.ec2().interfaces.get_mut(&id) {
                if let Some(text) = value.and_then(Value::as_str) {
                    text.clone_into(&mut interface.description);
                }
                if let Some(check) = value.and_then(Value::as_bool) {
                    interface.source_dest_check = check;
                }
            }
        }
    }
    Ok(json!({}))
}

/// Puts an interface into these groups, which show.
pub(crate) fn set_groups(call: &mut Call<'_>, interface: &str, groups: Vec<String>) -> Result<(), ApiError> {
    let limit = call.account.settings.network_limits.security_groups_per_interface;
    let ec2 = call.ec2();
    let Some(vpc) = ec2.interfaces.get(interface).map(|interface| interface.vpc.clone()) else { return Ok(()) };
    if groups.is_empty() {
        let message = "A network interface needs at least one security group.";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    check_groups(ec2, &vpc, &groups, limit).map_err(|error| match error {
        GroupsError::Elsewhere(_) => ApiError::new(
            "InvalidGroup.NotFound",
            "You have specified two resources that belong to different networks.",
        ),
        GroupsError::Refused(error) => error,
    })?;
    if let Some(interface) = ec2.interfaces.get_mut(interface) {
        interface.groups = groups;
    }
    Ok(())
}
