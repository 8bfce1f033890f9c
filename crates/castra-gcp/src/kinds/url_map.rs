//! URL maps: what a load balancer does with a request. Ours treat all requests alike.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::http_redirect_action::RedirectResponseCode;
use google_cloud_compute_v1::model::{HttpRedirectAction, UrlMap as Model};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::BackendService;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// What is done with every request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UrlMapAction {
    /// It goes to a healthy machine of a service.
    Forward(Ref<BackendService>),
    /// The client is sent to the same URL by HTTPS on port 443, for good (status 301).
    RedirectToHttps,
}

/// A URL map of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UrlMap {
    /// Its name.
    pub(crate) name: String,
    /// What it does.
    pub(crate) action: UrlMapAction,
}

#[async_trait]
impl Kind for UrlMap {
    const KIND: &'static str = "url_map";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        Ok(maybe(get(at, &self.name).await)?.map(|map| live(&map).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at.cloud.region_url_maps.insert().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_body(self.body(at)?);
        operate!(at, "regionUrlMaps.insert", USUAL, request)?;
        Ok(at.cloud.regional("urlMaps", &self.name))
    }

    /// All of it is written anew, so that nothing is left of what else it did.
    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        from_latest(at, &self.name, || async {
            let map = self.body(at)?.set_or_clear_fingerprint(get(at, &self.name).await?.fingerprint);
            let request = at.cloud.region_url_maps.update().set_project(project).set_region(region);
            operate!(at, "regionUrlMaps.update", USUAL, request.set_url_map(&self.name).set_body(map))
        })
        .await?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.region_url_maps.delete().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_url_map(links::name(live));
        gone(operate!(at, "regionUrlMaps.delete", USUAL, request))
    }
}

impl UrlMap {
    fn body(&self, at: &At<'_, Clients>) -> Result<Model> {
        let body = Model::new().set_name(&self.name).set_description(Mark::new(at.owner, at.address).to_string());
        Ok(match &self.action {
            UrlMapAction::Forward(service) => body.set_default_service(at.get(service)?),
            UrlMapAction::RedirectToHttps => body.set_default_url_redirect(to_https()),
        })
    }
}

/// What a map does, in the form of [`UrlMapAction`]; what none of ours does is told in words.
fn action(model: &Model) -> Value {
    let special = [
        (!model.host_rules.is_empty() || !model.path_matchers.is_empty(), "rules for hosts and paths"),
        (model.default_route_action.is_some(), "a route of its own"),
        (model.header_action.is_some(), "changes of headers"),
        (model.default_custom_error_response_policy.is_some(), "error pages of its own"),
    ];
    let special: Vec<&str> = special.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
    if !special.is_empty() {
        return json!({ "other": special.join(", ") });
    }
    match (&model.default_service, &model.default_url_redirect) {
        (Some(service), None) => json!({ "forward": links::relative(service) }),
        (None, Some(redirect)) if is_to_https(redirect) => json!("redirect_to_https"),
        (None, Some(_)) => json!({ "other": "another redirect" }),
        _ => Value::Null,
    }
}

/// The redirect to HTTPS, for good.
fn to_https() -> HttpRedirectAction {
    HttpRedirectAction::new()
        .set_https_redirect(true)
        .set_redirect_response_code(RedirectResponseCode::MovedPermanentlyDefault)
        .set_strip_query(false)
}

fn is_to_https(redirect: &HttpRedirectAction) -> bool {
    let elsewhere = [&redirect.host_redirect, &redirect.path_redirect, &redirect.prefix_redirect];
    let for_good = redirect.redirect_response_code.as_ref();
    redirect.https_redirect == Some(true)
        && redirect.strip_query != Some(true)
        && for_good.is_none_or(|code| *code == RedirectResponseCode::MovedPermanentlyDefault)
        && elsewhere.iter().all(|one| one.as_deref().is_none_or(str::is_empty))
}

/// A URL map by its name.
async fn get(at: &At<'_, Clients>, name: &str) -> Result<Model> {
    let request = at.cloud.region_url_maps.get().set_project(&at.cloud.project);
    let request = request.set_region(&at.cloud.region).set_url_map(name);
    send!(at, Call::read("compute", "regionUrlMaps.get"), request)
}

/// Reads a URL map.
fn live(map: &Model) -> Live<String> {
    let link = map.self_link.as_deref().unwrap_or_default();
    let fields = json!({ "name": map.name, "action": action(map) });
    Live::described(links::relative(link).to_owned(), fields, map.description.as_deref())
}

/// The URL maps of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request = look.clients.region_url_maps.list().set_project(&look.clients.project);
    let request = request.set_region(&look.clients.region).set_filter(look.names().filter());
    let found: Vec<Model> = list!(look, "regionUrlMaps.list", request)?;
    Ok(items::<UrlMap>(look, found.iter().map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::HostRule;

    use super::*;

    #[test]
    fn what_a_map_does_is_told_from_what_ours_do() {
        let service = "https://www.googleapis.com/compute/v1/projects/p1/regions/r/backendServices/camp-application";
        let forward = Model::new().set_default_service(service);
        assert_eq!(action(&forward), json!({ "forward": "projects/p1/regions/r/backendServices/camp-application" }));
        assert_eq!(action(&forward.set_host_rules([HostRule::new()]))["other"], "rules for hosts and paths");
        let redirect = |redirect| action(&Model::new().set_default_url_redirect(redirect));
        assert_eq!(redirect(to_https()), json!("redirect_to_https"));
        // The code's default, and how a client that sends every field writes what it doesn't want.
        let bare = HttpRedirectAction::new().set_https_redirect(true).set_host_redirect("");
        assert_eq!(redirect(bare.clone()), json!("redirect_to_https"));
        for other in [
            bare.clone().set_redirect_response_code(RedirectResponseCode::Found),
            bare.clone().set_host_redirect("example.com"),
            bare.clone().set_strip_query(true),
            bare.set_https_redirect(false),
        ] {
            assert_eq!(redirect(other)["other"], "another redirect");
        }
        assert_eq!(action(&Model::new()), Value::Null);
    }

    #[test]
    fn what_is_wanted_is_written_as_what_is_found() {
        assert_eq!(serde_json::to_value(UrlMapAction::RedirectToHttps).unwrap(), "redirect_to_https");
        let forward = serde_json::to_value(UrlMapAction::Forward(Ref::to("application"))).unwrap();
        assert_eq!(forward, json!({ "forward": { "$ref": "backend_service/application" } }));
    }
}
