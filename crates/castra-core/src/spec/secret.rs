//! References to secrets.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::sensitive::{inline_secret, is_reference};
use super::{Field, Invalid, Node};

/// A reference to a secret that the cloud's secret store keeps, by name or URI: `{ secret = "tfe-license" }`.
///
/// It can't hold a secret's value by accident: a plain text in its place is refused, and no error repeats what was
/// there.
///
/// ```
/// use castra_core::spec::SecretRef;
///
/// let reference: SecretRef = serde_json::from_str(r#"{ "secret": "tfe-license" }"#)?;
/// assert_eq!(reference.as_str(), "tfe-license");
///
/// let error = serde_json::from_str::<SecretRef>(r#""hunter2""#).unwrap_err();
/// assert!(!error.to_string().contains("hunter2"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretRef(String);

impl SecretRef {
    /// The key that makes a table a reference.
    pub(super) const KEY: &str = "secret";

    /// The secret's name or URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretRef {
    type Err = Invalid;

    /// From the secret's name or URI.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if is_reference(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "this isn't the name or URI of a secret (not shown)",
            "write the name under which the cloud's secret store keeps it, such as { secret = \"tfe-license\" }",
        ))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Field for SecretRef {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let entries = node.entries().map_err(|_| inline_secret())?;
        match entries {
            [only] if only.key == Self::KEY => only.value.text().map_err(|_| inline_secret())?.parse(),
            _ => Err(Invalid::new(
                "this isn't a reference to a secret (not shown)",
                "write { secret = \"its-name\" } and nothing beside it",
            )),
        }
    }
}

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(Self::KEY, &self.0)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reference)
    }
}

/// Takes a map with the one key; refuses every scalar in words of its own, as serde's would repeat the value.
struct Reference;

impl<'de> de::Visitor<'de> for Reference {
    type Value = SecretRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference such as { secret = \"its-name\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
        let refuse = || de::Error::custom(inline_secret());
        match map.next_key::<String>()? {
            Some(key) if key == SecretRef::KEY => {}
            _ => return Err(refuse()),
        }
        // The map's own error could repeat the value.
        let name: String = map.next_value().map_err(|_| refuse())?;
        match map.next_key::<de::IgnoredAny>()? {
            None => name.parse().map_err(de::Error::custom),
            Some(_) => Err(refuse()),
        }
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<SecretRef, E> {
        Err(E::custom(inline_secret()))
    }
}

impl JsonSchema for SecretRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretRef".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "A reference to a secret that the cloud's secret store keeps, by name or URI.",
            "properties": { "secret": { "type": "string", "minLength": 1, "maxLength": 512 } },
            "required": ["secret"],
            "additionalProperties": false,
            "examples": [{ "secret": "tfe-license" }],
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn inline_values_are_refused_and_never_repeated() {
        for json in [
            r#""hunter2""#,
            "7264",
            "72.64",
            "-7264",
            r#"["hunter2"]"#,
            r#"{"value":"hunter2"}"#,
            r#"{"secret":7264}"#,
            r#"{"secret":"two words hunter2"}"#,
            r#"{"secret":"a","hunter2":1}"#,
        ] {
            let error = serde_json::from_str::<SecretRef>(json).unwrap_err().to_string();
            assert!(!error.contains("hunter2") && !error.contains("7264") && !error.contains("72.64"), "{error}");
        }
    }

    #[test]
    fn references_round_trip() {
        for name in ["tfe-license", "a:b:secrets:eu-central-1:1:secret:a-b", "projects/p/secrets/s"] {
            let reference: SecretRef = name.parse().unwrap();
            let json = serde_json::to_string(&reference).unwrap();
            assert_eq!(serde_json::from_str::<SecretRef>(&json).unwrap(), reference);
        }
    }
}
