//! Roles that belong to services
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html>).

use serde_json::json;

use super::entity::{Entity, Kind, find};
use super::holder::Permissions;
use super::role::{service_trust, written};
use super::trust::Trust;
use super::{Due, Role};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("CreateServiceLinkedRole", create),
    ("DeleteServiceLinkedRole", delete),
    ("GetServiceLinkedRoleDeletionStatus", deletion_status),
];

/// A service that has a role in its customers' accounts.
struct Service {
    /// The service's principal.
    principal: &'static str,
    role: &'static str,
    policy: Option<&'static str>,
    /// Whether there may be several, told apart by suffixes.
    suffixes: bool,
    description: &'static str,
}

/// Sources: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html>; all that
/// take suffixes: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>.
const SERVICES: &[Service] = &[
    Service {
        principal: "autoscaling.amazonaws.com",
        role: "AWSServiceRoleForAutoScaling",
        policy: Some("AutoScalingServiceRolePolicy"),
        suffixes: true,
        description: "Default Service-Linked Role enables access to AWS Services and Resources used or managed by \
                      Auto Scaling",
    },
    Service {
        principal: "elasticloadbalancing.amazonaws.com",
        role: "AWSServiceRoleForElasticLoadBalancing",
        policy: Some("AWSElasticLoadBalancingServiceRolePolicy"),
        suffixes: false,
        description: "Allows ELB to call AWS services on your behalf.",
    },
    Service {
        principal: "spot.amazonaws.com",
        role: "AWSServiceRoleForEC2Spot",
        policy: Some("AWSEC2SpotServiceRolePolicy"),
        suffixes: false,
        description: "Default EC2 Spot Service Linked Role",
    },
    Service {
        principal: "servicequotas.amazonaws.com",
        role: "AWSServiceRoleForServiceQuotas",
        policy: None,
        suffixes: false,
        description: "A service-linked role required for Service Quotas to access your service limits.",
    },
];

/// The deletion of a service-linked role, which takes its time.
#[derive(Debug, Clone)]
pub(crate) struct Deletion {
    role: String,
    status: &'static str,
    /// What still uses the role: regions and ARNs.
    used_by: Vec<(String, Vec<String>)>,
}

fn service(principal: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.principal == principal)
}

/// Makes the role that a service acts with (`autoscaling.amazonaws.com`), unless it is there: services make it when
/// they are first used.
pub(crate) fn ensure_service_linked_role(account: &mut Account, principal: &str) {
    let Some(service) = service(principal) else { return };
    if !account.iam.roles.taken(service.role) {
        make(account, service, service.role, service.description);
    }
}

fn make(account: &mut Account, service: &Service, name: &str, description: &str) -> Option<Role> {
    let trust = Trust::of(written(&service_trust(service.principal))?);
    let path = format!("/aws-service-role/{}/", service.principal);
    let attached = service.policy.map(|policy| format!("arn:aws:iam::aws:policy/aws-service-role/{policy}"));
    let role = Role {
        entity: Entity::new(account, Kind::Role, &path, name),
        trust,
        description: Some(description.to_owned()),
        max_session: 3_600,
        permissions: Permissions { attached: attached.into_iter().collect(), ..Permissions::default() },
        tags: Tags::default(),
        last_used: None,
        linked_to: Some(service.principal.to_owned()),
    };
    account.iam.roles.insert(role.clone());
    Some(role)
}

fn create(call: &mut Call<'_>) -> Answer {
    let principal = call.required("AWSServiceName");
    let suffix = call.text("CustomSuffix");
    let service = service(principal).ok_or_else(|| {
        // AWS knows many more; none of the others' services is served here.
        ApiError::new("InvalidInput", format!("Service-linked roles of {principal} are not supported here."))
    })?;
    let name = match suffix {
        None => service.role.to_owned(),
        Some(suffix) if service.suffixes => format!("{}_{suffix}", service.role),
        // Reported in https://github.com/terraform-community-modules/tf_aws_elasticsearch/issues/23.
        Some(_) => {
            return Err(ApiError::new("InvalidInput", format!("Custom suffix is not allowed for {principal}")));
        }
    };
    if call.account.iam.roles.taken(&name) {
        // Reported in https://github.com/Rayraegah/terraform-aws-hasura/issues/17.
        let message =
            format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Err(ApiError::new("InvalidInput", message));
    }
    let description = call.text("Description").unwrap_or(service.description);
    let role = make(call.account, service, &name, description)
        .ok_or_else(|| ApiError::new("ServiceFailure", "The role's trust policy can't be written.").status(500))?;
    Ok(json!({ "Role": role.shown(&call.account.iam) }))
}

/// "Submits a service-linked role deletion request and returns a DeletionTaskId"
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("RoleName");
    let role = find::<Role>(call, name)?.clone();
    let Some(principal) = role.linked_to else {
        let message = format!("Role with name {name} is not a service-linked role.");
        return Err(ApiError::new("InvalidInput", message));
    };
    let under_way = |deletion: &&Deletion| deletion.role == name && deletion.status == "IN_PROGRESS";
    // "If you submit a deletion request for a service-linked role whose deletion is already in progress, the operation
    // returns the DeletionTaskId of the earlier request."
    let earlier = call.account.iam.deletions.iter().find(|(_, deletion)| under_way(deletion));
    if let Some((task, _)) = earlier {
        return Ok(json!({ "DeletionTaskId": task }));
    }
    let task = format!("task/aws-service-role/{principal}/{name}/{}", call.account.chance.uuid());
    let deletion = Deletion { role: name.to_owned(), status: "IN_PROGRESS", used_by: Vec::new() };
    call.account.iam.deletions.insert(task.clone(), deletion);
    let after = call.account.settings.timings.service_linked_role_deletion;
    call.schedule(after, What::Iam(Due::DeleteServiceLinkedRole(task.clone())));
    Ok(json!({ "DeletionTaskId": task }))
}

/// Deletes the role, unless its service still uses it.
pub(super) fn finish(account: &mut Account, task: &str) {
    let Some(mut deletion) = account.iam.deletions.get(task).cloned() else { return };
    let arn = account.iam.roles.get(&deletion.role).map(|role| role.entity.arn.clone()).unwrap_or_default();
    deletion.used_by = super::uses::of_role(account, &arn);
    deletion.status = if deletion.used_by.is_empty() { "SUCCEEDED" } else { "FAILED" };
    if deletion.used_by.is_empty() {
        account.iam.roles.remove(&deletion.role);
    }
    account.iam.deletions.insert(task.to_owned(), deletion);
}

fn deletion_status(call: &mut Call<'_>) -> Answer {
    let task = call.required("DeletionTaskId");
    let deletion =
        call.account.iam.deletions.get(task).ok_or_else(|| {
            ApiError::new("NoSuchEntity", format!("The deletion task with ID {task} cannot be found."))
        })?;
    let mut shown = json!({ "Status": deletion.status });
    if let (false, Some(shown)) = (deletion.used_by.is_empty(), shown.as_object_mut()) {
        let used_by = deletion.used_by.iter();
        let used_by: Vec<_> = used_by.map(|(region, arns)| json!({ "Region": region, "Resources": arns })).collect();
        let message = "A service-linked role cannot be deleted while its service uses it.";
        shown.insert("Reason".to_owned(), json!({ "Reason": message, "RoleUsageList": used_by }));
    }
    Ok(shown)
}
