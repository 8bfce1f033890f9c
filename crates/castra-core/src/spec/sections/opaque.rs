//! Sections whose meaning isn't decided here, searched for secrets written into them.

use crate::spec::document::{Content, Entry};
use crate::spec::sensitive::{inline_secret, is_sensitive, looks_secret};
use crate::spec::{Field, Invalid, Reader, SecretRef};

/// Takes a section as it is, provided that it holds no secret.
pub(in crate::spec) fn opaque(section: &mut Reader<'_>) -> toml::Table {
    section.take_all();
    scan(section);
    section.table()
}

/// Refuses every value that is a secret by its key's name or by its look.
pub(in crate::spec) fn scan(section: &Reader<'_>) {
    for entry in section.entries() {
        search(section, entry, &format!("{}.{}", section.path(), entry.key), is_sensitive(&entry.key));
    }
}

/// `sensitive`: whether the entry's own key, or one around it, says that a secret is meant.
fn search(section: &Reader<'_>, entry: &Entry, path: &str, sensitive: bool) {
    match &entry.value.content {
        Content::Text(text) if sensitive || looks_secret(text) => {
            section.add(entry.place, path.to_owned(), inline_secret());
        }
        Content::Integer(_) | Content::Float(_) | Content::Datetime(_) if sensitive => {
            section.add(entry.place, path.to_owned(), inline_secret());
        }
        Content::Float(float) if !float.is_finite() => {
            // JSON, in which plans keep the spec, has no such number.
            let invalid = Invalid::new(format!("{float} isn't a finite number"), "write a number");
            section.add(entry.place, path.to_owned(), invalid);
        }
        Content::Text(_) | Content::Integer(_) | Content::Float(_) | Content::Datetime(_) | Content::Boolean(_) => {}
        Content::Table(entries) => table(section, entry, entries, path, sensitive),
        Content::List(elements) => {
            for (i, value) in elements.iter().enumerate() {
                let element = Entry { key: entry.key.clone(), place: entry.place, value: value.clone() };
                search(section, &element, &format!("{path}[{i}]"), sensitive);
            }
        }
    }
}

fn table(section: &Reader<'_>, entry: &Entry, entries: &[Entry], path: &str, sensitive: bool) {
    if let [only] = entries
        && only.key == SecretRef::KEY
    {
        if let Err(invalid) = SecretRef::read(&entry.value) {
            section.add(entry.place, path.to_owned(), invalid);
        }
        return;
    }
    for inner in entries {
        let sensitive = sensitive || is_sensitive(&inner.key);
        search(section, inner, &format!("{path}.{}", inner.key), sensitive);
    }
}
