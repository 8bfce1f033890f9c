//! Health checks: how a load balancer finds out whether a machine serves.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::health_check::Type;
use google_cloud_compute_v1::model::{
    HTTPHealthCheck, HTTPSHealthCheck, HealthCheck as Model, HealthCheckLogConfig, TCPHealthCheck,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// How a health check asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum CheckProtocol {
    /// By connecting.
    Tcp,
    /// For a path over HTTP, where only the status 200 is a good answer.
    Http,
    /// The same over HTTPS, whatever certificate the machine shows.
    Https,
}

/// A health check of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HealthCheck {
    /// Its name.
    pub(crate) name: String,
    /// How it asks.
    pub(crate) protocol: CheckProtocol,
    /// Which port it asks.
    pub(crate) port: u16,
    /// For which path, with HTTP and HTTPS.
    pub(crate) path: Option<String>,
    /// Seconds from one question to the next: 1 to 300.
    pub(crate) interval_seconds: u16,
    /// Seconds without an answer that count as a bad one: 1 to 300, and not more than the interval.
    pub(crate) timeout_seconds: u16,
    /// Good answers in a row that make a machine healthy: 1 to 10.
    pub(crate) healthy_threshold: u8,
    /// Bad answers in a row that make a machine unhealthy: 1 to 10.
    pub(crate) unhealthy_threshold: u8,
    /// Whether every change of a machine's health is written to Cloud Logging.
    pub(crate) logging: bool,
}

#[async_trait]
impl Kind for HealthCheck {
    const KIND: &'static str = "health_check";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.region_health_checks.get().set_project(&at.cloud.project).set_region(&at.cloud.region);
        let request = request.set_health_check(&self.name);
        let answer = maybe(send!(at, Call::read("compute", "regionHealthChecks.get"), request))?;
        Ok(answer.map(|check| live(&check).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at.cloud.region_health_checks.insert().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_body(self.body(at));
        operate!(at, "regionHealthChecks.insert", USUAL, request)?;
        Ok(at.cloud.regional("healthChecks", &self.name))
    }

    /// All of it is written anew, so that nothing is left of another protocol.
    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let request = at.cloud.region_health_checks.update().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_health_check(links::name(live)).set_body(self.body(at));
        operate!(at, "regionHealthChecks.update", USUAL, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.region_health_checks.delete().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_health_check(links::name(live));
        gone(operate!(at, "regionHealthChecks.delete", USUAL, request))
    }
}

impl HealthCheck {
    fn body(&self, at: &At<'_, Clients>) -> Model {
        let port = i32::from(self.port);
        let path = self.path.as_deref().unwrap_or("/");
        let body = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_check_interval_sec(self.interval_seconds)
            .set_timeout_sec(self.timeout_seconds)
            .set_healthy_threshold(self.healthy_threshold)
            .set_unhealthy_threshold(self.unhealthy_threshold)
            .set_log_config(HealthCheckLogConfig::new().set_enable(self.logging));
        match self.protocol {
            CheckProtocol::Tcp => body.set_type(Type::Tcp).set_tcp_health_check(TCPHealthCheck::new().set_port(port)),
            CheckProtocol::Http => body
                .set_type(Type::Http)
                .set_http_health_check(HTTPHealthCheck::new().set_port(port).set_request_path(path)),
            CheckProtocol::Https => body
                .set_type(Type::Https)
                .set_https_health_check(HTTPSHealthCheck::new().set_port(port).set_request_path(path)),
        }
    }
}

/// Reads a health check. Of one that asks otherwise than ours do, port and path are none.
fn live(model: &Model) -> Live<String> {
    let link = model.self_link.as_deref().unwrap_or_default();
    let (port, path) = if let Some(tcp) = &model.tcp_health_check {
        (tcp.port, None)
    } else if let Some(http) = &model.http_health_check {
        (http.port, http.request_path.as_deref())
    } else if let Some(https) = &model.https_health_check {
        (https.port, https.request_path.as_deref())
    } else {
        (None, None)
    };
    let fields = json!({
        "name": model.name,
        "protocol": model.r#type.as_ref().and_then(Type::name),
        "port": port,
        "path": path,
        "interval_seconds": model.check_interval_sec,
        "timeout_seconds": model.timeout_sec,
        "healthy_threshold": model.healthy_threshold,
        "unhealthy_threshold": model.unhealthy_threshold,
        "logging": model.log_config.as_ref().and_then(|log| log.enable).unwrap_or(false),
    });
    Live::described(links::relative(link).to_owned(), fields, model.description.as_deref())
}

/// The health checks of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request = look.clients.region_health_checks.list().set_project(&look.clients.project);
    let request = request.set_region(&look.clients.region).set_filter(look.names().filter());
    let found: Vec<Model> = list!(look, "regionHealthChecks.list", request)?;
    Ok(items::<HealthCheck>(look, found.iter().map(live), wanted))
}
