//! Balancers, target groups, listeners and targets looked at together: each needs the one before it, and all their
//! tags come in one call.

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_elasticloadbalancingv2::types::{
    Listener as DescribedListener, LoadBalancer as DescribedBalancer, TargetGroup as DescribedGroup,
};
use castra_core::{Error, ErrorKind, Item, Ownership, Result};
use futures::future::{try_join, try_join_all};
use serde_json::Value;

use super::target_group_attachments::{self as attachments, Machines, RegisteredTarget};
use super::{Listener, LoadBalancer, TargetGroup, listener, load_balancer, target_group};
use crate::call::maybe;
use crate::elb_tags::{self, Tags};
use crate::survey::Look;

/// The service's name, as in the actions of IAM policies.
pub(crate) const SERVICE: &str = "elasticloadbalancing";

/// The derived names to look for, each with the name of the resource that it belongs to: `demo-application` with
/// `application`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Of balancers.
    pub(crate) balancers: BTreeMap<String, String>,
    /// Of target groups.
    pub(crate) groups: BTreeMap<String, String>,
}

/// Everything of Elastic Load Balancing that has a cluster's names.
#[derive(Debug)]
pub(crate) struct Balancing {
    names: Names,
    balancers: Vec<Balancer>,
    groups: Vec<Group>,
    tags: Tags,
}

#[derive(Debug)]
struct Balancer {
    described: DescribedBalancer,
    attributes: BTreeMap<String, String>,
    listeners: Vec<DescribedListener>,
}

#[derive(Debug)]
struct Group {
    described: DescribedGroup,
    attributes: BTreeMap<String, String>,
    targets: Vec<RegisteredTarget>,
}

/// How a balancer sees one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetState {
    /// The name of the target group's resource, such as `application`.
    pub(crate) group: String,
    /// The instance's id, or the address.
    pub(crate) target: String,
    /// The cloud's word: `healthy`, `unhealthy`, `initial`, `draining`, `unused` or `unavailable`.
    pub(crate) state: String,
    /// Why, where it isn't healthy.
    pub(crate) reason: Option<String>,
}

/// Looks, in three rounds: what there is, what it is like, whose it is. With two balancers and three target groups
/// these are thirteen calls; when some are missing, one more for each name.
pub(crate) async fn look(look: &Look<'_>, names: Names) -> Result<Balancing> {
    let (cx, clients) = (look.cx, look.clients);
    let balancer_names: Vec<String> = names.balancers.keys().cloned().collect();
    let group_names: Vec<String> = names.groups.keys().cloned().collect();
    let (balancers, groups) = try_join(
        load_balancer::by_names(cx, clients, &balancer_names),
        target_group::by_names(cx, clients, &group_names),
    )
    .await?;
    let (balancers, groups) = try_join(
        try_join_all(balancers.into_iter().map(|described| balancer(look, described))),
        try_join_all(groups.into_iter().map(|described| group(look, described))),
    )
    .await?;
    let mut found = Balancing {
        names,
        balancers: balancers.into_iter().flatten().collect(),
        groups: groups.into_iter().flatten().collect(),
        tags: Tags::new(),
    };
    found.tags = elb_tags::read(cx, clients, &found.arns()).await?;
    Ok(found)
}

/// What a balancer is like, unless it is gone by now.
async fn balancer(look: &Look<'_>, described: DescribedBalancer) -> Result<Option<Balancer>> {
    let arn = described.load_balancer_arn().ok_or_else(|| no_object("DescribeLoadBalancers"))?;
    let attributes = load_balancer::attributes(look.cx, look.clients, arn);
    let listeners = listener::of_balancer(look.cx, look.clients, arn);
    let details = maybe(try_join(attributes, listeners).await)?;
    Ok(details.map(|(attributes, listeners)| Balancer { described, attributes, listeners }))
}

/// What a target group is like, unless it is gone by now.
async fn group(look: &Look<'_>, described: DescribedGroup) -> Result<Option<Group>> {
    let arn = target_group::arn(&described)?;
    let attributes = target_group::attributes(look.cx, look.clients, &arn);
    let targets = attachments::registered(look.cx, look.clients, &arn);
    let details = maybe(try_join(attributes, targets).await)?;
    Ok(details.map(|(attributes, targets)| Group { described, attributes, targets }))
}

impl Balancing {
    /// Whether a listener shows this certificate, and so has accepted it.
    #[cfg(feature = "acm")]
    pub(crate) fn shows(&self, certificate: &str) -> bool {
        let listeners = self.balancers.iter().flat_map(|one| &one.listeners);
        listeners.flat_map(DescribedListener::certificates).any(|one| one.certificate_arn() == Some(certificate))
    }

    fn arns(&self) -> Vec<String> {
        let balancers = self.balancers.iter().filter_map(|one| one.described.load_balancer_arn());
        let listeners = self.balancers.iter().flat_map(|one| &one.listeners).filter_map(|one| one.listener_arn());
        let groups = self.groups.iter().filter_map(|one| one.described.target_group_arn());
        balancers.chain(groups).chain(listeners).map(str::to_owned).collect()
    }

    fn tags(&self, arn: Option<&str>) -> BTreeMap<String, String> {
        arn.and_then(|arn| self.tags.get(arn)).cloned().unwrap_or_default()
    }

