//! What the quotas are (<https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ServiceQuota.html>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::catalogue::{QUOTAS, Quota, SERVICES};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("GetAWSDefaultServiceQuota", get_default),
    ("GetServiceQuota", get),
    ("ListAWSDefaultServiceQuotas", list_defaults),
    ("ListServiceQuotas", list),
    ("ListServices", list_services),
];

/// Where the quotas of the account as a whole are to be asked for
/// (<https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html>).
const GLOBAL: &str = "us-east-1";

/// "The maximum number of results to return per page": 100.
const MOST: usize = 100;

fn no_such(message: &str) -> ApiError {
    ApiError::new("NoSuchResourceException", message)
}

/// A service that has quotas in the call's region: its code, name, and whether they are the account's.
pub(super) fn service(call: &Call<'_>) -> Result<(&'static str, &'static str, bool), ApiError> {
    let code = call.required("ServiceCode");
    let found = SERVICES.iter().find(|(known, _, global)| *known == code && (!global || call.region == GLOBAL));
    found.copied().ok_or_else(|| no_such("The request failed because the specified service does not exist."))
}

/// The quota that a call is about.
pub(super) fn quota(call: &Call<'_>) -> Result<&'static Quota, ApiError> {
    let (service, ..) = service(call)?;
    if call.text("ContextId").is_some() {
        // Quotas of single resources aren't emulated.
        let message = "The request failed because applied value for the specified context Id do not exist.";
        return Err(no_such(message));
    }
    let code = call.required("QuotaCode");
    let found = QUOTAS.iter().find(|quota| quota.service == service && quota.code == code);
    found.ok_or_else(|| no_such("The request failed because the specified quota does not exist."))
}

/// Its ARN; an account's, or AWS's own.
pub(super) fn arn(call: &Call<'_>, quota: &Quota, account: &str) -> String {
    let global = SERVICES.iter().any(|(code, _, global)| *code == quota.service && *global);
    let region = if global { "" } else { call.region };
    format!("arn:aws:servicequotas:{region}:{account}:{}/{}", quota.service, quota.code)
}

fn shown(call: &Call<'_>, quota: &Quota, applied: bool) -> Value {
    let (name, global) = SERVICES
        .iter()
        .find(|(code, ..)| *code == quota.service)
        .map_or(("", false), |(_, name, global)| (*name, *global));
    let account = if applied { call.account.id.as_str() } else { "" };
    let value = if applied { quota.value(&call.account.settings) } else { quota.usual() };
    json!({
        "ServiceCode": quota.service,
        "ServiceName": name,
        "QuotaArn": arn(call, quota, account),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": global,
        "QuotaAppliedAtLevel": "ACCOUNT",
    })
}

fn get(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "Quota": shown(call, quota(call)?, true) }))
}

fn get_default(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "Quota": shown(call, quota(call)?, false) }))
}

fn list(call: &mut Call<'_>) -> Answer {
    of_service(call, true)
}

fn list_defaults(call: &mut Call<'_>) -> Answer {
    of_service(call, false)
}

fn of_service(call: &Call<'_>, applied: bool) -> Answer {
    let (service, ..) = service(call)?;
    let code = call.text("QuotaCode");
    let at_account = call.text("QuotaAppliedAtLevel").is_none_or(|level| level != "RESOURCE");
    let wanted = |quota: &&Quota| quota.service == service && at_account && code.is_none_or(|code| quota.code == code);
    let quotas = QUOTAS.iter().filter(wanted).map(|quota| shown(call, quota, applied)).collect();
    page(call, "Quotas", quotas)
}

fn list_services(call: &mut Call<'_>) -> Answer {
    let here = SERVICES.iter().filter(|(_, _, global)| !global || call.region == GLOBAL);
    let services = here.map(|(code, name, _)| json!({ "ServiceCode": code, "ServiceName": name })).collect();
    page(call, "Services", services)
}

/// One page of a list that never changes: the token is how much has been shown.
fn page(call: &Call<'_>, member: &str, items: Vec<Value>) -> Answer {
    let shown = match call.text("NextToken") {
        None => 0,
        Some(token) => {
            let number = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
            number.ok_or_else(|| ApiError::new("InvalidPaginationTokenException", "Invalid NextToken."))?
        }
    };
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST);
    let next: usize = size.saturating_add(shown);
    let token = (next < items.len()).then(|| STANDARD.encode(next.to_string()));
    let page: Vec<Value> = items.into_iter().skip(shown).take(size).collect();
    let mut output = json!({ "NextToken": token });
    if let Some(output) = output.as_object_mut() {
        output.insert(member.to_owned(), page.into());
    }
    Ok(output)
}
