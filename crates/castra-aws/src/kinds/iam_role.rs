//! What machines may do.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_iam::types::{AttachedPolicy, Role};
use castra_core::resource::{At, Found, Kind, Output, Recovery};
use castra_core::{Call, Context, Error, FieldChange, Item, Result};
use futures::future::{join, try_join_all, try_join3};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::Live;
use crate::call::{each, gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// An IAM role. Its name is the account's, in all regions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IamRole {
    /// Its name: up to 64 characters.
    pub(crate) name: String,
    /// Who may take it: a policy document.
    pub(crate) trust: Value,
    /// Its inline policies by name: exactly these. All their documents together may have 10,240 characters.
    pub(crate) policies: BTreeMap<String, Value>,
    /// The ARNs of the managed policies attached to it: exactly these. An account allows 10 unless it asked for more.
    pub(crate) managed: BTreeSet<String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a role gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RoleOutput {
    /// Its name.
    pub(crate) id: String,
    /// Its ARN.
    pub(crate) arn: String,
}

impl Output for RoleOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for IamRole {
    const KIND: &'static str = "iam_role";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = RoleOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<RoleOutput>>> {
        Ok(get(at.cx, at.cloud, &self.name).await?.map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<RoleOutput> {
        let request = at
            .cloud
            .iam
            .create_role()
            .role_name(&self.name)
            .assume_role_policy_document(self.trust.to_string())
            .set_tags(Some(tags::to_iam(&self.tags)?));
        let answer = send!(at.cx, Call::idempotent("iam", "CreateRole"), request)?;
        let arn = answer.role().map(|role| role.arn().to_owned()).unwrap_or_default();
        let inline = self.policies.iter().map(|(name, policy)| self.put(at, name, policy));
        let managed = self.managed.iter().map(|arn| self.attach(at, arn));
        let (inline, managed) = join(each(inline), each(managed)).await;
        inline.and(managed)?;
        Ok(RoleOutput { id: self.name.clone(), arn })
    }

    async fn update(&self, at: &At<'_, Clients>, live: &RoleOutput, changes: &[FieldChange]) -> Result<RoleOutput> {
        for change in changes {
            match change.field.as_str() {
                "trust" => {
                    let trust = self.trust.to_string();
                    let request = at.cloud.iam.update_assume_role_policy().role_name(&self.name).policy_document(trust);
                    send_fresh!(at.cx, Call::idempotent("iam", "UpdateAssumeRolePolicy"), request)?;
                }
                "policies" => {
                    for (name, policy) in &self.policies {
                        self.put(at, name, policy).await?;
                    }
                    let live = inline_names(at.cx, at.cloud, &self.name).await?;
                    for name in live.iter().filter(|name| !self.policies.contains_key(*name)) {
                        remove_inline(at, &self.name, name).await?;
                    }
                }
                "managed" => {
                    for arn in &self.managed {
                        self.attach(at, arn).await?;
                    }
                    let live = managed_arns(at.cx, at.cloud, &self.name).await?;
                    for arn in live.iter().filter(|arn| !self.managed.contains(*arn)) {
                        detach(at, &self.name, arn).await?;
                    }
                }
                _ => self.sync_tags(at, change).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &RoleOutput) -> Result<()> {
        // All must be gone first (IAM API reference, DeleteRole); the instance profile was deleted before.
        let inline = maybe(inline_names(at.cx, at.cloud, &live.id).await)?.unwrap_or_default();
        each(inline.iter().map(|name| remove_inline(at, &live.id, name))).await?;
        let managed = maybe(managed_arns(at.cx, at.cloud, &live.id).await)?.unwrap_or_default();
        each(managed.iter().map(|arn| detach(at, &live.id, arn))).await?;
        let request = at.cloud.iam.delete_role().role_name(&live.id);
        gone(send!(at.cx, Call::idempotent("iam", "DeleteRole"), request))
    }
}

impl IamRole {
    async fn put(&self, at: &At<'_, Clients>, name: &str, policy: &Value) -> Result<()> {
        let request =
            at.cloud.iam.put_role_policy().role_name(&self.name).policy_name(name).policy_document(policy.to_string());
        send_fresh!(at.cx, Call::idempotent("iam", "PutRolePolicy"), request).map(drop)
    }

    async fn attach(&self, at: &At<'_, Clients>, arn: &str) -> Result<()> {
        let request = at.cloud.iam.attach_role_policy().role_name(&self.name).policy_arn(arn);
        send_fresh!(at.cx, Call::idempotent("iam", "AttachRolePolicy"), request).map(drop)
    }

    async fn sync_tags(&self, at: &At<'_, Clients>, change: &FieldChange) -> Result<()> {
        let request = at.cloud.iam.tag_role().role_name(&self.name).set_tags(Some(tags::to_iam(&self.tags)?));
        send!(at.cx, Call::idempotent("iam", "TagRole"), request)?;
        let extra = tags::unwanted(change, &self.tags);
        if extra.is_empty() {
            return Ok(());
        }
        let request = at.cloud.iam.untag_role().role_name(&self.name).set_tag_keys(Some(extra));
        send!(at.cx, Call::idempotent("iam", "UntagRole"), request).map(drop)
    }
}

async fn remove_inline(at: &At<'_, Clients>, role: &str, name: &str) -> Result<()> {
    let request = at.cloud.iam.delete_role_policy().role_name(role).policy_name(name);
    gone(send!(at.cx, Call::idempotent("iam", "DeleteRolePolicy"), request))
}

async fn detach(at: &At<'_, Clients>, role: &str, arn: &str) -> Result<()> {
    let request = at.cloud.iam.detach_role_policy().role_name(role).policy_arn(arn);
    gone(send!(at.cx, Call::idempotent("iam", "DetachRolePolicy"), request))
}

/// The names of a role's inline policies. One page holds 100, which is more than fit by size.
async fn inline_names(cx: &dyn Context, clients: &Clients, role: &str) -> Result<Vec<String>> {
    let request = clients.iam.list_role_policies().role_name(role);
    Ok(send!(cx, Call::read("iam", "ListRolePolicies"), request)?.policy_names)
}

/// The ARNs of the managed policies attached to a role. One page holds 100, which is more than an account can have.
async fn managed_arns(cx: &dyn Context, clients: &Clients, role: &str) -> Result<BTreeSet<String>> {
    let request = clients.iam.list_attached_role_policies().role_name(role);
    let answer = send!(cx, Call::read("iam", "ListAttachedRolePolicies"), request)?;
    Ok(answer.attached_policies().iter().filter_map(AttachedPolicy::policy_arn).map(str::to_owned).collect())
}

/// Reads a role with its policies: three calls at once, then one for each inline policy.
async fn get(cx: &dyn Context, clients: &Clients, name: &str) -> Result<Option<Live<RoleOutput>>> {
    let role = async {
        let request = clients.iam.get_role().role_name(name);
        send!(cx, Call::read("iam", "GetRole"), request)
    };
    let parts = try_join3(role, inline_names(cx, clients, name), managed_arns(cx, clients, name)).await;
    let Some((answer, inline, managed)) = maybe(parts)? else { return Ok(None) };
    let Some(role) = answer.role() else { return Ok(None) };
    let policies = try_join_all(inline.iter().map(|policy| async move {
        let request = clients.iam.get_role_policy().role_name(name).policy_name(policy);
        let answer = maybe(send!(cx, Call::read("iam", "GetRolePolicy"), request))?;
        Ok::<_, Error>(answer.map(|answer| (policy.clone(), document(answer.policy_document()))))
    }))
    .await?;
    let policies: BTreeMap<String, Value> = policies.into_iter().flatten().collect();
    Ok(Some(live(role, &policies, &managed)))
}

fn live(role: &Role, policies: &BTreeMap<String, Value>, managed: &BTreeSet<String>) -> Live<RoleOutput> {
    let tags = tags::from_iam(role.tags());
    let fields = json!({
        "name": role.role_name(),
        "trust": role.assume_role_policy_document().map(document),
        "policies": policies,
        "managed": managed,
        "tags": tags,
    });
    Live::new(RoleOutput { id: role.role_name().to_owned(), arn: role.arn().to_owned() }, fields, tags)
}

/// A policy document, which IAM answers as URL-encoded JSON (RFC 3986). One that isn't JSON shows as its text.
fn document(encoded: &str) -> Value {
    let text = decoded(encoded).unwrap_or_else(|| encoded.to_owned());
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn decoded(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The roles that stand where a cluster's should, by `(resource name, role name)`. Three calls a role, and one more
/// for each of its inline policies.
pub(crate) async fn list(look: &Look<'_>, names: &[(String, String)]) -> Result<Vec<Item>> {
    let found = try_join_all(names.iter().map(|(resource, name)| async move {
        let live = get(look.cx, look.clients, name).await?;
        Ok::<_, Error>(live.map(|live| live.item_at::<IamRole>(look, resource)))
    }));
    Ok(found.await?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn documents_are_decoded() {
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22a%22%3A%5B%22x+y%22%2C%22%C3%A9%22%5D%7D";
        assert_eq!(document(encoded), json!({ "Version": "2012-10-17", "a": ["x+y", "é"] }));
        assert_eq!(document(r#"{"a":1}"#), json!({ "a": 1 }));
        assert_eq!(document("100%"), json!("100%"));
    }
}
