//! Where a run can be killed.

use std::collections::BTreeMap;
use std::fmt;

use castra_emulator::{Effect, Entry, Fault, Matching, Outcome, Phase};
use serde_json::Value;

/// The tag that says which resource an object is.
const RESOURCE: &str = "castra:resource";

/// One side of one request of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    service: String,
    operation: String,
    /// Which request for that operation, from 1.
    nth: u64,
    phase: Phase,
    /// What the request was about in the calm run.
    about: String,
}

impl Boundary {
    /// Both sides of each request of a calm run that did something. What was refused changed nothing.
    pub fn of(log: &[Entry], reads: bool) -> Vec<Self> {
        let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut boundaries = Vec::new();
        for entry in log {
            let (service, operation) = (entry.subject.service.as_str(), entry.subject.operation.as_str());
            let nth = counts.entry((service, operation)).or_default();
            *nth += 1;
            if matches!(entry.outcome, Outcome::Done { .. }) && (reads || is_change(operation)) {
                boundaries.extend([Phase::Request, Phase::Reply].map(|phase| Self {
                    service: service.to_owned(),
                    operation: operation.to_owned(),
                    nth: *nth,
                    phase,
                    about: about(&entry.parameters),
                }));
            }
        }
        boundaries
    }

    /// Whether it is a journal's append.
    pub fn is_append(&self) -> bool {
        self.service == "s3"
    }

    /// What holds the call there.
    pub(super) fn hold(&self, account: &str) -> Fault {
        let calls = Matching::operation(&self.service, &self.operation).in_account(account);
        Fault::new(calls, Effect::Hold(self.phase)).skip(self.nth - 1).times(1)
    }
}

/// `ec2:CreateVpc#1 reply`: which is what to ask for to try it alone.
impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Request => "request",
            Phase::Reply => "reply",
        };
        write!(f, "{}:{}#{} {phase}", self.service, self.operation, self.nth)?;
        // Behind a `#`, as a remark.
        if f.alternate() { write!(f, " ({})", self.about) } else { Ok(()) }
    }
}

fn is_change(operation: &str) -> bool {
    !["Describe", "Get", "List", "Head"].iter().any(|read| operation.starts_with(read))
}

/// The resource that a request's tags name, else the first id or name in it.
fn about(parameters: &Value) -> String {
    resource(parameters).or_else(|| first(parameters)).unwrap_or_default().to_owned()
}

fn resource(value: &Value) -> Option<&str> {
    match value {
        Value::Object(members) if members.get("Key").is_some_and(|key| key == RESOURCE) => {
            members.get("Value")?.as_str()
        }
        Value::Object(members) => members.values().find_map(resource),
        Value::Array(items) => items.iter().find_map(resource),
        _ => None,
    }
}

fn first(parameters: &Value) -> Option<&str> {
    let names = |name: &str| name.ends_with("Id") || name.ends_with("Name") || name.ends_with("Arn") || name == "Key";
    parameters.as_object()?.iter().filter(|(name, _)| names(name)).find_map(|(_, value)| value.as_str())
}
