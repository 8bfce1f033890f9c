//! The keys and aliases of a region, and how requests name keys
//! (<https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::alias::{Alias, PREDEFINED};
use super::error;
use super::key::{Key, Manager};
use super::key_state::KeyState;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::object::{Objects, texts};

/// What KMS holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By id.
    pub(crate) keys: BTreeMap<String, Key>,
    /// By name, such as `alias/aws/ebs`; the predefined ones from when they are first used.
    pub(super) aliases: BTreeMap<String, Alias>,
}

impl State {
    /// Forgets keys whose time is over, with their aliases.
    pub(super) fn forget_gone(&mut self, now: Timestamp) {
        self.keys.retain(|_, key| !key.is_gone(now));
        self.aliases.retain(|_, alias| self.keys.contains_key(&alias.target));
    }

    /// The account's own keys and aliases.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>, now: Timestamp) {
        let own = |key: &&Key| key.manager == Manager::Customer && !key.is_gone(now);
        for key in self.keys.values().filter(own) {
            let state = (key.state == KeyState::PendingDeletion).then_some("PendingDeletion");
            objects.add("key", &key.id, state, texts(&key.tags));
        }
        for name in self.aliases.keys().filter(|name| !name.starts_with("alias/aws/")) {
            objects.add("alias", name, None, BTreeMap::new());
        }
    }
}

/// The ARN of a key that another service is to encrypt with, named in whatever way; the account's AWS managed keys come
/// to be by being used (<https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk>).
///
/// # Errors
///
/// `NotFoundException`; `DisabledException` and `KMSInvalidStateException` of a key that can't be used in its state
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>).
pub(crate) fn usable(call: &mut Call<'_>, name: &str) -> Result<String, ApiError> {
    let key = find(call, name)?;
    let arn = key.arn.clone();
    match key.state {
        KeyState::Enabled => Ok(arn),
        KeyState::Disabled => Err(ApiError::new("DisabledException", format!("{arn} is disabled."))),
        KeyState::PendingDeletion => Err(error::invalid_state(format!("{arn} is pending deletion."))),
    }
}

/// The key with that id, ARN, alias or alias's ARN.
pub(super) fn find<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Key, ApiError> {
    let (here, now) = (call.arn("kms", ""), call.now());
    call.here().kms.forget_gone(now);
    let local = match name.strip_prefix("arn:") {
        None => name,
        Some(_) => match name.strip_prefix(here.as_str()) {
            Some(local) if local.starts_with("key/") || local.starts_with("alias/") => local,
            _ if name.splitn(6, ':').count() < 6 => {
                return Err(ApiError::new("InvalidArnException", format!("{name} is not a valid ARN")));
            }
            // Keys of other accounts and regions aren't known here.
            _ => return Err(error::not_found(format!("Invalid arn {}", call.region))),
        },
    };
    let id = if local.starts_with("alias/") {
        target(call, local)?
    } else {
        local.strip_prefix("key/").unwrap_or(local).to_owned()
    };
    let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    call.here().kms.keys.get_mut(&id).ok_or_else(|| {
        error::not_found(if is_id {
            format!("Key '{here}key/{id}' does not exist")
        } else {
            format!("Invalid keyId '{id}'")
        })
    })
}

/// The key behind an alias; for a predefined one it is created when first asked for
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>).
fn target(call: &mut Call<'_>, name: &str) -> Result<String, ApiError> {
    if let Some(alias) = call.look().kms.aliases.get(name) {
        return Ok(alias.target.clone());
    }
    let service = PREDEFINED.iter().find(|service| name.strip_prefix("alias/aws/") == Some(service));
    let Some(service) = service else {
        return Err(error::not_found(format!("Alias {} is not found.", call.arn("kms", name))));
    };
    let description =
        format!("Default key that protects my {} data when no other key is defined", service.to_uppercase());
    let key = Key::new(call, description, Manager::Aws);
    let id = key.id.clone();
    let now = call.now();
    let kms = &mut call.here().kms;
    kms.aliases.insert(name.to_owned(), Alias { target: id.clone(), created: now, changed: now });
    kms.keys.insert(id.clone(), key);
    Ok(id)
}
