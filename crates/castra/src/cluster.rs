//! A cluster and what can be done with it.

use castra_core::plan::Plan;
use castra_core::spec::Spec;
use castra_core::{Inventory, Result};
use castra_engine::engine::{Applied, Engine, Request, Session};

use crate::{Setup, with_secondaries};

/// A cluster as its spec wants it. Cheap to clone; nothing of the cloud is remembered here.
///
/// Each method looks at the cloud anew. Dropping a method's future is the same as killing the process: nothing goes
/// on in the background, and the next [`Cluster::apply`] finishes the work.
#[derive(Clone)]
pub struct Cluster {
    engine: Engine,
    spec: Spec,
}

impl Cluster {
    pub(crate) fn new(engine: Engine, spec: Spec) -> Self {
        Self { engine, spec }
    }

    /// The cluster of a spec, by the usual [`Setup`]. Changes nothing yet.
    ///
    /// # Errors
    /// As [`Setup::engine`].
    pub async fn open(spec: Spec) -> Result<Self> {
        Setup::new().open(spec).await
    }

    /// What is wanted.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// What does the work, for what this type has no method for.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What [`Cluster::apply`] would do. Calls nothing that could change anything.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub async fn plan(&self, session: &Session) -> Result<Plan> {
        self.engine.plan(Request::Apply(&self.spec), session).await
    }

    /// What [`Cluster::destroy`] would do.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub async fn plan_destroy(&self, session: &Session) -> Result<Plan> {
        self.engine.plan(Request::Destroy(&self.spec.name), session).await
    }

    /// Makes the cloud match the spec. How it ended is in the answer's outcome.
    ///
    /// # Errors
    /// As [`Engine::apply`]: nothing was started.
    pub async fn apply(&self, session: &Session) -> Result<Applied> {
        self.engine.apply(Request::Apply(&self.spec), None, session).await
    }

    /// Carries out exactly this plan, or nothing.
    ///
    /// # Errors
    /// As [`Engine::apply`]; [`ErrorKind::Stale`](castra_core::ErrorKind::Stale) when spec and cloud no longer give
    /// this plan.
    pub async fn apply_exactly(&self, plan: &Plan, session: &Session) -> Result<Applied> {
        self.engine.apply(Request::Apply(&self.spec), Some(plan), session).await
    }

    /// Changes the number of secondaries in the spec and applies it. A spec that came from a file is changed here and
    /// not in the file. When nothing was started, or all was undone, the spec is as it was.
    ///
    /// # Errors
    /// As [`with_secondaries`] and [`Engine::apply`].
    pub async fn scale(&mut self, count: u32, session: &Session) -> Result<Applied> {
        let spec = with_secondaries(&self.spec, count)?;
        let applied = self.engine.apply(Request::Apply(&spec), None, session).await?;
        if !applied.is_undone() {
            self.spec = spec;
        }
        Ok(applied)
    }

    /// What exists: nodes, endpoints and objects, and what the cloud contradicts in the spec.
    ///
    /// # Errors
    /// As [`Engine::status`].
    pub async fn status(&self, session: &Session) -> Result<Inventory> {
        self.engine.status(&self.spec.name, Some(&self.spec), session).await
    }

    /// Removes everything that is the cluster's. What it only used stays.
    ///
    /// # Errors
    /// As [`Engine::apply`]; [`ErrorKind::Protected`](castra_core::ErrorKind::Protected) for a protected cluster.
    pub async fn destroy(&self, session: &Session) -> Result<Applied> {
        self.engine.apply(Request::Destroy(&self.spec.name), None, session).await
    }
}
