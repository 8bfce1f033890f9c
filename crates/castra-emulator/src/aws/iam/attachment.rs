//! Managed policies attached to roles, users and groups
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html>).

use serde_json::{Value, json};

use super::entity::find;
use super::holder::Holder;
use super::policy::{self, Managed};
use super::{Group, Role, User, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("AttachGroupPolicy", attach::<Group>),
    ("AttachRolePolicy", attach::<Role>),
    ("AttachUserPolicy", attach::<User>),
    ("DetachGroupPolicy", detach::<Group>),
    ("DetachRolePolicy", detach::<Role>),
    ("DetachUserPolicy", detach::<User>),
    ("ListAttachedGroupPolicies", list::<Group>),
    ("ListAttachedRolePolicies", list::<Role>),
    ("ListAttachedUserPolicies", list::<User>),
];

/// The refusal of a policy that can't be attached as it isn't there.
pub(super) fn not_attachable(arn: &str) -> ApiError {
    ApiError::new("NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
}

fn attach<T: Holder>(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    let name = T::name(call)?;
    policy::check_arn(arn)?;
    find::<T>(call, &name)?.check_changeable()?;
    let policy = policy::managed(call.account, arn).ok_or_else(|| not_attachable(arn))?;
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    if matches!(policy, Managed::Aws(policy) if policy.path().starts_with("/aws-service-role/")) {
        let message = format!("Cannot attach a Service Role Policy to a Customer {}.", T::NOUN);
        return Err(ApiError::new("PolicyNotAttachable", message));
    }
    let most = T::most_attached(call);
    let attached = &mut find::<T>(call, &name)?.permissions_mut().attached;
    if attached.iter().any(|has| has == arn) {
        return Ok(json!({}));
    }
    if attached.len() >= most {
        return Err(quotas::exceeded(T::QUOTA, most));
    }
    attached.push(arn.to_owned());
    Ok(json!({}))
}

fn detach<T: Holder>(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    policy::check_arn(arn)?;
    let found = find::<T>(call, &T::name(call)?)?;
    found.check_changeable()?;
    let attached = &mut found.permissions_mut().attached;
    let at = attached.iter().position(|has| has == arn);
    let at = at.ok_or_else(|| ApiError::new("NoSuchEntity", format!("Policy {arn} was not found.")))?;
    attached.remove(at);
    Ok(json!({}))
}

fn list<T: Holder>(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    let attached = find::<T>(call, &T::name(call)?)?.permissions().attached.clone();
    let shown = attached.iter().filter_map(|arn| policy::managed(call.account, arn)).filter_map(|policy| {
        let shown: Value = json!({ "PolicyName": policy.name(), "PolicyArn": policy.arn() });
        policy.path().starts_with(prefix).then(|| (policy.arn().to_owned(), shown))
    });
    page::of(call, "AttachedPolicies", shown.collect())
}
