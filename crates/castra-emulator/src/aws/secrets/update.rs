//! Secrets changed
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html>).

use super::key;
use super::secret::{CURRENT, Content, version_id};
use super::state::live;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("UpdateSecret", update)];

fn update(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let (description, key) = (call.text("Description"), call.text("KmsKeyId"));
    let before = live(call)?.key.clone();
    let content = Content::given(call)?;
    if content.is_some() || key.is_some() {
        let key = key.or(before.as_deref()).filter(|key| !key.is_empty());
        key::encrypt(call, key)?;
    }
    let id = version_id(call);
    let secret = live(call)?;
    let mut shown = secret.named();
    if let Some(content) = content {
        secret.add(&id, content, &[CURRENT], now)?;
        shown.insert("VersionId".to_owned(), id.into());
    }
    if let Some(description) = description {
        secret.description = Some(description.to_owned());
    }
    if let Some(key) = key {
        // "If you set this to an empty string, Secrets Manager uses the AWS managed key aws/secretsmanager."
        secret.key = Some(key.to_owned()).filter(|key| !key.is_empty());
    }
    secret.changed = now;
    Ok(shown.into())
}
