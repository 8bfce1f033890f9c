//! CreateSecurityGroup.

use serde_json::json;

use super::{Peer, Rule, SecurityGroup, default_vpc};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{Tags, Vpc, id};
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "security-group")?;
    let (name, description) = (call.required("GroupName"), call.required("Description"));
    check_name(name)?;
    if !valid(description) {
        let message = format!(
            "Value ({description}) for parameter GroupDescription is invalid. Invalid security group description. Valid \
             descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. \
             _-:/()#,@[]+=&;{{}}!$*"
        );
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let vpc = match call.text("VpcId") {
        Some(vpc) => find::<Vpc>(call, vpc)?,
        None => default_vpc(call).ok_or_else(|| ApiError::new("VPCIdNotSpecified", "No default VPC for this user"))?,
    };
    let vpc = vpc.id.clone();
    let groups = &call.look().ec2.security_groups;
    // "Names are case-insensitive and must be unique within the VPC."
    if groups.values().any(|group| group.vpc == vpc && group.name.eq_ignore_ascii_case(name)) {
        let message = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return Err(ApiError::new("InvalidGroup.Duplicate", message));
    }
    if groups.len() >= call.account.settings.network_limits.security_groups {
        let message = "The maximum number of security groups has been reached.";
        return Err(ApiError::new("SecurityGroupLimitExceeded", message));
    }
    let now = call.now();
    let chance = &mut call.account.chance;
    let group = SecurityGroup {
        id: id::new("sg", chance),
        created: now,
        name: name.to_owned(),
        description: description.to_owned(),
        vpc,
        // https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: a new group lets everything out and
        // nothing in.
        rules: vec![Rule::everything(true, Peer::anywhere(), chance)],
        tags,
    };
    let id = group.id.clone();
    let arn = call.arn("ec2", &format!("security-group/{id}"));
    let answer = json!({ "GroupId": id, "SecurityGroupArn": arn, "Tags": group.tags.shown() });
    call.ec2().security_groups.insert(id, group);
    Ok(answer)
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.eq_ignore_ascii_case("default") {
        return Err(ApiError::new("InvalidGroup.Reserved", "Cannot use reserved security group name: default"));
    }
    if name.starts_with("sg-") {
        let message = format!("Invalid value '{name}' for groupName. Group names may not be in the format sg-*.");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    if name.is_empty() || !valid(name) {
        let message = format!(
            "Value ({name}) for parameter GroupName is invalid. Valid names are strings of up to 255 characters from the \
             following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
        );
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    Ok(())
}

/// Whether a text has only the characters that names and descriptions of groups and rules may have.
pub(super) fn valid(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-:/()#,@[]+=&;{}!$*".contains(&byte))
}
