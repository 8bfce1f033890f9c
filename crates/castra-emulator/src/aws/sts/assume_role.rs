//! Sessions of roles (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).

use std::sync::Arc;

use serde_json::{Value, json};

use super::session::{Of, issue};
use super::session_token::check_mfa;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::caller::Principal;
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;
use crate::aws::iam::{self, Document, Role};

pub(super) const OPERATIONS: Operations = &[("AssumeRole", assume)];

/// Characters of session policies
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>).
const MOST_CHARACTERS: usize = 2_048;

/// How long a session may last that is assumed with another role's session
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining>).
const LONGEST_CHAINED: i64 = 3_600;

/// The account that answers a call, if it isn't the caller's own: that of the role which AssumeRole names.
pub(crate) fn elsewhere<'a>(service: &str, operation: &str, input: &'a Value, own: &str) -> Option<&'a str> {
    if (service, operation) != ("sts", "AssumeRole") {
        return None;
    }
    role_account(input).filter(|account| *account != own)
}

/// The account of the role that AssumeRole's input names.
fn role_account(input: &Value) -> Option<&str> {
    let arn = input.get("RoleArn")?.as_str()?;
    let account = arn.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

fn assume(call: &mut Call<'_>) -> Answer {
    let arn = call.required("RoleArn");
    let title = call.required("RoleSessionName");
    // "You cannot use AWS account root user credentials to call AssumeRole."
    if call.caller.principal == Principal::Root {
        return Err(ApiError::new("AccessDenied", "Roles may not be assumed by root accounts.").status(403));
    }
    if !arn.split(':').nth(5).is_some_and(|entity| entity.starts_with("role/")) || role_account(call.input).is_none() {
        return Err(ApiError::new("ValidationError", "Request ARN is invalid"));
    }
    check_mfa(call)?;
    let denied = |action: &str| {
        let message =
            format!("User: {} is not authorized to perform: sts:{action} on resource: {arn}", call.caller.arn);
        ApiError::new("AccessDenied", message).status(403)
    };
    // A role that isn't there is refused as one that may not be assumed.
    let account = &*call.account;
    let role = account.iam.roles.by_arn(arn).filter(|role| account.shows(&role.entity.id, role.entity.created));
    let role = role.cloned().ok_or_else(|| denied("AssumeRole"))?;
    if !iam::may_assume(call, &role, "sts:AssumeRole") {
        return Err(denied("AssumeRole"));
    }
    let tags = session_tags(call)?;
    if !tags.is_empty() && !iam::may_assume(call, &role, "sts:TagSession") {
        return Err(denied("TagSession"));
    }
    let seconds = duration(call, &role)?;
    let SessionPolicies { documents, packed } = session_policies(call)?;
    let of = Of::Role { name: role.entity.name.clone(), id: role.entity.id.clone(), session: title.to_owned() };
    let credentials = issue(call, of, seconds, documents, tags);
    let used = (call.now(), call.region.to_owned());
    if let Some(role) = call.account.iam.roles.get_mut(&role.entity.name) {
        role.last_used = Some(used);
    }
    let mut output = json!({
        "Credentials": credentials,
        "AssumedRoleUser": {
            "AssumedRoleId": format!("{}:{title}", role.entity.id),
            "Arn": format!("arn:aws:sts::{}:assumed-role/{}/{title}", call.account.id, role.entity.name),
        },
    });
    if let Some(output) = output.as_object_mut() {
        if let Some(packed) = packed {
            output.insert("PackedPolicySize".to_owned(), packed.into());
        }
        if let Some(identity) = call.text("SourceIdentity") {
            output.insert("SourceIdentity".to_owned(), identity.into());
        }
    }
    Ok(output)
}

fn duration(call: &Call<'_>, role: &Role) -> Result<i64, ApiError> {
    let seconds = call.number("DurationSeconds").unwrap_or(3_600);
    if matches!(call.caller.principal, Principal::Role(_)) && seconds > LONGEST_CHAINED {
        let message =
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(ApiError::new("ValidationError", message));
    }
    if seconds > role.max_session {
        let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(ApiError::new("ValidationError", message));
    }
    Ok(seconds)
}

fn session_tags(call: &Call<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    for tag in call.list("Tags") {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key");
        if tags.keys().any(|has| has.eq_ignore_ascii_case(key)) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(ApiError::new("InvalidParameterValue", message));
        }
        tags.insert(key, text("Value"));
    }
    Ok(tags)
}

/// What bounds a session.
struct SessionPolicies {
    /// None = nothing.
    documents: Option<Vec<Arc<Document>>>,
    /// How much of their quota they use, in percent.
    packed: Option<usize>,
}

fn session_policies(call: &Call<'_>) -> Result<SessionPolicies, ApiError> {
    let arns: Vec<&str> =
        call.list("PolicyArns").iter().filter_map(|policy| policy.get("arn").and_then(Value::as_str)).collect();
    // "You can provide up to 10 managed policy ARNs."
    if arns.len() > 10 {
        return Err(ApiError::new("ValidationError", "Up to 10 managed policy ARNs can be provided."));
    }
    let mut policies = Vec::new();
    if let Some(text) = call.text("Policy") {
        let document = iam::identity_policy(text)?;
        policies.push(Arc::new(document));
    }
    for arn in &arns {
        let document = iam::managed_policy(call.account, arn);
        policies.push(document.ok_or_else(|| {
            ApiError::new("ValidationError", format!("The specified managed policy {arn} does not exist."))
        })?);
    }
    let tags = call.list("Tags").len();
    if policies.is_empty() && tags == 0 {
        return Ok(SessionPolicies { documents: None, packed: None });
    }
    // How AWS packs isn't documented, but the sum of the plain texts has a limit of its own.
    let characters = call.text("Policy").map_or(0, str::len) + arns.iter().map(|arn| arn.len()).sum::<usize>();
    let packed = (characters * 100).div_ceil(MOST_CHARACTERS).max(1);
    if packed > 100 {
        let message = format!("Packed policy consumes {packed}% of allotted space, please use smaller policy.");
        return Err(ApiError::new("PackedPolicyTooLarge", message));
    }
    Ok(SessionPolicies { documents: (!policies.is_empty()).then_some(policies), packed: Some(packed) })
}
