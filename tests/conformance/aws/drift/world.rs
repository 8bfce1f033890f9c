//! What a change is made with.

use std::future::Future;
use std::sync::Arc;

use anyhow::Result;
use castra_engine::clock::Clock;
use castra_testkit::Change;
use castra_tests::{Cloud, Ids, Lab};

use crate::case;

/// A change that somebody makes on AWS.
pub(super) type Case = case::Case<World>;

/// The change of a field of a resource; of none when the object is gone.
pub(super) fn case<F>(address: &'static str, field: &'static str, change: impl Fn(World) -> F + 'static) -> Case
where
    F: Future<Output = Result<()>> + 'static,
{
    Case::new(address, field, change)
}

/// The changes, made in this account.
pub(super) fn changes(cases: impl IntoIterator<Item = Case>, lab: &Lab) -> Vec<Change> {
    let (cloud, clock) = (&lab.cloud, lab.emulator().map(|_| lab.clock()));
    let in_account = |case: Case| {
        let (cloud, clock) = (cloud.clone(), clock.cloned());
        case.in_world(move |ids, me| World { cloud: cloud.clone(), me, clock: clock.clone(), ids })
    };
    cases.into_iter().map(in_account).collect()
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
    /// The id of another resource.
    pub(super) fn id(&self, address: &str) -> String {
        self.ids.get(address).cloned().unwrap_or_else(|| panic!("there is no {address}"))
    }

    /// Lets time pass, as [`Lab::settle`] does.
    pub(super) async fn settle(&self) {
        if let Some(clock) = &self.clock {
            clock.sleep(castra_tests::SETTLED).await;
        }
    }
}

impl case::World for World {
    async fn settle(&self) {
        Self::settle(self).await;
    }
}
