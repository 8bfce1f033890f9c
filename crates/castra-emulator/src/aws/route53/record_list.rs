//! Lists of records (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html>).

use serde_json::{Value, json};

use super::name::Name;
use super::record::{Key, RecordSet};
use super::state::find;
use super::{error, page};
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListResourceRecordSets", list)];

/// "up to 300 resource record sets at a time".
const MOST: usize = 300;

fn list(call: &mut Call<'_>) -> Answer {
    let zone = find(call, call.required("HostedZoneId"))?;
    let size = page::size(call, MOST)?;
    let (name, kind) = (call.text("StartRecordName"), call.text("StartRecordType"));
    let set = call.text("StartRecordIdentifier");
    // "Specifying Type without specifying Name returns an InvalidInput error"; and so on.
    if kind.is_some() && name.is_none() {
        return Err(error::invalid_input("Invalid request: Missing field 'Name'"));
    }
    if set.is_some() && kind.is_none() {
        return Err(error::invalid_input("Invalid request: Missing field 'Type'"));
    }
    let from = match name {
        None => None,
        Some(name) => Some(Key {
            name: Name::read(name).map_err(error::invalid_input)?,
            kind: kind.unwrap_or_default().to_owned(),
            set: set.map(str::to_owned),
        }),
    };
    let begins = |record: &&RecordSet| from.as_ref().is_none_or(|from| record.key >= *from);
    let (page, next) = page::cut(zone.records.values(), begins, size);
    Ok(json!({
        "ResourceRecordSets": page.iter().map(|record| record.shown()).collect::<Vec<Value>>(),
        "IsTruncated": next.is_some(),
        "NextRecordName": next.map(|record| record.key.name.to_string()),
        "NextRecordType": next.map(|record| &record.key.kind),
        "NextRecordIdentifier": next.and_then(|record| record.key.set.as_ref()),
        "MaxItems": call.text("MaxItems").map_or_else(|| MOST.to_string(), str::to_owned),
    }))
}
