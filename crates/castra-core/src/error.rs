//! The one error type of the workspace.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::resource::Address;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure this is: the thing a caller acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The object asked for is not there (or not yet visible).
    NotFound,
    /// An object of that name is there already.
    AlreadyExists,
    /// Something that is not ours is in the way; it is never adopted or changed.
    Conflict,
    /// The caller lacks a permission; the message names it.
    Denied,
    /// No credentials, or the cloud refused them.
    Credentials,
    /// An account limit is reached.
    Quota,
    /// The cloud has no machines of that type to give in that zone now.
    Capacity,
    /// It was made, and doesn't work: a machine fails its checks, or came to an end while starting.
    Unhealthy,
    /// The cloud asked us to slow down.
    Throttled,
    /// The cloud failed on its side, or could not be reached.
    Unavailable,
    /// An attempt or a wait took longer than its deadline.
    Timeout,
    /// A fresh object is not yet known everywhere in the cloud; trying again later helps.
    NotYetPropagated,
    /// The object cannot be deleted because another one still uses it.
    InUse,
    /// The cloud says that the request is wrong.
    Invalid,
    /// The spec is wrong, in itself or for this cloud and account. The source is the
    /// [`Problems`](crate::spec::Problems), all of them.
    InvalidSpec,
    /// The cluster is protected against being destroyed.
    Protected,
    /// Another run holds the cluster's lease.
    Locked,
    /// This run lost its lease to another one.
    Fenced,
    /// A saved plan no longer matches the spec or the cloud.
    Stale,
    /// The caller asked to stop.
    Interrupted,
    /// The backend cannot do that.
    Unsupported,
    /// A client that may only read was asked to write. A defect in the program, never the operator's mistake.
    ReadOnly,
    /// Anything else, an unknown answer from the cloud among them.
    Unexpected,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request will fail the same way.
    Permanent,
    /// The same request may succeed later.
    Temporary,
    /// It was temporary and stayed so until the retries ran out.
    Exhausted,
}

/// What the cloud itself said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct CloudDetail {
    /// The service, as its SDK calls it.
    pub service: String,
    /// The operation, as its SDK calls it.
    pub operation: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The cloud's own error code, for example `DependencyViolation`.
    pub code: Option<String>,
    /// The cloud's request id, for its support desk.
    pub request_id: Option<String>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    retry: Retry,
    message: String,
    seen: Option<String>,
    remedy: Option<String>,
    cloud: Option<CloudDetail>,
    resource: Option<Address>,
    step: Option<String>,
    retry_after: Option<Duration>,
    ambiguous: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The error of every fallible operation in Castra.
///
/// [`Display`](fmt::Display) is one line that says what failed and what to do. [`Debug`](fmt::Debug) is a report
/// over several lines. Neither can hold a secret: messages are made of names, ids and the cloud's own words about
/// them, never of request bodies.
///
/// ```
/// use castra_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Quota, "5 elastic IPs are in use, which is the limit")
///     .remedy("raise the quota \"Elastic IPs\" or release one");
/// assert_eq!(
///     error.to_string(),
///     "5 elastic IPs are in use, which is the limit; raise the quota \"Elastic IPs\" or release one"
/// );
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

