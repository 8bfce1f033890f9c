//! Backend services: the groups of machines behind a load balancer, and how traffic is shared out among them.

pub(crate) mod health;

use std::time::Duration;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Output as _, Recovery, Ref};
use castra_core::{Call, ContextExt as _, FieldChange, Item, Result, Wait};
use google_cloud_compute_v1::model::backend::BalancingMode;
use google_cloud_compute_v1::model::backend_service::{LoadBalancingScheme, Protocol as Spoken};
use google_cloud_compute_v1::model::{
    Backend as BackendModel, BackendService as Model, ConnectionDraining, SecurityPolicyReference,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::{Live, items};
use super::{HealthCheck, InstanceGroup, InstanceGroupManager, SecurityPolicy};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// How long machines may take until they are healthy: to boot, to start what they run, and to be asked a few times.
const DEADLINE: Duration = Duration::from_secs(20 * 60);

/// Which kind of load balancer a backend service or a forwarding rule is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Scheme {
    /// A proxy that takes requests from anywhere.
    ExternalManaged,
    /// A proxy that takes requests from the network.
    InternalManaged,
    /// Packets from the network go through as they are.
    Internal,
}

/// What a load balancer speaks with machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Protocol {
    /// HTTPS. The machine's certificate isn't checked.
    Https,
    /// TCP.
    Tcp,
}

/// A group behind a backend service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum BackendGroup {
    /// One whose members we choose.
    Chosen(Ref<InstanceGroup>),
    /// That of a manager.
    Managed(Ref<InstanceGroupManager>),
}

/// How much of the traffic a group takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Balancing {
    /// By connections, of which there is no limit: what goes through as it is.
    Connections,
    /// By requests: so many a second for each machine until other groups are preferred.
    RatePerMachine(u32),
}

/// One group and its part of the traffic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Backend {
    /// The group.
    pub(crate) group: BackendGroup,
    /// How much it takes.
    pub(crate) balancing: Balancing,
}

/// A backend service of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BackendService {
    /// Its name.
    pub(crate) name: String,
    /// Which kind of load balancer it is a part of.
    pub(crate) scheme: Scheme,
    /// What machines are spoken to in.
    pub(crate) protocol: Protocol,
    /// The groups' name of the port that machines serve on. What goes through as it is keeps its port.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) port_name: Option<String>,
    /// How machines' health is found out.
    pub(crate) health_check: Ref<HealthCheck>,
    /// The groups.
    pub(crate) backends: Vec<Backend>,
    /// How long an answer may take, in seconds. It means nothing to what goes through as it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) timeout_seconds: Option<u32>,
    /// How long a machine that leaves may finish what it has begun, in seconds: 0 to 3600.
    pub(crate) drain_seconds: u16,
    /// Who gets through to it; everybody without one.
    pub(crate) security_policy: Option<Ref<SecurityPolicy>>,
}

#[async_trait]
impl Kind for BackendService {
    const KIND: &'static str = "backend_service";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "scheme"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        Ok(maybe(get(at, &self.name).await)?.map(|service| live(&service).found(at)))
    }

    /// The policy is set by a request of its own, because the field is output only (Compute Engine API reference,
    /// `BackendService.securityPolicy`). Nothing refers to the service before that is done.
    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        let service = self
            .body(at)?
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_load_balancing_scheme(match self.scheme {
                Scheme::ExternalManaged => LoadBalancingScheme::ExternalManaged,
                Scheme::InternalManaged => LoadBalancingScheme::InternalManaged,
                Scheme::Internal => LoadBalancingScheme::Internal,
            });
        let request = at.cloud.region_backend_services.insert().set_project(project).set_region(region);
        operate!(at, "regionBackendServices.insert", USUAL, request.set_body(service))?;
        if self.security_policy.is_some() {
            self.set_policy(at).await?;
        }
        Ok(at.cloud.regional("backendServices", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, changes: &[FieldChange]) -> Result<String> {
        if changes.iter().any(|change| change.field == "security_policy") {
            self.set_policy(at).await?;
        }
        if changes.iter().any(|change| change.field != "security_policy") {
            self.patch(at).await?;
        }
        Ok(live.clone())
    }

    /// Waits until a machine of each chosen group is there, and all machines of all groups that are there are healthy.
    async fn ready(&self, at: &At<'_, Clients>, _: &String) -> Result<()> {
        let wait = Wait::new(format!("the machines behind {} to be healthy", self.name)).deadline(DEADLINE);
        at.cx.wait(&wait, || health::look(at, self)).await
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_backend_services.delete().set_project(project).set_region(region);
        gone(operate!(at, "regionBackendServices.delete", USUAL, request.set_backend_service(links::name(live))))
    }
}

impl BackendService {
    /// What can change in place.
    fn body(&self, at: &At<'_, Clients>) -> Result<Model> {
        let backends = self.backends.iter().map(|backend| backend.body(at)).collect::<Result<Vec<_>>>()?;
        let draining = ConnectionDraining::new().set_draining_timeout_sec(self.drain_seconds);
        let service = Model::new()
            .set_protocol(match self.protocol {
                Protocol::Https => Spoken::Https,
                Protocol::Tcp => Spoken::Tcp,
            })
            .set_or_clear_port_name(self.port_name.clone())
            .set_or_clear_timeout_sec(self.timeout_seconds.and_then(|seconds| i32::try_from(seconds).ok()))
            .set_health_checks([at.get(&self.health_check)?])
            .set_backends(backends)
            .set_connection_draining(draining);
        Ok(service)
    }

