//! Shortages of machines.

use serde::{Deserialize, Serialize};

use crate::pattern::like;

/// A shortage of machines (`InsufficientInstanceCapacity`,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html#troubleshooting-launch-capacity>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Shortage {
    /// The zone, by name, where it is; none = each.
    pub zone: Option<String>,
    /// The instance types that are short, which may have wildcards; all unless told otherwise.
    pub instance_types: Vec<String>,
    /// How many more can be launched or started. Launches take of it; what is terminated doesn't come back.
    pub left: usize,
}

impl Default for Shortage {
    fn default() -> Self {
        Self { zone: None, instance_types: vec!["*".to_owned()], left: 0 }
    }
}

impl Shortage {
    /// That many left of types (`m6i.*`) in a zone.
    pub fn new(zone: &str, instance_types: &str, left: usize) -> Self {
        Self { zone: Some(zone.to_owned()), instance_types: vec![instance_types.to_owned()], left }
    }

    /// Whether it is about that type in that zone.
    pub(crate) fn covers(&self, instance_type: &str, zone: &str) -> bool {
        self.zone.as_deref().is_none_or(|short| short == zone)
            && self.instance_types.iter().any(|short| like(short, instance_type))
    }
}
