//! Steps carried out one by one, without a plan, a journal or a lease: what a single step promises.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use castra_core::backend::Ask;
use castra_core::resource::{AnyOutput, Outputs, Owner, Settle, StepContext};
use castra_core::spec::{MachineType, Spec};
use castra_core::topology::Topology;
use castra_core::{Backend, Context as _, Error, Graph, Inventory, Resource};
use castra_engine::context::RunContext;
use uuid::Uuid;

use crate::meddler::{How, Meddler};
use crate::play::Play;

/// A resource that was made, and what it gave.
type Made = (Arc<dyn Resource>, Arc<dyn AnyOutput>);

/// One process that works by hand.
pub(crate) struct Hand {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) cx: RunContext,
    pub(crate) meddler: Arc<Meddler>,
    pub(crate) graph: Graph,
    pub(crate) inventory: Inventory,
    owner: Owner,
    outputs: Outputs,
    made: Mutex<Vec<Made>>,
}

impl Hand {
    /// A process that is to make the cluster with this uid, and has looked at what there is.
    pub(crate) async fn new(play: &Play, spec: &Spec, uid: Uuid, how: How) -> Result<Self> {
        let (backend, looking, _) = play.context(play.stage.clock(), How::Watch).await?;
        let observer = backend.observer();
        let inventory = observer.survey(&looking, &Ask { cluster: &spec.name, spec: Some(spec) }).await?;
        let types = [spec.primaries.machine_type.clone(), spec.secondaries.machine_type.clone()];
        let catalogue = observer.catalogue(&looking, &types).await?;
        let size = spec.pool_size(|machine: &MachineType| catalogue.memory.get(machine).copied())?;
        let owner = Owner { cluster: spec.name.clone(), uid, tags: spec.tags.clone() };
        let topology = Topology::expand(spec, size);
        let graph = observer.resources(spec, &topology, &inventory, &owner).map_err(Error::from)?;
        let (backend, cx, meddler) = play.context(play.stage.clock(), how).await?;
        let outputs = Outputs::new();
        for item in &inventory.items {
            outputs.set(item.address.clone(), Arc::clone(&item.output));
        }
        Ok(Self { backend, cx, meddler, graph, inventory, owner, outputs, made: Mutex::default() })
    }

    /// Every resource, each after all that it needs.
    pub(crate) fn order(&self) -> Result<Vec<Arc<dyn Resource>>> {
        Ok(self.graph.order(self.backend.capabilities().anchor)?)
    }

    pub(crate) fn window(&self) -> Duration {
        self.backend.capabilities().visibility_window
    }

    pub(crate) fn step(&self) -> StepContext<'_> {
        StepContext {
            actuator: self.backend.actuator(),
            cx: &self.cx,
            owner: &self.owner,
            outputs: &self.outputs,
            window: self.window(),
        }
    }

    /// The settling of what may have been made just now.
    pub(crate) fn settle(&self) -> Settle {
        Settle { since: self.cx.now(), window: self.window() }
    }

    /// Makes one resource, of which no survey told anything, and remembers its output.
    pub(crate) async fn ensure(
        &self,
        resource: &Arc<dyn Resource>,
        settle: Option<Settle>,
    ) -> castra_core::Result<String> {
        let output = resource.ensure(&self.step(), None, settle).await?;
        self.outputs.set(resource.address().clone(), Arc::clone(&output));
        let id = output.object_id().to_owned();
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push((Arc::clone(resource), output));
        Ok(id)
    }

    /// Makes everything.
    pub(crate) async fn make_all(&self) -> Result<()> {
        for resource in self.order()? {
            self.ensure(&resource, None).await.with_context(|| format!("making {}", resource.address()))?;
        }
        Ok(())
    }

    /// What was made so far.
    pub(crate) fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until everything that was made is in service.
    pub(crate) async fn serve_all(&self) -> Result<()> {
        for (resource, output) in self.made() {
            resource.ready(&self.step(), output.as_ref()).await?;
        }
        Ok(())
    }
}
