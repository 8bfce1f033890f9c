//! IAM: roles, instance profiles, policies, users; who calls, and what callers may do.

mod access_key;
mod attachment;
mod authorize;
mod boundary;
mod credentials;
mod document;
mod entity;
mod group;
mod holder;
mod inline;
mod instance_profile;
mod objects;
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

pub(crate) use access_key::secret;
pub(crate) use authorize::{authorize, decode_message, may_assume, vendor};
pub(crate) use credentials::caller;
pub(crate) use document::{Document, Principal, Principals, identity as identity_policy, resource as resource_policy};
pub(crate) use entity::Entity;
pub(crate) use group::Group;
pub(crate) use instance_profile::InstanceProfile;
pub(crate) use policy::{Policy, managed_document as managed_policy};
pub use quotas::IamLimits;
pub(crate) use role::Role;
pub(crate) use service_linked_role::ensure_service_linked_role;
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
