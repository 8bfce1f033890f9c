//! Forwarding rules: where a load balancer listens, and what it hands to what it takes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result};
use google_cloud_compute_v1::model::forwarding_rule::{IPProtocol, LoadBalancingScheme};
use google_cloud_compute_v1::model::{ForwardingRule as Model, RegionSetLabelsRequest, TargetReference};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::{Live, items};
use super::{Address, BackendService, Network, Scheme, Subnetwork, TargetHttpProxy, TargetHttpsProxy};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::{Mark, kept_labels, live_labels};

/// What a forwarding rule hands to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum ForwardingTarget {
    /// A proxy for plain HTTP.
    Http(Ref<TargetHttpProxy>),
    /// A proxy for HTTPS.
    Https(Ref<TargetHttpsProxy>),
    /// A service, to which packets go as they are.
    Service(Ref<BackendService>),
}

/// A forwarding rule of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ForwardingRule {
    /// Its name.
    pub(crate) name: String,
    /// Which kind of load balancer it is in front of.
    pub(crate) scheme: Scheme,
    /// The reserved address that it listens to.
    pub(crate) address: Ref<Address>,
    /// The ports that it listens to: one before a proxy, up to five before a service.
    pub(crate) ports: Vec<u16>,
    /// What it hands to.
    pub(crate) target: ForwardingTarget,
    /// The network that it is for: of an internal address, or of an external one's proxies.
    pub(crate) network: Ref<Network>,
    /// The subnetwork of an internal address.
    pub(crate) subnetwork: Option<Ref<Subnetwork>>,
    /// Whether an internal address is reached from other regions too.
    pub(crate) global_access: bool,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for ForwardingRule {
    const KIND: &'static str = "forwarding_rule";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "scheme", "address", "ports", "network", "subnetwork"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let Some(rule) = maybe(get(at, &self.name).await)? else { return Ok(None) };
        let (mut live, reserved) = (live(&rule), at.get(&self.address)?);
        if rule.ip_address.as_deref() == Some(&*reserved.address.to_string())
            && let Some(address) = live.fields.get_mut("address")
        {
            *address = Value::String(reserved.id);
        }
        Ok(Some(live.found(at)))
    }

    /// Labels are set by a request of their own, because an insertion takes none (Compute Engine API reference,
    /// `ForwardingRule.labels`); whose the rule is, its description says from the beginning.
    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.forwarding_rules.insert().set_project(project).set_region(region);
        operate!(at, "forwardingRules.insert", USUAL, request.set_body(self.body(at)?))?;
        if !self.labels.is_empty() {
            self.set_labels(at).await?;
        }
        Ok(at.cloud.regional("forwardingRules", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, changes: &[FieldChange]) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        for change in changes {
            match (change.field.as_str(), &self.target) {
                ("labels", _) => self.set_labels(at).await?,
                ("target", ForwardingTarget::Http(_) | ForwardingTarget::Https(_)) => {
                    let request = at.cloud.forwarding_rules.set_target().set_project(project).set_region(region);
                    let body = TargetReference::new().set_target(self.target.link(at)?);
                    let request = request.set_forwarding_rule(&self.name).set_body(body);
                    operate!(at, "forwardingRules.setTarget", USUAL, request)?;
                }
                ("global_access", _) => {
                    let request = at.cloud.forwarding_rules.patch().set_project(project).set_region(region);
                    let body = Model::new().set_allow_global_access(self.global_access);
                    let request = request.set_forwarding_rule(&self.name).set_body(body);
                    operate!(at, "forwardingRules.patch", USUAL, request)?;
                }
                (field, _) => {
                    let message = format!("{} cannot change {field} in place", links::name(live));
                    return Err(Error::new(ErrorKind::Unsupported, message)
                        .remedy("delete the forwarding rule, then apply again"));
                }
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.forwarding_rules.delete().set_project(project).set_region(region);
        gone(operate!(at, "forwardingRules.delete", USUAL, request.set_forwarding_rule(links::name(live))))
    }
}

impl ForwardingRule {
    fn body(&self, at: &At<'_, Clients>) -> Result<Model> {
        let rule = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_ip_address(at.get(&self.address)?.id)
            .set_ip_protocol(IPProtocol::Tcp)
            .set_load_balancing_scheme(match self.scheme {
                Scheme::ExternalManaged => LoadBalancingScheme::ExternalManaged,
                Scheme::InternalManaged => LoadBalancingScheme::InternalManaged,
                Scheme::Internal => LoadBalancingScheme::Internal,
            })
            .set_network(at.get(&self.network)?);
        let subnetwork = self.subnetwork.as_ref().map(|subnetwork| at.get(subnetwork)).transpose()?;
        let rule = rule.set_or_clear_subnetwork(subnetwork.map(|subnetwork| subnetwork.id));
        // Only internal addresses have regions that they aren't reached from.
        let rule = rule.set_or_clear_allow_global_access(self.global_access.then_some(true));
        let link = self.target.link(at)?;
        Ok(match &self.target {
            ForwardingTarget::Service(_) => {
                rule.set_backend_service(link).set_ports(self.ports.iter().map(ToString::to_string))
            }
            ForwardingTarget::Http(_) | ForwardingTarget::Https(_) => {
                rule.set_target(link).set_or_clear_port_range(self.ports.first().map(ToString::to_string))
            }
        })
    }

    async fn set_labels(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        from_latest(at, &self.name, || async {
            let now = get(at, &self.name).await?;
            let body = RegionSetLabelsRequest::new()
                .set_labels(kept_labels(&now.labels, &self.labels))
                .set_or_clear_label_fingerprint(now.label_fingerprint);
            let request = at.cloud.forwarding_rules.set_labels().set_project(project).set_region(region);
            operate!(at, "forwardingRules.setLabels", USUAL, request.set_resource(&self.name).set_body(body))
        })
        .await
    }
}

impl ForwardingTarget {
    fn link(&self, at: &At<'_, Clients>) -> Result<String> {
        match self {
            Self::Http(proxy) => at.get(proxy),
            Self::Https(proxy) => at.get(proxy),
            Self::Service(service) => at.get(service),
        }
    }
}

async fn get(at: &At<'_, Clients>, name: &str) -> Result<Model> {
    let Clients { project, region, .. } = at.cloud;
    let request = at.cloud.forwarding_rules.get().set_project(project).set_region(region);
    send!(at, Call::read("compute", "forwardingRules.get"), request.set_forwarding_rule(name))
}

/// Reads a forwarding rule. Its address is told as such; which reserved one it is, others know.
fn live(rule: &Model) -> Live<String> {
    let link = rule.self_link.as_deref().unwrap_or_default();
    let target = rule.target.as_deref().or(rule.backend_service.as_deref());
    let fields = json!({
        "name": rule.name,
        "scheme": rule.load_balancing_scheme.as_ref().and_then(LoadBalancingScheme::name),
        "address": rule.ip_address,
        "ports": ports(rule),
        "target": target.map(links::relative),
        "network": rule.network.as_deref().map(links::relative),
        "subnetwork": rule.subnetwork.as_deref().map(links::relative),
        "global_access": rule.allow_global_access.unwrap_or(false),
        "labels": live_labels(&rule.labels),
    });
    Live::described(links::relative(link).to_owned(), fields, rule.description.as_deref())
}

/// A rule's ports as numbers; a range, or all of them, in words.
fn ports(rule: &Model) -> Value {
    if rule.all_ports == Some(true) {
        return json!("all");
    }
    let texts = rule.ports.iter().chain(&rule.port_range);
    let ports: Vec<Value> = texts
        .map(|text| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            first.parse::<u16>().ok().filter(|_| first == last).map_or_else(|| json!(text), |port| json!(port))
        })
        .collect();
    json!(ports)
}

/// The forwarding rules of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.forwarding_rules.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "forwardingRules.list", request.set_filter(look.names().filter()))?;
    Ok(items::<ForwardingRule>(look, found.iter().map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn ports_are_numbers_however_they_are_told() {
        assert_eq!(ports(&Model::new().set_port_range("443-443")), json!([443]));
        assert_eq!(ports(&Model::new().set_ports(["6443", "23010"])), json!([6443, 23010]));
        assert_eq!(ports(&Model::new().set_port_range("80-90")), json!(["80-90"]));
        assert_eq!(ports(&Model::new().set_all_ports(true)), json!("all"));
    }

    #[test]
    fn what_it_hands_to_is_read_by_its_kind() {
        for (target, kind) in [
            (ForwardingTarget::Http(Ref::to("redirect")), "target_http_proxy"),
            (ForwardingTarget::Https(Ref::to("application")), "target_https_proxy"),
            (ForwardingTarget::Service(Ref::to("control-6443")), "backend_service"),
        ] {
            let written = serde_json::to_value(&target).unwrap();
            assert!(written["$ref"].as_str().unwrap().starts_with(kind));
            let read: ForwardingTarget = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), written);
        }
    }
}
