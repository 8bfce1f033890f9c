//! What Secrets Manager holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::secret::{CURRENT, Content, Secret};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::Tags;
use crate::aws::object::{Objects, texts};

/// What Secrets Manager holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By name. Those whose time is up are still there until somebody looks.
    pub(super) secrets: BTreeMap<String, Secret>,
}

impl State {
    /// The name of the secret that is named by name, ARN, or ARN without its last seven characters
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen>).
    fn name_of(&self, id: &str) -> Option<&str> {
        if !id.starts_with("arn:") {
            return self.secrets.get_key_value(id).map(|(name, _)| name.as_str());
        }
        let whole = self.secrets.values().find(|secret| secret.arn == id);
        let partly = || self.secrets.values().find(|secret| secret.arn.get(..secret.arn.len() - 7) == Some(id));
        whole.or_else(partly).map(|secret| secret.name.as_str())
    }

    /// The ARN of the secret that is named so.
    pub(crate) fn arn(&self, id: &str) -> Option<String> {
        Some(self.secrets.get(self.name_of(id)?)?.arn.clone())
    }

    /// The tags of the secret of that ARN.
    pub(crate) fn tags(&self, arn: &str) -> Option<&Tags> {
        self.secrets.get(self.name_of(arn)?).map(|secret| &secret.tags)
    }

    /// All secrets that aren't gone.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>, now: Timestamp) {
        let there = |secret: &&Secret| secret.deletion.is_none_or(|deletion| deletion.at > now);
        for secret in self.secrets.values().filter(there) {
            let state = secret.deletion.map(|_| "PendingDeletion");
            objects.add("secret", &secret.name, state, texts(&secret.tags));
        }
    }

    /// The text of a secret's current version, and when the secret last changed.
    pub(crate) fn current(&self, name: &str) -> Option<(&str, Timestamp)> {
        let secret = self.secrets.get(name).filter(|secret| secret.deletion.is_none())?;
        match &secret.staged(CURRENT)?.1.content {
            Content::Text(text) => Some((text, secret.changed)),
            Content::Binary(_) => None,
        }
    }

    /// Forgets secrets whose recovery window has ended.
    pub(super) fn purge(&mut self, now: Timestamp) {
        self.secrets.retain(|_, secret| secret.deletion.is_none_or(|deletion| deletion.at > now));
    }
}

/// The secret that a call names, deleted or not.
pub(super) fn any<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Secret, ApiError> {
    let (id, now) = (call.required("SecretId"), call.now());
    let state = &mut call.here().secrets;
    state.purge(now);
    let name = state.name_of(id).map(str::to_owned);
    name.and_then(|name| state.secrets.get_mut(&name)).ok_or_else(not_found)
}

/// The secret that a call names, which must not be scheduled for deletion.
pub(super) fn live<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Secret, ApiError> {
    let secret = any(call)?;
    if secret.deletion.is_some() { Err(marked_for_deletion()) } else { Ok(secret) }
}

/// The refusal of an id that no secret has.
pub(super) fn not_found() -> ApiError {
    ApiError::new("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

/// The refusal of what can't be done until a secret is restored
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>: "you can't retrieve it").
pub(super) fn marked_for_deletion() -> ApiError {
    let message = "You can't perform this operation on the secret because it was marked for deletion.";
    ApiError::new("InvalidRequestException", message)
}
