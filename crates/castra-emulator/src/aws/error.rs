//! What AWS answers when it refuses.

use serde_json::{Map, Value};

/// An error answer: AWS's code and message, which each protocol writes in its own way.
///
/// EC2's contract has no error shapes; its codes are those of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>. For the other services the code names
/// a shape of the contract, which also gives the status.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    /// The wire code, such as `InvalidVpcID.NotFound`; or the name of the contract's error shape.
    pub(crate) code: String,
    pub(crate) message: String,
    /// The HTTP status; none = what the contract says for this code, else 400.
    pub(crate) status: Option<u16>,
    /// Further members of the error's shape; boxed, since results carry errors by value.
    pub(crate) members: Box<Map<String, Value>>,
}

/// What a handler answers: the operation's output in the contract's member names, or a refusal.
pub(crate) type Answer = Result<Value, ApiError>;

impl ApiError {
    /// A refusal with this code.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: None, members: Box::default() }
    }

    /// With this HTTP status.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With a further member of the error's shape.
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }
}
