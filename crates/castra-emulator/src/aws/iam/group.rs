//! Groups of users (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html>).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::entity::{Entities, Entity, Kind, Named, find, shows};
use super::holder::{Addressed, Permissions};
use super::role::{check_bare, conflict, path};
use super::{State, User, page, quotas};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// A group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) entity: Entity,
    pub(crate) permissions: Permissions,
    /// Names of its users.
    pub(crate) users: BTreeSet<String>,
}

pub(super) const OPERATIONS: Operations = &[
    ("AddUserToGroup", add_user),
    ("CreateGroup", create),
    ("DeleteGroup", delete),
    ("GetGroup", get),
    ("ListGroups", list),
    ("ListGroupsForUser", list_for_user),
    ("RemoveUserFromGroup", remove_user),
];

/// In how many groups a user may be
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>).
const MOST_GROUPS: usize = 10;

impl Named for Group {
    const KIND: Kind = Kind::Group;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.groups
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.groups
    }
}

impl Addressed for Group {
    fn name(call: &Call<'_>) -> Result<String, ApiError> {
        Ok(call.required("GroupName").to_owned())
    }
}

impl Group {
    fn shown(&self) -> Value {
        let Entity { name, path, id, arn, created } = &self.entity;
        json!({ "Path": path, "GroupName": name, "GroupId": id, "Arn": arn, "CreateDate": epoch(*created) })
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("GroupName");
    let groups = &call.account.iam.groups;
    if groups.taken(name) {
        return Err(Kind::Group.exists(name));
    }
    let most = call.account.settings.iam_limits.groups;
    if groups.len() >= most {
        return Err(quotas::exceeded("GroupsPerAccount", most));
    }
    let entity = Entity::new(call.account, Kind::Group, path(call), name);
    let group = Group { entity, permissions: Permissions::default(), users: BTreeSet::new() };
    let shown = group.shown();
    call.account.iam.groups.insert(group);
    Ok(json!({ "Group": shown }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let group = find::<Group>(call, call.required("GroupName"))?.clone();
    let users = group.users.iter().filter_map(|name| call.account.iam.users.get(name));
    let users = users.map(|user| (user.entity.name.clone(), user.shown())).collect();
    let page::Page { items, marker } = page::cut(call, users)?;
    let mut output = Map::new();
    output.insert("Group".to_owned(), group.shown());
    output.insert("Users".to_owned(), items.into_iter().map(|(_, user)| Value::from(user)).collect());
    page::end(&mut output, marker);
    Ok(output.into())
}

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    listed(call, |group| group.entity.path.starts_with(prefix))
}

fn list_for_user(call: &mut Call<'_>) -> Answer {
    let user = call.required("UserName");
    find::<User>(call, user)?;
    listed(call, |group| group.users.contains(user))
}

fn listed(call: &Call<'_>, wanted: impl Fn(&Group) -> bool) -> Answer {
    let account = &*call.account;
    let groups = account.iam.groups.iter().filter(|group| wanted(group) && shows(account, &group.entity));
    page::of(call, "Groups", groups.map(|group| (group.entity.name.clone(), group.shown())).collect())
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("GroupName");
    let group = find::<Group>(call, name)?;
    if !group.users.is_empty() {
        return Err(conflict("must remove users from group first."));
    }
    check_bare(&group.permissions)?;
    call.account.iam.groups.remove(name);
    Ok(json!({}))
}

fn add_user(call: &mut Call<'_>) -> Answer {
    let (group, user) = (call.required("GroupName"), call.required("UserName"));
    find::<Group>(call, group)?;
    find::<User>(call, user)?;
    let groups = call.account.iam.groups.iter().filter(|other| other.users.contains(user)).count();
    let group: &mut Group = find(call, group)?;
    if !group.users.contains(user) && groups >= MOST_GROUPS {
        return Err(quotas::exceeded("GroupsPerUser", MOST_GROUPS));
    }
    group.users.insert(user.to_owned());
    Ok(json!({}))
}

fn remove_user(call: &mut Call<'_>) -> Answer {
    let (group, user) = (call.required("GroupName"), call.required("UserName"));
    find::<User>(call, user)?;
    let group: &mut Group = find(call, group)?;
    // Who isn't in the group is removed all the same.
    group.users.remove(user);
    Ok(json!({}))
}
