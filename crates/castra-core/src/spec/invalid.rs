//! Why a text isn't a value of the type asked for.

use std::fmt;

use super::reader::nearest;
use super::sensitive::shown;

/// Why a value was refused, and what to write instead.
///
/// The error of every newtype's `FromStr`. The message repeats the refused value unless it could be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl Invalid {
    /// A refusal with its remedy.
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }

    /// A refusal of a text that isn't what it should be. It is repeated, cut to a line, unless it looks like a secret.
    ///
    /// ```
    /// use castra_core::spec::Invalid;
    ///
    /// let invalid = Invalid::isnt("Frankfurt", "a region", "write its name, such as \"eu-central-1\"");
    /// assert_eq!(invalid.message, "\"Frankfurt\" isn't a region");
    /// ```
    pub fn isnt(text: &str, what: &str, remedy: impl Into<String>) -> Self {
        Self::new(format!("{} isn't {what}", shown(text)), remedy)
    }

    /// As [`Invalid::isnt`], with the known word that was probably meant as the remedy, where there is one.
    ///
    /// ```
    /// use castra_core::spec::Invalid;
    ///
    /// let regions = ["eu-central-1", "us-east-1"];
    /// let invalid = Invalid::isnt_among("eu-centrl-1", "a region", &regions, "write a region's name");
    /// assert_eq!(invalid.remedy, "did you mean \"eu-central-1\"?");
    /// ```
    pub fn isnt_among(text: &str, what: &str, known: &[&str], remedy: &str) -> Self {
        let meant = nearest(text, known.iter().copied()).map(|word| format!("did you mean \"{word}\"?"));
        Self::isnt(text, what, meant.unwrap_or_else(|| remedy.to_owned()))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

impl std::error::Error for Invalid {}
