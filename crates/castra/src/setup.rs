//! How a cluster is worked on.

use std::sync::Arc;

use castra_core::spec::Spec;
use castra_core::{Backend, Result};
use castra_engine::clock::Clock;
use castra_engine::engine::Engine;
use castra_engine::limits::Limits;
use castra_engine::store::StateUrl;

use crate::{Cluster, Place, connect, default_state};

/// How a cluster is worked on: where its journal is, by which clock, within which limits, with which backend. What
/// isn't set is as [`default_state`], the machine's clock, limits of its own and [`connect`] give it.
///
/// ```no_run
/// # async fn example(spec: castra::Spec) -> castra::Result<()> {
/// use castra::Setup;
///
/// let cluster = Setup::new().state("s3://acme-state/castra".parse()?).open(spec).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Setup {
    state: Option<StateUrl>,
    clock: Option<Arc<dyn Clock>>,
    limits: Option<Limits>,
    backend: Option<Arc<dyn Backend>>,
}

impl Setup {
    /// Everything as usual.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps journals below this place.
    #[must_use]
    pub fn state(mut self, state: StateUrl) -> Self {
        self.state = Some(state);
        self
    }

    /// Keeps time by another clock, for emulators.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Shares rate limits with other work on the same account.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Works with this backend, whatever the spec names, instead of connecting to one.
    #[must_use]
    pub fn backend(mut self, backend: Arc<dyn Backend>) -> Self {
        self.backend = Some(backend);
        self
    }

    /// An engine for a place: what shows and destroys a cluster of which only the name is known.
    ///
    /// ```no_run
    /// # async fn example(name: castra::ClusterName) -> castra::Result<()> {
    /// use castra::{Place, Request, Session, Setup};
    ///
    /// let engine = Setup::new().engine(&Place::new("aws", "eu-central-1")).await?;
    /// engine.apply(Request::Destroy(&name), None, &Session::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`connect`] and [`default_state`].
    pub async fn engine(&self, place: &Place) -> Result<Engine> {
        let state = match &self.state {
            Some(state) => state.clone(),
            None => default_state()?,
        };
        let backend = match &self.backend {
            Some(backend) => Arc::clone(backend),
            None => connect(place).await?,
        };
        let mut engine = Engine::new(backend, state);
        if let Some(clock) = &self.clock {
            engine = engine.with_clock(Arc::clone(clock));
        }
        if let Some(limits) = &self.limits {
            engine = engine.with_limits(limits.clone());
        }
        Ok(engine)
    }

    /// The cluster of a spec. Changes nothing yet.
    ///
    /// # Errors
    /// As [`Setup::engine`].
    pub async fn open(&self, spec: Spec) -> Result<Cluster> {
        let engine = self.engine(&Place::of(&spec.provider)?).await?;
        Ok(Cluster::new(engine, spec))
    }
}
