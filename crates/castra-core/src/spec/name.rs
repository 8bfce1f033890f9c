//! The cluster's name.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// A cluster's name: 3 to 20 characters of `a-z`, `0-9` and `-`, starting with a letter, with no hyphen at the end
/// and no two in a row.
///
/// The limit leaves room for what [`crate::naming::derive`] adds within the shortest limit of any cloud, the 32
/// characters of an Elastic Load Balancing name.
///
/// ```
/// use castra_core::spec::ClusterName;
///
/// let name: ClusterName = "demo".parse()?;
/// assert_eq!(name.as_str(), "demo");
/// assert!("Demo".parse::<ClusterName>().is_err());
/// # Ok::<(), castra_core::spec::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterName(String);

impl ClusterName {
    /// The fewest characters.
    pub const SHORTEST: usize = 3;
    /// The most characters.
    pub const LONGEST: usize = 20;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |what: String| {
            Err(Invalid::new(
                format!("{} {what}", shown(text)),
                "use 3 to 20 characters of a-z, 0-9 and single hyphens, starting with a letter, such as \"demo\"",
            ))
        };
        let length = text.chars().count();
        if length < Self::SHORTEST {
            return refuse(format!("is too short, at {length} characters"));
        }
        if length > Self::LONGEST {
            return refuse(format!("is too long, at {length} characters: every name in the cloud is derived from it"));
        }
        if let Some(other) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return refuse(format!("has a character that isn't allowed, {other:?}"));
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return refuse("doesn't start with a letter".to_owned());
        }
        if text.ends_with('-') || text.contains("--") {
            return refuse("ends with a hyphen or has two in a row".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ClusterName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

text_type!(ClusterName, "a cluster name", {
    "type": "string",
    "description": "3 to 20 characters of a-z, 0-9 and single hyphens, starting with a letter.",
    "minLength": 3,
    "maxLength": 20,
    "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "examples": ["demo"],
});
