//! Which policies there are, and who uses one.

use serde_json::{Map, Value, json};

use super::{Managed, attachments, boundaries, catalogue, check_arn, managed, not_found};
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::aws::iam::entity::{Entity, shows};
use crate::aws::iam::holder::Permissions;
use crate::aws::iam::page;

pub(in crate::aws::iam) const OPERATIONS: Operations =
    &[("ListEntitiesForPolicy", list_entities), ("ListPolicies", list)];

fn list(call: &mut Call<'_>) -> Answer {
    let (scope, prefix) = (call.text("Scope").unwrap_or("All"), call.text("PathPrefix").unwrap_or("/"));
    let (only_attached, usage) = (call.flag("OnlyAttached"), call.text("PolicyUsageFilter"));
    let (account, state) = (&*call.account, &call.account.iam);
    let own = state.policies.iter().filter(|policy| scope != "AWS" && shows(account, &policy.entity));
    let aws = catalogue::all().filter(|_| scope != "Local");
    let policies = own.map(Managed::Own).chain(aws.map(Managed::Aws)).filter(|policy| {
        let used = match usage {
            Some("PermissionsBoundary") => boundaries(state, policy.arn()) > 0,
            _ if only_attached || usage.is_some() => attachments(state, policy.arn()) > 0,
            _ => true,
        };
        used && policy.path().starts_with(prefix)
    });
    let shown = policies.map(|policy| (policy.arn().to_owned(), policy.shown(state).into())).collect();
    page::of(call, "Policies", shown)
}

fn list_entities(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    check_arn(arn)?;
    let (kind, prefix) = (call.text("EntityFilter"), call.text("PathPrefix").unwrap_or("/"));
    let usage = call.text("PolicyUsageFilter");
    managed(call.account, arn).ok_or_else(|| not_found(arn))?;
    let uses = |permissions: &Permissions| {
        (usage != Some("PermissionsBoundary") && permissions.attached.iter().any(|has| has == arn))
            || (usage != Some("PermissionsPolicy") && permissions.boundary.as_deref() == Some(arn))
    };
    let wanted = |of: &str, entity: &Entity, permissions: &Permissions| {
        kind.is_none_or(|kind| kind == of) && entity.path.starts_with(prefix) && uses(permissions)
    };
    let state = &call.account.iam;
    let mut found: Vec<(String, (&str, Value))> = Vec::new();
    for group in state.groups.iter().filter(|group| wanted("Group", &group.entity, &group.permissions)) {
        let shown = json!({ "GroupName": group.entity.name, "GroupId": group.entity.id });
        found.push((format!("group/{}", group.entity.name), ("PolicyGroups", shown)));
    }
    for role in state.roles.iter().filter(|role| wanted("Role", &role.entity, &role.permissions)) {
        let shown = json!({ "RoleName": role.entity.name, "RoleId": role.entity.id });
        found.push((format!("role/{}", role.entity.name), ("PolicyRoles", shown)));
    }
    for user in state.users.iter().filter(|user| wanted("User", &user.entity, &user.permissions)) {
        let shown = json!({ "UserName": user.entity.name, "UserId": user.entity.id });
        found.push((format!("user/{}", user.entity.name), ("PolicyUsers", shown)));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let page::Page { items, marker } = page::cut(call, found)?;
    let mut output = Map::new();
    for member in ["PolicyGroups", "PolicyUsers", "PolicyRoles"] {
        let of_member = items.iter().filter(|(_, (of, _))| *of == member);
        output.insert(member.to_owned(), of_member.map(|(_, (_, shown))| shown.clone()).collect());
    }
    page::end(&mut output, marker);
    Ok(output.into())
}
