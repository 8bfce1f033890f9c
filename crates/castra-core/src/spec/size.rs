//! Sizes of disks and memory.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// An amount of storage or memory in bytes, written as a whole number and a unit: `512MiB`, `16GiB`, `100GB`.
///
/// `KiB`, `MiB`, `GiB`, `TiB` are powers of 1024; `kB`, `MB`, `GB`, `TB` are powers of 1000; `B` is a byte. Display
/// uses the unit that leaves the smallest whole number, so that equal sizes print alike.
///
/// ```
/// use castra_core::spec::Size;
///
/// let size: Size = "1024MiB".parse()?;
/// assert_eq!(size, Size::gib(1));
/// assert_eq!(size.to_string(), "1GiB");
/// # Ok::<(), castra_core::spec::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

/// Each unit with its bytes; of two units that print equally short, the first is taken.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

impl Size {
    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;

    /// A size of so many bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// A size of so many MiB; the largest size there is, if that overflows.
    pub const fn mib(mib: u64) -> Self {
        Self(mib.saturating_mul(Self::MIB))
    }

    /// A size of so many GiB; the largest size there is, if that overflows.
    pub const fn gib(gib: u64) -> Self {
        Self(gib.saturating_mul(Self::GIB))
    }

    /// The size in bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }

    /// The size in whole GiB, if it is that exactly, as every cloud's disk call wants it.
    pub const fn whole_gib(self) -> Option<u64> {
        if self.0.is_multiple_of(Self::GIB) { Some(self.0 / Self::GIB) } else { None }
    }
}

impl FromStr for Size {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |what: &str| {
            Err(Invalid::new(
                format!("{} {what}", shown(text)),
                "write a whole number and a unit, such as \"512MiB\" or \"100GiB\"",
            ))
        };
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = trimmed.split_at(digits);
        let unit = unit.trim_start();
        if number.is_empty() {
            return refuse("doesn't start with a whole number");
        }
        if unit.is_empty() {
            return refuse("has no unit");
        }
        if unit.starts_with(['.', ',']) {
            return refuse("isn't a whole number");
        }
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) else {
            return refuse("has a unit that isn't known");
        };
        match number.parse::<u64>().ok().and_then(|number| number.checked_mul(*factor)) {
            Some(bytes) => Ok(Self(bytes)),
            None => refuse("is too large"),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0B");
        }
        let fitting = UNITS.iter().filter(|(_, bytes)| self.0.is_multiple_of(*bytes));
        match fitting.min_by_key(|(_, bytes)| self.0 / bytes) {
            Some((unit, bytes)) => write!(f, "{}{unit}", self.0 / bytes),
            None => write!(f, "{}B", self.0),
        }
    }
}

text_type!(Size, "a size such as \"100GiB\"", {
    "type": "string",
    "description": "A whole number and a unit: B, KiB, MiB, GiB, TiB (powers of 1024) or kB, MB, GB, TB (of 1000).",
    "pattern": "^[0-9]+ ?([KkMmGgTt][Ii]?)?[Bb]$",
    "examples": ["512MiB", "100GiB"],
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_prints() {
        for (text, bytes, canonical) in [
            ("512MiB", 512 << 20, "512MiB"),
            ("16GiB", 16 << 30, "16GiB"),
            ("16384 MiB", 16 << 30, "16GiB"),
            ("100GB", 100_000_000_000, "100GB"),
            ("100gib", 100 << 30, "100GiB"),
            ("2048B", 2048, "2KiB"),
            ("0B", 0, "0B"),
            ("7B", 7, "7B"),
        ] {
            let size: Size = text.parse().unwrap();
            assert_eq!((size.as_bytes(), size.to_string().as_str()), (bytes, canonical), "{text}");
        }
    }

    #[test]
    fn refuses_with_the_value_and_a_remedy() {
        for (text, fragment) in [
            ("", "whole number"),
            ("16", "no unit"),
            ("GiB", "whole number"),
            ("-1GiB", "whole number"),
            ("1.5GiB", "isn't a whole number"),
            ("16GIG", "unit that isn't known"),
            ("99999999999TiB", "too large"),
            ("99999999999999999999999B", "too large"),
        ] {
            let error = text.parse::<Size>().unwrap_err();
            assert!(error.message.contains(fragment) && error.message.contains(text), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(bytes: u64) {
            let size = Size::bytes(bytes);
            prop_assert_eq!(size.to_string().parse::<Size>(), Ok(size));
        }

        #[test]
        fn never_panics(text in ".{0,24}") {
            let _ = text.parse::<Size>();
        }
    }
}
