//! Spans of time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// A span of time in whole seconds, written with a unit: `30s`, `5m`, `1h`.
///
/// ```
/// use castra_core::spec::Span;
///
/// let span: Span = "90s".parse()?;
/// assert_eq!(span.as_secs(), 90);
/// assert_eq!(Span::secs(300).to_string(), "5m");
/// # Ok::<(), castra_core::spec::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

const UNITS: [(&str, u64); 3] = [("h", 3600), ("m", 60), ("s", 1)];

impl Span {
    /// A span of so many seconds.
    pub const fn secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The span in seconds.
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_secs(span.0)
    }
}

impl FromStr for Span {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        UNITS
            .iter()
            .find_map(|(unit, seconds)| text.strip_suffix(unit).map(|number| (number, seconds)))
            .filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|(number, seconds)| number.parse::<u64>().ok()?.checked_mul(*seconds))
            .map(Self)
            .ok_or_else(|| {
                Invalid::new(
                    format!("{} isn't a span of time", shown(text)),
                    "write a whole number and one of s, m, h, such as \"30s\" or \"5m\"",
                )
            })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = UNITS.iter().find(|(_, seconds)| self.0 > 0 && self.0.is_multiple_of(*seconds));
        let (unit, seconds) = fitting.unwrap_or(&("s", 1));
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

text_type!(Span, "a span of time such as \"30s\"", {
    "type": "string",
    "description": "A whole number and a unit: s, m or h.",
    "pattern": "^[0-9]+[smh]$",
    "examples": ["30s", "5m"],
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_has_no_unit_or_number() {
        for text in ["", "s", "30", "30 s", "-5s", "5d", "1.5h", "99999999999999999999s", "5124095576030432h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(seconds: u64) {
            prop_assert_eq!(Span::secs(seconds).to_string().parse::<Span>(), Ok(Span::secs(seconds)));
        }
    }
}
