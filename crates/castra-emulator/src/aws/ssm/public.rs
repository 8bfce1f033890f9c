//! Parameters that AWS publishes
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html>).

use std::collections::BTreeSet;

use super::parameter::Version;
use crate::aws::call::Call;
use crate::aws::ec2;

/// Where they are.
const PREFIX: &str = "/aws/service/";

/// The public parameter of that name.
pub(super) fn parameter(call: &Call<'_>, name: &str) -> Option<Version> {
    let value = if name.starts_with(PREFIX) { ec2::public_parameter(call.region, name) } else { None };
    value.map(|value| version(call, value))
}

/// Those that may be below a path, by name.
pub(super) fn parameters(call: &Call<'_>, path: &str) -> Vec<(String, Version)> {
    if !path.starts_with("/aws/") {
        return Vec::new();
    }
    let all = ec2::public_parameters(call.region).into_iter();
    all.map(|(name, value)| (name, version(call, value))).collect()
}

fn version(call: &Call<'_>, value: String) -> Version {
    Version {
        number: 1,
        kind: "String".to_owned(),
        value,
        key: None,
        description: None,
        allowed_pattern: None,
        tier: "Standard",
        data_type: "text".to_owned(),
        labels: BTreeSet::new(),
        modified: call.account.iam.created,
        modified_by: String::new(),
    }
}
