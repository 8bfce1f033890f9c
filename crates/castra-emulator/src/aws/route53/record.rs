//! Record sets (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html>).

use serde_json::{Map, Value, json};

use super::name::Name;

/// What tells a zone's record sets apart, in the order in which they are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) name: Name,
    pub(super) kind: String,
    pub(super) set: Option<String>,
}

/// A record set.
#[derive(Debug, Clone)]
pub(super) struct RecordSet {
    pub(super) key: Key,
    pub(super) content: Content,
    /// How one is chosen among the sets of the same name and type: the members of [`ROUTING`] that are there.
    pub(super) routing: Map<String, Value>,
    pub(super) health_check: Option<String>,
}

/// What queries are answered with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Values { ttl: i64, values: Vec<String> },
    Alias { zone: String, target: Name, evaluate_health: bool },
}

/// The members that give a routing policy, and what it is called
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html>).
pub(super) const ROUTING: [(&str, &str); 7] = [
    ("Weight", "weighted"),
    ("Region", "latency"),
    ("GeoLocation", "geolocation"),
    ("Failover", "failover"),
    ("MultiValueAnswer", "multivalue answer"),
    ("CidrRoutingConfig", "IP-based"),
    ("GeoProximityLocation", "geoproximity"),
];

impl RecordSet {
    /// Whether a deletion that names `asked` means this: "you must specify all the same values". What has no meaning
    /// for the answer's content may be left out (<https://github.com/getmoto/moto/issues/7151>).
    pub(super) fn is_meant_by(&self, asked: &Self) -> bool {
        let same = match (&self.content, &asked.content) {
            (Content::Values { ttl, values }, Content::Values { ttl: asked_ttl, values: asked_values }) => {
                let (mut one, mut other) = (values.clone(), asked_values.clone());
                one.sort_unstable();
                other.sort_unstable();
                ttl == asked_ttl && one == other
            }
            (one, other) => one == other,
        };
        same && asked.routing.iter().all(|(name, value)| self.routing.get(name) == Some(value))
            && (asked.health_check.is_none() || asked.health_check == self.health_check)
    }

    /// The name of its routing policy.
    pub(super) fn policy(&self) -> Option<&'static str> {
        ROUTING.iter().find(|(member, _)| self.routing.contains_key(*member)).map(|(_, policy)| *policy)
    }

    pub(super) fn shown(&self) -> Value {
        let mut shown = Map::new();
        shown.insert("Name".to_owned(), self.key.name.to_string().into());
        shown.insert("Type".to_owned(), self.key.kind.as_str().into());
        if let Some(set) = &self.key.set {
            shown.insert("SetIdentifier".to_owned(), set.as_str().into());
        }
        shown.extend(self.routing.clone());
        match &self.content {
            Content::Values { ttl, values } => {
                let values: Vec<Value> = values.iter().map(|value| json!({ "Value": value })).collect();
                shown.insert("TTL".to_owned(), json!(ttl));
                shown.insert("ResourceRecords".to_owned(), values.into());
            }
            Content::Alias { zone, target, evaluate_health } => {
                let alias = json!({
                    "HostedZoneId": zone,
                    "DNSName": target.to_string(),
                    "EvaluateTargetHealth": evaluate_health,
                });
                shown.insert("AliasTarget".to_owned(), alias);
            }
        }
        if let Some(health_check) = &self.health_check {
            shown.insert("HealthCheckId".to_owned(), health_check.as_str().into());
        }
        Value::Object(shown)
    }
}
