//! The two kinds of resources.

use async_trait::async_trait;
use castra::Result;
use castra::core::Kind;
use castra::core::resource::{At, Found, Recovery, Ref};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Memory;

/// The object that is made first and deleted last.
#[derive(Debug, Serialize, Deserialize)]
pub struct Anchor {}

#[async_trait]
impl Kind for Anchor {
    const KIND: &'static str = "anchor";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &[];
    type Output = String;
    type Cloud = Memory;

    async fn find(&self, at: &At<'_, Memory>) -> Result<Option<Found<String>>> {
        at.cloud.find(at).await
    }

    async fn create(&self, at: &At<'_, Memory>) -> Result<String> {
        at.cloud.create(at, json!({})).await
    }

    async fn delete(at: &At<'_, Memory>, _: &String) -> Result<()> {
        at.cloud.delete(at).await
    }
}

/// A resource that does nothing but to need another one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nothing {
    /// The one that it needs.
    pub needs: Option<Ref<Self>>,
}

#[async_trait]
impl Kind for Nothing {
    const KIND: &'static str = "nothing";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["needs"];
    type Output = String;
    type Cloud = Memory;

    async fn find(&self, at: &At<'_, Memory>) -> Result<Option<Found<String>>> {
        at.cloud.find(at).await
    }

    async fn create(&self, at: &At<'_, Memory>) -> Result<String> {
        let needs = self.needs.as_ref().map(|needs| at.get(needs)).transpose()?;
        at.cloud.create(at, json!({ "needs": needs })).await
    }

    async fn delete(at: &At<'_, Memory>, _: &String) -> Result<()> {
        at.cloud.delete(at).await
    }
}
