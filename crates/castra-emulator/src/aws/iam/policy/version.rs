//! Versions of managed policies
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::operations::read;
use super::{Managed, Policy, check_arn, managed, not_found, own};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::aws::iam::entity::find;
use crate::aws::iam::holder::Written;
use crate::aws::iam::{document, page};

/// One version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) written: Written,
    pub(crate) created: Timestamp,
}

pub(in crate::aws::iam) const OPERATIONS: Operations = &[
    ("CreatePolicyVersion", create),
    ("DeletePolicyVersion", delete),
    ("GetPolicyVersion", get),
    ("ListPolicyVersions", list),
    ("SetDefaultPolicyVersion", set_default),
];

/// How many versions a policy may have.
const MOST: usize = 5;

fn shown(number: u64, version: &Version, default: u64, whole: bool) -> Value {
    let mut shown = json!({
        "VersionId": format!("v{number}"),
        "IsDefaultVersion": number == default,
        "CreateDate": epoch(version.created),
    });
    if let (true, Some(shown)) = (whole, shown.as_object_mut()) {
        shown.insert("Document".to_owned(), document::encoded(&version.written.text).into());
    }
    shown
}

/// The number in `v3`.
fn number(id: &str) -> Option<u64> {
    id.strip_prefix('v')?.parse().ok()
}

fn no_version(arn: &str, id: &str) -> ApiError {
    let message = format!("Policy {arn} version {id} does not exist or is not attachable.");
    ApiError::new("NoSuchEntity", message)
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = own(call, call.required("PolicyArn"))?;
    let (now, as_default) = (call.now(), call.flag("SetAsDefault"));
    let written = read(call.required("PolicyDocument"))?;
    let policy: &mut Policy = find(call, &name)?;
    if policy.versions.len() >= MOST {
        let message = format!(
            "A managed policy can have up to {MOST} versions. Before you create a new version, you must delete an \
             existing version."
        );
        return Err(ApiError::new("LimitExceeded", message));
    }
    let number = policy.next_version;
    policy.next_version += 1;
    if as_default {
        policy.default_version = number;
    }
    policy.updated = now;
    let version = Version { written, created: now };
    let shown = shown(number, &version, policy.default_version, false);
    policy.versions.insert(number, version);
    Ok(json!({ "PolicyVersion": shown }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    check_arn(arn)?;
    let missing = || no_version(arn, id);
    let number = number(id).ok_or_else(missing)?;
    let shown = match managed(call.account, arn).ok_or_else(|| not_found(arn))? {
        Managed::Own(policy) => {
            shown(number, policy.versions.get(&number).ok_or_else(missing)?, policy.default_version, true)
        }
        Managed::Aws(policy) => {
            let version = Some(policy.default()).filter(|_| number == policy.version()).ok_or_else(missing)?;
            shown(number, &version, number, true)
        }
    };
    Ok(json!({ "PolicyVersion": shown }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let arn = call.required("PolicyArn");
    check_arn(arn)?;
    // The newest first.
    let key = |number: u64| format!("{:020}", u64::MAX - number);
    let versions = match managed(call.account, arn).ok_or_else(|| not_found(arn))? {
        Managed::Own(policy) => {
            let versions = policy.versions.iter();
            let default = policy.default_version;
            versions.map(|(number, version)| (key(*number), shown(*number, version, default, false))).collect()
        }
        Managed::Aws(policy) => {
            let number = policy.version();
            vec![(key(number), shown(number, &policy.default(), number, false))]
        }
    };
    page::of(call, "Versions", versions)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    let name = own(call, arn)?;
    let policy: &mut Policy = find(call, &name)?;
    let number = number(id).filter(|number| policy.versions.contains_key(number)).ok_or_else(|| no_version(arn, id))?;
    if policy.default_version == number {
        return Err(ApiError::new("DeleteConflict", "Cannot delete the default version of a policy."));
    }
    policy.versions.remove(&number);
    Ok(json!({}))
}

fn set_default(call: &mut Call<'_>) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    let (name, now) = (own(call, arn)?, call.now());
    let policy: &mut Policy = find(call, &name)?;
    let number = number(id).filter(|number| policy.versions.contains_key(number)).ok_or_else(|| no_version(arn, id))?;
    policy.default_version = number;
    policy.updated = now;
    Ok(json!({}))
}
