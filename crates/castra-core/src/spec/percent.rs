//! Percentages.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// A percentage from 1 to 100, written with its sign: `70%`.
///
/// ```
/// use castra_core::spec::Percent;
///
/// assert_eq!("70%".parse::<Percent>()?.get(), 70);
/// assert!("0%".parse::<Percent>().is_err());
/// # Ok::<(), castra_core::spec::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// A percentage, if it is from 1 to 100.
    pub const fn new(percent: u8) -> Option<Self> {
        if matches!(percent, 1..=100) { Some(Self(percent)) } else { None }
    }

    /// 70%, the CPU target of the original modules' only autoscaled pool.
    pub const SEVENTY: Self = Self(70);

    /// The number, from 1 to 100.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.strip_suffix('%')
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .and_then(Self::new)
            .ok_or_else(|| {
                Invalid::new(
                    format!("{} isn't a percentage from 1% to 100%", shown(text)),
                    "write a whole number and the sign, such as \"70%\"",
                )
            })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

text_type!(Percent, "a percentage such as \"70%\"", {
    "type": "string",
    "description": "A percentage from 1% to 100%.",
    "pattern": "^([1-9][0-9]?|100)%$",
    "examples": ["70%"],
});
