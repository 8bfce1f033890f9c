//! The object-safe form of a resource, and the one body that all kinds share.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use super::{Address, AnyKind, AnyOutput, At, Found, Kind, Outputs, Owner, REFERENCE, Recovery, restore};
use crate::backend::Actuator;
use crate::context::{Context, elapsed};
use crate::error::{Error, ErrorKind, Result};
use crate::inventory::{Inventory, Item, Ownership};
use crate::plan::{FieldChange, differences};

/// How long absence must last before it counts, and since when.
#[derive(Debug, Clone, Copy)]
pub struct Settle {
    /// When the creation that may have happened was intended.
    pub since: Timestamp,
    /// The cloud's visibility window.
    pub window: Duration,
}

/// What a run gives to each step.
#[derive(Clone, Copy)]
pub struct StepContext<'a> {
    /// The backend's write handle.
    pub actuator: &'a dyn Actuator,
    /// Calls, waits and the clock.
    pub cx: &'a dyn Context,
    /// Whose the resources are.
    pub owner: &'a Owner,
    /// The outputs known so far.
    pub outputs: &'a Outputs,
    /// The cloud's visibility window.
    pub window: Duration,
}

impl<'a> StepContext<'a> {
    /// The typed context of a kind's operations.
    pub(super) fn at<K: Kind>(&'a self, address: &'a Address) -> Result<At<'a, K::Cloud>> {
        let cloud = self.actuator.as_any().downcast_ref::<K::Cloud>().ok_or_else(|| {
            Error::new(ErrorKind::Unexpected, format!("{address} belongs to another backend than the run's"))
        })?;
        Ok(At { cloud, cx: self.cx, owner: self.owner, address, outputs: self.outputs })
    }
}

/// One cloud object that a topology needs.
#[async_trait]
pub trait Resource: Send + Sync {
    /// Its name within the cluster.
    fn address(&self) -> &Address;
    /// Its wanted fields, references as `{"$ref": "kind/name"}`.
    fn fields(&self) -> &Value;
    /// What must exist before it: everything it refers to, and what it was told to follow.
    fn after(&self) -> &BTreeSet<Address>;
    /// Its kind.
    fn kind(&self) -> &'static dyn AnyKind;

    /// Makes it exist with its wanted fields: one body for create, update and adopt.
    ///
    /// *Behaviour*
    /// - `live` is what the run's own survey found; without it the object is looked for where an earlier creation
    ///   may have happened (`settle`), and made only when it stayed absent through the window.
    /// - A creation whose reply was lost is looked for before it is made again: through a window of its own where the
    ///   cloud would make a second object.
    /// - A name that is taken by something that isn't ours is [`ErrorKind::Conflict`].
    /// - Running it twice is the same as running it once.
    async fn ensure(
        &self,
        step: &StepContext<'_>,
        live: Option<&Item>,
        settle: Option<Settle>,
    ) -> Result<Arc<dyn AnyOutput>>;

    /// Waits until it is in service.
    async fn ready(&self, step: &StepContext<'_>, output: &dyn AnyOutput) -> Result<()>;

    /// The same resource as the survey found it before these changes, wanting those fields alone: what an undo
    /// brings it back to.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], naming the fields, when they can't be brought back.
    fn before(&self, changes: &[FieldChange], inventory: &Inventory) -> Result<Arc<dyn Resource>>;
}

/// A [`Kind`] with its address and edges: the only implementation of [`Resource`].
pub struct Node<K> {
    address: Address,
    wanted: K,
    fields: Value,
    after: BTreeSet<Address>,
}

/// How often one step makes an object whose creation keeps losing its reply.
const CREATIONS: usize = 4;

impl<K: Kind> Node<K> {
    /// A resource of this kind. It comes after everything that its fields refer to.
    pub fn new(name: &str, wanted: K) -> Self {
        let fields = serde_json::to_value(&wanted).unwrap_or(Value::Null);
        let mut after = BTreeSet::new();
        references(&fields, &mut after);
        Self { address: Address::of::<K>(name), wanted, fields, after }
    }

    /// Makes it come after another resource that no field refers to.
    #[must_use]
    pub fn follows(mut self, address: Address) -> Self {
        self.after.insert(address);
        self
    }

