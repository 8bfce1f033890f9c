//! What makes a kind of resource what it is.

use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::ApiError;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource};
use crate::gcp::scope::Key;

/// A kind of resource. What isn't said here is as with most: the frame inserts, gets, lists, patches, updates, labels
/// and deletes resources of every kind, and runs the operations that this takes.
pub(crate) trait Kind: Sync {
    /// What paths call it: `networks`. Resources of one kind have one such name wherever they are.
    fn collection(&self) -> &'static str;

    /// The contract's schema: `Network`.
    fn schema(&self) -> &'static str;

    /// What texts of errors call one: `network`, `instance_template`.
    fn noun(&self) -> &'static str;

    /// The fields that refer to other resources.
    fn references(&self) -> &'static [Reference] {
        &[]
    }

    /// Whether it is busy while an operation changes it, and refuses others with `resourceNotReady` until then.
    fn exclusive(&self) -> bool {
        true
    }

    /// Whether it is shown from the beginning of its insertion instead of from its end: instances and managed groups.
    fn shows_early(&self) -> bool {
        false
    }

    /// When a deletion is refused because of something that uses it: at once, or at its operation's end.
    fn in_use(&self) -> InUse {
        InUse::AtOnce
    }

    /// Fields that can't be changed by a patch or an update, besides `name` and what only the server writes.
    fn fixed(&self) -> &'static [&'static str] {
        &[]
    }

    /// The quota that each one uses: `NETWORKS`. It is the region's if the resource is in a region.
    fn quota(&self) -> Option<&'static str> {
        None
    }

    /// The quotas that one uses by what it is, which are held against them when its insertion ends: `CPUS`.
    fn metrics(&self) -> &'static [&'static str] {
        &[]
    }

    /// How much of a quota one uses: of [`Self::quota`] or one of [`Self::metrics`].
    fn amount(&self, _resource: &Resource, _metric: &str) -> f64 {
        1.0
    }

    /// Whether a patch or an update needs the latest fingerprint, rather than only not taking an old one.
    fn needs_fingerprint(&self, _verb: &str) -> bool {
        false
    }

    /// How long an operation of that verb runs.
    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.operation
    }

    /// What an operation of that verb calls itself.
    fn operation_type(&self, verb: &str) -> String {
        verb.to_owned()
    }

    /// Completes what is to be inserted as the cloud does, or refuses it. References are links already, and lead to
    /// resources that are there; the server's common fields come later. Changes nothing else.
    fn prepare(&self, _call: &mut Call<'_>, _key: &Key, _new: &mut New) -> Result<(), ApiError> {
        Ok(())
    }

    /// Completes what a patch or an update makes of a document, or refuses it. Changes nothing else.
    fn amend(
        &self,
        _call: &mut Call<'_>,
        _key: &Key,
        _before: &Document,
        _after: &mut Document,
    ) -> Result<(), ApiError> {
        Ok(())
    }

    /// Its insertion ends: it can be used from now on, unless this fails.
    fn ready(&self, _project: &mut Project, _key: &Key) -> Result<(), OperationError> {
        Ok(())
    }

    /// Its document has changed, by an operation that has just ended.
    fn changed(&self, _project: &mut Project, _key: &Key) {}

    /// An operation on it has failed, and what the request did at once is to be undone.
    fn undone(&self, _project: &mut Project, _key: &Key) {}

    /// What keeps it from being deleted, other than references to it.
    fn keeps(&self, _project: &Project, _resource: &Resource) -> Result<(), ApiError> {
        Ok(())
    }

    /// Its deletion is accepted and runs.
    fn going(&self, _project: &mut Project, _key: &Key) {}

    /// Whether its deletion has something to wait for, however long it has run already.
    fn lingers(&self, _project: &Project, _key: &Key) -> bool {
        false
    }

    /// It is gone.
    fn gone(&self, _project: &mut Project, _resource: Resource) {}

    /// What is shown of it now.
    fn show(&self, _project: &Project, resource: &Resource) -> Document {
        resource.document.clone()
    }

    /// Its methods besides the common ones, by verb; and those that it does its own way.
    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[]
    }
}

/// What is to be inserted.
#[derive(Debug, Default)]
pub(crate) struct New {
    /// What is shown of it.
    pub(crate) document: Document,
    /// What the kind keeps of it and doesn't show.
    pub(crate) hidden: Document,
}

/// When a deletion is refused because of something that uses what is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InUse {
    /// With 400 `resourceInUseByAnotherResource`.
    AtOnce,
    /// The operation ends with `RESOURCE_IN_USE_BY_ANOTHER_RESOURCE`.
    AtTheEnd,
}

/// A field that refers to another resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    /// Where it is: `backends[].group` (see [`crate::gcp::field`]).
    pub(crate) field: &'static str,
    /// The collections that it may lead to.
    pub(crate) to: &'static [&'static str],
    /// Whether what it leads to can't be deleted as long as it is there.
    pub(crate) holds: bool,
}

impl Reference {
    /// One that holds what it leads to.
    pub(crate) const fn to(field: &'static str, to: &'static [&'static str]) -> Self {
        Self { field, to, holds: true }
    }

    /// One to something that may go all the same.
    pub(crate) const fn loosely(field: &'static str, to: &'static [&'static str]) -> Self {
        Self { field, to, holds: false }
    }
}
