//! What secrets there are
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::filter::Filters;
use super::secret::Secret;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListSecrets", list)];

fn list(call: &mut Call<'_>) -> Answer {
    let (planned, now) = (call.flag("IncludePlannedDeletion"), call.now());
    let filters = Filters::of(call);
    call.here().secrets.purge(now);
    let account = &*call.account;
    let here = account.regions.get(call.region);
    // "ListSecrets is eventually consistent."
    let wanted = |secret: &&Secret| {
        (planned || secret.deletion.is_none()) && filters.pass(secret) && account.shows(&secret.arn, secret.created)
    };
    let secrets = here.into_iter().flat_map(|here| here.secrets.secrets.values()).filter(wanted);
    let mut secrets: Vec<&Secret> = secrets.collect();
    match call.text("SortBy") {
        Some("name") => {}
        Some("last-changed-date") => secrets.sort_by_key(|secret| secret.changed),
        Some("last-accessed-date") => secrets.sort_by_key(|secret| secret.accessed),
        _ => secrets.sort_by_key(|secret| secret.created),
    }
    // Names ascend unless told otherwise, and so do dates, whose order isn't documented.
    if call.text("SortOrder") == Some("desc") {
        secrets.reverse();
    }
    let shown = secrets
        .into_iter()
        .map(|secret| (secret.name.clone(), Value::from(secret.described("SecretVersionsToStages"))));
    page(call, "SecretList", shown.collect(), 100).map(Value::from)
}

/// One page of `items` under `member`; the token names the item after which to go on.
pub(super) fn page(
    call: &Call<'_>,
    member: &str,
    items: Vec<(String, Value)>,
    usual: usize,
) -> Result<Map<String, Value>, ApiError> {
    let start = match call.text("NextToken") {
        None => 0,
        Some(token) => {
            let after = BASE64_STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let refusal = || ApiError::new("InvalidNextTokenException", "The NextToken value is invalid.");
            let after = after.ok_or_else(refusal)?;
            items.iter().position(|(key, _)| *key == after).ok_or_else(refusal)? + 1
        }
    };
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usual);
    let more = items.len() > start.saturating_add(size);
    let page: Vec<_> = items.into_iter().skip(start).take(size).collect();
    let token = page.last().filter(|_| more).map(|(key, _)| BASE64_STANDARD.encode(key));
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into_iter().map(|(_, value)| value).collect());
    if let Some(token) = token {
        output.insert("NextToken".to_owned(), token.into());
    }
    Ok(output)
}
