//! An allow policy as far as some service accounts are concerned.

use std::collections::{BTreeMap, BTreeSet};

use google_cloud_iam_v1::model::{Binding, Policy};

/// The accounts that have each role, by their addresses.
pub(super) type Bindings = BTreeMap<String, BTreeSet<String>>;

/// What a policy must be called that has a condition anywhere
/// (<https://cloud.google.com/iam/docs/allow-policies#specifying-version-set>).
pub(super) const WITH_CONDITIONS: i32 = 3;

/// The account that a member of a policy is, or was before it was deleted
/// (<https://cloud.google.com/iam/docs/principal-identifiers#deleted-principals>).
fn account(member: &str) -> Option<&str> {
    let email = member.strip_prefix("deleted:").unwrap_or(member).strip_prefix("serviceAccount:")?;
    email.split('?').next()
}

/// What the accounts have in a policy. What is no plain binding of an account that is there can't be wanted, and shows as
/// what it is: a role with its condition, and an account that was deleted.
pub(super) fn bindings(policy: &Policy, accounts: &BTreeSet<String>) -> Bindings {
    let mut found = Bindings::new();
    for binding in &policy.bindings {
        let role = match &binding.condition {
            Some(condition) => format!("{} if {}", binding.role, condition.title),
            None => binding.role.clone(),
        };
        for member in binding.members.iter().filter(|member| account(member).is_some_and(|one| accounts.contains(one)))
        {
            let member = member.strip_prefix("serviceAccount:").unwrap_or(member);
            found.entry(role.clone()).or_default().insert(member.to_owned());
        }
    }
    found
}

/// The policy in which the accounts have exactly the wanted roles and everybody else has what they had; none if this one
/// is such.
pub(super) fn rebound(mut policy: Policy, accounts: &BTreeSet<String>, wanted: &Bindings) -> Option<Policy> {
    if bindings(&policy, accounts) == *wanted {
        return None;
    }
    for binding in &mut policy.bindings {
        binding.members.retain(|member| !account(member).is_some_and(|one| accounts.contains(one)));
    }
    for (role, emails) in wanted {
        let members = emails.iter().map(|email| format!("serviceAccount:{email}"));
        match policy.bindings.iter_mut().find(|binding| binding.role == *role && binding.condition.is_none()) {
            Some(binding) => binding.members.extend(members),
            None => policy.bindings.push(Binding::new().set_role(role).set_members(members)),
        }
    }
    policy.bindings.retain(|binding| !binding.members.is_empty());
    if policy.bindings.iter().any(|binding| binding.condition.is_some()) {
        policy.version = WITH_CONDITIONS;
    }
    Some(policy)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    const OURS: &str = "camp-primary@p1.iam.gserviceaccount.com";
    const THEIRS: &str = "user:alice@example.com";

    fn accounts() -> BTreeSet<String> {
        BTreeSet::from([OURS.to_owned()])
    }

    fn wanted(roles: &[&str]) -> Bindings {
        roles.iter().map(|role| ((*role).to_owned(), accounts())).collect()
    }

    fn policy(bindings: &Value) -> Policy {
        serde_json::from_value(json!({ "version": 1, "etag": "BwAAAAAAAAE=", "bindings": bindings })).unwrap()
    }

    fn written(policy: &Policy) -> Value {
        serde_json::to_value(policy).unwrap()["bindings"].clone()
    }

    #[test]
    fn accounts_are_added_beside_others_and_to_their_roles() {
        let before = policy(&json!([
            { "role": "roles/owner", "members": [THEIRS] },
            { "role": "roles/logging.logWriter", "members": [THEIRS] },
        ]));
        let after =
            rebound(before, &accounts(), &wanted(&["roles/logging.logWriter", "roles/monitoring.metricWriter"]));
        let after = after.unwrap();
        let member = format!("serviceAccount:{OURS}");
        assert_eq!(
            written(&after),
            json!([
                { "role": "roles/owner", "members": [THEIRS] },
                { "role": "roles/logging.logWriter", "members": [THEIRS, member] },
                { "role": "roles/monitoring.metricWriter", "members": [member] },
            ])
        );
        let etag = serde_json::to_value(&after).unwrap()["etag"].clone();
        assert_eq!(etag, "BwAAAAAAAAE=", "it is written back over what was read, and over nothing else");
    }

    #[test]
    fn a_policy_that_is_as_wanted_is_left_alone() {
        let member = format!("serviceAccount:{OURS}");
        let before = policy(&json!([{ "role": "roles/logging.logWriter", "members": [THEIRS, member] }]));
        assert_eq!(bindings(&before, &accounts()), wanted(&["roles/logging.logWriter"]));
        assert!(rebound(before.clone(), &accounts(), &wanted(&["roles/logging.logWriter"])).is_none());
        assert!(
            rebound(before, &BTreeSet::from(["other@p1.iam.gserviceaccount.com".to_owned()]), &Bindings::new())
                .is_none()
        );
    }

    #[test]
    fn conditions_of_others_stay_and_those_of_the_accounts_go() {
        let (member, condition) =
            (format!("serviceAccount:{OURS}"), json!({ "title": "until May", "expression": "true" }));
        let before = policy(&json!([
            { "role": "roles/logging.logWriter", "members": [member, THEIRS], "condition": condition },
            { "role": "roles/editor", "members": [member] },
        ]));
        let live = bindings(&before, &accounts());
        assert_eq!(live.keys().collect::<Vec<_>>(), ["roles/editor", "roles/logging.logWriter if until May"]);
        let after = rebound(before, &accounts(), &wanted(&["roles/logging.logWriter"])).unwrap();
        assert_eq!(after.version, WITH_CONDITIONS);
        assert_eq!(
            written(&after),
            json!([
                { "role": "roles/logging.logWriter", "members": [THEIRS], "condition": condition },
                { "role": "roles/logging.logWriter", "members": [member] },
            ])
        );
    }

    #[test]
    fn what_is_left_of_an_account_that_was_deleted_goes() {
        let gone = format!("deleted:serviceAccount:{OURS}?uid=123");
        let other = "deleted:serviceAccount:other@p1.iam.gserviceaccount.com?uid=4";
        let before = policy(&json!([{ "role": "roles/logging.logWriter", "members": [gone, other] }]));
        assert_eq!(bindings(&before, &accounts())["roles/logging.logWriter"], BTreeSet::from([gone]));
        let after = rebound(before, &accounts(), &Bindings::new()).unwrap();
        assert_eq!(written(&after), json!([{ "role": "roles/logging.logWriter", "members": [other] }]));
    }
}
