//! What a handler is given.

use serde_json::{Map, Value};

use super::contract::Method;
use super::error::Answer;
use super::project::Project;

/// One call of a method, its parameters and body already held against the contract.
pub(crate) struct Call<'a> {
    pub(crate) project: &'a mut Project,
    pub(crate) method: &'static Method,
    /// Of the path and of the query, in the contract's types.
    pub(crate) parameters: &'a Map<String, Value>,
    /// Without what only the server writes.
    pub(crate) body: &'a Map<String, Value>,
    /// Who calls: an e-mail address.
    pub(crate) caller: &'a str,
}

/// A handler: one method's meaning. It checks everything before it changes anything, so that a refused call leaves no
/// trace.
pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

impl<'a> Call<'a> {
    /// A text parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.parameters.get(name)?.as_str()
    }

    /// A text parameter that the contract requires.
    pub(crate) fn required(&self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    /// A whole number parameter.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.parameters.get(name)?.as_i64()
    }

    /// A boolean parameter; false if it is missing.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.parameters.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}
