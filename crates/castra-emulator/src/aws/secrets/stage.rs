//! Labels of versions
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>).

use serde_json::Value;

use super::list;
use super::secret::CURRENT;
use super::state::{any, live};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListSecretVersionIds", list), ("UpdateSecretVersionStage", update)];

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}

fn update(call: &mut Call<'_>) -> Answer {
    let (stage, from, to) =
        (call.required("VersionStage"), call.text("RemoveFromVersionId"), call.text("MoveToVersionId"));
    let secret = live(call)?;
    for id in [from, to].into_iter().flatten() {
        if !secret.versions.contains_key(id) {
            let message = format!("Secrets Manager can't find the specified secret value for VersionId: {id}");
            return Err(ApiError::new("ResourceNotFoundException", message));
        }
    }
    let holder = secret.staged(stage).map(|(id, _)| id.clone());
    match (from, to, holder.as_deref()) {
        (None, None, _) => {
            return Err(invalid("You must provide RemoveFromVersionId, MoveToVersionId, or both."));
        }
        (Some(from), _, holder) if holder != Some(from) => {
            return Err(invalid(format!("Staging label {stage} is not attached to version {from}.")));
        }
        (None, Some(to), Some(holder)) if holder != to => {
            return Err(invalid(format!(
                "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to \
                 version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
            )));
        }
        (Some(_), None, _) if stage == CURRENT => {
            return Err(invalid(
                "You can only move staging label AWSCURRENT to a different secret version. It can't be completely \
                 removed.",
            ));
        }
        _ => {}
    }
    match to {
        Some(to) => secret.label(stage, to),
        None => secret.unlabel(stage),
    }
    Ok(secret.named().into())
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html>
fn list(call: &mut Call<'_>) -> Answer {
    let deprecated = call.flag("IncludeDeprecated");
    let secret = any(call)?.clone();
    let versions = secret.versions.iter().filter(|(_, version)| deprecated || !version.stages.is_empty());
    let shown = versions.map(|(id, version)| {
        let mut shown = serde_json::Map::new();
        shown.insert("VersionId".to_owned(), id.as_str().into());
        if !version.stages.is_empty() {
            shown.insert("VersionStages".to_owned(), version.shown_stages());
        }
        shown.insert("CreatedDate".to_owned(), epoch(version.created));
        (id.clone(), Value::from(shown))
    });
    let mut output = list::page(call, "Versions", shown.collect(), 100)?;
    output.extend(secret.named());
    Ok(output.into())
}
