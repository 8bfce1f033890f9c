//! Who may reach a security group's members, and whom they may reach.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{IpPermission, IpRange, SecurityGroup as Ec2SecurityGroup, UserIdGroupPair};
use castra_core::inventory::Ownership;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, ContextExt as _, ErrorKind, FieldChange, Result, Seen, Wait};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SecurityGroup;
use crate::call::{gone, maybe, send, send_fresh};
use crate::client::Clients;

/// All the rules of a security group. They are a resource of their own because groups refer to one another: all
/// groups are made first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SecurityGroupRules {
    /// The group.
    pub(crate) group: Ref<SecurityGroup>,
    /// What may reach its members.
    pub(crate) ingress: Vec<Rule>,
    /// What its members may reach.
    pub(crate) egress: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// `tcp`, `udp`, or `-1` for every protocol.
    pub(crate) protocol: String,
    /// The first port; -1 with every protocol.
    pub(crate) from_port: i32,
    /// The last port; -1 with every protocol.
    pub(crate) to_port: i32,
    /// The other side.
    pub(crate) peer: RulePeer,
    /// Why, in up to 255 characters of letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
    pub(crate) description: String,
}

/// The other side of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum RulePeer {
    /// The members of a security group.
    Group(Ref<SecurityGroup>),
    /// A range of addresses.
    Cidr(Ipv4Net),
}

/// A rule as EC2 sees it: no two of a group are equal in these. Ports of a rule for every protocol are -1 here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    protocol: String,
    ports: (i32, i32),
    peer: String,
}

/// Rules with their descriptions.
type Rules = BTreeMap<Key, String>;

/// Which way traffic goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

#[async_trait]
impl Kind for SecurityGroupRules {
    const KIND: &'static str = "security_group_rules";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &["group"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let id = at.get(&self.group)?;
        let group = maybe(describe(at, &id).await)?.flatten();
        Ok(group.map(|group| Found { fields: live(&id, &group), output: id, ownership: Ownership::Ours }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let id = at.get(&self.group)?;
        self.sync(at, &id).await?;
        Ok(id)
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, _: &[FieldChange]) -> Result<String> {
        self.sync(at, id).await?;
        Ok(id.clone())
    }

    /// Revokes the rules that name groups, so that groups that refer to one another can be deleted in any order.
    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let Some(group) = maybe(describe(at, id).await)?.flatten() else { return Ok(()) };
        for (way, permissions) in [(Way::In, group.ip_permissions()), (Way::Out, group.ip_permissions_egress())] {
            let mut naming = flatten(permissions);
            naming.retain(|key, _| key.peer.starts_with("sg-"));
            gone(revoke(at, id, way, &naming).await)?;
        }
        Ok(())
    }
}

impl SecurityGroupRules {
    /// Makes the group's rules exactly the wanted ones. The wanted are authorised before the others are revoked:
    /// traffic that stays allowed isn't interrupted.
    async fn sync(&self, at: &At<'_, Clients>, id: &str) -> Result<()> {
        let wanted = [(Way::In, self.wanted(at, &self.ingress)?), (Way::Out, self.wanted(at, &self.egress)?)];
        // Another run's rule, or one of ours whose reply was lost, may not show yet.
        let wait = Wait::new(format!("the rules of {id} to show")).every(Duration::from_secs(2));
        at.cx
            .wait(&wait, || async {
                match sync(at, id, &wanted).await {
                    Ok(true) => Ok(Seen::Done(())),
                    Ok(false) => Ok(Seen::Not("the group, or a rule that it has, doesn't show".into())),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                        Ok(Seen::Not("a rule is there and doesn't show".into()))
                    }
                    Err(error) => Err(error),
                }
            })
            .await
    }

    fn wanted(&self, at: &At<'_, Clients>, rules: &[Rule]) -> Result<Rules> {
        rules
            .iter()
            .map(|rule| {
                let peer = match &rule.peer {
                    RulePeer::Group(group) => at.get(group)?,
                    RulePeer::Cidr(cidr) => cidr.to_string(),
                };
                let key = Key { protocol: rule.protocol.clone(), ports: (rule.from_port, rule.to_port), peer };
                Ok((key, rule.description.clone()))
            })
            .collect()
    }
}

