//! The name servers of hosted zones
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html>).

use std::collections::BTreeMap;

use super::name::Name;
use super::record::{Content, Key, RecordSet};
use crate::chance::Chance;

/// Route 53's four stripes of 512 name servers, by the top-level domain that they are under.
const STRIPES: [&str; 4] = ["com", "net", "org", "co.uk"];

/// Four name servers for a new public zone, one of each stripe.
pub(super) fn servers(chance: &mut Chance) -> Vec<String> {
    let server = |(index, domain): (u64, &&str)| {
        let number = chance.below(512);
        format!("ns-{}.awsdns-{:02}.{domain}", index * 512 + number, number / 8)
    };
    (0..).zip(&STRIPES).map(server).collect()
}

/// Those that every private zone has.
pub(super) fn private_servers() -> Vec<String> {
    let server = |(index, domain): (u64, &&str)| format!("ns-{}.awsdns-00.{domain}", index * 512);
    (0..).zip(&STRIPES).map(server).collect()
}

/// The records that every zone begins with.
pub(super) fn records(name: &Name, servers: &[String]) -> BTreeMap<Key, RecordSet> {
    let record = |kind: &str, ttl: i64, values: Vec<String>| {
        let key = Key { name: name.clone(), kind: kind.to_owned(), set: None };
        let content = Content::Values { ttl, values };
        (key.clone(), RecordSet { key, content, routing: serde_json::Map::new(), health_check: None })
    };
    let first = servers.first().map(String::as_str).unwrap_or_default();
    let authority = format!("{first}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400");
    BTreeMap::from([
        record("NS", 172_800, servers.iter().map(|server| format!("{server}.")).collect()),
        record("SOA", 900, vec![authority]),
    ])
}
