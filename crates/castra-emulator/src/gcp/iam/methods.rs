//! What can be done with service accounts
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts>).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::accounts::Account;
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::handlers::Handlers;
use crate::gcp::policy::{self, Policy};
use crate::gcp::project::Project;
use crate::gcp::resource::text;
use crate::gcp::roles::Role;
use crate::gcp::secrets;
use crate::page;

pub(crate) static HANDLERS: Handlers = &[
    ("projects.serviceAccounts.create", create),
    ("projects.serviceAccounts.delete", delete),
    ("projects.serviceAccounts.disable", |call| switch(call, true)),
    ("projects.serviceAccounts.enable", |call| switch(call, false)),
    ("projects.serviceAccounts.get", get),
    ("projects.serviceAccounts.getIamPolicy", get_policy),
    ("projects.serviceAccounts.list", list),
    ("projects.serviceAccounts.patch", patch),
    ("projects.serviceAccounts.setIamPolicy", set_policy),
    ("projects.serviceAccounts.testIamPermissions", test_permissions),
    ("projects.serviceAccounts.undelete", undelete),
];

/// For how long one that was deleted can be brought back
/// (<https://cloud.google.com/iam/docs/service-accounts-delete-undelete#undeleting>).
const BROUGHT_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many a project may have (<https://cloud.google.com/iam/quotas>).
const MOST: usize = 100;

/// The last part of a name: an address or a number.
fn which<'a>(call: &Call<'a>, parameter: &str) -> &'a str {
    call.required(parameter).rsplit('/').next().unwrap_or_default()
}

fn unknown() -> ApiError {
    ApiError::new(404, "notFound", "Unknown service account")
}

/// The account of a call's path, if it can be seen by now.
fn named<'c>(call: &'c Call<'_>, parameter: &str) -> Result<&'c Account, ApiError> {
    let found = call.project.accounts.find(which(call, parameter));
    found.filter(|account| account.shows(call.project)).ok_or_else(unknown)
}

fn change<'c>(call: &'c mut Call<'_>, parameter: &str) -> Result<&'c mut Account, ApiError> {
    named(call, parameter)?;
    let which = which(call, parameter);
    let account = call.project.accounts.find_mut(which).ok_or_else(unknown)?;
    account.version += 1;
    Ok(account)
}

/// Ids are 6 to 30 characters (<https://cloud.google.com/iam/docs/service-accounts-create>).
fn check_id(id: &str) -> Result<(), ApiError> {
    let characters = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let ends = id.starts_with(|first: char| first.is_ascii_lowercase()) && !id.ends_with('-');
    if (6..=30).contains(&id.len()) && characters && ends {
        return Ok(());
    }
    let message = format!("Account ID '{id}' must be between 6 and 30 characters and match [a-z]([-a-z0-9]*[a-z0-9]).");
    Err(ApiError::invalid(message))
}

fn create(call: &mut Call<'_>) -> Answer {
    let id = text(call.body, "accountId");
    check_id(id)?;
    let email = format!("{id}@{}.iam.gserviceaccount.com", call.project.id);
    let project = call.project.id.clone();
    let known = call.project.accounts.0.get(&email);
    if known.is_some_and(|account| account.deleted.is_none()) {
        let message = format!("Service account {id} already exists within project projects/{project}.");
        return Err(ApiError::new(409, "alreadyExists", message));
    }
    if call.project.accounts.described().count() >= MOST {
        let message = "Maximum number of service accounts on project reached.";
        return Err(ApiError::new(429, "rateLimitExceeded", message).rpc("RESOURCE_EXHAUSTED"));
    }
    let given = call.body.get("serviceAccount").and_then(Value::as_object).cloned().unwrap_or_default();
    let account = Account {
        unique_id: format!("1{:020}", u128::from(call.project.chance.next())),
        display_name: text(&given, "displayName").to_owned(),
        description: text(&given, "description").to_owned(),
        disabled: false,
        created: call.project.now,
        deleted: None,
        version: 1,
        policy: Policy::default(),
        email: email.clone(),
    };
    let shown = account.show(&project);
    if let Some(before) = call.project.accounts.0.insert(email.clone(), account) {
        replace(call.project, &email, &before.unique_id);
    }
    Ok(shown)
}