/// One round of it; whether it was the last. A group that doesn't show is looked at again: it has a rule of its own from
/// the start, that its members may reach everything, which would stay.
async fn sync(at: &At<'_, Clients>, id: &str, wanted: &[(Way, Rules); 2]) -> Result<bool> {
    let request = at.cloud.ec2.describe_security_groups().group_ids(id);
    let answer = send_fresh!(at.cx, Call::read("ec2", "DescribeSecurityGroups"), request)?;
    let Some(group) = answer.security_groups().first() else { return Ok(false) };
    let mut extra = Vec::new();
    for (way, wanted) in wanted {
        let live = flatten(match way {
            Way::In => group.ip_permissions(),
            Way::Out => group.ip_permissions_egress(),
        });
        let pick = |wanted_if: &dyn Fn(&Key, &String) -> bool| -> Rules {
            wanted
                .iter()
                .filter(|(key, why)| wanted_if(key, why))
                .map(|(key, why)| (key.clone(), why.clone()))
                .collect()
        };
        let missing = pick(&|key, _| !live.contains_key(key));
        let reworded = pick(&|key, why| live.get(key).is_some_and(|live| live != why));
        authorise(at, id, *way, &missing).await?;
        describe_rules(at, id, *way, &reworded).await?;
        extra.push((*way, live.into_iter().filter(|(key, _)| !wanted.contains_key(key)).collect::<Rules>()));
    }
    let mut done = true;
    for (way, extra) in &extra {
        // Either they are gone, or it is the group that didn't show: which of the two, the next look tells.
        done &= maybe(revoke(at, id, *way, extra).await)?.is_some();
    }
    Ok(done)
}

async fn describe(at: &At<'_, Clients>, id: &str) -> Result<Option<Ec2SecurityGroup>> {
    let request = at.cloud.ec2.describe_security_groups().group_ids(id);
    let answer = send!(at.cx, Call::read("ec2", "DescribeSecurityGroups"), request)?;
    Ok(answer.security_groups.into_iter().flatten().next())
}

async fn authorise(at: &At<'_, Clients>, id: &str, way: Way, rules: &Rules) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    // All of a call's rules are made or none, so that "duplicate" after a lost reply means all.
    let permissions = Some(gather(rules));
    match way {
        Way::In => {
            let request = at.cloud.ec2.authorize_security_group_ingress().group_id(id).set_ip_permissions(permissions);
            send_fresh!(at.cx, Call::idempotent("ec2", "AuthorizeSecurityGroupIngress"), request).map(drop)
        }
        Way::Out => {
            let request = at.cloud.ec2.authorize_security_group_egress().group_id(id).set_ip_permissions(permissions);
            send_fresh!(at.cx, Call::idempotent("ec2", "AuthorizeSecurityGroupEgress"), request).map(drop)
        }
    }
}

async fn describe_rules(at: &At<'_, Clients>, id: &str, way: Way, rules: &Rules) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let permissions = Some(gather(rules));
    let ec2 = &at.cloud.ec2;
    match way {
        Way::In => {
            let call = Call::idempotent("ec2", "UpdateSecurityGroupRuleDescriptionsIngress");
            let request =
                ec2.update_security_group_rule_descriptions_ingress().group_id(id).set_ip_permissions(permissions);
            send_fresh!(at.cx, call, request).map(drop)
        }
        Way::Out => {
            let call = Call::idempotent("ec2", "UpdateSecurityGroupRuleDescriptionsEgress");
            let request =
                ec2.update_security_group_rule_descriptions_egress().group_id(id).set_ip_permissions(permissions);
            send_fresh!(at.cx, call, request).map(drop)
        }
    }
}