    async fn patch(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        from_latest(at, &self.name, || async {
            let service = self.body(at)?.set_or_clear_fingerprint(get(at, &self.name).await?.fingerprint);
            let request = at.cloud.region_backend_services.patch().set_project(project).set_region(region);
            let request = request.set_backend_service(&self.name).set_body(service);
            operate!(at, "regionBackendServices.patch", USUAL, request)
        })
        .await
    }

    /// Sets the policy, or takes it away.
    async fn set_policy(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let policy = self.security_policy.as_ref().map(|policy| at.get(policy)).transpose()?;
        let body = SecurityPolicyReference::new().set_or_clear_security_policy(policy);
        let request = at.cloud.region_backend_services.set_security_policy().set_project(project).set_region(region);
        let request = request.set_backend_service(&self.name).set_body(body);
        operate!(at, "regionBackendServices.setSecurityPolicy", USUAL, request)
    }
}

impl Backend {
    #[expect(clippy::cast_precision_loss, reason = "rates are small numbers")]
    fn body(&self, at: &At<'_, Clients>) -> Result<BackendModel> {
        let backend = BackendModel::new().set_group(match &self.group {
            BackendGroup::Chosen(group) => at.get(group)?.id().to_owned(),
            BackendGroup::Managed(manager) => at.get(manager)?.group,
        });
        Ok(match self.balancing {
            Balancing::Connections => backend.set_balancing_mode(BalancingMode::Connection),
            Balancing::RatePerMachine(rate) => {
                backend.set_balancing_mode(BalancingMode::Rate).set_max_rate_per_instance(rate as f32)
            }
        })
    }
}

async fn get(at: &At<'_, Clients>, name: &str) -> Result<Model> {
    let Clients { project, region, .. } = at.cloud;
    let request = at.cloud.region_backend_services.get().set_project(project).set_region(region);
    send!(at, Call::read("compute", "regionBackendServices.get"), request.set_backend_service(name))
}

/// Reads a backend service.
fn live(service: &Model) -> Live<String> {
    let link = service.self_link.as_deref().unwrap_or_default();
    let draining = service.connection_draining.as_ref();
    let fields = json!({
        "name": service.name,
        "scheme": service.load_balancing_scheme.as_ref().and_then(LoadBalancingScheme::name),
        "protocol": service.protocol.as_ref().and_then(Spoken::name),
        "port_name": service.port_name,
        "health_check": service.health_checks.first().map(|check| links::relative(check)),
        "backends": service.backends.iter().map(backend).collect::<Vec<_>>(),
        "timeout_seconds": service.timeout_sec,
        "drain_seconds": draining.and_then(|draining| draining.draining_timeout_sec),
        "security_policy": service.security_policy.as_deref().map(links::relative),
    });
    Live::described(links::relative(link).to_owned(), fields, service.description.as_deref())
}

/// A group's part of the traffic in the form of [`Backend`]; what none of ours has is told in Google's words.
fn backend(backend: &BackendModel) -> Value {
    let mode = backend.balancing_mode.as_ref();
    let balancing = match (mode, backend.max_rate_per_instance) {
        (Some(BalancingMode::Connection), _) if !limited(backend) => json!("connections"),
        (Some(BalancingMode::Rate), Some(rate)) => json!({ "rate_per_machine": whole(rate) }),
        _ => json!({ "other": mode.and_then(BalancingMode::name) }),
    };
    json!({ "group": backend.group.as_deref().map(links::relative), "balancing": balancing })
}

/// Whether a group takes no more than so many connections.
fn limited(backend: &BackendModel) -> bool {
    [backend.max_connections, backend.max_connections_per_instance].iter().any(|most| most.is_some_and(|most| most > 0))
}

/// A whole rate as a whole number, as it compares with wanted ones.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wanted rate is a small whole number")]
fn whole(rate: f32) -> Value {
    if rate.fract() == 0.0 && rate >= 0.0 { json!(rate as u32) } else { json!(rate) }
}

/// The backend services of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_backend_services.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "regionBackendServices.list", request.set_filter(look.names().filter()))?;
    Ok(items::<BackendService>(look, found.iter().map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    const GROUP: &str = "projects/p1/zones/europe-west1-b/instanceGroups/camp-primary-0";

    fn told(model: BackendModel) -> Value {
        backend(&model.set_group(format!("https://www.googleapis.com/compute/v1/{GROUP}")))
    }

    #[test]
    fn a_groups_part_is_read_as_it_is_wanted() {
        let wanted =
            |balancing| json!({ "group": GROUP, "balancing": serde_json::to_value::<Balancing>(balancing).unwrap() });
        let rate = BackendModel::new().set_balancing_mode(BalancingMode::Rate);
        assert_eq!(told(rate.clone().set_max_rate_per_instance(100.0)), wanted(Balancing::RatePerMachine(100)));
        assert_ne!(told(rate.clone().set_max_rate_per_instance(99.5)), wanted(Balancing::RatePerMachine(99)));
        assert_ne!(told(rate), wanted(Balancing::RatePerMachine(0)));
        let connections = BackendModel::new().set_balancing_mode(BalancingMode::Connection);
        assert_eq!(told(connections.clone()), wanted(Balancing::Connections));
        assert_ne!(told(connections.set_max_connections_per_instance(5)), wanted(Balancing::Connections));
        assert_eq!(
            told(BackendModel::new().set_balancing_mode(BalancingMode::Utilization))["balancing"]["other"],
            "UTILIZATION"
        );
    }
}
