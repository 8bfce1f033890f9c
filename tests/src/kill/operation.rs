//! What the killed runs do.

use std::fmt;

/// One piece of work on the reference cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// From an empty account to three primaries and five secondaries.
    Create,
    /// From five secondaries to eight.
    ScaleOut,
    /// From five secondaries to four.
    ScaleIn,
    /// Several things changed at once, none of which replaces anything.
    Change,
    /// Everything removed.
    Destroy,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::ScaleOut, Self::ScaleIn, Self::Change, Self::Destroy];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::ScaleOut => "scale_out",
            Self::ScaleIn => "scale_in",
            Self::Change => "change",
            Self::Destroy => "destroy",
        }
    }

    /// Passages of the reference cluster's spec and what stands in their place.
    pub(super) fn edits(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Create | Self::Destroy => &[],
            Self::ScaleOut => &[("count = 5", "count = 8")],
            Self::ScaleIn => &[("count = 5", "count = 4")],
            Self::Change => &[
                (
                    "count = 5\nmachine_type = \"m7i.xlarge\"",
                    "count = 5\nmachine_type = \"m7i.2xlarge\"\nroot_disk = { size = \"150GiB\" }",
                ),
                (
                    "allowed_cidrs = [\"0.0.0.0/0\"]",
                    "allowed_cidrs = [\"198.51.100.0/24\", \"203.0.113.0/24\"]\nhealth_check = { path = \"/ready\" }",
                ),
                (
                    "[tags]\nteam = \"platform\"",
                    "[protection]\nenabled = true\n\n[tags]\nteam = \"bedrock\"\ntier = \"one\"",
                ),
            ],
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