async fn revoke(at: &At<'_, Clients>, id: &str, way: Way, rules: &Rules) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let permissions = Some(gather(rules));
    match way {
        Way::In => {
            let request = at.cloud.ec2.revoke_security_group_ingress().group_id(id).set_ip_permissions(permissions);
            send!(at.cx, Call::idempotent("ec2", "RevokeSecurityGroupIngress"), request).map(drop)
        }
        Way::Out => {
            let request = at.cloud.ec2.revoke_security_group_egress().group_id(id).set_ip_permissions(permissions);
            send!(at.cx, Call::idempotent("ec2", "RevokeSecurityGroupEgress"), request).map(drop)
        }
    }
}

/// EC2 groups rules by protocol and ports; these are the single ones.
fn flatten(permissions: &[IpPermission]) -> Rules {
    let mut rules = Rules::new();
    for permission in permissions {
        let protocol = permission.ip_protocol().unwrap_or("-1").to_owned();
        let ports = match protocol.as_str() {
            "-1" => (-1, -1),
            _ => (permission.from_port().unwrap_or(-1), permission.to_port().unwrap_or(-1)),
        };
        let mut add = |peer: Option<&str>, description: Option<&str>| {
            if let Some(peer) = peer {
                let key = Key { protocol: protocol.clone(), ports, peer: peer.to_owned() };
                rules.insert(key, description.unwrap_or_default().to_owned());
            }
        };
        permission.ip_ranges().iter().for_each(|range| add(range.cidr_ip(), range.description()));
        permission.user_id_group_pairs().iter().for_each(|pair| add(pair.group_id(), pair.description()));
        permission.ipv6_ranges().iter().for_each(|range| add(range.cidr_ipv6(), range.description()));
        permission.prefix_list_ids().iter().for_each(|list| add(list.prefix_list_id(), list.description()));
    }
    rules
}

/// The opposite of [`flatten`], one permission a rule.
fn gather(rules: &Rules) -> Vec<IpPermission> {
    use aws_sdk_ec2::types::{Ipv6Range, PrefixListId};
    rules
        .iter()
        .map(|(key, description)| {
            // An empty description is refused where none is not.
            let why = (!description.is_empty()).then(|| description.clone());
            let permission = IpPermission::builder().ip_protocol(&key.protocol);
            let permission = match key.protocol.as_str() {
                "-1" => permission,
                _ => permission.from_port(key.ports.0).to_port(key.ports.1),
            };
            let peer = &key.peer;
            match peer {
                _ if peer.starts_with("sg-") => permission
                    .user_id_group_pairs(UserIdGroupPair::builder().group_id(peer).set_description(why).build()),
                _ if peer.starts_with("pl-") => permission
                    .prefix_list_ids(PrefixListId::builder().prefix_list_id(peer).set_description(why).build()),
                _ if peer.contains(':') => {
                    permission.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(peer).set_description(why).build())
                }
                _ => permission.ip_ranges(IpRange::builder().cidr_ip(peer).set_description(why).build()),
            }
            .build()
        })
        .collect()
}

/// The live rules of a group, in the shape of [`SecurityGroupRules`].
pub(super) fn live(id: &str, group: &Ec2SecurityGroup) -> Value {
    let rules = |permissions: &[IpPermission]| -> Vec<Value> {
        flatten(permissions)
            .into_iter()
            .map(|(key, description)| {
                json!({
                    "protocol": key.protocol,
                    "from_port": key.ports.0,
                    "to_port": key.ports.1,
                    "peer": key.peer,
                    "description": description,
                })
            })
            .collect()
    };
    json!({ "group": id, "ingress": rules(group.ip_permissions()), "egress": rules(group.ip_permissions_egress()) })
}

#[cfg(test)]
mod tests;
