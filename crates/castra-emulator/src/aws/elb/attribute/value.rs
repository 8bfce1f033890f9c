//! What an attribute's value may be.

use super::super::refuse::invalid;
use crate::aws::ApiError;

/// A rule for values.
pub(super) enum Rule {
    Flag,
    /// A whole number in a range.
    Number(u64, u64),
    /// Zero, or a whole number in a range.
    ZeroOr(u64, u64),
    /// `off`, or a whole number in a range.
    OffOr(u64, u64),
    OneOf(&'static [&'static str]),
    Text,
    /// Set by the service, not to be changed to another value.
    Fixed(&'static str),
}

impl Rule {
    /// Refuses a value against the rule.
    pub(super) fn check(&self, key: &str, value: &str) -> Result<(), ApiError> {
        let number = value.parse::<u64>().ok();
        let outside = |least: u64, most: u64| {
            Err(invalid(format!("'{key}' value '{value}' must be between '{least}-{most}' inclusive")))
        };
        match self {
            Self::Flag => one_of(key, value, &["true", "false"]),
            Self::OneOf(values) => one_of(key, value, values),
            Self::Number(least, most) if !number.is_some_and(|it| (*least..=*most).contains(&it)) => {
                outside(*least, *most)
            }
            Self::ZeroOr(least, most) if !number.is_some_and(|it| it == 0 || (*least..=*most).contains(&it)) => {
                outside(*least, *most)
            }
            Self::OffOr(least, most) if value != "off" && !number.is_some_and(|it| (*least..=*most).contains(&it)) => {
                outside(*least, *most)
            }
            Self::Fixed(only) if value != *only => {
                Err(super::misconfigured(format!("The value of '{key}' cannot be changed from '{only}'")))
            }
            _ => Ok(()),
        }
    }
}

fn one_of(key: &str, value: &str, values: &[&str]) -> Result<(), ApiError> {
    if values.contains(&value) {
        return Ok(());
    }
    Err(invalid(format!("'{key}' value '{value}' must be one of [{}]", values.join(", "))))
}
