//! Machine types.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// A cloud's own name of a machine type: `m7i.xlarge`, `n2-standard-4`, `Standard_D4s_v5`.
///
/// Whether the cloud has it is the backend's to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineType(String);

impl MachineType {
    /// The most characters; the longest names in use are under half of it.
    const LONGEST: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MachineType {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let valid = !text.is_empty() && text.len() <= Self::LONGEST && text.chars().all(allowed);
        if valid {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            format!("{} isn't the name of a machine type", shown(text)),
            "write the cloud's own name, such as \"m7i.xlarge\"",
        ))
    }
}

impl fmt::Display for MachineType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(MachineType, "the name of a machine type", {
    "type": "string",
    "description": "The cloud's own name of a machine type.",
    "pattern": "^[A-Za-z0-9._-]{1,64}$",
    "examples": ["m7i.xlarge"],
});
