//! Every cluster of which anything shows: those that live, and what others have left behind.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use castra_core::inventory::{ClusterRecord, Scope};
use castra_core::plan::Plan;
use castra_core::spec::ClusterName;
use castra_core::{Error, ErrorKind, Inventory, Item, Ownership, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::prepare::{self, Looked, Preparation};
use super::{Engine, OnFailure, Request, Session};
use crate::journal::History;

/// How many clusters are looked at at the same time. Each is some forty calls.
const SURVEYS: usize = 4;

/// All clusters of an account and region of which anything shows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Clusters {
    /// Where was looked.
    pub scope: Scope,
    /// The clusters, by name and uid.
    pub found: Vec<Found>,
    /// What carries a cluster's name and can't be said to be any cluster's.
    pub notes: Vec<String>,
}

impl Clusters {
    /// None yet.
    pub fn new(scope: Scope) -> Self {
        Self { scope, found: Vec::new(), notes: Vec::new() }
    }
}

/// One cluster of which something shows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found {
    /// Its name.
    pub cluster: ClusterName,
    /// Its uid: several clusters may have had the name.
    pub uid: Uuid,
    /// Whether it lives.
    pub life: Life,
    /// Its objects, the anchor among them, by address and id.
    pub items: Vec<Item>,
}

impl Found {
    /// A cluster of which no object is known yet.
    pub fn new(cluster: ClusterName, uid: Uuid, life: Life) -> Self {
        Self { cluster, uid, life, items: Vec::new() }
    }
}

/// Whether a cluster lives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Life {
    /// It has its anchor, which says this: it is removed by [`Request::Destroy`] and by nothing else.
    Alive(ClusterRecord),
    /// There is an anchor of its name that can't be read, by a later version for example; so nobody knows.
    Unclear,
    /// Its anchor is gone, or is that of another cluster. This plan removes what is left; [`Engine::apply`] carries it
    /// out for a [`Request::Sweep`].
    LeftBehind(Plan),
}

impl Found {
    /// The objects that may hold the operator's data.
    pub fn data(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.kind.holds_data())
    }
}

impl Engine {
    /// Finds every cluster of which anything shows in the account and region, by tags, derived names and anchors
    /// alone: no spec is needed and no journal. Calls nothing that could write.
    ///
    /// An object without a uid is nobody's: it is noted and in no plan.
    ///
    /// ```no_run
    /// use castra_engine::engine::{Engine, Life, Request, Session};
    ///
    /// # async fn example(engine: Engine) -> castra_core::Result<()> {
    /// let session = Session::default();
    /// for found in engine.clusters(&session).await?.found {
    ///     if let Life::LeftBehind(plan) = &found.life {
    ///         let request = Request::Sweep { cluster: &found.cluster, uid: found.uid };
    ///         engine.apply(request, Some(plan), &session).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the cloud cannot be reached or refuses to be looked at.
    pub async fn clusters(&self, session: &Session) -> Result<Clusters> {
        let cx = self.context(session);
        let observer = self.backend.observer();
        let scope = observer.scope(&cx).await?;
        let names = observer.clusters(&cx).await?;
        let looks = names.iter().map(|(name, nobodys)| async {
            let looked = prepare::look(observer, &cx, Request::Destroy(name)).await?;
            self.tell_apart(name, looked.inventory, nobodys)
        });
        let mut clusters = Clusters::new(scope);
        let mut looks = stream::iter(looks).buffered(SURVEYS);
        while let Some((found, note)) = looks.try_next().await? {
            clusters.found.extend(found);
            clusters.notes.extend(note);
        }
        Ok(clusters)
    }

    /// The clusters of one name, and a note about what is none's: `nobodys`, and what of that the survey has found.
    fn tell_apart(
        &self,
        cluster: &ClusterName,
        inventory: Inventory,
        nobodys: &[String],
    ) -> Result<(Vec<Found>, Option<String>)> {
        let anchor = self.backend.capabilities().anchor;
        let uids: BTreeSet<Uuid> = inventory.items.iter().filter_map(|item| item.uid).collect();
        let without = inventory.items.iter().filter(|item| item.uid.is_none() && item.ownership == Ownership::Ours);
        let stray: BTreeSet<&str> =
            without.map(|item| item.id.as_str()).chain(nobodys.iter().map(String::as_str)).collect();
        let note = (!stray.is_empty()).then(|| {
            format!("tagged {cluster} without a uid, so nobody's, and left alone: {}", Vec::from_iter(stray).join(", "))
        });
        let found = uids.into_iter().map(|uid| {
            let life = match &inventory.cluster {
                Some(record) if record.uid == uid => Life::Alive(record.clone()),
                None if unread(&inventory, anchor) => Life::Unclear,
                _ => {
                    let request = Request::Sweep { cluster, uid };
                    let looked = Looked::without_catalogue(inventory.clone());
                    let (history, on_failure) = (&History::none(), OnFailure::Keep);
                    let preparation = Preparation { engine: self, request, history, expected: None, on_failure };
                    Life::LeftBehind(preparation.plan(looked)?.plan)
                }
            };
            let items = inventory.items.iter().filter(|item| item.uid == Some(uid));
            let sorted: BTreeMap<_, &Item> = items.map(|item| ((&item.address, &item.id), item)).collect();
            Ok(Found { cluster: cluster.clone(), uid, life, items: sorted.into_values().cloned().collect() })
        });
        Ok((found.collect::<Result<_>>()?, note))
    }
}

/// Whether there is an anchor that doesn't say which cluster's it is.
fn unread(inventory: &Inventory, anchor: &str) -> bool {
    inventory.cluster.is_none() && inventory.items.iter().any(|item| item.address.kind() == anchor)
}

/// What of an inventory a dead cluster has left behind: everything with its uid, and nothing else.
///
/// # Errors
/// [`ErrorKind::Conflict`] when the cluster lives, or when nobody can tell.
pub(super) fn left_behind(
    mut inventory: Inventory,
    cluster: &ClusterName,
    uid: Uuid,
    anchor: &str,
) -> Result<Inventory> {
    let scope = &inventory.scope;
    let destroy = format!("castra destroy --name {cluster} --provider {} --region {}", scope.provider, scope.region);
    if inventory.cluster.as_ref().is_some_and(|record| record.uid == uid) {
        let message = format!("{cluster} with uid {uid} has its anchor, so it is alive and nothing is left behind");
        return Err(Error::new(ErrorKind::Conflict, message).remedy(format!("to remove the cluster, use `{destroy}`")));
    }
    if unread(&inventory, anchor) {
        let message = format!("the anchor of {cluster} can't be read, so nobody knows whether {uid} is alive");
        return Err(Error::new(ErrorKind::Conflict, message)
            .remedy("use the version of castra that wrote it, or remove it if it isn't a cluster's"));
    }
    inventory.items.retain(|item| item.uid == Some(uid));
    for item in &mut inventory.items {
        item.ownership = Ownership::Ours;
    }
    // The record and the machines are those of the cluster that has the name now.
    inventory.cluster = None;
    inventory.nodes.clear();
    Ok(inventory)
}
