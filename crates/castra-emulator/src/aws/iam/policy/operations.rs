//! Policies created, read and deleted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::version::Version;
use super::{Managed, Policy, attachments, boundaries, check_arn, managed, not_found, own};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::aws::iam::entity::{Entity, Kind};
use crate::aws::iam::holder::Written;
use crate::aws::iam::{State, document, quotas, tag};

pub(in crate::aws::iam) const OPERATIONS: Operations =
    &[("CreatePolicy", create), ("DeletePolicy", delete), ("GetPolicy", get)];

/// Characters of a managed policy, white space apart
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>).
const MOST_CHARACTERS: usize = 6_144;

/// Reads a document that a call gives to a managed policy.
pub(super) fn read(text: &str) -> Result<Written, ApiError> {
    let document = document::managed(text)?;
    if document::size(text) > MOST_CHARACTERS {
        return Err(quotas::exceeded("PolicySize", MOST_CHARACTERS));
    }
    Ok(Written::new(text, document))
}

impl Managed<'_> {
    /// As lists show it: without description and tags
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html>).
    pub(super) fn shown(&self, state: &State) -> Map<String, Value> {
        let (id, version, created, updated) = match self {
            Self::Aws(policy) => (policy.id(), policy.version(), policy.created(), policy.updated()),
            Self::Own(policy) => {
                let Entity { id, created, .. } = &policy.entity;
                (id.as_str(), policy.default_version, *created, policy.updated)
            }
        };
        let mut shown = Map::new();
        shown.insert("PolicyName".to_owned(), self.name().into());
        shown.insert("PolicyId".to_owned(), id.into());
        shown.insert("Arn".to_owned(), self.arn().into());
        shown.insert("Path".to_owned(), self.path().into());
        shown.insert("DefaultVersionId".to_owned(), format!("v{version}").into());
        shown.insert("AttachmentCount".to_owned(), attachments(state, self.arn()).into());
        shown.insert("PermissionsBoundaryUsageCount".to_owned(), boundaries(state, self.arn()).into());
        shown.insert("IsAttachable".to_owned(), true.into());
        shown.insert("CreateDate".to_owned(), epoch(created));
        shown.insert("UpdateDate".to_owned(), epoch(updated));
        shown
    }

    /// As GetPolicy shows it.
    fn shown_whole(&self, state: &State) -> Map<String, Value> {
        let mut shown = self.shown(state);
        if let Some(description) = self.description() {
            shown.insert("Description".to_owned(), description.into());
        }
        if let Self::Own(policy) = self
            && !policy.tags.is_empty()
        {
            shown.insert("Tags".to_owned(), policy.tags.shown());
        }
        shown
    }

    fn description(&self) -> Option<&str> {
        match self {
            Self::Aws(policy) => policy.description(),
            Self::Own(policy) => policy.description.as_deref(),
        }
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let (name, path) = (call.required("PolicyName"), call.text("Path").unwrap_or("/"));
    let tags = tag::given(call)?;
    let written = read(call.required("PolicyDocument"))?;
    let policies = &call.account.iam.policies;
    if policies.taken(name) {
        return Err(Kind::Policy.exists(name));
    }
    let most = call.account.settings.iam_limits.policies;
    if policies.len() >= most {
        return Err(quotas::exceeded("PoliciesPerAccount", most));
    }
    let policy = Policy {
        entity: Entity::new(call.account, Kind::Policy, path, name),
        description: call.text("Description").map(str::to_owned),
        versions: BTreeMap::from([(1, Version { written, created: call.now() })]),
        default_version: 1,
        next_version: 2,
        updated: call.now(),
        tags,
    };
    let mut shown = Managed::Own(&policy).shown_whole(&call.account.iam);
    shown.remove("Description");
    call.account.iam.policies.insert(policy);
    Ok(json!({ "Policy": shown }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    check_arn(arn)?;
    let policy = managed(call.account, arn).ok_or_else(|| not_found(arn))?;
    Ok(json!({ "Policy": policy.shown_whole(&call.account.iam) }))
}

/// Deletes a policy that nobody uses and that has no other versions
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    let name = own(call, arn)?;
    let state = &call.account.iam;
    if attachments(state, arn) + boundaries(state, arn) > 0 {
        return Err(ApiError::new("DeleteConflict", "Cannot delete a policy attached to entities."));
    }
    if state.policies.get(&name).is_some_and(|policy| policy.versions.len() > 1) {
        let message = "This policy has more than one version. Before you delete a policy, you must delete the \
                       policy's versions. The default version is deleted with the policy.";
        return Err(ApiError::new("DeleteConflict", message));
    }
    call.account.iam.policies.remove(&name);
    Ok(json!({}))
}
