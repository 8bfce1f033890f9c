//! What trials do on a stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::plan::Plan;
use castra_core::sizing::PoolSize;
use castra_core::spec::{ClusterName, Pool, Spec};
use castra_core::{Action, Backend, Event, Inventory};
use castra_engine::clock::Clock;
use castra_engine::context::RunContext;
use castra_engine::engine::{Applied, Engine, Outcome, Request, Session};
use castra_engine::events::Events;
use castra_engine::limits::Limits;
use castra_engine::store::StateUrl;
use futures::{FutureExt as _, StreamExt as _};
use tokio::task::unconstrained;

use crate::meddler::{How, Meddler};
use crate::stage::{Object, Stage};
use crate::suite::Lacks;

/// One trial's stage.
pub(crate) struct Play {
    pub(crate) stage: Box<dyn Stage>,
}

impl Play {
    pub(crate) fn on(stage: Box<dyn Stage>) -> Self {
        Self { stage }
    }

    /// Destroys what is left, unless the cloud goes away by itself.
    pub(crate) async fn clear(&self) -> Result<()> {
        if !self.stage.vanishes() {
            self.destroy().await?;
        }
        Ok(())
    }

    pub(crate) fn spec(&self) -> Result<Spec> {
        self.stage.spec()
    }

    /// The spec with that many secondaries more.
    pub(crate) fn larger(&self, more: u32) -> Result<Spec> {
        let mut spec = self.spec()?;
        let Pool::Sized(PoolSize::Fixed { count }) = spec.secondaries.pool else {
            bail!("the stage's spec has no fixed number of secondaries")
        };
        spec.secondaries.pool = Pool::Sized(PoolSize::Fixed { count: count + more });
        Ok(spec)
    }

    pub(crate) fn name(&self) -> Result<ClusterName> {
        Ok(self.spec()?.name)
    }

    /// The engine of a process that has just begun.
    pub(crate) async fn engine(&self) -> Result<Engine> {
        Ok(self.stage.engine(self.stage.backend().await?, self.stage.state()))
    }

    /// One that knows nothing of any journal.
    pub(crate) async fn engine_without_journal(&self) -> Result<Engine> {
        Ok(self.stage.engine(self.stage.backend().await?, StateUrl::memory()))
    }

    /// One that is meddled with.
    pub(crate) async fn meddled(&self, how: How) -> Result<(Engine, Arc<Meddler>)> {
        let meddler = Meddler::new(how);
        let probe = Arc::<Meddler>::clone(&meddler);
        Ok((self.engine().await?.with_probe(probe), meddler))
    }

    /// A process that only uses its backend, by this clock.
    pub(crate) async fn context(
        &self,
        clock: Arc<dyn Clock>,
        how: How,
    ) -> Result<(Arc<dyn Backend>, RunContext, Arc<Meddler>)> {
        let backend = self.stage.backend().await?;
        let meddler = Meddler::new(how);
        let limits = Limits::new(Arc::clone(&clock));
        limits.state(backend.capabilities().rate_limits);
        let probe = Arc::<Meddler>::clone(&meddler);
        Ok((backend, RunContext::new(clock, limits).probe(Some(probe)), meddler))
    }

    /// Waits until what was done just now shows.
    pub(crate) async fn until_shown(&self) -> Result<()> {
        self.stage.clock().sleep(self.stage.backend().await?.capabilities().visibility_window).await;
        Ok(())
    }

    /// Applies, to the end.
    pub(crate) async fn apply(&self, spec: &Spec) -> Result<Applied> {
        complete(self.engine().await?.apply(Request::Apply(spec), None, &Session::default()).await?)
    }

    /// Destroys by name, to the end.
    pub(crate) async fn destroy(&self) -> Result<Applied> {
        let name = self.name()?;
        complete(self.engine().await?.apply(Request::Destroy(&name), None, &Session::default()).await?)
    }

    pub(crate) async fn plan(&self, spec: &Spec) -> Result<Plan> {
        Ok(self.engine().await?.plan(Request::Apply(spec), &Session::default()).await?)
    }

    /// An error that shows the plan unless nothing is to be made, changed or deleted. What is only waited for is
    /// another trial's matter.
    pub(crate) async fn settled(&self, spec: &Spec) -> Result<()> {
        let plan = self.plan(spec).await?;
        ensure!(plan.steps.len() == plan.count(Action::Wait), "something is to be done still:\n{}", plan.to_text());
        Ok(())
    }

    pub(crate) async fn inventory(&self) -> Result<Inventory> {
        Ok(self.engine().await?.status(&self.name()?, None, &Session::default()).await?)
    }

