//! Key pairs (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::filter::Filters;
use super::{Tags, id};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// A key pair.
#[derive(Debug, Clone)]
pub(crate) struct KeyPair {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) fingerprint: String,
    /// `rsa` or `ed25519`.
    pub(crate) kind: String,
    /// In OpenSSH's form; none for those that weren't imported.
    pub(crate) public_key: Option<String>,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations =
    &[("CreateKeyPair", create), ("DeleteKeyPair", delete), ("DescribeKeyPairs", describe), ("ImportKeyPair", import)];

/// Refuses the name of a key pair that isn't there, or doesn't show.
pub(super) fn check(account: &Account, region: &str, name: &str) -> Result<(), ApiError> {
    let pairs = account.regions.get(region).map(|region| &region.ec2.key_pairs);
    match pairs.and_then(|pairs| pairs.get(name)) {
        Some(pair) if account.shows(&pair.id, pair.created) => Ok(()),
        _ => Err(not_found(name)),
    }
}

fn not_found(name: &str) -> ApiError {
    ApiError::new("InvalidKeyPair.NotFound", format!("The key pair '{name}' does not exist"))
}

/// The name of a pair to come. <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html>: up to
/// 255 ASCII characters, unique in the region.
fn new_name<'a>(call: &Call<'a>) -> Result<&'a str, ApiError> {
    let name = call.required("KeyName");
    if name.is_empty() || name.len() > 255 || !name.is_ascii() {
        let message =
            format!("Value ({name}) for parameter KeyName is invalid. The name must be 1 to 255 ASCII characters.");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    if call.look().ec2.key_pairs.contains_key(name) {
        return Err(ApiError::new("InvalidKeyPair.Duplicate", format!("The keypair '{name}' already exists.")));
    }
    if call.look().ec2.key_pairs.len() >= call.account.settings.compute_limits.key_pairs {
        return Err(ApiError::new("KeyPairLimitExceeded", "Maximum number of key pairs exceeded."));
    }
    Ok(name)
}

fn add(
    call: &mut Call<'_>,
    name: &str,
    kind: &str,
    fingerprint: String,
    public_key: Option<String>,
    tags: Tags,
) -> Value {
    let pair = KeyPair {
        id: id::new("key", &mut call.account.chance),
        created: call.now(),
        name: name.to_owned(),
        fingerprint,
        kind: kind.to_owned(),
        public_key,
        tags,
    };
    let shown = json!({
        "KeyPairId": pair.id,
        "KeyName": pair.name,
        "KeyFingerprint": pair.fingerprint,
        "Tags": pair.tags.shown(),
    });
    call.ec2().key_pairs.insert(pair.name.clone(), pair);
    shown
}

/// The private key is one in form only: nobody can log in to an emulated machine.
fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "key-pair")?;
    let name = new_name(call)?;
    let kind = call.text("KeyType").unwrap_or("rsa");
    let chance = &mut call.account.chance;
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html: SHA-1 of the private key for RSA, SHA-256
    // for ED25519.
    let (title, bytes, fingerprint) = if kind == "ed25519" {
        let digest = chance.hex(64);
        ("OPENSSH", 300, format!("{}=", BASE64_STANDARD.encode(digest.get(..32).unwrap_or_default())))
    } else {
        ("RSA", 1190, colons(&chance.hex(40)))
    };
    let body = BASE64_STANDARD.encode(chance.hex(bytes));
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let material =
        format!("-----BEGIN {title} PRIVATE KEY-----\n{}\n-----END {title} PRIVATE KEY-----", lines.join("\n"));
    let mut shown = add(call, name, kind, fingerprint, None, tags);
    shown["KeyMaterial"] = material.into();
    Ok(shown)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html>
fn import(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "key-pair")?;
    let name = new_name(call)?;
    let malformed = || ApiError::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    let material = BASE64_STANDARD.decode(call.required("PublicKeyMaterial")).map_err(|_| malformed())?;
    let text = String::from_utf8(material).map_err(|_| malformed())?;
    let mut words = text.split_whitespace();
    let kind = match words.next() {
        Some("ssh-rsa") => "rsa",
        Some("ssh-ed25519") => "ed25519",
        _ => return Err(malformed()),
    };
    let blob = words.next().and_then(|word| BASE64_STANDARD.decode(word).ok()).ok_or_else(malformed)?;
    let digest = Sha256::digest(&blob);
    let fingerprint = if kind == "ed25519" {
        BASE64_STANDARD.encode(digest)
    } else {
        // In the form of an MD5 digest; of which bytes nobody checks here.
        colons(&digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    Ok(add(call, name, kind, fingerprint, Some(text), tags))
}

fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    pairs.join(":")
}

