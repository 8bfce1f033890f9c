//! Who may connect to nodes.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::Firewall as GceFirewall;
use google_cloud_compute_v1::model::firewall::{Allowed as GceAllowed, Direction};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::{Live, items};
use super::{Network, ServiceAccount};
use crate::call::{Seam, gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// A firewall rule that lets connections in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Firewall {
    /// Its name.
    pub(crate) name: String,
    /// The network that it is of.
    pub(crate) network: Ref<Network>,
    /// What may connect: each protocol once.
    pub(crate) allowed: Vec<Allowed>,
    /// From where: any of these ranges, or any of the accounts.
    pub(crate) source_ranges: Vec<Ipv4Net>,
    /// From whom: machines with any of these service accounts.
    pub(crate) source_service_accounts: Vec<Ref<ServiceAccount>>,
    /// To whom: machines with any of these service accounts.
    pub(crate) target_service_accounts: Vec<Ref<ServiceAccount>>,
    /// Which rule counts where several apply: the one with the lowest, from 0 to 65535.
    pub(crate) priority: i32,
    /// Whether it is switched off.
    pub(crate) disabled: bool,
}

/// A protocol and its ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Allowed {
    /// `tcp`, `udp`, or `all`.
    pub(crate) protocol: String,
    /// Ports and ranges of ports, such as `443` and `6783-6784`; all ports if there are none.
    pub(crate) ports: Vec<String>,
}

impl Firewall {
    /// The priority of a rule that states none (Compute Engine API reference, `firewalls`).
    pub(crate) const PRIORITY: i32 = 1000;
}

#[async_trait]
impl Kind for Firewall {
    const KIND: &'static str = "firewall";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "network"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let rule = maybe(get(at, &self.name).await)?;
        Ok(rule.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let rule = GceFirewall::new()
            .set_name(&self.name)
            .set_network(at.get(&self.network)?)
            .set_direction(Direction::Ingress)
            .set_description(Mark::new(at.owner, at.address).to_string());
        let rule = self.onto(at, rule)?;
        let request = at.cloud.firewalls.insert().set_project(&at.cloud.project).set_body(rule);
        operate!(at, "firewalls.insert", USUAL, request)?;
        Ok(at.cloud.global("firewalls", &self.name))
    }

    /// Replaces the rule as a whole, since a patch can't empty a list. What isn't ours in it, its logging, stays.
    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let rule = self.onto(at, get(at, &self.name).await?)?;
        let request =
            at.cloud.firewalls.update().set_project(&at.cloud.project).set_firewall(&self.name).set_body(rule);
        operate!(at, "firewalls.update", USUAL, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.firewalls.delete().set_project(&at.cloud.project).set_firewall(links::name(live));
        gone(operate!(at, "firewalls.delete", USUAL, request))
    }
}

impl Firewall {
    /// A rule with the wanted values in all fields that can change and matter to what it lets in.
    fn onto(&self, at: &At<'_, Clients>, rule: GceFirewall) -> Result<GceFirewall> {
        let accounts = |accounts: &[Ref<ServiceAccount>]| -> Result<Vec<String>> {
            accounts.iter().map(|account| Ok(at.get(account)?.email)).collect()
        };
        let allowed = self.allowed.iter().map(|allowed| {
            GceAllowed::new().set_ip_protocol(&allowed.protocol).set_ports(allowed.ports.iter().cloned())
        });
        let none = || std::iter::empty::<String>();
        Ok(rule
            .set_allowed(allowed)
            .set_denied(std::iter::empty::<google_cloud_compute_v1::model::firewall::Denied>())
            .set_source_ranges(self.source_ranges.iter().map(ToString::to_string))
            .set_source_service_accounts(accounts(&self.source_service_accounts)?)
            .set_source_tags(none())
            .set_target_service_accounts(accounts(&self.target_service_accounts)?)
            .set_target_tags(none())
            .set_priority(self.priority)
            .set_disabled(self.disabled))
    }
}

async fn get(seam: &impl Seam, name: &str) -> Result<GceFirewall> {
    let clients = seam.clients();
    let request = clients.firewalls.get().set_project(&clients.project).set_firewall(name);
    send!(seam, Call::read("compute", "firewalls.get"), request)
}

