//! Secrets created
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>).

use std::collections::BTreeMap;

use super::secret::{CURRENT, Content, Secret, suffix, version_id};
use super::{key, name, tag};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("CreateSecret", create)];

/// Secrets of an account in a region
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>).
const MOST: usize = 500_000;

fn create(call: &mut Call<'_>) -> Answer {
    let given = call.required("Name");
    name::check(given)?;
    if !call.list("AddReplicaRegions").is_empty() {
        return Err(ApiError::new("InvalidParameterException", "Replication to other Regions is not served here."));
    }
    let content = Content::given(call)?;
    let tags = tag::read(call.list("Tags"))?;
    let now = call.now();
    let secrets = &mut call.here().secrets;
    secrets.purge(now);
    let count = secrets.secrets.len();
    if let Some(there) = secrets.secrets.get(given).cloned() {
        return again(call, &there, content.as_ref());
    }
    if count >= MOST {
        return Err(ApiError::new("LimitExceededException", "You've exceeded the quota of secrets in this account."));
    }
    key::encrypt(call, call.text("KmsKeyId"))?;
    let id = version_id(call);
    let ending = suffix(&mut call.account.chance);
    let mut secret = Secret {
        name: given.to_owned(),
        arn: call.arn("secretsmanager", &format!("secret:{given}-{ending}")),
        description: call.text("Description").map(str::to_owned),
        key: call.text("KmsKeyId").map(str::to_owned),
        versions: BTreeMap::new(),
        tags,
        policy: None,
        created: now,
        changed: now,
        accessed: None,
        deletion: None,
    };
    let mut shown = secret.named();
    if let Some(content) = content {
        secret.add(&id, content, &[CURRENT], now)?;
        shown.insert("VersionId".to_owned(), id.into());
    }
    call.here().secrets.secrets.insert(given.to_owned(), secret);
    Ok(shown.into())
}

/// "If a version with this value already exists and that version's SecretString and SecretBinary values are the same
/// as those in the request, then the request is ignored."
fn again(call: &Call<'_>, there: &Secret, content: Option<&Content>) -> Answer {
    if there.deletion.is_some() {
        let message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        return Err(ApiError::new("InvalidRequestException", message));
    }
    let token = call.text("ClientRequestToken");
    let version = token.and_then(|token| there.versions.get_key_value(token));
    if let Some((id, _)) = version.filter(|(_, version)| Some(&version.content) == content) {
        let mut shown = there.named();
        shown.insert("VersionId".to_owned(), id.as_str().into());
        return Ok(shown.into());
    }
    let message = format!("The operation failed because the secret {} already exists.", there.name);
    Err(ApiError::new("ResourceExistsException", message))
}
