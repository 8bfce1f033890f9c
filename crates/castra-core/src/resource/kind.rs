//! A kind of resource, as a backend writes it.

use std::any::Any;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Address, Node, Output, Outputs, Owner, Ref, Resource, StepContext, restore};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::inventory::{Inventory, Item, Ownership};
use crate::plan::FieldChange;

/// How an object is found again after a crash, when the reply to its creation was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// Class A: we choose its name, and the cloud lets one object have it.
    Named,
    /// Class B: its creation carries a client token, and the cloud answers the same token with the same object.
    Token,
    /// Class C: the cloud chooses its id; it is tagged in the call that creates it and found by tag.
    Tagged,
    /// Class D: it is a part of another object and found by reading that.
    Part,
}

/// What a kind's operations are given: the cloud's write handle, the engine's seam, and who the resource is.
pub struct At<'a, C: ?Sized> {
    /// The backend's write handle.
    pub cloud: &'a C,
    /// Calls, waits and the clock.
    pub cx: &'a dyn Context,
    /// Whose the resource is.
    pub owner: &'a Owner,
    /// The resource.
    pub address: &'a Address,
    /// What other resources gave.
    pub outputs: &'a Outputs,
}

impl<C: ?Sized> At<'_, C> {
    /// What a reference leads to.
    ///
    /// # Errors
    /// When the resource has no output yet, which a graph with its edges cannot produce.
    pub fn get<K: Kind>(&self, reference: &Ref<K>) -> Result<K::Output> {
        self.outputs.get(reference)
    }

    /// Every tag of the resource.
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.owner.tags(self.address)
    }
}

/// An object that was looked for and found.
#[derive(Debug, Clone)]
pub struct Found<O> {
    /// The live values of the fields that we own, in the shape of the kind's wanted fields, with ids for references.
    pub fields: Value,
    /// What it gives to others.
    pub output: O,
    /// Whose it is.
    pub ownership: Ownership,
}

