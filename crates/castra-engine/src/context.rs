//! What a run gives to a backend: the one seam through which every call, wait and look at the clock goes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::context::{Attempt, elapsed};
use castra_core::{Access, Call, Context, Error, ErrorKind, Event, Result, Retry};
use jiff::Timestamp;
use tracing::Instrument;

use crate::cancel::Cancel;
use crate::clock::{Clock, pass, within};
use crate::events::Events;
use crate::limits::{Limits, interrupted};
use crate::retry::Retries;
pub use crate::retry::RetryPolicy;

/// How long a call in flight may still take, in real time, once the run was told to stop waiting: long enough to
/// learn the id of what it just made, short enough for an impatient operator.
const LAST_CALL: Duration = Duration::from_secs(5);

/// Says whether a run may still change the cloud.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Asked right before each mutating attempt.
    ///
    /// # Errors
    /// [`ErrorKind::Fenced`] when the run no longer holds its lease.
    async fn may_mutate(&self) -> Result<()>;
}

/// Sees every attempt at a call, and may stand in its way: for tests that count calls, refuse them, lose their
/// replies or stop a run at one of them, and for watching. See [`Engine::with_probe`](crate::engine::Engine::with_probe).
///
/// What it answers is taken for what the cloud answered, so that retries, limits and events follow from it. Neither
/// method is under the attempt timeout: one that never returns holds the call, and with it what waits for that, until
/// the run's future is dropped.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Asked right before an attempt is made, with its permit in hand and the lease checked.
    ///
    /// # Errors
    /// Any: the attempt is then not made, and ends with this.
    async fn before(&self, call: &Call) -> Result<()> {
        let _ = call;
        Ok(())
    }

    /// Told how an attempt that was made ended; what it returns counts instead.
    ///
    /// # Errors
    /// The attempt's own, or any other: an [ambiguous](Error::ambiguous) one is a lost reply.
    async fn after(&self, call: &Call, outcome: Result<()>) -> Result<()> {
        let _ = call;
        outcome
    }
}

/// The engine's [`Context`].
///
/// Each attempt passes, in this order: the rate limit and the cap on calls in flight, the lease gate if it can
/// change anything, the [`Probe`] if there is one, the attempt timeout. The gate comes late because a permit may take
/// long to get. A timeout of a mutating call is ambiguous, and is only tried again where the call is repeatable.
#[derive(Clone)]
pub struct RunContext {
    clock: Arc<dyn Clock>,
    events: Events,
    cancel: Cancel,
    limits: Limits,
    gate: Option<Arc<dyn Gate>>,
    probe: Option<Arc<dyn Probe>>,
    policy: RetryPolicy,
}

impl RunContext {
    /// A context that keeps time by `clock` and calls within `limits`. It may change anything, tells nobody, and
    /// nothing stops it, unless set otherwise.
    pub fn new(clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self {
            clock,
            limits,
            events: Events::none(),
            cancel: Cancel::new(),
            gate: None,
            probe: None,
            policy: RetryPolicy::default(),
        }
    }

    /// Sets where events go.
    #[must_use]
    pub fn events(mut self, events: Events) -> Self {
        self.events = events;
        self
    }

    /// Sets what can stop it.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Sets what mutating calls ask first.
    #[must_use]
    pub fn gate(mut self, gate: Arc<dyn Gate>) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Sets what sees each attempt.
    #[must_use]
    pub fn probe(mut self, probe: Option<Arc<dyn Probe>>) -> Self {
        self.probe = probe;
        self
    }

    /// Sets how often and how long calls are tried.
    #[must_use]
    pub fn policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sleeps until `window` has passed since a moment, which may be to come.
    pub(crate) async fn outlast(&self, since: Timestamp, window: Duration) -> Result<()> {
        let now = self.now();
        self.sleep(elapsed(now, since) + window.saturating_sub(elapsed(since, now))).await
    }

    /// One attempt, with its permit, gate, timeout and event.
    async fn once<'a>(&self, call: &Call, number: u32, attempt: &mut Attempt<'a>) -> Result<()> {
        let permit = self.limits.permit(call.service, &self.cancel).await?;
        if self.cancel.is_stop_waiting() {
            return Err(interrupted());
        }
        if let (Access::Mutate, Some(gate)) = (call.access, &self.gate) {
            gate.may_mutate().await?;
        }
        let began = self.clock.monotonic();
        let span = tracing::debug_span!("call", service = call.service, operation = call.operation, attempt = number);
        let outcome = match &self.probe {
            None => self.bounded(call, (*attempt)()).instrument(span).await,
            Some(probe) => match probe.before(call).await {
                Ok(()) => probe.after(call, self.bounded(call, (*attempt)()).instrument(span).await).await,
                refused => refused,
            },
        };
        let error = outcome.as_ref().err().map(Error::kind);
        match error {
            None => permit.succeeded(),
            Some(ErrorKind::Throttled) => permit.throttled(),
            Some(_) => drop(permit),
        }
        self.events.emit(Event::Called {
            service: call.service,
            operation: call.operation,
            access: call.access,
            attempt: number,
            took: self.clock.monotonic().saturating_sub(began),
            error,
        });
        outcome
    }

    /// An attempt that ends by itself, by its timeout, or a little after the run was told to stop waiting.
    async fn bounded(&self, call: &Call, attempt: castra_core::BoxFuture<'_, Result<()>>) -> Result<()> {
        let limit = self.policy.attempt_timeout;
        let stopped = async {
            self.cancel.until_stop_waiting().await;
            pass(LAST_CALL).await;
        };
        let error = tokio::select! {
            biased;
            outcome = within(limit, attempt) => match outcome {
                Some(outcome) => return outcome,
                None => Error::new(
                    ErrorKind::Timeout,
                    format!("{} {} gave no answer within {} s", call.service, call.operation, limit.as_secs_f64()),
                )
                .retry(Retry::Temporary),
            },
            () = stopped => interrupted(),
        };
        Err(if call.access == Access::Mutate { error.ambiguous() } else { error })
    }
}

#[async_trait]
impl Context for RunContext {
    async fn attempt<'a>(&'a self, call: &'a Call, mut attempt: Attempt<'a>) -> Result<()> {
        let mut retries = Retries::new(&self.policy, call, self.clock.monotonic());
        loop {
            let number = retries.attempt();
            let Err(error) = self.once(call, number, &mut attempt).await else { return Ok(()) };
            let delay = retries.after(error, self.clock.monotonic())?;
            tracing::debug!(service = call.service, operation = call.operation, ?delay, "another attempt");
            self.sleep(delay).await.map_err(|error| retries.give_up(error))?;
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep(&self, duration: Duration) -> Result<()> {
        tokio::select! {
            biased;
            () = self.cancel.until_stop_waiting() => Err(interrupted()),
            () = self.clock.sleep(duration) => Ok(()),
        }
    }

    fn emit(&self, event: Event) {
        self.events.emit(event);
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
