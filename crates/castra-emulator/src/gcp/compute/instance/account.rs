//! Whether an instance may act as its service account.

use serde_json::Value;

use crate::gcp::iam;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Resource, list};

/// Where an instance's hidden part holds who asked for it.
pub(super) const USER: &str = "user";

/// Refuses an instance whose account isn't known (yet), or which who asked for it may not use
/// (<https://cloud.google.com/compute/docs/access/service-accounts#associating_a_service_account_to_an_instance>). The
/// code and the texts are those of <https://github.com/GoogleCloudPlatform/terraform-google-managed-instance-group/issues/40>,
/// <https://github.com/kubicorn/kubicorn/issues/475> and
/// <https://github.com/GoogleCloudPlatform/pubsec-declarative-toolkit/issues/607>.
pub(super) fn check(project: &Project, instance: &Resource) -> Result<(), OperationError> {
    let accounts = list(&instance.document, "serviceAccounts");
    let Some(email) = accounts.first().and_then(|account| account.get("email")?.as_str()) else { return Ok(()) };
    if !iam::is_known(project, email) {
        let message = format!("The resource 'One of [{email}]' of type 'serviceAccount' was not found.");
        return Err(OperationError::new(404, "EXTERNAL_RESOURCE_NOT_FOUND", message));
    }
    let user = instance.hidden.get(USER).and_then(Value::as_str).unwrap_or_default();
    // Google's own account, which makes the instances of groups, may use every one.
    let own = project.accounts.policy(email);
    if user.ends_with("@cloudservices.gserviceaccount.com") || iam::may(project, user, "iam.serviceAccounts.actAs", own)
    {
        return Ok(());
    }
    let message = format!(
        "The user does not have access to service account '{email}'.  User: '{user}'.  Ask a project owner to grant you \
         the iam.serviceAccountUser role on the service account"
    );
    Err(OperationError::new(400, "SERVICE_ACCOUNT_ACCESS_DENIED", message))
}
