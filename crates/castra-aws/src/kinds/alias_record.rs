//! A Route 53 name for a balancer.

use async_trait::async_trait;
use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecordSet, RrType};
use castra_core::inventory::Ownership;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{LbOutput, LoadBalancer};
use crate::call::{gone, maybe, send};
use crate::client::Clients;
use crate::survey::Look;

const SERVICE: &str = "route53";

/// An alias record of type A in a zone of the operator's, that points to a balancer.
///
/// Records carry no tags. So one is ours when it points to our balancer, or to an earlier one of its name: balancers'
/// host names begin with their names, which are derived from the cluster's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AliasRecord {
    /// The hosted zone's id, without `/hostedzone/`.
    pub(crate) zone_id: String,
    /// The full name, in lower case and without the dot at the end.
    pub(crate) name: String,
    /// The balancer.
    pub(crate) load_balancer: Ref<LoadBalancer>,
}

/// What is known of an alias record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AliasOutput {
    /// Its name.
    pub(crate) id: String,
    /// The hosted zone's id.
    pub(crate) zone_id: String,
    /// The host name that it points to.
    pub(crate) target: String,
}

impl Output for AliasOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for AliasRecord {
    const KIND: &'static str = "route53_record";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["zone_id", "name"];
    type Output = AliasOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<AliasOutput>>> {
        let balancer = at.get(&self.load_balancer)?;
        let Some(live) = read(at.cx, at.cloud, &self.zone_id, &self.name).await? else { return Ok(None) };
        let item = live.item("record", balancer_name(&balancer.id), &at.cloud.region, Some(&balancer));
        Ok(Some(Found { fields: item.fields, output: live.output(), ownership: item.ownership }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<AliasOutput> {
        // CREATE, unlike UPSERT, leaves a record alone that appeared meanwhile; so it can't be repeated blindly.
        self.put(at, ChangeAction::Create, Call::mutate(SERVICE, "ChangeResourceRecordSets")).await
    }

    async fn update(&self, at: &At<'_, Clients>, _: &AliasOutput, _: &[FieldChange]) -> Result<AliasOutput> {
        self.put(at, ChangeAction::Upsert, Call::idempotent(SERVICE, "ChangeResourceRecordSets")).await
    }

    async fn delete(at: &At<'_, Clients>, live: &AliasOutput) -> Result<()> {
        let Some(now) = read(at.cx, at.cloud, &live.zone_id, &live.id).await? else { return Ok(()) };
        if now.output().target != live.target {
            // Somebody points it elsewhere by now.
            return Ok(());
        }
        let call = Call::idempotent(SERVICE, "ChangeResourceRecordSets");
        gone(change(at, &live.zone_id, ChangeAction::Delete, now.record, call).await)
    }
}

impl AliasRecord {
    async fn put(&self, at: &At<'_, Clients>, action: ChangeAction, call: Call) -> Result<AliasOutput> {
        let balancer = at.get(&self.load_balancer)?;
        let target = AliasTarget::builder()
            .hosted_zone_id(&balancer.zone_id)
            .dns_name(&balancer.dns_name)
            // With one record there is nothing else to answer with when the balancer has no healthy target.
            .evaluate_target_health(false)
            .build()
            .map_err(incomplete)?;
        let record = ResourceRecordSet::builder()
            .name(&self.name)
            .r#type(RrType::A)
            .alias_target(target)
            .build()
            .map_err(incomplete)?;
        change(at, &self.zone_id, action, record, call).await?;
        Ok(AliasOutput { id: self.name.clone(), zone_id: self.zone_id.clone(), target: normal(&balancer.dns_name) })
    }
}

async fn change(
    at: &At<'_, Clients>,
    zone: &str,
    action: ChangeAction,
    record: ResourceRecordSet,
    call: Call,
) -> Result<()> {
    let change = Change::builder().action(action).resource_record_set(record).build().map_err(incomplete)?;
    let batch = ChangeBatch::builder().changes(change).build().map_err(incomplete)?;
    let request = at.cloud.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
    send!(at.cx, call, request)?;
    Ok(())
}

fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Unexpected, "a Route 53 record could not be described").source(error)
}

/// A record as it stands in its zone.
#[derive(Debug, Clone)]
pub(crate) struct LiveRecord {
    zone_id: String,
    record: ResourceRecordSet,
}

impl LiveRecord {
    fn output(&self) -> AliasOutput {
        AliasOutput {
            id: normal(self.record.name()),
            zone_id: self.zone_id.clone(),
            target: self.record.alias_target().map(|target| normal(target.dns_name())).unwrap_or_default(),
        }
    }

