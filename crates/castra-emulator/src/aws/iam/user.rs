//! Users (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html>).

use serde_json::{Map, Value, json};

use super::boundary;
use super::entity::{Entities, Entity, Kind, Named, find, shows};
use super::holder::{Addressed, Permissions};
use super::role::{check_bare, conflict, path};
use super::tag::{self, Tagged};
use super::{State, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::caller::Principal;
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) entity: Entity,
    pub(crate) permissions: Permissions,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations =
    &[("CreateUser", create), ("DeleteUser", delete), ("GetUser", get), ("ListUsers", list)];

impl Named for User {
    const KIND: Kind = Kind::User;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.users
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.users
    }
}

impl Addressed for User {
    fn name(call: &Call<'_>) -> Result<String, ApiError> {
        Ok(call.required("UserName").to_owned())
    }
}

impl Tagged for User {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl User {
    /// As lists show it: without boundary and tags
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>).
    pub(super) fn shown(&self) -> Map<String, Value> {
        let Entity { name, path, id, arn, created } = &self.entity;
        let mut shown = Map::new();
        shown.insert("Path".to_owned(), path.as_str().into());
        shown.insert("UserName".to_owned(), name.as_str().into());
        shown.insert("UserId".to_owned(), id.as_str().into());
        shown.insert("Arn".to_owned(), arn.as_str().into());
        shown.insert("CreateDate".to_owned(), epoch(*created));
        shown
    }

    fn shown_whole(&self) -> Map<String, Value> {
        let mut shown = self.shown();
        if let Some(boundary) = &self.permissions.boundary {
            shown.insert("PermissionsBoundary".to_owned(), boundary::shown(boundary));
        }
        if !self.tags.is_empty() {
            shown.insert("Tags".to_owned(), self.tags.shown());
        }
        shown
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("UserName");
    let tags = tag::given(call)?;
    let boundary = boundary::given(call)?;
    let users = &call.account.iam.users;
    if users.taken(name) {
        return Err(Kind::User.exists(name));
    }
    let most = call.account.settings.iam_limits.users;
    if users.len() >= most {
        return Err(quotas::exceeded("UsersPerAccount", most));
    }
    let permissions = Permissions { boundary, ..Permissions::default() };
    let entity = Entity::new(call.account, Kind::User, path(call), name);
    let user = User { entity, permissions, tags };
    let shown = user.shown_whole();
    call.account.iam.users.insert(user);
    Ok(json!({ "User": shown }))
}

/// "If you do not specify a user name, IAM determines the user name implicitly based on the AWS access key ID used to
/// sign the request" (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html>).
fn get(call: &mut Call<'_>) -> Answer {
    let name = match (call.text("UserName"), &call.caller.principal) {
        (Some(name), _) => name,
        (None, Principal::User(name)) => name,
        (None, Principal::Root) => {
            // The root user has no name of its own; the contract wants one.
            let root = json!({
                "Path": "/",
                "UserName": "root",
                "UserId": call.account.id,
                "Arn": format!("arn:aws:iam::{}:root", call.account.id),
                "CreateDate": epoch(call.account.iam.created),
            });
            return Ok(json!({ "User": root }));
        }
        (None, Principal::Role(_)) => {
            return Err(ApiError::new(
                "ValidationError",
                "Must specify userName when calling with non-User credentials",
            ));
        }
    };
    let shown = find::<User>(call, name)?.shown_whole();
    Ok(json!({ "User": shown }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    let account = &*call.account;
    let users = account.iam.users.iter();
    let users = users.filter(|user| user.entity.path.starts_with(prefix) && shows(account, &user.entity));
    page::of(call, "Users", users.map(|user| (user.entity.name.clone(), user.shown().into())).collect())
}

/// Deletes a user that has nothing left
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("UserName");
    let permissions = find::<User>(call, name)?.permissions.clone();
    let state = &call.account.iam;
    if state.keys.values().any(|key| key.user.as_deref() == Some(name)) {
        return Err(conflict("must delete access keys first."));
    }
    check_bare(&permissions)?;
    if state.groups.iter().any(|group| group.users.contains(name)) {
        return Err(conflict("must remove users from group first."));
    }
    call.account.iam.users.remove(name);
    Ok(json!({}))
}