/// By name or by id; a pair that isn't there is deleted as well
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let (name, key_id) = (call.text("KeyName"), call.text("KeyPairId"));
    if name.is_none() && key_id.is_none() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter KeyName or KeyPairId"));
    }
    let pairs = &mut call.ec2().key_pairs;
    let is_it = |pair: &KeyPair| Some(pair.name.as_str()) == name || Some(pair.id.as_str()) == key_id;
    let Some(pair) = pairs.values().find(|pair| is_it(pair)).map(|pair| (pair.name.clone(), pair.id.clone())) else {
        return Ok(json!({ "Return": true }));
    };
    pairs.remove(&pair.0);
    Ok(json!({ "Return": true, "KeyPairId": pair.1 }))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["key-pair-id", "fingerprint", "key-name"])?;
    let (names, ids) = (call.texts("KeyNames"), call.texts("KeyPairIds"));
    let account = &*call.account;
    let pairs = call.look().ec2.key_pairs.values().filter(|pair| account.shows(&pair.id, pair.created));
    let pairs: Vec<&KeyPair> = pairs.collect();
    if let Some(name) = names.iter().find(|name| !pairs.iter().any(|pair| pair.name == **name)) {
        return Err(not_found(name));
    }
    if let Some(key) = ids.iter().find(|key| !pairs.iter().any(|pair| pair.id == **key)) {
        let message = format!("The key pair ID '{key}' does not exist");
        return Err(ApiError::new("InvalidKeyPair.NotFound", message));
    }
    let everything = names.is_empty() && ids.is_empty();
    let wanted = |pair: &&&KeyPair| {
        (everything || names.contains(&pair.name.as_str()) || ids.contains(&pair.id.as_str()))
            && filters.pass(&pair.tags, |name| {
                vec![match name {
                    "key-pair-id" => pair.id.clone(),
                    "fingerprint" => pair.fingerprint.clone(),
                    _ => pair.name.clone(),
                }]
            })
    };
    let show = |pair: &&KeyPair| {
        let mut shown = json!({
            "KeyPairId": pair.id,
            "KeyName": pair.name,
            "KeyFingerprint": pair.fingerprint,
            "KeyType": pair.kind,
            "CreateTime": epoch(pair.created),
            "Tags": pair.tags.shown(),
        });
        if let (true, Some(public_key)) = (call.flag("IncludePublicKey"), &pair.public_key) {
            shown["PublicKey"] = public_key.as_str().into();
        }
        shown
    };
    Ok(json!({ "KeyPairs": pairs.iter().filter(wanted).map(show).collect::<Vec<_>>() }))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde_json::json;

    use crate::aws::testing::Lab;

    #[test]
    fn names_are_unique_and_deletes_repeatable() {
        let mut lab = Lab::new();
        let made = lab.ok("ec2", "CreateKeyPair", json!({ "KeyName": "mine", "KeyType": "rsa" }));
        assert!(Lab::text(&made, "/KeyMaterial").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
        assert_eq!(Lab::text(&made, "/KeyFingerprint").len(), 59);
        lab.refused("ec2", "CreateKeyPair", json!({ "KeyName": "mine" }), "InvalidKeyPair.Duplicate");
        let found = lab.ok("ec2", "DescribeKeyPairs", json!({ "KeyNames": ["mine"] }));
        assert_eq!(found.pointer("/KeyPairs/0/KeyType"), Some(&json!("rsa")));
        lab.ok("ec2", "DeleteKeyPair", json!({ "KeyName": "mine" }));
        lab.ok("ec2", "DeleteKeyPair", json!({ "KeyName": "mine" }));
        lab.refused("ec2", "DescribeKeyPairs", json!({ "KeyNames": ["mine"] }), "InvalidKeyPair.NotFound");
    }

    #[test]
    fn imported_keys_are_keys() {
        let mut lab = Lab::new();
        let blob = BASE64_STANDARD.encode("\0\0\0\x0bssh-ed25519\0\0\0 0123456789abcdef0123456789abcdef");
        let material = BASE64_STANDARD.encode(format!("ssh-ed25519 {blob} me@here"));
        lab.ok("ec2", "ImportKeyPair", json!({ "KeyName": "mine", "PublicKeyMaterial": material }));
        let found = lab.ok("ec2", "DescribeKeyPairs", json!({ "IncludePublicKey": true }));
        assert!(Lab::text(&found, "/KeyPairs/0/PublicKey").ends_with("me@here"));
        let input = json!({ "KeyName": "other", "PublicKeyMaterial": BASE64_STANDARD.encode("-----BEGIN") });
        lab.refused("ec2", "ImportKeyPair", input, "InvalidKey.Format");
    }
}
