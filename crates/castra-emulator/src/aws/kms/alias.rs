//! Names for keys (<https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html>).

use jiff::Timestamp;
use serde_json::json;

use super::key_state::KeyState;
use super::{error, page, state};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// An alias.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    /// A key's id.
    pub(super) target: String,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
}

pub(super) const OPERATIONS: Operations =
    &[("CreateAlias", create), ("DeleteAlias", delete), ("ListAliases", list), ("UpdateAlias", update)];

/// Services with an AWS managed key: "aliases for AWS managed keys [..] have the following format:
/// `alias/aws/<service-name>`".
pub(super) const PREDEFINED: &[&str] =
    &["acm", "dynamodb", "ebs", "elasticfilesystem", "lambda", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"];

/// The id of the key that an alias is to stand for.
fn target(call: &mut Call<'_>) -> Result<String, ApiError> {
    let target = call.required("TargetKeyId");
    if target.starts_with("alias/") || target.contains(":alias/") {
        return Err(error::validation("Aliases must refer to keys. Not aliases"));
    }
    let key = state::find(call, target)?;
    if key.state == KeyState::PendingDeletion {
        return Err(error::invalid_state(format!("{} is pending deletion.", key.arn)));
    }
    Ok(key.id.clone())
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html>
fn update(call: &mut Call<'_>) -> Answer {
    let name = call.required("AliasName");
    check_name(name)?;
    let id = target(call)?;
    let (now, arn) = (call.now(), call.arn("kms", name));
    let alias = call.here().kms.aliases.get_mut(name);
    let alias = alias.ok_or_else(|| error::not_found(format!("Alias {arn} is not found.")))?;
    (alias.target, alias.changed) = (id, now);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>
fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("AliasName");
    check_name(name)?;
    let id = target(call)?;
    if call.look().kms.aliases.contains_key(name) {
        let message = format!("An alias with the name {} already exists", call.arn("kms", name));
        return Err(ApiError::new("AlreadyExistsException", message));
    }
    let now = call.now();
    call.here().kms.aliases.insert(name.to_owned(), Alias { target: id, created: now, changed: now });
    Ok(json!({}))
}

/// "The alias name must begin with `alias/` [..] The `alias/aws/` prefix is reserved".
fn check_name(name: &str) -> Result<(), ApiError> {
    if name.starts_with("alias/aws/") {
        return Err(ApiError::new("NotAuthorizedException", "").status(400));
    }
    match name.strip_prefix("alias/") {
        Some("") | None => Err(error::validation("Invalid identifier")),
        Some(rest) if rest.contains(':') => {
            let message = format!("{name} contains invalid characters for an alias");
            Err(ApiError::new("InvalidAliasNameException", message))
        }
        Some(_) => Ok(()),
    }
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html>
fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("AliasName");
    check_name(name)?;
    if call.here().kms.aliases.remove(name).is_none() {
        return Err(error::not_found(format!("Alias {} is not found.", call.arn("kms", name))));
    }
    Ok(json!({}))
}

/// Also "aliases that have no TargetKeyId field. These are predefined aliases that AWS has created but has not yet
/// associated with a KMS key" (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html>).
fn list(call: &mut Call<'_>) -> Answer {
    let key = match call.text("KeyId") {
        Some(name) => Some(state::find(call, name)?.id.clone()),
        None => None,
    };
    let now = call.now();
    call.here().kms.forget_gone(now);
    let aliases = &call.look().kms.aliases;
    let unused = PREDEFINED.iter().map(|service| format!("alias/aws/{service}"));
    let unused = unused.filter(|name| key.is_none() && !aliases.contains_key(name));
    let unused = unused.map(|name| {
        let shown = json!({ "AliasName": name, "AliasArn": call.arn("kms", &name) });
        (name, shown)
    });
    let used = aliases.iter().filter(|(_, alias)| key.as_ref().is_none_or(|key| alias.target == *key));
    let used = used.map(|(name, alias)| {
        let shown = json!({
            "AliasName": name,
            "AliasArn": call.arn("kms", name),
            "TargetKeyId": alias.target,
            "CreationDate": epoch(alias.created),
            "LastUpdatedDate": epoch(alias.changed),
        });
        (name.clone(), shown)
    });
    let all = used.chain(unused).collect();
    page::of(call, "Aliases", 50, all)
}
