//! Durations in settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A number of emulated seconds, as settings and the control API write durations.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        // Not a number and negative mean none; too many mean for ever.
        if seconds.0.is_nan() || seconds.0 <= 0.0 {
            return Self::ZERO;
        }
        Self::try_from_secs_f64(seconds.0).unwrap_or(Self::MAX)
    }
}
