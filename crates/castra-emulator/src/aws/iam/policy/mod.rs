//! Managed policies: AWS's and the account's own
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>).

mod catalogue;
mod lists;
mod operations;
mod version;

pub(crate) use catalogue::Published;
pub(crate) use version::Version;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::State;
use super::document::Document;
use super::entity::{Entities, Entity, Kind, Named, shows};
use super::holder::Addressed;
use super::tag::Tagged;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::ec2::Tags;

pub(super) use lists::OPERATIONS as LISTS;
pub(super) use operations::OPERATIONS;
pub(super) use version::OPERATIONS as VERSIONS;

/// A policy of the account's own.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) entity: Entity,
    pub(crate) description: Option<String>,
    /// By number.
    pub(crate) versions: BTreeMap<u64, Version>,
    pub(crate) default_version: u64,
    /// The number that the next version gets: none is used twice.
    pub(crate) next_version: u64,
    pub(crate) updated: Timestamp,
    pub(crate) tags: Tags,
}

impl Named for Policy {
    const KIND: Kind = Kind::Policy;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.policies
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.policies
    }
}

impl Addressed for Policy {
    /// Policies are named by ARN.
    fn name(call: &Call<'_>) -> Result<String, ApiError> {
        let arn = call.required("PolicyArn");
        own(call, arn)
    }
}

impl Tagged for Policy {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

/// A managed policy of either owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Managed<'a> {
    Aws(&'static Published),
    Own(&'a Policy),
}

impl Managed<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Aws(policy) => policy.name(),
            Self::Own(policy) => &policy.entity.name,
        }
    }

    pub(super) fn path(&self) -> &str {
        match self {
            Self::Aws(policy) => policy.path(),
            Self::Own(policy) => &policy.entity.path,
        }
    }

    pub(super) fn arn(&self) -> &str {
        match self {
            Self::Aws(policy) => &policy.arn,
            Self::Own(policy) => &policy.entity.arn,
        }
    }

    /// What it says, by its default version.
    pub(crate) fn document(&self) -> Option<Arc<Document>> {
        match self {
            Self::Aws(policy) => Some(Arc::clone(&policy.written.document)),
            Self::Own(policy) => {
                let version = policy.versions.get(&policy.default_version)?;
                Some(Arc::clone(&version.written.document))
            }
        }
    }
}

/// The policy of that ARN, if there is one that shows.
pub(crate) fn managed<'a>(account: &'a Account, arn: &str) -> Option<Managed<'a>> {
    if let Some(published) = catalogue::by_arn(arn) {
        return Some(Managed::Aws(published));
    }
    account.iam.policies.by_arn(arn).filter(|policy| shows(account, &policy.entity)).map(Managed::Own)
}

/// What the policy of that ARN says, if there is one.
pub(crate) fn managed_document(account: &Account, arn: &str) -> Option<Arc<Document>> {
    managed(account, arn)?.document()
}

/// Refuses what isn't a policy's ARN.
pub(super) fn check_arn(arn: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", _, entity] if partition.starts_with("aws") && entity.starts_with("policy/") => {
            Ok(())
        }
        _ => Err(ApiError::new("InvalidInput", format!("ARN {arn} is not valid."))),
    }
}

/// The refusal of an ARN that no policy has.
fn not_found(arn: &str) -> ApiError {
    ApiError::new("NoSuchEntity", format!("Policy {arn} was not found."))
}

/// The name of the account's own policy of that ARN; AWS's can't be changed.
fn own(call: &Call<'_>, arn: &str) -> Result<String, ApiError> {
    check_arn(arn)?;
    match managed(call.account, arn) {
        Some(Managed::Own(policy)) => Ok(policy.entity.name.clone()),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html: "You cannot change
        // the permissions defined in AWS managed policies."
        Some(Managed::Aws(_)) => {
            let message = "Policy is outside your own account.";
            Err(ApiError::new("AccessDenied", message).status(403))
        }
        None => Err(not_found(arn)),
    }
}

/// How many entities have the policy attached.
fn attachments(state: &State, arn: &str) -> usize {
    let has = |attached: &[String]| attached.iter().any(|has| has == arn);
    state.roles.iter().filter(|role| has(&role.permissions.attached)).count()
        + state.users.iter().filter(|user| has(&user.permissions.attached)).count()
        + state.groups.iter().filter(|group| has(&group.permissions.attached)).count()
}

/// How many entities are bounded by the policy.
fn boundaries(state: &State, arn: &str) -> usize {
    let is = |boundary: &Option<String>| boundary.as_deref() == Some(arn);
    state.roles.iter().filter(|role| is(&role.permissions.boundary)).count()
        + state.users.iter().filter(|user| is(&user.permissions.boundary)).count()
}
