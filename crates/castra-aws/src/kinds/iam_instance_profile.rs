//! What carries a role to machines.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_iam::types::InstanceProfile;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Item, Result};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::IamRole;
use super::live::Live;
use crate::call::{gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// An instance profile with its one role. Its name is the account's, in all regions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IamInstanceProfile {
    /// Its name: up to 128 characters.
    pub(crate) name: String,
    /// The role.
    pub(crate) role: Ref<IamRole>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What an instance profile gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ProfileOutput {
    /// Its name.
    pub(crate) id: String,
    /// Its ARN.
    pub(crate) arn: String,
}

impl Output for ProfileOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for IamInstanceProfile {
    const KIND: &'static str = "iam_instance_profile";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = ProfileOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<ProfileOutput>>> {
        let profile = get(at.cx, at.cloud, &self.name).await?;
        Ok(profile.as_ref().map(|profile| live(profile).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<ProfileOutput> {
        let role = at.get(&self.role)?.id;
        let request = at
            .cloud
            .iam
            .create_instance_profile()
            .instance_profile_name(&self.name)
            .set_tags(Some(tags::to_iam(&self.tags)?));
        let answer = send!(at.cx, Call::idempotent("iam", "CreateInstanceProfile"), request)?;
        let arn = answer.instance_profile().map(|profile| profile.arn().to_owned()).unwrap_or_default();
        self.add(at, &role).await?;
        Ok(ProfileOutput { id: self.name.clone(), arn })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &ProfileOutput,
        changes: &[FieldChange],
    ) -> Result<ProfileOutput> {
        for change in changes {
            match change.field.as_str() {
                "role" => {
                    let role = at.get(&self.role)?.id;
                    // It holds one at a time.
                    remove_roles(at, &self.name, Some(&role)).await?;
                    self.add(at, &role).await?;
                }
                _ => self.sync_tags(at, change).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &ProfileOutput) -> Result<()> {
        remove_roles(at, &live.id, None).await?;
        let request = at.cloud.iam.delete_instance_profile().instance_profile_name(&live.id);
        gone(send!(at.cx, Call::idempotent("iam", "DeleteInstanceProfile"), request))
    }
}

impl IamInstanceProfile {
    async fn add(&self, at: &At<'_, Clients>, role: &str) -> Result<()> {
        let request = at.cloud.iam.add_role_to_instance_profile().instance_profile_name(&self.name).role_name(role);
        match send_fresh!(at.cx, Call::idempotent("iam", "AddRoleToInstanceProfile"), request) {
            // "Cannot exceed quota": it has a role, which is this one when the call was sent again after a lost reply.
            Err(error) if error.kind() == ErrorKind::Quota => {
                let profile = get(at.cx, at.cloud, &self.name).await?;
                let there = profile.is_some_and(|profile| profile.roles().iter().any(|live| live.role_name() == role));
                if there { Ok(()) } else { Err(error) }
            }
            answer => answer.map(drop),
        }
    }

    async fn sync_tags(&self, at: &At<'_, Clients>, change: &FieldChange) -> Result<()> {
        let iam = &at.cloud.iam;
        let wanted = tags::to_iam(&self.tags)?;
        let request = iam.tag_instance_profile().instance_profile_name(&self.name).set_tags(Some(wanted));
        send!(at.cx, Call::idempotent("iam", "TagInstanceProfile"), request)?;
        let extra = tags::unwanted(change, &self.tags);
        if extra.is_empty() {
            return Ok(());
        }
        let request = iam.untag_instance_profile().instance_profile_name(&self.name).set_tag_keys(Some(extra));
        send!(at.cx, Call::idempotent("iam", "UntagInstanceProfile"), request).map(drop)
    }
}

/// Takes the roles out of a profile, but for one that may stay.
async fn remove_roles(at: &At<'_, Clients>, name: &str, but: Option<&str>) -> Result<()> {
    let Some(profile) = get(at.cx, at.cloud, name).await? else { return Ok(()) };
    for role in profile.roles().iter().map(|role| role.role_name()).filter(|role| Some(*role) != but) {
        let request = at.cloud.iam.remove_role_from_instance_profile().instance_profile_name(name).role_name(role);
        gone(send!(at.cx, Call::idempotent("iam", "RemoveRoleFromInstanceProfile"), request))?;
    }
    Ok(())
}

async fn get(cx: &dyn Context, clients: &Clients, name: &str) -> Result<Option<InstanceProfile>> {
    let request = clients.iam.get_instance_profile().instance_profile_name(name);
    let answer = maybe(send!(cx, Call::read("iam", "GetInstanceProfile"), request))?;
    Ok(answer.and_then(|answer| answer.instance_profile))
}

fn live(profile: &InstanceProfile) -> Live<ProfileOutput> {
    let tags = tags::from_iam(profile.tags());
    let role = profile.roles().first().map(|role| role.role_name());
    let fields = json!({ "name": profile.instance_profile_name(), "role": role, "tags": tags });
    let output = ProfileOutput { id: profile.instance_profile_name().to_owned(), arn: profile.arn().to_owned() };
    Live::new(output, fields, tags)
}

/// The instance profiles that stand where a cluster's should, by `(resource name, profile name)`. One call a profile.
pub(crate) async fn list(look: &Look<'_>, names: &[(String, String)]) -> Result<Vec<Item>> {
    let found = try_join_all(names.iter().map(|(resource, name)| async move {
        let profile = get(look.cx, look.clients, name).await?;
        Ok::<_, Error>(profile.map(|profile| live(&profile).item_at::<IamInstanceProfile>(look, resource)))
    }));
    Ok(found.await?.into_iter().flatten().collect())
}
