//! What a request is about, in words that are the same in each run.

use std::collections::{BTreeMap, VecDeque};

use castra_emulator::Object;
use serde_json::Value;

use super::append;

/// The tag that says which resource an object is.
const RESOURCE: &str = "castra:resource";

/// Parameters of Google Cloud's methods that don't say what they are about.
const BESIDE: [&str; 4] = ["project", "region", "zone", "requestId"];

/// How many hexadecimal digits at a stretch are no part of a name.
const RANDOM: usize = 8;

/// Which resource each object is, by its id, where that is drawn anew in each run. A name speaks for itself, and
/// several objects may have it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The names of these.
    pub(super) fn of(objects: &[Object]) -> Self {
        let mut names = Self::default();
        names.learn(objects);
        names
    }

    /// Learns the names of these too. What is gone keeps its name.
    pub(super) fn learn(&mut self, objects: &[Object]) {
        let drawn = objects.iter().filter(|object| steady(&object.id) != object.id);
        let named = |object: &Object| Some((object.id.clone(), object.tags.get(RESOURCE)?.clone()));
        self.0.extend(drawn.filter_map(named));
    }

    /// What a request with these parameters is about: the entries of an append; else the resource that its tags name,
    /// the first that it names by id, or the first id or name in it.
    pub(super) fn about(&self, parameters: &Value) -> Vec<String> {
        append::entries(parameters).unwrap_or_else(|| {
            let known = || strings(parameters).into_iter().find_map(|text| self.0.get(text).map(String::as_str));
            let about = tagged(parameters).or_else(known).map(str::to_owned);
            vec![about.or_else(|| named(parameters).map(steady)).unwrap_or_default()]
        })
    }
}

/// What the tags that are nearest to the top say: a launch template also has those of its machines.
fn tagged(parameters: &Value) -> Option<&str> {
    let mut values = VecDeque::from([parameters]);
    while let Some(value) = values.pop_front() {
        match value {
            Value::Object(members) if members.get("Key").is_some_and(|key| key == RESOURCE) => {
                return members.get("Value")?.as_str();
            }
            Value::Object(members) => values.extend(members.values()),
            Value::Array(items) => values.extend(items),
            _ => {}
        }
    }
    None
}

/// All texts in a value.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Object(members) => members.values().flat_map(strings).collect(),
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn named(parameters: &Value) -> Option<&str> {
    let names = |name: &str| match name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        true => !BESIDE.contains(&name),
        false => name.ends_with("Id") || name.ends_with("Name") || name.ends_with("Arn") || name == "Key",
    };
    // Google Cloud names what is made in the body, and what is changed in the path.
    let made = ["name", "accountId"].into_iter().find_map(|name| parameters["body"][name].as_str());
    let changed =
        || parameters.as_object()?.iter().filter(|(name, _)| names(name)).find_map(|(_, value)| value.as_str());
    made.or_else(changed)
}

/// A text with a star for each part that is drawn anew in each run.
fn steady(text: &str) -> String {
    let mut steady = String::with_capacity(text.len());
    for part in text.split_inclusive(|letter: char| !letter.is_ascii_hexdigit()) {
        let digits = part.trim_end_matches(|letter: char| !letter.is_ascii_hexdigit());
        if digits.len() >= RANDOM {
            steady.push('*');
            steady.push_str(&part[digits.len()..]);
        } else {
            steady.push_str(part);
        }
    }
    steady
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_about_what_its_tags_name_then_what_its_ids_are() {
        let names = Names(BTreeMap::from([("subnet-1".into(), "subnet/public-a".into())]));
        let tags = json!({"SubnetId": "subnet-1", "Tags": [{"Key": RESOURCE, "Value": "nat-gateway/a"}]});
        assert_eq!(names.about(&tags), ["nat-gateway/a"]);
        let inner = json!({"Data": {"Spec": {"Tags": [{"Key": RESOURCE, "Value": "pool/a"}]}}, "Tags": tags["Tags"]});
        assert_eq!(names.about(&inner), ["nat-gateway/a"]);
        assert_eq!(names.about(&json!({"Filters": [], "SubnetId": "subnet-1"})), ["subnet/public-a"]);
        assert_eq!(names.about(&json!({"AllocationId": "eipalloc-0123456789abcdef0"})), ["eipalloc-*"]);
        assert_eq!(names.about(&json!({"RoleName": "camp-node", "Path": "/"})), ["camp-node"]);
        assert_eq!(names.about(&json!({"Arn": "lb/camp/0123456789abcdef/facade"})), ["lb/camp/*/facade"]);
        assert_eq!(names.about(&json!({})), [""]);
        let made = json!({"project": "p", "requestId": "9f6a", "body": {"name": "camp-main", "network": "n"}});
        assert_eq!(names.about(&made), ["camp-main"]);
        assert_eq!(
            names.about(&json!({"project": "p", "zone": "z", "instance": "camp-primary-0"})),
            ["camp-primary-0"]
        );
    }
}
