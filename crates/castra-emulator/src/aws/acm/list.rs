//! ListCertificates (<https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::certificate::{Certificate, invalid};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::elb;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListCertificates", list)];

/// How many a page holds at most if the call doesn't say.
const PAGE: usize = 1000;

fn list(call: &mut Call<'_>) -> Answer {
    let (sort, order) = (call.text("SortBy"), call.text("SortOrder"));
    // "If you specify SortBy, you must also specify SortOrder", and the other way round.
    if sort.is_some() != order.is_some() {
        return Err(invalid("SortBy and SortOrder must be specified together."));
    }
    let after = match call.text("NextToken") {
        None => None,
        Some(token) => Some(
            BASE64_STANDARD
                .decode(token)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| ApiError::new("InvalidArgsException", "The NextToken is not valid."))?,
        ),
    };
    let size = call.number("MaxItems").and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let now = call.now();
    let account = &*call.account;
    let here = call.look();
    let statuses = call.texts("CertificateStatuses");
    let mut there: Vec<&Certificate> = here
        .acm
        .certificates
        .values()
        .filter(|it| account.shows(&it.arn, it.created))
        .filter(|it| statuses.is_empty() || statuses.contains(&it.status_at(now)))
        .filter(|it| passes(call, it))
        .collect();
    if sort.is_some() {
        there.sort_by_key(|it| (it.created, it.arn.clone()));
        if order == Some("DESCENDING") {
            there.reverse();
        }
    }
    // The token is the ARN after which to go on.
    let start = after.map_or(0, |after| there.iter().position(|it| it.arn == after).map_or(there.len(), |at| at + 1));
    let page: Vec<_> = there.iter().skip(start).take(size).collect();
    let shown: Vec<_> =
        page.iter().map(|it| summary(it, now, !elb::certificate_users(&here.elb, &it.arn).is_empty())).collect();
    let mut answer = json!({ "CertificateSummaryList": shown });
    if let Some(last) = page.last().filter(|_| start + page.len() < there.len()) {
        answer["NextToken"] = json!(BASE64_STANDARD.encode(&last.arn));
    }
    Ok(answer)
}

/// `Includes`: "Default filtering returns only RSA_1024 and RSA_2048 certificates that have at least one domain."
/// (<https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html>)
fn passes(call: &Call<'_>, certificate: &Certificate) -> bool {
    let wanted = |filter: &str| {
        let list = call.input.pointer(&format!("/Includes/{filter}")).and_then(Value::as_array);
        list.filter(|list| !list.is_empty()).map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>())
    };
    let origins = call.texts("CertificateKeyPairOrigins");
    let origin = if certificate.imported.is_some() { "CUSTOMER_PROVIDED" } else { "AWS_MANAGED" };
    let issued = certificate.imported.is_none() && certificate.content.is_some();
    let has = |names: &[&str], wanted: Option<Vec<&str>>| {
        wanted
            .is_none_or(|wanted| wanted.contains(&"ANY") || (issued && names.iter().any(|name| wanted.contains(name))))
    };
    wanted("keyTypes").unwrap_or_else(|| vec!["RSA_1024", "RSA_2048"]).contains(&certificate.key_algorithm.as_str())
        && (origins.is_empty() || origins.contains(&origin))
        && has(&["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"], wanted("keyUsage"))
        && has(&["TLS_WEB_SERVER_AUTHENTICATION"], wanted("extendedKeyUsage"))
        && option(call, "exportOption").is_none_or(|export| export == certificate.export)
        && option(call, "managedBy").is_none()
}

fn option<'a>(call: &Call<'a>, filter: &str) -> Option<&'a str> {
    call.input.pointer(&format!("/Includes/{filter}")).and_then(Value::as_str)
}

fn summary(certificate: &Certificate, now: jiff::Timestamp, in_use: bool) -> Value {
    let mut shown = json!({
        "CertificateArn": certificate.arn,
        "SubjectAlternativeNameSummaries": certificate.names,
        "HasAdditionalSubjectAlternativeNames": false,
        "Status": certificate.status_at(now),
        "Type": certificate.kind(),
        "KeyAlgorithm": certificate.key_algorithm,
        "KeyUsages": [],
        "ExtendedKeyUsages": [],
        "ExportOption": certificate.export,
        "InUse": in_use,
        "RenewalEligibility": certificate.renewal_eligibility(in_use),
        "CreatedAt": epoch(certificate.created),
    });
    if !certificate.domain.is_empty() {
        shown["DomainName"] = json!(certificate.domain);
    }
    if let Some(imported) = certificate.imported {
        shown["ImportedAt"] = epoch(imported);
    }
    if let Some(content) = &certificate.content {
        shown["NotBefore"] = epoch(content.not_before);
        shown["NotAfter"] = epoch(content.not_after);
        if certificate.imported.is_none() {
            shown["IssuedAt"] = epoch(content.issued);
            shown["KeyUsages"] = json!(["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"]);
            shown["ExtendedKeyUsages"] = json!(["TLS_WEB_SERVER_AUTHENTICATION"]);
        }
    }
    shown
}