/// A kind of resource: a struct of wanted fields and what can be done with it.
///
/// The struct's serialised form is what plans show and compare: each field is one that we own, and its live value is
/// reported under the same name by the survey and by [`Kind::find`]. A field that can't be read back doesn't belong
/// in it (mark it `#[serde(skip)]`). It is read back from that form too, with the fields of an earlier object, when a
/// change is undone. Two fields have a meaning of their own: `name` and `tags` say who the object is.
/// Every other text that equals an object's id is a reference to that object, and orders deletions.
#[async_trait]
pub trait Kind: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// The kind's name in addresses: lower case with underscores, as the cloud's Terraform users know it.
    const KIND: &'static str;
    /// How it is found again after a crash.
    const RECOVERY: Recovery;
    /// The fields that cannot change in place; a difference in one replaces the object.
    const REPLACE: &'static [&'static str];
    /// Kinds whose objects must be gone before one of this kind can be deleted, beyond those that refer to it.
    const DELETE_AFTER: &'static [&'static str] = &[];
    /// True when objects of this kind are replaced one after the other, each in service before the next begins.
    const ONE_AT_A_TIME: bool = false;
    /// True when an object of this kind holds the operator's data: it is never replaced, only destroyed with its
    /// cluster. A difference that would need a replacement is refused instead.
    const HOLDS_DATA: bool = false;
    /// What the operator should know when an object of this kind changes in place.
    const UPDATE_NOTE: Option<&'static str> = None;
    /// The fields whose change the note is about; every field, when it names none.
    const NOTED: &'static [&'static str] = &[];
    /// The fields that change in place and not back, such as a disk's size. A run that would change one is refused
    /// when it is to be undone on failure.
    const ONE_WAY: &'static [&'static str] = &[];
    /// True when an object of this kind is nothing but what its fields say: made again from them after a deletion, it is
    /// the same, its id included. An undo does that; what is deleted of another kind is gone.
    const COMES_BACK: bool = false;
    /// What it gives to others.
    type Output: Output;
    /// The backend's write handle.
    type Cloud: Any + Send + Sync;

    /// Looks for the object by its name or its tags, never by a saved id.
    ///
    /// *Behaviour*
    /// - Finds what [`Kind::create`] made, once the cloud shows it, from any process.
    /// - An object on its way out is not found.
    /// - Something that isn't ours but has our name is found as [`Ownership::Foreign`].
    async fn find(&self, at: &At<'_, Self::Cloud>) -> Result<Option<Found<Self::Output>>>;

    /// Makes the object. Returns as soon as others can refer to it.
    ///
    /// *Requires* that it isn't there, as far as can be known.
    ///
    /// *Behaviour*
    /// - The first call that makes the object carries its owner's tags, where the cloud can.
    /// - [`ErrorKind::AlreadyExists`] when the name is taken.
    /// - The same parameters in another process lead to the same object (classes A and B).
    async fn create(&self, at: &At<'_, Self::Cloud>) -> Result<Self::Output>;

    /// Brings the fields that differ to their wanted values. Each call it makes is idempotent by itself.
    ///
    /// *Requires* that no field of [`Kind::REPLACE`] differs.
    async fn update(
        &self,
        at: &At<'_, Self::Cloud>,
        live: &Self::Output,
        changes: &[FieldChange],
    ) -> Result<Self::Output> {
        let _ = at;
        let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        Err(Error::new(
            ErrorKind::Unsupported,
            format!("{} {} cannot change {} in place", Self::KIND, live.id(), fields.join(", ")),
        ))
    }

    /// Waits until the object is in service. Runs after dependants were let go.
    ///
    /// *Behaviour*
    /// - Returns only when the object is in service, as a survey sees it.
    /// - Bounded; the error of a wait that gave up says what was seen last and why.
    async fn ready(&self, at: &At<'_, Self::Cloud>, live: &Self::Output) -> Result<()> {
        let _ = (at, live);
        Ok(())
    }

    /// Deletes the object and waits until it is gone, so that what it used can be deleted next.
    ///
    /// *Behaviour*
    /// - Something that is gone already, or going, is no error.
    /// - Still in use is [`ErrorKind::InUse`], which is tried again until a deadline and then names the user.
    async fn delete(at: &At<'_, Self::Cloud>, live: &Self::Output) -> Result<()>;

    /// Takes off what protects the object against being deleted. Called when an undo can't delete what its run made
    /// because of that ([`ErrorKind::Protected`]).
    async fn unprotect(at: &At<'_, Self::Cloud>, live: &Self::Output) -> Result<()> {
        let _ = (at, live);
        Ok(())
    }

    /// The resource as it was when it had these fields and this output; an undo updates an object to it.
    ///
    /// What is marked `#[serde(skip)]` has its default: an update must not need it.
    ///
    /// # Errors
    /// When the fields are none that this kind can want, so that an undo is refused before anything is changed.
    fn restored(fields: Value, live: &Self::Output) -> serde_json::Result<Self> {
        let _ = live;
        serde_json::from_value(fields)
    }

    /// The kind as a value.
    fn any() -> &'static dyn AnyKind {
        &KindOf::<Self>(PhantomData)
    }
}

/// A [`Kind`] as a value: what is known without an instance.
#[async_trait]
pub trait AnyKind: Send + Sync {
    /// The kind's name.
    fn name(&self) -> &'static str;
    /// How its objects are found again.
    fn recovery(&self) -> Recovery;
    /// The fields that cannot change in place.
    fn replace_fields(&self) -> &'static [&'static str];
    /// Kinds that must be gone first.
    fn delete_after(&self) -> &'static [&'static str];
    /// Whether its objects are replaced one after the other.
    fn one_at_a_time(&self) -> bool;
    /// Whether its objects hold the operator's data.
    fn holds_data(&self) -> bool;
    /// Whether an object that was deleted can be made again as it was.
    fn comes_back(&self) -> bool;
    /// What the operator should know when these fields of one change in place.
    fn update_note(&self, changes: &[FieldChange]) -> Option<&'static str>;
    /// The resource that an item found by a survey is, such that it can be made again.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when its fields are none that the kind can want.
    fn again(&self, item: &Item, inventory: &Inventory) -> Result<Arc<dyn Resource>>;
    /// Deletes an item found by a survey.
    async fn delete(&self, step: &StepContext<'_>, item: &Item) -> Result<()>;
    /// Takes off what protects an item found by a survey against being deleted.
    async fn unprotect(&self, step: &StepContext<'_>, item: &Item) -> Result<()>;
}

/// The value form of the kind `K`; see [`Kind::any`].
pub struct KindOf<K>(PhantomData<fn() -> K>);

#[async_trait]
impl<K: Kind> AnyKind for KindOf<K> {
    fn name(&self) -> &'static str {
        K::KIND
    }

    fn recovery(&self) -> Recovery {
        K::RECOVERY
    }

    fn replace_fields(&self) -> &'static [&'static str] {
        K::REPLACE
    }

    fn delete_after(&self) -> &'static [&'static str] {
        K::DELETE_AFTER
    }

    fn one_at_a_time(&self) -> bool {
        K::ONE_AT_A_TIME
    }

    fn holds_data(&self) -> bool {
        K::HOLDS_DATA
    }

    fn comes_back(&self) -> bool {
        K::COMES_BACK
    }

    fn again(&self, item: &Item, inventory: &Inventory) -> Result<Arc<dyn Resource>> {
        Ok(Arc::new(Node::new(item.address.name(), restore::again::<K>(item, inventory)?)))
    }

    fn update_note(&self, changes: &[FieldChange]) -> Option<&'static str> {
        let noted = |change: &FieldChange| K::NOTED.is_empty() || K::NOTED.contains(&change.field.as_str());
        K::UPDATE_NOTE.filter(|_| changes.iter().any(noted))
    }

    async fn delete(&self, step: &StepContext<'_>, item: &Item) -> Result<()> {
        let live = output::<K>(item)?;
        K::delete(&step.at::<K>(&item.address)?, live).await.map_err(|error| error.resource(&item.address))
    }

    async fn unprotect(&self, step: &StepContext<'_>, item: &Item) -> Result<()> {
        let live = output::<K>(item)?;
        K::unprotect(&step.at::<K>(&item.address)?, live).await.map_err(|error| error.resource(&item.address))
    }
}

/// What an item of this kind gives to others.
///
/// # Errors
/// [`ErrorKind::Unexpected`] when the survey gave it another kind's output.
pub(super) fn output<K: Kind>(item: &Item) -> Result<&K::Output> {
    item.output.as_any().downcast_ref::<K::Output>().ok_or_else(|| {
        Error::new(ErrorKind::Unexpected, format!("{} was surveyed with another kind's output", item.address))
    })
}
