//! Secret Manager (<https://cloud.google.com/secret-manager/docs/overview>).

mod checksum;
mod secret;
#[cfg(test)]
mod tests;
mod version;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::policy::Policy;
use super::project::Project;
use super::resource::Document;
use crate::page;

pub(super) use secret::HANDLERS;
pub(super) use version::HANDLERS as VERSION_HANDLERS;

/// The secrets of a project, by id.
pub(crate) type Secrets = BTreeMap<String, Secret>;

/// A secret.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    /// What is shown of it, besides its name and etag.
    document: Document,
    /// Its versions: the first is number 1.
    versions: Vec<Version>,
    policy: Policy,
    /// Changes with every change.
    revision: u64,
}

/// A version of a secret.
#[derive(Debug, Clone)]
struct Version {
    state: State,
    created: Timestamp,
    destroyed: Option<Timestamp>,
    /// In base64; gone with the version's destruction.
    payload: String,
    /// Whether the client gave a checksum.
    checked: bool,
    revision: u64,
}

/// How a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Enabled,
    Disabled,
    Destroyed,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::Destroyed => "DESTROYED",
        }
    }
}

/// The parts of a name: a secret's id, and a version if there is one.
fn parts(name: &str) -> (&str, Option<&str>) {
    let mut parts = name.split('/').skip(3);
    (parts.next().unwrap_or_default(), parts.nth(1))
}

/// A secret's name, which has the project's number.
fn name(project: &Project, id: &str) -> String {
    format!("projects/{}/secrets/{id}", project.number)
}

/// The policy of the secret that a resource's name means.
pub(crate) fn policy<'p>(project: &'p Project, name: &str) -> Option<&'p Policy> {
    project.secrets.get(parts(name).0).map(|secret| &secret.policy)
}

/// The policies of all secrets.
pub(crate) fn policies(secrets: &mut Secrets) -> impl Iterator<Item = &mut Policy> {
    secrets.values_mut().map(|secret| &mut secret.policy)
}

/// The ids of all secrets, with their labels.
pub(crate) fn all(project: &Project) -> impl Iterator<Item = (&str, &Document)> {
    project.secrets.iter().map(|(id, secret)| (id.as_str(), &secret.document))
}

/// Refuses what isn't as it has to be for that.
fn precondition(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "failedPrecondition", message).rpc("FAILED_PRECONDITION")
}

/// A page of a list, and how many there are.
fn page(call: &Call<'_>, name: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let total = items.len();
    let size = call.number("pageSize").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let token = call.text("pageToken").filter(|token| !token.is_empty());
    let refusal = || ApiError::invalid("Invalid page token.");
    let (items, next) = page::by_place(token, size.unwrap_or(25_000), items, refusal)?;
    let mut answer = json!({ "totalSize": total });
    if !items.is_empty() {
        answer[name] = items.into();
    }
    if let Some(next) = next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}
