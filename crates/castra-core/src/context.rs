//! The one seam between a backend and the world: every SDK call, every wait and every look at the clock.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::{Error, ErrorKind, Result, Retry};
use crate::event::Event;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whether a call can change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It only looks.
    Read,
    /// It can change the cloud.
    Mutate,
}

/// One call to a cloud's API, described before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service, which has its own rate limit, as its SDK calls it.
    pub service: &'static str,
    /// The operation, as its SDK calls it.
    pub operation: &'static str,
    /// Whether it can change anything.
    pub access: Access,
    /// Whether sending it twice is the same as sending it once. Reads are; a mutation is when it is idempotent by
    /// name, by token or by nature. Only a repeatable call is sent again after a lost reply.
    pub repeatable: bool,
}

impl Call {
    /// A call that only looks.
    pub const fn read(service: &'static str, operation: &'static str) -> Self {
        Self { service, operation, access: Access::Read, repeatable: true }
    }

    /// A call that changes something and must not be repeated after a lost reply.
    pub const fn mutate(service: &'static str, operation: &'static str) -> Self {
        Self { service, operation, access: Access::Mutate, repeatable: false }
    }

    /// A call that changes something and may be repeated: idempotent by name, by token or by nature.
    pub const fn idempotent(service: &'static str, operation: &'static str) -> Self {
        Self { service, operation, access: Access::Mutate, repeatable: true }
    }
}

/// One attempt at a call: makes a fresh request each time it is asked.
pub type Attempt<'a> = &'a mut (dyn FnMut() -> BoxFuture<'a, Result<()>> + Send + 'a);

/// What a backend may ask of the engine that runs it.
///
/// *Behaviour*
/// - A mutating call is sent only while the run holds its lease.
/// - A throttled attempt drains the service's rate limit, and is made again after the cloud's own delay or a jittered one.
/// - A temporary failure is tried again, but never where an unrepeatable call may have taken effect.
/// - A second request to stop ends every sleep with [`ErrorKind::Interrupted`].
#[async_trait]
pub trait Context: Send + Sync {
    /// Makes a call through the rate limit, the attempt timeout and the retries.
    /// Use [`ContextExt::call`], which returns what the call returned.
    async fn attempt<'a>(&'a self, call: &'a Call, attempt: Attempt<'a>) -> Result<()>;

    /// The time now.
    fn now(&self) -> Timestamp;

    /// Sleeps on the same clock as [`Context::now`].
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when the run was asked to stop waiting.
    async fn sleep(&self, duration: Duration) -> Result<()>;

    /// Tells whoever watches the run.
    fn emit(&self, event: Event);
}

/// A wait, as data.
///
/// ```
/// use std::time::Duration;
/// use castra_core::Wait;
///
/// let wait = Wait::new("nat gateway to become available").every(Duration::from_secs(5)).deadline(Duration::from_secs(600));
/// assert_eq!(wait.what, "nat gateway to become available");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// What is waited for, to complete "waiting for ...".
    pub what: String,
    /// How often to look. 5 seconds unless set.
    pub every: Duration,
    /// When to give up. 10 minutes unless set.
    pub deadline: Duration,
    /// How long the condition must hold without a break before it counts. Zero unless set.
    pub stable_for: Duration,
}

impl Wait {
    /// A wait with the usual times.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            every: Duration::from_secs(5),
            deadline: Duration::from_secs(600),
            stable_for: Duration::ZERO,
        }
    }

    /// Sets how often to look.
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Sets when to give up.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how long the condition must hold.
    #[must_use]
    pub fn stable_for(mut self, stable_for: Duration) -> Self {
        self.stable_for = stable_for;
        self
    }
}

/// One look at what is waited for.
#[derive(Debug, Clone)]
pub enum Seen<T> {
    /// It is there.
    Done(T),
    /// It is not, and this is what was seen instead. The last one is in the error when the deadline passes.
    Not(String),
    /// It is not, and this keeps it from being there: waiting may mend it. The message is what was seen. When the
    /// deadline passes the wait's error is of this one's kind and has its remedy and what the cloud said.
    Hindered(Error),
}

/// What follows from the primitives of [`Context`].
#[async_trait]
pub trait ContextExt: Context {
    /// Makes a call and returns its answer. `request` is asked for a fresh future at each attempt.
    ///
    /// # Errors
    /// The last attempt's error, its retry marked [`Exhausted`](crate::Retry::Exhausted) when attempts ran out.
    async fn call<T, F, Fut>(&self, call: &Call, mut request: F) -> Result<T>
    where
        T: Send,
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T>> + Send,
    {
        let answer = Mutex::new(None);
        {
            let mut attempt = || -> BoxFuture<'_, Result<()>> {
                let request = request();
                let answer = &answer;
                Box::pin(async move {
                    let value = request.await?;
                    *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                    Ok(())
                })
            };
            self.attempt(call, &mut attempt).await?;
        }
        answer.into_inner().unwrap_or_else(PoisonError::into_inner).ok_or_else(|| {
            Error::new(ErrorKind::Unexpected, format!("{} {} ended without an answer", call.service, call.operation))
        })
    }

    /// Looks until `until` answers [`Seen::Done`], and says each new thing that was seen instead. The last look is at
    /// the deadline.
    ///
    /// # Errors
    /// Whatever `until` fails with, at once. When the deadline passes, the kind of the last [`Seen::Hindered`], or
    /// [`ErrorKind::Timeout`] where nothing but time was missing; either with the [last observation](Error::last_seen).
    async fn wait<T, F, Fut>(&self, wait: &Wait, mut until: F) -> Result<T>
    where
        T: Send,
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<Seen<T>>> + Send,
    {
        let began = self.now();
        let mut held_since: Option<Timestamp> = None;
        let mut last = String::new();
        loop {
            let (observed, hindrance) = match until().await? {
                Seen::Done(value) => {
                    let since = *held_since.get_or_insert_with(|| self.now());
                    if elapsed(since, self.now()) >= wait.stable_for {
                        return Ok(value);
                    }
                    (format!("there, but not for {} s yet", wait.stable_for.as_secs()), None)
                }
                Seen::Hindered(error) => {
                    held_since = None;
                    (error.message().to_owned(), Some(error))
                }
                Seen::Not(observed) => {
                    held_since = None;
                    (observed, None)
                }
            };
            if observed != last {
                last.clone_from(&observed);
                self.emit(Event::Waiting { address: None, what: wait.what.clone(), observed });
            }
            let waited = elapsed(began, self.now());
            if waited >= wait.deadline {
                let message = format!("gave up waiting for {} after {} s", wait.what, waited.as_secs());
                return Err(match hindrance {
                    Some(hindrance) => hindrance.outlasting(message),
                    None => Error::new(ErrorKind::Timeout, message).seen(last),
                }
                .retry(Retry::Exhausted));
            }
            self.sleep(wait.every.min(wait.deadline.saturating_sub(waited))).await?;
        }
    }
}

impl<C: Context + ?Sized> ContextExt for C {}

/// The time from one moment to a later one; zero if it isn't later.
pub fn elapsed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}
