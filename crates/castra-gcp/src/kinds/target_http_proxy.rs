//! Target HTTP proxies: what takes requests for a URL map in plain HTTP.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::{TargetHttpProxy as Model, UrlMapReference};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::UrlMap;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// A target HTTP proxy of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TargetHttpProxy {
    /// Its name.
    pub(crate) name: String,
    /// What is done with its requests.
    pub(crate) url_map: Ref<UrlMap>,
}

#[async_trait]
impl Kind for TargetHttpProxy {
    const KIND: &'static str = "target_http_proxy";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.region_target_http_proxies.get().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_target_http_proxy(&self.name);
        let answer = maybe(send!(at, Call::read("compute", "regionTargetHttpProxies.get"), request))?;
        Ok(answer.map(|proxy| live(&proxy).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let body = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_url_map(at.get(&self.url_map)?);
        let request = at.cloud.region_target_http_proxies.insert().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_body(body);
        operate!(at, "regionTargetHttpProxies.insert", USUAL, request)?;
        Ok(at.cloud.regional("targetHttpProxies", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let body = UrlMapReference::new().set_url_map(at.get(&self.url_map)?);
        let request = at.cloud.region_target_http_proxies.set_url_map().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_target_http_proxy(links::name(live)).set_body(body);
        operate!(at, "regionTargetHttpProxies.setUrlMap", USUAL, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.region_target_http_proxies.delete().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_target_http_proxy(links::name(live));
        gone(operate!(at, "regionTargetHttpProxies.delete", USUAL, request))
    }
}

/// Reads a proxy.
fn live(model: &Model) -> Live<String> {
    let link = model.self_link.as_deref().unwrap_or_default();
    let fields = json!({
        "name": model.name,
        "url_map": model.url_map.as_deref().map(links::relative),
    });
    Live::described(links::relative(link).to_owned(), fields, model.description.as_deref())
}

/// The target HTTP proxies of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request = look.clients.region_target_http_proxies.list().set_project(&look.clients.project);
    let request = request.set_region(&look.clients.region).set_filter(look.names().filter());
    let found: Vec<Model> = list!(look, "regionTargetHttpProxies.list", request)?;
    Ok(items::<TargetHttpProxy>(look, found.iter().map(live), wanted))
}
