//! A cloud, as the engine sees it.

use std::any::Any;
use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::context::Context;
use crate::error::Result;
use crate::inventory::{Inventory, Scope};
use crate::resource::{Graph, Owner};
use crate::spec::{ClusterName, MachineType, Problems, Size, Spec};
use crate::topology::Topology;

/// What a backend can do and how its cloud behaves. The engine asks this and never which cloud it runs on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Capabilities {
    /// How long a fresh object may stay invisible. Absence counts only after it was seen throughout this window.
    pub visibility_window: std::time::Duration,
    /// How long an object that shows may be read as it was before. The visibility window unless set.
    pub staleness_window: std::time::Duration,
    /// The name of the kind whose one object is made first and deleted last.
    pub anchor: &'static str,
    /// Calls per second that each service takes from one caller, and how many at once: `(service, rate, burst)`.
    pub rate_limits: &'static [(&'static str, f64, f64)],
}

impl Capabilities {
    /// What every backend has to say of its cloud; see the fields.
    pub const fn new(
        visibility_window: std::time::Duration,
        anchor: &'static str,
        rate_limits: &'static [(&'static str, f64, f64)],
    ) -> Self {
        Self { visibility_window, staleness_window: visibility_window, anchor, rate_limits }
    }

    /// Sets the staleness window, where objects show late and are then read as they are.
    #[must_use]
    pub const fn stale_for(mut self, window: std::time::Duration) -> Self {
        self.staleness_window = window;
        self
    }
}

/// The memory of each machine type, as the cloud states it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Catalogue {
    /// Machine type to memory.
    pub memory: BTreeMap<MachineType, Size>,
}

impl Catalogue {
    /// The memory of machine types.
    pub fn new(memory: impl IntoIterator<Item = (MachineType, Size)>) -> Self {
        Self { memory: memory.into_iter().collect() }
    }
}

/// A cloud backend: two handles, one that can only look and one that can write.
pub trait Backend: Send + Sync {
    /// The name in the spec's `[provider]` section.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// The handle that can only look.
    fn observer(&self) -> &dyn Observer;

    /// The handle that can write. Only a run is given it.
    fn actuator(&self) -> &dyn Actuator;
}

/// What a survey is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The cluster.
    pub cluster: &'a ClusterName,
    /// The spec, unless the cluster is to be destroyed or shown without one.
    pub spec: Option<&'a Spec>,
}

/// The handle that can only look. Planning is given this one and nothing else.
///
/// A plan cannot be made to write, because what it holds has no way to:
///
/// ```compile_fail
/// fn plan(observer: &dyn castra_core::Observer) {
///     let writer = observer.actuator(); // an Observer has no such method
/// }
/// ```
#[async_trait]
pub trait Observer: Send + Sync {
    /// Where we are: the account and region that the credentials and settings lead to.
    ///
    /// *Behaviour*
    /// - One call.
    async fn scope(&self, cx: &dyn Context) -> Result<Scope>;

    /// Looks for everything that exists for a cluster.
    ///
    /// *Behaviour*
    /// - The number of calls depends on the number of kinds, never on the number of nodes.
    /// - Finds what is ours by owner tag or derived name, without a journal.
    /// - Reports what is foreign and stands where ours should.
    /// - Changes nothing: a client that refuses to write makes every call.
    /// - What the cloud contradicts in the spec is in [`Inventory::problems`], all of it.
    async fn survey(&self, cx: &dyn Context, ask: &Ask<'_>) -> Result<Inventory>;

    /// The names of all clusters of which anything shows here: in this account and region, by owner tags, derived names
    /// and anchors alone, whoever made them and whether they are alive. With each are the ids of what carries the name and
    /// no uid, so far as the survey doesn't find that: it is nobody's, so it is told and left alone.
    ///
    /// *Behaviour*
    /// - The number of calls depends on the number of kinds, and on how many objects fill a page, never on the number of
    ///   clusters.
    /// - Names every cluster of which [`Observer::survey`] finds something that is ours, an anchor alone among it.
    /// - May name one of which nothing is left: the survey tells.
    /// - Names none whose objects are all in another region.
    /// - Changes nothing: a client that refuses to write makes every call.
    async fn clusters(&self, cx: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>>;

    /// The memory of machine types.
    ///
    /// *Behaviour*
    /// - An unknown type is left out, not an error.
    async fn catalogue(&self, cx: &dyn Context, machine_types: &[MachineType]) -> Result<Catalogue>;

    /// The resources that a topology needs. Pure: decides from its arguments alone.
    ///
    /// # Errors
    /// Every problem that shows only now, such as subnets without room.
    fn resources(
        &self,
        spec: &Spec,
        topology: &Topology,
        inventory: &Inventory,
        owner: &Owner,
    ) -> std::result::Result<Graph, Problems>;
}

/// The handle that can write. Each kind names the concrete type it needs and gets it from [`Actuator::as_any`].
pub trait Actuator: Send + Sync {
    /// The concrete handle.
    fn as_any(&self) -> &dyn Any;
}