impl Error {
    /// A new error. Its [`Retry`] is `Temporary` for throttling, unavailability, timeouts and propagation delays,
    /// and `Permanent` otherwise.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::NotYetPropagated => {
                Retry::Temporary
            }
            _ => Retry::Permanent,
        };
        Self(Box::new(Inner {
            kind,
            retry,
            message: message.into(),
            seen: None,
            remedy: None,
            cloud: None,
            resource: None,
            step: None,
            retry_after: None,
            ambiguous: false,
            source: None,
        }))
    }

    /// Puts what was seen before what it says.
    #[must_use]
    pub fn preceded_by(mut self, seen: &str) -> Self {
        self.0.message = format!("{seen}; {}", self.0.message);
        self
    }

    /// Adds what was seen last of something that was waited for.
    #[must_use]
    pub fn seen(mut self, seen: impl Into<String>) -> Self {
        self.0.seen = Some(seen.into());
        self
    }

    /// Makes it the error of a wait that it outlasted: `message` says what was waited for, and what this one said is
    /// what was seen last.
    pub(crate) fn outlasting(mut self, message: String) -> Self {
        let seen = std::mem::replace(&mut self.0.message, message);
        self.seen(seen)
    }

    /// Adds what the operator can do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    /// Adds what the cloud said.
    #[must_use]
    pub fn cloud(mut self, cloud: CloudDetail) -> Self {
        self.0.cloud = Some(cloud);
        self
    }

    /// Names the resource concerned, unless one is named already: the innermost knows best.
    #[must_use]
    pub fn resource(mut self, address: &Address) -> Self {
        self.0.resource.get_or_insert_with(|| address.clone());
        self
    }

    /// Names the step that failed, unless one is named already.
    #[must_use]
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.0.step.get_or_insert_with(|| step.into());
        self
    }

    /// Sets whether trying again can help.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Sets how long the cloud asked us to wait before the next attempt.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Marks a failure after which the request may nevertheless have taken effect: a lost reply, a timeout.
    #[must_use]
    pub fn ambiguous(mut self) -> Self {
        self.0.ambiguous = true;
        self
    }

    /// Keeps the underlying error.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether trying again can help.
    pub fn retryability(&self) -> Retry {
        self.0.retry
    }

    /// True when an attempt that failed like this may be made again.
    pub fn is_temporary(&self) -> bool {
        self.0.retry == Retry::Temporary
    }

    /// True when the failed request may have taken effect all the same.
    pub fn is_ambiguous(&self) -> bool {
        self.0.ambiguous
    }

    /// What failed, without the remedy.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What was seen last of something that was waited for.
    pub fn last_seen(&self) -> Option<&str> {
        self.0.seen.as_deref()
    }

    /// What to do about it.
    pub fn remedy_text(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }

    /// What the cloud said.
    pub fn cloud_detail(&self) -> Option<&CloudDetail> {
        self.0.cloud.as_ref()
    }

    /// The cloud's own error code.
    pub fn code(&self) -> Option<&str> {
        self.0.cloud.as_ref().and_then(|cloud| cloud.code.as_deref())
    }

    /// The resource concerned.
    pub fn address(&self) -> Option<&Address> {
        self.0.resource.as_ref()
    }

    /// How long the cloud asked us to wait.
    pub fn after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The error as data, for `--json` output and events.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": self.0.kind,
            "retry": self.0.retry,
            "message": self.0.message,
            "last_seen": self.0.seen,
            "remedy": self.0.remedy,
            "resource": self.0.resource,
            "step": self.0.step,
            "cloud": self.0.cloud,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(address) = &inner.resource {
            write!(f, "{address}: ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(seen) = &inner.seen {
            write!(f, "; last seen: {seen}")?;
        }
        if let Some(cloud) = &inner.cloud {
            write!(f, " ({} {}", cloud.service, cloud.operation)?;
            if let Some(code) = &cloud.code {
                write!(f, ": {code}")?;
            }
            f.write_str(")")?;
        }
        if let Some(remedy) = &inner.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        writeln!(f, "{self}")?;
        writeln!(f, "  kind: {:?}, retry: {:?}, ambiguous: {}", inner.kind, inner.retry, inner.ambiguous)?;
        if let Some(step) = &inner.step {
            writeln!(f, "  step: {step}")?;
        }
        if let Some(cloud) = &inner.cloud {
            let status = cloud.status.map_or_else(|| "-".into(), |status| status.to_string());
            let request = cloud.request_id.as_deref().unwrap_or("-");
            writeln!(f, "  cloud: {} {}, status {status}, request {request}", cloud.service, cloud.operation)?;
        }
        let mut source: Option<&dyn StdError> = inner.source.as_deref().map(|source| source as _);
        while let Some(error) = source {
            writeln!(f, "  caused by: {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
