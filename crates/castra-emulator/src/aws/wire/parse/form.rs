//! Form parameters, and the tree that their dotted names make.

use std::cmp::Ordering;
use std::fmt;

use percent_encoding::percent_decode;

/// More parameters than any operation takes (`CreateTags` has the most: 1,000 resources and 50 tags of two).
const PARAMETERS: usize = 10_000;
/// More levels than any operation has.
const LEVELS: usize = 32;

/// Parameters in the order of their names' segments, in which numbers count as numbers: what belongs together is
/// together, and lists are in order, whatever the order and the gaps in the request.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

/// Why parameters can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A name or value is not UTF-8 in percent-encoding.
    Encoding,
    /// More parameters, or deeper names, than any operation has.
    Size,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Encoding => "The query string is not valid UTF-8 in percent-encoding.",
            Self::Size => "The query string has too many parameters or too deep names.",
        })
    }
}

impl Form {
    /// Reads `application/x-www-form-urlencoded` texts, those of one request.
    pub(crate) fn parse(texts: &[&[u8]]) -> Result<Self, Broken> {
        let mut parameters = Vec::new();
        for text in texts {
            for (name, value) in pairs(text)? {
                if parameters.len() >= PARAMETERS || name.split('.').count() > LEVELS {
                    return Err(Broken::Size);
                }
                parameters.push((name, value.unwrap_or_default()));
            }
        }
        parameters.sort_by(|(a, _), (b, _)| names(a, b));
        Ok(Self(parameters))
    }

    /// All of it.
    pub(crate) fn root(&self) -> View<'_> {
        View { parameters: &self.0, depth: 0 }
    }

    /// The value of a parameter whose name has no dot.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.root().child(name)?.text()
    }
}

/// The decoded pairs of a query string; the value is none where there is no equals sign.
pub(crate) fn pairs(text: &[u8]) -> Result<Vec<(String, Option<String>)>, Broken> {
    let text = text.trim_ascii();
    let mut pairs = Vec::new();
    for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() >= PARAMETERS {
            return Err(Broken::Size);
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        pairs.push((name, halves.next().map(decoded).transpose()?));
    }
    Ok(pairs)
}

fn decoded(text: &[u8]) -> Result<String, Broken> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8().map(|text| text.into_owned()).map_err(|_| Broken::Encoding)
}

/// The order of two names: segment by segment.
fn names(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => match segments(a, b) {
                Ordering::Equal => {}
                order => return order,
            },
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

/// Numbers by value and before words. Numbers of any length: nothing is allocated for an index.
fn segments(a: &str, b: &str) -> Ordering {
    match (is_number(a), is_number(b)) {
        (true, true) => {
            let (x, y) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

/// Whether a segment is an index of a list.
pub(crate) fn is_number(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// The parameters whose names start with the same segments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    parameters: &'a [(String, String)],
    /// How many segments they have in common.
    depth: usize,
}

impl<'a> View<'a> {
    /// The value of the parameter with exactly this name; the last one, if it is there more than once.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let exact = |name: &str| name.split('.').count() == self.depth;
        self.parameters.iter().take_while(|(name, _)| exact(name)).last().map(|(_, value)| value.as_str())
    }

    /// The name that they have in common, with its dots.
    pub(crate) fn name(&self) -> String {
        let name = self.parameters.first().map_or("", |(name, _)| name.as_str());
        name.split('.').take(self.depth).collect::<Vec<_>>().join(".")
    }

    /// Whether it is all of the form.
    pub(crate) fn is_root(&self) -> bool {
        self.depth == 0
    }

    /// Whether it is one name with an empty value.
    pub(crate) fn is_empty(&self) -> bool {
        self.text() == Some("") && self.children().next().is_none()
    }

    /// What follows, by its next segment, in order.
    pub(crate) fn children(self) -> impl Iterator<Item = (&'a str, View<'a>)> {
        let depth = self.depth;
        self.parameters.chunk_by(move |(a, _), (b, _)| a.split('.').nth(depth) == b.split('.').nth(depth)).filter_map(
            move |parameters| {
                let segment = parameters.first()?.0.split('.').nth(depth)?;
                Some((segment, View { parameters, depth: depth + 1 }))
            },
        )
    }

    /// What follows after this segment.
    pub(crate) fn child(&self, segment: &str) -> Option<View<'a>> {
        self.children().find(|(name, _)| *name == segment).map(|(_, view)| view)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn order_and_grouping() {
        let form = Form::parse(&[b"A.10=x&A.2=y&B=1&A.1=z&A.99999999999999999999=w", b"C+D=%C3%A9"]).unwrap();
        let a = form.root().child("A").unwrap();
        let texts: Vec<_> = a.children().map(|(_, view)| view.text().unwrap()).collect();
        assert_eq!(texts, ["z", "y", "x", "w"]);
        assert_eq!(a.text(), None);
        assert_eq!(form.get("B"), Some("1"));
        assert_eq!(form.get("C D"), Some("é"));
        assert_eq!(a.child("10").unwrap().name(), "A.10");
    }

    #[test]
    fn bounds() {
        assert_eq!(Form::parse(&["a&".repeat(PARAMETERS + 1).as_bytes()]).unwrap_err(), Broken::Size);
        assert_eq!(Form::parse(&["a.".repeat(LEVELS).as_bytes()]).unwrap_err(), Broken::Size);
        assert_eq!(Form::parse(&[b"a=%FF"]).unwrap_err(), Broken::Encoding);
        assert!(Form::parse(&[b"", b"&&=&=x&%"]).is_ok());
    }
}
