//! Domain names (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>).

use std::cmp::Ordering;
use std::fmt;

use super::error::fatal;

/// A domain name, fully qualified whether it was written with a dot at its end or not, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// From the left.
    labels: Vec<Vec<u8>>,
}

impl Name {
    /// Reads a name. "For characters other than a to z, 0 to 9, - (hyphen), or _ (underscore)" there are escapes: a
    /// backslash and three octal digits.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in Route 53's words.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut labels = vec![Vec::new()];
        let mut bytes = text.strip_suffix('.').unwrap_or(text).bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'.' => labels.push(Vec::new()),
                b'\\' => {
                    let digits = [bytes.next(), bytes.next(), bytes.next()];
                    let digit = |digit: Option<u8>| {
                        digit.filter(|digit| (b'0'..=b'7').contains(digit)).map(|digit| digit - b'0')
                    };
                    let byte =
                        digits.into_iter().try_fold(0_u16, |value, next| Some(value * 8 + u16::from(digit(next)?)));
                    let byte = byte.and_then(|byte| u8::try_from(byte).ok()).ok_or_else(|| unsupported(text))?;
                    push(&mut labels, byte);
                }
                b'!'..=b'~' => push(&mut labels, byte),
                _ => return Err(unsupported(text)),
            }
        }
        if text.is_empty() {
            return Err(fatal("DomainNameEmpty", "Domain name is empty", text));
        }
        if labels.iter().any(Vec::is_empty) {
            return Err(fatal("DomainLabelEmpty", "Domain label is empty", text));
        }
        if labels.iter().any(|label| label.len() > 63) {
            return Err(fatal("DomainLabelTooLong", "Domain label is too long", text));
        }
        if labels.iter().map(|label| label.len() + 1).sum::<usize>() > 255 {
            return Err(fatal("DomainNameTooLong", "Domain name is too long", text));
        }
        Ok(Self { labels })
    }

    /// Whether it is that name, or under it.
    pub(super) fn is_within(&self, zone: &Self) -> bool {
        self.labels.ends_with(&zone.labels)
    }

    /// How many labels it has.
    pub(super) fn depth(&self) -> usize {
        self.labels.len()
    }

    /// What names are sorted by: their labels from the right, with dots after them, as ASCII
    /// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html>).
    fn sorted_by(&self) -> Vec<u8> {
        self.labels.iter().rev().flat_map(|label| label.iter().copied().chain([b'.'])).collect()
    }
}

fn push(labels: &mut [Vec<u8>], byte: u8) {
    if let Some(label) = labels.last_mut() {
        label.push(byte.to_ascii_lowercase());
    }
}

fn unsupported(text: &str) -> String {
    fatal("UnsupportedCharacter", "Value contains unsupported characters", text)
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for label in &self.labels {
            for byte in label {
                match byte {
                    b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => write!(f, "{}", char::from(*byte))?,
                    other => write!(f, "\\{other:03o}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sorted_by().cmp(&other.sorted_by())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Name;

    #[test]
    fn names() {
        let shown = |text: &str| Name::read(text).unwrap().to_string();
        assert_eq!(shown("Example.ORG"), "example.org.");
        assert_eq!(shown("*.example.org."), "\\052.example.org.");
        assert_eq!(shown("\\052.example.org"), "\\052.example.org.");
        assert_eq!(shown("_a.b"), "_a.b.");
        for (text, code) in [
            ("bad..name", "DomainLabelEmpty"),
            (".", "DomainLabelEmpty"),
            ("", "DomainNameEmpty"),
            ("a b", "UnsupportedCharacter"),
            ("ä.org", "UnsupportedCharacter"),
            ("\\0", "UnsupportedCharacter"),
            ("\\777.org", "UnsupportedCharacter"),
            (&"a".repeat(64), "DomainLabelTooLong"),
            (&"abc.".repeat(64), "DomainNameTooLong"),
        ] {
            assert!(Name::read(text).unwrap_err().contains(code), "{text}");
        }
    }

    #[test]
    fn sorted_from_the_right() {
        let mut names: Vec<Name> =
            ["b.org", "z.a.org", "a.org", "org", "*.a.org"].iter().map(|name| Name::read(name).unwrap()).collect();
        names.sort();
        let names: Vec<String> = names.iter().map(Name::to_string).collect();
        assert_eq!(names, ["org.", "a.org.", "\\052.a.org.", "z.a.org.", "b.org."]);
        let (zone, other) = (Name::read("a.org").unwrap(), Name::read("xa.org").unwrap());
        assert!(zone.is_within(&zone) && !other.is_within(&zone));
    }
}