fn get(call: &mut Call<'_>) -> Answer {
    Ok(named(call, "name")?.show(&call.project.id))
}

fn list(call: &mut Call<'_>) -> Answer {
    let there = call.project.accounts.0.values().filter(|one| one.deleted.is_none() && one.shows(call.project));
    let shown = there.map(|account| (account.email.clone(), account.show(&call.project.id))).collect();
    let size = call.number("pageSize").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let token = call.text("pageToken").filter(|token| !token.is_empty());
    let refusal = || ApiError::invalid("Invalid page token.");
    // "The default is 20, and the maximum is 100" (the discovery document).
    let (accounts, next) = page::by_key(token, size.unwrap_or(20).min(100), shown, refusal)?;
    let mut answer = json!({});
    if !accounts.is_empty() {
        answer["accounts"] = accounts.into();
    }
    if let Some(next) = next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}

fn patch(call: &mut Call<'_>) -> Answer {
    let mask = text(call.body, "updateMask").to_owned();
    let given = call.body.get("serviceAccount").and_then(Value::as_object).cloned().unwrap_or_default();
    let project = call.project.id.clone();
    let fields: Vec<&str> = mask.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
    if fields.is_empty() || fields.iter().any(|field| !["displayName", "display_name", "description"].contains(field)) {
        return Err(ApiError::invalid(format!("Invalid update mask: {mask:?}. Allowed: displayName, description.")));
    }
    let account = change(call, "name")?;
    for field in fields {
        match field {
            "description" => text(&given, "description").clone_into(&mut account.description),
            _ => text(&given, "displayName").clone_into(&mut account.display_name),
        }
    }
    Ok(account.show(&project))
}

fn switch(call: &mut Call<'_>, disabled: bool) -> Answer {
    change(call, "name")?.disabled = disabled;
    Ok(json!({}))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let now = call.project.now;
    change(call, "name")?.deleted = Some(now);
    Ok(json!({}))
}

/// Brings one back, by its number, as its address may have been taken by another.
fn undelete(call: &mut Call<'_>) -> Answer {
    let (which, now, project) = (which(call, "name"), call.project.now, call.project.id.clone());
    let mut all = call.project.accounts.0.values_mut();
    let account = all.find(|account| account.unique_id == which).ok_or_else(unknown)?;
    match account.deleted {
        Some(deleted) if now.duration_since(deleted) < BROUGHT_BACK => account.deleted = None,
        Some(_) => return Err(unknown()),
        None => {
            let message = "The service account is not deleted.";
            return Err(ApiError::new(400, "failedPrecondition", message).rpc("FAILED_PRECONDITION"));
        }
    }
    Ok(json!({ "restoredAccount": account.show(&project) }))
}

fn get_policy(call: &mut Call<'_>) -> Answer {
    Ok(named(call, "resource")?.policy.show(call.project))
}

fn set_policy(call: &mut Call<'_>) -> Answer {
    named(call, "resource")?;
    let which = which(call, "resource");
    policy::set(call, |project: &mut Project| Some(&mut project.accounts.find_mut(which)?.policy), is_for_accounts)
}

/// Whether a service account's policy may give a role: only one that is about service accounts. Others are "not
/// supported for this resource" (<https://github.com/pulumi/pulumi-gcp/issues/930>).
fn is_for_accounts(role: &Role) -> bool {
    role.name.starts_with("roles/iam.") || role.gives("iam.serviceAccounts.get")
}

/// Keeps what an account that is gone was allowed from the one that takes its name: "the bindings don't apply to the new
/// service account" (<https://cloud.google.com/iam/docs/service-accounts-delete-undelete>).
fn replace(project: &mut Project, email: &str, unique_id: &str) {
    let (member, gone) = (format!("serviceAccount:{email}"), format!("deleted:serviceAccount:{email}?uid={unique_id}"));
    let accounts = project.accounts.0.values_mut().map(|account| &mut account.policy);
    let all = std::iter::once(&mut project.policy).chain(accounts).chain(secrets::policies(&mut project.secrets));
    for policy in all {
        policy.outlive(&member, &gone);
    }
}

fn test_permissions(call: &mut Call<'_>) -> Answer {
    Ok(policy::test(call, Some(&named(call, "resource")?.policy)))
}
