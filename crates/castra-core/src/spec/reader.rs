//! Reading a section field by field, with every problem recorded and none stopping the rest.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::document::{Entry, Place, table_of};
use super::sensitive::{inline_secret, is_sensitive, shown};
use super::{Field, Invalid, Node, Problem, Problems};

/// Reads one section of the file.
///
/// Each field is asked for by its key and type. What is wrong is recorded with its path and line, and reading goes
/// on: a method answers `None` where it has recorded a problem (or, where that is said, where the field is absent).
/// When the section is done, keys that were never asked for are recorded as unknown, with the nearest known one.
///
/// ```
/// use castra_core::spec::{Percent, Reader};
///
/// struct Fuel { grade: Percent, spare: bool }
///
/// let table = toml::from_str("grade = '70%'\nspair = true")?;
/// let result = Reader::read(&table, "provider.fuel", |section| {
///     let grade = section.required("grade", "\"70%\"");
///     let spare = section.or("spare", false);
///     Some(Fuel { grade: grade?, spare: spare? })
/// });
/// let problems = result.err().map(|problems| problems.to_string());
/// assert_eq!(
///     problems.as_deref(),
///     Some("provider.fuel.spair: there is no such field; did you mean `spare`?"),
/// );
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader<'a> {
    table: &'a Node,
    path: String,
    known: Vec<&'static str>,
    free: bool,
    record: &'a Record<'a>,
}

/// The problems found so far, with their places.
#[derive(Debug)]
pub(super) struct Record<'a> {
    root: &'a Node,
    found: RefCell<Vec<(Option<Place>, Problem)>>,
}

impl<'a> Record<'a> {
    pub(super) fn of(root: &'a Node) -> Self {
        Self { root, found: RefCell::default() }
    }

    pub(super) fn add(&self, place: Option<Place>, path: String, invalid: Invalid) {
        let problem =
            Problem { path, message: invalid.message, remedy: invalid.remedy, line: place.map(|place| place.line) };
        let mut found = self.found.borrow_mut();
        if !found.iter().any(|(_, known)| *known == problem) {
            found.push((place, problem));
        }
    }

    /// The problems in the order of the file; those without a place come last.
    pub(super) fn into_problems(self) -> Problems {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(place, _)| (place.is_none(), *place));
        Problems(found.into_iter().map(|(_, problem)| problem).collect())
    }
}

impl<'a> Reader<'a> {
    /// Reads a table that stands alone, such as the settings of a validated [`super::ProviderSection`].
    ///
    /// # Errors
    ///
    /// All that is wrong with it, without lines.
    pub fn read<T>(
        table: &toml::Table,
        path: &str,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Result<T, Problems> {
        let root = Node::from(table);
        let record = Record::of(&root);
        let value = Reader::at(&root, path.to_owned(), &record).whole(read);
        let problems = record.into_problems();
        match value {
            Some(value) if problems.0.is_empty() => Ok(value),
            _ => Err(problems),
        }
    }

    pub(super) fn at(table: &'a Node, path: String, record: &'a Record<'a>) -> Self {
        Self { table, path, known: Vec::new(), free: false, record }
    }

    /// Reads the whole section and then looks for unknown keys.
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let value = read(&mut self);
        self.look_for_unknown();
        value
    }

    /// The section's path, such as `provider`; empty for the whole file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the section has the field.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// A field that may be absent; `None` if it is, or if it is wrong.
    pub fn optional<T: Field>(&mut self, key: &'static str) -> Option<T> {
        let entry = self.entry(key)?;
        self.value(entry, key)
    }

    /// A field with a default; `None` only if it is wrong.
    pub fn or<T: Field>(&mut self, key: &'static str, default: T) -> Option<T> {
        match self.entry(key) {
            Some(entry) => self.value(entry, key),
            None => Some(default),
        }
    }

    /// A field that must be there; `example` is TOML to show where it isn't.
    pub fn required<T: Field>(&mut self, key: &'static str, example: &str) -> Option<T> {
        match self.entry(key) {
            Some(entry) => self.value(entry, key),
            None => {
                self.refuse(key, "is missing", format!("add {key} = {example}"));
                None
            }
        }
    }

    /// A list; empty if absent, `None` if any element is wrong (each is recorded).
    pub fn list<T: Field>(&mut self, key: &'static str) -> Option<Vec<T>> {
        let Some(entry) = self.entry(key) else { return Some(Vec::new()) };
        let elements = self.checked(entry, key, entry.value.list())?;
        let values: Vec<Option<T>> = elements
            .iter()
            .enumerate()
            .map(|(i, node)| self.checked_at(node.place, self.join(&format!("{key}[{i}]")), T::read(node)))
            .collect();
        values.into_iter().collect()
    }

