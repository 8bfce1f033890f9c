//! Policy documents (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>).

mod condition;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use condition::{Condition, Context};
pub(crate) use parse::{identity, managed, resource, trust};

use crate::pattern::like;

/// A policy document that has been understood.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) statements: Vec<Statement>,
    /// Whether `${aws:username}` and its like stand for values, which they do in version 2012-10-17
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>).
    pub(crate) variables: bool,
}

/// One statement.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) allows: bool,
    /// Whom a trust or resource policy speaks of.
    pub(crate) principals: Option<Principals>,
    pub(crate) actions: Patterns,
    /// None in trust policies, which are about their role.
    pub(crate) resources: Option<Patterns>,
    pub(crate) conditions: Vec<Condition>,
}

/// What `Action` or `Resource` lists, or what `NotAction` or `NotResource` leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Patterns {
    Among(Vec<String>),
    Except(Vec<String>),
}

/// What `Principal` lists, or what `NotPrincipal` leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principals {
    Among(Vec<Principal>),
    Except(Vec<Principal>),
}

/// One principal of a policy
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    Everyone,
    /// An ARN of a user, a role or a session; or that of an account's root user, which stands for the account.
    Aws(String),
    Service(String),
    Federated(String),
}

impl Patterns {
    /// Whether an action is meant; case doesn't matter in actions
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
    pub(crate) fn take_action(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.take(|pattern| like(&pattern.to_ascii_lowercase(), &action))
    }

    /// Whether something is meant, by what a single pattern means.
    pub(crate) fn take(&self, is_like: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Among(patterns) => patterns.iter().any(|pattern| is_like(pattern)),
            Self::Except(patterns) => !patterns.iter().any(|pattern| is_like(pattern)),
        }
    }
}

impl Principals {
    /// Whether someone is meant, by what a single principal means.
    pub(crate) fn take(&self, is: impl Fn(&Principal) -> bool) -> bool {
        match self {
            Self::Among(principals) => principals.iter().any(is),
            Self::Except(principals) => !principals.iter().any(is),
        }
    }
}

/// How much of a size quota a document uses up: white space isn't counted
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>).
pub(crate) fn size(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

/// A document as answers have it
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>: "URL-encoded compliant with
/// RFC 3986").
pub(crate) fn encoded(document: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(document, &KEPT).to_string()
}
