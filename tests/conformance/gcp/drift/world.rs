//! What a change is made with.

use std::future::Future;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use castra_engine::clock::Clock;
use castra_testkit::Change;
use castra_tests::gcp::{Cloud, Lab, REGION};
use serde_json::Value;

use crate::case::{self, Ids};

/// A change that somebody makes on Google Cloud.
pub(super) type Case = case::Case<World>;

/// The change of a field of a resource; of none when the object is gone.
pub(super) fn case<F>(address: &'static str, field: &'static str, change: impl Fn(World) -> F + 'static) -> Case
where
    F: Future<Output = Result<()>> + 'static,
{
    Case::new(address, field, change)
}

/// The changes, made in this project.
pub(super) fn changes(cases: impl IntoIterator<Item = Case>, lab: &Lab) -> Vec<Change> {
    let in_project = |case: Case| {
        let (cloud, clock) = (lab.cloud.clone(), Arc::clone(&lab.clock));
        case.in_world(move |ids, me| World { cloud: cloud.clone(), me, clock: Arc::clone(&clock), ids })
    };
    cases.into_iter().map(in_project).collect()
}

/// A case in which a field's part of the object is patched.
pub(super) fn patched(address: &'static str, field: &'static str, body: Value) -> Case {
    case(address, field, move |w| {
        let body = body.clone();
        async move { w.patch(&w.me, body).await }
    })
}

/// A case in which a verb of the object is called.
pub(super) fn called(address: &'static str, field: &'static str, verb: &'static str, body: Value) -> Case {
    case(address, field, move |w| {
        let body = body.clone();
        async move { w.call(&w.me, verb, body).await }
    })
}

/// A case in which the object gets one more label.
pub(super) fn labelled(address: &'static str) -> Case {
    case(address, "labels", |w| async move { w.label(&w.me).await })
}

/// A case in which the object is deleted.
pub(super) fn deleted(address: &'static str) -> Case {
    case(address, "", |w| async move { w.cloud.meddle("DELETE", &w.me, Value::Null).await })
}

/// The project, the ids of what is in it, and which of it the case is about.
#[derive(Clone)]
pub(super) struct World {
    pub(super) cloud: Cloud,
    pub(super) me: String,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
}

impl World {
    /// The id of another resource.
    pub(super) fn id(&self, address: &str) -> String {
        self.ids.get(address).cloned().unwrap_or_else(|| panic!("there is no {address}"))
    }

    /// The path of something of the region.
    pub(super) fn here(path: &str) -> String {
        format!("regions/{REGION}/{path}")
    }

    /// Patches something, from what it is now.
    pub(super) async fn patch(&self, path: &str, body: Value) -> Result<()> {
        self.cloud.meddle("PATCH", path, self.at_its_latest(path, body).await?).await
    }

    /// Calls a verb of something, from what it is now.
    pub(super) async fn call(&self, path: &str, verb: &str, body: Value) -> Result<()> {
        let body = self.at_its_latest(path, body).await?;
        self.cloud.meddle("POST", &format!("{path}/{verb}"), body).await
    }

    /// Adds a label.
    pub(super) async fn label(&self, path: &str) -> Result<()> {
        let now = self.cloud.read(path).await?;
        let mut body = serde_json::json!({ "labels": now["labels"], "labelFingerprint": now["labelFingerprint"] });
        body["labels"].as_object_mut().context("labels")?.insert("owner".into(), "me".into());
        self.cloud.meddle("POST", &format!("{path}/setLabels"), body).await
    }

    /// What says from which state it was made, where the object has a fingerprint and the request a place for it.
    async fn at_its_latest(&self, path: &str, mut body: Value) -> Result<Value> {
        if body.get("fingerprint").is_some() {
            body["fingerprint"] = self.cloud.read(path).await?["fingerprint"].clone();
        }
        Ok(body)
    }

    /// Lets time pass in which Google finishes what takes it long.
    pub(super) async fn settle(&self) {
        self.clock.sleep(castra_tests::SETTLED).await;
    }
}

impl case::World for World {
    async fn settle(&self) {
        Self::settle(self).await;
    }
}
