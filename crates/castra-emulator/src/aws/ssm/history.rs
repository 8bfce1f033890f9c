//! All versions of a parameter
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html>).

use serde_json::Value;

use super::get::not_found;
use super::page;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetParameterHistory", get)];

fn get(call: &mut Call<'_>) -> Answer {
    let (name, decrypted) = (call.required("Name"), call.flag("WithDecryption"));
    let here = call.account.regions.get(call.region);
    let parameter = here.and_then(|here| here.ssm.parameters.get(name)).ok_or_else(not_found)?;
    let versions = parameter.versions.values().map(|version| {
        let mut shown = version.metadata(name);
        shown.insert("Value".to_owned(), version.readable(decrypted).into());
        shown.insert("Labels".to_owned(), version.labels.iter().map(|label| Value::from(label.as_str())).collect());
        // Keys sort as the numbers do.
        (format!("{:020}", version.number), shown.into())
    });
    page::of(call, "Parameters", versions.collect(), 50)
}
