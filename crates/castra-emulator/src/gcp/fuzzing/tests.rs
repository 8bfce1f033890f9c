#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::mutation::data;

/// Names of fields that bodies have, in one place or another.
const FIELDS: &[&str] = &[
    "name",
    "network",
    "autoCreateSubnetworks",
    "ipCidrRange",
    "targetSize",
    "properties",
    "disks",
    "initializeParams",
    "networkInterfaces",
    "versions",
    "updatePolicy",
    "maxSurge",
    "fixed",
    "percent",
    "autoscalingPolicy",
    "cpuUtilization",
    "utilizationTarget",
    "labels",
    "metadata",
    "items",
    "backends",
    "maxRatePerInstance",
    "checkIntervalSec",
    "policy",
    "bindings",
    "payload",
    "data",
    "rrdatas",
    "ttl",
    "a",
];

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let texts = ["a", "", "NaN", "inf", "1e400", "-1", "4294967296", "10.0.0.0/8", "global/networks/a", "aGk=", "é"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        select(texts.to_vec()).prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(5, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((select(FIELDS), inner), 0..4)
                .prop_map(|entries| entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    });
    vec((select(FIELDS), value), 0..4).prop_map(|entries| {
        let object: Value = entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        object.to_string().into_bytes()
    })
}

fn queries() -> impl Strategy<Value = Vec<u8>> {
    let names =
        ["filter", "orderBy", "maxResults", "pageSize", "pageToken", "fields", "$fields", "requestId", "alt", "x", ""];
    let texts = [
        "",
        "a",
        "0",
        "501",
        "-1",
        "name=a",
        "(name+eq+a.*)+(id+gt+1)",
        "labels.a%3A*+AND+NOT+name%3Db",
        "name+eq+'(((a*)*)*)*'",
        "creationTimestamp+desc",
        "items(a,b/c),kind",
        "items(",
        "cGFnZTo1",
        "%FF",
        "8d8a3f0c-5d43-4d0e-9d6e-6b6e8d9c0a11",
        "00000000-0000-0000-0000-000000000000",
    ];
    let pair = (select(names.to_vec()), select(texts.to_vec())).prop_map(|(name, text)| format!("{name}={text}"));
    vec(pair, 0..5).prop_map(|pairs| pairs.join("&").into_bytes())
}

fn paths() -> impl Strategy<Value = Vec<u8>> {
    select(vec![
        "/compute/v1/projects/project-1/global/networks/a?fields=name",
        "/compute/v1/projects/project-1/aggregated/instances?includeAllScopes=true",
        "/compute/v1/projects/project-1/zones/europe-west1-b/instances/a/setLabels",
        "/compute/v1/projects//global/networks",
        "/v1/projects/project-1/secrets/a/versions/latest:access",
        "/v1/projects/-/serviceAccounts/a@project-1.iam.gserviceaccount.com",
        "/v3/projects/project-1:testIamPermissions",
        "/dns/v1/projects/project-1/managedZones/a/rrsets/a.example./A",
        "/v1/roles/%2e%2e%2F..//",
        "a/b/../c%00",
        "%",
    ])
    .prop_map(|path| path.as_bytes().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_with_odd_bodies(data in data(bodies())) {
        super::google(&data);
    }

    #[test]
    fn requests_with_odd_queries(data in data(queries())) {
        super::google(&data);
    }

    #[test]
    fn requests_with_odd_paths(data in data(paths())) {
        super::google(&data);
    }
}
