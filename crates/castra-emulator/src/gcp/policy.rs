//! Allow policies, of whatever has one (<https://cloud.google.com/iam/docs/reference/rest/v1/Policy>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::Call;
use super::error::{Answer, ApiError};
use super::iam;
use super::project::Project;
use super::resource::{Document, list, text};
use super::roles::{self, Role};

/// A policy, and what it was before: a change takes a while to count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    /// What it was set to, and when; the last is what it says.
    versions: Vec<(Timestamp, Vec<Value>)>,
}

/// How many bindings a policy may hold members in: 1,500 of all (<https://cloud.google.com/iam/quotas#limits>).
const MEMBERS: usize = 1500;

/// What a member may begin with (<https://cloud.google.com/iam/docs/principal-identifiers>).
const PRINCIPALS: &[&str] = &[
    "user:",
    "serviceAccount:",
    "group:",
    "domain:",
    "principal://",
    "principalSet://",
    "deleted:",
    "projectOwner:",
    "projectEditor:",
    "projectViewer:",
];

/// An etag, of something that has changed so often.
pub(crate) fn etag(version: u64) -> String {
    BASE64_STANDARD.encode((0x0007_0000_0000_0000_u64 + version).to_be_bytes())
}

impl Policy {
    fn bindings(&self) -> &[Value] {
        self.versions.last().map_or(&[], |(_, bindings)| bindings)
    }

    /// Changes with every change.
    fn etag(&self) -> String {
        etag(u64::try_from(self.versions.len()).unwrap_or_default())
    }

    /// Whether it gives someone a permission by now: each change counts from a moment of its own within the project's
    /// window.
    pub(crate) fn allows(&self, project: &Project, member: &str, permission: &str) -> bool {
        let window = project.settings.consistency.policy_window.into();
        let counts = |(number, (changed, _)): &(usize, &(Timestamp, Vec<Value>))| {
            let age = project.now.duration_since(*changed);
            project.sight.sees(&format!("policy {number}"), age, window, false)
        };
        let Some((_, (_, bindings))) = self.versions.iter().enumerate().rev().find(counts) else { return false };
        bindings.iter().filter_map(Value::as_object).any(|binding| {
            let mut members = list(binding, "members").iter().filter_map(Value::as_str);
            let gives = || roles::named(text(binding, "role")).is_some_and(|role| role.gives(permission));
            members.any(|one| one == member || one == "allUsers" || one == "allAuthenticatedUsers") && gives()
        })
    }

    /// What is shown of it. Service accounts that are gone are marked so
    /// (<https://cloud.google.com/iam/docs/principal-identifiers#deleted-principals>).
    pub(crate) fn show(&self, project: &Project) -> Value {
        let show = |binding: &Value| {
            let mut binding = binding.clone();
            if let Some(Value::Array(members)) = binding.get_mut("members") {
                for member in members {
                    let gone = member.as_str().and_then(|member| {
                        let email = member.strip_prefix("serviceAccount:")?;
                        Some(format!("deleted:serviceAccount:{email}?uid={}", iam::deleted(project, email)?))
                    });
                    if let Some(gone) = gone {
                        *member = gone.into();
                    }
                }
            }
            binding
        };
        let mut shown = json!({ "version": 1, "etag": self.etag() });
        if !self.bindings().is_empty() {
            shown["bindings"] = self.bindings().iter().map(show).collect();
        }
        shown
    }

    /// Who has which role by it: `roles/viewer user:alice@example.com`.
    pub(crate) fn granted(&self, project: &Project) -> Vec<String> {
        let shown = self.show(project);
        let bindings =
            shown.get("bindings").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        let granted = |binding: &Document| -> Vec<String> {
            let members = list(binding, "members").iter().filter_map(Value::as_str);
            members.map(|member| format!("{} {member}", text(binding, "role"))).collect()
        };
        bindings.flat_map(granted).collect()
    }

    /// Keeps a member's bindings from another that has come by the same name.
    pub(crate) fn outlive(&mut self, member: &str, gone: &str) {
        let bindings = self.versions.iter_mut().flat_map(|(_, bindings)| bindings);
        let members = bindings.filter_map(|binding| binding.get_mut("members")?.as_array_mut()).flatten();
        for same in members.filter(|one| one.as_str() == Some(member)) {
            *same = gone.into();
        }
    }

    /// Sets it to what a request says, if that makes sense and was made from the latest
    /// (<https://cloud.google.com/iam/docs/allow-policies#etag>).
    fn set(&mut self, project: &Project, body: &Document, supported: fn(&Role) -> bool) -> Result<(), ApiError> {
        let Some(Value::Object(policy)) = body.get("policy") else {
            return Err(ApiError::invalid("Request contains an invalid argument: the policy is missing."));
        };
        let etag = text(policy, "etag");
        if !etag.is_empty() && etag != self.etag() {
            let message = "There were concurrent policy changes. Please retry the whole read-modify-write with \
                           exponential backoff.";
            return Err(ApiError::new(409, "aborted", message).rpc("ABORTED"));
        }
        let mut bindings: Vec<Value> = Vec::new();
        let mut count = 0;
        for binding in list(policy, "bindings").iter().filter_map(Value::as_object) {
            let role = text(binding, "role");
            let own = role.starts_with("projects/") || role.starts_with("organizations/");
            if !roles::named(role).is_some_and(supported) && !own {
                return Err(ApiError::invalid(format!("Role {role} is not supported for this resource.")));
            }
            let members = list(binding, "members");
            count += members.len();
            for member in members.iter().filter_map(Value::as_str) {
                check_member(project, member)?;
            }
            // Roles without members are dropped.
            if !members.is_empty() {
                bindings.push(Value::Object(binding.clone()));
            }
        }
        if count > MEMBERS {
            return Err(ApiError::invalid(format!(
                "The number of members in the policy ({count}) is larger than {MEMBERS}."
            )));
        }
        self.versions.push((project.now, bindings));
        Ok(())
    }
}

fn check_member(project: &Project, member: &str) -> Result<(), ApiError> {
    let everyone = ["allUsers", "allAuthenticatedUsers"].contains(&member);
    if !everyone && !PRINCIPALS.iter().any(|kind| member.strip_prefix(kind).is_some_and(|rest| !rest.is_empty())) {
        let message = "The member must be of the form \"<type>:<value>\", such as user:alice@example.com.";
        return Err(ApiError::invalid(format!("Invalid member: {member:?}. {message}")));
    }
    match member.strip_prefix("serviceAccount:") {
        Some(email) if !iam::is_known(project, email) => {
            Err(ApiError::invalid(format!("Service account {email} does not exist.")))
        }
        _ => Ok(()),
    }
}

/// Changes the policy that `of` finds, which may give `supported` roles.
pub(crate) fn set(
    call: &mut Call<'_>,
    of: impl Fn(&mut Project) -> Option<&mut Policy>,
    supported: fn(&Role) -> bool,
) -> Answer {
    let mut policy = of(call.project).map(std::mem::take).unwrap_or_default();
    let set = policy.set(call.project, call.body, supported);
    let shown = policy.show(call.project);
    if let Some(place) = of(call.project) {
        *place = policy;
    }
    set.map(|()| shown)
}

/// Which of the permissions that a request asks about its caller has.
pub(crate) fn test(call: &Call<'_>, policy: Option<&Policy>) -> Value {
    let asked = list(call.body, "permissions").iter().filter_map(Value::as_str);
    let has: Vec<&str> = asked.filter(|permission| iam::may(call.project, call.caller, permission, policy)).collect();
    if has.is_empty() { json!({}) } else { json!({ "permissions": has }) }
}
