//! DeleteSecurityGroup.

use serde_json::json;

use super::{Peer, named};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// A group that an interface has, or that another group's rule names, stays
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html>).
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let group = named(call)?;
    let id = group.id.clone();
    if group.name == "default" {
        let message = format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        return Err(ApiError::new("CannotDelete", message));
    }
    let ec2 = call.ec2();
    let peer = Peer::Group(id.clone());
    let referenced =
        ec2.security_groups.values().any(|other| other.id != id && other.rules.iter().any(|rule| rule.peer == peer));
    if referenced || ec2.interfaces.values().any(|interface| interface.groups.contains(&id)) {
        return Err(ApiError::new("DependencyViolation", format!("resource {id} has a dependent object")));
    }
    ec2.security_groups.remove(&id);
    Ok(json!({ "Return": true, "GroupId": id }))
}
