//! Keys (<https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::key_state::KeyState;
use super::{error, page, state};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) arn: String,
    created: Timestamp,
    description: String,
    pub(crate) manager: Manager,
    pub(crate) state: KeyState,
    /// When it goes, if its deletion is scheduled.
    pub(super) deletion: Option<Timestamp>,
    material: String,
    pub(crate) tags: Tags,
}

/// Who looks after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Aws,
    Customer,
}

pub(super) const OPERATIONS: Operations = &[("CreateKey", create), ("DescribeKey", describe), ("ListKeys", list)];

/// "AWS KMS keys: 100,000 [..] in each Region"
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>).
const MOST: usize = 100_000;

impl Key {
    pub(super) fn new(call: &mut Call<'_>, description: String, manager: Manager) -> Self {
        let id = call.account.chance.uuid();
        Self {
            arn: call.arn("kms", &format!("key/{id}")),
            id,
            created: call.now(),
            description,
            manager,
            state: KeyState::Enabled,
            deletion: None,
            material: call.account.chance.hex(64),
            tags: Tags::default(),
        }
    }

    /// Whether its time is over.
    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion.is_some_and(|deletion| deletion <= now)
    }

    fn shown(&self, account: &str) -> Value {
        json!({
            "AWSAccountId": account,
            "KeyId": self.id,
            "Arn": self.arn,
            "CreationDate": epoch(self.created),
            "Enabled": self.state == KeyState::Enabled,
            "Description": self.description,
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": self.state.text(),
            "DeletionDate": self.deletion.map(epoch),
            "Origin": "AWS_KMS",
            "KeyManager": if self.manager == Manager::Aws { "AWS" } else { "CUSTOMER" },
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": false,
            "CurrentKeyMaterialId": self.material,
        })
    }
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
fn create(call: &mut Call<'_>) -> Answer {
    let unserved = |what: &str| ApiError::new("UnsupportedOperationException", format!("The emulator has no {what}."));
    let spec = call.text("KeySpec");
    if spec.is_some() && call.text("CustomerMasterKeySpec").is_some() {
        return Err(error::validation("You cannot specify KeySpec and CustomerMasterKeySpec in the same request."));
    }
    if spec.or(call.text("CustomerMasterKeySpec")).is_some_and(|spec| spec != "SYMMETRIC_DEFAULT") {
        return Err(unserved("asymmetric and HMAC keys"));
    }
    if call.text("KeyUsage").is_some_and(|usage| usage != "ENCRYPT_DECRYPT") {
        return Err(error::validation("KeyUsage ENCRYPT_DECRYPT is required for KeySpec SYMMETRIC_DEFAULT"));
    }
    if call.text("Origin").is_some_and(|origin| origin != "AWS_KMS") {
        return Err(unserved("key material from elsewhere"));
    }
    if call.flag("MultiRegion") {
        return Err(unserved("multi-Region keys"));
    }
    if let Some(policy) = call.text("Policy")
        && !serde_json::from_str::<Value>(policy).is_ok_and(|policy| policy.is_object())
    {
        let message = "The new key policy will not allow you to update the key policy in the future.";
        return Err(ApiError::new("MalformedPolicyDocumentException", message));
    }
    if call.look().kms.keys.len() >= MOST {
        return Err(ApiError::new("LimitExceededException", format!("You can't have more than {MOST} keys.")));
    }
    let tags = tags(call)?;
    let description = call.text("Description").unwrap_or_default().to_owned();
    let mut key = Key::new(call, description, Manager::Customer);
    key.tags = tags;
    let shown = key.shown(&call.account.id);
    call.here().kms.keys.insert(key.id.clone(), key);
    Ok(json!({ "KeyMetadata": shown }))
}

fn tags(call: &Call<'_>) -> Result<Tags, ApiError> {
    let refused = |message: &str| ApiError::new("TagException", message);
    let mut tags = Tags::default();
    for tag in call.list("Tags") {
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("TagKey");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(refused("Tag keys that begin with aws: are reserved."));
        }
        if tags.get(key).is_some() {
            return Err(refused("Duplicate tag keys"));
        }
        tags.insert(key, text("TagValue"));
    }
    if tags.len() > 50 { Err(refused("Too many tags")) } else { Ok(tags) }
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
fn describe(call: &mut Call<'_>) -> Answer {
    let account = call.account.id.clone();
    let key = state::find(call, call.required("KeyId"))?;
    Ok(json!({ "KeyMetadata": key.shown(&account) }))
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html>
fn list(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    call.here().kms.forget_gone(now);
    let shown =
        call.look().kms.keys.values().map(|key| (key.id.clone(), json!({ "KeyId": key.id, "KeyArn": key.arn })));
    page::of(call, "Keys", 100, shown.collect())
}
