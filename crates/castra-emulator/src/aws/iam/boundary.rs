//! Permissions boundaries (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).

use serde_json::{Value, json};

use super::entity::find;
use super::holder::Holder;
use super::{Role, User, policy};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("DeleteRolePermissionsBoundary", delete::<Role>),
    ("DeleteUserPermissionsBoundary", delete::<User>),
    ("PutRolePermissionsBoundary", put::<Role>),
    ("PutUserPermissionsBoundary", put::<User>),
];

/// The boundary that a call gives, which must be a policy that is there.
pub(super) fn given(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    let Some(arn) = call.text("PermissionsBoundary") else { return Ok(None) };
    policy::check_arn(arn)?;
    if policy::managed(call.account, arn).is_none() {
        let message = format!("Scope ARN: {arn} does not exist or is not attachable.");
        return Err(ApiError::new("NoSuchEntity", message));
    }
    Ok(Some(arn.to_owned()))
}

/// As answers have it
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPermissionsBoundary.html>).
pub(super) fn shown(arn: &str) -> Value {
    json!({ "PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn })
}

fn put<T: Holder>(call: &mut Call<'_>) -> Answer {
    let name = T::name(call)?;
    find::<T>(call, &name)?.check_changeable()?;
    let boundary = given(call)?;
    find::<T>(call, &name)?.permissions_mut().boundary = boundary;
    Ok(json!({}))
}

fn delete<T: Holder>(call: &mut Call<'_>) -> Answer {
    let name = T::name(call)?;
    let found = find::<T>(call, &name)?;
    found.check_changeable()?;
    if found.permissions_mut().boundary.take().is_none() {
        let message = format!("{} {name} does not have a permissions boundary.", T::NOUN);
        return Err(ApiError::new("NoSuchEntity", message));
    }
    Ok(json!({}))
}
