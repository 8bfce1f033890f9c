//! Secrets read
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::filter::Filters;
use super::secret::{CURRENT, Content, Secret};
use super::state::{live, marked_for_deletion, not_found};
use super::{key, list};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("BatchGetSecretValue", get_many), ("GetSecretValue", get)];

fn get(call: &mut Call<'_>) -> Answer {
    let (id, stage, now) = (call.text("VersionId"), call.text("VersionStage"), call.now());
    let key = live(call)?.key.clone();
    key::decrypt(call, key.as_deref())?;
    read(live(call)?, id, stage, now).map(Value::from)
}

/// The version that is asked for, by id, by label, by both; else the current one.
fn read(
    secret: &mut Secret,
    id: Option<&str>,
    stage: Option<&str>,
    now: Timestamp,
) -> Result<Map<String, Value>, ApiError> {
    let missing = |what: String| {
        let message = format!("Secrets Manager can't find the specified secret value for {what}");
        ApiError::new("ResourceNotFoundException", message)
    };
    let (id, version) = match (id, stage.unwrap_or(CURRENT)) {
        (Some(id), wanted) => {
            let found = secret.versions.get_key_value(id).ok_or_else(|| missing(format!("VersionId: {id}")))?;
            if stage.is_some() && !found.1.stages.contains(wanted) {
                let message = "You provided a VersionStage that is not associated to the provided VersionId.";
                return Err(ApiError::new("InvalidRequestException", message));
            }
            found
        }
        (None, stage) => secret.staged(stage).ok_or_else(|| missing(format!("staging label: {stage}")))?,
    };
    let mut shown = secret.named();
    shown.insert("VersionId".to_owned(), id.as_str().into());
    match &version.content {
        Content::Text(text) => shown.insert("SecretString".to_owned(), text.as_str().into()),
        Content::Binary(bytes) => shown.insert("SecretBinary".to_owned(), bytes.as_str().into()),
    };
    if !version.stages.is_empty() {
        shown.insert("VersionStages".to_owned(), version.shown_stages());
    }
    shown.insert("CreatedDate".to_owned(), epoch(version.created));
    secret.accessed = Some(now);
    Ok(shown)
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html>
fn get_many(call: &mut Call<'_>) -> Answer {
    let (ids, filters, now) = (call.texts("SecretIdList"), call.list("Filters"), call.now());
    if ids.is_empty() == filters.is_empty() {
        let message = "You must provide either a SecretIdList or Filters, and not both.";
        return Err(ApiError::new("InvalidParameterException", message));
    }
    let filters = Filters::of(call);
    let state = &mut call.here().secrets;
    state.purge(now);
    let wanted: Vec<(String, Option<String>)> = if ids.is_empty() {
        let live = state.secrets.values().filter(|secret| secret.deletion.is_none() && filters.pass(secret));
        live.map(|secret| (secret.name.clone(), Some(secret.name.clone()))).collect()
    } else {
        let name = |id: &str| state.arn(id).and_then(|arn| state.secrets.values().find(|it| it.arn == arn));
        ids.iter().map(|id| ((*id).to_owned(), name(id).map(|secret| secret.name.clone()))).collect()
    };
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (id, name) in wanted {
        let secret = name.and_then(|name| state.secrets.get_mut(&name));
        let value = match secret {
            None => Err(not_found()),
            Some(secret) if secret.deletion.is_some() => Err(marked_for_deletion()),
            Some(secret) => read(secret, None, None, now),
        };
        match value {
            Ok(value) => values.push((id, Value::from(value))),
            Err(error) => {
                errors.push(json!({ "SecretId": id, "ErrorCode": error.code, "Message": error.message }));
            }
        }
    }
    let mut output = list::page(call, "SecretValues", values, 20)?;
    output.insert("Errors".to_owned(), errors.into());
    Ok(output.into())
}
