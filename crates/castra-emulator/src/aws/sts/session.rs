//! Temporary credentials (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html>).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws::call::{Call, epoch};
use crate::aws::caller;
use crate::aws::ec2::Tags;
use crate::aws::iam::{self, Document};
use crate::clock::later;

/// A session: who acts in it, and what it may do at most.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) of: Of,
    /// Session policies: the session may do only what both these and the role's own allow
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>). None = no bounds.
    pub(crate) policies: Option<Vec<Arc<Document>>>,
    /// Session tags.
    pub(crate) tags: Tags,
}

/// Whose session it is.
#[derive(Debug, Clone)]
pub(crate) enum Of {
    Root,
    /// A user's, by name.
    User(String),
    /// A role's: by name and unique id, and the session's own name.
    Role {
        name: String,
        id: String,
        session: String,
    },
}

/// Issues credentials; what the answer shows of them.
pub(super) fn issue(
    call: &mut Call<'_>,
    of: Of,
    seconds: i64,
    policies: Option<Vec<Arc<Document>>>,
    tags: Tags,
) -> Value {
    let now = call.now();
    let account = &mut *call.account;
    let access_key = caller::key("ASIA", &account.id, &mut account.chance);
    let secret = iam::secret(&mut account.chance);
    let bytes: Vec<u8> = (0..32).flat_map(|_| account.chance.next().to_be_bytes()).collect();
    let token = BASE64_STANDARD.encode(bytes);
    let expires = later(now, Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
    let shown = json!({
        "AccessKeyId": access_key,
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": epoch(expires),
    });
    account.sts.insert(&access_key, Session { token, issued: now, expires, of, policies, tags }, now);
    shown
}
