//! Who may do what.

use crate::gcp::call::Call;
use crate::gcp::contracts::Service;
use crate::gcp::error::{ApiError, Style};
use crate::gcp::policy::Policy;
use crate::gcp::project::Project;
use crate::gcp::{caller, permission, secrets};

/// Whether someone has a permission: by the project's policy, or by that of the resource itself. The project's owner
/// has all; and so has everyone, unless the project's settings have policies count.
pub(crate) fn may(project: &Project, caller: &str, permission: &str, own: Option<&Policy>) -> bool {
    if caller == caller::OWNER || !project.settings.enforce_policies {
        return true;
    }
    let kind = if caller.ends_with(".gserviceaccount.com") { "serviceAccount" } else { "user" };
    let member = format!("{kind}:{caller}");
    let policies = std::iter::once(&project.policy).chain(own);
    policies.into_iter().any(|policy| policy.allows(project, &member, permission))
}

/// Refuses what the caller's roles don't allow.
pub(crate) fn authorize(call: &Call<'_>, service: &Service) -> Result<(), ApiError> {
    // Everyone may ask what they may.
    if !call.project.settings.enforce_policies || call.method.verb() == "testIamPermissions" {
        return Ok(());
    }
    let needed = permission::of(service.name, call.method);
    let on = permission::on(service.name, call.method, call.parameters, call.body, &call.project.id);
    let own = match service.name {
        "secretmanager" => secrets::policy(call.project, &on),
        "iam" => call.project.accounts.policy(&on),
        _ => None,
    };
    if may(call.project, call.caller, &needed, own) { Ok(()) } else { Err(refusal(service, &needed, &on)) }
}

/// The refusal, as that service words it.
pub(crate) fn refusal(service: &Service, needed: &str, on: &str) -> ApiError {
    let message = match (service.style, service.name) {
        // https://github.com/hashicorp/terraform/issues/18873 shows the text.
        (Style::Compute, _) => format!("Required '{needed}' permission for '{on}'"),
        (Style::Dns, _) => "Forbidden".to_owned(),
        (Style::Rpc, "cloudresourcemanager") => "The caller does not have permission".to_owned(),
        (Style::Rpc, _) => format!("Permission '{needed}' denied on resource '{on}' (or it may not exist)."),
    };
    ApiError::new(403, "forbidden", message).rpc("PERMISSION_DENIED")
}
