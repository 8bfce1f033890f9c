//! Rules of listeners.

mod change;
mod condition;
mod create;
mod describe;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::action::Actions;
use super::arn::Resource;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;

/// A rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) arn: String,
    pub(super) listener: String,
    pub(super) load_balancer: String,
    pub(super) created: Timestamp,
    /// None = the default rule.
    pub(super) priority: Option<i64>,
    /// As describes show them.
    pub(super) conditions: Vec<Value>,
    pub(super) actions: Actions,
    /// As given.
    pub(super) transforms: Vec<Value>,
    pub(super) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateRule", create::create),
    ("DeleteRule", change::delete),
    ("DescribeRules", describe::describe),
    ("ModifyRule", change::modify),
    ("SetRulePriorities", change::set_priorities),
];

impl Rule {
    pub(super) fn is_default(&self) -> bool {
        self.priority.is_none()
    }

    /// As describes show it.
    fn shown(&self) -> Value {
        json!({
            "RuleArn": self.arn,
            "Priority": self.priority.map_or_else(|| "default".to_owned(), |priority| priority.to_string()),
            "Conditions": self.conditions,
            "Actions": self.actions.shown(),
            "IsDefault": self.is_default(),
            "Transforms": self.transforms,
        })
    }

    /// Its place among a listener's rules: by priority, the default rule last.
    fn place(&self) -> String {
        format!("{:05} {}", self.priority.unwrap_or(99_999), self.arn)
    }
}

/// The rule of that ARN, if it is there and shows; refused as the service does otherwise.
fn find<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Rule, ApiError> {
    Resource::Rule.check(arn)?;
    let not_found = || Resource::Rule.not_found(arn);
    let created = call.here().elb.rules.get(arn).ok_or_else(not_found)?.created;
    if !call.account.shows(arn, created) {
        return Err(not_found());
    }
    call.here().elb.rules.get_mut(arn).ok_or_else(not_found)
}