    /// The item that it is. `balancer` is the one it should point to, as far as there is one, `balancer_name` that
    /// one's derived name.
    pub(crate) fn item(&self, name: &str, balancer_name: &str, region: &str, balancer: Option<&LbOutput>) -> Item {
        let output = self.output();
        let target = output.target.clone();
        let ownership = if self.record.set_identifier().is_some() {
            Ownership::Foreign("it is one of several records with a routing policy".into())
        } else if *self.record.r#type() != RrType::A || target.is_empty() {
            Ownership::Foreign(format!("it is a record of type {} with values of its own", self.record.r#type()))
        } else if points_to(&target, balancer_name, region) {
            Ownership::Ours
        } else {
            Ownership::Foreign(format!("it points to {target}"))
        };
        let points_to = match balancer {
            Some(balancer) if normal(&balancer.dns_name) == target => &balancer.id,
            _ => &target,
        };
        let fields = json!({ "zone_id": self.zone_id, "name": output.id, "load_balancer": points_to });
        Item::new::<AliasRecord>(name, fields, output).ownership(ownership)
    }
}

/// Looks a record up by zone and name.
pub(crate) async fn look(look: &Look<'_>, zone_id: &str, name: &str) -> Result<Option<LiveRecord>> {
    read(look.cx, look.clients, zone_id, name).await
}

/// The record of type A, or the one that keeps the name from having such a record.
async fn read(cx: &dyn Context, clients: &Clients, zone_id: &str, name: &str) -> Result<Option<LiveRecord>> {
    // Records come sorted by name; no name has more types than this.
    let request = clients.route53.list_resource_record_sets().hosted_zone_id(zone_id).start_record_name(name);
    let request = request.max_items(20);
    let Some(answer) = maybe(send!(cx, Call::read(SERVICE, "ListResourceRecordSets"), request))? else {
        return Ok(None);
    };
    let record = answer
        .resource_record_sets()
        .iter()
        .find(|record| normal(record.name()) == normal(name) && matches!(record.r#type(), RrType::A | RrType::Cname));
    Ok(record.map(|record| LiveRecord { zone_id: zone_id.to_owned(), record: record.clone() }))
}

/// A name as Castra writes it: Route 53 ends names with a dot, escapes the wildcard, and prefixes the aliases that its
/// console makes.
fn normal(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*");
    name.strip_prefix("dualstack.").map(str::to_owned).unwrap_or(name)
}

/// Whether a host name is that of a balancer of this name, present or past: `demo-application-1234567890.region.elb.amazonaws.com`,
/// with `internal-` before an internal application balancer's, and `elb.region` instead for a network balancer.
fn points_to(host: &str, balancer_name: &str, region: &str) -> bool {
    let mut labels = host.split('.');
    let first = labels.next().unwrap_or_default();
    let name = balancer_name.to_ascii_lowercase();
    let rest: Vec<&str> = labels.collect();
    let place =
        rest.len() > 2 && (rest[..2] == [region, "elb"] || rest[..2] == ["elb", region]) && rest[2] == "amazonaws";
    let number = first
        .strip_prefix("internal-")
        .and_then(|first| first.strip_prefix(&name))
        .or_else(|| first.strip_prefix(&name))
        .and_then(|rest| rest.strip_prefix('-'));
    place && number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The name in a balancer's ARN: `...:loadbalancer/app/NAME/id`.
fn balancer_name(arn: &str) -> &str {
    arn.split('/').nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    const REGION: &str = "eu-central-1";
    const HOST: &str = "demo-application-1234567890.eu-central-1.elb.amazonaws.com";

    fn record(kind: RrType, host: Option<&str>, identifier: Option<&str>) -> LiveRecord {
        let target = host.map(|host| {
            AliasTarget::builder().hosted_zone_id("Z1").dns_name(host).evaluate_target_health(false).build().unwrap()
        });
        let record = ResourceRecordSet::builder()
            .name("TFE.example.org.")
            .r#type(kind)
            .set_alias_target(target)
            .set_set_identifier(identifier.map(str::to_owned))
            .build()
            .unwrap();
        LiveRecord { zone_id: "Z9".into(), record }
    }

    fn balancer() -> LbOutput {
        LbOutput {
            id: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/demo-application/50dc6c49"
                .into(),
            dns_name: "demo-application-1234567890.eu-central-1.elb.amazonaws.com".into(),
            zone_id: "Z1".into(),
        }
    }

    fn item(record: &LiveRecord) -> Item {
        record.item("application", balancer_name(&balancer().id), REGION, Some(&balancer()))
    }

    #[test]
    fn a_record_that_points_to_our_balancer_is_ours() {
        for host in [format!("{HOST}."), format!("dualstack.{HOST}."), HOST.to_ascii_uppercase()] {
            let item = item(&record(RrType::A, Some(&host), None));
            assert_eq!(item.ownership, Ownership::Ours, "{host}");
            assert_eq!(
                item.fields,
                json!({"zone_id": "Z9", "name": "tfe.example.org", "load_balancer": balancer().id})
            );
        }
    }

    #[test]
    fn one_that_points_to_an_earlier_balancer_of_ours_is_ours_and_differs() {
        let host = "internal-demo-application-99.eu-central-1.elb.amazonaws.com";
        let item = item(&record(RrType::A, Some(host), None));
        assert_eq!(item.ownership, Ownership::Ours);
        assert_eq!(item.fields["load_balancer"], host);
    }

    #[test]
    fn anything_else_of_that_name_is_foreign() {
        let others = [
            record(RrType::A, Some("demo-application-1.us-east-1.elb.amazonaws.com"), None),
            record(RrType::A, Some("demo-application-blue-1.eu-central-1.elb.amazonaws.com"), None),
            record(RrType::A, Some("other-1.eu-central-1.elb.amazonaws.com"), None),
            record(RrType::A, Some("demo-application-1.eu-central-1.elb.example.org"), None),
            record(RrType::A, None, None),
            record(RrType::Cname, None, None),
            record(RrType::A, Some(HOST), Some("blue")),
        ];
        for other in others {
            assert!(matches!(item(&other).ownership, Ownership::Foreign(_)), "{other:?}");
        }
    }

    #[test]
    fn host_names_of_both_sorts_of_balancer_are_known() {
        assert!(points_to(HOST, "demo-application", REGION));
        assert!(points_to("demo-control-0123456789abcdef.elb.eu-central-1.amazonaws.com", "demo-control", REGION));
        assert!(!points_to("demo-application.eu-central-1.elb.amazonaws.com", "demo-application", REGION));
        assert!(!points_to("", "demo", REGION));
    }

    #[test]
    fn names_are_written_one_way() {
        assert_eq!(normal("\\052.Example.ORG."), "*.example.org");
    }
}
