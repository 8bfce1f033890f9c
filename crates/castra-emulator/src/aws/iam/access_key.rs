//! Access keys (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::entity::find;
use super::{User, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::caller::{self, Principal};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// An access key. The secret isn't kept: signatures aren't verified, and it is shown once only.
#[derive(Debug, Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    /// The user's name; none = the account's root user.
    pub(crate) user: Option<String>,
    pub(crate) active: bool,
    pub(crate) created: Timestamp,
    /// When it was last used, where, for which service.
    pub(crate) last_used: Option<(Timestamp, String, String)>,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateAccessKey", create),
    ("DeleteAccessKey", delete),
    ("GetAccessKeyLastUsed", last_used),
    ("ListAccessKeys", list),
    ("UpdateAccessKey", update),
];

/// How many keys a user may have
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>).
const MOST: usize = 2;

/// A secret access key: forty characters.
pub(crate) fn secret(chance: &mut Chance) -> String {
    const CHARACTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..40).map(|_| char::from(CHARACTERS[(chance.next() % 64) as usize])).collect()
}

/// Whose keys a call is about: the user's that it names, or the caller's
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html>). None = the root user.
fn owner(call: &mut Call<'_>) -> Result<Option<String>, ApiError> {
    match (call.text("UserName"), &call.caller.principal) {
        (Some(name), _) => {
            find::<User>(call, name)?;
            Ok(Some(name.to_owned()))
        }
        (None, Principal::User(name)) => Ok(Some(name.clone())),
        (None, Principal::Root) => Ok(None),
        (None, Principal::Role(_)) => {
            Err(ApiError::new("ValidationError", "Must specify userName when calling with non-User credentials"))
        }
    }
}

fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

/// What the root user is called where a name must be given.
fn name(owner: Option<&str>) -> &str {
    owner.unwrap_or("root")
}

fn create(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    if call.account.iam.keys.values().filter(|key| key.user == user).count() >= MOST {
        return Err(quotas::exceeded("AccessKeysPerUser", MOST));
    }
    let key = AccessKey {
        id: caller::key("AKIA", &call.account.id, &mut call.account.chance),
        user,
        active: true,
        created: call.now(),
        last_used: None,
    };
    let shown = json!({
        "UserName": name(key.user.as_deref()),
        "AccessKeyId": key.id,
        "Status": status(key.active),
        "SecretAccessKey": secret(&mut call.account.chance),
        "CreateDate": epoch(key.created),
    });
    call.account.iam.keys.insert(key.id.clone(), key);
    Ok(json!({ "AccessKey": shown }))
}

/// The key that a call is about.
fn named<'a>(call: &'a mut Call<'_>) -> Result<&'a mut AccessKey, ApiError> {
    let id = call.required("AccessKeyId");
    let user = owner(call)?;
    let key = call.account.iam.keys.get_mut(id).filter(|key| key.user == user);
    key.ok_or_else(|| ApiError::new("NoSuchEntity", format!("The Access Key with id {id} cannot be found.")))
}

fn list(call: &mut Call<'_>) -> Answer {
    let user = owner(call)?;
    let account = &*call.account;
    let keys = account.iam.keys.values().filter(|key| key.user == user && account.shows(&key.id, key.created));
    let shown = keys.map(|key| {
        let shown: Value = json!({
            "UserName": name(key.user.as_deref()),
            "AccessKeyId": key.id,
            "Status": status(key.active),
            "CreateDate": epoch(key.created),
        });
        (key.id.clone(), shown)
    });
    page::of(call, "AccessKeyMetadata", shown.collect())
}

fn update(call: &mut Call<'_>) -> Answer {
    let status = call.required("Status");
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html: keys expire by themselves only.
    if status == "Expired" {
        return Err(ApiError::new("InvalidInput", "Access key status cannot be set to Expired."));
    }
    named(call)?.active = status == "Active";
    Ok(json!({}))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = named(call)?.id.clone();
    call.account.iam.keys.remove(&id);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>
fn last_used(call: &mut Call<'_>) -> Answer {
    let id = call.required("AccessKeyId");
    // The documented refusal of a key that isn't the account's.
    let key = call.account.iam.keys.get(id).ok_or_else(|| {
        let message = format!("The Access Key with id {id} cannot be found.");
        ApiError::new("NoSuchEntity", message)
    })?;
    let used = match &key.last_used {
        Some((at, region, service)) => {
            json!({ "LastUsedDate": epoch(*at), "Region": region, "ServiceName": service })
        }
        None => json!({ "Region": "N/A", "ServiceName": "N/A" }),
    };
    Ok(json!({ "UserName": name(key.user.as_deref()), "AccessKeyLastUsed": used }))
}
