//! What a backend gives to be tried.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::clock::Clock;
use castra_engine::engine::Engine;
use castra_engine::store::StateUrl;
use futures::future::LocalBoxFuture;

/// A backend under test.
#[async_trait(?Send)]
pub trait Subject: Send + Sync + 'static {
    /// A stage for one trial. No two may see anything of each other.
    async fn stage(&self) -> Result<Box<dyn Stage>>;

    /// The trials that cannot pass here, each with the reason; they are reported as ignored. None unless said.
    fn lacks(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// A cloud to play on, with nothing of the cluster in it.
///
/// The methods that give an `Option` are powers: nothing stands for a stage without it.
#[async_trait(?Send)]
pub trait Stage {
    /// The backend as a process that has just begun has it: nothing remembered of what another one did.
    async fn backend(&self) -> Result<Arc<dyn Backend>>;

    /// The time that the cloud goes by.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Where the journals are.
    fn state(&self) -> StateUrl;

    /// The spec that most trials apply: a fixed number of secondaries, at least two, and no protection.
    fn spec(&self) -> Result<Spec>;

    /// An engine as the stage wants it. One by the stage's clock unless said otherwise.
    fn engine(&self, backend: Arc<dyn Backend>, state: StateUrl) -> Engine {
        Engine::new(backend, state).with_clock(self.clock())
    }

    /// How many runs a trial may make that would make one for each call or each await: it takes so many of them,
    /// evenly spread. 8 unless said otherwise.
    fn runs(&self) -> usize {
        8
    }

    /// How many lives drawn by lot a cluster lives, each of some ten runs. 4 unless said otherwise.
    fn lives(&self) -> usize {
        4
    }

    /// Called when a trial is over. False, which is the default, lets the suite destroy what the trial left; true
    /// says that the whole cloud goes away with the stage.
    fn vanishes(&self) -> bool {
        false
    }

    /// Everything that the account holds now, by a listing that owes nothing to the backend, in which a fresh object
    /// is at once and one that is gone isn't.
    async fn objects(&self) -> Result<Option<Vec<Object>>> {
        Ok(None)
    }

    /// The changes that somebody can make to an applied cluster behind our back.
    async fn drift(&self) -> Result<Option<Drift>> {
        Ok(None)
    }

    /// Makes objects of somebody else's that stand where those of [`Stage::spec`] would: at least one that a creation
    /// of ours would stumble over because its name is taken.
    async fn strangers(&self) -> Result<Option<Vec<Stranger>>> {
        Ok(None)
    }

    /// The backend in another region of the same account.
    async fn elsewhere(&self) -> Result<Option<Arc<dyn Backend>>> {
        Ok(None)
    }

    /// A spec that the cloud contradicts.
    fn contradiction(&self) -> Result<Option<Contradiction>> {
        Ok(None)
    }
}

/// One object that an account holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its id, which no other has.
    pub id: String,
    /// What it is: the same words for the same object of the cluster each time that it is made.
    pub what: String,
    /// Its tags; none where the cloud has no tags for such an object.
    pub tags: Option<BTreeMap<String, String>>,
}

/// What can be changed behind our back.
pub struct Drift {
    /// Each spec with the changes that are made to a cluster of it. The first is applied where nothing is, each other
    /// one on top of that before.
    pub changes: Vec<(Spec, Vec<Change>)>,
    /// The owned fields that nobody can change: kind, field, reason. Every other one must have a change.
    pub unchangeable: &'static [(&'static str, &'static str, &'static str)],
}

/// A change that somebody makes behind our back, and what it shows as.
pub struct Change {
    /// The resource.
    pub address: &'static str,
    /// The field; empty when the object is gone and has to be made again.
    pub field: &'static str,
    /// What shows beside, as it follows from that: address and field.
    pub also: &'static [(&'static str, &'static str)],
    /// Makes it, given the cloud's id of each resource by its address.
    #[expect(clippy::type_complexity, reason = "it is written once, here")]
    pub make: Box<dyn Fn(Arc<BTreeMap<String, String>>) -> LocalBoxFuture<'static, Result<()>>>,
}

/// An object of somebody else's.
pub struct Stranger {
    /// Where it stands: the address of the resource that ours would have.
    pub address: &'static str,
    /// Its id, as the listing has it.
    pub id: String,
    /// Removes it.
    pub remove: LocalBoxFuture<'static, Result<()>>,
}

/// A spec that is right in itself and that the cloud contradicts.
pub struct Contradiction {
    /// The spec.
    pub spec: Spec,
    /// The paths of all fields that are wrong here, at least two.
    pub paths: Vec<&'static str>,
}
