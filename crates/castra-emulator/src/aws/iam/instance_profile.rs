//! Instance profiles
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::entity::{Entities, Entity, Kind, Named, find, shows};
use super::holder::Addressed;
use super::role::{conflict, path};
use super::tag::{self, Tagged};
use super::{Role, State, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// An instance profile: what gives instances a role.
#[derive(Debug, Clone)]
pub(crate) struct InstanceProfile {
    pub(crate) entity: Entity,
    /// The name of its role.
    pub(crate) role: Option<String>,
    /// When it was created, or its role last changed.
    pub(crate) changed: Timestamp,
    pub(crate) tags: Tags,
}

impl Named for InstanceProfile {
    const KIND: Kind = Kind::InstanceProfile;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.profiles
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.profiles
    }
}

impl Addressed for InstanceProfile {
    fn name(call: &Call<'_>) -> Result<String, ApiError> {
        Ok(call.required("InstanceProfileName").to_owned())
    }
}

impl Tagged for InstanceProfile {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("AddRoleToInstanceProfile", add_role),
    ("CreateInstanceProfile", create),
    ("DeleteInstanceProfile", delete),
    ("GetInstanceProfile", get),
    ("ListInstanceProfiles", list),
    ("ListInstanceProfilesForRole", list_for_role),
    ("RemoveRoleFromInstanceProfile", remove_role),
];

impl InstanceProfile {
    fn shown(&self, state: &State) -> Value {
        let Entity { name, path, id, arn, created } = &self.entity;
        let role = self.role.as_ref().and_then(|role| state.roles.get(role));
        let roles: Vec<Value> = role.map(|role| role.shown(state).into()).into_iter().collect();
        json!({
            "Path": path,
            "InstanceProfileName": name,
            "InstanceProfileId": id,
            "Arn": arn,
            "CreateDate": epoch(*created),
            "Roles": roles,
        })
    }

    fn shown_whole(&self, state: &State) -> Value {
        let mut shown = self.shown(state);
        if let (false, Some(shown)) = (self.tags.is_empty(), shown.as_object_mut()) {
            shown.insert("Tags".to_owned(), self.tags.shown());
        }
        shown
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("InstanceProfileName");
    let tags = tag::given(call)?;
    let profiles = &call.account.iam.profiles;
    if profiles.taken(name) {
        return Err(Kind::InstanceProfile.exists(name));
    }
    let most = call.account.settings.iam_limits.instance_profiles;
    if profiles.len() >= most {
        return Err(quotas::exceeded("InstanceProfilesPerAccount", most));
    }
    let entity = Entity::new(call.account, Kind::InstanceProfile, path(call), name);
    let profile = InstanceProfile { entity, role: None, changed: call.now(), tags };
    let shown = profile.shown_whole(&call.account.iam);
    call.account.iam.profiles.insert(profile);
    Ok(json!({ "InstanceProfile": shown }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let profile = find::<InstanceProfile>(call, call.required("InstanceProfileName"))?.clone();
    Ok(json!({ "InstanceProfile": profile.shown_whole(&call.account.iam) }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    listed(call, |profile| profile.entity.path.starts_with(prefix))
}

fn list_for_role(call: &mut Call<'_>) -> Answer {
    let role = call.required("RoleName");
    find::<Role>(call, role)?;
    listed(call, |profile| profile.role.as_deref() == Some(role))
}

fn listed(call: &Call<'_>, wanted: impl Fn(&InstanceProfile) -> bool) -> Answer {
    let (account, iam) = (&*call.account, &call.account.iam);
    let profiles = iam.profiles.iter().filter(|profile| wanted(profile) && shows(account, &profile.entity));
    let shown = profiles.map(|profile| (profile.entity.name.clone(), profile.shown(iam))).collect();
    page::of(call, "InstanceProfiles", shown)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("InstanceProfileName");
    if find::<InstanceProfile>(call, name)?.role.is_some() {
        return Err(conflict("must remove roles from instance profile first."));
    }
    call.account.iam.profiles.remove(name);
    Ok(json!({}))
}

fn add_role(call: &mut Call<'_>) -> Answer {
    let role = call.required("RoleName");
    let profile = call.required("InstanceProfileName");
    find::<InstanceProfile>(call, profile)?;
    find::<Role>(call, role)?.check_changeable()?;
    let now = call.now();
    let profile: &mut InstanceProfile = find(call, profile)?;
    // "An instance profile can contain only one role, and this quota cannot be increased"
    // (https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html).
    if profile.role.is_some() {
        return Err(quotas::exceeded("InstanceSessionsPerInstanceProfile", 1));
    }
    profile.role = Some(role.to_owned());
    profile.changed = now;
    Ok(json!({}))
}

fn remove_role(call: &mut Call<'_>) -> Answer {
    let role = call.required("RoleName");
    let now = call.now();
    let profile: &mut InstanceProfile = find(call, call.required("InstanceProfileName"))?;
    if profile.role.as_deref() != Some(role) {
        return Err(Kind::Role.not_found(role));
    }
    profile.role = None;
    profile.changed = now;
    Ok(json!({}))
}
