//! Versions added
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>).

use super::key;
use super::secret::{CURRENT, Content, version_id};
use super::state::live;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("PutSecretValue", put)];

fn put(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let key = live(call)?.key.clone();
    key::encrypt(call, key.as_deref())?;
    let content = Content::given(call)?.ok_or_else(|| {
        let message = "You must provide either SecretString or SecretBinary.";
        ApiError::new("InvalidParameterException", message)
    })?;
    let mut stages = call.texts("VersionStages");
    let id = version_id(call);
    let secret = live(call)?;
    // The first version is current whatever it is labelled; any other is unless it is labelled otherwise.
    if stages.is_empty() || (secret.versions.is_empty() && !stages.contains(&CURRENT)) {
        stages.push(CURRENT);
    }
    secret.add(&id, content, &stages, now)?;
    let mut shown = secret.named();
    if let Some(version) = secret.versions.get(&id) {
        shown.insert("VersionStages".to_owned(), version.shown_stages());
    }
    shown.insert("VersionId".to_owned(), id.into());
    Ok(shown.into())
}
