//! What the service holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::certificate::Certificate;

/// What the service holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By ARN.
    pub(super) certificates: BTreeMap<String, Certificate>,
    /// Requests that came with an idempotency token, by token.
    pub(super) tokens: BTreeMap<String, Token>,
}

/// What an idempotency token stands for.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) used: Timestamp,
    /// The request, to tell a repetition from another one.
    pub(super) request: Value,
    pub(super) certificate: String,
}
