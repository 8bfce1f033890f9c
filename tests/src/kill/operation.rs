//! What the killed runs do.

use std::fmt;

/// One piece of work on the reference cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// From an empty account or project to three primaries and five secondaries.
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
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
