//! Parameters deleted
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html>).

use serde_json::json;

use super::get::not_found;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::clock::later;

pub(super) const OPERATIONS: Operations = &[("DeleteParameter", delete), ("DeleteParameters", delete_many)];

/// Deletes a parameter, whose name stays taken for a while; whether there was one.
fn remove(call: &mut Call<'_>, name: &str) -> bool {
    let now = call.now();
    let until = later(now, call.account.settings.timings.parameter_name_held.into());
    let ssm = &mut call.here().ssm;
    let there = ssm.parameters.remove(name).is_some();
    ssm.held.retain(|_, until| *until > now);
    if there && until > now {
        ssm.held.insert(name.to_owned(), until);
    }
    there
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("Name");
    if remove(call, name) { Ok(json!({})) } else { Err(not_found()) }
}

fn delete_many(call: &mut Call<'_>) -> Answer {
    let (mut deleted, mut invalid) = (Vec::new(), Vec::new());
    for name in call.texts("Names") {
        if remove(call, name) { deleted.push(name) } else { invalid.push(name) }
    }
    Ok(json!({ "DeletedParameters": deleted, "InvalidParameters": invalid }))
}
