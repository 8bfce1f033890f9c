//! IAM's own actions and resources
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>).

use serde_json::Value;

use super::access::{Access, tags};
use crate::aws::call::Call;
use crate::aws::caller::Principal;
use crate::aws::iam::entity::{Kind, Named};

pub(super) fn needed(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let list = call.list("Tags");
    let access = |resource: String| {
        Access::new(call, format!("iam:{operation}"), resource)
            .with_tags(tags(list))
            .with("iam:PolicyARN", call.text("PolicyArn"))
            .with("iam:PermissionsBoundary", call.text("PermissionsBoundary"))
            .with("iam:AWSServiceName", call.text("AWSServiceName"))
    };
    let Some(resource) = resource(call, operation) else { return vec![access("*".to_owned())] };
    let mut needed = vec![access(resource.clone())];
    // Tags on creation need the permission to tag, too
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html#id_tags_roles_permissions).
    if let (false, Some(kind)) = (list.is_empty(), operation.strip_prefix("Create")) {
        needed.push(Access::new(call, format!("iam:Tag{kind}"), resource).with_tags(tags(list)));
    }
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html: "you must have the
    // permission iam:PassRole".
    if operation == "AddRoleToInstanceProfile" {
        needed.push(pass(call, &named(call, Kind::Role, call.required("RoleName")), "ec2.amazonaws.com"));
    }
    needed
}

/// The ARN of what an operation is about; none for those that are about everything.
fn resource(call: &Call<'_>, operation: &str) -> Option<String> {
    if matches!(operation, "GetAccountSummary" | "ListAccountAliases" | "GetAccessKeyLastUsed") {
        return None;
    }
    let of = |kind: Kind, member: &str| call.text(member).map(|name| named(call, kind, name));
    // Operations about a membership or an attachment are about the group, the role or the user; about a role in an
    // instance profile they are about the profile.
    let found = of(Kind::InstanceProfile, "InstanceProfileName")
        .or_else(|| of(Kind::Group, "GroupName"))
        .or_else(|| of(Kind::Role, "RoleName"))
        .or_else(|| of(Kind::User, "UserName"))
        .or_else(|| call.text("PolicyArn").map(str::to_owned))
        .or_else(|| of(Kind::Policy, "PolicyName"))
        .or_else(|| of(Kind::ServerCertificate, "ServerCertificateName"));
    if found.is_some() {
        return found;
    }
    if let Some(service) = call.text("AWSServiceName") {
        return Some(Kind::Role.arn(&call.account.id, &format!("/aws-service-role/{service}/"), "*"));
    }
    // What may leave out its user is about the caller.
    let own =
        matches!(operation, "GetUser" | "CreateAccessKey" | "DeleteAccessKey" | "ListAccessKeys" | "UpdateAccessKey");
    match &call.caller.principal {
        Principal::User(name) if own => Some(named(call, Kind::User, name)),
        _ => None,
    }
}

/// The ARN of an entity: with its own path, or with that which it shall have.
fn named(call: &Call<'_>, kind: Kind, name: &str) -> String {
    let state = &call.account.iam;
    let there = match kind {
        Kind::Role => state.roles.get(name).map(Named::entity),
        Kind::User => state.users.get(name).map(Named::entity),
        Kind::Group => state.groups.get(name).map(Named::entity),
        Kind::InstanceProfile => state.profiles.get(name).map(Named::entity),
        Kind::Policy => state.policies.get(name).map(Named::entity),
        Kind::ServerCertificate => state.certificates.get(name).map(Named::entity),
    };
    let path = call.text("Path").unwrap_or("/");
    there.map_or_else(|| kind.arn(&call.account.id, path, name), |entity| entity.arn.clone())
}

/// Passing a role to a service
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>).
pub(super) fn pass(call: &Call<'_>, role: &str, service: &str) -> Access {
    Access::new(call, "iam:PassRole", role).with("iam:PassedToService", Some(service))
}

/// Passing the role of an instance profile that a call names.
pub(super) fn pass_profile(call: &Call<'_>, named: &Value, service: &str) -> Option<Access> {
    let name = profile_name(named)?;
    let profile = call.account.iam.instance_profile(name)?;
    let role = call.account.iam.roles.get(profile.role.as_deref()?)?;
    Some(pass(call, &role.entity.arn, service))
}

/// The ARN of an instance profile that a call names.
pub(super) fn profile_arn(call: &Call<'_>, named: &Value) -> Option<String> {
    Some(call.account.iam.instance_profile(profile_name(named)?)?.entity.arn.clone())
}

fn profile_name(named: &Value) -> Option<&str> {
    ["Arn", "Name"].into_iter().find_map(|member| named.get(member)?.as_str())
}

/// Making the role that a service acts with, which is done for whoever first uses the service and may do it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html#service-linked-role-permissions>).
pub(super) fn service_role(call: &Call<'_>, service: &str) -> Option<Access> {
    let there = call.account.iam.roles.iter().any(|role| role.linked_to.as_deref() == Some(service));
    let role = Kind::Role.arn(&call.account.id, &format!("/aws-service-role/{service}/"), "*");
    let access = || Access::new(call, "iam:CreateServiceLinkedRole", role).with("iam:AWSServiceName", Some(service));
    (!there).then(access)
}
