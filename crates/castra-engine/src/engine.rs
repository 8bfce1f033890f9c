//! The engine: survey, plan, run.

mod clusters;
mod identity;
mod outcome;
mod prepare;
mod request;
#[cfg(test)]
mod tests;
mod undo;
mod work;

use std::sync::Arc;

use castra_core::backend::Ask;
use castra_core::inventory::Scope;
use castra_core::plan::{Plan, Purpose};
use castra_core::spec::{ClusterName, Spec};
use castra_core::{Backend, Context as _, Error, ErrorKind, Event, Inventory, Result};
use futures::future::try_join;
use uuid::Uuid;

use crate::cancel::Cancel;
use crate::clock::{Clock, SystemClock};
use crate::context::{Probe, RetryPolicy, RunContext};
use crate::events::Events;
use crate::journal::{History, Journal, LeaseOptions};
use crate::limits::Limits;
use crate::store::StateUrl;

pub use clusters::{Clusters, Found, Life};
pub use outcome::{Applied, Left, Outcome};
use prepare::{Preparation, Prepared};
pub use request::Request;
use undo::Failed;
pub use undo::OnFailure;
use work::Work;

/// Who watches a piece of work, how it is asked to stop, and what becomes of it when it fails. The default watches
/// nothing, never stops and keeps what was done.
///
/// ```
/// use castra_engine::engine::{OnFailure, Session};
///
/// let session = Session::default().on_failure(OnFailure::Undo);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Session {
    /// Where events go.
    pub events: Events,
    /// How it is stopped.
    pub cancel: Cancel,
    /// What becomes of what was done when a step fails.
    pub on_failure: OnFailure,
}

impl Session {
    /// Sends what happens there.
    #[must_use]
    pub fn events(mut self, events: Events) -> Self {
        self.events = events;
        self
    }

    /// Can be stopped by that.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Deals so with what was done when a step fails.
    #[must_use]
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }
}

/// An engine for one backend. Cheap to clone; work on different clusters can run at once.
#[derive(Clone)]
pub struct Engine {
    backend: Arc<dyn Backend>,
    state: StateUrl,
    clock: Arc<dyn Clock>,
    limits: Limits,
    policy: RetryPolicy,
    lease: LeaseOptions,
    probe: Option<Arc<dyn Probe>>,
}

