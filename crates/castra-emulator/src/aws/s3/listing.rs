//! What lists of keys have in common
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html>).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::error;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// What a list is asked for.
pub(super) struct Listing<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    pub(super) most: usize,
    url: bool,
}

/// An entry of a list: a key, or what a number of keys have in common up to the delimiter.
pub(super) enum Entry<'a, T> {
    Key(&'a str, T),
    Prefix(&'a str),
}

/// What url-encoded lists leave as it is; a space becomes a plus.
const LEFT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/');

impl<'a> Listing<'a> {
    /// From a request; `member` is what it calls the size of a page.
    pub(super) fn of(call: &Call<'a>, member: &str, wire: &str) -> Result<Self, ApiError> {
        let asked = call.number(member).unwrap_or(1000);
        let wrong = |_| {
            let message = format!("Argument {wire} must be an integer between 0 and 2147483647");
            error::invalid_argument(&message, wire, asked)
        };
        Ok(Self {
            prefix: call.text("Prefix").unwrap_or_default(),
            delimiter: call.text("Delimiter").filter(|delimiter| !delimiter.is_empty()),
            // "The action returns up to 1,000 key names by default. The response might contain fewer keys but will
            // never contain more."
            most: usize::try_from(asked).map_err(wrong)?.min(1000),
            url: call.text("EncodingType") == Some("url"),
        })
    }

    /// What keys are listed under: up to the first delimiter after the prefix.
    pub(super) fn common<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter?;
        let at = key.get(self.prefix.len()..)?.find(delimiter)?;
        key.get(..self.prefix.len() + at + delimiter.len())
    }

    /// The entries after a key or common prefix, and whether there are more than fit on the page. `keys` are sorted and
    /// start with the prefix.
    pub(super) fn page<'k, T>(
        &self,
        keys: impl Iterator<Item = (&'k str, T)>,
        after: Option<&str>,
    ) -> (Vec<Entry<'k, T>>, bool) {
        let mut page: Vec<Entry<'k, T>> = Vec::new();
        let mut within: Option<&str> = None;
        for (key, value) in keys {
            if within.is_some_and(|common| key.starts_with(common)) {
                continue;
            }
            let common = self.common(key);
            // "CommonPrefixes are filtered out from results if they are not lexicographically greater than the
            // StartAfter value."
            if after.is_some_and(|after| common.unwrap_or(key) <= after) {
                continue;
            }
            if page.len() == self.most {
                return (page, self.most > 0);
            }
            within = common;
            page.push(common.map_or(Entry::Key(key, value), Entry::Prefix));
        }
        (page, false)
    }

    /// A key as the answer has it.
    pub(super) fn encode(&self, text: &str) -> String {
        if self.url { utf8_percent_encode(text, LEFT).to_string().replace("%20", "+") } else { text.to_owned() }
    }

    pub(super) fn encoding(&self) -> Option<&'static str> {
        self.url.then_some("url")
    }

    /// The common prefixes of a page; none rather than an empty list.
    pub(super) fn common_prefixes<T>(&self, page: &[Entry<'_, T>]) -> Option<Vec<Value>> {
        let prefix = |entry: &Entry<'_, T>| match entry {
            Entry::Prefix(prefix) => Some(json!({ "Prefix": self.encode(prefix) })),
            Entry::Key(..) => None,
        };
        let prefixes: Vec<Value> = page.iter().filter_map(prefix).collect();
        (!prefixes.is_empty()).then_some(prefixes)
    }
}

impl<T> Entry<'_, T> {
    /// The key, or the common prefix.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(name, _) | Self::Prefix(name) => name,
        }
    }
}
