//! Roles (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html>).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::boundary;
use super::entity::{Entities, Entity, Kind, Named, find, shows};
use super::holder::{Addressed, Permissions, Written};
use super::tag::{self, Tagged};
use super::trust::Trust;
use super::{State, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A role.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) entity: Entity,
    pub(crate) trust: Trust,
    pub(crate) description: Option<String>,
    /// How long its sessions may last, in seconds.
    pub(crate) max_session: i64,
    pub(crate) permissions: Permissions,
    pub(crate) tags: Tags,
    /// When it was last assumed, and where.
    pub(crate) last_used: Option<(Timestamp, String)>,
    /// The service that it is linked to.
    pub(crate) linked_to: Option<String>,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateRole", create),
    ("DeleteRole", delete),
    ("GetRole", get),
    ("ListRoles", list),
    ("UpdateAssumeRolePolicy", update_trust),
    ("UpdateRole", update),
    ("UpdateRoleDescription", update_description),
];

impl Named for Role {
    const KIND: Kind = Kind::Role;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.roles
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.roles
    }
}

impl Addressed for Role {
    fn name(call: &Call<'_>) -> Result<String, ApiError> {
        Ok(call.required("RoleName").to_owned())
    }
}

impl Tagged for Role {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl Role {
    /// Refuses to change a role that belongs to a service
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html#API_DeleteRole_Errors>).
    pub(super) fn check_changeable(&self) -> Result<(), ApiError> {
        if self.linked_to.is_none() {
            return Ok(());
        }
        let message = format!(
            "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
            self.entity.name
        );
        Err(ApiError::new("UnmodifiableEntity", message))
    }

    /// As it is shown inside of other answers and in lists.
    pub(super) fn shown(&self, state: &State) -> Map<String, Value> {
        let Entity { name, path, id, arn, created } = &self.entity;
        let mut shown = Map::new();
        shown.insert("Path".to_owned(), path.as_str().into());
        shown.insert("RoleName".to_owned(), name.as_str().into());
        shown.insert("RoleId".to_owned(), id.as_str().into());
        shown.insert("Arn".to_owned(), arn.as_str().into());
        shown.insert("CreateDate".to_owned(), epoch(*created));
        shown.insert("AssumeRolePolicyDocument".to_owned(), self.trust.shown(state).into());
        if let Some(description) = &self.description {
            shown.insert("Description".to_owned(), description.as_str().into());
        }
        shown.insert("MaxSessionDuration".to_owned(), self.max_session.into());
        shown
    }

    /// As GetRole shows it. Lists leave out boundary, tags and last use
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>).
    fn shown_whole(&self, state: &State) -> Map<String, Value> {
        let mut shown = self.shown(state);
        if let Some(boundary) = &self.permissions.boundary {
            shown.insert("PermissionsBoundary".to_owned(), boundary::shown(boundary));
        }
        if !self.tags.is_empty() {
            shown.insert("Tags".to_owned(), self.tags.shown());
        }
        let last_used = self.last_used.as_ref();
        let last_used =
            last_used.map_or_else(|| json!({}), |(at, region)| json!({ "LastUsedDate": epoch(*at), "Region": region }));
        shown.insert("RoleLastUsed".to_owned(), last_used);
        shown
    }
}

/// The path that a call gives; `/` if it gives none.
pub(super) fn path<'a>(call: &Call<'a>) -> &'a str {
    call.text("Path").unwrap_or("/")
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("RoleName");
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html: the path is reserved.
    if path(call).starts_with("/aws-service-role/") {
        let message = "Path prefix /aws-service-role/ is reserved for service-linked roles.";
        return Err(ApiError::new("InvalidInput", message));
    }
    let tags = tag::given(call)?;
    let trust = Trust::read(call.account, call.required("AssumeRolePolicyDocument"))?;
    let boundary = boundary::given(call)?;
    let iam = &call.account.iam;
    if iam.roles.taken(name) {
        return Err(Kind::Role.exists(name));
    }
    let most = call.account.settings.iam_limits.roles;
    if iam.roles.len() >= most {
        return Err(quotas::exceeded("RolesPerAccount", most));
    }
    let role = Role {
        entity: Entity::new(call.account, Kind::Role, path(call), name),
        trust,
        description: call.text("Description").map(str::to_owned),
        max_session: call.number("MaxSessionDuration").unwrap_or(3_600),
        permissions: Permissions { boundary, ..Permissions::default() },
        tags,
        last_used: None,
        linked_to: None,
    };
    let mut shown = role.shown_whole(&call.account.iam);
    shown.remove("RoleLastUsed");
    call.account.iam.roles.insert(role);
    Ok(json!({ "Role": shown }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let name = call.required("RoleName");
    let role = find::<Role>(call, name)?.clone();
    Ok(json!({ "Role": role.shown_whole(&call.account.iam) }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    let (account, iam) = (&*call.account, &call.account.iam);
    let roles = iam.roles.iter().filter(|role| role.entity.path.starts_with(prefix) && shows(account, &role.entity));
    let shown = roles.map(|role| (role.entity.name.clone(), role.shown(iam).into())).collect();
    page::of(call, "Roles", shown)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("RoleName");
    let role = find::<Role>(call, name)?.clone();
    role.check_changeable()?;
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    if call.account.iam.profiles.iter().any(|profile| profile.role.as_deref() == Some(name)) {
        return Err(conflict("must remove roles from instance profile first."));
    }
    check_bare(&role.permissions)?;
    call.account.iam.roles.remove(name);
    Ok(json!({}))
}

/// Refuses to delete what has policies.
pub(super) fn check_bare(permissions: &Permissions) -> Result<(), ApiError> {
    if !permissions.attached.is_empty() {
        return Err(conflict("must detach all policies first."));
    }
    if !permissions.inline.is_empty() {
        return Err(conflict("must delete policies first."));
    }
    Ok(())
}

/// The refusal to delete what something depends on.
pub(super) fn conflict(first: &str) -> ApiError {
    ApiError::new("DeleteConflict", format!("Cannot delete entity, {first}"))
}

fn update(call: &mut Call<'_>) -> Answer {
    let (description, max_session) = (call.text("Description"), call.number("MaxSessionDuration"));
    let role = find::<Role>(call, call.required("RoleName"))?;
    role.check_changeable()?;
    // A parameter that isn't given is reset, of the duration: "If you do not specify a value for this setting, the
    // default value of one hour is applied" (https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html).
    if let Some(description) = description {
        role.description = Some(description.to_owned());
    }
    role.max_session = max_session.unwrap_or(3_600);
    Ok(json!({}))
}

fn update_description(call: &mut Call<'_>) -> Answer {
    let (name, description) = (call.required("RoleName"), call.required("Description"));
    let role = find::<Role>(call, name)?;
    role.description = Some(description.to_owned());
    let role = role.clone();
    Ok(json!({ "Role": role.shown(&call.account.iam) }))
}

fn update_trust(call: &mut Call<'_>) -> Answer {
    let name = call.required("RoleName");
    find::<Role>(call, name)?.check_changeable()?;
    let trust = Trust::read(call.account, call.required("PolicyDocument"))?;
    find::<Role>(call, name)?.trust = trust;
    Ok(json!({}))
}

/// A trust policy without conditions, for one service.
pub(super) fn service_trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    })
}

/// A document that AWS itself writes.
pub(super) fn written(document: &Value) -> Option<Written> {
    let text = document.to_string();
    super::document::trust(&text).ok().map(|document| Written::new(&text, document))
}