impl Engine {
    /// An engine that keeps its journals below `state`, by the system's clock.
    pub fn new(backend: Arc<dyn Backend>, state: StateUrl) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let limits = Limits::new(Arc::clone(&clock));
        Self {
            backend,
            state,
            clock,
            limits,
            policy: RetryPolicy::default(),
            lease: LeaseOptions::default(),
            probe: None,
        }
    }

    /// Keeps time by another clock, for tests against emulators. Resets the limits, which keep time as well.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.limits = Limits::new(Arc::clone(&clock));
        self.clock = clock;
        self
    }

    /// Shares rate limits with other engines that work on the same account.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how calls are tried again.
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how the lease is held.
    #[must_use]
    pub fn with_lease(mut self, lease: LeaseOptions) -> Self {
        self.lease = lease;
        self
    }

    /// Shows every attempt at a call to a probe, which may stand in its way.
    #[must_use]
    pub fn with_probe(mut self, probe: Arc<dyn Probe>) -> Self {
        self.probe = Some(probe);
        self
    }

    /// The backend.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// Looks at a cluster: its nodes, endpoints and objects. With a spec also what the cloud contradicts in it.
    ///
    /// # Errors
    /// When the cloud cannot be reached or refuses to be looked at.
    pub async fn status(&self, cluster: &ClusterName, spec: Option<&Spec>, session: &Session) -> Result<Inventory> {
        let cx = self.context(session);
        session.events.emit(Event::Surveying { cluster: cluster.to_string() });
        self.backend.observer().survey(&cx, &Ask { cluster, spec }).await
    }

    /// Makes a plan.
    ///
    /// *Behaviour*
    /// - Calls nothing that could write, and takes no lease.
    /// - After a complete apply nothing is left to do.
    /// - Losing the journal loses nothing: the plan is the same without it.
    /// - A field that somebody changed shows as exactly that, and applying mends it.
    /// - What isn't ours and stands in the way is refused before anything is changed, and stays as it is.
    /// - A protected cluster isn't destroyed.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidSpec`] with every problem that the cloud shows in the spec.
    /// - [`ErrorKind::Conflict`]: something that isn't ours is in the way, another cluster has the name, or duplicates are
    ///   both in use; all of them are named.
    /// - [`ErrorKind::Protected`]: the cluster, or data that a change would delete, is protected.
    /// - [`ErrorKind::Unsupported`]: it is to be undone on failure, and can't be.
    pub async fn plan(&self, request: Request<'_>, session: &Session) -> Result<Plan> {
        let cx = self.context(session);
        let observer = self.backend.observer();
        let (history, looked) = try_join(
            async {
                let scope = observer.scope(&cx).await?;
                match self.state.peek(&place(&scope, request.cluster())).await? {
                    Some(store) => History::read(&store).await,
                    None => Ok(History::none()),
                }
            },
            prepare::look(observer, &cx, request),
        )
        .await?;
        let (history, on_failure) = (&history, session.on_failure);
        let preparation = Preparation { engine: self, request, history, expected: None, on_failure };
        Ok(preparation.settled(&cx, looked).await?.plan)
    }

    /// Brings the cluster to what is asked: takes the lease, looks, plans and runs.
    ///
    /// With `expected`, what is run is exactly that plan or nothing: the plan made under the lease must have its hash.
    ///
    /// *Behaviour*
    /// - One run at a time: a second one is refused with who holds the lease, and changes nothing.
    /// - Another number of secondaries changes the pool and leaves everything else.
    /// - A destroy needs the name alone, and leaves nothing behind.
    /// - Deletions follow use: none is asked for while another object of the cluster stands in its way.
    /// - After a destroy the same name can be applied again at once.
    /// - A call that is refused fails its step, which the outcome names, and the next apply goes on from there.
    /// - Credentials that end in the middle leave what the next apply finishes.
    /// - A lost reply, whichever it is, makes neither an orphan nor a duplicate.
    /// - Dropping the future at any point is the same as killing the process: nothing goes on in the background, and
    ///   the next apply or destroy finishes the work.
    /// - With [`OnFailure::Undo`] a run that fails leaves everything as it was before.
    /// - Whatever is asked for in whatever order, and however runs end: a plan takes nothing for there that isn't, a
    ///   complete run leaves what it was asked for and nothing else, and no run takes a primary out of service that it
    ///   need not replace.
    ///
    /// # Errors
    /// `Err` means that nothing was started; it has the kinds of [`Engine::plan`] and
    /// - [`ErrorKind::Locked`]: another run holds the lease, and who that is,
    /// - [`ErrorKind::Stale`]: the plan is no longer the expected one.
    ///
    /// What happened after the start is in the [`Outcome`]. With [`OnFailure::Undo`] in the session a run that fails is
    /// taken back; one that is asked to stop is not.
    pub async fn apply(&self, request: Request<'_>, expected: Option<&Plan>, session: &Session) -> Result<Applied> {
        let cx = self.context(session);
        let scope = self.backend.observer().scope(&cx).await?;
        let store = self.state.open(&place(&scope, request.cluster())).await?;
        // A call that is let out under the lease must have ended before another run may take it over.
        let lease = LeaseOptions {
            call_timeout: self.lease.call_timeout.max(self.policy.attempt_timeout),
            ..self.lease.clone()
        };
        let (journal, history) =
            Journal::acquire(store, request.cluster(), Arc::clone(&self.clock), &lease, session).await?;
        let applied = match request {
            // What the journal knows is of the cluster that has the name now, and stays so.
            Request::Sweep { uid, .. } if history.uid != Some(uid) => {
                self.sweep_beside(request, expected, session, &scope, uid, &lease).await
            }
            _ => self.run(request, expected, session, &journal, &history).await,
        };
        release(&journal, session).await;
        applied
    }

    /// Sweeps under the lease of the name with a journal of its own, that of the uid.
    async fn sweep_beside(
        &self,
        request: Request<'_>,
        expected: Option<&Plan>,
        session: &Session,
        scope: &Scope,
        uid: Uuid,
        lease: &LeaseOptions,
    ) -> Result<Applied> {
        let cluster = request.cluster();
        // No cluster has a name with a dot.
        let own = format!("{cluster}.{uid}");
        let [provider, account, region, _] = place(scope, cluster);
        let store = self.state.open(&[provider, account, region, &own]).await?;
        let (journal, history) = Journal::acquire(store, cluster, Arc::clone(&self.clock), lease, session).await?;
        let applied = self.run(request, expected, session, &journal, &history).await;
        release(&journal, session).await;
        applied
    }

    async fn run(
        &self,
        request: Request<'_>,
        expected: Option<&Plan>,
        session: &Session,
        journal: &Journal,
        history: &History,
    ) -> Result<Applied> {
        let cx = self.context(session).gate(journal.gate());
        let window = self.backend.capabilities().visibility_window;
        if let (Request::Destroy(_) | Request::Sweep { .. }, Some(since)) = (request, history.last_creation()) {
            // What may have been made shows only after a while, and what doesn't show isn't destroyed.
            cx.outlast(since, window).await?;
        }
        let preparation = Preparation { engine: self, request, history, expected, on_failure: session.on_failure };
        if let Request::Sweep { .. } = request {
            let looked = prepare::look(self.backend.observer(), &cx, request).await?;
            if !preparation.plan(looked)?.plan.is_empty() {
                // That there is no anchor counts only when it lasts: the cluster may be a second old.
                cx.sleep(window).await?;
            }
        }
        let looked = prepare::look(self.backend.observer(), &cx, request).await?;
        let Prepared { plan, graph, inventory, owner, before } = preparation.settled(&cx, looked).await?;
        if let Some(expected) = expected
            && expected.hash != plan.hash
        {
            return Err(Error::new(ErrorKind::Stale, "the spec or the cloud has changed since the plan was made")
                .remedy("plan again and look at the new plan"));
        }
        if plan.is_empty() {
            if plan.purpose == Purpose::Destroy && history.uid.is_some() {
                journal.finish(&plan, Outcome::Complete.name(), true).await;
            }
            return Ok(Applied::nothing(plan));
        }
        let work = Work { engine: self, request, session, journal, history, cx: &cx, owner: &owner };
        let tally = work.carry_out(&plan, &graph, &inventory, plan.purpose == Purpose::Destroy).await?;
        let (outcome, undo) = match (Outcome::of(&tally), &before) {
            (Outcome::Failed(_), Some(before)) if !session.cancel.is_graceful() => {
                Failed { plan: &plan, inventory: &inventory, before, tally: &tally }.undo(&work).await
            }
            (outcome, _) => (outcome, None),
        };
        Ok(Applied { plan, outcome, done: tally.done, skipped: tally.skipped, undo })
    }

    fn context(&self, session: &Session) -> RunContext {
        self.limits.state(self.backend.capabilities().rate_limits);
        RunContext::new(Arc::clone(&self.clock), self.limits.clone())
            .events(session.events.clone())
            .cancel(session.cancel.clone())
            .probe(self.probe.clone())
            .policy(self.policy.clone())
    }
}

/// Gives the lease back. Where that fails the work is done all the same, and the lease runs out by itself.
async fn release(journal: &Journal, session: &Session) {
    if let Err(error) = journal.release().await {
        session.events.emit(Event::Note { message: format!("the lease was not released: {error}") });
    }
}

/// The cluster's own part of the state: provider, account, region and name, so that no two clusters share one.
fn place<'a>(scope: &'a Scope, cluster: &'a ClusterName) -> [&'a str; 4] {
    [&scope.provider, &scope.account, &scope.region, cluster.as_str()]
}
