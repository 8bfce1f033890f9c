//! The operator's own tags.

use std::collections::BTreeMap;

use crate::spec::sensitive::{inline_secret, is_sensitive, looks_secret, shown};
use crate::spec::{Field, Invalid, Reader};

/// The most tags of the operator's own. Clouds take 50 or 64 on a resource; the rest is for the cluster's and the cloud's.
const MOST: usize = 40;
/// The most characters of a key and of a value that any cloud takes. A backend refuses what its own doesn't.
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;
/// The beginning of keys that aren't the operator's to set. A cloud's own the backend knows.
const RESERVED: &str = "castra:";

/// Reads the section: free keys with texts as values.
pub(in crate::spec) fn tags(section: &mut Reader<'_>) -> Option<BTreeMap<String, String>> {
    section.take_all();
    let entries = section.entries();
    if entries.len() > MOST {
        section.add(
            entries.first().and_then(|entry| entry.place),
            section.path().to_owned(),
            Invalid::new(format!("{} tags are too many", entries.len()), format!("keep {MOST} or fewer")),
        );
    }
    let mut tags = BTreeMap::new();
    for entry in entries {
        let value = String::read(&entry.value);
        let checked = match value {
            _ if is_sensitive(&entry.key) => Err(inline_secret()),
            Ok(text) if looks_secret(&text) => Err(inline_secret()),
            Ok(text) => check(&entry.key, &text).map(|()| text),
            Err(invalid) => Err(invalid),
        };
        match checked {
            Ok(text) => {
                tags.insert(entry.key.clone(), text);
            }
            Err(invalid) => section.add(entry.place, format!("{}.{}", section.path(), entry.key), invalid),
        }
    }
    (tags.len() == entries.len() && tags.len() <= MOST).then_some(tags)
}

fn check(key: &str, value: &str) -> Result<(), Invalid> {
    if key.to_ascii_lowercase().starts_with(RESERVED) {
        return Err(Invalid::new(
            format!("{} begins with {RESERVED}, which isn't yours to set", shown(key)),
            "choose another beginning",
        ));
    }
    check_text("the key", key, 1, LONGEST_KEY)?;
    check_text("the value", value, 0, LONGEST_VALUE)
}

fn check_text(what: &str, text: &str, shortest: usize, longest: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length < shortest {
        return Err(Invalid::new(format!("{what} is empty"), "write at least one character"));
    }
    if length > longest {
        return Err(Invalid::new(
            format!("{what} {} is {length} characters long", shown(text)),
            format!("keep it to {longest}"),
        ));
    }
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c);
    match text.chars().find(|c| !allowed(*c)) {
        Some(other) => Err(Invalid::new(
            format!("{what} {} has a character that isn't allowed, {other:?}", shown(text)),
            "use letters, digits, spaces and + - = . _ : / @",
        )),
        None => Ok(()),
    }
}