    /// A table with free keys; empty if absent, `None` if any value is wrong (each is recorded).
    pub fn map<T: Field>(&mut self, key: &'static str) -> Option<BTreeMap<String, T>> {
        let Some(entry) = self.entry(key) else { return Some(BTreeMap::new()) };
        let entries = self.checked(entry, key, entry.value.entries())?;
        let values: Vec<Option<(String, T)>> = entries
            .iter()
            .map(|entry| {
                let path = self.join(&format!("{key}.{}", entry.key));
                self.checked_at(entry.place, path, T::read(&entry.value)).map(|value| (entry.key.clone(), value))
            })
            .collect();
        values.into_iter().collect()
    }

    /// One of a few words, each with what it stands for; `None` if absent or wrong.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let entry = self.entry(key)?;
        let text = self.checked(entry, key, entry.value.text())?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let message = format!("{} isn't one of the choices", shown(text));
        let remedy = match nearest(text, choices.iter().map(|(word, _)| *word)) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => {
                let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                format!("write {}", words.join(" or "))
            }
        };
        self.refuse(key, message, remedy);
        None
    }

    /// A section within this one; `None` if absent or not a table.
    pub fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Reader<'_>) -> T) -> Option<T> {
        let entry = self.entry(key)?;
        self.checked(entry, key, entry.value.entries())?;
        Some(Reader::at(&entry.value, self.join(key), self.record).whole(read))
    }

    /// A section that must be there; `example` is TOML to show where it isn't.
    pub fn required_section<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        if self.has(key) {
            return self.section(key, read).flatten();
        }
        self.refuse(key, "the section is missing", format!("add {example}"));
        None
    }

    /// Records a problem with a field of this section. The field may be absent, or an element such as `zones[1]`.
    pub fn refuse(&self, key: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let own = key.split(['[', '.']).next().unwrap_or(key);
        let place = self.entries().iter().find(|entry| entry.key == own).and_then(|entry| entry.place);
        self.record.add(place.or(self.table.place), self.join(key), Invalid::new(message, remedy));
    }

    /// Records a problem with a field of another section, by its whole path, such as `load_balancer.certificate`.
    pub fn refuse_elsewhere(&self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let mut place = None;
        let mut node = Some(self.record.root);
        for key in path.split('.') {
            let key = key.split('[').next().unwrap_or(key);
            let entries = node.and_then(|node| node.entries().ok()).unwrap_or_default();
            let entry = entries.iter().find(|entry| entry.key == key);
            place = entry.and_then(|entry| entry.place).or(place);
            node = entry.map(|entry| &entry.value);
        }
        self.record.add(place, path.to_owned(), Invalid::new(message, remedy));
    }

    /// Takes every key as known: the section has a meaning that isn't decided here.
    pub fn take_all(&mut self) {
        self.free = true;
    }

    /// The section as a plain table.
    pub(super) fn table(&self) -> toml::Table {
        table_of(self.entries())
    }

    pub(super) fn entries(&self) -> &'a [Entry] {
        self.table.entries().unwrap_or_default()
    }

    pub(super) fn add(&self, place: Option<Place>, path: String, invalid: Invalid) {
        self.record.add(place, path, invalid);
    }

    fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries().iter().find(|entry| entry.key == key)
    }

    fn value<T: Field>(&self, entry: &Entry, key: &str) -> Option<T> {
        self.checked(entry, key, T::read(&entry.value))
    }

    fn checked<T>(&self, entry: &Entry, key: &str, value: Result<T, Invalid>) -> Option<T> {
        self.checked_at(entry.place, self.join(key), value)
    }

    fn checked_at<T>(&self, place: Option<Place>, path: String, value: Result<T, Invalid>) -> Option<T> {
        value.map_err(|invalid| self.record.add(place, path, invalid)).ok()
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn look_for_unknown(&self) {
        if self.free {
            return;
        }
        for entry in self.entries().iter().filter(|entry| !self.known.contains(&entry.key.as_str())) {
            let invalid = if is_sensitive(&entry.key) { inline_secret() } else { self.unknown(&entry.key) };
            self.record.add(entry.place, self.join(&entry.key), invalid);
        }
    }

    fn unknown(&self, key: &str) -> Invalid {
        let remedy = match nearest(key, self.known.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("the fields here are {}", self.known.join(", ")),
        };
        Invalid::new("there is no such field", remedy)
    }
}

/// The known word that an unknown one was probably meant to be.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    known
        .map(|known| (likeness(&word, known), known))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// How like a known word another is, from 0 to 1. A part of one between underscores that is the other counts as near.
fn likeness(word: &str, known: &str) -> f64 {
    let part = known.split('_').any(|part| part == word) || word.split('_').any(|part| part == known);
    strsim::jaro_winkler(word, known).max(if part { 0.9 } else { 0.0 })
}
