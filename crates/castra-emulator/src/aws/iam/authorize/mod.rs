//! What callers may do
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>).

mod access;
mod assume;
mod authority;
mod autoscaling;
mod ec2;
mod elb;
mod encoded;
mod iam;
mod launch;
mod others;
mod refusal;
mod resource_tags;
mod s3;
#[cfg(test)]
mod tests;

pub(crate) use assume::may_assume;
pub(crate) use encoded::decode as decode_message;
pub(crate) use others::vendor;

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::caller::Principal;
use crate::aws::sts;

/// Refuses what the caller's policies don't allow, if the account enforces them.
pub(crate) fn authorize(call: &mut Call<'_>, service: &str, operation: &str) -> Result<(), ApiError> {
    // The root user's permissions can't be limited within an account
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html).
    if !call.account.settings.enforce_policies || call.caller.principal == Principal::Root {
        return Ok(());
    }
    let needs_none = match (service, operation) {
        // "No permissions are required to perform this operation. If an administrator attaches a policy to your
        // identity that explicitly denies access to the sts:GetCallerIdentity action, you can still perform this
        // operation" (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html); likewise
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html.
        ("sts", "GetCallerIdentity" | "GetSessionToken") => true,
        // Within the account, its handler weighs the caller's policies together with the role's trust policy.
        ("sts", "AssumeRole") => sts::elsewhere(service, operation, call.input, &call.account.id).is_none(),
        _ => false,
    };
    if needs_none {
        return Ok(());
    }
    let authority = authority::Authority::of(call);
    for access in access::needed(call, service, operation) {
        if let Err(denial) = authority.decide(&access) {
            return Err(refusal::of(call, service, &access, &authority, denial));
        }
    }
    Ok(())
}