    async fn look(&self, at: &At<'_, K::Cloud>) -> Result<Option<Found<K::Output>>> {
        match self.wanted.find(at).await {
            Ok(Some(Found { ownership: Ownership::Foreign(whose), output, .. })) => {
                Err(conflict(&self.address, super::Output::id(&output), &whose))
            }
            Ok(found) => Ok(found),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks until the object shows or has stayed absent through the window.
    async fn settle(&self, at: &At<'_, K::Cloud>, settle: Settle) -> Result<Option<Found<K::Output>>> {
        loop {
            let now = at.cx.now();
            if let Some(found) = self.look(at).await? {
                return Ok(Some(found));
            }
            let waited = elapsed(settle.since, now);
            if waited >= settle.window {
                return Ok(None);
            }
            let rest = settle.window.saturating_sub(waited);
            at.cx.sleep(rest.min(Duration::from_secs(2)).max(Duration::from_millis(50))).await?;
        }
    }

    async fn sync(&self, at: &At<'_, K::Cloud>, found: Found<K::Output>) -> Result<K::Output> {
        let changes = differences(&self.fields, &found.fields, &|address| at.outputs.id(address));
        self.change(at, &found.output, &changes).await
    }

    async fn change(&self, at: &At<'_, K::Cloud>, live: &K::Output, changes: &[FieldChange]) -> Result<K::Output> {
        // One that doesn't show yet is no difference: a fresh object may take seconds to be described in full.
        let fixed = |change: &&FieldChange| K::REPLACE.contains(&change.field.as_str());
        let changes: Vec<FieldChange> =
            changes.iter().filter(|change| !(fixed(change) && change.from.is_null())).cloned().collect();
        if changes.is_empty() {
            return Ok(live.clone());
        }
        if let Some(change) = changes.iter().find(fixed) {
            return Err(Error::new(
                ErrorKind::Stale,
                format!("`{}` was found with another value than planned and cannot change in place", change.field),
            )
            .remedy("plan again: the next plan replaces it"));
        }
        self.wanted.update(at, live, &changes).await
    }

    async fn create(&self, at: &At<'_, K::Cloud>, window: Duration) -> Result<K::Output> {
        let mut creations = 0;
        loop {
            creations += 1;
            let error = match self.wanted.create(at).await {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let since = at.cx.now();
            let taken = error.kind() == ErrorKind::AlreadyExists;
            if !taken && !error.is_ambiguous() {
                return Err(error);
            }
            // It may be there: look before making it again. Where the cloud itself makes one object of two requests,
            // one look is enough; a name that is taken is that of something that will show.
            let window = match K::RECOVERY {
                Recovery::Tagged => window,
                Recovery::Named | Recovery::Token | Recovery::Part if taken => window,
                Recovery::Named | Recovery::Token | Recovery::Part => Duration::ZERO,
            };
            match self.settle(at, Settle { since, window }).await? {
                Some(found) => return self.sync(at, found).await,
                None if taken => {
                    return Err(Error::new(
                        ErrorKind::Conflict,
                        format!("its name is taken by something that is not ours: {}", error.message()),
                    )
                    .remedy("remove or rename that object, or give the cluster another name")
                    .source(error));
                }
                None if creations >= CREATIONS => return Err(error),
                None => {}
            }
        }
    }
}

fn conflict(address: &Address, id: &str, whose: &str) -> Error {
    Error::new(ErrorKind::Conflict, format!("{id} stands where it should and is not ours: {whose}"))
        .remedy("remove or rename that object, or give the cluster another name")
        .resource(address)
}

fn references(value: &Value, into: &mut BTreeSet<Address>) {
    match value {
        Value::Object(map) => match map.get(REFERENCE).and_then(Value::as_str).and_then(|text| text.parse().ok()) {
            Some(address) => {
                into.insert(address);
            }
            None => map.values().for_each(|value| references(value, into)),
        },
        Value::Array(list) => list.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

#[async_trait]
impl<K: Kind> Resource for Node<K> {
    fn address(&self) -> &Address {
        &self.address
    }

    fn fields(&self) -> &Value {
        &self.fields
    }

    fn after(&self) -> &BTreeSet<Address> {
        &self.after
    }

    fn kind(&self) -> &'static dyn AnyKind {
        K::any()
    }

    async fn ensure(
        &self,
        step: &StepContext<'_>,
        live: Option<&Item>,
        settle: Option<Settle>,
    ) -> Result<Arc<dyn AnyOutput>> {
        let at = step.at::<K>(&self.address)?;
        let output = async {
            if let Some(item) = live {
                let output = super::kind::output::<K>(item)?.clone();
                let found = Found { fields: item.fields.clone(), output, ownership: item.ownership.clone() };
                return self.sync(&at, found).await;
            }
            if let Some(mut settle) = settle {
                // What has a name of its own can't be made twice. A token may have been given with other parameters,
                // so what has one is waited for.
                if matches!(K::RECOVERY, Recovery::Named | Recovery::Part) {
                    settle.window = Duration::ZERO;
                }
                if let Some(found) = self.settle(&at, settle).await? {
                    return self.sync(&at, found).await;
                }
            }
            self.create(&at, step.window).await
        };
        let output: Arc<dyn AnyOutput> = Arc::new(output.await.map_err(|error| error.resource(&self.address))?);
        Ok(output)
    }

    async fn ready(&self, step: &StepContext<'_>, output: &dyn AnyOutput) -> Result<()> {
        let at = step.at::<K>(&self.address)?;
        let live = output
            .as_any()
            .downcast_ref::<K::Output>()
            .ok_or_else(|| Error::new(ErrorKind::Unexpected, "it has another kind's output").resource(&self.address))?;
        self.wanted.ready(&at, live).await.map_err(|error| error.resource(&self.address))
    }

    fn before(&self, changes: &[FieldChange], inventory: &Inventory) -> Result<Arc<dyn Resource>> {
        let (wanted, fields) = restore::before::<K>(&self.address, &self.fields, changes, inventory)?;
        // What its references lead to is there already, unless it has to be made again first.
        let mut after = BTreeSet::new();
        references(&fields, &mut after);
        Ok(Arc::new(Self { address: self.address.clone(), wanted, fields, after }))
    }
}
