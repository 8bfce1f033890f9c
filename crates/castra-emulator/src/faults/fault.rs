//! What a fault is.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Seconds;
use crate::log::Subject;
use crate::pattern::like;

/// Something that goes wrong with some calls.
///
/// ```
/// use castra_emulator::{Effect, Fault, Matching};
///
/// // The first answer to RunInstances gets lost, after the machines were launched.
/// let lost = Fault::new(Matching::operation("ec2", "RunInstances"), Effect::ResetAfter).times(1);
///
/// // The same as the control API takes it.
/// let json = r#"{"when": {"service": "ec2", "operation": "RunInstances"}, "effect": "reset_after", "times": 1}"#;
/// assert_eq!(serde_json::from_str::<Fault>(json)?.effect, lost.effect);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The calls that it may befall.
    #[serde(default)]
    pub when: Matching,
    /// What goes wrong.
    pub effect: Effect,
    /// How many matching calls it lets pass before it begins.
    #[serde(default)]
    pub skip: u64,
    /// How many calls it befalls before it ends; none = no end.
    #[serde(default)]
    pub times: Option<u64>,
    /// The share of the remaining matching calls that it befalls, 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
}

fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that befalls every matching call.
    pub fn new(when: Matching, effect: Effect) -> Self {
        Self { when, effect, skip: 0, times: None, probability: 1.0 }
    }

    /// Lets that many matching calls pass first.
    #[must_use]
    pub fn skip(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// Ends after it has befallen that many calls.
    #[must_use]
    pub fn times(mut self, calls: u64) -> Self {
        self.times = Some(calls);
        self
    }

    /// Befalls only that share of the matching calls, 0 to 1.
    #[must_use]
    pub fn probability(mut self, share: f64) -> Self {
        self.probability = share;
        self
    }
}

/// Which calls: those that meet everything that is given. Texts may hold `*` and `?`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Matching {
    /// The service, as a signature's scope names it.
    pub service: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// Whether it is one that may change something, as [`Subject::changing`] tells.
    pub changing: Option<bool>,
    /// The account's number.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Parameters that the call must have, in the contract's names; of objects, at least these members.
    pub parameters: Option<Value>,
    /// Anything else; in process only.
    #[serde(skip)]
    pub predicate: Option<Predicate>,
}

/// Decides about a call from its subject and parameters.
pub type Predicate = Arc<dyn Fn(&Subject, &Value) -> bool + Send + Sync>;

impl fmt::Debug for Matching {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Matching")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .field("changing", &self.changing)
            .field("account", &self.account)
            .field("region", &self.region)
            .field("parameters", &self.parameters)
            .field("predicate", &self.predicate.is_some())
            .finish()
    }
}

impl Matching {
    /// Every call.
    pub fn any() -> Self {
        Self::default()
    }

    /// The calls of one operation.
    pub fn operation(service: &str, operation: &str) -> Self {
        Self { service: Some(service.to_owned()), operation: Some(operation.to_owned()), ..Self::default() }
    }

    /// The calls that may change something.
    pub fn changes() -> Self {
        Self { changing: Some(true), ..Self::default() }
    }

    /// Only calls of that account.
    #[must_use]
    pub fn in_account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Only calls with these parameters.
    #[must_use]
    pub fn with_parameters(mut self, parameters: Value) -> Self {
        self.parameters = Some(parameters);
        self
    }

    /// Only calls of which this holds.
    #[must_use]
    pub fn when(mut self, predicate: impl Fn(&Subject, &Value) -> bool + Send + Sync + 'static) -> Self {
        self.predicate = Some(Arc::new(predicate));
        self
    }

    /// Whether it is such a call.
    pub(crate) fn covers(&self, subject: &Subject, parameters: &Value) -> bool {
        let fits = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|wanted| like(wanted, has));
        fits(&self.service, &subject.service)
            && fits(&self.operation, &subject.operation)
            && self.changing.is_none_or(|changing| changing == subject.changing)
            && fits(&self.account, &subject.account)
            && fits(&self.region, &subject.region)
            && self.parameters.as_ref().is_none_or(|wanted| holds(wanted, parameters))
            && self.predicate.as_ref().is_none_or(|predicate| predicate(subject, parameters))
    }
}

/// Whether a value has at least what is wanted of it.
fn holds(wanted: &Value, value: &Value) -> bool {
    match (wanted, value) {
        (Value::Object(wanted), Value::Object(value)) => {
            wanted.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| holds(wanted, value)))
        }
        _ => wanted == value,
    }
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Refused for coming too fast, as the service says it.
    Throttle,
    /// Refused for coming too fast when the bucket of its account, region and operation is empty.
    TokenBucket {
        /// How many tokens a full bucket holds.
        capacity: f64,
        /// How many tokens come back each emulated second.
        refill: f64,
        /// Whether all matching operations share one bucket.
        #[serde(default)]
        shared: bool,
    },
    /// Throttled as EC2 throttles real accounts: a bucket for each operation, of the size that
    /// <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html> gives its category.
    AccountLimits,
    /// The service fails: HTTP 500.
    InternalError,
    /// The service is overloaded: HTTP 503.
    Unavailable,
    /// The caller may not do this.
    AccessDenied,
    /// The caller's credentials have expired.
    ExpiredCredentials,
    /// Refused with this error.
    Refuse(Refusal),
    /// The call takes longer by so many emulated seconds, half before and half after it is worked on.
    Latency(Seconds),
    /// The connection is reset before the request is looked at.
    ResetBefore,
    /// The request is worked on, then the connection is reset.
    ResetAfter,
    /// Nothing is done and nothing is answered; the connection stays open.
    HangBefore,
    /// The request is worked on and nothing is answered; the connection stays open.
    HangAfter,
    /// The request is worked on; the connection closes after so many bytes of the answer's body.
    Truncate(usize),
    /// The call waits until it is released (see [`super::Faults::release`]).
    Hold(Phase),
}

/// A refusal with an error of one's choice: a shortage of capacity, an exhausted quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The error's code, such as `InsufficientInstanceCapacity`.
    pub code: String,
    /// The error's message.
    #[serde(default)]
    pub message: String,
    /// The HTTP status; none = what the service says for the code.
    #[serde(default)]
    pub status: Option<u16>,
}

/// Where in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The request has come in and nothing is done.
    Request,
    /// Everything is done and nothing is answered.
    Reply,
}
