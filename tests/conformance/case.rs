//! A change that somebody makes behind Castra's back, on any cloud.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use anyhow::Result;
use castra_testkit::Change;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

/// The cloud's id of each resource.
pub(crate) type Ids = BTreeMap<String, String>;

/// What a change is made with.
pub(crate) trait World: Clone + 'static {
    /// Lets so much time pass that what was done shows, and has come to its end.
    fn settle(&self) -> impl Future<Output = ()>;
}

/// A change that somebody makes behind Castra's back, and what it shows as.
pub(crate) struct Case<W> {
    address: &'static str,
    field: &'static str,
    also: &'static [(&'static str, &'static str)],
    change: Box<dyn Fn(W) -> LocalBoxFuture<'static, Result<()>>>,
}

impl<W: World> Case<W> {
    /// The change of a field of a resource; of none when the object is gone.
    pub(crate) fn new<F>(address: &'static str, field: &'static str, change: impl Fn(W) -> F + 'static) -> Self
    where
        F: Future<Output = Result<()>> + 'static,
    {
        Self { address, field, also: &[], change: Box::new(move |world| change(world).boxed_local()) }
    }

    /// With what shows beside, as it follows from that.
    pub(crate) fn also(mut self, also: &'static [(&'static str, &'static str)]) -> Self {
        self.also = also;
        self
    }

    /// The change, made in the world that is given the ids of what is there and the id of what this is about.
    pub(crate) fn in_world(self, world: impl Fn(Arc<Ids>, String) -> W + 'static) -> Change {
        let Self { address, field, also, change } = self;
        let make = move |ids: Arc<Ids>| {
            let me = ids[address].clone();
            let world = world(ids, me);
            let made = change(world.clone());
            async move {
                made.await?;
                world.settle().await;
                Ok(())
            }
            .boxed_local()
        };
        Change { address, field, also, make: Box::new(make) }
    }
}