    /// The cloud's id of each resource.
    pub(crate) async fn ids(&self) -> Result<BTreeMap<String, String>> {
        let inventory = self.inventory().await?;
        Ok(inventory.items.iter().map(|item| (item.address.to_string(), item.id.clone())).collect())
    }

    /// Everything that the account holds, by its own listing.
    pub(crate) async fn objects(&self) -> Result<Vec<Object>> {
        Ok(self.stage.objects().await?.ok_or(Lacks("listing of its own"))?)
    }

    /// How many of each thing the account holds, for comparison with another moment's; empty without a listing.
    pub(crate) async fn census(&self) -> Result<BTreeMap<String, usize>> {
        let mut census = BTreeMap::new();
        for object in self.stage.objects().await?.unwrap_or_default() {
            *census.entry(object.what).or_default() += 1;
        }
        Ok(census)
    }

    /// Applies the spec and destroys it in peace. Returns what there was before, and what while it stood.
    pub(crate) async fn rehearse(&self, spec: &Spec) -> Result<Rehearsal> {
        let before = self.census().await?;
        let (engine, create) = self.meddled(How::Watch).await?;
        complete(engine.apply(Request::Apply(spec), None, &Session::default()).await?)?;
        self.settled(spec).await?;
        let stands = self.census().await?;
        let name = self.name()?;
        let (engine, destroy) = self.meddled(How::Watch).await?;
        complete(engine.apply(Request::Destroy(&name), None, &Session::default()).await?)?;
        same("after a calm destroy", &self.census().await?, &before)?;
        Ok(Rehearsal { before, stands, creating: create.changes(), destroying: destroy.changes() })
    }

    /// Brings a cluster that was interrupted somehow to its end: nothing is left to do, nothing there twice.
    pub(crate) async fn converges(&self, spec: &Spec, calm: &Rehearsal) -> Result<()> {
        self.apply(spec).await.context("the run after it")?;
        self.settled(spec).await.context("after the run after it")?;
        same("after the run after it", &self.census().await?, &calm.stands)
    }

    /// Destroys it, and sees that nothing is left.
    pub(crate) async fn vanishes(&self, calm: &Rehearsal) -> Result<()> {
        self.destroy().await.context("destroying")?;
        same("after a destroy", &self.census().await?, &calm.before)
    }
}

/// A cluster's calm life.
pub(crate) struct Rehearsal {
    /// What there was before it.
    pub(crate) before: BTreeMap<String, usize>,
    /// What there was while it stood.
    pub(crate) stands: BTreeMap<String, usize>,
    /// The changes that made it.
    pub(crate) creating: Vec<&'static str>,
    /// The changes that removed it.
    pub(crate) destroying: Vec<&'static str>,
}

/// An error that names what one census has and the other hasn't.
pub(crate) fn same(when: &str, is: &BTreeMap<String, usize>, should: &BTreeMap<String, usize>) -> Result<()> {
    let differs = |what: &&String| is.get(*what) != should.get(*what);
    let mut names: Vec<&String> = is.keys().chain(should.keys()).filter(differs).collect();
    names.sort();
    names.dedup();
    let lines: Vec<String> = names
        .iter()
        .map(|what| {
            let count = |census: &BTreeMap<String, usize>| census.get(*what).copied().unwrap_or(0);
            format!("{what}: {} instead of {}", count(is), count(should))
        })
        .collect();
    ensure!(lines.is_empty(), "{when} the account holds\n  {}", lines.join("\n  "));
    Ok(())
}

/// An error unless a run did all it was asked for.
pub(crate) fn complete(applied: Applied) -> Result<Applied> {
    match &applied.outcome {
        Outcome::Complete => Ok(applied),
        Outcome::Failed(errors) => {
            let errors: Vec<String> = errors.iter().map(|error| format!("{error:?}")).collect();
            bail!("{} steps failed:\n{}", errors.len(), errors.join("\n"))
        }
        other => bail!("the run ended {}", other.name()),
    }
}

/// Does a piece of work and notes its events.
pub(crate) async fn record<T>(work: impl AsyncFnOnce(&Session) -> T) -> (T, Vec<Event>) {
    let (events, mut stream) = Events::channel();
    let session = Session::default().events(events);
    let done = work(&session).await;
    let mut events = Vec::new();
    // Unconstrained: tokio says "later" after a number of messages so that other tasks get their turn.
    while let Some(Some(event)) = unconstrained(stream.next()).now_or_never() {
        events.push(event);
    }
    (done, events)
}