    /// The items that all of it is. `machines` tells the operator's targets from those of the cluster's group.
    pub(crate) fn items(&self, look: &Look<'_>, machines: &Machines) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for balancer in &self.balancers {
            let described = &balancer.described;
            let name = resource(&self.names.balancers, described.load_balancer_name());
            let tags = self.tags(described.load_balancer_arn());
            items.push(load_balancer::live(described, &balancer.attributes, tags)?.item_at::<LoadBalancer>(look, name));
            for one in &balancer.listeners {
                // One without our tags is no concern of ours until it stands on a port that we want, which
                // `Listener::find` sees.
                items.extend(listener::live(one, &self.tags)?.item::<Listener>(look));
            }
        }
        for group in &self.groups {
            let name = resource(&self.names.groups, group.described.target_group_name());
            let tags = self.tags(group.described.target_group_arn());
            let live = target_group::live(&group.described, &group.attributes, tags)?;
            let item = live.item_at::<TargetGroup>(look, name);
            // What is registered with somebody else's target group is none of ours.
            if item.ownership == Ownership::Ours {
                items.push(attachments::item(name, &group.described, &group.targets, machines)?.uid(item.uid));
            }
            items.push(item);
        }
        Ok(items)
    }

    /// How the balancers see their targets.
    pub(crate) fn health(&self) -> Vec<TargetState> {
        let states = self.groups.iter().flat_map(|group| {
            let name = resource(&self.names.groups, group.described.target_group_name());
            group.targets.iter().map(|target| TargetState {
                group: name.to_owned(),
                target: target.id.clone(),
                state: target.state.clone(),
                reason: target.reason.clone(),
            })
        });
        states.collect()
    }

    /// The host name of a balancer, by the name of its resource.
    pub(crate) fn dns_name(&self, resource_name: &str) -> Option<&str> {
        let balancer = self.balancers.iter().find(|balancer| {
            resource(&self.names.balancers, balancer.described.load_balancer_name()) == resource_name
        })?;
        balancer.described.dns_name()
    }
}

fn resource<'a>(names: &'a BTreeMap<String, String>, name: Option<&str>) -> &'a str {
    name.and_then(|name| names.get(name)).map_or("unnamed", String::as_str)
}

/// Asks for several objects at once; where a missing one fails the whole call, for each by itself. Gives those that
/// are there.
pub(crate) async fn present<T, F, Fut>(names: &[String], ask: F) -> Result<Vec<T>>
where
    F: Fn(Vec<String>) -> Fut,
    Fut: Future<Output = Result<Vec<T>>>,
{
    // Without a name, the service would list the whole account.
    if names.is_empty() {
        return Ok(Vec::new());
    }
    match maybe(ask(names.to_vec()).await)? {
        Some(all) => Ok(all),
        None if names.len() == 1 => Ok(Vec::new()),
        None => {
            let single = names.iter().map(|name| async { maybe(ask(vec![name.clone()]).await) });
            Ok(try_join_all(single).await?.into_iter().flatten().flatten().collect())
        }
    }
}

/// A live object's fields with each of its attributes as a field beside them.
pub(crate) fn with_attributes(attributes: &BTreeMap<String, String>, fields: Value) -> Value {
    let Value::Object(mut fields) = fields else { return fields };
    fields.extend(attributes.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))));
    Value::Object(fields)
}

/// An answer without the object that it is about, which the API never gives.
pub(crate) fn no_object(operation: &str) -> Error {
    Error::new(ErrorKind::Unexpected, format!("{operation} answered without the object that it is about"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use std::sync::Mutex;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A service in which `there` exists, and whose calls fail as a whole when one name is missing.
    async fn asked(there: &[&str], wanted: &[&str]) -> (Vec<String>, usize) {
        let calls = Mutex::new(0);
        let wanted = names(wanted);
        let found = present(&wanted, |names| {
            *calls.lock().unwrap() += 1;
            let missing = names.iter().any(|name| !there.contains(&name.as_str()));
            async move { if missing { Err(Error::new(ErrorKind::NotFound, "one is missing")) } else { Ok(names) } }
        });
        let found = found.await.unwrap();
        let calls = *calls.lock().unwrap();
        (found, calls)
    }

    #[tokio::test]
    async fn one_call_when_all_are_there() {
        assert_eq!(asked(&["a", "b", "c"], &["a", "b"]).await, (names(&["a", "b"]), 1));
    }

    #[tokio::test]
    async fn a_missing_one_does_not_hide_the_others() {
        assert_eq!(asked(&["b"], &["a", "b", "c"]).await, (names(&["b"]), 4));
        assert_eq!(asked(&[], &["a"]).await, (names(&[]), 1));
    }

    #[tokio::test]
    async fn nothing_is_asked_when_nothing_is_wanted() {
        assert_eq!(asked(&["a"], &[]).await, (names(&[]), 0));
    }

    #[tokio::test]
    async fn other_failures_stay_failures() {
        let answer: Result<Vec<String>> =
            present(&names(&["a"]), |_| async { Err(Error::new(ErrorKind::Denied, "not you")) }).await;
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied);
    }

    #[test]
    fn attributes_stand_beside_the_other_fields() {
        let attributes = BTreeMap::from([("idle_timeout.timeout_seconds".to_owned(), "60".to_owned())]);
        assert_eq!(
            with_attributes(&attributes, serde_json::json!({"name": "x"})),
            serde_json::json!({"name": "x", "idle_timeout.timeout_seconds": "60"})
        );
    }
}
