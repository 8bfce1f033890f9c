//! What a change is made with.

use std::future::Future;
use std::sync::Arc;

use anyhow::Result;
use castra_engine::clock::Clock;
use castra_testkit::Change;
use castra_tests::{Cloud, Ids, Lab};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

/// A change that somebody makes behind Castra's back, and what it shows as.
pub(super) struct Case {
    /// The resource.
    pub(super) address: &'static str,
    /// The field; empty when the object is gone.
    pub(super) field: &'static str,
    /// What shows beside, as it follows from that.
    pub(super) also: &'static [(&'static str, &'static str)],
    /// Makes it.
    pub(super) change: Box<dyn Fn(World) -> LocalBoxFuture<'static, Result<()>>>,
}

/// A case.
pub(super) fn case<F>(address: &'static str, field: &'static str, change: impl Fn(World) -> F + 'static) -> Case
where
    F: Future<Output = Result<()>> + 'static,
{
    Case { address, field, also: &[], change: Box::new(move |world| change(world).boxed_local()) }
}

impl Case {
    /// With what shows beside.
    pub(super) fn also(mut self, also: &'static [(&'static str, &'static str)]) -> Self {
        self.also = also;
        self
    }

    /// The change, made in this account, and the time until it shows.
    pub(super) fn of(self, lab: &Lab) -> Change {
        let Self { address, field, also, change } = self;
        let (cloud, clock) = (lab.cloud.clone(), lab.emulator().map(|_| Arc::clone(lab.clock())));
        let make = move |ids: Arc<Ids>| {
            let world = World { cloud: cloud.clone(), me: ids[address].clone(), clock: clock.clone(), ids };
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

/// The cloud, the ids of what is in it, and which of it the case is about.
#[derive(Clone)]
pub(super) struct World {
    pub(super) cloud: Cloud,
    pub(super) me: String,
    /// The cloud's time, where things take any.
    clock: Option<Arc<dyn Clock>>,
    ids: Arc<Ids>,
}

impl World {
    /// Lets time pass, as [`Lab::settle`] does.
    pub(super) async fn settle(&self) {
        if let Some(clock) = &self.clock {
            clock.sleep(castra_tests::SETTLED).await;
        }
    }

    /// The id of another resource.
    pub(super) fn id(&self, address: &str) -> String {
        self.ids.get(address).cloned().unwrap_or_else(|| panic!("there is no {address}"))
    }
}
