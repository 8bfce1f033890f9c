//! IAM: roles, instance profiles, policies, users; who calls, and what callers may do.

mod access_key;
mod attachment;
mod boundary;
mod document;
mod entity;
mod group;
mod holder;
mod inline;
mod instance_profile;
mod page;
mod policy;
mod quotas;
mod role;
mod server_certificate;
mod service_linked_role;
mod state;
mod summary;
mod tag;
#[cfg(test)]
mod tests;
mod trust;
mod user;
mod uses;

pub(crate) use entity::Entity;
pub(crate) use group::Group;
pub(crate) use instance_profile::InstanceProfile;
pub(crate) use policy::Policy;
pub use quotas::IamLimits;
pub(crate) use role::Role;
pub(crate) use service_linked_role::{ensure_service_linked_role, service_linked_role_arn};
pub(crate) use state::{Due, State, happen};
pub(crate) use user::User;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    access_key::OPERATIONS,
    attachment::OPERATIONS,
    boundary::OPERATIONS,
    group::OPERATIONS,
    inline::OPERATIONS,
    instance_profile::OPERATIONS,
    policy::OPERATIONS,
    policy::LISTS,
    policy::VERSIONS,
    role::OPERATIONS,
    server_certificate::OPERATIONS,
    service_linked_role::OPERATIONS,
    summary::OPERATIONS,
    tag::OPERATIONS,
    user::OPERATIONS,
];

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
