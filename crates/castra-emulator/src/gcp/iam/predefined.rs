//! Predefined roles, to look at.

use serde_json::{Value, json};

use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::handlers::Handlers;
use crate::gcp::policy;
use crate::gcp::roles::{self, Role};
use crate::page;

pub(crate) static HANDLERS: Handlers = &[("roles.get", get), ("roles.list", list)];

fn show(role: &Role, full: bool) -> Value {
    let mut shown = json!({ "name": role.name, "title": role.title, "stage": "GA", "etag": policy::etag(0) });
    if full {
        shown["includedPermissions"] = role.permissions().into();
    }
    shown
}

fn get(call: &mut Call<'_>) -> Answer {
    let name = call.required("name");
    let missing = || ApiError::new(404, "notFound", format!("The role named {name} was not found."));
    roles::named(name).map(|role| show(role, true)).ok_or_else(missing)
}

fn list(call: &mut Call<'_>) -> Answer {
    let full = call.text("view") == Some("FULL");
    let shown = roles::all().iter().map(|role| show(role, full)).collect();
    let size = call.number("pageSize").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let token = call.text("pageToken").filter(|token| !token.is_empty());
    let refusal = || ApiError::invalid("Invalid page token.");
    let (listed, next) = page::by_place(token, size.unwrap_or(300).min(1000), shown, refusal)?;
    let mut answer = json!({ "roles": listed });
    if let Some(next) = next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}