fn live(rule: &GceFirewall) -> Option<Live<String>> {
    let allowed = rule.allowed.iter().map(
        |allowed| json!({ "protocol": allowed.ip_protocol.as_deref().map(str::to_lowercase), "ports": allowed.ports }),
    );
    let fields = json!({
        "name": rule.name,
        "network": rule.network.as_deref().map(links::relative),
        "allowed": allowed.collect::<Vec<_>>(),
        "source_ranges": rule.source_ranges,
        "source_service_accounts": rule.source_service_accounts,
        "target_service_accounts": rule.target_service_accounts,
        "priority": rule.priority.unwrap_or(Firewall::PRIORITY),
        "disabled": rule.disabled.unwrap_or_default(),
    });
    let id = links::relative(rule.self_link.as_deref()?).to_owned();
    Some(Live::described(id, fields, rule.description.as_deref()))
}

/// The firewall rules of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request = look.clients.firewalls.list().set_project(&look.clients.project);
    let listed = list!(look, "firewalls.list", request.set_filter(look.names().global_filter()))?;
    Ok(items::<Firewall>(look, listed.iter().filter_map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::plan::differences;
    use serde_json::Value;

    use super::*;

    const PRIMARY: &str = "camp-primary@p1.iam.gserviceaccount.com";

    fn wanted() -> Firewall {
        let allowed = |protocol: &str, ports: &[&str]| Allowed {
            protocol: protocol.to_owned(),
            ports: ports.iter().map(|port| (*port).to_owned()).collect(),
        };
        Firewall {
            name: "camp-primary-to-primary".into(),
            network: Ref::existing("projects/p1/global/networks/camp-main".into()),
            allowed: vec![allowed("tcp", &["2379", "10250"]), allowed("udp", &["6783-6784"])],
            source_ranges: vec!["10.0.0.0/20".parse().unwrap()],
            source_service_accounts: vec![Ref::to("primary")],
            target_service_accounts: vec![Ref::to("primary")],
            priority: Firewall::PRIORITY,
            disabled: false,
        }
    }

    /// As Google answers it.
    fn answered() -> Value {
        json!({
            "kind": "compute#firewall",
            "id": "1234",
            "name": "camp-primary-to-primary",
            "description": "",
            "network": "https://www.googleapis.com/compute/v1/projects/p1/global/networks/camp-main",
            "priority": 1000,
            "sourceRanges": ["10.0.0.0/20"],
            "sourceServiceAccounts": [PRIMARY],
            "targetServiceAccounts": [PRIMARY],
            "allowed": [
                { "IPProtocol": "udp", "ports": ["6783-6784"] },
                { "IPProtocol": "tcp", "ports": ["10250", "2379"] },
            ],
            "direction": "INGRESS",
            "logConfig": { "enable": true },
            "disabled": false,
            "selfLink": "https://www.googleapis.com/compute/v1/projects/p1/global/firewalls/camp-primary-to-primary",
        })
    }

    fn differing(answered: Value) -> Vec<String> {
        let live = live(&serde_json::from_value(answered).unwrap()).unwrap();
        assert_eq!(live.output, "projects/p1/global/firewalls/camp-primary-to-primary");
        let wanted = serde_json::to_value(wanted()).unwrap();
        let resolve = |address: &castra_core::Address| {
            (address.to_string() == "service_account/primary").then(|| PRIMARY.to_owned())
        };
        differences(&wanted, &live.fields, &resolve).into_iter().map(|change| change.field).collect()
    }

    #[test]
    fn a_rule_is_read_as_it_is_wanted() {
        assert!(differing(answered()).is_empty(), "{:?}", differing(answered()));
    }

    #[test]
    fn whatever_changes_what_it_lets_in_shows() {
        let changes = [
            ("sourceRanges", json!(["0.0.0.0/0"]), "source_ranges"),
            ("sourceServiceAccounts", json!([]), "source_service_accounts"),
            ("targetServiceAccounts", json!([PRIMARY, "other@p1.iam.gserviceaccount.com"]), "target_service_accounts"),
            ("allowed", json!([{ "IPProtocol": "tcp" }]), "allowed"),
            ("priority", json!(10), "priority"),
            ("disabled", json!(true), "disabled"),
            ("network", json!("projects/p1/global/networks/other"), "network"),
        ];
        for (field, value, shown) in changes {
            let mut changed = answered();
            changed[field] = value;
            assert_eq!(differing(changed), [shown], "{field}");
        }
    }
}
