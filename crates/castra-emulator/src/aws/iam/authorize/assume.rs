//! Who may assume a role: its trust policy and the caller's own, together
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>).

use super::access::Access;
use super::authority::{Authority, applies, principal_arn, principal_context};
use crate::aws::call::Call;
use crate::aws::iam::Role;
use crate::aws::iam::document::Principal;

/// Whether the caller may do that (`sts:AssumeRole`, `sts:TagSession`) with the role of the call's account.
///
/// A trust policy that names the caller itself is enough within an account; one that names an account leaves it to the
/// account's own policies.
pub(crate) fn may_assume(call: &Call<'_>, role: &Role, action: &str) -> bool {
    let mut context = principal_context(call);
    if let Some(id) = call.text("ExternalId") {
        context.set("sts:ExternalId", id);
    }
    if let Some(name) = call.text("RoleSessionName") {
        context.set("sts:RoleSessionName", name);
    }
    if let Some(identity) = call.text("SourceIdentity") {
        context.set("sts:SourceIdentity", identity);
    }
    for tag in super::access::tags(call.list("Tags")) {
        context.set(&format!("aws:RequestTag/{}", tag.0), tag.1);
        context.add("aws:TagKeys", tag.0);
    }
    let document = &role.trust.policy.document;
    let (mut by_name, mut by_account) = (false, false);
    for statement in &document.statements {
        let Some(principals) = &statement.principals else { continue };
        if !applies(document, statement, action, &role.entity.arn, &context) {
            continue;
        }
        if !statement.allows {
            if principals.take(|principal| is(call, role, principal) != Match::No) {
                return false;
            }
            continue;
        }
        by_name |= principals.take(|principal| is(call, role, principal) == Match::Caller);
        by_account |= principals.take(|principal| is(call, role, principal) == Match::Account);
    }
    if !by_name && !by_account {
        return false;
    }
    // Callers from elsewhere have been judged at home.
    if !call.account.settings.enforce_policies || call.caller.account != call.account.id {
        return true;
    }
    let access = Access::new(call, action, role.entity.arn.as_str());
    match Authority::of(call).decide(&access) {
        Ok(()) => true,
        Err(denial) => by_name && !denial.explicit,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    No,
    Account,
    Caller,
}

/// Whether a principal of a trust policy means the caller.
fn is(call: &Call<'_>, role: &Role, principal: &Principal) -> Match {
    let caller = call.caller;
    match principal {
        Principal::Everyone => Match::Account,
        Principal::Aws(arn) if *arn == format!("arn:aws:iam::{}:root", caller.account) => Match::Account,
        Principal::Aws(arn) => {
            let named = *arn == caller.arn || arn == principal_arn(call.account, call);
            let named = named && role.trust.still_means(&call.account.iam, arn);
            if named { Match::Caller } else { Match::No }
        }
        Principal::Service(_) | Principal::Federated(_) => Match::No,
    }
}
