//! Attributes of load balancers, listeners and target groups: keys with texts, each with a default and a rule.

mod listener;
mod load_balancer;
mod operation;
mod target_group;
mod value;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(super) use operation::OPERATIONS;
use value::Rule;

use super::load_balancer::Kind;
use super::refuse::{invalid, misconfigured};
use super::target_group::{Protocol, TargetType};
use crate::aws::ApiError;

/// What has attributes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    LoadBalancer { kind: Kind, internal: bool },
    Listener { kind: Kind, protocol: Protocol },
    TargetGroup { protocol: Option<Protocol>, target_type: TargetType },
}

/// An attribute that a subject has.
struct Attribute {
    key: &'static str,
    default: &'static str,
    rule: Rule,
}

const fn attribute(key: &'static str, default: &'static str, rule: Rule) -> Attribute {
    Attribute { key, default, rule }
}

impl Subject {
    fn attributes(self) -> Vec<Attribute> {
        match self {
            Self::LoadBalancer { kind, internal } => load_balancer::attributes(kind, internal),
            Self::Listener { kind, protocol } => listener::attributes(kind, protocol),
            Self::TargetGroup { protocol, target_type } => target_group::attributes(protocol, target_type),
        }
    }

    /// Whether anything of that kind has such an attribute.
    fn knows(self, key: &str) -> bool {
        let has = |attributes: Vec<Attribute>| attributes.iter().any(|it| it.key == key);
        match self {
            Self::LoadBalancer { internal, .. } => [Kind::Application, Kind::Network]
                .into_iter()
                .any(|kind| has(load_balancer::attributes(kind, internal))),
            Self::Listener { .. } => {
                has(listener::attributes(Kind::Application, Protocol::Https))
                    || has(listener::attributes(Kind::Network, Protocol::Tcp))
            }
            Self::TargetGroup { .. } => {
                has(target_group::attributes(None, TargetType::Lambda))
                    || has(target_group::attributes(Some(Protocol::Http), TargetType::Instance))
                    || has(target_group::attributes(Some(Protocol::Tcp), TargetType::Instance))
            }
        }
    }

    fn unknown(self, key: &str) -> ApiError {
        let subject = match self {
            Self::LoadBalancer { .. } => "Load balancer",
            Self::Listener { .. } => "Listener",
            Self::TargetGroup { .. } => "Target group",
        };
        if !self.knows(key) {
            return invalid(format!("{subject} attribute key '{key}' is not recognized"));
        }
        match self {
            Self::LoadBalancer { kind, .. } => {
                let kind = kind.text();
                let reason = format!("is not supported by load balancers with type '{kind}'");
                misconfigured(format!("{subject} attribute key '{key}' {reason}"))
            }
            Self::Listener { protocol, .. } => {
                let reason = format!("is not supported by listeners with the {} protocol", protocol.text());
                misconfigured(format!("{subject} attribute key '{key}' {reason}"))
            }
            Self::TargetGroup { .. } => misconfigured("The provided target group attribute is not supported"),
        }
    }
}

/// The attributes of a new subject.
pub(super) fn defaults(subject: Subject) -> BTreeMap<String, String> {
    let pair = |attribute: Attribute| (attribute.key.to_owned(), attribute.default.to_owned());
    subject.attributes().into_iter().map(pair).collect()
}

/// The attributes that a subject comes to have by a modification, or why it can't.
fn modified(
    subject: Subject,
    held: &BTreeMap<String, String>,
    changes: &[Value],
) -> Result<BTreeMap<String, String>, ApiError> {
    let attributes = subject.attributes();
    let mut held = held.clone();
    let mut seen = Vec::new();
    for change in changes {
        let text = |member| change.get(member).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (text("Key"), text("Value"));
        if seen.contains(&key) {
            return Err(invalid(format!("Attribute key '{key}' was specified more than once")));
        }
        seen.push(key);
        let attribute = attributes.iter().find(|it| it.key == key).ok_or_else(|| subject.unknown(key))?;
        attribute.rule.check(key, value)?;
        held.insert(key.to_owned(), value.to_owned());
    }
    match subject {
        Subject::LoadBalancer { .. } => load_balancer::check(&held)?,
        Subject::TargetGroup { .. } => target_group::check(&held)?,
        Subject::Listener { .. } => {}
    }
    Ok(held)
}

/// As describes show them.
fn shown(held: &BTreeMap<String, String>) -> Value {
    held.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}
