//! Which REST operation a method, a path and a query ask for.

use std::cmp::Reverse;

use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::aws::contract::{Contract, Location, Operation};

/// S3's sub-resources: a request that names one asks for it and for nothing else, so that `GET /bucket?acl` is never a
/// listing. They are the query parameters by which the operations of
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html> differ.
const SUB_RESOURCES: [&str; 42] = [
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "annotation",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "list-type",
    "location",
    "logging",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

/// A request's query, decoded.
pub(crate) type Query = [(String, Option<String>)];

/// A request as far as routing looks at it.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// Still percent-encoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a Query,
    pub(crate) headers: &'a HeaderMap,
}

/// The operation, with its labels' values.
pub(crate) fn find<'c>(contract: &'c Contract, asked: &Asked<'_>) -> Option<(&'c Operation, Vec<(String, String)>)> {
    let is_s3 = contract.metadata.endpoint_prefix == "s3";
    contract
        .operations
        .values()
        .filter(|operation| operation.http.method == asked.method)
        .filter_map(|operation| {
            let (path, constants) =
                operation.http.request_uri.split_once('?').unwrap_or((&operation.http.request_uri, ""));
            let labels = labels(path, asked.path)?;
            let constants: Vec<&str> = constants.split('&').filter(|constant| !constant.is_empty()).collect();
            constants.iter().all(|constant| has(asked.query, constant)).then_some(())?;
            let needs = needs(contract, operation, asked);
            if is_s3 && (needs.missing_query || !takes_sub_resources(contract, operation, &constants, asked.query)) {
                return None;
            }
            let named = get(asked.query, "x-id").flatten() == Some(operation.name.as_str());
            Some(((constants.len(), Reverse(needs.missing), needs.present, named), operation, labels))
        })
        .max_by_key(|(rank, ..)| *rank)
        .map(|(_, operation, labels)| (operation, labels))
}

/// A name for a request that no operation fits: what the client calls it (SDKs say so to S3), else what it asks for.
pub(crate) fn describe(asked: &Asked<'_>) -> String {
    if let Some(Some(name)) = get(asked.query, "x-id") {
        return name.to_owned();
    }
    match SUB_RESOURCES.iter().find(|name| get(asked.query, name).is_some()) {
        Some(name) => format!("{} {}?{name}", asked.method, asked.path),
        None => format!("{} {}", asked.method, asked.path),
    }
}

/// A query parameter: whether it is there, and its value.
pub(crate) fn get<'q>(query: &'q Query, name: &str) -> Option<Option<&'q str>> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_deref())
}

/// Whether a query has a constant of an operation's address: `uploads`, `list-type=2`.
fn has(query: &Query, constant: &str) -> bool {
    match constant.split_once('=') {
        Some((name, value)) => get(query, name) == Some(Some(value)),
        None => get(query, constant).is_some(),
    }
}

/// The required members outside of body and path.
struct Needs {
    present: usize,
    missing: usize,
    missing_query: bool,
}

fn needs(contract: &Contract, operation: &Operation, asked: &Asked<'_>) -> Needs {
    let mut needs = Needs { present: 0, missing: 0, missing_query: false };
    let Some(input) = operation.input.as_ref().map(|input| contract.shape(input)) else { return needs };
    for name in &input.required {
        let Some(reference) = input.members.get(name) else { continue };
        let wire = reference.location_name.as_deref().unwrap_or(name);
        let present = match reference.location {
            Some(Location::QueryString) => get(asked.query, wire).is_some(),
            Some(Location::Header) => asked.headers.contains_key(wire),
            _ => continue,
        };
        if present {
            needs.present += 1;
        } else {
            needs.missing += 1;
            needs.missing_query |= reference.location == Some(Location::QueryString);
        }
    }
    needs
}

/// Whether an operation is about every sub-resource that the query names.
fn takes_sub_resources(contract: &Contract, operation: &Operation, constants: &[&str], query: &Query) -> bool {
    let input = operation.input.as_ref().map(|input| contract.shape(input));
    query.iter().filter(|(name, _)| SUB_RESOURCES.contains(&name.as_str())).all(|(name, _)| {
        constants.iter().any(|constant| constant.split('=').next() == Some(name))
            || input.is_some_and(|input| {
                input.members.iter().any(|(member, reference)| {
                    reference.location == Some(Location::QueryString)
                        && reference.location_name.as_deref().unwrap_or(member) == name
                })
            })
    })
}

/// The labels of a path, decoded; none if it doesn't fit. A greedy label (`{Key+}`) takes the rest, slashes included.
fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::new();
    let mut rest = Some(path.strip_prefix('/').unwrap_or(path));
    let template = template.trim_matches('/');
    if !template.is_empty() {
        for segment in template.split('/') {
            let remaining = rest?;
            let label = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            if let Some(name) = label.and_then(|label| label.strip_suffix('+')) {
                rest = None;
                labels.push((name.to_owned(), decoded(remaining)?));
                continue;
            }
            let (found, after) = match remaining.split_once('/') {
                Some((found, after)) => (found, Some(after)),
                None => (remaining, None),
            };
            rest = after;
            match label {
                Some(name) => labels.push((name.to_owned(), decoded(found)?)),
                None if segment == found => {}
                None => return None,
            }
        }
    }
    // One slash more or less at the end makes no difference.
    rest.is_none_or(str::is_empty).then_some(labels)
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    (!text.is_empty()).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn templates() {
        let found = |template, path| {
            labels(template, path).map(|labels| labels.into_iter().map(|(_, value)| value).collect::<Vec<_>>())
        };
        assert_eq!(found("/", "/").unwrap(), [""; 0]);
        assert_eq!(found("/{Bucket}", "/b").unwrap(), ["b"]);
        assert_eq!(found("/{Bucket}", "/b/").unwrap(), ["b"]);
        assert_eq!(found("/{Bucket}", "/b/k"), None);
        assert_eq!(found("/{Bucket}", "/"), None);
        assert_eq!(found("/{Bucket}/{Key+}", "/b/"), None);
        assert_eq!(found("/{Bucket}/{Key+}", "/b/a//%C3%A9/").unwrap(), ["b", "a//é/"]);
        assert_eq!(found("/2013/zone/{Id}/rrset/", "/2013/zone/Z1/rrset").unwrap(), ["Z1"]);
        assert_eq!(found("/2013/zone/{Id}", "/2013/zone/%2Fhostedzone%2FZ1").unwrap(), ["/hostedzone/Z1"]);
        assert_eq!(found("/2013/zone/{Id}", "/2014/zone/Z1"), None);
    }
}
