//! Trust policies: who may assume a role.

use std::collections::BTreeMap;

use super::State;
use super::document::{self, Principal, Principals};
use super::entity::Named;
use super::holder::Written;
use super::quotas;
use crate::aws::ApiError;
use crate::aws::account::Account;

/// A role's trust policy.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) policy: Written,
    /// The unique ids of the users and roles that it names: "if you delete the role, then you break the relationship.
    /// The trust policy no longer applies even if you recreate the role", and it shows the id in the ARN's place
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>).
    ids: BTreeMap<String, String>,
}

impl Trust {
    /// Reads a document. The users and roles of this account that it names must be there.
    pub(super) fn read(account: &Account, text: &str) -> Result<Self, ApiError> {
        let document = document::trust(text)?;
        let most = account.settings.iam_limits.trust_policy_length;
        if document::size(text) > most {
            return Err(quotas::exceeded("ACLSizePerRole", most));
        }
        let mut ids = BTreeMap::new();
        for statement in &document.statements {
            let Some(Principals::Among(principals) | Principals::Except(principals)) = &statement.principals else {
                continue;
            };
            for principal in principals {
                let Principal::Aws(arn) = principal else { continue };
                if !arn.starts_with(&format!("arn:aws:iam::{}:", account.id)) || arn.ends_with(":root") {
                    continue;
                }
                let id = id_of(account, arn).ok_or_else(|| {
                    let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
                    ApiError::new("MalformedPolicyDocument", message)
                })?;
                ids.insert(arn.clone(), id);
            }
        }
        Ok(Self { policy: Written::new(text, document), ids })
    }

    /// One that AWS itself writes.
    pub(super) fn of(policy: Written) -> Self {
        Self { policy, ids: BTreeMap::new() }
    }

    /// Whether that ARN in the document still means whom it meant when it was written.
    pub(crate) fn still_means(&self, state: &State, arn: &str) -> bool {
        self.ids.get(arn).is_none_or(|id| current(state, arn).is_some_and(|(now, _)| now == id))
    }

    /// As answers have it.
    pub(super) fn shown(&self, state: &State) -> String {
        let mut text = self.policy.text.clone();
        for (arn, id) in &self.ids {
            if !self.still_means(state, arn) {
                text = text.replace(&format!("\"{arn}\""), &format!("\"{id}\""));
            }
        }
        document::encoded(&text)
    }
}

/// The unique id and moment of creation of the user or role that has the ARN now.
fn current<'a>(state: &'a State, arn: &str) -> Option<(&'a str, &'a super::Entity)> {
    let role = state.roles.by_arn(arn).map(Named::entity);
    let user = || state.users.by_arn(arn).map(Named::entity);
    role.or_else(user).map(|entity| (entity.id.as_str(), entity))
}

fn id_of(account: &Account, arn: &str) -> Option<String> {
    let (id, entity) = current(&account.iam, arn)?;
    super::entity::shows(account, entity).then(|| id.to_owned())
}
